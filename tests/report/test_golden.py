"""Every format of every kind of comparison looks as it did."""

import re
from dataclasses import replace

import pytest

from crossaccess.report.diff.formats import FORMATS, Options, render
from tests.support.comparisons import SHOWN
from tests.support.golden import FOLDER, check_golden

_ENDINGS = {"text": "txt", "markdown": "md", "json": "json", "html": "html"}
# What has a thousand changes is about the size of Markdown; JSON does nothing to hostile text.
_LEFT_OUT = {("thousand", "text"), ("thousand", "json"), ("thousand", "html"), ("hostile", "json")}
_STYLE = re.compile(r"(<style>|'sha256-).*?(</style>|')", re.DOTALL)
_VERBOSE = "every-kind.verbose.txt"
_CASES = [(shown, form) for shown in SHOWN for form in FORMATS if (shown, form) not in _LEFT_OUT]


@pytest.mark.parametrize(("shown", "form"), _CASES)
def test_a_report_looks_as_it_did(shown: str, form: str) -> None:
    """The golden file of each comparison in each format is what the format makes of it."""
    # The style sheet is a file of its own, and would make each change of it one of every page.
    text = _STYLE.sub(r"\1…\2", render(SHOWN[shown], form))
    check_golden(f"{shown}.{_ENDINGS[form]}", text)


def test_a_verbose_text_looks_as_it_did() -> None:
    """The same for the text that leaves nothing out."""
    check_golden(_VERBOSE, render(SHOWN["every-kind"], "text", Options(verbose=True)))


def test_no_golden_file_is_left_over() -> None:
    """Each file in the folder is one that a test looks at."""
    known = {f"{shown}.{_ENDINGS[form]}" for shown, form in _CASES}
    assert {path.name for path in FOLDER.iterdir()} == known | {_VERBOSE}


@pytest.mark.parametrize("form", FORMATS)
def test_the_order_in_which_changes_were_found_does_not_matter(form: str) -> None:
    """The same changes make the same report."""
    given = SHOWN["every-kind"]
    turned = replace(given, changes=given.changes[::-1], rewritten=given.rewritten[::-1])
    assert render(turned, form) == render(given, form)
