"""The page in headless Chromium: by keyboard, in every window and scheme, on paper, and for axe."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.comparisons import HOSTILE_TEXTS
from tests.support.devtools import Page, browser
from tests.support.engine_files import PREVIEWS
from tests.support.reported import page_of, page_with

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]
WINDOWS = [(width, dark) for width in (320, 400, 864, 865, 1280) for dark in (False, True)]
_ROWS = "[...document.querySelectorAll('#matrix-rows > tr')].filter(row => row.offsetParent)"
_FOCUSED = "document.activeElement.id || document.activeElement.textContent.trim()"
# Texts whose contrast with what they stand on, a card or a part of the page, is too low (WCAG 2.2, 1.4.3).
_PALE = """(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (text) => {
    if (!text.closest(".drawing")) {
      for (let at = text; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (colour !== "rgba(0, 0, 0, 0)") return colour;
      }
    }
    if (text.matches(".digit")) return getComputedStyle(text.previousElementSibling).fill;
    const fill = getComputedStyle(text.closest(".block").querySelector("rect")).fill;
    return fill === "none" ? getComputedStyle(document.body).backgroundColor : fill;
  };
  const texts = [...document.body.querySelectorAll("*")].filter((one) =>
    [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) &&
    !one.matches("svg, g, title, desc, script") && one.getClientRects().length);
  return texts.map((text) => {
    const style = getComputedStyle(text);
    const ink = text.closest(".drawing") ? style.fill : style.color;
    const [one, other] = [ink, ground(text)].map(luminance).sort((a, b) => b - a);
    return [(one + 0.05) / (other + 0.05), text.textContent];
  }).filter(([contrast]) => contrast < 4.5);
})()"""
# Texts of the picture that are wider than there is room for on their cards.
_WIDE = """[...document.querySelectorAll(".drawing.SHOWN .block svg text")].filter((text) => {
  const place = text.closest(".block").querySelector("rect");
  return text.getBBox().x + text.getBBox().width + 4 > place.width.baseVal.value;
}).map((text) => text.textContent)"""
_AXE = """axe.run(document).then((found) => ({
  violations: found.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]),
  unsure: found.incomplete.flatMap((one) => one.nodes.map((node) => [one.id, node.html])),
  passes: found.passes.length,
}))"""


@cache
def by_hand() -> str:
    """The page of two stacks, of which somebody has changed the owner's policies by hand."""
    return page_of(PREVIEWS / "edited-by-hand.json", PREVIEWS / "account-b.state.json", before=True)


@cache
def with_key() -> str:
    """The page of two stacks with a KMS key, a group, a permission set and a boundary."""
    return page_of(
        PREVIEWS / "account-a-with-key.state.json", PREVIEWS / "account-b-with-principals.state.json"
    )


@cache
def hostile() -> str:
    """The page with texts that would do harm."""
    return page_with([*HOSTILE_TEXTS, "x" * 10_000, "\u0645" * 300, "W" * 60])


@cache
def few_hostile() -> str:
    """The page with some of them, since axe takes its time."""
    return page_with([HOSTILE_TEXTS[0], HOSTILE_TEXTS[5], "x" * 10_000])


@cache
def axe() -> str:
    """What looks for faults of accessibility. It has to be there: a test that nobody runs proves nothing."""
    ran = subprocess.run([ROOT / ".ci" / "axe"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return Path(ran.stdout.strip()).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser for all tests of this file."""
    with browser(tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture
def page(chromium: Page, tmp_path: Path) -> Iterator[Page]:
    """The page of two stacks, in a wide window."""
    chromium.resize(1280)
    chromium.open(by_hand(), tmp_path / "page.html")
    yield chromium
    assert chromium.requests == []
    assert chromium.faults == []


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    width: int = page.run("document.documentElement.scrollWidth - window.innerWidth")
    return width


@pytest.mark.parametrize("made", [by_hand, with_key, hostile], ids=lambda made: made.__name__)
def test_nothing_is_wider_than_the_window_in_any_scheme(page: Page, tmp_path: Path, made: Any) -> None:
    """From a phone to a desk; every fold is open; one picture is shown, and all of it can be read."""
    page.open(made(), tmp_path / "page.html")
    page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for width, dark in WINDOWS:
        page.resize(width, dark=dark)
        assert overflow(page) <= 0, (width, dark)
        assert page.run(_PALE) == []
        shown = page.run("[...document.querySelectorAll('.drawing')].filter((one) => one.clientWidth).length")
        assert shown == 1
        ground = page.run("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")
    assert page.run("document.title").startswith("Who may do what")


@pytest.mark.parametrize("made", [by_hand, with_key], ids=lambda made: made.__name__)
def test_texts_of_the_picture_stand_within_their_cards(page: Page, tmp_path: Path, made: Any) -> None:
    """As this machine's fonts draw them."""
    page.open(made(), tmp_path / "page.html")
    for width, shown in ((1280, "wide"), (400, "narrow")):
        page.resize(width)
        assert page.run(_WIDE.replace("SHOWN", shown)) == []


@pytest.mark.parametrize("made", [by_hand, with_key, few_hostile], ids=lambda made: made.__name__)
def test_axe_finds_nothing(page: Page, tmp_path: Path, made: Any) -> None:
    """No violation in wide and narrow windows, in both schemes; in doubt it is of colours only."""
    page.open(made(), tmp_path / "page.html")
    page.run(f"{axe()};0")
    page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for width, dark in ((1280, False), (400, True)):
        page.resize(width, dark=dark)
        found = page.run(_AXE)
        assert found["violations"] == [], (width, dark)
        assert found["passes"] > 30
        # Where axe cannot tell which ground a text has, its contrast is measured above.
        assert {one[0] for one in found["unsure"]} <= {"color-contrast"}


def test_axe_would_find_something(page: Page) -> None:
    """On the same page with a fault in it."""
    page.run(f"{axe()};0")
    page.run(
        "document.getElementById('filter-text').closest('label').replaceWith(document.getElementById('filter-text'))"
    )
    assert [one[0] for one in page.run(_AXE)["violations"]] == ["label"]


def test_everything_is_reached_and_shown_by_keyboard(page: Page) -> None:
    """In the order of the page: past the header, the contents, folds, filters, links; all with a ring."""
    page.press("Tab")
    assert page.run(_FOCUSED) == "Skip to the content"
    seen = []
    for _ in range(24):
        page.press("Tab")
        seen.append(page.run(_FOCUSED))
        assert page.run("getComputedStyle(document.activeElement).outlineStyle") != "none", seen[-1]
    wanted = ["Picture", "Findings", "Matrix", "What was known", "The picture as a list"]
    wanted += ["filter-text", "filter-access", "filter-state", "filter-stray", "filter-clear"]
    assert [one for one in seen if one in wanted] == wanted


def test_the_table_is_filtered_by_keyboard(page: Page) -> None:
    """By words, by access, by state, by what no grant mentions; how many rows are left is told."""

    def count() -> str:
        told: str = page.run("document.getElementById('filter-count').textContent")
        assert told.startswith(f"{page.run(f'{_ROWS}.length')} of 8 ")
        return told

    assert count() == "8 of 8 shown"
    page.run("document.getElementById('filter-text').focus()")
    page.type("BOB reports/")
    assert count() == "2 of 8 shown"
    page.press("Tab")
    page.type("list")
    assert count() == "1 of 8 shown"
    assert "list" in page.run(f"{_ROWS}[0].textContent")
    page.press("Tab", "Tab", "Tab", "Enter")
    assert count() == "8 of 8 shown"
    assert page.run(_FOCUSED) == "filter-text"
    page.press("Tab", "Tab", "Tab", "Space")
    assert count() == "3 of 8 shown"
    assert page.run(f"{_ROWS}.every((row) => row.textContent.includes('no grant mentions it'))")
    page.press("Shift+Tab")
    page.type("gets in")
    assert count() == "0 of 8 shown"


def test_links_lead_to_what_they_name_by_keyboard(page: Page) -> None:
    """From a row to its grant, and on to a statement in a fold that opens."""
    page.run("document.querySelector('#matrix-rows a[href^=\"#grant-\"]').focus()")
    page.press("Enter")
    assert page.run("document.querySelector(':target').localName") == "article"
    page.run("document.querySelector(':target summary').focus()")
    page.press("Enter", "Tab", "Enter")
    assert re.fullmatch(r"#policy-\d+-statement-\d+", page.run("location.hash"))
    assert page.run("document.querySelector(':target').getBoundingClientRect().top < innerHeight")


def test_without_scripts_all_of_it_is_there_and_no_filter_is(page: Page, tmp_path: Path) -> None:
    """A filter that does nothing is not shown."""
    page.call("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.open(by_hand(), tmp_path / "page.html")
        assert page.run(f"{_ROWS}.length") == 8
        assert page.run("document.getElementById('filters').offsetParent") is None
    finally:
        page.call("Emulation.setScriptExecutionDisabled", {"value": False})


def test_on_paper_the_picture_comes_first_and_nothing_is_for_screens(page: Page) -> None:
    """In light colours whatever the scheme; rows that are filtered out stay out."""
    page.run("document.getElementById('filter-stray').click()")
    page.resize(700, dark=True, paper=True)
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.run(_PALE) == []
    assert page.run(f"{_ROWS}.length") == 3
    assert page.run("getComputedStyle(document.querySelector('.matrix td')).display") == "table-cell"
    for gone in ("#filters", "nav", ".json", ".drawing.narrow"):
        assert page.run(
            f"document.querySelector('{gone}').offsetParent ?? document.querySelector('{gone}').clientWidth"
        ) in (None, 0)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.paper())
    first, second = sheets[:2]
    assert float(first[0]) > float(first[1])
    assert float(second[0]) < float(second[1])


def test_hostile_text_does_nothing_even_without_the_page_s_policy(page: Page, tmp_path: Path) -> None:
    """What keeps it text is the escaping; the policy comes on top."""
    bare, removed = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", hostile())
    assert removed == 1
    page.open(bare, tmp_path / "page.html")
    assert "owned" not in page.run("document.title")
    assert page.run("document.querySelectorAll('img, iframe, object, form, script[src]').length") == 0
    assert page.run("document.scripts.length") == 1


def test_the_page_s_policy_refuses_what_would_get_out(chromium: Page, tmp_path: Path) -> None:
    """Were an element to come out of a text after all, nothing of it would run or load."""
    escaped = (
        "<script>document.title = 'owned'</script>"
        "<img src='https://evil.example/x.png' onerror=\"document.title='owned'\">"
    )
    chromium.open(by_hand().replace("</main>", f"{escaped}</main>"), tmp_path / "page.html")
    assert "owned" not in chromium.run("document.title")
    assert chromium.requests == []
    assert len([one for one in chromium.faults if "Content Security Policy" in one]) >= 2
