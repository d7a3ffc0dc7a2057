"""Entries of the matrix put together to what is drawn as one: the same access of several, by the same way."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.compare.change import Standing as Word
from crossaccess.compare.change import Subject
from crossaccess.report.page.access_words import words_for
from crossaccess.report.page.scene import Road, Standing
from crossaccess.who.matrix import Entry, Matrix, Method

_ROADS: Final = {Method.BUCKET_POLICY: Road.POLICY, Method.ASSUME_ROLE: Road.ROLE}
# Where a list is narrowed to prefixes, its condition says so; where objects are drawn, it says nothing more.
_LISTING: Final = "listing "


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What some may do in one bucket, by one way; all of the `subjects` may do the same.

    `where` are prefixes, none for the whole bucket; `None` where all of it is about the bucket itself.
    """

    subjects: tuple[Subject, ...]
    bucket: str
    owner: str | None
    road: Road
    role: str | None
    grants: tuple[str, ...]
    what: tuple[str, ...]
    where: tuple[str, ...] | None
    asks: tuple[str, ...]
    standing: Standing
    note: str | None = None
    public: bool = False


def streams_of(matrix: Matrix) -> tuple[Stream, ...]:
    """What goes from account to account into buckets; the grants by which nobody gets in come last."""
    listed: dict[object, list[Entry]] = {}
    for entry in matrix.entries:
        if entry.place.kind == "bucket" and entry.method in _ROADS:
            way = (entry.place, entry.method, entry.role, tuple(entry.grants))
            known = (entry.standing, entry.awaits_owner, entry.is_sure, entry.public)
            listed.setdefault((way, known, entry.subject), []).append(entry)
    alike: dict[Stream, list[Subject]] = {}
    for entries in listed.values():
        alike.setdefault(_stream(entries), []).append(entries[0].subject)
    found = (
        dataclasses.replace(stream, subjects=tuple(subjects)) for stream, subjects in alike.items()
    )
    return (*found, *_idle(matrix))


def _stream(entries: Sequence[Entry]) -> Stream:
    """The access of one subject by one way, without the subject."""
    first = entries[0]
    resources = tuple(dict.fromkeys(pattern for one in entries for pattern in one.resources))
    standing, note = _standing(first)
    return Stream(
        subjects=(),
        bucket=first.place.label.partition(" ")[2],
        owner=first.place.account,
        road=_ROADS[Method.BUCKET_POLICY if first.method is None else first.method],
        role=first.role,
        grants=tuple(first.grants),
        what=words_for(action for one in entries for action in one.actions),
        where=_prefixes(resources),
        asks=_asks(entries),
        standing=standing,
        note=note,
        public=first.public,
    )


def _prefixes(patterns: Sequence[str]) -> tuple[str, ...] | None:
    if "*" in patterns:
        return ()
    return tuple(one.removesuffix("*") if one.endswith("/*") else one for one in patterns) or None


def _asks(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The conditions that all of it has, and whether some of it has more."""
    objects = any(one.resources for one in entries)
    told = [
        [said for said in one.conditions if not (objects and said.startswith(_LISTING))] for one in entries
    ]
    common = tuple(said for said in told[0] if all(said in one for one in told))
    more = any(len(one) > len(common) for one in told)
    return (*common, "for some of it more") if more else common


def _standing(entry: Entry) -> tuple[Standing, str | None]:
    if not entry.is_sure:
        return Standing.UNKNOWN, "it cannot be told"
    if entry.awaits_owner:
        return Standing.SHUT, "the owner does not allow it"
    if entry.standing is Word.DELEGATED:
        return Standing.SHUT, "their own account does not allow it"
    return Standing.OPEN, None


def _idle(matrix: Matrix) -> Iterator[Stream]:
    """The grants by which nobody gets in, as their handover tells them."""
    for grant in matrix.grants:
        if grant.name not in matrix.idle:
            continue
        by_role = grant.method == Method.ASSUME_ROLE.value
        yield Stream(
            subjects=tuple(Subject(name=one, account=grant.account) for one in grant.principals),
            bucket=grant.bucket,
            owner=grant.owner,
            road=Road.ROLE if by_role else Road.POLICY,
            role=grant.role_arn if by_role else None,
            grants=(grant.name,),
            what=words_for(grant.actions),
            where=tuple(grant.prefixes),
            asks=(),
            standing=Standing.SHUT,
            note="nobody gets in by it",
        )
