"""Policy strings in pieces: text, wildcards and policy variables.

IAM User Guide, "IAM policy elements: Variables and tags": variables exist in Version 2012-10-17 only;
`${*}`, `${?}` and `${$}` are the three characters themselves; `${key, 'text'}` has a default.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from crossaccess.decide.context import ABSENT, PRESENT, UNKNOWN, Lookup


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`*` (any run of characters, also none) or `?` (exactly one)."""

    sign: str


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key}` or `${key, 'default'}`; the key in lower case, since keys have no case."""

    key: str
    default: str | None


ANY: Final = Wildcard("*")
ONE: Final = Wildcard("?")

Piece: TypeAlias = str | Wildcard | Variable


class UnresolvedError(Exception):
    """A variable whose value is not known: whatever uses it is not known either."""


class NoValueError(Exception):
    """A variable that has no value in this request, and no default: it matches nothing."""


_SPECIAL = re.compile(r"\$\{([^}]*)\}|[*?]")


def pieces_of(text: str, *, wildcards: bool, variables: bool) -> tuple[Piece, ...]:
    """Take a policy string apart. Neighbouring characters may stand in several pieces."""
    pieces: list[Piece] = []
    position = 0
    for found in _SPECIAL.finditer(text):
        piece: Piece | None = None
        if found[1] is not None:
            piece = _variable(found[1]) if variables else None
        elif wildcards:
            piece = ANY if found[0] == "*" else ONE
        if piece is None and wildcards and found[1] is not None:
            # `${…}` is plain text here, but a wildcard inside it is one all the same.
            pieces += [text[position : found.start()], *_wildcards_in(found[0])]
            position = found.end()
        elif piece is not None:
            pieces += [text[position : found.start()], piece]
            position = found.end()
    pieces.append(text[position:])
    return tuple(piece for piece in pieces if piece != "")


def _wildcards_in(text: str) -> list[Piece]:
    signs: dict[str, Piece] = {"*": ANY, "?": ONE}
    return [signs.get(character, character) for character in text]


def resolve(pieces: tuple[Piece, ...], lookup: Callable[[str], Lookup]) -> tuple[str | Wildcard, ...]:
    """Put the request's values in place of the variables. A value is plain text, whatever it holds.

    Raises `UnresolvedError` or `NoValueError`.
    """
    return tuple(_value(piece, lookup) if isinstance(piece, Variable) else piece for piece in pieces)


def resolve_loosely(pieces: tuple[Piece, ...], lookup: Callable[[str], Lookup]) -> tuple[str | Wildcard, ...]:
    """Like `resolve`, with `*` for each value that is not known: what this does not match, nothing can.

    Raises `NoValueError`.
    """
    found: list[str | Wildcard] = []
    for piece in pieces:
        try:
            found += resolve((piece,), lookup)
        except UnresolvedError:
            found.append(ANY)
    return tuple(found)


def _value(variable: Variable, lookup: Callable[[str], Lookup]) -> str:
    found = lookup(variable.key)
    if found is UNKNOWN or found is PRESENT:
        raise UnresolvedError(f"the value of ${{{variable.key}}} is not known")
    if found == ABSENT:
        if variable.default is None:
            raise NoValueError(f"${{{variable.key}}} has no value in this request")
        return variable.default
    if len(found) > 1:
        raise UnresolvedError(f"${{{variable.key}}} has several values, and such a key is no variable")
    return found[0]


def _variable(inside: str) -> str | Variable:
    if inside in ("*", "?", "$"):
        return inside
    name, comma, rest = inside.partition(",")
    if not comma:
        return Variable(name.strip().lower(), None)
    quoted = rest.strip()
    if len(quoted) >= 2 and quoted[0] == quoted[-1] == "'":
        return Variable(name.strip().lower(), quoted[1:-1])
    return Variable(name.strip().lower(), None)
