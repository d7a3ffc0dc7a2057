"""Fewer shapes for the same texts: what pairs of shapes tell, without a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from crossaccess.compare.shapes import Shape, covered
from crossaccess.compare.signs import common_beginning


@dataclass(frozen=True, slots=True)
class Parts:
    """Groups of shapes, one of each group to be matched, and shapes not to be matched."""

    within: tuple[tuple[Shape, ...], ...]
    without: tuple[Shape, ...]


def reduced(parts: Parts, *, thorough: bool) -> Parts | None:
    """The same texts in fewer shapes; `None` where that shows that there are none.

    `thorough` also compares the shapes that are left out with each other, and every shape with those of
    the other groups; otherwise only what is cheap beside a search is done.
    """
    groups = [_allowed(group, parts.without) for group in parts.within]
    if thorough:
        groups = _fewest([_maximal(group) for group in groups])
    if not all(groups):
        return None
    groups = _needed(groups)
    without = tuple(shape for shape in parts.without if _touches(shape, groups, thorough=thorough))
    return Parts(tuple(groups), _maximal(without) if thorough else without)


def _fewest(groups: list[tuple[Shape, ...]]) -> list[tuple[Shape, ...]]:
    """The groups without shapes that have no text in common with another group, until all have some."""
    while True:
        found = [_meeting(group, groups[:place] + groups[place + 1 :]) for place, group in enumerate(groups)]
        if found == groups:
            return found
        groups = found


def _allowed(group: Sequence[Shape], without: Sequence[Shape]) -> tuple[Shape, ...]:
    """The shapes of a group but those of which nothing is left."""
    barred = frozenset(without)
    return tuple(shape for shape in group if shape not in barred and not covered(shape, without))


def _maximal(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """The shapes but those that another one covers; of two that cover each other, the first is kept."""
    kept: list[Shape] = []
    for place, shape in enumerate(shapes):
        if covered(shape, kept):
            continue
        if covered(shape, shapes[place + 1 :]) and any(
            other.covers(shape) and not shape.covers(other) for other in islice(shapes, place + 1, None)
        ):
            continue
        kept.append(shape)
    return tuple(kept)


def _meeting(group: Sequence[Shape], others: Sequence[Sequence[Shape]]) -> tuple[Shape, ...]:
    """The shapes of a group that have a text in common with each of the other groups."""
    return tuple(
        shape for shape in group if all(any(shape.overlaps(one) for one in other) for other in others)
    )


def _needed(groups: Sequence[tuple[Shape, ...]]) -> list[tuple[Shape, ...]]:
    """The groups but those that another one implies; of two that imply each other, the first is kept."""
    kept: list[tuple[Shape, ...]] = []
    for place, group in enumerate(groups):
        if any(implies(other, group) for other in kept):
            continue
        if any(implies(other, group) and not implies(group, other) for other in groups[place + 1 :]):
            continue
        kept.append(group)
    return kept


def implies(group: Sequence[Shape], other: Sequence[Shape]) -> bool:
    """Whether it is plain to see that every text of the group is one of the other's."""
    return all(covered(shape, other) for shape in group)


def _touches(shape: Shape, groups: Sequence[Sequence[Shape]], *, thorough: bool) -> bool:
    """Whether leaving the shape out takes away anything, as far as one group at a time tells."""
    for group in groups:
        if shape.apart(_common_prefix(group), _common_suffix(group)):
            return False
        if thorough and not any(shape.overlaps(one) for one in group):
            return False
    return True


def _common_prefix(group: Sequence[Shape]) -> str:
    return common_beginning([shape.prefix for shape in group])


def _common_suffix(group: Sequence[Shape]) -> str:
    endings = [shape.prefix if shape.is_literal else shape.suffix for shape in group]
    return common_beginning([ending[::-1] for ending in endings])[::-1]
