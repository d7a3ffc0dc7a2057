"""Proofs: a change gives no new access, or nobody can ever do something.

Proven means for all requests that there can be; else there is a counterexample, or it cannot be told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from crossaccess.compare.change import Change, Effect, Example
from crossaccess.compare.comparing import Comparing
from crossaccess.compare.deltas import Asked
from crossaccess.compare.reading import Readings, Stand
from crossaccess.compare.shapes import glob, resource
from crossaccess.compare.texts import Texts, of
from crossaccess.compare.told import joined
from crossaccess.deployment.picture import Picture


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
    return _ended(comparing.changes(), readings)


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
    return _ended(comparing.changes(), readings)


def _ended(changes: Iterable[Change], readings: Readings) -> Proof:
    found = joined(changes)
    gained = tuple(one for one in found if one.effect is Effect.GAIN)
    if gained:
        return Proof(kind=ProofKind.COUNTEREXAMPLE, changes=gained)
    unclear = tuple(f"{one.name} is not known: {one.reason}" for one in readings.unclear)
    if found or unclear:
        reasons = (*unclear, *(one.reason for one in found if one.reason))
        return Proof(kind=ProofKind.UNKNOWN, changes=tuple(found), reasons=tuple(dict.fromkeys(reasons)))
    return Proof(kind=ProofKind.PROVEN)
