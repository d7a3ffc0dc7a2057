"""Changes of which nothing is known but whom and what they are about."""

from collections.abc import Iterator

from crossaccess.compare.box import EVERYTHING
from crossaccess.compare.change import Change, Effect, Standing, Subject
from crossaccess.compare.deltas import Question
from crossaccess.compare.effort import OVERLAP
from crossaccess.compare.known import Known
from crossaccess.compare.subjects import subjects_of
from crossaccess.compare.targets import Target, TargetKind
from crossaccess.decide.caller import CallerKind


def unreadable(target: Target, reason: str) -> Change:
    """Anybody may do anything there: nobody can read its policy."""
    return Change(
        effect=Effect.UNKNOWN,
        standing=Standing.DELEGATED,
        subject=Subject(name="any principal of any account"),
        target=target.label,
        actions=("*",),
        resources=("*",) if target.kind is TargetKind.BUCKET else (),
        public=True,
        reason=reason,
    )


def too_hard(question: Question, standing: Standing) -> Iterator[Change]:
    """Whoever is asked about may do anything: it would take too long to tell."""
    caller, target = question.caller, question.target
    for subject in subjects_of(EVERYTHING, caller):
        yield Change(
            effect=Effect.UNKNOWN,
            standing=standing,
            subject=subject,
            target=target.label,
            actions=("*",),
            resources=("*",) if target.kind is TargetKind.BUCKET else (),
            public=caller.kind is CallerKind.ANONYMOUS or caller.stands_for is not None,
            reason=OVERLAP,
        )


def closed(known: Known) -> Iterator[Change]:
    """A policy that nobody here can read was attached or taken away: it may do anything."""
    before = frozenset[str]() if known.old is None else known.old.closed
    after = frozenset[str]() if known.new is None else known.new.closed
    for name in sorted(before ^ after):
        yield Change(
            effect=Effect.UNKNOWN,
            standing=Standing.EFFECTIVE,
            subject=Subject(name=known.label, account=known.caller.account),
            target=f"what {name} says",
            actions=("*",),
            reason="no source here holds that policy",
        )
