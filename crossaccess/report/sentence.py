"""A sentence as pieces, which each format writes in its own way.

Words are ours and harmless. Names and phrases are foreign: each format makes them harmless for itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from crossaccess.report.safe import shorten


class Kind(Enum):
    """Where a piece comes from, and how it is read."""

    WORDS = "words"
    """Our own words."""
    STRONG = "strong"
    """Our own words that must not be missed."""
    NAME = "name"
    """A name, an action or a pattern: read letter by letter."""
    PHRASE = "phrase"
    """A few words that may hold foreign values, such as `until 2027-01-31`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a sentence; spaces between pieces stand in the words.

    Nothing in `text` acts on a terminal or hides (see `safe`); what a format gives a meaning is still in it.
    """

    text: str
    kind: Kind


Sentence: TypeAlias = tuple[Piece, ...]


def words(text: str) -> Piece:
    """Our own words."""
    return Piece(text=text, kind=Kind.WORDS)


def strong(text: str) -> Piece:
    """Our own words that must not be missed."""
    return Piece(text=text, kind=Kind.STRONG)


def name(text: str, most: int | None = None) -> Piece:
    """A foreign name, its middle left out where it is longer than `most` characters."""
    return Piece(text=shorten(text, most), kind=Kind.NAME)


def phrase(text: str, most: int | None = None) -> Piece:
    """A foreign phrase, its middle left out where it is longer than `most` characters."""
    return Piece(text=shorten(text, most), kind=Kind.PHRASE)


def verbatim(text: str) -> Piece:
    """A text that is visible already, such as JSON in ASCII: it is not escaped once more."""
    return Piece(text=text, kind=Kind.NAME)


def listed(pieces: Sequence[Piece], most: int | None = None) -> Sentence:
    """`a, b and c`, or `a, b and 7 more` where there are more than `most`."""
    if most is None or len(pieces) <= most:
        shown, last = list(pieces[:-1]), pieces[-1:]
    else:
        shown = list(pieces[: most - 1])
        last = [words(f"{len(pieces) - len(shown):,} more")]
    sentence: list[Piece] = []
    for piece in shown:
        sentence += [words(", "), piece] if sentence else [piece]
    for piece in last:
        sentence += [words(" and "), piece] if sentence else [piece]
    return tuple(sentence)


def counted(number: int, one: str, many: str) -> str:
    """`1 policy`, `1,200 policies`."""
    return f"{number:,} {one if number == 1 else many}"


def told(sentence: Sentence) -> str:
    """The sentence as one line of harmless text."""
    return "".join(piece.text for piece in sentence)
