"""Patterns of policies as regular languages: one shape stands for one set of texts.

A shape is a row of tokens, each one character of a set or any number of them. The builders read a pattern
as `crossaccess.decide.pattern` does, out of its compiled form, so that both always agree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from crossaccess.compare.machine import Machine, machine_of
from crossaccess.compare.signs import ASCII, EVERY, NOT_COLON, Chars
from crossaccess.decide.pattern import Pattern
from crossaccess.decide.pattern import glob as decide_glob
from crossaccess.decide.pattern import resource_pattern as decide_resource
from crossaccess.decide.template import Wildcard, pieces_of

Source: TypeAlias = str | Sequence[str | Wildcard]
"""A pattern as it stands in a policy, without variables; or in pieces, its variables resolved."""

_COLON = ":"
_ARN_PARTS = 6
_MARK = "\0"


@dataclass(frozen=True, slots=True)
class Token:
    """One character of a set or, where it `repeats`, any number of them, also none."""

    chars: Chars
    repeats: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shape:
    """One pattern. Make it with this module's builders, which bring the tokens into one form.

    `text` is the pattern as people read it; two shapes with the same tokens are equal whatever their text.
    `prefix` and `suffix` are the plain text before the first wildcard and behind the last one (all of a
    literal is prefix), `inner` the longest plain text between two wildcards.
    """

    tokens: tuple[Token, ...]
    text: str
    key: str = field(repr=False)
    """The tokens, written so that equal tokens have equal keys and no others have."""
    prefix: str = field(repr=False)
    suffix: str = field(repr=False)
    inner: str = field(repr=False)
    runs: tuple[str, ...] | None = field(repr=False, default=None)
    """The plain texts around its wildcards, where each of these is a run of any characters, or of any but
    colons; else `None`."""
    is_literal: bool = field(repr=False)
    """It stands for exactly one text, its prefix."""
    is_nothing: bool = field(repr=False)
    """It stands for no text at all."""
    is_anything: bool = field(repr=False)
    """It stands for every text."""
    least: int = field(repr=False, default=0)
    """How many characters its texts have at least."""
    goes_on: bool = field(repr=False, default=False)
    """It stands for all texts that begin with its prefix and go on."""

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, Shape) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def machine(self) -> Machine:
        """The automaton that reads it."""
        return _machine(self)

    def matches(self, text: str) -> bool:
        """Whether the text is one of those that the shape stands for."""
        if self.is_literal:
            return text == self.prefix
        if not text.startswith(self.prefix) or not text.endswith(self.suffix) or self.inner not in text:
            return False
        if self.runs is not None and _COLON not in text[len(self.prefix) :]:
            return _in_order(self.runs, text)
        return self.machine.accepts(text)

    def covers(self, other: "Shape") -> bool:
        """Whether it is plain to see that every text of the other is one of this one.

        `True` is certain. `False` can also mean that it takes a search to tell (`?*` covers `*a`).
        """
        # Plain text of this one is never matched by a wildcard of the other.
        if self.inner not in other.key:
            return other.is_nothing
        if self.key == other.key or other.is_nothing or self.is_anything:
            return True
        if other.is_literal:
            return self.matches(other.prefix)
        if not other.prefix.startswith(self.prefix) or not other.suffix.endswith(self.suffix):
            return False
        if self.is_literal:
            return False
        if self.goes_on:
            return other.least > len(self.prefix)
        return self.machine.absorbs(other.tokens_from(len(self.prefix)), len(self.prefix))

    def overlaps(self, other: "Shape") -> bool:
        """Whether a text belongs to both. Exact, in time that grows with the product of the lengths."""
        if self.apart(other.prefix, other.suffix):
            return False
        if self.is_literal:
            return other.matches(self.prefix)
        if other.is_literal:
            return self.matches(other.prefix)
        if self.runs is not None and other.runs is not None and _follow_freely(self, other):
            return True
        return _meet(self, other)

    def apart(self, prefix: str, suffix: str) -> bool:
        """Whether its plain ends alone rule out all texts that begin and end with those."""
        mine, last = self.prefix, self.suffix
        if self.is_literal:
            return not (mine.startswith(prefix) or prefix.startswith(mine)) or not mine.endswith(suffix)
        return not (
            (mine.startswith(prefix) or prefix.startswith(mine))
            and (last.endswith(suffix) or suffix.endswith(last))
        )

    def tokens_from(self, start: int) -> Iterable[tuple[Chars, bool]]:
        """The tokens from one on, as their sets and whether they repeat."""
        return ((token.chars, token.repeats) for token in self.tokens[start:])


def covered(shape: Shape, by: Iterable[Shape]) -> bool:
    """Whether it is plain to see that one of several shapes covers it (`Shape.covers`)."""
    if shape.is_nothing:
        return any(True for _ in by)
    # Most of them do not, and what is plain in them tells that with little work.
    key = shape.key
    return any(one.inner in key and one.covers(shape) for one in by)


@lru_cache(maxsize=65_536)
def _meet(one: Shape, other: Shape) -> bool:
    return one.machine.meets(other.machine, min(len(one.prefix), len(other.prefix)))


@lru_cache(maxsize=8192)
def _machine(shape: Shape) -> Machine:
    return machine_of((token.chars, token.repeats) for token in shape.tokens)


@lru_cache(maxsize=1024)
def _plain(sign: str) -> Token:
    return Token(Chars(frozenset(sign)))


def plain(text: str) -> tuple[Token, ...]:
    """The tokens of plain text."""
    return tuple(map(_plain, text))


def sequence(tokens: Iterable[Token], *, text: str) -> Shape:
    """A shape out of tokens; `text` is what people read."""
    listed = _in_one_form(tokens)
    literals = [_literal_sign(token) for token in listed]
    runs: list[str] = [""]
    for sign in literals:
        if sign is None:
            runs.append("")
        else:
            runs[-1] += sign
    is_literal = len(runs) == 1
    return Shape(
        tokens=listed,
        text=text,
        key="".join(_code(token, sign) for token, sign in zip(listed, literals, strict=True)),
        prefix=runs[0],
        suffix="" if is_literal else runs[-1],
        inner="" if is_literal else max(runs[1:-1], key=len, default=""),
        runs=tuple(runs) if all(map(_is_run, listed, literals)) else None,
        is_literal=is_literal,
        is_nothing=listed == (_NO_SIGN,),
        is_anything=listed == (_ANY_RUN,),
        least=sum(not token.repeats for token in listed),
        goes_on=listed[len(runs[0]) :] == (_ANY_SIGN, _ANY_RUN),
    )


def _is_run(token: Token, sign: str | None) -> bool:
    return sign is not None or (token.repeats and token.chars in (EVERY, NOT_COLON))


def _in_order(runs: Sequence[str], text: str) -> bool:
    """Whether a text that begins with the first run and ends in the last has the others in between."""
    end = len(text) - len(runs[-1])
    place = len(runs[0])
    for run in runs[1:-1]:
        found = text.find(run, place, end)
        if found < 0:
            return False
        place = found + len(run)
    return place <= end


def _follow_freely(one: Shape, other: Shape) -> bool:
    """Whether what both ask for can stand one behind the other: their ends agree, and no colon is between."""
    start = min(len(one.prefix), len(other.prefix))
    longer = max(one.prefix, other.prefix, key=len)
    behind = (*(one.runs or ())[1:], *(other.runs or ())[1:])
    return _COLON not in longer[start:] and not any(_COLON in run for run in behind)


_NO_SIGN: Final = Token(Chars(frozenset()))
_ANY_SIGN: Final = Token(EVERY)
_ANY_RUN: Final = Token(EVERY, repeats=True)
_SIGN_IN_PART: Final = Token(NOT_COLON)
_RUN_IN_PART: Final = Token(NOT_COLON, repeats=True)


def _in_one_form(tokens: Iterable[Token]) -> tuple[Token, ...]:
    """Fewest tokens: runs that hold each other become one; `x*x` is `xx*`."""
    listed: list[Token] = []
    for token in tokens:
        if not token.repeats:
            if not (listed and listed[-1].repeats) and token.chars.single is not None:
                # Most of a pattern is plain text.
                listed.append(token)
                continue
            if token.chars.none:
                return (_NO_SIGN,)
            last = listed[-1] if listed else None
            behind = last is not None and last.repeats and last.chars == token.chars
            listed.insert(len(listed) - behind, token)
            continue
        if token.chars.none:
            continue
        while listed and listed[-1].repeats and token.chars.covers(listed[-1].chars):
            listed.pop()
        if not (listed and listed[-1].repeats and listed[-1].chars.covers(token.chars)):
            listed.append(token)
    return tuple(listed)


def _literal_sign(token: Token) -> str | None:
    return None if token.repeats else token.chars.single


def _code(token: Token, sign: str | None) -> str:
    if sign is not None and sign != _MARK:
        return sign
    listed = "".join(sorted(token.chars.listed))
    return (
        f"{_MARK}{'*' if token.repeats else '1'}{'-' if token.chars.negated else '+'}{len(listed)}:{listed}"
    )


def _of_pattern(pattern: Pattern, text: str) -> Shape:
    tokens: list[Token] = []
    hole = _ANY_SIGN if pattern.colons else _SIGN_IN_PART
    for index, run in enumerate(pattern.runs):
        if index:
            tokens.append(_ANY_RUN if pattern.crossing[index - 1] else _RUN_IN_PART)
        signs = [_plain(sign) for sign in run.text]
        for place in run.holes:
            signs[place] = hole
        tokens += signs
    return sequence(tokens, text=text)


def _pieces(source: Source) -> tuple[str | Wildcard, ...]:
    if not isinstance(source, str):
        return tuple(source)
    pieces = pieces_of(source, wildcards=True, variables=False)
    return tuple(piece for piece in pieces if isinstance(piece, str | Wildcard))


def _text(pieces: Iterable[str | Wildcard]) -> str:
    """Pieces as a policy would have them: a wildcard's sign that is plain text is escaped."""
    return "".join(
        piece.sign if isinstance(piece, Wildcard) else piece.replace("*", "${*}").replace("?", "${?}")
        for piece in pieces
    )


@lru_cache(maxsize=16_384)
def literal(text: str) -> Shape:
    """Exactly that text."""
    return sequence(plain(text), text=text)


def folded(text: str) -> Shape:
    """Exactly that text, but that letters of ASCII may have either case.

    Where the text or the value holds characters beyond ASCII, AWS does not say what is the same: see
    `beyond_ascii`.
    """
    return sequence(
        (
            Token(Chars(frozenset((sign.lower(), sign.upper())))) if sign.isascii() else _plain(sign)
            for sign in text
        ),
        text=text,
    )


@lru_cache(maxsize=8192)
def _glob(pieces: tuple[str | Wildcard, ...], text: str) -> Shape:
    return _of_pattern(decide_glob(pieces), text)


def glob(source: Source) -> Shape:
    """The shape of a glob, as `StringLike` reads it: `*` is any run of characters, `?` any one."""
    pieces = _pieces(source)
    return _glob(pieces, source if isinstance(source, str) else _text(pieces))


@lru_cache(maxsize=8192)
def _resource(pieces: tuple[str | Wildcard, ...], text: str, lenient: bool) -> Shape:
    pattern = decide_resource(pieces)
    return _of_pattern(pattern.lenient() if lenient else pattern, text)


def resource(source: Source) -> Shape:
    """The shape of a pattern of a `Resource` element: its wildcards mind colons."""
    pieces = _pieces(source)
    return _resource(pieces, source if isinstance(source, str) else _text(pieces), lenient=False)


def resource_lenient(source: Source) -> Shape:
    """The same, if wildcards behind the fifth colon match colons as well (`Pattern.lenient`)."""
    pieces = _pieces(source)
    return _resource(pieces, source if isinstance(source, str) else _text(pieces), lenient=True)


def arn(text: str) -> Shape | None:
    """The shape of an ARN pattern of a condition: six parts, each on its own; `None` where it is no ARN."""
    parts = text.split(_COLON, _ARN_PARTS - 1)
    return _arn(tuple(map(_pieces, parts)), text) if len(parts) == _ARN_PARTS else None


def arn_of_parts(parts: Sequence[Sequence[str | Wildcard]]) -> Shape:
    """The same for the six parts of an ARN pattern in pieces (`decide.pattern.arn_parts`, resolved).

    Raises `ValueError` where there are not six.
    """
    if len(parts) != _ARN_PARTS:
        raise ValueError(f"an ARN pattern has {_ARN_PARTS} parts, not {len(parts)}")
    return _arn(tuple(map(tuple, parts)), _COLON.join(map(_text, parts)))


@lru_cache(maxsize=8192)
def _arn(parts: tuple[tuple[str | Wildcard, ...], ...], text: str) -> Shape:
    tokens: list[Token] = []
    for part in parts[:-1]:
        for piece in part:
            if isinstance(piece, Wildcard):
                tokens.append(_RUN_IN_PART if piece.sign == "*" else _SIGN_IN_PART)
            else:
                # A colon in a variable's value: no part of an ARN but the last has one.
                tokens += [_NO_SIGN if sign == _COLON else _plain(sign) for sign in piece]
        tokens.append(_plain(_COLON))
    tokens += _of_pattern(decide_glob(parts[-1]), "").tokens
    return sequence(tokens, text=text)


@lru_cache(maxsize=1)
def anything() -> Shape:
    """Every text, the empty one too."""
    return sequence((_ANY_RUN,), text="*")


@lru_cache(maxsize=1)
def beyond_ascii() -> Shape:
    """Every text with a character that is not one of ASCII."""
    other = Token(Chars(ASCII.listed, negated=True))
    return sequence((_ANY_RUN, other, _ANY_RUN), text="a text with a character beyond ASCII")


@lru_cache(maxsize=64)
def digits(count: int) -> Shape:
    """Exactly so many digits, such as the twelve of an account id."""
    return sequence((Token(Chars(frozenset("0123456789"))),) * count, text=f"{count} digits")


@lru_cache(maxsize=1)
def segment() -> Shape:
    """One or more characters without `/`."""
    chars = Chars(frozenset("/"), negated=True)
    return sequence((Token(chars), Token(chars, repeats=True)), text="a text without /")
