"""Foreign text, whatever it is, stays text in every format."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from crossaccess.compare.change import Comparison
from crossaccess.report.diff.formats import Options, render
from crossaccess.report.diff.markdown import MARKER
from crossaccess.report.markup import LIMIT
from crossaccess.report.safe import visible
from tests.support.comparisons import HOSTILE_TEXTS, hostile, many

_TEXTS = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text(min_size=1, alphabet="`*_[]()<>!#|~\\&;:@$ \n\r\t-=+/'\"ahtps.w0", max_size=60),
    st.sampled_from([text for text in HOSTILE_TEXTS if text]),
)
# What only our own words and plain words may be made of.
_PLAIN = re.compile(r"[A-Za-z0-9 ,.;:()…—'-]*")
_OWN_HTML = re.compile(
    rf"{re.escape(MARKER)}|<details><summary>[A-Z][a-z ]+ \([0-9,]+\)</summary>|</details>|</?sub>"
)


def tokens(markdown: str) -> Iterator[Token]:
    """All tokens of a text in GitHub's dialect, raw HTML among them."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        yield token
        yield from token.children or ()


def check_markdown(comparison: Comparison) -> None:
    """Nothing but what we wrote ourselves is markup, and all fits."""
    text = render(comparison, "markdown")
    assert len(text.encode()) < LIMIT
    assert text.startswith(f"{MARKER}\n")
    kinds = {"code_inline", "softbreak"}
    for token in tokens(text):
        if token.type in ("html_block", "html_inline"):
            assert _OWN_HTML.fullmatch(token.content.strip()), token.content
        elif token.type == "text":
            assert _PLAIN.fullmatch(token.content), token.content
        elif not token.type.endswith(("_open", "_close")):
            assert token.type in kinds | {"inline"}, token
        else:
            tag = token.type.rpartition("_")[0]
            assert tag in {"heading", "paragraph", "bullet_list", "list_item", "strong", "em"}, token


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """A page has no comments."""
        raise AssertionError(data)


@given(text=_TEXTS)
@example(text="<!-- crossaccess diff -->")
@example(text="")
@example(text="b" * 10_000)
def test_markdown_holds_nothing_that_we_did_not_write(text: str) -> None:
    """No HTML, link, image, heading or mention comes out of a name."""
    check_markdown(hostile([text]))


@given(text=_TEXTS)
def test_markdown_shows_every_name(text: str) -> None:
    """What is harmless is still all there, in code."""
    shown = visible(text)
    codes = {token.content for token in tokens(render(hostile([text]), "markdown"))}
    # Who renders it takes a space from both ends where there is one: `visible` leaves none there.
    assert shown in codes


@given(text=_TEXTS)
@example(text="b" * 10_000)
def test_a_page_has_the_same_elements_whatever_the_names_are(text: str) -> None:
    """And the names as its text."""
    assume(text != "*")  # which is told as "every object"
    page = Elements(render(hostile([text]), "html"))
    # What is shortened in the sentence stands below it in full.
    harmless = "x" * len(visible(text))
    assert page.elements == Elements(render(hostile([harmless]), "html")).elements
    assert visible(text) in page.text


@given(text=_TEXTS)
@pytest.mark.parametrize("verbose", [False, True])
def test_a_text_has_the_same_lines_whatever_the_names_are(text: str, verbose: bool) -> None:
    """Nothing in it moves the cursor or hides."""
    options = Options(verbose=verbose)
    shown = render(hostile([text]), "text", options)
    assert shown.count("\n") == render(hostile(["x"]), "text", options).count("\n")
    assert shown.replace("\n", "").isprintable()
    shown.encode()


@given(text=_TEXTS)
def test_json_gives_every_text_back(text: str) -> None:
    """Raw, and in ASCII."""
    document = render(hostile([text]), "json")
    assert document.isascii()
    data = json.loads(document)
    assert data["changes"][0]["target"] == text
    assert data["changes"][0]["examples"][0]["request"] == {text: {text: [text]}}
    assert data["notes"] == [text]


@pytest.mark.parametrize("number", [0, 1, 100, 400, 1_000, 5_000])
def test_markdown_fits_however_much_changes(number: int) -> None:
    """And says how much is left out."""
    comparison = many(number)
    check_markdown(comparison)
    text = render(comparison, "markdown")
    told = text.count(" gains ") - text.partition("<summary>Details")[2].count(" gains ")
    left_out = re.search(r"#### Gained\n\n(?:- \*\*.*\n)+- … ([0-9,]+) entr", text)
    assert told + int((left_out[1] if left_out else "0").replace(",", "")) == len(comparison.changes[::3])


def test_gains_are_kept_longest() -> None:
    """Losses go first, then what is unknown."""
    text = render(many(1_600), "markdown")
    assert text.count(" gains ") > 300
    assert " loses " not in text


def test_markdown_fits_when_every_name_is_as_long_as_can_be() -> None:
    """Counted in bytes, of which one character can have four."""
    for character in ("x", "`", "🪣", "\u202e", "\\"):
        check_markdown(hostile([character * length for length in range(9_980, 10_000)]))
