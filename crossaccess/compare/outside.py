"""Is there a request in a box that is in none of some other boxes? Exactly, with the request.

One request of the box is tried. Only the boxes that hold it can matter next: the box is cut by one of them,
and what is left is tried again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from crossaccess.compare import key_set
from crossaccess.compare.box import Box, apart, outside, plainly_apart
from crossaccess.compare.realm import Realm
from crossaccess.compare.texts import TooHardError

_MOST_STEPS: Final = 20_000

_Point: TypeAlias = Mapping[str, tuple[str, ...]]
"""A request: the values of the things that a box names."""


class Search:
    """Looks for requests of one realm."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self._usual: dict[str, tuple[str, ...]] = {}

    def outside(self, box: Box, others: Sequence[Box]) -> Box | None:
        """A part of the box whose example is in none of the others; `None` where they cover all of it.

        Raises `TooHardError` where that would take too long to tell.
        """
        if self.realm.is_empty:
            return None
        return next(self._parts(box, others, _Steps()), None)

    def told(self, box: Box, others: Sequence[Box]) -> tuple[Box, list[Box]] | None:
        """The box less whatever can be taken away at one thing, and the others that still cut it.

        `None` where the others plainly cover all of it.
        """
        found = self._folded(box, others)
        if found is None:
            return None
        box, left = found
        return box, [other for other in left if not _apart(box, other)]

    def _folded(self, box: Box, others: Sequence[Box]) -> tuple[Box, list[Box]] | None:
        left = list(others)
        again = True
        while again:
            again = False
            waiting: list[Box] = []
            for other in left:
                if plainly_apart(box, other):
                    continue
                ways = outside(box, other, self.realm)
                if not ways:
                    return None
                (thing, pieces), *more = ways.items()
                if not more and len(pieces) == 1:
                    box = box.narrowed(thing, pieces[0])
                    again = True
                else:
                    waiting.append(other)
            left = waiting
        return box, left

    def _parts(self, box: Box, others: Sequence[Box], steps: "_Steps") -> Iterator[Box]:
        """The parts of a box outside of the others."""
        steps.take()
        settled = self.realm.settled(box)
        point = None if settled is None else _point(settled)
        if settled is None or point is None:
            return
        touching = [other for other in others if self._holds(other, point)]
        if not touching:
            yield settled
            return
        other, ways = self._fewest_ways(box, touching)
        rest = [one for one in others if one is not other]
        if len(ways) > 1:
            # Before a choice is made, all that needs none.
            found = self._folded(box, others)
            if found is None:
                return
            if found[0] != box:
                yield from self._parts(*found, steps)
                return
        for narrowed in ways:
            yield from self._parts(narrowed, rest, steps)

    def _fewest_ways(self, box: Box, touching: Sequence[Box]) -> tuple[Box, list[Box]]:
        """The box to go around first, and what is left of this one on each way around it."""
        best: tuple[Box, list[Box]] | None = None
        for other in touching:
            around = outside(box, other, self.realm)
            ways = [box.narrowed(thing, piece) for thing, pieces in around.items() for piece in pieces]
            if best is None or len(ways) < len(best[1]):
                best = (other, ways)
            if len(ways) <= 1:
                break
        if best is None:
            raise AssertionError("no box to go around")
        return best

    def _holds(self, box: Box, point: _Point) -> bool:
        for thing, keys in box.sides.items():
            values = point.get(thing)
            if values is None:
                values = self._usual.get(thing)
                if values is None:
                    values = self._usual[thing] = key_set.example(self.realm[thing]) or ()
            if not key_set.holds(keys, values):
                return False
        return True


def _point(box: Box) -> _Point | None:
    found: dict[str, tuple[str, ...]] = {}
    for thing, keys in box.sides.items():
        values = key_set.example(keys)
        if values is None:
            return None
        found[thing] = values
    return found


def _apart(box: Box, other: Box) -> bool:
    try:
        return apart(box, other)
    except TooHardError:
        return False


class _Steps:
    """Counts how much was tried."""

    def __init__(self) -> None:
        self.left = _MOST_STEPS

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooHardError("the statements overlap in too many ways to tell")
