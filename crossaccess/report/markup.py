"""Markdown as GitHub renders it, in which foreign text stays text.

Foreign text stands in code spans: nothing in one is markup, a link, a mention (`@…`) or a reference (`#1`)
(GitHub Flavored Markdown Spec, "Code spans"; GitHub Docs, "Basic writing and formatting syntax"). Only plain
lower-case words and dates, which nothing gives a meaning to, are written without one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crossaccess.report.safe import shorten
from crossaccess.report.sentence import Kind, Piece, Sentence

LIMIT = 65_536
"""How many characters GitHub takes in a comment; bytes are counted here, of which there are never fewer."""

_WORD = r"(?:[a-z]+(?:-[a-z]+)*|TLS|MFA|VPC|KMS|\d{4}-\d{2}-\d{2})"
_HARMLESS = re.compile(f"{_WORD}(?: {_WORD})*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a page that may be left out: what is of least `worth` is left out first."""

    text: str
    worth: int
    section: str


def code(text: str) -> str:
    """A text that is visible (see `safe`), as a code span."""
    runs = [len(run) for run in re.findall("`+", text)]
    fence = "`" * (max(runs, default=0) + 1)
    # One space at either end is taken off again by who renders it.
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def inline(sentence: Sentence) -> str:
    """A sentence as Markdown, on one line."""
    return "".join(_inline(piece) for piece in sentence)


def literal(text: str, most: int | None = None) -> str:
    """A foreign text as a code span, shortened to `most` characters."""
    return code(shorten(text, most))


def within(blocks: Sequence[Block], limit: int) -> tuple[Block, ...]:
    """The blocks that fit into so many bytes, in their order; the worthiest and first ones are kept."""
    kept: set[int] = set()
    used = 0
    for index in sorted(range(len(blocks)), key=lambda index: (-blocks[index].worth, index)):
        size = len(blocks[index].text.encode()) + len("\n")
        if used + size > limit:
            break
        used += size
        kept.add(index)
    return tuple(block for index, block in enumerate(blocks) if index in kept)


def _inline(piece: Piece) -> str:
    if piece.kind is Kind.WORDS:
        return piece.text
    if piece.kind is Kind.STRONG:
        return f"**{piece.text}**"
    if piece.kind is Kind.PHRASE and _HARMLESS.fullmatch(piece.text):
        return piece.text
    return code(piece.text)
