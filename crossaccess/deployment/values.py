"""Values of the engine's files: what is not known yet, what is secret, and what can be read."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from crossaccess.deployment.picture import Policy

NOT_KNOWN = "it is not known before the deployment"
SECRET = "it is secret"  # noqa: S105 - a reason, not a secret
NO_TEXT = "it is neither text nor a JSON object"

_UNKNOWN = re.compile(
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9|1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"
    "|3eeb2bf0-c639-47a8-9e75-3b44932eb421|6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"
    "|030794c1-ac77-496b-92df-f27374a8bd58|e48ece36-62e2-4504-bad9-02848725956a"
    "|dd056dcd-154b-4c76-9bd3-c8f88648b5ff"
)
"""What the engine writes for a text, boolean, number, list, asset, archive and object that is unknown."""
_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key of objects that stand for another kind of value: a secret, an output."""
_HIDDEN = "[secret]"
"""What a preview shows for a secret."""


def why_unreadable(value: object) -> str | None:
    """Why a value, or anything inside of it, cannot be read; `None` where it can."""
    if isinstance(value, str):
        return _why_hidden(value)
    found = None
    for one in _parts(value):
        reason = _why_hidden(one)
        if reason == SECRET:
            return SECRET
        found = found or reason
    return found


def _why_hidden(one: object) -> str | None:
    if isinstance(one, str):
        if one == _HIDDEN:
            return SECRET
        return NOT_KNOWN if _UNKNOWN.search(one) else None
    return SECRET if isinstance(one, dict) and _SIGNATURE in one else None


def text_of(value: object) -> str | None:
    """A text that is known and not empty; `None` for everything else."""
    return value if isinstance(value, str) and value and why_unreadable(value) is None else None


def texts_of(value: object) -> tuple[str, ...]:
    """The known texts of a list; nothing where it is none."""
    if not isinstance(value, list):
        return ()
    return tuple(text for one in value if (text := text_of(one)) is not None)


def given(value: object) -> Mapping[str, object]:
    """What a JSON object says: without the names that it has and says nothing of."""
    return {name: one for name, one in mapping_of(value).items() if one is not None}


def mapping_of(value: object) -> Mapping[str, object]:
    """A JSON object; an empty one where the value is none."""
    return value if isinstance(value, dict) else {}


def number_of(value: object) -> int | None:
    """A whole number; `None` for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < 1e15 else None


def policy_of(value: object, *, name: str, source: str, arn: str | None = None) -> Policy:
    """The policy that a value holds: a text, or the object that it says."""
    unknown = why_unreadable(value)
    text: str | None = None
    if unknown is None:
        if isinstance(value, str):
            text = value
        elif isinstance(value, dict):
            text = _written(value)
        if not text:
            text, unknown = None, NO_TEXT
    return Policy(name=name, text=text, unknown=unknown, arn=arn, source=source)


def _written(value: Mapping[str, object]) -> str | None:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return None


def _parts(value: object) -> Iterator[object]:
    """The value and all that is inside of it, however deep."""
    left = [value]
    while left:
        one = left.pop()
        yield one
        inner: Iterable[object] = ()
        if isinstance(one, dict):
            inner = one.values()
        elif isinstance(one, list):
            inner = one
        left.extend(inner)
