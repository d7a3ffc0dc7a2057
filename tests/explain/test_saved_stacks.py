"""Explanations of saved stacks of the real engine."""

import re

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from tests.support.engine_files import PREVIEWS

STATES = tuple(str(PREVIEWS / f"{name}.state.json") for name in ("account-a", "account-b"))
URL = "s3://shared-111111222222"


def explain(*words: str) -> tuple[int, str]:
    """The exit status and what is printed."""
    done = CliRunner().invoke(main, ["explain", *words])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("principal", "key", "status", "says"),
    [
        ("bob", "reports/2026/a", 0, "as itself — grant reports: allowed"),
        ("exchange", "exchange/a", 0, "— grant exchange: allowed"),
        ("bob", "reports/2025/a", 2, "let the grant reports have the prefix reports/2025/"),
        ("bob", "audit/a", 2, "give the grant audit another end"),
    ],
)
def test_a_grant_is_named_with_what_it_gives_or_lacks(
    principal: str, key: str, status: int, says: str
) -> None:
    """By both methods, with the status that a script goes by."""
    found, text = explain(principal, "s3:GetObject", f"{URL}/{key}", *STATES)
    assert found == status
    assert says in text


@pytest.mark.parametrize("state", STATES)
def test_one_side_alone_is_unknown(state: str) -> None:
    """What the other account says nobody can tell."""
    assert explain("user/bob", "s3:GetObject", f"{URL}/reports/2026/a", state)[0] == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("dave", "s3:GetObject", f"{URL}/a"), "no principal and no grant"),
        (("bob", "s3:GetObjekt", f"{URL}/a"), "check its spelling"),
        (("bob", "s3:GetObject", "s3://other/a"), "no source here tells of a bucket"),
        (("bob", "s3:GetObject", URL), "asked on an object"),
        (("bob", "s3:GetObject", f"{URL}/a", "--context", "nonsense"), "no KEY=VALUE"),
    ],
)
def test_a_question_that_is_mistyped_is_refused(words: tuple[str, ...], says: str) -> None:
    """Else it would be answered: not allowed."""
    status, text = explain(*words, *STATES)
    assert status == 1
    assert says in text


def test_a_hostile_key_does_nothing_to_a_terminal() -> None:
    """It is shown with escapes."""
    text = explain("bob", "s3:GetObject", f"{URL}/\x1b[2J\u202e\nallowed", *STATES)[1]
    assert not re.search("[\x1b\u202e]", text)
    assert "\\x1b[2J\\u202e\\nallowed" in text
