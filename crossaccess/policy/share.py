"""Statements that differ in one thing only become one statement, which allows exactly what they did.

An allow holds where its principal, its action, its resource and all its conditions match, and lists of
alternatives match by any entry (IAM User Guide, "How AWS enforcement code logic evaluates requests to allow
or deny access", "Conditions with multiple context keys or values"). So where all else is the same, the
entries of one list can be put together; of two lists they cannot, since that would allow their cross.
"""

import dataclasses
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from crossaccess.policy.document import Condition, Effect, Statement

SHARED_KEYS = ("s3:prefix", "kms:EncryptionContext:aws:s3:arn", "aws:PrincipalArn")
"""Condition keys whose values, of which one has to match, are put together and taken apart again.

Others differ between grants rarely, and together they would make a statement hard to read.
"""
# Of a negated operator all values have to miss, and `ForAllValues` is about the request's values.
_ONE_MATCHES = ("ArnEquals", "ArnLike", "StringEquals", "StringLike")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A statement, with the names of the grants that it serves; the first one named it."""

    grants: tuple[str, ...]
    statement: Statement


def shared(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Put parts together where that changes nothing, in the order of the first of each.

    Works in time that grows with the number of parts, not with its square.
    """
    found = tuple(parts)
    for axis in (*AXES, _PRINCIPALS):
        found = _along(axis, found)
    return found


def statements_of(parts: Iterable[Part]) -> tuple[Statement, ...]:
    """The statements, each with an id that says how many more grants it serves than the one it names."""
    return tuple(_with_count(part) for part in parts)


def _with_count(part: Part) -> Statement:
    more = len(part.grants) - 1
    if not more:
        return part.statement
    return dataclasses.replace(part.statement, sid=f"{part.statement.sid}And{more}More")


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One list of a statement of which one entry has to match: its entries, and the statement with others.

    The entries are `None` where the statement has no such list.
    """

    entries: Callable[[Statement], tuple[Hashable, ...] | None]
    with_entries: Callable[[Statement, tuple[Any, ...]], Statement]  # Any: what `entries` gives


_RESOURCES = Axis(
    entries=lambda statement: statement.resources,
    with_entries=lambda statement, entries: dataclasses.replace(statement, resources=entries),
)
_PRINCIPALS = Axis(
    entries=lambda statement: statement.principals,
    with_entries=lambda statement, entries: dataclasses.replace(statement, principals=entries),
)


def _of_condition(key: str) -> Axis:
    def entries(statement: Statement) -> tuple[str, ...] | None:
        found = [one for one in statement.conditions if one.key == key]
        return found[0].values if len(found) == 1 and found[0].operator in _ONE_MATCHES else None

    def with_entries(statement: Statement, values: tuple[str, ...]) -> Statement:
        conditions = tuple(
            Condition(operator=one.operator, key=one.key, values=values) if one.key == key else one
            for one in statement.conditions
        )
        return dataclasses.replace(statement, conditions=conditions)

    return Axis(entries=entries, with_entries=with_entries)


AXES = (_RESOURCES, *(_of_condition(key) for key in SHARED_KEYS))
"""The lists along which a statement can be put together with others, or taken apart: but for principals."""


def _along(axis: Axis, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    groups: dict[Hashable, list[Part]] = {}
    for number, part in enumerate(parts):
        entries = axis.entries(part.statement)
        shareable = entries is not None and part.statement.effect is Effect.ALLOW
        alike: Hashable = number
        if shareable:
            alike = _in_order(axis.with_entries(part.statement, ()))
        groups.setdefault(alike, []).append(part)
    return tuple(group[0] if len(group) == 1 else _joined(axis, group) for group in groups.values())


def _in_order(statement: Statement) -> Statement:
    """The statement without its id, and with the order of its lists, which means nothing, taken away."""
    return dataclasses.replace(
        statement,
        sid=None,
        resources=None if statement.resources is None else tuple(sorted(statement.resources)),
        conditions=tuple(
            Condition(operator=one.operator, key=one.key, values=tuple(sorted(one.values)))
            for one in statement.conditions
        ),
    )


def _joined(axis: Axis, parts: list[Part]) -> Part:
    entries = dict.fromkeys(entry for part in parts for entry in axis.entries(part.statement) or ())
    grants = dict.fromkeys(grant for part in parts for grant in part.grants)
    return Part(grants=tuple(grants), statement=axis.with_entries(parts[0].statement, tuple(entries)))
