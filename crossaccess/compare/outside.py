"""Is there a request in a box that is in none of some other boxes? Exactly, with the request."""

from collections.abc import Iterator, Sequence
from typing import Final

from crossaccess.compare import key_set
from crossaccess.compare.box import Box, apart, open_things
from crossaccess.compare.key_set import KeySet
from crossaccess.compare.realm import Realm
from crossaccess.compare.texts import TooHardError

_MOST_STEPS: Final = 20_000


class Search:
    """Looks for requests of one realm."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm

    def outside(self, box: Box, others: Sequence[Box]) -> Box | None:
        """A part of the box that none of the others touches; `None` where they cover all of it.

        Raises `TooHardError` where that would take too long to tell.
        """
        settled = (self.realm.settled(part) for part in self._parts(box, others, _Steps()))
        return next((part for part in settled if part is not None), None)

    def folded(self, box: Box, others: Sequence[Box]) -> tuple[Box, list[Box]] | None:
        """The box less whatever can be taken away at one thing, and the others that are left then.

        `None` where the others cover all of it.
        """
        left = list(others)
        again = True
        while again:
            again = False
            waiting: list[Box] = []
            for other in left:
                if apart(box, other):
                    continue
                things = open_things(box, other, self.realm)
                if not things:
                    return None
                pieces = self._pieces(box, other, things[0]) if len(things) == 1 else ()
                if len(pieces) == 1:
                    box = box.narrowed(things[0], pieces[0])
                    again = True
                else:
                    waiting.append(other)
            left = waiting
        return box, left

    def _parts(self, box: Box, others: Sequence[Box], steps: "_Steps") -> Iterator[Box]:
        """The parts of a box outside of the others."""
        steps.take()
        found = self.folded(box, others)
        if found is None:
            return
        box, left = found
        if not left:
            yield box
            return
        # The one with the fewest ways around it first.
        ways = [(open_things(box, other, self.realm), other) for other in left]
        things, other = min(ways, key=lambda way: len(way[0]))
        rest = [one for one in left if one is not other]
        for thing in things:
            for piece in self._pieces(box, other, thing):
                yield from self._parts(box.narrowed(thing, piece), rest, steps)

    def _pieces(self, box: Box, other: Box, thing: str) -> tuple[KeySet, ...]:
        return key_set.minus(self._side(box, thing), other.sides[thing])

    def _side(self, box: Box, thing: str) -> KeySet:
        return box.sides.get(thing, self.realm[thing])


class _Steps:
    """Counts how much was tried."""

    def __init__(self) -> None:
        self.left = _MOST_STEPS

    def take(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooHardError("the statements overlap in too many ways to tell")
