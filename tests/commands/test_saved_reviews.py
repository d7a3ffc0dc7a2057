"""`crossaccess diff` on previews of the real engine: what a reviewer reads, and that it is so."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from crossaccess.commands.gathering import of_previews
from crossaccess.deployment.picture import Picture
from tests.support.engine_files import PREVIEWS
from tests.support.golden import check_golden
from tests.support.pictured import decided

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"text": "txt", "markdown": "md", "json": "json", "html": "html"}
REQUESTER = ("account-b.state.json",)
NAMES = (
    "grant-added",
    "grant-removed",
    "prefix-widened",
    "condition-added",
    "condition-dropped",
    "switched-to-role",
    "switched-to-policy",
    "bucket-renamed",
    "key-policy-changed",
    "rewritten",
)
"""The changes of an owner's stack that people ask about, each also beside the requester's stack."""
REVIEWS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **{name: (name, ()) for name in NAMES},
    **{f"{name}.both": (name, REQUESTER) for name in NAMES},
    "first.both": ("first", ("requester-first.json",)),
    "everyone-of-an-account.both": ("everyone-of-an-account", REQUESTER),
    "edited-by-hand.both": ("edited-by-hand", REQUESTER),
    "grant-taken-up": ("requester-grant-added", ("grant-added.json",)),
    "key-made.both": ("key-made", REQUESTER),
}
"""The preview, and what stands beside it, by the name of the golden files."""


@cache
def review(name: str, *words: str) -> str:
    """What the command prints."""
    preview, beside = REVIEWS[name]
    others = [word for other in beside for word in ("--with", str(PREVIEWS / other))]
    done = CliRunner().invoke(main, ["diff", str(PREVIEWS / f"{preview}.json"), *others, *words])
    assert done.exit_code in (0, 2)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("name", REVIEWS)
def test_a_review_reads_as_it_did(name: str, form: str) -> None:
    """Each format of each change is what its golden file holds."""
    check_golden(f"{name}.{ENDINGS[form]}", review(name, "--format", form), folder=GOLDEN)


def test_no_golden_file_is_left_over() -> None:
    """Each file in the folder is one that a test looks at."""
    known = {f"{name}.{ending}" for name in REVIEWS for ending in ENDINGS.values()}
    assert {path.name for path in GOLDEN.iterdir()} == known


def pictures(name: str) -> tuple[Picture, Picture]:
    """The pictures before and after."""
    preview, beside = REVIEWS[name]
    gathered = of_previews([PREVIEWS / f"{preview}.json"], [PREVIEWS / other for other in beside])
    return gathered.old, gathered.new


def examples(name: str) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]], list[tuple[str, str]]]]:
    """Each change, with the decisions on its examples: those told, and those of the decision core."""
    old, new = pictures(name)
    for change in json.loads(review(name, "--format", "json"))["changes"]:
        delegated, awaits_owner = change["standing"] == "delegated", change["awaitsOwner"]
        told, found = [], []
        for example in change["examples"]:
            request = example["request"]
            told.append((example["old"], example["new"]))
            # Through a role, the session's own part is the owner's word alone.
            outside = delegated and not request["principal"].startswith("arn:aws:sts:")
            found.append(
                (
                    decided(old, request, delegated=outside, awaits_owner=awaits_owner),
                    decided(new, request, delegated=outside, awaits_owner=awaits_owner),
                )
            )
        yield change, told, found


@pytest.mark.parametrize("name", REVIEWS)
def test_every_change_has_a_request_that_is_decided_differently(name: str) -> None:
    """The decision core allows it after a gain and not before, and the other way round for a loss."""
    for change, _, found in examples(name):
        assert change["effect"] in ("gain", "loss"), change
        ways = [decisions if change["effect"] == "gain" else decisions[::-1] for decisions in found]
        assert any(new == "allowed" != old for old, new in ways), (change["sentence"], found)
        # All that is asked in one change is allowed in the state that has the access.
        assert all(new == "allowed" for _, new in ways), (change["sentence"], found)


@pytest.mark.parametrize("name", REVIEWS)
def test_the_decisions_that_an_example_tells_are_those_of_the_core(name: str) -> None:
    """What a report says of a request before and after is so."""
    for change, told, found in examples(name):
        assert told == found, change["sentence"]
