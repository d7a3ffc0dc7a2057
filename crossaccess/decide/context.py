"""What a request says about itself: the condition keys and their values."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final, Literal, TypeAlias


class Unsaid(Enum):
    """Why there is no value to look at."""

    UNKNOWN = "nobody said whether the key is in the request"
    PRESENT = "the key is in the request, but its value is not known"


UNKNOWN: Final = Unsaid.UNKNOWN
PRESENT: Final = Unsaid.PRESENT
ABSENT: Final[tuple[str, ...]] = ()

Lookup: TypeAlias = tuple[str, ...] | Literal[Unsaid.UNKNOWN, Unsaid.PRESENT]


def lower_keys(context: Mapping[str, Sequence[str]]) -> dict[str, Lookup]:
    """The context by key in lower case: the names of keys have no case.

    A key given twice in different spellings has two truths; which one AWS would take is not known
    (IAM User Guide, "AWS global condition context keys": tag keys match in one spelling, "not both").
    """
    found: dict[str, Lookup] = {}
    for key, values in context.items():
        name = key.lower()
        found[name] = UNKNOWN if name in found else tuple(values)
    return found
