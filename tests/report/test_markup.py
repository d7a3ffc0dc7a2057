"""Markdown that is made of foreign text."""

import pytest

from crossaccess.report.markup import Block, code, inline, within
from crossaccess.report.sentence import name, phrase, strong, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reports/*", "`reports/*`"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("``", "``` `` ```"),
        ("a ``` b ` c", "````a ``` b ` c````"),
    ],
)
def test_a_code_span_is_fenced_by_more_backticks_than_it_holds(text: str, expected: str) -> None:
    """A backtick at its end is held off by a space, which is not shown."""
    assert code(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("over TLS", "over TLS"),
        ("until 2027-01-31", "until 2027-01-31"),
        ("by role account-a-role", "by role account-a-role"),
        ("from 203.0.113.0/24", "`from 203.0.113.0/24`"),
        ("by @somebody", "`by @somebody`"),
        ("gh-26", "`gh-26`"),
        ("see www.example.com", "`see www.example.com`"),
        ("as *ever*", "`as *ever*`"),
        ("größer", "`größer`"),
    ],
)
def test_a_phrase_is_plain_only_where_nothing_in_it_has_a_meaning(text: str, expected: str) -> None:
    """Otherwise it stands in code."""
    assert inline((phrase(text),)) == expected


def test_a_sentence_has_its_names_in_code_and_its_warnings_bold() -> None:
    """Words are as they are."""
    sentence = (name("user/bob"), words(" gains "), name("s3:*"), words("; "), strong("open to everyone"))
    assert inline(sentence) == "`user/bob` gains `s3:*`; **open to everyone**"


def blocks(*sizes: tuple[int, int]) -> list[Block]:
    """Blocks of such worths and sizes."""
    return [Block(text="x" * (size - 1), worth=worth, section=f"{worth}") for worth, size in sizes]


def test_what_is_worth_least_is_left_out_first() -> None:
    """What is kept stays in its order."""
    given = blocks((1, 10), (3, 10), (2, 10), (3, 10))
    assert within(given, 40) == tuple(given)
    assert within(given, 39) == (given[1], given[2], given[3])
    assert within(given, 20) == (given[1], given[3])
    assert within(given, 9) == ()


def test_size_is_counted_in_bytes() -> None:
    """Of which a character can have four."""
    block = Block(text="🪣" * 10, worth=1, section="a")
    assert within([block], 40) == ()
    assert within([block], 41) == (block,)
