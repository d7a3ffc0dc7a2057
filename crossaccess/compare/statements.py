"""Statements as sets of requests: which requests of a realm does a statement apply to?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

from crossaccess.compare import key_set
from crossaccess.compare.box import EVERYTHING, RESOURCE, Box, meet, product
from crossaccess.compare.callers import PRINCIPAL_ARN, arns_of_user_names
from crossaccess.compare.conditions import LookUp, Sets, fulfilled
from crossaccess.compare.key_set import KeySet, present
from crossaccess.compare.principals import namings
from crossaccess.compare.realm import Realm, thing_of
from crossaccess.compare.reduce import implies
from crossaccess.compare.shapes import glob, resource, resource_lenient
from crossaccess.compare.texts import ALL, Texts, of
from crossaccess.compare.value_set import rest
from crossaccess.decide.caller import CallerKind
from crossaccess.decide.context import Lookup
from crossaccess.decide.pattern import completed_arn, filled_up, glob_of
from crossaccess.decide.principal import Way
from crossaccess.decide.template import (
    NoValueError,
    Piece,
    UnresolvedError,
    pieces_of,
    resolve,
    resolve_loosely,
)
from crossaccess.policy.document import Condition, Document, Effect, Statement

_WITH_VARIABLES = "2012-10-17"
_USER_NAME = "aws:username"


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


@dataclass(frozen=True, slots=True)
class Part:
    """Requests that a statement applies to, for certain or perhaps, and how it names their callers."""

    way: Way
    box: Box
    source: Source


@dataclass(frozen=True, slots=True)
class Applies:
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
    names: dict[str, None] = {}
    for one in statements:
        own = _filled(one, one.statement.resources)
        if own is None or (one.variables and any("${" in name for name in own)):
            return where
        names.update(dict.fromkeys(own))
    return _part_of(_plain(tuple(names), doubts=True)[1], where)


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
    sure, perhaps = _rest(one, realm)
    return Applies(
        tuple(_parts(((w, b) for w, b, certain in named if certain), sure, one.source)),
        tuple(_parts(((w, b) for w, b, _ in named), perhaps, one.source)),
    )


def _of_realm(box: Box, realm: Realm) -> Box | None:
    """The callers of the box whom the realm is about."""
    return meet(Box({thing: realm[thing] for thing in box.sides}), box)


def _parts(named: Iterable[tuple[Way, Box]], boxes: Sequence[Box], source: Source) -> Iterable[Part]:
    for way, callers in named:
        for box in boxes:
            both = meet(box, callers)
            if both is not None:
                yield Part(way, both, source)


_Boxes: TypeAlias = tuple[tuple[Box, ...], tuple[Box, ...]]
"""Requests that fit, certainly and at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Resource and conditions of a statement, whomever it names; one object for all that say the same.

    `things` are those that the conditions are about, one by one. `fixed`: no variable stands in it.
    """

    allows: bool
    variables: bool
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    conditions: tuple[Condition, ...]
    things: tuple[str, ...]
    fixed: bool
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        said = (self.allows, self.variables, self.resources, self.not_resources, self.conditions)
        object.__setattr__(self, "_hash", hash(said))

    def __hash__(self) -> int:
        return self._hash


@lru_cache(maxsize=65_536)
def _said_of(one: Numbered) -> _Said:
    statement = one.statement
    resources = _filled(one, statement.resources)
    not_resources = _filled(one, statement.not_resources)
    texts = (*(resources or ()), *(not_resources or ()), *(v for c in statement.conditions for v in c.values))
    return _one_for_all(
        _Said(
            allows=one.allows,
            variables=one.variables,
            resources=resources,
            not_resources=not_resources,
            conditions=tuple(statement.conditions),
            things=tuple(thing_of(condition.key) for condition in statement.conditions),
            fixed=not (one.variables and any("${" in text for text in texts)),
        )
    )


@lru_cache(maxsize=65_536)
def _one_for_all(said: _Said) -> _Said:
    """Equal ones are the same: comparing them takes no time."""
    return said


def _rest(one: Numbered, realm: Realm) -> _Boxes:
    """Resource and conditions: the boxes of requests that fit."""
    said = _said_of(one)
    things = tuple(realm[thing] for thing in said.things)
    any_user = realm.caller.kind is CallerKind.USER and realm.caller.arn is None
    if said.fixed and not (any_user and _USER_NAME in said.things):
        return _fixed(said, realm[RESOURCE], things)
    return _boxes(said, realm[RESOURCE], things, realm.lookup, realm if any_user else None)


@lru_cache(maxsize=16_384)
def _fixed(said: _Said, whole: KeySet, things: Sets) -> _Boxes:
    """What fits is the same in all realms in which the things may be the same."""
    return _boxes(said, whole, things, _no_variable, None)


def _no_variable(key: str) -> Lookup:
    raise AssertionError(f"a variable where none stands: {key}")


def _boxes(said: _Said, whole: KeySet, things: Sets, lookup: LookUp, users: Realm | None) -> _Boxes:
    """`users`: the realm, where it is about several users."""
    sure: list[tuple[str, Sets]] = []
    perhaps: list[tuple[str, Sets]] = []
    places = _places(said, whole, lookup)
    if places is not None:
        sure.append((RESOURCE, places[0]))
        perhaps.append((RESOURCE, places[1]))
        if not places[1]:
            return (), ()
    for condition, thing, every in zip(said.conditions, said.things, things, strict=True):
        found = fulfilled(condition, every, lookup, allows=said.allows, variables=said.variables)
        if users is not None and thing == _USER_NAME:
            sure.append((PRINCIPAL_ARN, _of_users(found.sure, users)))
            perhaps.append((PRINCIPAL_ARN, _of_users(found.perhaps, users)))
        else:
            sure.append((thing, found.sure))
            perhaps.append((thing, found.perhaps))
    boxes = product(perhaps)
    return (boxes if sure == perhaps else product(sure)), boxes


def _places(said: _Said, whole: KeySet, lookup: LookUp) -> tuple[Sets, Sets] | None:
    """The resources that fit, certainly and at the most; `whole` is what they may be at all."""
    if said.resources is not None and (
        said.fixed or not (said.variables and any("${" in name for name in said.resources))
    ):
        return _plain_places(said.resources, not said.allows, whole)
    found = _resources(said, lookup)
    return None if found is None else (_within(found[0], whole), _within(found[1], whole))


@lru_cache(maxsize=8192)
def _plain_places(names: tuple[str, ...], doubts: bool, whole: KeySet) -> tuple[Sets, Sets]:
    # Most statements are about something else, as their plain beginning tells.
    near = tuple(name for name in names if not _plainly_apart(name, whole))
    if not near:
        return (), ()
    certain, possible = _plain(near, doubts=doubts)
    sure = _within((certain,), whole)
    return sure, sure if possible is certain else _within((possible,), whole)


_WILDCARD: Final = re.compile(r"[*?]")


def _plainly_apart(name: str, whole: KeySet) -> bool:
    """Whether the text before the first wildcard of a pattern rules out all of the resources."""
    start = _WILDCARD.split(name, maxsplit=1)[0]
    return isinstance(whole.every, Texts) and any(
        all(shape.apart(start, "") for shape in group) for group in whole.every.within
    )


def _within(values: Sequence[Texts], whole: KeySet) -> Sets:
    every = whole.every
    if not isinstance(every, Texts):
        return ()
    met = (_part_of(one, every) for one in values)
    return tuple(present(texts) for texts in met if not texts.is_plainly_empty())


@lru_cache(maxsize=8192)
def _part_of(texts: Texts, whole: Texts) -> Texts:
    """The texts of both, in as few shapes as is plain to see: without groups that the others imply."""
    shapes = [shape for group in texts.within[:1] for shape in group]
    needed = (group for group in whole.within if not implies(shapes, group))
    within = (*texts.within, *(needed if shapes else whole.within))
    return Texts(within=within, without=(*texts.without, *whole.without))


def _of_users(sets: Sets, realm: Realm) -> Sets:
    """A user's name stands in its ARN, too: what is asked of the name is asked of the ARN."""
    arns = (
        key_set.meet(realm[PRINCIPAL_ARN], present(arns_of_user_names(realm.caller, keys.every)))
        for keys in sets
        if isinstance(keys.every, Texts)
    )
    return tuple(keys for keys in arns if keys is not None)


def _filled(one: Numbered, names: Sequence[str] | None) -> tuple[str, ...] | None:
    """The resources as AWS reads them: in a policy that names no principals, ARNs are filled up."""
    if names is None:
        return None
    own = one.statement.principals is None and one.statement.not_principals is None
    return tuple(map(completed_arn, names)) if own else tuple(names)


def _resources(said: _Said, lookup: LookUp) -> tuple[tuple[Texts, ...], tuple[Texts, ...]] | None:
    """The resources that fit, certainly and at the most, as sets whose union they are."""
    excepts = said.not_resources is not None
    names = said.not_resources if excepts else said.resources
    if names is None:
        return None
    # A miss would let the request through here, and AWS leaves open whether a wildcard stops at colons.
    doubts = said.allows == excepts
    sure: list[Texts] = []
    perhaps: list[Texts] = []
    plain: list[str] = []
    for name in names:
        # In an ARN that lacks its last parts, a variable is text like any other.
        if said.variables and "${" in name and filled_up(name) == name:
            resolved = _with_variables(name, lookup, excepts=excepts, doubts=doubts)
            sure += resolved[0]
            perhaps += resolved[1]
        else:
            plain.append(name)
    if plain:
        certain, possible = _plain(tuple(plain), doubts=doubts)
        sure.append(certain)
        perhaps.append(possible)
    if not excepts:
        return tuple(sure), tuple(perhaps)
    return _outside(perhaps), _outside(sure)


@lru_cache(maxsize=8192)
def _plain(names: tuple[str, ...], *, doubts: bool) -> tuple[Texts, Texts]:
    exact = [resource(name) for name in names]
    certain = of(*exact)
    if not doubts:
        return certain, certain
    lenient = [resource_lenient(name) for name in names]
    # What an ARN names that lacks its last parts is open, too, where no page says that AWS fills it up.
    whole = [filled_up(name) for name in names]
    lacking = [resource(full) for name, full in zip(names, whole, strict=True) if full != name]
    return certain, certain if lenient == exact and not lacking else of(*exact, *lenient, *lacking)


def _outside(sets: Sequence[Texts]) -> tuple[Texts, ...]:
    left: tuple[Texts, ...] = (ALL,)
    for texts in sets:
        left = tuple(piece for one in left for piece in rest(one, texts) if isinstance(piece, Texts))
    return left


def _with_variables(
    name: str, lookup: LookUp, *, excepts: bool, doubts: bool
) -> tuple[tuple[Texts, ...], tuple[Texts, ...]]:
    pieces = _pieces(name)
    try:
        found = resolve(pieces, lookup)
    except NoValueError:
        # Without a value the pattern matches nothing; NotResource may then make the statement invalid.
        return (), ((ALL,) if doubts and excepts else ())
    except UnresolvedError:
        try:
            loose = of(glob(resolve_loosely(pieces, lookup)))
        except NoValueError:
            return (), ((ALL,) if doubts and excepts else ())
        return (), ((ALL,) if doubts and excepts else (loose,))
    exact = resource(found)
    shapes = (exact, glob(found)) if doubts else (exact,)
    return (of(exact),), (of(*shapes),)


def _pieces(name: str) -> tuple[Piece, ...]:
    """Variables count behind the fifth colon only."""
    parts = name.split(":", 5)
    if len(parts) < 6:
        return pieces_of(name, wildcards=True, variables=False)
    head, tail = ":".join([*parts[:5], ""]), parts[5]
    return (
        *pieces_of(head, wildcards=True, variables=False),
        *pieces_of(tail, wildcards=True, variables=True),
    )
