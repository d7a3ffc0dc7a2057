"""Which comparisons fail a check."""

from dataclasses import replace

import pytest

from crossaccess.compare.change import Change, Comparison, Effect, Subject, Unclear
from crossaccess.compare.verdict import FailOn, Tally, gained, tally
from tests.support import comparisons as made

_PUBLIC_LOSS = replace(made.PUBLIC, effect=Effect.LOSS)
_UNKNOWN_OF_NO_ACCOUNT = replace(made.UNKNOWN, subject=Subject(name="any principal"))
_UNKNOWN_THAT_MAY_BE_PUBLIC = replace(made.UNKNOWN, public=True)

_GAIN, _ANY, _PUBLIC = FailOn.GAIN, FailOn.ANY, FailOn.PUBLIC


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        (made.EFFECTIVE_GAIN, {_GAIN, _ANY}),
        (made.DELEGATED_GAIN, {_GAIN, _ANY}),
        (made.LOOSENED, {_GAIN, _ANY}),
        (made.LOSS, {_ANY}),
        (made.TIGHTENED, {_ANY}),
        (_PUBLIC_LOSS, {_ANY}),
        (made.UNKNOWN, {_GAIN, _ANY}),
        (made.PUBLIC, {_GAIN, _ANY, _PUBLIC}),
        (_UNKNOWN_OF_NO_ACCOUNT, {_GAIN, _ANY, _PUBLIC}),
        (_UNKNOWN_THAT_MAY_BE_PUBLIC, {_GAIN, _ANY, _PUBLIC}),
    ],
)
def test_a_change_fails_the_checks_that_look_for_it(change: Change, fails: set[FailOn]) -> None:
    """A gain counts whatever its standing, and what cannot be told counts as one."""
    comparison = Comparison(changes=(change,))
    assert {fail_on for fail_on in FailOn if gained(comparison, fail_on)} == fails


def test_what_is_not_known_yet_fails_every_check_that_looks_for_anything() -> None:
    """Anything may hang on it, public access too."""
    comparison = Comparison(
        unclear=[Unclear(name="bucket policy of shared", reason="its bucket is replaced")]
    )
    assert {fail_on for fail_on in FailOn if gained(comparison, fail_on)} == {_GAIN, _ANY, _PUBLIC}


@pytest.mark.parametrize("fail_on", FailOn)
def test_a_rewrite_that_changes_no_access_fails_nothing(fail_on: FailOn) -> None:
    """Nor does a note."""
    comparison = replace(made.REWRITE_ONLY, notes=("bucket shared is replaced: its objects are lost",))
    assert not gained(comparison, fail_on)


def test_the_tally_counts_what_is_not_known_yet_as_unknown() -> None:
    """Beside the changes that cannot be told."""
    assert tally(made.EVERY_KIND) == Tally(gained=5, lost=3, unknown=3)
