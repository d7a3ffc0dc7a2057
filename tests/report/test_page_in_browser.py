"""The page, as headless Chromium shows it."""

import re
from pathlib import Path

import pytest

from crossaccess.report.diff.formats import render
from crossaccess.report.safe import visible
from tests.support.browser import Seen, look
from tests.support.comparisons import EVERY_KIND, HOSTILE_TEXTS, hostile

pytestmark = pytest.mark.browser

_LONG = "x" * 10_000
_HOSTILE = render(hostile([*HOSTILE_TEXTS, _LONG]), "html")
# What would do harm if it were an element, and what a page of ours does not have.
_FOREIGN = {"img", "iframe", "object", "embed", "form", "input", "svg", "b", "h3"}


def check(seen: Seen, *, scripts: int) -> None:
    """The page is the page: no foreign element, nothing ran, and all of it can be read and reached."""
    assert "owned" not in seen.title
    assert seen.title.startswith("What changes: ")
    assert not _FOREIGN & set(seen.elements)
    assert seen.elements.get("script", 0) == scripts
    assert seen.overflow == 0
    assert seen.pale == []
    assert seen.unnamed == []
    assert seen.closed == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 400, 1280])
def test_a_page_is_usable_in_every_window(tmp_path: Path, width: int, dark: bool) -> None:
    """Nothing is wider than the window, pale, or without a name; each fold opens; both schemes are there."""
    seen = look(render(EVERY_KIND, "html"), tmp_path, width=width, dark=dark)
    check(seen, scripts=1)  # the harness's own
    assert seen.grounds == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")
    assert "everyone gains s3:GetObject on public/* — by the bucket policy" in seen.text


@pytest.mark.parametrize("width", [400, 1280])
def test_hostile_text_stays_text(tmp_path: Path, width: int) -> None:
    """Every one of them can be read on the page, and does nothing."""
    seen = look(_HOSTILE, tmp_path, width=width)
    check(seen, scripts=1)
    for text in (*HOSTILE_TEXTS, _LONG):
        assert visible(text) in seen.text


def test_hostile_text_stays_text_without_the_pages_own_policy(tmp_path: Path) -> None:
    """What keeps it text is the escaping; the policy comes on top."""
    bare, removed = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", _HOSTILE)
    assert removed == 1
    check(look(bare, tmp_path, width=400), scripts=1)


def test_the_pages_policy_refuses_what_would_get_out(tmp_path: Path) -> None:
    """Were an element to come out of a text after all, nothing of it would run or load."""
    page = render(EVERY_KIND, "html")
    escaped = (
        "<script>document.title='owned'</script><img src='data:,' onerror=\"document.title='owned'\">"
        "<style>body { background: red }</style>"
    )
    seen = look(page.replace("</main>", f"{escaped}</main>"), tmp_path, width=400)
    assert {"script-src-elem", "img-src", "style-src-elem"} <= set(seen.refused)
    assert "owned" not in seen.title
    assert seen.grounds == "rgb(255, 255, 255)"


def test_the_pages_own_style_is_not_refused(tmp_path: Path) -> None:
    """Its hash is that of the style sheet, letter by letter."""
    assert look(render(EVERY_KIND, "html"), tmp_path, width=400).refused == []
