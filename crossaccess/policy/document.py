"""Policy documents: parsed strictly, held as values, written canonically.

The grammar is AWS's (IAM User Guide, "Grammar of the IAM JSON policy language"). Which elements a
statement may or must have depends on what the document is attached to: see `PolicyKind`.
"""

import enum
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


class PolicyError(ValueError):
    """A document that AWS would not take. The message says where and what would be right."""


class Effect(enum.Enum):
    """What a matching statement does."""

    ALLOW = "Allow"
    DENY = "Deny"


class PolicyKind(enum.Enum):
    """What a document is attached to, and so which elements its statements may have."""

    IDENTITY = "identity policy"
    RESOURCE = "resource policy"
    TRUST = "trust policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    ENDPOINT = "VPC endpoint policy"
    SCP = "service control policy"
    RCP = "resource control policy"


_NAMES_PRINCIPALS = frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.ENDPOINT, PolicyKind.RCP})
_MAY_EXCEPT_PRINCIPALS = frozenset({PolicyKind.RESOURCE, PolicyKind.ENDPOINT})
_PRINCIPAL_TYPES = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_VERSIONS = ("2012-10-17", "2008-10-17")
_DOCUMENT_ELEMENTS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_EFFECTS = {"Allow": Effect.ALLOW, "Deny": Effect.DENY}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalName:
    """One entry of a `Principal` element.

    `type` is `AWS`, `Service`, `Federated` or `CanonicalUser`; or `*`, with the value `*`, where the
    whole element is the bare string `"*"` (IAM User Guide, "AWS JSON policy elements: Principal").
    """

    type: str
    value: str


EVERYONE = PrincipalName(type="*", value="*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One key of one operator of a `Condition` block, with the values that it is compared to."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. Of each pair (`actions`, `not_actions` …) one at the most is given.

    An element that is absent is `None`; an element that is given but empty is `()`.
    """

    effect: Effect
    sid: str | None = None
    principals: tuple[PrincipalName, ...] | None = None
    not_principals: tuple[PrincipalName, ...] | None = None
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy document. Without a `Version` AWS takes 2008-10-17, which knows no policy variables."""

    statements: tuple[Statement, ...]
    version: str | None = "2012-10-17"
    id: str | None = None


def load_json(text: str | bytes) -> object:
    """Read JSON, refusing what JSON readers disagree about: a name that stands twice in one object.

    Raises `PolicyError` with the reason where the text is not JSON.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode()
        return json.loads(text, object_pairs_hook=_object_without_doubles, parse_constant=_no_constant)
    except RecursionError:
        raise PolicyError("the JSON is nested too deeply to be a policy") from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"the text is not UTF-8: {error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise PolicyError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except ValueError as error:
        if isinstance(error, PolicyError):
            raise
        # Python refuses to turn numbers of thousands of digits into integers.
        raise PolicyError("the JSON holds a number that is too long") from None


def parse_document(source: str | bytes | Mapping[str, object], kind: PolicyKind) -> Document:
    """Read a policy document, as JSON text or as what a JSON reader made of it.

    Raises `PolicyError` where AWS would refuse the document: not JSON, an element that does not exist
    or does not belong to this kind of policy, one that is missing, or a value of the wrong type.
    """
    data = load_json(source) if isinstance(source, str | bytes) else source
    if not isinstance(data, dict):
        raise PolicyError(f"{_a(kind)} is a JSON object, not {_named(data)}")
    for name in data:
        if name not in _DOCUMENT_ELEMENTS:
            raise PolicyError(f"unknown element {name!r}: a policy has Version, Id and Statement")
    version = data.get("Version")
    if version is not None and version not in _VERSIONS:
        raise PolicyError(f"Version is {version!r}: it can be '2012-10-17' or '2008-10-17'")
    identifier = data.get("Id")
    if identifier is not None and not isinstance(identifier, str):
        raise PolicyError(f"Id is {_named(identifier)}: it is a string")
    return Document(version=version, id=identifier, statements=_parse_statements(data, kind))


def _parse_statements(data: Mapping[str, object], kind: PolicyKind) -> tuple[Statement, ...]:
    if "Statement" not in data:
        raise PolicyError("Statement is missing: a policy has at least one")
    listed = data["Statement"]
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list):
        raise PolicyError(f"Statement is {_named(listed)}: it is an object or a list of objects")
    statements = []
    for index, item in enumerate(listed, start=1):
        try:
            statements.append(_parse_statement(item, kind))
        except PolicyError as error:
            raise PolicyError(f"statement {index}: {error}") from None
    return tuple(statements)


def _parse_statement(item: object, kind: PolicyKind) -> Statement:
    if not isinstance(item, dict):
        raise PolicyError(f"it is {_named(item)}: a statement is a JSON object")
    for name in item:
        if name not in _STATEMENT_ELEMENTS:
            raise PolicyError(f"unknown element {name!r}")
    sid = item.get("Sid")
    if sid is not None and not isinstance(sid, str):
        raise PolicyError(f"Sid is {_named(sid)}: it is a string")
    effect = item.get("Effect")
    if not isinstance(effect, str) or effect not in _EFFECTS:
        raise PolicyError(f"Effect is {effect!r}: it is 'Allow' or 'Deny'")
    _check_pairs(item, kind)
    principals = _parse_principals(item, "Principal")
    if kind is PolicyKind.RCP and any(name.value != "*" for name in principals or ()):
        raise PolicyError('the Principal of a resource control policy can be "*" only')
    return Statement(
        effect=_EFFECTS[effect],
        sid=sid,
        principals=principals,
        not_principals=_parse_principals(item, "NotPrincipal"),
        actions=_parse_strings(item, "Action"),
        not_actions=_parse_strings(item, "NotAction"),
        resources=_parse_strings(item, "Resource"),
        not_resources=_parse_strings(item, "NotResource"),
        conditions=_parse_conditions(item["Condition"]) if "Condition" in item else (),
    )


def _check_pairs(item: Mapping[str, object], kind: PolicyKind) -> None:
    if ("Action" in item) == ("NotAction" in item):
        raise PolicyError("it needs one of Action and NotAction, and not both")
    resources = ("Resource" in item) + ("NotResource" in item)
    if kind is PolicyKind.TRUST:
        if resources:
            raise PolicyError("a trust policy has no Resource: it is about its own role")
    elif resources != 1:
        raise PolicyError("it needs one of Resource and NotResource, and not both")
    principals = ("Principal" in item) + ("NotPrincipal" in item)
    if kind not in _NAMES_PRINCIPALS:
        if principals:
            raise PolicyError(f"{_a(kind)} names no principals: it is attached to them")
    elif principals != 1:
        raise PolicyError("it needs one of Principal and NotPrincipal, and not both")
    if "NotPrincipal" in item and kind not in _MAY_EXCEPT_PRINCIPALS:
        raise PolicyError(f"NotPrincipal is not allowed in {_a(kind)}")


def _a(kind: PolicyKind) -> str:
    return f"an {kind.value}" if kind is PolicyKind.IDENTITY else f"a {kind.value}"


def _parse_strings(item: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    if name not in item:
        return None
    value = item[name]
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value:
        for entry in value:
            if not isinstance(entry, str):
                raise PolicyError(f"{name} holds {_named(entry)}: its entries are strings")
        return tuple(value)
    if value == []:
        raise PolicyError(f"{name} is an empty list: it names at least one")
    raise PolicyError(f"{name} is {_named(value)}: it is a string or a list of strings")


def _parse_principals(item: Mapping[str, object], name: str) -> tuple[PrincipalName, ...] | None:
    if name not in item:
        return None
    value = item[name]
    if value == "*":
        return (EVERYONE,)
    if not isinstance(value, dict) or not value:
        raise PolicyError(f'{name} is {_named(value)}: it is "*" or an object such as {{"AWS": ARN}}')
    found = []
    for kind in value:
        if kind not in _PRINCIPAL_TYPES:
            known = ", ".join(sorted(_PRINCIPAL_TYPES))
            raise PolicyError(f"{name} has the type {kind!r}: the types are {known}")
        found += [PrincipalName(type=kind, value=entry) for entry in _parse_strings(value, kind) or ()]
    return tuple(found)


def _parse_conditions(block: object) -> tuple[Condition, ...]:
    if not isinstance(block, dict):
        raise PolicyError(f"Condition is {_named(block)}: it is an object of operators")
    conditions = []
    for operator, keys in block.items():
        if not isinstance(keys, dict):
            raise PolicyError(f"Condition {operator} is {_named(keys)}: it is an object of keys")
        for key, value in keys.items():
            values = value if isinstance(value, list) else [value]
            texts = tuple(_condition_text(operator, key, entry) for entry in values)
            conditions.append(Condition(operator=operator, key=key, values=texts))
    return tuple(conditions)


def _condition_text(operator: str, key: str, value: object) -> str:
    """AWS takes numbers and booleans in conditions too, and keeps them as strings."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise PolicyError(f"Condition {operator} {key} holds {_named(value)}: its values are strings")


def as_mapping(document: Document) -> dict[str, object]:
    """Write a document as plain values, in canonical order: see `canonical_json`."""
    written: dict[str, object] = {}
    if document.version is not None:
        written["Version"] = document.version
    if document.id is not None:
        written["Id"] = document.id
    written["Statement"] = [_statement_mapping(statement) for statement in document.statements]
    return written


def canonical_json(document: Document) -> str:
    """Write a document so that the same policy is always the same text.

    Elements stand in a fixed order; lists whose order means nothing are sorted and hold nothing twice;
    a list of one is its entry. The order of the statements is kept, since people read by it.
    """
    return json.dumps(as_mapping(document), ensure_ascii=False, separators=(",", ":"))


def _statement_mapping(statement: Statement) -> dict[str, object]:
    written: dict[str, object] = {}
    if statement.sid is not None:
        written["Sid"] = statement.sid
    written["Effect"] = statement.effect.value
    for name, principals in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
        if principals is not None:
            written[name] = _principals_mapping(principals)
    for name, strings in (
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Resource", statement.resources),
        ("NotResource", statement.not_resources),
    ):
        if strings is not None:
            written[name] = _one_or_sorted(strings)
    if statement.conditions:
        written["Condition"] = _conditions_mapping(statement.conditions)
    return written


def _principals_mapping(principals: tuple[PrincipalName, ...]) -> object:
    if EVERYONE in principals:
        return "*"
    types = sorted({principal.type for principal in principals})
    return {kind: _one_or_sorted(p.value for p in principals if p.type == kind) for kind in types}


def _conditions_mapping(conditions: tuple[Condition, ...]) -> dict[str, object]:
    written: dict[str, dict[str, object]] = {}
    for condition in sorted(conditions, key=lambda c: (c.operator, c.key)):
        written.setdefault(condition.operator, {})[condition.key] = _one_or_sorted(condition.values)
    return dict(written)


def _one_or_sorted(values: Iterable[str]) -> str | list[str]:
    unique = sorted(set(values))
    return unique[0] if len(unique) == 1 else unique


def _object_without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    data = dict(pairs)
    if len(data) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PolicyError(f"{twice!r} stands twice in one JSON object")
    return data


def _no_constant(text: str) -> object:
    raise PolicyError(f"{text} is not a JSON number")


def _named(value: object) -> str:
    """Say what a JSON value is, in the words of JSON, without repeating all of it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object" if value else "an empty object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
