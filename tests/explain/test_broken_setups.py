"""Setups in which one thing is broken: explained is which side it is, and which element."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from crossaccess.commands.explain import STATUSES
from tests.support.broken import KEY, write

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("broken.json").read_text("utf-8"))


def asked(case: dict[str, Any], folder: Path, form: str) -> Result:
    """Ask about one object, as Bob himself or as Carol, who has a role."""
    write(folder, case.get("change", {}))
    by_role = case.get("by") == "role"
    principal = case.get("principal", "carol" if by_role else "bob")
    key = "exchange/2026/a" if by_role else "reports/2026/q1.csv"
    usual = ["sts:ExternalId=contract-7"] if by_role else []
    context = [word for told in case.get("context", usual) for word in ("--context", told)]
    words = [principal, case.get("action", "s3:GetObject"), f"s3://lake/{key}"]
    return CliRunner().invoke(
        main, ["explain", *words, "--policies", str(folder), "--key", KEY, "--format", form, *context]
    )


def told(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The answer, for programs."""
    done = asked(case, folder, "json")
    assert done.stderr == ""
    (answer,) = json.loads(done.stdout)["answers"]
    assert done.exit_code == STATUSES[answer["decision"]]
    return dict(answer)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_broken_side_and_element_are_named(case: dict[str, Any], tmp_path: Path) -> None:
    """No other side is said to fail, and what to change is said for each that does."""
    answer = told(case, tmp_path)
    assert answer["decision"] == case["decision"]
    way = answer["ways"][0]
    assert way["method"] == ("by role" if case.get("by") == "role" else "as itself")
    failing = [
        (side["account"], side["part"], finding["element"], finding["text"], finding["mend"])
        for step in way["steps"]
        for side in step["sides"]
        if side["standing"] in ("denies", "does not allow")
        for finding in side["findings"]
    ]
    assert [list(one[:3]) for one in failing] == [one[:3] for one in case["fails"]]
    for (*_, text, mend), (*_, says) in zip(failing, case["fails"], strict=True):
        assert says in text
        assert mend
    if failing:
        assert case.get("mend", "") in failing[0][4]
    assert answer["ask"] == case.get("ask", [])


@pytest.mark.parametrize("case", [one for one in CASES if one["fails"]], ids=lambda case: case["name"])
def test_a_person_reads_the_same(case: dict[str, Any], tmp_path: Path) -> None:
    """The text holds each finding, after the decision."""
    done = asked(case, tmp_path, "text")
    assert done.stdout.startswith(f"{case['decision']}: user/")
    for *_, says in case["fails"]:
        assert says in done.stdout
