"""What a drift comes to, for a script: whether it counts, or whether that cannot be told."""

from collections.abc import Callable, Mapping
from enum import Enum

from crossaccess.compare.change import Change, Effect
from crossaccess.drift.result import Drift


class FailOn(Enum):
    """What counts as drift."""

    ANY = "any"
    """Access that is gained or lost."""
    GAIN = "gain"
    """Access that is gained."""
    PUBLIC = "public"
    """What opens a resource to everyone, or may let it be opened."""
    DRIFT = "drift"
    """Whatever is not as it was deployed, though it changes no access."""
    NONE = "none"
    """Nothing."""


class Outcome(Enum):
    """The end of a look."""

    NONE = "no drift"
    DRIFTED = "drifted"
    UNKNOWN = "cannot be told"


def outcome(drift: Drift, fail_on: FailOn = FailOn.ANY) -> Outcome:
    """Whether anything that counts has drifted for sure; else whether it may have."""
    if fail_on is FailOn.NONE:
        return Outcome.NONE
    changes = drift.comparison.changes
    sure = [change for change in changes if not is_doubtful(change)]
    effects = [one.effect for one in drift.told if one.effect is not None]
    found = any(map(_COUNTS[fail_on], sure)) or any(effect in _EFFECTS[fail_on] for effect in effects)
    if fail_on is FailOn.DRIFT:
        found = found or bool(drift.told or drift.comparison.rewritten)
    if found:
        return Outcome.DRIFTED
    doubtful = [change for change in changes if is_doubtful(change)]
    if drift.comparison.unclear or any(map(_MAY_COUNT[fail_on], doubtful)):
        return Outcome.UNKNOWN
    return Outcome.NONE


def is_doubtful(change: Change) -> bool:
    """Whether a change is one that only may be."""
    return change.effect is Effect.UNKNOWN or change.reason is not None


_BOTH = frozenset({Effect.GAIN, Effect.LOSS})
_GAIN = frozenset({Effect.GAIN})
_EFFECTS: Mapping[FailOn, frozenset[Effect]] = {
    FailOn.ANY: _BOTH,
    FailOn.GAIN: _GAIN,
    FailOn.PUBLIC: _GAIN,
    FailOn.DRIFT: _BOTH,
}
_COUNTS: Mapping[FailOn, Callable[[Change], bool]] = {
    FailOn.ANY: lambda _: True,
    FailOn.GAIN: lambda change: change.effect is Effect.GAIN,
    FailOn.PUBLIC: lambda change: change.effect is Effect.GAIN and change.public,
    FailOn.DRIFT: lambda _: True,
}
_MAY_COUNT: Mapping[FailOn, Callable[[Change], bool]] = {
    FailOn.ANY: lambda _: True,
    FailOn.GAIN: lambda change: change.effect is Effect.UNKNOWN,
    FailOn.PUBLIC: lambda change: (
        change.effect is Effect.UNKNOWN and (change.public or change.subject.account is None)
    ),
    FailOn.DRIFT: lambda _: True,
}
