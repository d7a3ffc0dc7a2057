"""Patterns compared with each other, held against all short texts."""

import itertools
import re
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossaccess.policy.globs import as_pattern, covered, has_variable, share

PATTERNS = st.text(alphabet="ab*?", max_size=4)
# `c` is in no pattern; no two of these patterns need longer texts to be told apart.
TEXTS = ["".join(signs) for length in range(8) for signs in itertools.product("abc", repeat=length)]


@lru_cache(maxsize=512)
def matched(pattern: str) -> frozenset[str]:
    """The short texts that a pattern stands for, by Python's own matcher."""
    written = "".join(".*" if sign == "*" else "." if sign == "?" else sign for sign in pattern)
    return frozenset(text for text in TEXTS if re.fullmatch(written, text))


@settings(deadline=None)
@given(PATTERNS, PATTERNS)
def test_patterns_share_a_text_exactly_where_one_is_found(first: str, second: str) -> None:
    """Two patterns of four signs that share any text share a short one."""
    assert share(first, second) == bool(matched(first) & matched(second))


@settings(deadline=None)
@given(PATTERNS, st.lists(PATTERNS, max_size=3))
def test_a_pattern_is_covered_exactly_where_no_text_is_left_over(pattern: str, covers: list[str]) -> None:
    """By several patterns together as well."""
    left = matched(pattern).difference(*(matched(cover) for cover in covers))
    assert covered(pattern, covers) == (not left)


@pytest.mark.parametrize(
    ("pattern", "covers"),
    [("arn:aws:s3:::b/*", ["arn:aws:s3:::*"]), ("s3:GetObject", ["s3:Get*"]), ("a\0", ["a?"]), ("*", ["*"])],
)
def test_a_wider_pattern_covers(pattern: str, covers: list[str]) -> None:
    """Also where a text holds the first of all characters."""
    assert covered(pattern, covers)


def test_a_comparison_that_would_take_too_long_is_no_cover() -> None:
    """The answer comes all the same, and on the safe side."""
    assert covered("?*a" + "?" * 4, ["*a" + "?" * 4])
    assert not covered("?*a" + "?" * 16, ["*a" + "?" * 16])


def test_a_policy_variable_stands_for_anything() -> None:
    """So that what it does not match, no value of it can."""
    assert has_variable("home/${aws:username}/*")
    assert as_pattern("home/${aws:username}/*") == "home/*/*"
    assert not has_variable("home/$x/*")
