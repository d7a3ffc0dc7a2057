"""What the program itself writes has no finding that it should not have."""

import datetime as dt
import itertools

import pytest

from crossaccess.deployment.merging import merge
from crossaccess.deployment.picture import Picture
from crossaccess.findings.checking import check
from crossaccess.findings.finding import Severity
from tests.support.engine_files import PREVIEWS, saved

NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
"""Before the grant of the saved stacks ends."""
SAVED = sorted(
    file.stem
    for file in PREVIEWS.glob("*.json")
    if not file.name.endswith(".plan.json") and file.stem not in ("failed", "without-sames")
)
OF_OTHERS = {
    # The policy that the adopted bucket had before, which is left as it is.
    "adopted-first": {("tls-not-required", "statement 1 (Reader)")},
    "adopted-emptied": {("tls-not-required", "statement 1 (Reader)")},
    "edited-by-hand": {
        ("whole-account", "statement 8 (ByHand)"),
        ("whole-account", "statement 1 (CrossAccessExchangeAssumeRole)"),
    },
}
"""What is found all the same, by rule and statement: others than the program wrote it."""


def worse(*pictures: Picture) -> set[tuple[str, str | None]]:
    """Findings that are worse than low, by rule and statement."""
    found = check(merge(pictures), now=NOW)
    return {(one.rule.name, one.statement) for one in found if one.severity.reaches(Severity.MEDIUM)}


@pytest.mark.parametrize("name", SAVED)
def test_a_stack_alone_has_nothing_worse_than_low(name: str) -> None:
    """Before and after each preview of the real engine, but for what others wrote."""
    source = saved(name)
    assert worse(source.old) | worse(source.new) == OF_OTHERS.get(name, set())


@pytest.mark.parametrize(
    ("owner", "requester"),
    [
        ("account-a", "account-b"),
        ("unchanged", "requester-unchanged"),
        ("grant-added", "requester-grant-added"),
        ("condition-added", "requester-unchanged"),
        ("condition-dropped", "requester-unchanged"),
    ],
)
def test_both_stacks_of_one_agreement_have_no_findings_at_all(owner: str, requester: str) -> None:
    """Each grant works, both sides are known, and nobody else is let in."""
    pictures = []
    for name in (owner, requester):
        path = name if (PREVIEWS / f"{name}.json").is_file() else f"{name}.state"
        pictures.append(saved(path).new)
    assert check(merge(pictures), now=NOW) == ()


@pytest.mark.parametrize(
    ("owner", "lacking"),
    [
        ("prefix-widened", {"requester-side-missing"}),
        ("switched-to-role", {"requester-side-missing"}),
        ("grant-removed", set()),
        ("account-a-with-key.state", {"key-not-allowed"}),
    ],
)
def test_what_the_requester_has_not_taken_up_yet_is_told(owner: str, lacking: set[str]) -> None:
    """The owner's stack has changed, and the requester's is as it was."""
    after = saved(owner).new
    assert {rule for rule, _ in worse(after, saved("account-b.state").new)} == lacking


def test_a_grant_whose_end_has_passed_is_told() -> None:
    """By the time that it is looked at."""
    picture = saved("account-a.state").new
    for now, expected in ((NOW, 0), (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 1)):
        names = [one.rule.name for one in check(picture, now=now)]
        assert names.count("grant-expired") == expected


def test_every_order_of_sources_finds_the_same() -> None:
    """Nobody has to know which side comes first."""
    pictures = [saved(name).old for name in ("edited-by-hand", "account-b.state")]
    first, *others = (check(merge(order), now=NOW) for order in itertools.permutations(pictures))
    assert first
    assert all(one == first for one in others)
