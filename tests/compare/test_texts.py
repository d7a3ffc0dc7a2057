"""Languages of texts, held against the enumeration of all short texts."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossaccess.compare.effort import TooHardError
from crossaccess.compare.shapes import (
    Shape,
    anything,
    arn,
    beyond_ascii,
    digits,
    folded,
    glob,
    literal,
    resource,
)
from crossaccess.compare.texts import ALL, NOTHING, Texts, of
from tests.support import slow_texts

_globs = st.text("ab*?", max_size=5).map(glob)
_resources = st.text("a:*?", max_size=5).map(resource)
_odd = st.sampled_from([literal(""), literal("a"), folded("Ab"), digits(1), anything(), beyond_ascii()])
_shapes: st.SearchStrategy[Shape] = st.one_of(_globs, _resources, _odd)
_groups = st.lists(st.lists(_shapes, max_size=3).map(tuple), max_size=3).map(tuple)
_languages = st.builds(
    lambda within, without: Texts(within=within, without=without),
    _groups,
    st.lists(_shapes, max_size=4).map(tuple),
)
_SHORT = list(slow_texts.every_text("abx:", 4))


@settings(max_examples=250)
@given(_languages)
def test_an_example_is_of_the_language_and_there_is_one_unless_it_is_empty(texts: Texts) -> None:
    """Against all texts of up to four characters; the example may be a longer one."""
    found = texts.example()
    if found is None:
        assert slow_texts.members(texts, _SHORT) == []
    else:
        assert slow_texts.members(texts, [found]) == [found]
    assert texts.is_empty() is (found is None)


@settings(max_examples=150)
@given(_languages, _languages)
def test_meeting_and_leaving_out_do_as_sets_of_texts_do(one: Texts, other: Texts) -> None:
    """And `holds` tells what belongs."""
    mine = set(slow_texts.members(one, _SHORT))
    others = set(slow_texts.members(other, _SHORT))
    assert {text for text in _SHORT if one.holds(text)} == mine
    assert set(slow_texts.members(one.meet(other), _SHORT)) == mine & others
    left: set[str] = set()
    for piece in one.minus(other):
        left.update(slow_texts.members(piece, _SHORT))
    assert left == mine - others
    if one.inside(other):
        assert mine <= others
    else:
        examples = [piece.example() for piece in one.minus(other)]
        shown = next(text for text in examples if text is not None)
        assert one.holds(shown)
        assert not other.holds(shown)


@settings(max_examples=150)
@given(_languages)
def test_simpler_languages_have_the_same_texts(texts: Texts) -> None:
    """And no more shapes than before."""
    simpler = texts.simplify()
    assert slow_texts.members(simpler, _SHORT) == slow_texts.members(texts, _SHORT)
    assert simpler.inside(texts)
    assert texts.inside(simpler)
    assert simpler.simplify() == simpler


@settings(max_examples=100)
@given(_languages)
def test_a_language_and_its_complement_are_all_texts(texts: Texts) -> None:
    """Each text is of one of the two."""
    mine = set(slow_texts.members(texts, _SHORT))
    rest: set[str] = set()
    for piece in texts.complement():
        rest.update(slow_texts.members(piece, _SHORT))
    assert mine | rest == set(_SHORT)
    assert not mine & rest


def test_languages_with_the_same_parts_are_equal() -> None:
    """In whatever order and however often they are given."""
    a, b = glob("a*"), glob("b*")
    assert Texts(within=((a, b), (b, a)), without=(b, a)) == NOTHING
    assert of(a, b, a) == of(b, a)
    assert hash(of(a, b)) == hash(of(b, a))
    assert of(a).meet(of(a, b)) == of(a)
    assert of(a, anything()) == ALL
    assert of() == NOTHING


def test_all_and_nothing_are_what_they_say() -> None:
    """The two ends."""
    assert ALL.example() is not None
    assert NOTHING.example() is None
    assert ALL.minus(NOTHING) == (ALL,)
    assert ALL.minus(ALL) == ()
    assert NOTHING.inside(ALL)
    assert not ALL.inside(NOTHING)


def test_groups_simplify_to_what_both_mean() -> None:
    """The examples that readers of a change would meet."""
    wide, narrow, other = resource("b/a/*"), resource("b/a/b/*"), resource("b/c/*")
    assert of(wide).meet(of(narrow)).simplify() == of(narrow)
    assert of(wide, other).meet(of(narrow)).simplify() == of(narrow)
    assert Texts(within=((wide,),), without=(other, narrow, resource("b/a/b/c"))).simplify() == Texts(
        within=((wide,),), without=(narrow,)
    )
    assert of(wide).meet(of(other)).simplify() == NOTHING


def _pairs(count: int) -> list[Shape]:
    return [resource(f"arn:aws:s3:::shared/*/p{number}/*") for number in range(1, count + 1)]


@pytest.mark.parametrize("count", [1, 2, 5, 20, 50, 100, 200])
def test_overlapping_prefixes_are_told_apart(count: int) -> None:
    """Each has texts that none of the others has; together they leave something of what holds them all."""
    shapes = _pairs(count)
    whole = of(resource("arn:aws:s3:::shared/*"))
    for place in {0, count // 2, count - 1}:
        others = of(*shapes[:place], *shapes[place + 1 :])
        (left,) = of(shapes[place]).minus(others)
        assert left.holds(left.example() or "")
        assert of(shapes[place]).inside(of(*shapes))
    (rest,) = whole.minus(of(*shapes))
    assert rest.holds(rest.example() or "")
    assert of(*shapes).inside(whole)


def test_many_patterns_meet() -> None:
    """A text of all of thirty overlapping patterns."""
    both = ALL
    for shape in _pairs(30):
        both = both.meet(of(shape))
    assert both.holds(both.example() or "")


def _texts_of(patterns: Sequence[str]) -> Texts:
    return of(*map(glob, patterns))


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (["*?a?*"], ["?a?*", "??*a?*"]),
        (["*a*b*c*"], ["*ab*c*", "*a?*b*c*"]),
        (["*a*b*", "*b*a*"], ["*a*"]),
        (["*a*"], ["a*", "?a*", "??*a*"]),
        (["*"], ["", "?", "??*"]),
        (["a*b"], ["ab", "a?b", "a??*b"]),
    ],
)
def test_several_patterns_cover_one_together(inner: list[str], outer: list[str]) -> None:
    """None of them alone does; without any one of them something is left."""
    assert _texts_of(inner).inside(_texts_of(outer))
    if len(outer) > 1:
        for left_out in outer:
            assert not _texts_of(inner).inside(_texts_of([one for one in outer if one != left_out]))


def test_conditions_about_arns_meet_resources_as_texts() -> None:
    """Shapes of different kinds live in one language."""
    role = arn("arn:aws:iam::*:role/*")
    assert role is not None
    one_account = of(role).meet(of(glob("arn:aws:iam::111122223333:*")))
    assert one_account.example() == "arn:aws:iam::111122223333:role/x"
    assert of(folded("arn:AWS:iam::1:role/A")).inside(of(glob("*"))) is True
    assert one_account.meet(of(beyond_ascii())).example() is not None


def test_an_example_names_what_a_separator_announces() -> None:
    """A key or a name behind it, where the language has such texts."""
    assert of(resource("arn:aws:s3:::bin/*")).example() == "arn:aws:s3:::bin/x"
    both = of(glob("*/a/*"), glob("no")).meet(of(glob("*/b/*"), glob("way")))
    assert both.example() == "x/a/x/b/x"
    assert of(glob("*/")).meet(of(glob("a*"))).example() == "axx/"


def test_inclusion_says_no_even_where_another_piece_is_too_hard(monkeypatch: pytest.MonkeyPatch) -> None:
    """One text that is left is enough; without any, the answer is not known."""

    def hard(*_: object) -> str | None:
        raise TooHardError

    monkeypatch.setattr("crossaccess.compare.texts.search", hard)
    inner = of(glob("*a*"), glob("*b*"))
    unknown = of(glob("a*"), glob("b*"), glob("??*"))
    assert not inner.inside(unknown.meet(of(glob("*c*"))))
    with pytest.raises(TooHardError):
        inner.inside(unknown)


def test_a_literal_that_belongs_to_no_other_group_leaves_nothing() -> None:
    """Literals are tried one by one, without a search."""
    names = of(literal("a"), literal("b/c"))
    assert names.meet(of(glob("*/*"))).example() == "b/c"
    assert names.meet(of(glob("c*"), glob("*a?"))).example() is None
    assert names.meet(of(glob("*/*"))).simplify() == of(literal("b/c"))
