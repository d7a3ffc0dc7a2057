"""Proofs: a change gives no new access, or nobody can ever do something.

Proven means for all requests that there can be; else there is a counterexample, or it cannot be told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from crossaccess.compare.allowed import NOTHING, Policies, allowed
from crossaccess.compare.callers import one_caller
from crossaccess.compare.change import Change, Effect, Example, Standing, Subject, Unclear
from crossaccess.compare.comparing import Comparing
from crossaccess.compare.deciding import NOT_THERE, decision_on
from crossaccess.compare.deltas import Asked
from crossaccess.compare.difference import gained
from crossaccess.compare.effort import OVERLAP, TooHardError, limited
from crossaccess.compare.examples import request_in
from crossaccess.compare.reading import Readings, Stand
from crossaccess.compare.realm import Realm, thing_of
from crossaccess.compare.shapes import glob, resource
from crossaccess.compare.statements import numbered
from crossaccess.compare.subjects import label_of
from crossaccess.compare.texts import Texts, of
from crossaccess.compare.told import HOLDS_DOUBT, joined
from crossaccess.deployment.picture import Picture
from crossaccess.policy.document import Document


class ProofKind(Enum):
    """How a proof ends."""

    PROVEN = "proven"
    COUNTEREXAMPLE = "counterexample"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The end of a proof.

    `changes` are what speaks against it: of a counterexample what is gained or allowed, of an unknown what
    may be. `reasons` say why it cannot be told.
    """

    kind: ProofKind
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def example(self) -> Example | None:
        """One request that should not be allowed and is."""
        return next((one for change in self.changes for one in change.examples), None)


_EMPTY: Final = Picture()


def no_new_access(old: Picture, new: Picture) -> Proof:
    """Prove that the new state allows nothing that the old one does not."""
    readings = Readings()
    comparing = Comparing(Stand(old, readings), Stand(new, readings), readings, gains=True)
    with limited():
        changes = joined(comparing.changes())
    # What cannot be read is known when all was looked at.
    return _ended(changes, readings.unclear)


def never(picture: Picture, actions: Sequence[str], where: str, *, but: Sequence[str] = ()) -> Proof:
    """Prove that nobody can do any of the actions (patterns) on the resources (an ARN pattern).

    `but` are principals who may, as ARNs or patterns of ARNs: of a role's sessions that of the role. What an
    account is let delegate counts as done by its principals.
    """
    readings = Readings()
    asked = Asked(tuple(action.lower() for action in actions), of(resource(where)))
    among = Texts(without=tuple(map(glob, but))) if but else None
    nothing = Stand(_EMPTY, readings)
    comparing = Comparing(nothing, Stand(picture, readings), readings, gains=True, asked=asked, among=among)
    with limited():
        changes = joined(comparing.changes())
    return _ended(changes, readings.unclear)


def never_by(documents: Sequence[Document], principal: str, action: str, where: str, *, owner: str) -> Proof:
    """Prove that these identity policies never let their principal do the action on the resources.

    `principal` is an ARN, `where` an ARN pattern of resources of the account `owner`, which have no policies
    of their own that would allow it. Raises `RequestError` where the ARN names no principal.
    """
    caller = one_caller(principal)
    realm = Realm(action=action, caller=caller, owner=owner, resources=of(resource(where)))
    policies = Policies(
        identity=tuple(
            one
            for count, document in enumerate(documents, start=1)
            for one in numbered(document, f"policy {count}")
        )
    )
    try:
        found = next(gained(realm, NOTHING, allowed(policies, realm)), None)
    except TooHardError as error:
        return Proof(kind=ProofKind.UNKNOWN, reasons=(str(error),))
    if found is None:
        return Proof(kind=ProofKind.PROVEN)
    if found.example is None:
        return Proof(kind=ProofKind.UNKNOWN, reasons=(OVERLAP,))
    spelling = {
        thing_of(condition.key): condition.key
        for document in documents
        for statement in document.statements
        for condition in statement.conditions
    }
    request = request_in(found.example, realm, spelling)
    example = Example(request=request, old=NOT_THERE, new=decision_on(request, policies))
    change = Change(
        effect=Effect.GAIN if found.sure else Effect.UNKNOWN,
        standing=Standing.EFFECTIVE,
        subject=Subject(name=label_of(principal), account=caller.account),
        target=where,
        actions=(action,),
        reason=None if found.sure else HOLDS_DOUBT,
        statements=tuple(str(source) for source in found.sources if source.policy),
        examples=(example,) if found.sure else (),
    )
    return _ended((change,), ())


def _ended(found: Sequence[Change], unread: Iterable[Unclear]) -> Proof:
    against = tuple(one for one in found if one.effect is Effect.GAIN)
    if against:
        return Proof(kind=ProofKind.COUNTEREXAMPLE, changes=against)
    unclear = tuple(f"{one.name} is not known: {one.reason}" for one in unread)
    if found or unclear:
        reasons = (*unclear, *(one.reason for one in found if one.reason))
        return Proof(kind=ProofKind.UNKNOWN, changes=tuple(found), reasons=tuple(dict.fromkeys(reasons)))
    return Proof(kind=ProofKind.PROVEN)
