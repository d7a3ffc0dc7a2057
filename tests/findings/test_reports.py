"""Findings in each format: as they looked before, and harmless whatever text is in them."""

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossaccess.findings.finding import Finding
from crossaccess.report.findings.data import render as data
from crossaccess.report.findings.sarif import render as sarif
from crossaccess.report.findings.text import render as text
from crossaccess.report.findings.text import summary
from tests.findings.cases import CASES
from tests.support.comparisons import HOSTILE_TEXTS
from tests.support.found import found, hostile
from tests.support.golden import check_golden

GOLDEN = Path(__file__).parent / "golden"
HERE = Path("/somewhere")
SHOWN = ("public", "whole-account-granted", "key-not-allowed", "grant-in-doubt", "not-read", "nearly-full")
"""The rules whose pictures are shown."""
NOTES = ("the preview of account-a was made without --refresh",)
TITLES = ("state of account-a", "state of account-b")
_TEXTS = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE_TEXTS))
# What acts on a terminal, or turns the direction of writing.
_ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown() -> tuple[Finding, ...]:
    """Findings of several kinds, as they are sorted."""
    listed = dict.fromkeys(one for name in SHOWN for one in found(CASES[name][0]))
    return tuple(sorted(listed, key=lambda one: (-one.severity.rank, one.rule.id, one.about)))


def everything(findings: Sequence[Finding]) -> dict[str, str]:
    """The findings in every format."""
    return {
        "txt": text(findings, NOTES),
        "json": data(findings, NOTES, TITLES),
        "sarif": sarif(findings, HERE),
    }


@pytest.mark.parametrize("ending", ["txt", "json", "sarif"])
def test_a_report_looks_as_it_did(ending: str) -> None:
    """Programs read two of them, and people the third."""
    check_golden(f"findings.{ending}", everything(shown())[ending], folder=GOLDEN)


def test_no_golden_file_is_left_over() -> None:
    """Each is one that a test looks at."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"findings.{one}" for one in everything(())}


@given(foreign=_TEXTS)
def test_foreign_text_does_nothing_to_a_terminal(foreign: str) -> None:
    """It is shown with escapes, on the line where it belongs."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    for report in (text([hostile(foreign)], [foreign]), text([hostile(foreign)], [foreign], stream)):
        assert not _ACTS.search(report)
        assert len(report.splitlines()) == len(text([hostile("x")], ["x"]).splitlines())


@given(foreign=_TEXTS)
def test_foreign_text_comes_through_json_as_it_was(foreign: str) -> None:
    """In ASCII; whoever shows it has to make it harmless."""
    report = data([hostile(foreign)], [foreign], [foreign])
    assert report.isascii()
    (one,) = json.loads(report)["findings"]
    assert {one[key] for key in ("about", "message", "account", "policy", "statement", "mend")} == {foreign}


def test_how_many_there_are_is_said_by_severity() -> None:
    """The worst first."""
    assert summary(()) == "no findings"
    assert summary(found(CASES["public"][0])) == "3 findings: 1 critical, 1 high, 1 medium"
