"""Entries of the matrix put together to what is drawn as one: the same access of several, by the same way."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.compare.change import Standing as Word
from crossaccess.compare.change import Subject
from crossaccess.deployment.picture import Grant
from crossaccess.findings.catalogue import GRANT_EXPIRED
from crossaccess.findings.finding import Finding, Severity
from crossaccess.report.page.access_words import words_for
from crossaccess.report.page.grants import about
from crossaccess.report.page.scene import Road, Standing
from crossaccess.who.matrix import Entry, Matrix, Method

_ROADS: Final = {Method.BUCKET_POLICY: Road.POLICY, Method.ASSUME_ROLE: Road.ROLE}
# Where a list is narrowed to prefixes, its condition says once more what is told as the place.
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


def streams_of(matrix: Matrix, findings: Sequence[Finding]) -> tuple[Stream, ...]:
    """What goes from account to account into buckets; the grants by which nobody gets in come last.

    What is found about a grant is noted on what flows by it.
    """
    listed: dict[object, list[Entry]] = {}
    for entry in matrix.entries:
        if entry.place.kind == "bucket" and entry.method in _ROADS:
            way = (entry.place, entry.method, entry.role, tuple(entry.grants))
            known = (entry.standing, entry.awaits_owner, entry.is_sure, entry.public)
            listed.setdefault((way, known, entry.subject), []).append(entry)
    alike: dict[Stream, list[Subject]] = {}
    for entries in listed.values():
        alike.setdefault(_stream(entries), []).append(entries[0].subject)
    found = [dataclasses.replace(stream, subjects=tuple(subjects)) for stream, subjects in alike.items()]
    drawn = {(one.bucket, grant) for one in found for grant in one.grants}
    idle = [one for one in matrix.idle if (one.bucket, one.name) not in drawn]
    noted = _noted(matrix, findings)
    return tuple(_with_note(one, noted) for one in (*found, *map(_idle, idle)))


def _noted(matrix: Matrix, findings: Sequence[Finding]) -> dict[tuple[str, str], Finding]:
    """The worst finding about each grant that needs something done, by its bucket and its name."""
    worst: dict[str, Finding] = {}
    for one in findings:
        if one.severity.reaches(Severity.MEDIUM):
            worst.setdefault(one.about, one)
    return {
        (grant.bucket, grant.name): worst[about(grant)] for grant in matrix.grants if about(grant) in worst
    }


def _with_note(stream: Stream, noted: Mapping[tuple[str, str], Finding]) -> Stream:
    """A stream that has no note yet, with what is found about its grant."""
    found = next((noted[stream.bucket, one] for one in stream.grants if (stream.bucket, one) in noted), None)
    if found is None or stream.note is not None:
        return stream
    ended = found.rule == GRANT_EXPIRED and len(stream.grants) == 1
    note = f"{found.rule.id}: {found.rule.name.replace('-', ' ')}"
    return dataclasses.replace(stream, note=note, standing=Standing.SHUT if ended else stream.standing)


def _stream(entries: Sequence[Entry]) -> Stream:
    """The access of one subject by one way, without the subject."""
    first = entries[0]
    resources = tuple(dict.fromkeys(pattern for one in entries for pattern in (*one.resources, *one.listing)))
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
    told = [
        [said for said in one.conditions if not (one.listing and said.startswith(_LISTING))]
        for one in entries
    ]
    common = tuple(said for said in told[0] if all(said in one for one in told))
    more = any(len(one) > len(common) for one in told)
    return (*common, "more for some of it") if more else common


def _standing(entry: Entry) -> tuple[Standing, str | None]:
    if not entry.is_sure:
        return Standing.UNKNOWN, "it cannot be told"
    if entry.awaits_owner:
        return Standing.SHUT, "the owner's side is missing"
    if entry.standing is Word.DELEGATED:
        missing = "their own side is missing"
        return Standing.SHUT, missing if entry.is_mentioned else "their side can take it up"
    return Standing.OPEN, None


def _idle(grant: Grant) -> Stream:
    """A grant by which nobody gets in, as its handover tells it."""
    by_role = grant.method == Method.ASSUME_ROLE.value
    return Stream(
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
