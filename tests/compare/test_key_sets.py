"""Sets of answers to "what is the key?", held against all answers of a small world."""

from collections.abc import Callable
from itertools import combinations
from typing import TypeVar

from hypothesis import given, reject
from hypothesis import strategies as st

from crossaccess.compare import key_set
from crossaccess.compare.effort import TooHardError
from crossaccess.compare.key_set import ABSENT, KeySet
from crossaccess.compare.shapes import glob, literal
from crossaccess.compare.texts import ALL, Texts, of

Answer = TypeVar("Answer")

_VALUES = ("a", "ab", "b", "bb", "")
_ONE = [(), *((value,) for value in _VALUES)]
_SEVERAL = [(), *(some for count in (1, 2, 3) for some in combinations(_VALUES, count))]

_shapes = st.sampled_from([glob("a*"), glob("*b"), literal("a"), literal("b"), glob("?"), glob("*")])
_texts = st.one_of(
    st.just(ALL),
    st.lists(_shapes, min_size=1, max_size=2).map(lambda shapes: of(*shapes)),
    st.builds(lambda within, out: Texts(within=((within,),), without=(out,)), _shapes, _shapes),
)


def _key_sets(*, several: bool) -> st.SearchStrategy[KeySet]:
    some = st.lists(_texts, max_size=2).map(tuple) if several else st.just(())
    there = st.builds(
        lambda absent, every, wanted: KeySet(absent=absent, every=every, some=wanted, several=several),
        st.booleans(),
        _texts,
        some,
    )
    return there | st.just(ABSENT)


_pairs = st.booleans().flatmap(
    lambda several: st.tuples(st.just(several), _key_sets(several=several), _key_sets(several=several))
)


def _answers(keys: KeySet | None, *, several: bool) -> set[tuple[str, ...]]:
    worlds = _SEVERAL if several else _ONE
    return set() if keys is None else {values for values in worlds if key_set.holds(keys, values)}


def _told(ask: Callable[[], Answer]) -> Answer:
    """An answer; where it is too hard to give one, other sets are tried."""
    try:
        return ask()
    except TooHardError:
        reject()


@given(_pairs)
def test_what_is_in_both_sets_is_in_their_meet(pair: tuple[bool, KeySet, KeySet]) -> None:
    """The meet holds just the answers that both sets hold, of one value and of several."""
    several, one, other = pair
    both = _answers(one, several=several) & _answers(other, several=several)
    assert _answers(key_set.meet(one, other), several=several) == both


@given(_pairs)
def test_what_is_left_is_what_only_the_first_set_holds(pair: tuple[bool, KeySet, KeySet]) -> None:
    """The pieces together hold just the answers of the first set that are not the second's."""
    several, one, other = pair
    pieces = [_answers(piece, several=several) for piece in _told(lambda: key_set.minus(one, other))]
    left = _answers(one, several=several) - _answers(other, several=several)
    assert set().union(*pieces) == left


@given(_pairs)
def test_a_set_inside_another_holds_none_of_what_the_other_does_not(
    pair: tuple[bool, KeySet, KeySet],
) -> None:
    """What is said to be inside is inside, plainly or not; and each set is inside itself."""
    several, one, other = pair
    inside = _told(lambda: key_set.inside(one, other) or key_set.plainly_inside(one, other))
    if inside:
        assert _answers(one, several=several) <= _answers(other, several=several)
    assert key_set.inside(one, one)


@given(_pairs)
def test_an_example_is_in_its_set(pair: tuple[bool, KeySet, KeySet]) -> None:
    """Of the meet of two sets, too; there is none just where the meet is empty."""
    _several, one, other = pair
    met = key_set.meet(one, other)
    if met is None:
        return
    found = key_set.example(met)
    assert (found is None) == key_set.is_empty(met)
    if found is not None:
        assert key_set.holds(met, found)


def test_a_key_with_several_values_differs_by_one_of_them() -> None:
    """Not "each is a" means that one of them is not."""
    each = KeySet(absent=False, every=of(literal("a")), several=True)
    (piece,) = key_set.minus(KeySet(absent=False, every=ALL, several=True), each)
    assert key_set.holds(piece, ("a", "b"))
    assert not key_set.holds(piece, ("a",))
