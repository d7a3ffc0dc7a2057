"""Who can use what a target's policy delegates: those whose own policies let them, too."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from crossaccess.compare.box import RESOURCE
from crossaccess.compare.deltas import Delta, Question
from crossaccess.compare.effort import TooHardError
from crossaccess.compare.targets import Target
from crossaccess.compare.texts import ALL, Texts

TakersOf: TypeAlias = Callable[[Delta], Sequence[str] | None]


class Takers:
    """The principals whose own policies are known, by name, and what is asked of each at a target.

    `accounts` are those of which a source knows any.
    """

    def __init__(
        self, questions: Mapping[str, Question], target: Target, accounts: frozenset[str | None]
    ) -> None:
        self._questions, self._target, self._accounts = questions, target, accounts

    def of(self, delta: Delta) -> tuple[str, ...] | None:
        """The principals of the callers' account who can do some of it, so far.

        `None` where no source tells of that account, and of the target's own, which has others beside those
        that are known.
        """
        account = delta.caller.account
        if (
            not delta.caller.has_identity_side
            or account not in self._accounts
            or account == self._target.account
        ):
            return None
        known = {name: one for name, one in self._questions.items() if one.caller.account == account}
        return tuple(name for name, question in known.items() if _can(question, delta))


def _can(question: Question, delta: Delta) -> bool:
    keys = delta.box.sides.get(RESOURCE)
    resources = keys.every if keys is not None and isinstance(keys.every, Texts) else ALL
    try:
        return question.lets(delta.actions, resources)
    except TooHardError:
        # In doubt somebody can.
        return True
