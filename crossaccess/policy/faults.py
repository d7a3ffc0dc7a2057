"""What is wrong with somebody's input, said so that they can mend it, all of it at once."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST_SHOWN = 80
# The engine's YAML reader turns an unquoted date into this text before a program sees it.
_YAML_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mistake: `key` says where, `found` what stands there, `mend` what would be right."""

    key: str
    found: str
    mend: str

    def __str__(self) -> str:
        return f"{self.key} {self.found}: {self.mend}"


class Faults:
    """Collects mistakes while input is read, so that all are reported and not just the first."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, key: str, found: str, mend: str) -> None:
        """Note a mistake and go on."""
        self._found.append(Fault(key=key, found=found, mend=mend))

    def all(self) -> tuple[Fault, ...]:
        """Every mistake so far, in the order of the input."""
        return tuple(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)


def listed(heading: str, faults: Iterable[Fault]) -> str:
    """One message for a person: the heading, then a line for each mistake."""
    return "\n".join([heading, *(f"  - {fault}" for fault in faults)])


def shown(value: object) -> str:
    """Say what stands there: short, on one line, and with its type where that is the trouble."""
    if value is None:
        return "is missing or empty"
    if isinstance(value, bool):
        return f"is {'true' if value else 'false'} (a boolean)"
    if isinstance(value, int | float):
        return f"is {value} (a number)"
    if isinstance(value, dict):
        return "is a mapping" if value else "is an empty mapping"
    if isinstance(value, list | tuple):
        return "is a list" if value else "is an empty list"
    text = repr(value)
    if len(text) > _LONGEST_SHOWN:
        text = f"{text[: _LONGEST_SHOWN - 3]}..."
    date = isinstance(value, str) and _YAML_DATE.fullmatch(value)
    return f"is {text} (YAML read a date: quote it)" if date else f"is {text}"


def shown_key(name: object) -> str:
    """Say the name of a key as it stands there; one that could disturb the message is quoted and cut."""
    text = str(name)
    if text.isascii() and text.isprintable() and " " not in text and 0 < len(text) <= _LONGEST_SHOWN:
        return text
    return shown(text).removeprefix("is ")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant; `None` where nothing is like it."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def meant(name: str, known: Iterable[str]) -> str:
    """What would be right instead of an unknown name: the nearest one, else all of them."""
    names = sorted(known)
    close = nearest(name, names)
    return f"did you mean {close!r}?" if close else f"it can be {', '.join(names)}"
