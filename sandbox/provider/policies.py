"""When two policy texts mean the same: what the real provider asks before it shows a difference.

AWS may give a policy back with other white space and order than it was given. A text that means the same
is no change, neither at `refresh` nor when a program writes its policy out differently.
"""

import json
import re
from collections.abc import Mapping

_SETS = ("Action", "NotAction", "Resource", "NotResource")
_ROOT_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")


def same_policy(first: object, second: object) -> bool:
    """Whether two policies, as JSON texts, are equal but for formatting, order and one-item lists."""
    if first == second:
        return True
    left, right = _loaded(first), _loaded(second)
    return left is not None and right is not None and _normal(left) == _normal(right)


def policy_text(document: object) -> str:
    """Write a policy that a program gave as an object, or that boto3 decoded, as compact JSON."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


def policy_fault(text: object) -> str | None:
    """Return what keeps a text from being a policy document at all, or None."""
    if not isinstance(text, str):
        return "must be a JSON text or an object"
    try:
        document = json.loads(text)
    except ValueError as error:
        return f"is not JSON: {error}"
    return None if isinstance(document, dict) else "must be a JSON object"


def _loaded(text: object) -> Mapping[str, object] | None:
    if not isinstance(text, str):
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _normal(document: Mapping[str, object]) -> dict[str, object]:
    statements = sorted((_statement(item) for item in _listed(document.get("Statement"))), key=_sort_key)
    rest = {key: value for key, value in document.items() if key != "Statement"}
    return {**rest, "Statement": statements}


def _statement(item: object) -> object:
    if not isinstance(item, Mapping):
        return item
    normal: dict[str, object] = {}
    for key, value in item.items():
        if key in _SETS:
            normal[key] = _unordered(value)
        elif key in {"Principal", "NotPrincipal"} and isinstance(value, Mapping):
            normal[key] = {kind: _unordered(_principals(names)) for kind, names in value.items()}
        elif key == "Condition" and isinstance(value, Mapping):
            normal[key] = {operator: _condition(keys) for operator, keys in value.items()}
        elif not (key == "Sid" and value == ""):
            normal[key] = value
    return normal


def _principals(names: object) -> list[object]:
    """An account's id and its root ARN are one principal; AWS stores the ARN."""
    return [_ROOT_ARN.sub(r"\1", name) if isinstance(name, str) else name for name in _listed(names)]


def _condition(keys: object) -> object:
    if not isinstance(keys, Mapping):
        return keys
    return {
        str(key).lower(): _unordered([_scalar(item) for item in _listed(value)])
        for key, value in keys.items()
    }


def _scalar(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


def _unordered(value: object) -> list[object]:
    return sorted({_sort_key(item): item for item in _listed(value)}.values(), key=_sort_key)


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _sort_key(value: object) -> str:
    return json.dumps(value, sort_keys=True)
