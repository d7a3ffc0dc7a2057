"""The page as a file: what is on it, where its links lead, and that foreign text stays text."""

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossaccess.report.safe import shorten
from tests.support.comparisons import HOSTILE_TEXTS
from tests.support.engine_files import PREVIEWS
from tests.support.golden import check_golden
from tests.support.reported import page_of, page_with

# What a page of ours is made of, and so what foreign text could not add to it unseen.
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "script",
        "body",
        "header",
        "main",
        "footer",
        "nav",
        "section",
    ),
    *(
        "article",
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "a",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "div",
        "span",
        "strong",
    ),
    *(
        "b",
        "br",
        "code",
        "pre",
        "details",
        "summary",
        "figure",
        "figcaption",
        "table",
        "thead",
        "tbody",
        "tr",
    ),
    *(
        "th",
        "td",
        "label",
        "input",
        "select",
        "option",
        "button",
        "svg",
        "symbol",
        "path",
        "g",
        "rect",
        "circle",
    ),
    *("text", "use", "desc"),
}
VOID = {"meta", "input", "br"}
_TOKEN = re.compile(r"[a-z0-9][a-z0-9 -]*", re.ASCII)
"""What ids, classes and the values that rows are filtered by are made of."""


@dataclass
class Seen(HTMLParser):
    """What a browser would make of a page, as far as that goes without one."""

    elements: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    open: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            if name in ("id", "class", "for", "aria-labelledby", "role", "data-access"):
                self.tokens.add((value or "").strip())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of SVG that holds nothing."""
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text."""
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)


def seen(page: str) -> Seen:
    """Read a page, and check what holds for each."""
    found = Seen()
    found.feed(page)
    found.close()
    assert found.open == []
    assert set(found.elements) <= ELEMENTS
    assert found.elements.count("script") == found.elements.count("style") == 1
    assert len(set(found.ids)) == len(found.ids)
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert all(link.startswith("#") for link in found.links)
    assert not {name for name in found.attributes if name.startswith("on") or name in ("style", "src")}
    assert all(_TOKEN.fullmatch(token) for token in found.tokens if token), found.tokens
    return found


@cache
def by_hand() -> str:
    """The page of two stacks, of which somebody has changed the owner's policies by hand."""
    return page_of(PREVIEWS / "edited-by-hand.json", PREVIEWS / "account-b.state.json", before=True)


def test_the_page_looks_as_it_did() -> None:
    """Read the change before it is taken over."""
    check_golden("edited-by-hand.html", by_hand(), folder=Path(__file__).parent / "golden")


@pytest.mark.parametrize(
    "names",
    [
        ("account-a.state.json",),
        ("account-b.state.json",),
        ("account-a-with-key.state.json", "account-b-with-principals.state.json"),
        ("first.json", "requester-first.json"),
        ("everyone-of-an-account.json",),
        ("adopted-first.json",),
    ],
    ids=" ".join,
)
def test_every_stack_has_a_page_whose_links_lead_somewhere(names: tuple[str, ...]) -> None:
    """One side alone, both, before the first deployment, and of a bucket that others manage."""
    seen(page_of(*(PREVIEWS / name for name in names)))


def test_what_no_grant_mentions_is_marked_wherever_it_is_told() -> None:
    """In the headline, in the picture, in the table, and at the statement that gives it."""
    page = by_hand()
    text = " ".join("".join(seen(page).text).split())
    assert "1 has access that no grant mentions" in text
    assert page.count("flow-1 stray shut") >= 2
    assert page.count(" data-stray") == 3
    (statement,) = re.findall(r'<li id="policy-\d+-statement-8".*?</li>', page, re.DOTALL)
    assert "ByHand" in statement
    assert "gives access that no grant mentions" in statement
    assert "not of this program" in statement


def test_a_statement_leads_to_its_grant_and_back() -> None:
    """By ids that are made of numbers."""
    page = by_hand()
    (grant,) = re.findall(r'<article id="(grant-\d+)"[^>]*>\s*<h3[^>]*><code>reports</code>', page)
    (statement,) = re.findall(
        r'<li id="([^"]+)" class="allow">\s*<div class="top">\s*'
        r"<h4>[^\n]*CrossAccessReportsObjects</code></h4>"
        rf'\s*<p class="origin">\s*grant <a href="#{grant}">',
        page.partition('id="policies"')[2].partition("</article>")[0],
    )
    inside = page.partition(f'<article id="{grant}"')[2].partition("</article>")[0]
    assert f'href="#{statement}"' in inside


def test_a_page_about_nothing_says_so() -> None:
    """Not an empty page."""
    text = "".join(seen(page_with([])).text)
    for said in ("Nobody gets in, as far as is known", "Nothing was found", "No source tells of a grant"):
        assert said in text


def test_hostile_text_stays_text() -> None:
    """Every text that does harm elsewhere, in every place, is on the page as it can be read."""
    page = page_with([*HOSTILE_TEXTS, "x" * 10_000])
    text = "".join(seen(page).text)
    for hostile in (*HOSTILE_TEXTS, "x" * 10_000):
        assert shorten(hostile, 160) in text
    assert "\u202e" not in page
    assert "\x1b" not in page
    page.encode("utf-8")


@pytest.mark.hypothesis
@settings(max_examples=40)
@given(texts=st.lists(st.text(max_size=30), max_size=3, unique=True))
def test_any_text_stays_text(texts: list[str]) -> None:
    """No element, no attribute, no id comes out of it, and all ids are there once."""
    harmless = seen(page_with(["x" * (index + 1) for index in range(len(texts))]))
    assert sorted(set(seen(page_with(texts)).attributes)) == sorted(set(harmless.attributes))


def test_the_page_is_its_own_and_allows_nothing_else() -> None:
    """No address but names of places within it, and a policy that says so to the browser."""
    page = by_hand()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    named = r"'sha256-[A-Za-z0-9+/]{43}='"
    assert re.fullmatch(
        rf"default-src 'none'; style-src {named}; script-src {named}; base-uri 'none'; form-action 'none'",
        policy[1],
    )
    assert not re.search(r"https?://|url\(|@import|\ssrc=", page)
