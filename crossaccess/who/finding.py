"""Who gets in: what a change from nothing at all to a picture would give, over all requests."""

from collections.abc import Iterable, Mapping, Sequence

from crossaccess.compare.change import Change, Standing
from crossaccess.compare.comparing import Comparing
from crossaccess.compare.effort import limited
from crossaccess.compare.reading import Readings, Stand
from crossaccess.compare.services import as_of
from crossaccess.compare.targets import Target
from crossaccess.compare.told import joined
from crossaccess.deployment.picture import Grant, Picture
from crossaccess.policy.access import ACCESS
from crossaccess.who.asking import Asked, narrowed
from crossaccess.who.knowing import known_in, unclear_in
from crossaccess.who.matrix import Entry, Matrix, Method, Place
from crossaccess.who.mentions import Mentions

_ITSELF = {"bucket": Method.BUCKET_POLICY, "key": Method.KEY_POLICY, "role": Method.TRUST_POLICY}
_EVERYTHING = Asked()


def who(
    picture: Picture,
    asked: Asked = _EVERYTHING,
    *,
    titles: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Matrix:
    """All that the policies of a picture let anybody do, of that what is asked."""
    readings = Readings()
    stand = Stand(picture, readings)
    comparing = Comparing(
        Stand(Picture(), readings), stand, readings, gains=True, grants=Mentions(picture).of
    )
    with limited():
        changes = joined((*comparing.changes(), *comparing.sessions()))
    places = _places(stand.targets)
    entries = sorted((_entry(change, places) for change in changes), key=_rank)
    return Matrix(
        entries=tuple(narrowed(entries, asked)),
        known=tuple(known_in(picture, readings)),
        unclear=(*readings.unclear, *unclear_in(picture)),
        grants=picture.grants,
        idle=_idle(picture, entries),
        notes=tuple(notes),
        titles=tuple(titles),
        asked=asked.words,
        actions_as_of=as_of(),
    )


def _places(targets: Mapping[str, Target]) -> Mapping[str, Place]:
    """The places by what people call them; of several that are called the same, none can be told apart."""
    found: dict[str, Place] = {}
    for target in targets.values():
        place = Place(label=target.label, arn=target.arn, account=target.account)
        found[target.label] = Place(label=target.label) if target.label in found else place
    return found


def _entry(change: Change, places: Mapping[str, Place]) -> Entry:
    place = places.get(change.target) or Place(label=change.target)
    return Entry(
        subject=change.subject,
        place=place,
        actions=tuple(change.actions),
        access=tuple(name for name, actions in ACCESS.items() if actions[0] in change.actions),
        resources=tuple(change.resources),
        spared=tuple(change.spared),
        listing=tuple(change.listing),
        conditions=tuple(change.conditions),
        standing=change.standing,
        awaits_owner=change.awaits_owner,
        method=_method(change, place),
        role=change.role,
        public=change.public,
        takers=None if change.takers is None else tuple(change.takers),
        reason=change.reason,
        grants=tuple(change.grants or ()),
        statements=tuple(change.statements),
        examples=tuple(change.examples),
    )


def _method(change: Change, place: Place) -> Method | None:
    if change.role is not None:
        return Method.ASSUME_ROLE
    if change.awaits_owner or place.kind not in _ITSELF:
        return None
    if change.subject.account is not None and change.subject.account == place.account:
        return Method.OWN_ACCOUNT
    return _ITSELF[place.kind]


def _idle(picture: Picture, entries: Iterable[Entry]) -> tuple[Grant, ...]:
    """The grants by which nobody gets in for certain: a side is missing, or refuses."""
    used = {
        (one.place.label, name)
        for one in entries
        if one.standing is Standing.EFFECTIVE and one.is_sure
        for name in one.grants
    }
    return tuple(one for one in picture.grants if (f"bucket {one.bucket}", one.name) not in used)


def _rank(entry: Entry) -> tuple[object, ...]:
    """Always the same order: what is open to everyone, then by principal, what both sides allow first."""
    return (
        not entry.public,
        entry.subject.account or "",
        entry.subject.name,
        entry.place.label,
        not entry.is_sure,
        entry.standing is not Standing.EFFECTIVE,
        entry.role or "",
        sorted(entry.resources),
        sorted(entry.actions),
        sorted(entry.conditions),
        sorted(entry.statements),
    )
