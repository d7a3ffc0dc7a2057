"""What a property of a resource may hold, and how a value that may not is told to the user."""

import enum
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.provider.plugin import WHAT_IT_IS
from sandbox.provider.policies import policy_fault, policy_text, same_policy
from sandbox.provider.values import UNKNOWN, Record, has_unknown, is_unknown


class Kind(enum.Enum):
    """The types of value that the resource types of the registry need."""

    TEXT = "a string"
    BOOL = "true or false"
    NUMBER = "a whole number"
    TEXT_SET = "a list of strings, in any order"
    TAGS = "a map of strings"
    POLICY = "a policy document"
    OBJECT = "an object"
    OBJECTS = "a list of objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One input property of a resource type, as the SDK names it (camelCase)."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    replaces: bool = False
    """A new value makes a new resource, because AWS cannot change this one."""
    fixed: str | None = None
    """Why a new value is refused, though the real provider changes it in place."""
    live: bool = True
    """AWS knows the value and `read` tells it; otherwise only the program does (`forceDestroy`)."""
    default: Any = None  # Any: of the property's own kind
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    """What the whole text must match, as AWS's API reference states it."""
    fields: tuple["Property", ...] = ()
    """The properties of an object, or of every object in a list."""


def faults(
    properties: tuple[Property, ...], values: Mapping[str, object], within: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield every fault of the values as `(property path, reason)`; unknown values are taken on trust."""
    known = {item.name: item for item in properties}
    for name in values:
        if name not in known:
            yield f"{within}{name}", f"is not known to {WHAT_IT_IS}; it knows {', '.join(sorted(known))}"
    for item in properties:
        value = values.get(item.name)
        if value is None:
            if item.required:
                yield f"{within}{item.name}", "is required"
        elif not is_unknown(value):
            yield from _value_faults(item, value, f"{within}{item.name}")


def settled(item: Property, value: object) -> object:
    """Return the value in the form for AWS and the state: a policy given as an object as text.

    One unknown anywhere in it makes the whole text unknown, as with the real provider.
    """
    if item.kind is Kind.POLICY and isinstance(value, dict):
        return UNKNOWN if has_unknown(value) else policy_text(value)
    return value


def same(kind: Kind, wanted: object, live: object) -> bool:
    """Whether what AWS tells is what was asked for, though it may be written in another way."""
    if kind is Kind.POLICY:
        return same_policy(wanted, live)
    if kind is Kind.TEXT_SET and isinstance(wanted, list) and isinstance(live, list):
        return _as_set(wanted) == _as_set(live)
    return _alike(wanted, live)


def _as_set(values: list[object]) -> set[str]:
    """Take the items as JSON: what a program gives may be no string, and is refused only later."""
    return {json.dumps(value, sort_keys=True) for value in values}


def _alike(wanted: object, live: object) -> bool:
    """Compare loosely about what is absent: AWS spells out `false` where a program leaves a field out."""
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        return all(_alike(wanted.get(key), live.get(key)) for key in wanted.keys() | live.keys())
    if isinstance(wanted, list) and isinstance(live, list):
        return len(wanted) == len(live) and all(map(_alike, wanted, live))
    return wanted == live or (not wanted and not live)


def tags_of(pairs: list[Any]) -> Record:  # Any: each client's stubs have a tag type of their own
    """Turn AWS's list of `{Key, Value}` into a map, without the tags that AWS keeps for itself."""
    return {pair["Key"]: pair["Value"] for pair in pairs if not pair["Key"].startswith("aws:")}


def tag_pairs(tags: Mapping[str, str] | None) -> list[Any]:  # Any: see tags_of
    """Turn a map of tags into AWS's list of `{Key, Value}`."""
    return [{"Key": key, "Value": value} for key, value in sorted((tags or {}).items())]


def _value_faults(item: Property, value: object, path: str) -> Iterator[tuple[str, str]]:
    if item.kind is Kind.POLICY:
        if not has_unknown(value) and (fault := policy_fault(settled(item, value))) is not None:
            yield path, fault
    elif item.kind is Kind.OBJECT:
        if isinstance(value, Mapping):
            yield from faults(item.fields, value, f"{path}.")
        else:
            yield path, f"must be {item.kind.value}"
    elif item.kind is Kind.OBJECTS:
        if isinstance(value, list):
            yield from _list_faults(item, value, path)
        else:
            yield path, f"must be {item.kind.value}"
    elif not _fits(item.kind, value):
        yield path, f"must be {item.kind.value}"
    elif item.choices and value not in item.choices:
        yield path, f"must be one of {', '.join(item.choices)}"
    elif item.pattern is not None and re.fullmatch(item.pattern, str(value)) is None:
        yield path, f"must match {item.pattern}"


def _list_faults(item: Property, values: list[object], path: str) -> Iterator[tuple[str, str]]:
    for index, value in enumerate(values):
        if isinstance(value, Mapping):
            yield from faults(item.fields, value, f"{path}[{index}].")
        elif not is_unknown(value):
            yield f"{path}[{index}]", "must be an object"


def _fits(kind: Kind, value: object) -> bool:
    if kind is Kind.BOOL:
        return isinstance(value, bool)
    if kind is Kind.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is Kind.TEXT_SET:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind is Kind.TAGS:
        return isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())
    return isinstance(value, str)
