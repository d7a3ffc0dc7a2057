"""Statements as sets of requests: which requests of a realm does a statement apply to?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from crossaccess.compare.box import EVERYTHING, Box, meet
from crossaccess.compare.principals import namings
from crossaccess.compare.realm import Realm
from crossaccess.compare.said import Said, fitting, reached, said_of
from crossaccess.compare.texts import Texts
from crossaccess.decide.pattern import glob_of
from crossaccess.decide.principal import Way
from crossaccess.policy.document import Document, Effect, Statement

_WITH_VARIABLES = "2012-10-17"


Actions: TypeAlias = tuple[Sequence[str], bool]
"""The patterns of a statement's actions, and whether it is about all others."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a set of requests comes from: a statement of a policy, by the policy's name."""

    policy: str
    number: int
    statement: Statement

    def __hash__(self) -> int:
        # Names and numbers tell most apart, and all of a statement is long.
        return hash((self.policy, self.number))

    def __str__(self) -> str:
        return f"{self.policy}, statement {self.number}" + (
            f" ({self.statement.sid})" if self.statement.sid else ""
        )


# Of these some ten thousand are made for a thousand grants, and a named tuple is made in a third of the time.
class Part(NamedTuple):
    """Requests that a statement applies to, for certain or perhaps, and how it names their callers."""

    way: Way
    box: Box
    source: Source


class Applies(NamedTuple):
    """All requests that a statement applies to: certainly, and at the most."""

    sure: tuple[Part, ...]
    perhaps: tuple[Part, ...]


NEVER = Applies((), ())


@dataclass(frozen=True, slots=True)
class Numbered:
    """A statement with what its document says of it."""

    source: Source
    variables: bool
    statement: Statement = field(init=False, repr=False, compare=False)
    actions: Actions = field(init=False, repr=False, compare=False)
    allows: bool = field(init=False, repr=False, compare=False)
    """Whether its effect is Allow."""
    _said: Said | None = field(init=False, repr=False, compare=False, default=None)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Of some thousand statements each is asked these some hundred times.
        statement = self.source.statement
        object.__setattr__(self, "statement", statement)
        object.__setattr__(self, "actions", actions_of(statement))
        object.__setattr__(self, "allows", statement.effect is Effect.ALLOW)
        object.__setattr__(self, "_hash", hash(self.source))

    def __hash__(self) -> int:
        return self._hash

    @property
    def said(self) -> Said:
        """What it asks of resources and conditions, read once."""
        found = self._said
        if found is None:
            found = said_of(self.statement, variables=self.variables)
            object.__setattr__(self, "_said", found)
        return found


def numbered(document: Document, policy: str) -> tuple[Numbered, ...]:
    """The statements of a document, counted from 1."""
    variables = document.version == _WITH_VARIABLES
    return tuple(
        Numbered(Source(policy, number, statement), variables)
        for number, statement in enumerate(document.statements, start=1)
    )


def actions_of(statement: Statement) -> Actions:
    """Which actions a statement is about."""
    excepts = statement.not_actions is not None
    return tuple((statement.not_actions if excepts else statement.actions) or ()), excepts


@lru_cache(maxsize=65_536)
def take(actions: Actions, action: str) -> bool:
    """Whether the action, in lower case, is one of these."""
    patterns, excepts = actions
    return any(glob_of(name.lower()).matches(action) for name in patterns) != excepts


@lru_cache(maxsize=65_536)
def _said_by(one: Numbered) -> tuple[bool, Statement]:
    """What a statement says, whatever it is called and wherever it stands."""
    return one.variables, replace(one.statement, sid=None)


def differing(one: Iterable[Numbered], other: Iterable[Numbered]) -> frozenset[Numbered]:
    """The statements on one side alone; those that only stand elsewhere there are on both."""
    mine, theirs = frozenset(one), frozenset(other)
    left, right = mine - theirs, theirs - mine
    said_left, said_right = frozenset(map(_said_by, left)), frozenset(map(_said_by, right))
    return frozenset(
        (
            *(statement for statement in left if _said_by(statement) not in said_right),
            *(statement for statement in right if _said_by(statement) not in said_left),
        )
    )


def reach(statements: Iterable[Numbered], where: Texts) -> Texts:
    """Of some resources those that any of the statements may be about."""
    return reached((one.said for one in statements), where)


def applies(one: Numbered, realm: Realm, *, bounded: bool) -> Applies:
    """The requests of a realm that a statement applies to. `bounded`: callers have a permissions boundary."""
    statement = one.statement
    if not take(one.actions, realm.asked):
        return NEVER
    named: list[tuple[Way, Box, bool]] = [(Way.EVERYONE, EVERYTHING, True)]
    if statement.principals is not None or statement.not_principals is not None:
        found = namings(statement, realm.caller, realm, bounded=bounded)
        callers = ((naming, _of_realm(naming.callers, realm)) for naming in found)
        named = [(naming.way, box, naming.sure) for naming, box in callers if box is not None]
    if not named:
        return NEVER
    sure, perhaps = fitting(one.said, realm)
    most = tuple(_parts(((w, b) for w, b, _ in named), perhaps, one.source))
    if sure == perhaps and all(certain for _, _, certain in named):
        return Applies(most, most)
    least = tuple(_parts(((w, b) for w, b, certain in named if certain), sure, one.source))
    return Applies(least, most)


def _of_realm(box: Box, realm: Realm) -> Box | None:
    """The callers of the box whom the realm is about."""
    return meet(Box({thing: realm[thing] for thing in box.sides}), box)


def _parts(named: Iterable[tuple[Way, Box]], boxes: Sequence[Box], source: Source) -> Iterable[Part]:
    for way, callers in named:
        for box in boxes:
            both = meet(box, callers)
            if both is not None:
                yield Part(way, both, source)
