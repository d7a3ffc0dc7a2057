"""Whose policies count for a question: both sides' as they are known, or one side's, the other left open."""

from dataclasses import replace
from typing import Final

from crossaccess.compare.allowed import Policies
from crossaccess.compare.change import Standing
from crossaccess.compare.deltas import Question, State
from crossaccess.compare.reading import Own, Statements
from crossaccess.compare.statements import Numbered, Source
from crossaccess.policy.document import Effect, Statement

_ANYTHING: Final = Numbered(
    Source("", 0, Statement(effect=Effect.ALLOW, actions=("*",), resources=("*",))), variables=True
)


def policies(own: Own | None, resource: Statements | None) -> State:
    """Both sides' policies; `None` where there is no such principal, or no such target."""
    if own is None or resource is None:
        return None
    return Policies(identity=own.identity, boundary=own.boundary, resource=resource)


def letting_all(state: State) -> State:
    """The same, if another policy of the callers' own lets them do anything."""
    if state is None or state.identity is None:
        return state
    return replace(state, identity=(*state.identity, _ANYTHING))


def alone(resource: Statements | None) -> State:
    """What the resource's policy lets its owner's own principals do without a word of theirs."""
    return None if resource is None else Policies(resource=resource)


def standing_of(question: Question) -> Standing:
    """Whose word is missing: nobody's, where the callers have no policies, or need none."""
    states = [state for state in (question.old, question.new) if state is not None]
    delegated = question.caller.has_identity_side and all(state.identity is None for state in states)
    return Standing.DELEGATED if delegated else Standing.EFFECTIVE


def delegating(resource: Statements | None) -> State:
    """What the resource's policy says, if the callers' account may let them do anything."""
    return None if resource is None else Policies(identity=None, resource=resource)


def awaiting(own: Own | None) -> State:
    """What the callers' own policies say, if the resource's owner lets them do anything."""
    return None if own is None else Policies(identity=own.identity, boundary=own.boundary, resource=None)
