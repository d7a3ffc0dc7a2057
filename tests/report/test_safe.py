"""Foreign text is shown, and does nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossaccess.report.safe import shorten, visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reports/2026 q1/*", "reports/2026 q1/*"),
        ("größe/日本語/🪣", "größe/日本語/🪣"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\r\tc\x00\x7f\x9b", "a\\nb\\r\\tc\\x00\\x7f\\x9b"),
        ("evil\u202egpj.exe", "evil\\u202egpj.exe"),
        ("zero\u200bwidth\ufeff\u2066", "zero\\u200bwidth\\ufeff\\u2066"),
        ("no\u00a0break\u3000wide", "no\\xa0break\\u3000wide"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("unseen\u3164\ufe0f\u2800", "unseen\\u3164\\ufe0f\\u2800"),
        ("\u0301mark e\u0301", "\\u0301mark e\u0301"),
        ("lone\ud800", "lone\\ud800"),
        ("back\\slash", "back\\\\slash"),
        (" both ends ", "\\x20both ends\\x20"),
        ("  ", "\\x20\\x20"),
        ("", '""'),
    ],
)
def test_what_acts_or_hides_is_an_escape(text: str, expected: str) -> None:
    """All else is as it was."""
    assert visible(text) == expected


@given(st.text())
def test_every_text_is_printable(text: str) -> None:
    """And can be written to any stream that takes Unicode."""
    shown = visible(text)
    assert shown.isprintable()
    assert shown.strip() == shown
    shown.encode()


@given(st.lists(st.text(alphabet="\\nux20 \n\x20\u202e", max_size=6), min_size=2, max_size=2, unique=True))
def test_no_two_texts_look_the_same(texts: list[str]) -> None:
    """An escape cannot be feigned."""
    assert visible(texts[0]) != visible(texts[1])


@given(st.text(max_size=400), st.integers(min_value=8, max_value=120))
def test_a_text_is_shortened_in_its_middle(text: str, most: int) -> None:
    """Its ends are still there, with the number of what is not."""
    shown = shorten(text, most)
    assert shown.isprintable()
    assert len(shown) <= most + len("…(400 more)…") + 2
    if len(visible(text)) <= most:
        assert shown == visible(text)
    else:
        assert " more)…" in shown


def test_a_very_long_text_keeps_its_ends() -> None:
    """And is not looked at in full."""
    shown = shorten("a" * 50 + "b" * 10_000_000 + "c" * 50, 40)
    assert shown == f"{'a' * 30}…(10,000,060 more)…{'c' * 10}"


def test_a_text_is_whole_where_nothing_limits_it() -> None:
    """As in a verbose report."""
    assert shorten("a" * 10_000, None) == "a" * 10_000
