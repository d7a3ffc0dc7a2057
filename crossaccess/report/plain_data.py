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
    """The value as one line of JSON in printable ASCII."""
    return _printable(json.dumps(plain(value), separators=(", ", ": ")))


def indented(value: object) -> str:
    """The value as lines of JSON in printable ASCII, without a line feed at the end; keys stay in order."""
    return _printable(json.dumps(value, indent=2))


def _printable(text: str) -> str:
    # The one control character that JSON leaves as it is.
    return text.replace("\x7f", "\\u007f")
