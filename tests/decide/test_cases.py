"""Decision cases, written from AWS's documentation as data under `tests/cases/`.

A case is what `crossaccess decide --batch` reads, with three keys more: `expect`, the decision or
`{"error": true}`; `source`, the AWS page that it comes from; and, where it needs saying, `why`. In place of
request and policies a case may hold `line`, the very text of a line that JSON writers would not write.
"""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from crossaccess.decide.batch import answer_line

FOLDER = Path(__file__).parent.parent / "cases"
DECISIONS = {"allowed", "denied", "not allowed", "unknown"}
KEYS = {"name", "source", "why", "expect", "request", "policies", "contextComplete", "line"}
GUIDES = (
    "IAM User Guide: ",
    "S3 User Guide: ",
    "S3 API Reference: ",
    "STS API Reference: ",
    "AWS KMS Developer Guide: ",
    "AWS Organizations User Guide: ",
    "AWS PrivateLink Guide: ",
    "AWS CloudTrail User Guide: ",
    "IAM Identity Center User Guide: ",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line for the command and what AWS would say to it."""

    name: str
    source: object
    expect: object
    keys: frozenset[str]
    line: str
    file: str


def _read(path: Path) -> list[Case]:
    cases = []
    for item in json.loads(path.read_text(encoding="utf-8")):
        asked = {key: item[key] for key in ("name", "request", "policies", "contextComplete") if key in item}
        cases.append(
            Case(
                name=item["name"],
                source=item.get("source"),
                expect=item.get("expect"),
                keys=frozenset(item),
                line=item.get("line") or json.dumps(asked),
                file=str(path.relative_to(FOLDER)),
            )
        )
    return cases


CASES = [case for path in sorted(FOLDER.rglob("*.json")) for case in _read(path)]


def _said(answer: dict[str, object]) -> object:
    return {"error": True} if "error" in answer else {"decision": answer["decision"]}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_is_decided_as_aws_documents_it(case: Case) -> None:
    """The core decides each case as the AWS page says that it cites."""
    answer = answer_line(case.line)
    assert _said(answer) == case.expect, f"{case.file}, after {case.source!r}: {answer}"


def test_the_command_answers_all_cases_in_their_order() -> None:
    """The real command, run once over every case, answers each on a line of its own, in order."""
    done = subprocess.run(
        [sys.executable, "-m", "crossaccess", "decide", "--batch", "-"],
        input="".join(case.line + "\n" for case in CASES).encode(),
        capture_output=True,
        check=False,
        timeout=120,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == b""
    assert done.returncode == 1, "some cases are malformed on purpose"
    assert len(answers) == len(CASES)
    for case, answer in zip(CASES, answers, strict=True):
        assert _said(answer) == case.expect, f"{case.file}: {answer}"
        assert answer["name"] == case.name or "line" in case.keys
        assert set(answer) == ({"name", "error"} if "error" in answer else {"name", "decision", "reasons"})
        assert "error" in answer or all(isinstance(reason, str) and reason for reason in answer["reasons"])


def test_an_answer_gives_reasons() -> None:
    """Every decision says why: no case is answered without a reason."""
    silent = [
        case.name
        for case in CASES
        if case.expect != {"error": True} and not answer_line(case.line).get("reasons")
    ]
    assert silent == []


def test_no_two_cases_share_a_name() -> None:
    """A name tells one case."""
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []


def test_every_case_cites_a_page_of_aws() -> None:
    """A case without a source would only repeat what the core does."""
    assert [case.name for case in CASES if not str(case.source).startswith(GUIDES)] == []


def test_every_case_expects_a_decision_or_an_error_and_has_no_stray_key() -> None:
    """A misspelt key or decision would be a case that tests nothing."""
    expectations = [{"error": True}, *({"decision": decision} for decision in DECISIONS)]
    assert [case.name for case in CASES if case.expect not in expectations or case.keys - KEYS] == []


def test_the_cases_are_many_and_of_every_outcome() -> None:
    """At least 260 cases, and every decision, and errors, many times over."""
    outcomes = Counter(json.dumps(case.expect) for case in CASES)
    assert len(CASES) >= 260
    assert len(outcomes) == len(DECISIONS) + 1
    assert min(outcomes.values()) >= 20
