"""The ordered values that a condition key can have, as whole numbers that can be counted through.

IAM User Guide, "IAM JSON policy elements: Condition operators" (numbers, dates, addresses). Each kind of
value is a line of steps, so that "is there any value left?" has an exact answer. What a step stands for is
read by the readers of the condition operators, so that both always agree.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from crossaccess.decide.operators import OPERATORS

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Address: TypeAlias = IPv4Address | IPv6Address
    Network: TypeAlias = IPv4Network | IPv6Network

_PLACES: Final = 60
_FINE: Final = 10**_PLACES
# 9999-12-31T23:59:59Z: later ones cannot be written as a date.
_LAST_SECOND: Final = 253_402_300_799
# Four digits could be a year or seconds, and no operator on dates reads them.
_FIRST_EPOCH: Final = 10_000
_IPV4_END: Final = 1 << 32
# IPv6 begins beyond IPv4 with a gap, so that no stretch can run from one into the other.
_IPV6: Final = 1 << 33
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Line(Enum):
    """The lines that there are."""

    WHOLE = "whole numbers from 0, of at most 60 digits"
    """What AWS sends for its number keys: ages, counts, days, seconds."""
    DECIMAL = "decimal numbers, of at most 60 digits on each side of the point"
    """For `s3:TlsVersion`, and for texts such as tags that a policy compares as numbers."""
    MOMENT = "whole seconds from 1970 to 9999, as dates"
    EPOCH = "whole seconds from 1970 to 9999, as numbers"
    """`aws:EpochTime`, which operators on numbers read as well as those on dates. Without the first three
    hours of 1970, which no operator on dates reads."""
    ADDRESS = "IPv4 and IPv6 addresses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How a line's values become whole numbers, and back.

    `cuts` are where the line begins and ends: it holds the steps from each even cut up to before the next.
    `kinds` are the names of the operators that compare such values, less their endings. One is as much as
    `scale` steps; `units` are round numbers of steps, each a multiple of the one before. `reader` is the
    operator whose reader of requests reads such values, and `write` says one as a request would.
    """

    cuts: tuple[int, ...]
    kinds: tuple[str, ...]
    scale: int
    units: tuple[int, ...]
    reader: str
    write: Callable[[int], str]


def _write_whole(step: int) -> str:
    return str(step)


def _write_decimal(step: int) -> str:
    whole, part = divmod(abs(step), _FINE)
    text = f"{whole}.{part:0{_PLACES}d}".rstrip("0").removesuffix(".")
    return f"-{text}" if step < 0 else text


def _write_moment(step: int) -> str:
    return (_START + timedelta(seconds=step)).strftime("%Y-%m-%dT%H:%M:%SZ")


def address_of(step: int) -> "Address":
    """The address that a step of the addresses stands for."""
    import ipaddress  # noqa: PLC0415 - a tenth of the command's start-up time, and seldom needed

    if step < _IPV4_END:
        return ipaddress.IPv4Address(step)
    return ipaddress.IPv6Address(step - _IPV6)


def _write_address(step: int) -> str:
    return str(address_of(step))


def step_of_address(address: "Address") -> int:
    """The step that stands for an address."""
    return int(address) + (_IPV6 if address.version == 6 else 0)


_NUMERIC: Final = "Numeric"
_DATE: Final = "Date"
_DAY: Final = (60, 3600, 86_400)

STEPS: Final[dict[Line, Steps]] = {
    Line.WHOLE: Steps(
        cuts=(0, _FINE),
        kinds=(_NUMERIC,),
        scale=1,
        units=(),
        reader="NumericEquals",
        write=_write_whole,
    ),
    Line.DECIMAL: Steps(
        cuts=(1 - _FINE * _FINE, _FINE * _FINE),
        kinds=(_NUMERIC,),
        scale=_FINE,
        units=tuple(10**power for power in range(1, _PLACES + 1)),
        reader="NumericEquals",
        write=_write_decimal,
    ),
    Line.MOMENT: Steps(
        cuts=(0, _LAST_SECOND + 1),
        kinds=(_DATE,),
        scale=1,
        units=_DAY,
        reader="DateEquals",
        write=_write_moment,
    ),
    Line.EPOCH: Steps(
        cuts=(_FIRST_EPOCH, _LAST_SECOND + 1),
        kinds=(_NUMERIC, _DATE),
        scale=1,
        units=_DAY,
        reader="NumericEquals",
        write=_write_whole,
    ),
    Line.ADDRESS: Steps(
        cuts=(0, _IPV4_END, _IPV6, _IPV6 + (1 << 128)),
        kinds=(),
        scale=1,
        units=(),
        reader="IpAddress",
        write=_write_address,
    ),
}


@lru_cache(maxsize=4096)
def read_step(text: str, line: Line) -> int | None:
    """The step that a request's value stands for; `None` where the line holds no such value."""
    steps = STEPS[line]
    read = OPERATORS[steps.reader].read_request
    value = read(text) if read else None
    if value is None:
        return None
    step = _step(value, steps.scale)
    if step is None:
        return None
    return step if is_inside(step, steps.cuts) else None


def is_inside(step: int, cuts: tuple[int, ...]) -> bool:
    """Whether the stretches between the cuts hold a step."""
    return bisect_right(cuts, step) % 2 == 1


def _step(value: object, scale: int) -> int | None:
    if isinstance(value, Decimal):
        floor, rest = scaled(value, scale)
        return None if rest else floor
    return step_of_address(value)  # type: ignore[arg-type]  # the reader of addresses reads nothing else


def scaled(value: Decimal, scale: int) -> tuple[int, bool]:
    """The steps up to a number, and whether the number lies between that step and the next."""
    above, below = value.as_integer_ratio()
    whole, rest = divmod(above * scale, below)
    return whole, rest != 0
