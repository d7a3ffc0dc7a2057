"""Sets of characters: finite ones, and all characters but finitely many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Chars:
    """The characters `listed`, or all of Unicode but them (`negated`)."""

    listed: frozenset[str]
    negated: bool = False
    single: str | None = field(init=False, compare=False, repr=False)
    """Its only character; `None` where it has none or more."""

    def __post_init__(self) -> None:
        only = next(iter(self.listed)) if len(self.listed) == 1 and not self.negated else None
        object.__setattr__(self, "single", only)

    def __contains__(self, sign: str) -> bool:
        return (sign in self.listed) != self.negated

    @property
    def none(self) -> bool:
        """Whether no character belongs to it."""
        return not self.negated and not self.listed

    def covers(self, other: "Chars") -> bool:
        """Whether every character of the other belongs to this one."""
        if self.negated:
            return self.listed <= other.listed if other.negated else self.listed.isdisjoint(other.listed)
        return not other.negated and other.listed <= self.listed

    def meets(self, other: "Chars") -> bool:
        """Whether a character belongs to both."""
        if self.negated:
            return other.negated or not other.listed <= self.listed
        return not self.listed <= other.listed if other.negated else not self.listed.isdisjoint(other.listed)


EVERY: Final = Chars(frozenset(), negated=True)
"""All characters."""

NOT_COLON: Final = Chars(frozenset(":"), negated=True)
"""All characters but the colon."""

# Letters that a reader takes for "some text" come first; what may end a segment or a pattern, last.
_READABLE = "xyzabcdefghijklmnopqrstuvwXYZABCDEFGHIJKLMNOPQRSTUVW0123456789-_.~+@=,/ :"
_RANK: Final = {sign: rank for rank, sign in enumerate(_READABLE)}
_ASCII = 128
_LETTERS_BEYOND_ASCII = 0xE0


def rank(sign: str) -> tuple[int, str]:
    """How readable a character is in an example: the lower, the better."""
    return _RANK.get(sign, len(_RANK) if sign.isprintable() else len(_RANK) + 1), sign


def readable(signs: Iterable[str]) -> str:
    """The most readable one of some characters (at least one)."""
    return min(signs, key=rank)


def outside(listed: Iterable[str]) -> str:
    """A readable character that is not one of the listed ones."""
    taken = frozenset(listed)
    for sign in _READABLE:
        if sign not in taken:
            return sign
    code = _LETTERS_BEYOND_ASCII
    while chr(code) in taken or not chr(code).isprintable():
        code += 1
    return chr(code)


def one_of(chars: Chars) -> str:
    """A readable character of a set that has any."""
    if chars.single is not None:
        return chars.single
    return outside(chars.listed) if chars.negated else readable(chars.listed)


ASCII: Final = Chars(frozenset(map(chr, range(_ASCII))))
"""The 128 characters of ASCII."""


def common_beginning(texts: Sequence[str]) -> str:
    """The longest text that all of the texts begin with; empty where there are none."""
    first, last = min(texts, default=""), max(texts, default="")
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:length]
