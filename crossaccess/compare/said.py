"""What statements ask of resources and conditions, whomever they name: which requests of a realm fit?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from crossaccess.compare import key_set
from crossaccess.compare.box import RESOURCE, Box, product
from crossaccess.compare.callers import PRINCIPAL_ARN, arns_of_user_names
from crossaccess.compare.conditions import LookUp, Sets, fulfilled
from crossaccess.compare.key_set import KeySet, present
from crossaccess.compare.realm import Realm, thing_of
from crossaccess.compare.reduce import implies
from crossaccess.compare.shapes import glob, resource, resource_lenient
from crossaccess.compare.texts import ALL, Texts, of
from crossaccess.compare.value_set import rest
from crossaccess.decide.caller import CallerKind
from crossaccess.decide.context import Lookup
from crossaccess.decide.pattern import completed_arn, filled_up
from crossaccess.decide.template import (
    NoValueError,
    Piece,
    UnresolvedError,
    pieces_of,
    resolve,
    resolve_loosely,
)
from crossaccess.policy.document import Condition, Effect, Statement

_USER_NAME: Final = "aws:username"

Boxes: TypeAlias = tuple[tuple[Box, ...], tuple[Box, ...]]
"""Requests that fit, certainly and at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
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


def said_of(statement: Statement, *, variables: bool) -> Said:
    """What a statement asks for; `variables`: its document knows policy variables."""
    allows = statement.effect is Effect.ALLOW
    resources, not_resources = (
        _filled(statement, statement.resources),
        _filled(statement, statement.not_resources),
    )
    texts = (*(resources or ()), *(not_resources or ()), *(v for c in statement.conditions for v in c.values))
    return _one_for_all(
        Said(
            allows=allows,
            variables=variables,
            resources=resources,
            not_resources=not_resources,
            conditions=tuple(statement.conditions),
            things=tuple(thing_of(condition.key) for condition in statement.conditions),
            fixed=not (variables and any("${" in text for text in texts)),
        )
    )


@lru_cache(maxsize=65_536)
def _one_for_all(said: Said) -> Said:
    """Equal ones are the same: comparing them takes no time."""
    return said


def fitting(said: Said, realm: Realm) -> Boxes:
    """The boxes of requests of a realm that fit resources and conditions."""
    things = tuple(realm[thing] for thing in said.things)
    any_user = realm.caller.kind is CallerKind.USER and realm.caller.arn is None
    if said.fixed and not (any_user and _USER_NAME in said.things):
        return _fixed(said, realm[RESOURCE], things)
    return _boxes(said, realm[RESOURCE], things, realm.lookup, realm if any_user else None)


def reached(said: Iterable[Said], where: Texts) -> Texts:
    """Of some resources those that any of the statements may be about."""
    names: dict[str, None] = {}
    for one in said:
        own = one.resources
        if own is None or (one.variables and any("${" in name for name in own)):
            return where
        names.update(dict.fromkeys(own))
    return _part_of(_plain(tuple(names), doubts=True)[1], where)


@lru_cache(maxsize=16_384)
def _fixed(said: Said, whole: KeySet, things: Sets) -> Boxes:
    """What fits is the same in all realms in which the things may be the same."""
    return _boxes(said, whole, things, _no_variable, None)


def _no_variable(key: str) -> Lookup:
    raise AssertionError(f"a variable where none stands: {key}")


def _boxes(said: Said, whole: KeySet, things: Sets, lookup: LookUp, users: Realm | None) -> Boxes:
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


def _places(said: Said, whole: KeySet, lookup: LookUp) -> tuple[Sets, Sets] | None:
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


def _filled(statement: Statement, names: Sequence[str] | None) -> tuple[str, ...] | None:
    """The resources as AWS reads them: in a policy that names no principals, ARNs are filled up."""
    if names is None:
        return None
    own = statement.principals is None and statement.not_principals is None
    return tuple(map(completed_arn, names)) if own else tuple(names)


def _resources(said: Said, lookup: LookUp) -> tuple[tuple[Texts, ...], tuple[Texts, ...]] | None:
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
