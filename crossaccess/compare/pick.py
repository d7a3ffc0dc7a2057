"""Which value of a set is shown as its example: one that a person reads easily."""

from collections.abc import Sequence
from typing import Final

from crossaccess.compare.line import STEPS, Line, step_of_address

Stretch = tuple[int, int]
"""The steps from the first up to before the second."""

# RFC 5737 and RFC 3849: addresses set aside for documentation.
_SHOWN: Final = ("203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7")
_DAY: Final = 86_400
# 2027-01-01T00:00:00Z
_SOME_DAY: Final = 1_798_761_600


def pick(line: Line, stretches: Sequence[Stretch]) -> int:
    """The step that is shown, of stretches that rise and are not empty; there is at least one."""
    if line in (Line.MOMENT, Line.EPOCH):
        return _pick_moment(line, stretches[-1])
    if line is Line.ADDRESS:
        return _pick_address(stretches)
    return _pick_number(line, stretches)


def _pick_moment(line: Line, stretch: Stretch) -> int:
    """A midnight, if there is one: the first of a stretch that begins, the last of one that only ends."""
    low, high = stretch
    _, highest = STEPS[line].cuts
    # What is open to the past begins on the first day that can be written.
    if low > _DAY:
        midnight = -(-low // _DAY) * _DAY
        return midnight if midnight < high else low
    if high == highest:
        return _SOME_DAY
    midnight = (high - 1) // _DAY * _DAY
    return max(midnight, low)


def _pick_address(stretches: Sequence[Stretch]) -> int:
    from ipaddress import ip_address  # noqa: PLC0415 - a tenth of the command's start-up time

    for step in (step_of_address(ip_address(text)) for text in _SHOWN):
        if any(low <= step < high for low, high in stretches):
            return step
    low, high = stretches[0]
    # Not the network's own address, where the network has others.
    return next(step for step in (low + 7, low + 1, low) if step < high)


def _pick_number(line: Line, stretches: Sequence[Stretch]) -> int:
    """1, or else the number with the fewest digits behind the point, from 0 upwards and then downwards."""
    one = STEPS[line].scale
    if any(low <= one < high for low, high in stretches):
        return one
    up = [(max(low, 0), high) for low, high in stretches if high > 0]
    unit = one
    while True:
        for low, high in up:
            step = -(-low // unit) * unit
            if step < high:
                return step
        for low, high in reversed(stretches):
            step = (min(high, 1) - 1) // unit * unit
            if step >= low:
                return step
        unit //= 10
