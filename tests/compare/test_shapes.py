"""Shapes read patterns exactly as the decision core does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossaccess.compare.shapes import (
    Shape,
    Token,
    anything,
    arn,
    arn_of_parts,
    beyond_ascii,
    digits,
    folded,
    glob,
    literal,
    resource,
    resource_lenient,
    segment,
    sequence,
)
from crossaccess.compare.signs import Chars
from crossaccess.decide import pattern as decided
from crossaccess.decide.template import ANY, ONE, Wildcard
from tests.support import slow_texts

_SHORT = list(slow_texts.every_text("ab:/", 3))
_patterns = st.one_of(st.text("ab:*?/", max_size=10), st.text("ab:*?${}", max_size=8))
_texts = st.text("ab:/${}", max_size=12)
_pieces = st.lists(st.one_of(st.sampled_from([ANY, ONE]), st.text("ab:*?", max_size=3)), max_size=6)


@settings(max_examples=250)
@given(_patterns, st.lists(_texts, max_size=12))
def test_shapes_match_what_the_decision_core_matches(pattern: str, texts: list[str]) -> None:
    """Globs, resource patterns strict and lenient, and ARN patterns, on the same texts."""
    parts = decided.arn_patterns_of(pattern)
    six = arn(pattern)
    assert (six is None) is (parts is None)
    for text in (*texts, *_SHORT):
        assert glob(pattern).matches(text) is decided.glob_of(pattern).matches(text)
        strict = decided.resource_pattern_of(pattern)
        assert resource(pattern).matches(text) is strict.matches(text)
        assert resource_lenient(pattern).matches(text) is strict.lenient().matches(text)
        if six is not None and parts is not None:
            assert six.matches(text) is decided.arn_matches(parts, text)


@settings(max_examples=200)
@given(_pieces, st.lists(_texts, max_size=12))
def test_shapes_of_pieces_match_what_the_decision_core_matches(
    pieces: list[str | Wildcard], texts: list[str]
) -> None:
    """A variable's value is plain text, whatever signs it holds."""
    for text in (*texts, *_SHORT, "a*b?"):
        assert glob(pieces).matches(text) is decided.glob(pieces).matches(text)
        strict = decided.resource_pattern(pieces)
        assert resource(pieces).matches(text) is strict.matches(text)
        assert resource_lenient(pieces).matches(text) is strict.lenient().matches(text)


_six_parts = st.lists(_pieces.map(lambda pieces: pieces[:2]), min_size=6, max_size=6)
_arn_values = st.lists(st.text("ab*?", max_size=3), min_size=5, max_size=8).map(":".join)


@settings(max_examples=200)
@given(_six_parts, st.lists(_arn_values, min_size=1, max_size=12))
def test_shapes_of_arn_parts_match_what_the_decision_core_matches(
    parts: list[list[str | Wildcard]], values: list[str]
) -> None:
    """A colon in a variable's value makes no new part of an ARN."""
    compiled = [decided.glob(part) for part in parts]
    shape = arn_of_parts(parts)
    made = ":".join(_filled(part) for part in parts)
    for value in (*values, made):
        assert shape.matches(value) is decided.arn_matches(compiled, value)


def _filled(pieces: list[str | Wildcard]) -> str:
    return "".join("a" if isinstance(piece, Wildcard) else piece for piece in pieces)


def test_an_arn_pattern_has_six_parts() -> None:
    """Fewer colons make no ARN; other numbers of pieces are refused."""
    assert arn("arn:aws:s3::a") is None
    assert arn("arn:aws:s3:::a") is not None
    with pytest.raises(ValueError, match="6 parts, not 2"):
        arn_of_parts([["a"], ["b"]])


_chars = st.builds(Chars, st.frozensets(st.sampled_from("ab:"), max_size=2), st.booleans())
_tokens = st.lists(st.builds(Token, _chars, st.booleans()), max_size=6)


@settings(max_examples=300)
@given(_tokens)
def test_a_row_of_tokens_matches_as_a_regular_expression_does(tokens: list[Token]) -> None:
    """Any sets of characters, in any order."""
    shape = sequence(tokens, text="row")
    # The tokens as given, before they are brought into one form.
    given_tokens = Shape(
        tokens=tuple(tokens), text="", key="", prefix="", suffix="", inner="",
        is_literal=False, is_nothing=False, is_anything=False,
    )  # fmt: skip
    for text in slow_texts.every_text("ab:x", 3):
        assert shape.matches(text) is slow_texts.matches(given_tokens, text)


@settings(max_examples=300)
@given(_tokens, _tokens)
def test_shapes_are_equal_only_where_they_match_the_same(one: list[Token], other: list[Token]) -> None:
    """What a shape covers it matches, and what overlaps has a text of both."""
    first, second = sequence(one, text="one"), sequence(other, text="other")
    short = list(slow_texts.every_text("ab:x", 3))
    mine = {text for text in short if slow_texts.matches(first, text)}
    others = {text for text in short if slow_texts.matches(second, text)}
    if first == second:
        assert mine == others
    if first.covers(second):
        assert others <= mine
    if mine & others:
        assert first.overlaps(second)
    assert first.overlaps(second) is second.overlaps(first)


@settings(max_examples=200)
@given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4))
def test_globs_overlap_exactly_where_a_text_matches_both(one: str, other: str) -> None:
    """With four signs each, a text of both has no more than eight characters."""
    first, second = glob(one), glob(other)
    both = any(
        slow_texts.matches(first, text) and slow_texts.matches(second, text)
        for text in slow_texts.every_text("ab", 8)
    )
    assert first.overlaps(second) is both


def test_equal_patterns_are_equal_however_they_are_written() -> None:
    """Runs of stars and question marks have one form; the text is what was given."""
    assert glob("a**?*") == glob("a?*")
    assert hash(glob("a*?")) == hash(glob("a?*"))
    assert glob("a*?").text == "a*?"
    assert glob("a*") != glob("a?")
    assert glob("*") == anything()
    assert glob("a*").covers(resource("a:*"))


def test_a_value_with_a_wildcard_sign_reads_as_an_escape() -> None:
    """People see which signs are plain."""
    assert glob(["home/", "a*", ANY]).text == "home/a${*}*"


def test_the_plain_ends_of_a_pattern_are_known() -> None:
    """Before the first wildcard and behind the last one."""
    shape = glob("ab?cde*f*g")
    assert (shape.prefix, shape.inner, shape.suffix, shape.is_literal) == ("ab", "cde", "g", False)
    assert (literal("ab").prefix, literal("ab").suffix, literal("ab").is_literal) == ("ab", "", True)


def test_folding_is_about_ascii_letters() -> None:
    """Other letters stand for themselves."""
    assert folded("User-É").matches("uSER-É")
    assert not folded("User-É").matches("user-é")
    assert not folded("user").matches("users")
    assert folded("k").matches("K")
    assert not folded("k").matches("\N{KELVIN SIGN}")


def test_texts_beyond_ascii_are_told() -> None:
    """One such character is enough."""
    assert beyond_ascii().matches("a\N{KELVIN SIGN}b")
    assert not beyond_ascii().matches("plain \x00 text")


def test_digits_and_segments() -> None:
    """Account ids, and names between slashes."""
    assert digits(12).matches("123456789012")
    assert not digits(12).matches("12345678901")
    assert not digits(2).matches("1a")
    assert segment().matches("a:b")
    assert not segment().matches("")
    assert not segment().matches("a/b")


def test_wildcards_inside_what_looks_like_a_variable_count() -> None:
    """Where there are no variables, `${` is plain text and its `*` is a star."""
    assert glob("${a*}").matches("${abc}")
    assert not glob("${a*}").is_literal


def test_a_zero_byte_is_a_character_like_others() -> None:
    """The marks inside a shape's key are not taken for it."""
    assert literal("\0") != glob("?")
    assert literal("\x001+1:a") != literal("a")
    assert literal("\0").matches("\0")
    assert glob("\0*").covers(literal("\0a"))
