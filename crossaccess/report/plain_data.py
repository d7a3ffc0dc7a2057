"""A value as JSON has it, the same every time."""

import json
import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet


def plain(value: object) -> object:
    """Mappings as objects with sorted keys, sequences as lists, sets as sorted lists, all else as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such numbers
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(entry) for entry in value]
    if isinstance(value, AbstractSet):
        return sorted((plain(entry) for entry in value), key=compact)
    return str(value)


def compact(value: object) -> str:
    """The value as one line of JSON that is ASCII only."""
    return json.dumps(plain(value), separators=(", ", ": "))
