"""Foreign text cut to a width."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossaccess.report.page.fitting import fit, fit_list
from crossaccess.report.safe import visible


def columns(text: str) -> int:
    """How many columns a terminal would give it."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


@given(text=st.text(), most=st.integers(3, 80))
@pytest.mark.hypothesis
def test_a_text_is_whole_or_fits_with_its_middle_left_out(text: str, most: int) -> None:
    """Never wider than there is room for; all that is left is of its beginning and its end."""
    cut = fit(text, most)
    assert columns(cut) <= most
    if cut != visible(text):
        head, _, tail = cut.rpartition("…") if cut.count("…") == 1 else cut.partition("…")
        assert "…" in cut
        assert visible(text).startswith(head) or "…" in visible(text)
        assert visible(text).endswith(tail) or "…" in visible(text)


def test_what_acts_is_shown_as_an_escape() -> None:
    """Directions, controls and line breaks do nothing in a picture either."""
    assert fit("evil\u202egpj.exe\n", 80) == r"evil\u202egpj.exe\n"


def test_wide_letters_take_two_columns() -> None:
    """A name of ten of them is cut where there is room for ten columns."""
    assert fit("日本語日本語日本語日", 20) == "日本語日本語日本語日"
    assert fit("日本語日本語日本語日", 10) == "日本語…日"


@pytest.mark.parametrize(
    ("texts", "most", "told"),
    [
        ((), 10, ""),
        (("reports/",), 20, "reports/"),
        (("a/", "b/", "c/"), 20, "a/, b/, c/"),
        (("a/", "b/", "c/"), 9, "a/, b/ +1"),
        (("reports/", "exchange/", "c/"), 12, "reports/ +2"),
        (("x" * 100, "b"), 12, "xxxxxx…xx +1"),
        (tuple(f"team-{number}/" for number in range(1_500)), 20, "team-0/ +1,499"),
    ],
)
def test_a_list_tells_how_many_it_leaves_out(texts: tuple[str, ...], most: int, told: str) -> None:
    """As many as there is room for, in their order."""
    assert fit_list(texts, most) == told
    assert columns(told) <= most
