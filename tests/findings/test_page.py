"""The page on findings says what the catalogue says."""

import re
from pathlib import Path

from crossaccess.commands.check import FAIL_ON
from crossaccess.findings.catalogue import RULES
from crossaccess.findings.filling import NEARLY
from crossaccess.findings.finding import Severity

PAGE = (Path(__file__).parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_table_of_rules_is_the_catalogue() -> None:
    """Each rule in its place, word by word."""
    expected = [
        [
            f"`{one.id}`",
            f"`{one.name}`",
            one.severity.value,
            f"{one.title}. {one.reason}",
            one.mend,
            one.page,
        ]
        for one in RULES
    ]
    assert rows("Rules") == expected


def test_the_severities_are_those_that_there_are() -> None:
    """The worst first; the command takes the same, and none of them."""
    assert [row[0] for row in rows("Severities")] == [f"`{one.value}`" for one in reversed(Severity)]
    assert [*FAIL_ON] == [*(one.value for one in Severity), "none"]


def test_a_rule_is_told_in_whole_sentences() -> None:
    """A title is none; a reason and a mend are, and a page is one of AWS by its title."""
    for one in RULES:
        assert not one.title.endswith("."), one.id
        assert one.reason.endswith("."), one.id
        assert one.mend.endswith("."), one.id
        for page in one.page.split("; "):
            assert re.fullmatch(r'[A-Z][\w ]+ (User|Developer) Guide, "[^"]+"', page), one.id


def test_the_part_that_is_nearly_full_is_the_one_that_is_told() -> None:
    """The rule's title names it."""
    (rule,) = (one for one in RULES if one.name == "nearly-full")
    assert f"over {NEARLY} %" in rule.title
