"""Boxes: sets of requests that ask something of each of a few things, apart from each other.

A thing is the resource or a condition key. A thing that a box does not name may be whatever it may be in
any request of the realm.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol, Self

from crossaccess.compare import key_set
from crossaccess.compare.key_set import KeySet

RESOURCE: Final = "resource"
"""The thing that is the request's resource; all others are condition keys, in lower case."""


class Whole(Protocol):
    """What each thing may be in any request that is looked at."""

    def __getitem__(self, thing: str) -> KeySet:
        """What this thing may be."""
        ...


class Box:
    """A set of requests: for each thing that it names, what that thing may be. Immutable."""

    __slots__ = ("_hash", "_marks", "sides")

    def __init__(self, sides: Mapping[str, KeySet]) -> None:
        self.sides: Final[Mapping[str, KeySet]] = dict(sorted(sides.items()))
        self._marks = frozenset(map(hash, self.sides.items()))
        self._hash = hash(self._marks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box) and self._hash == other._hash and self.sides == other.sides

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Box({self.sides!r})"

    def likeness(self, other: "Box") -> int:
        """For how many things both have the same set, as far as their hashes tell."""
        return len(self._marks & other._marks)  # noqa: SLF001 - of the same class

    def narrowed(self, thing: str, keys: KeySet) -> Self:
        """The same box with another set for one thing."""
        return type(self)({**self.sides, thing: keys})


EVERYTHING: Final = Box({})


def meet(one: Box, other: Box) -> Box | None:
    """The requests in both, `None` where it is plain to see that there are none."""
    if not other.sides or one is other:
        return one
    sides = dict(one.sides)
    for thing, keys in other.sides.items():
        mine = sides.get(thing)
        both = keys if mine is None else key_set.meet(mine, keys)
        if both is None:
            return None
        sides[thing] = both
    return Box(sides)


def plainly_apart(one: Box, other: Box) -> bool:
    """Whether it is plain to see that no request is in both."""
    return any(
        key_set.meet(one.sides[thing], keys) is None
        for thing, keys in other.sides.items()
        if thing in one.sides
    )


def plainly_inside(one: Box, other: Box) -> bool:
    """Whether it is plain to see that all requests of the first box are in the second."""
    return all(
        thing in one.sides and key_set.plainly_inside(one.sides[thing], keys)
        for thing, keys in other.sides.items()
    )


def outside(one: Box, other: Box, whole: Whole) -> dict[str, tuple[KeySet, ...]]:
    """By which things a request of the first box may be outside of the second, and what these are then.

    `whole` is what each thing may be at all.
    """
    found = {
        thing: key_set.minus(one.sides[thing] if thing in one.sides else whole[thing], keys)
        for thing, keys in other.sides.items()
    }
    return {thing: pieces for thing, pieces in found.items() if pieces}


def product(alternatives: Iterable[tuple[str, tuple[KeySet, ...]]]) -> tuple[Box, ...]:
    """The boxes of all ways to take one set for each thing; the same thing may stand there twice."""
    by_thing: dict[str, tuple[KeySet, ...]] = {}
    for thing, sets in alternatives:
        mine = by_thing.get(thing)
        if mine is None:
            by_thing[thing] = sets
        else:
            met = (key_set.meet(one, other) for one in mine for other in sets)
            by_thing[thing] = tuple(dict.fromkeys(keys for keys in met if keys is not None))
    ways = itertools.product(*by_thing.values())
    return tuple(dict.fromkeys(Box(dict(zip(by_thing, way, strict=True))) for way in ways))


def complement(boxes: Sequence[Box], whole: Whole) -> tuple[Box, ...]:
    """The requests that are in none of the boxes, as boxes that may overlap."""
    found: list[Box] = [EVERYTHING]
    for box in boxes:
        outside = [
            Box({thing: piece})
            for thing, keys in box.sides.items()
            for piece in key_set.minus(whole[thing], keys)
        ]
        met = (meet(one, piece) for one in found for piece in outside)
        found = [one for one in met if one is not None]
    return tuple(dict.fromkeys(found))
