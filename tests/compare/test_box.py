"""Boxes of requests: meeting, lying inside, being outside, and how they are counted out."""

from itertools import product as every

import pytest

from crossaccess.compare import key_set
from crossaccess.compare.box import (
    EVERYTHING,
    Box,
    complement,
    meet,
    outside,
    plainly_apart,
    plainly_inside,
    product,
)
from crossaccess.compare.key_set import ABSENT, KeySet, present
from crossaccess.compare.shapes import glob
from crossaccess.compare.texts import ALL, of


def _like(*patterns: str) -> KeySet:
    return present(of(*map(glob, patterns)))


class _Any:
    """Each thing may be any text, or absent."""

    def __getitem__(self, thing: str) -> KeySet:
        return KeySet(absent=True, every=ALL, several=False)


_VALUES = [(), ("a",), ("ab",), ("b",)]
_BOXES = [
    EVERYTHING,
    Box({"x": _like("a*")}),
    Box({"x": _like("ab"), "y": _like("b")}),
    Box({"y": ABSENT}),
    Box({"x": _like("b"), "y": _like("a*", "b")}),
]

_PAIRS = list(every(_BOXES, repeat=2))


def _held(box: Box) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Of the requests with two things those that are in a box, told value by value."""
    return {
        (x, y)
        for x, y in every(_VALUES, repeat=2)
        if all(key_set.holds(keys, {"x": x, "y": y}[thing]) for thing, keys in box.sides.items())
    }


@pytest.mark.parametrize(("one", "other"), _PAIRS)
def test_two_boxes_meet_in_the_requests_of_both(one: Box, other: Box) -> None:
    """Where that is plainly none, there is no box; and boxes that are plainly apart have none in common."""
    both = meet(one, other)
    assert (set() if both is None else _held(both)) == _held(one) & _held(other)
    assert not plainly_apart(one, other) or both is None


@pytest.mark.parametrize(("one", "other"), _PAIRS)
def test_a_box_is_inside_of_another_where_each_of_its_sides_is(one: Box, other: Box) -> None:
    """Of such small ones that is plain to see."""
    assert plainly_inside(one, other) == (_held(one) <= _held(other))


@pytest.mark.parametrize(("one", "other"), _PAIRS)
def test_what_is_outside_of_a_box_is_told_thing_by_thing(one: Box, other: Box) -> None:
    """Together the pieces are all requests of the one that are not in the other."""
    found = outside(one, other, _Any())
    left = set().union(
        *(_held(one.narrowed(thing, piece)) for thing, pieces in found.items() for piece in pieces)
    )
    assert left == _held(one) - _held(other)


def test_what_is_in_none_of_some_boxes_is_a_union_of_boxes() -> None:
    """None of them twice; of no boxes at all it is everything, and of everything nothing."""
    found = complement(_BOXES[1:], _Any())
    assert set().union(*map(_held, found)) == _held(EVERYTHING) - set().union(*map(_held, _BOXES[1:]))
    assert len(set(found)) == len(found)
    assert complement([], _Any()) == (EVERYTHING,)
    assert complement([EVERYTHING], _Any()) == ()


def test_a_thing_that_is_asked_twice_has_to_be_both() -> None:
    """Ways to take one set for each thing, less those that cannot be."""
    found = product([("x", (_like("a"), _like("b"))), ("y", (_like("b"),)), ("x", (_like("a*"),))])
    assert [_held(box) for box in found] == [{(("a",), ("b",))}]


def test_equal_sides_make_equal_boxes_in_whatever_order() -> None:
    """They are alike in as many things as they share."""
    one, other = Box({"x": _like("a"), "y": ABSENT}), Box({"y": ABSENT, "x": _like("a")})
    assert one == other
    assert hash(one) == hash(other)
    assert one.likeness(other) == 2
    assert one.likeness(one.narrowed("x", _like("b"))) == 1
    assert one != one.narrowed("x", _like("b"))
