"""What a script is told: drift that counts, none, or that it cannot be told."""

import pytest

from crossaccess.compare.change import Change, Comparison, Effect, Rewritten, Standing, Subject, Unclear
from crossaccess.drift.result import Drift, Kind, Told
from crossaccess.drift.verdict import FailOn, Outcome, outcome


def change(
    effect: Effect, *, public: bool = False, reason: str | None = None, account: str | None = "1" * 12
) -> Comparison:
    """A comparison with one change."""
    return Comparison(
        changes=(
            Change(
                effect=effect,
                standing=Standing.EFFECTIVE,
                subject=Subject(name="user/bob", account=account),
                target="bucket shared",
                actions=("s3:GetObject",),
                public=public,
                reason=reason,
            ),
        )
    )


def told(effect: Effect | None) -> Drift:
    """A drift without any change of policies."""
    one = Told(kind=Kind.CHANGED, name="bucket b", account=None, sentence="it is so", effect=effect)
    return Drift(comparison=Comparison(), told=(one,))


ANY, GAIN, PUBLIC, ALL, NONE = FailOn.ANY, FailOn.GAIN, FailOn.PUBLIC, FailOn.DRIFT, FailOn.NONE
UNCLEAR = Comparison(unclear=(Unclear(name="p", reason="r"),))
REWRITTEN = Comparison(rewritten=(Rewritten(name="p", account=None),))


@pytest.mark.parametrize(
    ("drift", "drifted", "unknown"),
    [
        (Drift(comparison=Comparison()), (), ()),
        (Drift(comparison=change(Effect.GAIN)), (ANY, GAIN, ALL), ()),
        (Drift(comparison=change(Effect.GAIN, public=True)), (ANY, GAIN, PUBLIC, ALL), ()),
        (Drift(comparison=change(Effect.LOSS)), (ANY, ALL), ()),
        (Drift(comparison=change(Effect.LOSS, reason="it is not known")), (), (ANY, ALL)),
        (Drift(comparison=change(Effect.UNKNOWN)), (), (ANY, GAIN, ALL)),
        (Drift(comparison=change(Effect.UNKNOWN, account=None)), (), (ANY, GAIN, PUBLIC, ALL)),
        (Drift(comparison=UNCLEAR), (), (ANY, GAIN, PUBLIC, ALL)),
        (Drift(comparison=REWRITTEN), (ALL,), ()),
        (told(None), (ALL,), ()),
        (told(Effect.GAIN), (ANY, GAIN, PUBLIC, ALL), ()),
        (told(Effect.LOSS), (ANY, ALL), ()),
    ],
)
def test_each_word_looks_for_what_it_says(
    drift: Drift, drifted: tuple[FailOn, ...], unknown: tuple[FailOn, ...]
) -> None:
    """What cannot be told is no drift, and no agreement."""
    expected = dict.fromkeys(FailOn, Outcome.NONE)
    expected |= dict.fromkeys(drifted, Outcome.DRIFTED) | dict.fromkeys(unknown, Outcome.UNKNOWN)
    assert {word: outcome(drift, word) for word in FailOn} == expected


def test_what_is_sure_counts_before_what_is_unknown() -> None:
    """One drift is enough."""
    both = Comparison(changes=change(Effect.LOSS).changes, unclear=UNCLEAR.unclear)
    assert outcome(Drift(comparison=both)) is Outcome.DRIFTED
    assert outcome(Drift(comparison=both), GAIN) is Outcome.UNKNOWN
    assert outcome(Drift(comparison=both), NONE) is Outcome.NONE
