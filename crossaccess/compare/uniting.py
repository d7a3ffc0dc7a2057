"""Many sets of requests that differ in their resources alone, as one set.

A policy may say the same of a hundred prefixes in as many statements; one question about all of them is
cheaper than a hundred, and its answer is one line for people to read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.key_set import KeySet, present
from crossaccess.compare.shapes import Shape
from crossaccess.compare.statements import Part, Source
from crossaccess.compare.texts import Texts

_FEW: Final = 8
"""Up to so many parts stay what they are: people are told of each statement apart."""

_Group: TypeAlias = tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class United:
    """The requests of some statements together, of which each has one of the boxes."""

    box: Box
    boxes: frozenset[Box]
    sources: tuple[Source, ...]


def united(parts: Iterable[Part], whole: KeySet) -> list[United]:
    """The parts, those that differ in their resources alone as one where they are many.

    `whole` is what the resource may be at all.
    """
    alike: dict[object, list[tuple[_Group, Part]]] = {}
    kept: list[United] = []
    for part in parts:
        found = _apart(part.box, whole)
        if found is None:
            kept.append(_alone(part))
        else:
            alike.setdefault(found[0], []).append((found[1], part))
    for same in alike.values():
        if len(same) <= _FEW:
            kept += [_alone(part) for _, part in same]
        else:
            box = _together(same[0][1].box, same[0][0], (group for group, _ in same))
            boxes = frozenset(part.box for _, part in same)
            kept.append(United(box, boxes, tuple(dict.fromkeys(part.source for _, part in same))))
    return kept


def united_boxes(boxes: Iterable[Box], whole: KeySet) -> tuple[Box, ...]:
    """The boxes, those that differ in their resources alone as one."""
    alike: dict[object, list[tuple[_Group, Box]]] = {}
    kept: dict[Box, None] = {}
    for box in boxes:
        found = _apart(box, whole)
        if found is None:
            kept[box] = None
        else:
            alike.setdefault(found[0], []).append((found[1], box))
    for same in alike.values():
        kept[_together(same[0][1], same[0][0], (group for group, _ in same))] = None
    return tuple(kept)


def _alone(part: Part) -> United:
    return United(part.box, frozenset((part.box,)), (part.source,))


def _apart(box: Box, whole: KeySet) -> tuple[object, _Group] | None:
    """The one group of shapes that makes the box's resources its own, and all else that the box asks for.

    `None` where it has none, or more.
    """
    keys = box.sides.get(RESOURCE)
    if keys is None or not isinstance(keys.every, Texts) or not isinstance(whole.every, Texts):
        return None
    common = whole.every.within
    own = [group for group in keys.every.within if group not in common]
    if len(own) != 1:
        return None
    rest = tuple((thing, asked) for thing, asked in box.sides.items() if thing != RESOURCE)
    others = tuple(group for group in keys.every.within if group in common)
    return (rest, others, keys.every.without), own[0]


def _together(box: Box, own: _Group, groups: Iterable[_Group]) -> Box:
    """The box with the shapes of all the groups instead of its own one."""
    texts = box.sides[RESOURCE].every
    if not isinstance(texts, Texts):
        raise TypeError("resources are texts")
    shapes = tuple(dict.fromkeys(_shapes(groups)))
    if shapes == own:
        return box
    within = tuple(shapes if group == own else group for group in texts.within)
    return box.narrowed(RESOURCE, present(Texts(within=within, without=texts.without)))


def _shapes(groups: Iterable[_Group]) -> Iterator[Shape]:
    for group in groups:
        yield from group
