"""The exact search: a shortest text where there is one, and a bound on its work."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossaccess.compare.effort import TooHardError
from crossaccess.compare.search import search
from crossaccess.compare.shapes import (
    Shape,
    Token,
    anything,
    digits,
    folded,
    glob,
    literal,
    resource,
    sequence,
)
from crossaccess.compare.signs import Chars
from crossaccess.compare.texts import Texts
from tests.support import slow_texts

_SHORT = list(slow_texts.every_text("abx:", 4))
_tokens = st.builds(
    Token, st.builds(Chars, st.frozensets(st.sampled_from("ab:"), max_size=2), st.booleans()), st.booleans()
)
_shapes: st.SearchStrategy[Shape] = st.one_of(
    st.text("ab*?", max_size=6).map(glob),
    st.text("a:*?", max_size=6).map(resource),
    st.sampled_from([literal(""), literal("a"), folded("Ab"), digits(1), anything()]),
    st.lists(_tokens, max_size=5).map(lambda tokens: sequence(tokens, text="row")),
)
_groups = st.lists(_shapes, min_size=1, max_size=3).map(tuple)
_unwanted = st.lists(_shapes, max_size=5)


@settings(max_examples=300)
@given(_groups, _unwanted)
def test_of_one_group_a_shortest_text_is_found(group: tuple[Shape, ...], unwanted: list[Shape]) -> None:
    """Where enumeration finds a text, one as short; where the search finds none, enumeration finds none."""
    found = search((group,), unwanted)
    texts = Texts(within=(group,), without=tuple(unwanted))
    short = slow_texts.members(texts, _SHORT)
    if found is None:
        assert short == []
    else:
        assert slow_texts.members(texts, [found]) == [found]
        assert not short or len(found) <= len(short[0])


@settings(max_examples=300)
@given(st.lists(_groups, min_size=2, max_size=3), _unwanted)
def test_of_several_groups_a_text_is_found_where_there_is_one(
    groups: list[tuple[Shape, ...]], unwanted: list[Shape]
) -> None:
    """The same where a text must match a shape of each group."""
    found = search(groups, unwanted)
    texts = Texts(within=tuple(groups), without=tuple(unwanted))
    if found is None:
        assert slow_texts.members(texts, _SHORT) == []
    else:
        assert slow_texts.members(texts, [found]) == [found]


@settings(max_examples=100)
@given(_groups, _unwanted, st.integers(0, 30))
def test_with_little_work_the_answer_is_the_same_or_too_hard(
    group: tuple[Shape, ...], unwanted: list[Shape], budget: int
) -> None:
    """A small budget never makes a wrong answer."""
    try:
        found = search((group,), unwanted, budget=budget)
    except TooHardError:
        return
    assert found == search((group,), unwanted)


def _pairs(count: int) -> list[Shape]:
    return [resource(f"arn:aws:s3:::shared/*/p{number}/*") for number in range(1, count + 1)]


def test_two_hundred_overlapping_patterns_cost_little() -> None:
    """The work stays far below the budget, whether there is a text or none."""
    shapes = _pairs(200)
    assert search(((shapes[6],),), [*shapes[:6], *shapes[7:]], budget=200) == "arn:aws:s3:::shared//p7/"
    assert search(((shapes[6],),), shapes, budget=200) is None
    assert search((shapes,), shapes, budget=20_000) is None
    assert search(((resource("arn:aws:s3:::shared/*"),),), shapes, budget=200) == "arn:aws:s3:::shared/"
    twenty = [(shape,) for shape in shapes[:20]]
    assert search(twenty, shapes[20:], budget=5_000) is not None


def test_long_texts_cost_one_step_for_each_character() -> None:
    """A row of characters that a pattern names is not searched through."""
    name = "arn:aws:s3:::" + "long-name/" * 20
    wanted, unwanted = glob(f"*{name}a*"), glob(f"*{name}b*")
    assert search(((wanted,),), [unwanted], budget=1_500) == f"{name}a"
    stars = glob("*a" * 500)
    assert search(((stars,),), [glob("*b" * 500)], budget=3_000) == "a" * 500


def test_letters_that_no_pattern_tells_apart_count_as_one() -> None:
    """A class of a thousand characters costs no more than one of two."""
    wide = Token(Chars(frozenset(map(chr, range(0x4E00, 0x5200)))))
    assert search(((sequence((wide,) * 12, text="wide"),),), [glob("?" * 11)], budget=100) is not None


def _letters(count: int) -> Shape:
    """So many characters, each an `a` or a `b`."""
    return sequence((Token(Chars(frozenset("ab"))),) * count, text="letters")


def _distances() -> tuple[list[list[Shape]], list[Shape]]:
    # Memory of the last twenty characters is needed to see that no row of 44 letters is left.
    unlike = [glob("*a" + "?" * 21 + "b*"), glob("*b" + "?" * 21 + "a*")]
    ends = [glob("?" * 21 + sign + "?" * 21 + sign) for sign in "ab"]
    return [[_letters(44)]], [*unlike, *ends]


def _orders() -> tuple[list[list[Shape]], list[Shape]]:
    # Twenty names in any order but for two, which may stand in neither.
    return [[shape] for shape in _pairs(20)], [glob("*/p1/*p2/*"), glob("*/p2/*p1/*")]


@pytest.mark.parametrize("question", [_distances(), _orders()], ids=["distances", "orders"])
def test_what_is_too_hard_is_said_to_be(question: tuple[list[list[Shape]], list[Shape]]) -> None:
    """Patterns can encode questions that nobody answers quickly: they end within the budget."""
    wanted, unwanted = question
    with pytest.raises(TooHardError, match="too many ways"):
        search(wanted, unwanted)
