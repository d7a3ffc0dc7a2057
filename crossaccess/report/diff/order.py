"""In which order changes are told: always the same, whatever order they were found in."""

from collections.abc import Iterable, Sequence

from crossaccess.compare.change import Change, Effect, Standing
from crossaccess.report.plain_data import compact

EFFECTS = (Effect.GAIN, Effect.LOSS, Effect.UNKNOWN)
"""Gains come first: they are what a reviewer has to see."""

# What most people know an action list by; the others follow by name.
_WELL_KNOWN = (
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "s3:PutBucketPolicy",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "sts:AssumeRole",
)


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Gains, losses, unknowns; in each what is public first, then what both sides allow."""
    return tuple(sorted(changes, key=_rank))


def by_target(changes: Iterable[Change]) -> tuple[tuple[str, tuple[Change, ...]], ...]:
    """The changes of each target, in order; the target with the weightiest change comes first."""
    groups: dict[str, list[Change]] = {}
    for change in ordered(changes):
        groups.setdefault(change.target, []).append(change)
    return tuple((target, tuple(group)) for target, group in groups.items())


def actions_in_order(actions: Iterable[str]) -> tuple[str, ...]:
    """Each action once: those with wildcards, then those that everybody knows, then the others by name."""
    return tuple(sorted(set(actions), key=_action_rank))


def _action_rank(action: str) -> tuple[bool, int, str]:
    known = _WELL_KNOWN.index(action) if action in _WELL_KNOWN else len(_WELL_KNOWN)
    return ("*" not in action, known, action)


def _rank(change: Change) -> tuple[object, ...]:
    return (
        EFFECTS.index(change.effect),
        not change.public,
        change.standing is not Standing.EFFECTIVE,
        change.target,
        change.subject.account or "",
        change.subject.name,
        *(_key(part) for part in (change.resources, change.actions, change.spared, change.takers or ())),
        *(_key(part) for part in (change.statements, change.conditions, change.before)),
        change.shift.value if change.shift else "",
        change.way or "",
        change.reason or "",
        [(compact(one.request), one.old, one.new) for one in change.examples],
    )


def _key(texts: Sequence[str]) -> list[str]:
    return sorted(texts)
