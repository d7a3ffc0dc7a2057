"""Who can use what a target's policy delegates: those whose own policies let them, too."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeAlias

from crossaccess.compare.box import Box, meet
from crossaccess.compare.callers import PRINCIPAL_ARN, SESSION
from crossaccess.compare.deltas import Delta, Question
from crossaccess.compare.subjects import subjects_of
from crossaccess.compare.targets import Target
from crossaccess.compare.texts import TooHardError

TakersOf: TypeAlias = Callable[[Delta], Sequence[str] | None]

_THEIR_OWN = frozenset({PRINCIPAL_ARN, SESSION, "aws:username", "aws:principaltype", "aws:userid"})


class Takers:
    """The principals whose own policies are known, and what they can do at a target after the change."""

    def __init__(self, questions: Sequence[Question], target: Target) -> None:
        self._questions, self._target = questions, target

    def of(self, delta: Delta) -> tuple[str, ...] | None:
        """The principals of the callers' account who can do some of it, so far.

        `None` where no source tells of that account, and of the target's own, which has others beside those
        that are known.
        """
        account = delta.caller.account
        known = any(question.caller.account == account for question in self._questions)
        if not delta.caller.has_identity_side or not known or account == self._target.account:
            return None
        found = [
            subject.name
            for one in self._able
            if one.caller.account == account and _meet(one, delta)
            for subject in subjects_of(one.box, one.caller)
        ]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _able(self) -> list[Delta]:
        found: list[Delta] = []
        for question in self._questions:
            try:
                found += question.all_new()
            except TooHardError:
                # Told already where the principal is asked about.
                continue
        return found


def _meet(able: Delta, delta: Delta) -> bool:
    """Whether some request of the one, but for who makes it, is one of the other."""
    same = not set(able.actions).isdisjoint(delta.actions)
    return same and meet(_but_for_callers(able.box), _but_for_callers(delta.box)) is not None


def _but_for_callers(box: Box) -> Box:
    return Box({thing: keys for thing, keys in box.sides.items() if thing not in _THEIR_OWN})
