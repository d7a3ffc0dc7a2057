"""The tables of `docs/config.md`, as their rows and cells."""

import re
from pathlib import Path

_PAGE = (Path(__file__).parents[2] / "docs" / "config.md").read_text(encoding="utf-8")


def table(heading: str, number: int = 0) -> list[list[str]]:
    """The rows of a table under a heading of the page on config, without its head."""
    section = re.split(rf"^#+ {re.escape(heading)}\n", _PAGE, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    found = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[number]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found.splitlines()[2:]]


def names(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def keys(heading: str, number: int = 0) -> list[str]:
    """The names in the first column of a table."""
    return [name for row in table(heading, number) for name in names(row[0])]
