"""The pattern matchers, held against the slow and obvious ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossaccess.decide import Decision
from crossaccess.decide.pattern import arn_matches, arn_patterns_of, glob_of, resource_pattern_of
from tests.decide import reference
from tests.decide.strategies import OWNER, Situation

_pattern_texts = st.text("ab:*?/", max_size=12)
_texts = st.text("ab:/", max_size=14)


@settings(deadline=None, max_examples=500)
@given(_pattern_texts, _texts)
def test_a_glob_matches_as_the_slow_matcher_does(pattern: str, text: str) -> None:
    """`StringLike`."""
    assert glob_of(pattern).matches(text) is reference.glob(pattern, text)


@settings(deadline=None, max_examples=500)
@given(_pattern_texts, _texts)
def test_a_resource_pattern_matches_as_the_slow_matcher_does(pattern: str, text: str) -> None:
    """`Resource`: a star that ends its segment crosses colons, other wildcards do not."""
    assert resource_pattern_of(pattern).matches(text) is reference.resource(pattern, text)


@settings(deadline=None, max_examples=500)
@given(_pattern_texts, _texts)
def test_a_lenient_pattern_matches_as_the_slow_matcher_does(pattern: str, text: str) -> None:
    """What a resource pattern might match for all that AWS says."""
    assert resource_pattern_of(pattern).lenient().matches(text) is reference.resource_lenient(pattern, text)


@pytest.mark.parametrize("pattern", ["*?*?", "*?*b", "*?a*?a"])
def test_a_question_mark_that_takes_a_colon_is_tried_behind_every_star(pattern: str) -> None:
    """A run can end in the segment where its star stands, or in the next one."""
    for text in ("a:a", "a:b", "a:aba", "aa:a:a", "a:a:ba"):
        lenient = resource_pattern_of(pattern).lenient()
        assert lenient.matches(text) is reference.resource_lenient(pattern, text)


_arn_part = st.text("ab*?", max_size=3)
_arn_patterns = st.lists(_arn_part, min_size=4, max_size=8).map(":".join)
_arn_values = st.lists(st.text("ab/", max_size=3), min_size=4, max_size=8).map(":".join)


@settings(deadline=None, max_examples=500)
@given(_arn_patterns, _arn_values)
def test_an_arn_pattern_matches_part_by_part_as_the_slow_matcher_does(pattern: str, value: str) -> None:
    """`ArnLike`: the six parts, each on its own."""
    parts = arn_patterns_of(pattern)
    assert (parts is not None and arn_matches(parts, value)) is reference.arn(pattern, value)


@st.composite
def _made_to_match(draw: st.DrawFn) -> tuple[str, str]:
    """A pattern and a text made out of it, so that long matches are tried and not only misses."""
    pattern = draw(st.text("ab:*?", max_size=10))
    text = "".join(
        draw(st.text("ab:", max_size=4))
        if sign == "*"
        else draw(st.sampled_from("ab:"))
        if sign == "?"
        else sign
        for sign in pattern
    )
    return pattern, text


@settings(deadline=None, max_examples=500)
@given(_made_to_match())
def test_texts_made_from_a_pattern_are_matched_as_the_slow_matchers_do(made: tuple[str, str]) -> None:
    """The same laws where the text was made to match."""
    pattern, text = made
    assert glob_of(pattern).matches(text)
    assert resource_pattern_of(pattern).matches(text) is reference.resource(pattern, text)
    parts = arn_patterns_of(pattern)
    assert (parts is not None and arn_matches(parts, text)) is reference.arn(pattern, text)


@settings(deadline=None, max_examples=500)
@given(st.text("abAB*?:", max_size=8), st.text("abAB:", max_size=8))
def test_an_action_matches_without_regard_to_case(pattern: str, name: str) -> None:
    """`Action`, through a whole decision, against the slow matcher."""
    statement = {"Effect": "Allow", "Action": f"s3:{pattern}", "Resource": "*"}
    found = Situation(
        caller=f"arn:aws:iam::{OWNER}:user/alice",
        action=f"s3:{name}x",
        target="arn:aws:s3:::box/a",
        context={},
        identity=({"Version": "2012-10-17", "Statement": [statement]},),
    ).answer()
    assert (found.decision is Decision.ALLOWED) is reference.action(f"s3:{pattern}", f"s3:{name}x")
