"""Wildcard patterns: of actions and strings, of resources, of ARNs in conditions.

Three kinds, because AWS reads the same `*` differently in each place:
- `glob`: `*` and `?` stand for any characters at all;
- `resource pattern`: they stay inside their colon-separated segment, but for a `*` that ends a segment,
  which may run on across colons (IAM User Guide, "IAM JSON policy elements: Resource");
- `ARN pattern`: each of the six parts is matched on its own ("IAM JSON policy elements: Condition
  operators", ARN operators).
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crossaccess.decide.template import ANY, ONE, Piece, Wildcard, pieces_of

_COLON = ":"
_ARN_COLONS = 5
_ALL = sys.maxsize


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters that stand together; `holes` are the places of `?` in `text`."""

    text: str
    holes: tuple[int, ...]

    def at(self, text: str, start: int, *, colons: bool) -> bool:
        """Whether the run stands in `text` at `start`. Unless `colons`, a hole is no colon."""
        if not self.holes:
            return text.startswith(self.text, start)
        end = start + len(self.text)
        if end > len(text):
            return False
        done = 0
        for hole in self.holes:
            if self.text[done:hole] != text[start + done : start + hole]:
                return False
            if not colons and text[start + hole] == _COLON:
                return False
            done = hole + 1
        return self.text[done:] == text[start + done : end]

    def pieces(self) -> list[str | Wildcard]:
        """The run as it stood in the policy."""
        return [ONE if place in self.holes else sign for place, sign in enumerate(self.text)]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: runs of characters with stars between them.

    `crossing[i]` tells whether the star between `runs[i]` and `runs[i + 1]` may match colons; `colons`
    whether a `?` may. Most patterns are plain text (`literal`) or end in their only star (`prefix`).
    """

    runs: tuple[_Run, ...]
    crossing: tuple[bool, ...]
    colons: bool
    literal: str | None
    prefix: str | None

    def matches(self, text: str) -> bool:
        """Whether the whole text is one that the pattern stands for. Case counts."""
        if self.literal is not None:
            return text == self.literal
        if self.prefix is not None:
            return text.startswith(self.prefix)
        first, last = self.runs[0], self.runs[-1]
        if not self.crossing:
            return len(text) == len(first.text) and first.at(text, 0, colons=self.colons)
        end = len(text) - len(last.text)
        if end < len(first.text) or not first.at(text, 0, colons=self.colons):
            return False
        if not last.at(text, end, colons=self.colons):
            return False
        reached = [len(first.text)]
        for index in range(1, len(self.runs) - 1):
            reached = self._behind(text, index, reached, end)
            if not reached:
                return False
        return any(_within(text, start, end, crossing=self.crossing[-1]) for start in reached)

    def lenient(self) -> "Pattern":
        """The same pattern, if wildcards behind the fifth colon of an ARN match colons as well."""
        if self.literal is not None or self.prefix is not None or self.colons:
            return self
        pieces: list[str | Wildcard] = []
        for index, run in enumerate(self.runs):
            pieces += [ANY, *run.pieces()] if index else run.pieces()
        return _build(pieces, segments=_ARN_COLONS)

    def matches_leniently(self, text: str) -> bool:
        """Whether `lenient()` matches the whole text."""
        head = self.runs[0]
        plain = head.text[: head.holes[0]] if head.holes else head.text
        # It changes no plain text, and most patterns are about something else.
        return text.startswith(plain) and self.lenient().matches(text)

    def _behind(self, text: str, index: int, reached: list[int], end: int) -> list[int]:
        """Where a run can end, whose star may begin at one of the `reached` places.

        Of the places in one segment only the first counts: a star from there reaches whatever one from
        a later place does. That keeps the work linear in the text for each run. A run that may itself
        reach over a colon can end in several segments, from wherever its star begins.
        """
        run = self.runs[index]
        limit = end - len(run.text)
        crossing = self.crossing[index - 1]
        several = (crossing or (self.colons and bool(run.holes))) and not self.crossing[index]
        places: dict[int, int] = {}
        for start, last in _stretches(text, reached, limit, crossing=crossing):
            found = self._find(text, run, start, last)
            while found is not None:
                place = found + len(run.text)
                places.setdefault(_segment_end(text, place), place)
                if not several:
                    break
                found = self._find(text, run, found + 1, last)
        return sorted(places.values())

    def _find(self, text: str, run: _Run, start: int, last: int) -> int | None:
        if not run.holes:
            found = text.find(run.text, start, last + len(run.text))
            return found if found >= 0 else None
        return next((s for s in range(start, last + 1) if run.at(text, s, colons=self.colons)), None)


def _stretches(text: str, reached: list[int], limit: int, *, crossing: bool) -> Iterator[tuple[int, int]]:
    """The first and the last place to which a star can lead, for each place where it can begin."""
    if crossing:
        yield reached[0], limit
        return
    for place in reached:
        yield place, min(limit, _segment_end(text, place))


def _segment_end(text: str, place: int) -> int:
    colon = text.find(_COLON, place)
    return len(text) if colon < 0 else colon


def _within(text: str, start: int, end: int, *, crossing: bool) -> bool:
    return start <= end and (crossing or text.find(_COLON, start, end) < 0)


def _build(pieces: Iterable[str | Wildcard], *, segments: int) -> Pattern:
    """Put resolved pieces together. Wildcards mind colons up to that many colons of the pattern."""
    listed = list(pieces)
    runs: list[_Run] = []
    crossing: list[bool] = []
    text: list[str] = []
    holes: list[int] = []
    length = 0
    colons = 0
    for index, piece in enumerate(listed):
        if isinstance(piece, str):
            colons += piece.count(_COLON)
            text.append(piece)
            length += len(piece)
        elif piece is ANY:
            runs.append(_Run("".join(text), tuple(holes)))
            text, holes, length = [], [], 0
            crossing.append(colons >= segments or _ends_segment(listed, index))
        else:
            text.append("?")
            holes.append(length)
            length += 1
    runs.append(_Run("".join(text), tuple(holes)))
    plain = not any(run.holes for run in runs)
    return Pattern(
        runs=tuple(runs),
        crossing=tuple(crossing),
        colons=segments <= _ARN_COLONS,
        literal=runs[0].text if plain and not crossing else None,
        prefix=runs[0].text if plain and crossing == [True] and not runs[1].text else None,
    )


def _ends_segment(pieces: list[str | Wildcard], index: int) -> bool:
    if index + 1 == len(pieces):
        return True
    following = pieces[index + 1]
    return isinstance(following, str) and following.startswith(_COLON)


def glob(pieces: Iterable[str | Wildcard]) -> Pattern:
    """A pattern whose wildcards stand for any characters."""
    return _build(pieces, segments=0)


def resource_pattern(pieces: Iterable[str | Wildcard]) -> Pattern:
    """A pattern of a `Resource` element."""
    return _build(pieces, segments=_ALL)


@lru_cache(maxsize=4096)
def glob_of(text: str) -> Pattern:
    """The glob that a policy string without variables stands for."""
    return _plain(text, segments=0)


def completed_arn(text: str) -> str:
    """A `Resource` of an identity-based policy, whose ARN is filled up where it lacks its last parts.

    IAM User Guide, "IAM identifiers", section "Using wildcards and paths in ARNs": `arn:aws:sqs` is the
    same as `arn:aws:sqs:*:*:*` there. Of policies that name principals no page says so. Where a star ends a
    part it may run on across colons, so that nothing need be lacking: such an ARN is left as it is.
    """
    return text if any(part.endswith("*") for part in text.split(_COLON)) else filled_up(text)


def filled_up(text: str) -> str:
    """An ARN with `*` for each part that it lacks at its end; whatever else as it is."""
    parts = text.split(_COLON, _ARN_COLONS)
    if parts[0] != "arn" or len(parts) == 1:
        return text
    return _COLON.join([*parts, *("*" for _ in range(_ARN_COLONS + 1 - len(parts)))])


@lru_cache(maxsize=4096)
def resource_pattern_of(text: str) -> Pattern:
    """The resource pattern that a policy string without variables stands for."""
    return _plain(text, segments=_ALL)


def _plain(text: str, *, segments: int) -> Pattern:
    pieces = pieces_of(text, wildcards=True, variables=False)
    return _build((piece for piece in pieces if isinstance(piece, str | Wildcard)), segments=segments)


def arn_parts(pieces: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], ...] | None:
    """The six parts of an ARN pattern; `None` where there are fewer, so that it is no ARN.

    Colons count where they stand in the policy, not inside a variable or in its value.
    """
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            parts[-1].append(piece)
            continue
        texts = piece.split(_COLON, 6 - len(parts))
        for index, text in enumerate(texts):
            if index:
                parts.append([])
            if text:
                parts[-1].append(text)
    return tuple(tuple(part) for part in parts) if len(parts) == 6 else None


@lru_cache(maxsize=4096)
def arn_patterns_of(text: str) -> tuple[Pattern, ...] | None:
    """The six parts of an ARN pattern without variables, compiled; `None` where it is no ARN."""
    parts = text.split(_COLON, 5)
    return tuple(glob_of(part) for part in parts) if len(parts) == 6 else None


def arn_matches(parts: Sequence[Pattern], arn: str) -> bool:
    """Whether an ARN's six parts are matched, each on its own, by the six parts of a pattern."""
    values = arn.split(_COLON, 5)
    if len(values) != 6:
        return False
    return all(part.matches(value) for part, value in zip(parts, values, strict=True))
