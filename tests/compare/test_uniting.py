"""Statements that differ in their resources alone are asked about as one, which holds the same requests."""

import pytest

from crossaccess.compare import key_set
from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.key_set import ABSENT, KeySet, present
from crossaccess.compare.shapes import glob
from crossaccess.compare.statements import Part, Source
from crossaccess.compare.texts import Texts, of
from crossaccess.compare.uniting import United, united, united_boxes
from crossaccess.decide.principal import Way
from crossaccess.policy.document import Effect, Statement

_WHOLE = present(of(glob("box/*")))
_TLS = present(of(glob("true")))
_PLACES = [f"box/{letter}/x" for letter in "abcdefghijkl"]


def _at(*patterns: str) -> KeySet:
    """Of the realm's resources those that match."""
    return present(Texts(within=(tuple(map(glob, patterns)), (glob("box/*"),))))


def _part(number: int, box: Box) -> Part:
    return Part(Way.EVERYONE, box, Source("policy", number, Statement(effect=Effect.ALLOW)))


def _parts(count: int, **asked: KeySet) -> list[Part]:
    letters = "abcdefghijkl"[:count]
    return [
        _part(number, Box({RESOURCE: _at(f"box/{letter}/*"), **asked}))
        for number, letter in enumerate(letters)
    ]


def _held(box: Box) -> list[str]:
    return [place for place in _PLACES if key_set.holds(box.sides[RESOURCE], (place,))]


@pytest.mark.parametrize("count", [1, 8])
def test_a_few_statements_stay_what_they_are(count: int) -> None:
    """People are told of each apart."""
    parts = _parts(count)
    assert united(parts, _WHOLE) == [United(one.box, frozenset({one.box}), (one.source,)) for one in parts]


def test_many_become_one_that_holds_what_they_hold() -> None:
    """It knows all of their boxes, and all of the statements, each once."""
    parts = _parts(10)
    (one,) = united([*parts, *parts], _WHOLE)
    assert _held(one.box) == _PLACES[:10]
    assert one.boxes == {part.box for part in parts}
    assert one.sources == tuple(part.source for part in parts)


def test_those_that_ask_for_something_else_stay_apart() -> None:
    """Each condition makes its own one, and what it asks for is kept."""
    found = united([*_parts(9), *_parts(9, tls=_TLS), *_parts(2, tls=ABSENT)], _WHOLE)
    assert [_held(one.box) for one in found] == [_PLACES[:9], _PLACES[:9], _PLACES[:1], _PLACES[1:2]]
    assert [one.box.sides.get("tls") for one in found] == [None, _TLS, ABSENT, ABSENT]


def test_what_is_left_out_of_the_resources_is_left_out_of_them_together() -> None:
    """Only statements that leave out the same are united."""
    spared = Texts(within=((glob("box/a/*"),), (glob("box/*"),)), without=(glob("*/x"),))
    parts = [*_parts(9), _part(99, Box({RESOURCE: present(spared)}))]
    assert [_held(one.box) for one in united(parts, _WHOLE)] == [_PLACES[:9], []]


@pytest.mark.parametrize(
    "box",
    [
        Box({"tls": _TLS}),
        Box({RESOURCE: _WHOLE}),
        Box({RESOURCE: present(Texts(within=((glob("*a*"),), (glob("*b*"),))))}),
    ],
    ids=["no resource", "every resource", "two patterns that both have to match"],
)
def test_what_has_no_resources_of_its_own_in_one_group_stays(box: Box) -> None:
    """However often it is there."""
    parts = [_part(number, box) for number in range(10)]
    assert [one.box for one in united(parts, _WHOLE)] == [box] * 10
    assert united_boxes([box] * 10, _WHOLE) == (box,)


def test_boxes_are_united_however_few_they_are() -> None:
    """Nobody is told of them one by one."""
    boxes = [part.box for part in _parts(3)]
    (one,) = united_boxes(boxes, _WHOLE)
    assert _held(one) == _PLACES[:3]
    assert united_boxes(boxes[:1], _WHOLE) == (boxes[0],)
    assert united_boxes([], _WHOLE) == ()
