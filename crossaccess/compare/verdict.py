"""What a comparison comes to: how many gain and lose, and whether that fails a check.

What cannot be told counts as a gain: a change that is unknown, and a policy or principal that is not known
yet, since anything may hang on it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from crossaccess.compare.change import Change, Comparison, Effect


class FailOn(Enum):
    """Which changes fail a check."""

    GAIN = "gain"
    """Any gain, effective or delegated, and whatever cannot be told."""
    ANY = "any"
    """The same, and any loss."""
    PUBLIC = "public"
    """A gain that opens a resource to everyone, and whatever cannot be told and may do so."""
    NONE = "none"
    """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many changes there are; `unknown` counts policies and principals that are not known yet too."""

    gained: int
    lost: int
    unknown: int


def tally(comparison: Comparison) -> Tally:
    """Count the changes of a comparison."""
    effects = [change.effect for change in comparison.changes]
    return Tally(
        gained=effects.count(Effect.GAIN),
        lost=effects.count(Effect.LOSS),
        unknown=effects.count(Effect.UNKNOWN) + len(comparison.unclear),
    )


def gained(comparison: Comparison, fail_on: FailOn) -> bool:
    """Whether a comparison fails a check that looks for such changes."""
    counts = _COUNTS[fail_on]
    if comparison.unclear and fail_on is not FailOn.NONE:
        return True
    return any(counts(change) for change in comparison.changes)


def _is_gain(change: Change) -> bool:
    return change.effect in (Effect.GAIN, Effect.UNKNOWN)


def _may_be_public(change: Change) -> bool:
    """What is unknown and belongs to no one account may be anybody's."""
    if change.effect is Effect.UNKNOWN:
        return change.public or change.subject.account is None
    return change.effect is Effect.GAIN and change.public


_COUNTS: Mapping[FailOn, Callable[[Change], bool]] = {
    FailOn.GAIN: _is_gain,
    FailOn.ANY: lambda _: True,
    FailOn.PUBLIC: _may_be_public,
    FailOn.NONE: lambda _: False,
}
