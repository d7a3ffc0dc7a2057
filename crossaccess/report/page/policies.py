"""Every policy as the page shows it: its statements, each with the grant that made it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.decide.statement import CompiledStatement
from crossaccess.findings.places import Place, PlaceKind
from crossaccess.policy.document import Condition, Statement, as_mapping
from crossaccess.policy.grant import SID_PREFIX
from crossaccess.report.page.links import Link, grant_id, policy_id, statement_id, told_apart
from crossaccess.report.page.origins import Origin, Origins
from crossaccess.report.plain_data import indented
from crossaccess.report.safe import shorten
from crossaccess.report.sentence import Piece, Sentence, name, phrase, words

NAME: Final = 200
"""How many characters of a name the page shows."""
_KINDS: Final = {
    PlaceKind.BUCKET: "says who may use the bucket",
    PlaceKind.KEY: "says who may use the key",
    PlaceKind.ROLE: "says who may assume the role",
    PlaceKind.PRINCIPAL: "says what they may do",
    PlaceKind.BOUNDARY: "says what they may do at most",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStatement:
    """A statement. `rows` are its parts; `grants` those that it is of.

    `ours` is whether its id is one that this program gives. `stray` is whether it gives access that no grant
    mentions.
    """

    id: str
    number: int
    sid: Sentence
    allows: bool
    rows: tuple[tuple[str, tuple[Sentence, ...]], ...]
    grants: tuple[Link, ...]
    more: int
    ours: bool
    stray: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPolicy:
    """A policy, with its whole text as JSON; `why` says why nobody can read it."""

    id: str
    name: Sentence
    account: str
    does: str
    statements: tuple[ShownStatement, ...]
    json: str
    why: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """All policies, and the ids of policies and statements by what others call them."""

    shown: tuple[ShownPolicy, ...]
    ids: Mapping[str, str]
    of_grants: Mapping[int, tuple[Link, ...]]
    """The statements of each grant, by its place."""


def policies_of(places: Sequence[Place], origins: Origins, stray: frozenset[str]) -> Policies:
    """The policies at these places; `stray` are statements that give access which no grant mentions."""
    shown: list[ShownPolicy] = []
    of_grants: dict[int, list[Link]] = {}
    ids: list[tuple[str, str]] = []
    for index, place in enumerate(places):
        statements: list[ShownStatement] = []
        for one in _in_order(place):
            label = f"{place.policy.name}, {one.label}"
            target = statement_id(index, one.number)
            origin = origins.of(one.source)
            statements.append(
                _statement(one, target, _links(origin, origins), origin.more, stray=label in stray)
            )
            ids.append((label, target))
            for grant in origin.grants:
                of_grants.setdefault(grant, []).append(Link(said=(phrase(label, NAME),), target=target))
        ids.append((place.policy.name, policy_id(index)))
        shown.append(_policy(place, index, tuple(statements)))
    return Policies(
        shown=tuple(shown),
        ids=told_apart(ids),
        of_grants={grant: tuple(links) for grant, links in of_grants.items()},
    )


def account_of(account: str | None) -> str:
    """An account as the page shows it; empty where nobody tells it."""
    return "" if account is None else shorten(account, NAME)


def _in_order(place: Place) -> list[CompiledStatement]:
    return sorted((*place.allowing, *place.denying), key=lambda one: one.number)


def _policy(place: Place, index: int, statements: tuple[ShownStatement, ...]) -> ShownPolicy:
    document = place.document
    return ShownPolicy(
        id=policy_id(index),
        name=(phrase(place.policy.name, NAME),),
        account=account_of(place.account),
        does=_KINDS[place.kind],
        statements=statements,
        json="" if document is None else indented(as_mapping(document.source)),
        why=(phrase(place.why, NAME),) if document is None else (),
    )


def _links(origin: Origin, origins: Origins) -> tuple[Link, ...]:
    return tuple(
        Link(said=(name(origins.name(grant), NAME),), target=grant_id(grant)) for grant in origin.grants
    )


def _statement(
    one: CompiledStatement, target: str, grants: tuple[Link, ...], more: int, *, stray: bool
) -> ShownStatement:
    source = one.source
    return ShownStatement(
        id=target,
        number=one.number,
        sid=(name(source.sid, NAME),) if source.sid else (words("without an id"),),
        allows=one.allows,
        rows=tuple(_rows(source)),
        grants=grants,
        more=more,
        ours=(source.sid or "").startswith(SID_PREFIX),
        stray=stray,
    )


def _rows(statement: Statement) -> Iterator[tuple[str, tuple[Sentence, ...]]]:
    people = [(one.type, one.value) for one in statement.principals or ()]
    others = [(one.type, one.value) for one in statement.not_principals or ()]
    for term, pairs in (("Who", people), ("All but", others)):
        if pairs:
            yield term, tuple(_principal(kind, value) for kind, value in pairs)
    for term, texts in (
        ("Actions", statement.actions),
        ("All actions but", statement.not_actions),
        ("On", statement.resources),
        ("On all but", statement.not_resources),
    ):
        if texts:
            yield term, tuple((name(text, NAME),) for text in texts)
    if statement.conditions:
        yield (
            "If",
            tuple(
                (name(one.key, NAME), words(" "), name(one.operator, NAME), words(": "), *_values(one))
                for one in statement.conditions
            ),
        )


def _principal(kind: str, value: str) -> Sentence:
    if kind == "*" or (kind, value) == ("AWS", "*"):
        return (words("everyone"),)
    return (name(value, NAME),) if kind == "AWS" else (name(kind, NAME), words(" "), name(value, NAME))


def _values(condition: Condition) -> Sentence:
    said: list[Piece] = []
    for value in condition.values:
        said += [words(", "), name(value, NAME)] if said else [name(value, NAME)]
    return tuple(said)
