"""The matrix as a table: a row for each thing that somebody may do, and what it can be filtered by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from crossaccess.compare.change import Standing, Subject
from crossaccess.report.page.access_words import words_for
from crossaccess.report.page.links import Link
from crossaccess.report.page.policies import account_of
from crossaccess.report.safe import shorten
from crossaccess.report.sentence import Sentence, name, phrase, words
from crossaccess.who.matrix import Entry, Matrix, Method

NAME: Final = 160
"""How many characters of a name a cell shows."""
OTHER: Final = "other"
"""What stands for access beyond the named sets, where the table is filtered."""
_METHODS: Final = {
    Method.BUCKET_POLICY: "by the bucket policy",
    Method.ASSUME_ROLE: "by role ",
    Method.KEY_POLICY: "by the key policy",
    Method.TRUST_POLICY: "by the role's trust policy",
    Method.OWN_ACCOUNT: "by policies of its own account",
}
_LISTING: Final = "listing "


class State(Enum):
    """Whether somebody gets in, as the table says it."""

    OPEN = "gets in"
    OWNER = "owner's side is missing"
    OWN = "own side is missing"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row. `access` and `state` are what it is filtered by.

    `mentioned` is whether grants say all of it, `None` where grants have nothing to do with it; `into_bucket`
    whether it leads from another account into a bucket.
    """

    who: Sentence
    account: str
    place: Sentence
    what: tuple[str, ...]
    access: tuple[str, ...]
    where: tuple[Sentence, ...]
    spared: tuple[Sentence, ...]
    asks: tuple[Sentence, ...]
    way: Sentence
    state: State
    grants: tuple[Link, ...]
    mentioned: bool | None
    into_bucket: bool
    public: bool
    takers: tuple[Sentence, ...]
    reason: Sentence
    actions: tuple[Sentence, ...]
    statements: tuple[Link, ...]


def rows_of(matrix: Matrix, grants: Mapping[str, str], statements: Mapping[str, str]) -> tuple[Row, ...]:
    """The rows; grants and statements are linked by their ids on the page."""
    return tuple(_row(entry, grants, statements) for entry in matrix.entries)


def is_stray(entry: Entry) -> bool:
    """Whether it is access to data that no grant mentions, of others than the account's own principals."""
    return not entry.is_mentioned and entry.method is not Method.OWN_ACCOUNT and entry.place.kind != "role"


def who_of(subject: Subject) -> Sentence:
    """A principal or a class of them, without its account."""
    return (name(subject.name, NAME),)


def _row(entry: Entry, grants: Mapping[str, str], statements: Mapping[str, str]) -> Row:
    listing = tuple(dict.fromkeys((*entry.resources, *entry.listing)))
    return Row(
        who=who_of(entry.subject),
        account=account_of(entry.subject.account),
        place=(name(entry.place.label, NAME),),
        what=tuple(shorten(one, NAME) for one in words_for(entry.actions)),
        access=(*entry.access, *(() if set(words_for(entry.actions)) <= set(entry.access) else (OTHER,))),
        where=tuple((name(one, NAME),) for one in listing),
        spared=tuple((name(one, NAME),) for one in entry.spared),
        asks=tuple(
            (phrase(one, NAME),)
            for one in entry.conditions
            # Said by where it is already.
            if not (entry.listing and one.startswith(_LISTING))
        ),
        way=_way(entry),
        state=_state(entry),
        grants=tuple(Link(said=(name(one, NAME),), target=grants.get(one, "")) for one in entry.grants),
        mentioned=True if entry.is_mentioned else False if is_stray(entry) else None,
        into_bucket=entry.place.kind == "bucket" and entry.method is not Method.OWN_ACCOUNT,
        public=entry.public,
        takers=tuple((name(one, NAME),) for one in entry.takers or ()),
        reason=() if entry.reason is None else (phrase(entry.reason, NAME),),
        actions=tuple((name(one, NAME),) for one in entry.actions),
        statements=tuple(
            Link(said=(phrase(one, NAME),), target=statements.get(one, "")) for one in entry.statements
        ),
    )


def _way(entry: Entry) -> Sentence:
    if entry.method is None:
        return (words("as far as its own policies go"),) if entry.awaits_owner else ()
    if entry.role is not None:
        return (words(_METHODS[Method.ASSUME_ROLE]), name(entry.role.rpartition("/")[2], NAME))
    return (words(_METHODS[entry.method]),)


def _state(entry: Entry) -> State:
    if not entry.is_sure:
        return State.UNKNOWN
    if entry.awaits_owner:
        return State.OWNER
    return State.OWN if entry.standing is Standing.DELEGATED else State.OPEN


def states_of(rows: Sequence[Row]) -> tuple[State, ...]:
    """The states that rows have, to choose from."""
    return tuple(state for state in State if any(row.state is state for row in rows))
