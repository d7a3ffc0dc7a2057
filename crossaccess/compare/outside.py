"""Is there a request in a box that is in none of some other boxes? Exactly, with the request.

One request of the box is tried. Only the boxes that hold it can matter next: the box is cut by one of them,
and what is left is tried again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, cast

from crossaccess.compare import key_set
from crossaccess.compare.box import Box, outside, plainly_apart
from crossaccess.compare.effort import OVERLAP, TooHardError, spend
from crossaccess.compare.realm import Realm

_MOST_STEPS: Final = 20_000
_STEP: Final = 100
"""How much a step costs beside those of a search for a text."""

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
        key = ("told", box, *others)
        if key not in self.realm.read:
            self.realm.read[key] = self._folded(box, others, thorough=False)
        return cast("tuple[Box, list[Box]] | None", self.realm.read[key])

    def _folded(
        self, box: Box, others: Sequence[Box], *, thorough: bool = True
    ) -> tuple[Box, list[Box]] | None:
        """`thorough`: also what can be taken away only after others were."""
        left = [other for other in others if not plainly_apart(box, other)]
        while True:
            cuts: dict[str, list[key_set.KeySet]] = {}
            waiting: list[Box] = []
            for other in left:
                ways = outside(box, other, self.realm)
                if not ways:
                    return None
                (thing, pieces), *more = ways.items()
                if not more and len(pieces) == 1:
                    cuts.setdefault(thing, []).append(pieces[0])
                else:
                    waiting.append(other)
            if not cuts:
                return box, left
            for thing, sets in cuts.items():
                kept = key_set.meet_of(sets)
                if kept is None:
                    return None
                box = box.narrowed(thing, kept)
            left = [other for other in waiting if not plainly_apart(box, other)]
            if not thorough:
                return box, left

    def _parts(self, box: Box, others: Sequence[Box], steps: "_Steps") -> Iterator[Box]:
        """The parts of a box outside of the others."""
        steps.take()
        spend(_STEP + len(others))
        settled = self.realm.settled(box)
        point = None if settled is None else _point(settled)
        if settled is None or point is None:
            return
        found = self._in_the_way(box, others, point)
        if found is None:
            yield settled
            return
        other, ways = found
        rest = [one for one in others if one is not other]
        if len(ways) > 1:
            # Before a choice is made, all that needs none.
            folded = self._folded(box, others)
            if folded is None:
                return
            if folded[0] != box:
                yield from self._parts(*folded, steps)
                return
        for narrowed in ways:
            yield from self._parts(narrowed, rest, steps)

    def _in_the_way(self, box: Box, others: Sequence[Box], point: _Point) -> tuple[Box, list[Box]] | None:
        """Of the others that hold the point the one with the fewest ways around it, and what is left on each.

        `None` where none of them holds it.
        """
        best: tuple[Box, list[Box]] | None = None
        # Those that ask the same of some things are most likely to have it, and all else that is here.
        for other in sorted(others, key=box.likeness, reverse=True):
            if not self._holds(other, point):
                continue
            around = outside(box, other, self.realm)
            ways = [box.narrowed(thing, piece) for thing, pieces in around.items() for piece in pieces]
            if best is None or len(ways) < len(best[1]):
                best = (other, ways)
            if len(ways) <= 1:
                break
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


class _Steps:
    """Counts how much was tried."""

    def __init__(self) -> None:
        self.left = _MOST_STEPS

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooHardError(OVERLAP)
