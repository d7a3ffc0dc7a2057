"""Between the engine's property values and plain Python ones: unknowns, secrets, numbers.

Handlers of resource types see plain values only. What was secret on the way in is secret again on the way
out, and so is every output that repeats a secret text (a tag under `tags` comes back under `tagsAll` too).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from pulumi.provider.experimental.property_value import PropertyValue

# Any: the properties of a resource are whatever its row of the registry says; `check` holds them to it.
Record: TypeAlias = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

# The engine has a sentinel for each type of value (sdk/go/common/resource/plugin/rpc.go).
_UNKNOWNS = frozenset({
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
})  # fmt: skip


def is_unknown(value: object) -> bool:
    """Whether this very value is one of the engine's sentinels for "not known before the deployment"."""
    return isinstance(value, str) and value in _UNKNOWNS


def has_unknown(value: object) -> bool:
    """Whether the value is, or anywhere inside holds, an unknown."""
    return any(is_unknown(leaf) for leaf in _leaves(value))


def plain(value: PropertyValue) -> object:
    """Strip one property value to plain Python; a whole number becomes an int."""
    inner = value.value
    if isinstance(inner, bool) or inner is None or isinstance(inner, str):
        return inner
    if isinstance(inner, float):
        return int(inner) if inner.is_integer() else inner
    if isinstance(inner, Mapping):
        return {key: plain(item) for key, item in inner.items()}
    if isinstance(inner, (tuple, list)):
        return [plain(item) for item in inner]
    return UNKNOWN if value.type.value == "Computed" else str(inner)


def plain_record(values: Mapping[str, PropertyValue]) -> Record:
    """Strip a resource's properties to plain Python; properties without a value are left out."""
    record = {key: plain(value) for key, value in values.items()}
    return {key: value for key, value in record.items() if value is not None}


def secret_texts(*sources: Mapping[str, PropertyValue]) -> frozenset[str]:
    """Return every non-empty text that stands in a value marked secret."""
    return frozenset(
        leaf
        for source in sources
        for value in source.values()
        for secret in _secret_parts(value)
        for leaf in _leaves(plain(secret))
        if isinstance(leaf, str) and leaf and not is_unknown(leaf)
    )


def property_values(
    record: Mapping[str, object],
    *,
    like: Mapping[str, PropertyValue],
    secrets: frozenset[str] = frozenset(),
) -> dict[str, PropertyValue]:
    """Dress a plain record for the engine.

    A property that is unchanged from `like` goes out as it came in, with its secret marks; another one is
    secret if its namesake in `like` was, or if it repeats one of the `secrets`.
    """
    dressed: dict[str, PropertyValue] = {}
    for key, value in record.items():
        before = like.get(key)
        if before is not None and plain(before) == value:
            dressed[key] = before.with_dependencies(())
            continue
        marked = (before is not None and before.contains_secret()) or _repeats(value, secrets)
        dressed[key] = _property_value(value).with_secret(marked)
    return dressed


def _property_value(value: object) -> PropertyValue:
    if isinstance(value, bool) or value is None or isinstance(value, (str, float)):
        return PropertyValue(value)
    if isinstance(value, int):
        return PropertyValue(float(value))
    if isinstance(value, Mapping):
        return PropertyValue({str(key): _property_value(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return PropertyValue([_property_value(item) for item in value])
    raise TypeError(f"no property value can hold a {type(value).__name__}")


def _secret_parts(value: PropertyValue) -> Iterator[PropertyValue]:
    if value.is_secret:
        yield value
    elif isinstance(value.value, Mapping):
        for item in value.value.values():
            yield from _secret_parts(item)
    elif isinstance(value.value, (tuple, list)):
        for item in value.value:
            yield from _secret_parts(item)


def _repeats(value: object, secrets: Iterable[str]) -> bool:
    texts = [leaf for leaf in _leaves(value) if isinstance(leaf, str)]
    return any(secret in text for secret in secrets for text in texts)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
