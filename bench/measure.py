"""One measurement, and how to take the time."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured, what it came to, what stood beside it, what was wanted, and whether it holds.

    `ok` is `None` where it could not be measured on this machine.
    """

    what: str
    value: str
    beside: str
    wanted: str
    ok: bool | None


def best_of(rounds: int, work: Callable[[], object]) -> float:
    """Seconds that the work takes: the fastest of some rounds, since noise only ever adds."""
    return min(_seconds_of(work) for _ in range(rounds))


def medians_of(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Seconds that each work takes: the medians of some rounds, in each of which all have their turn.

    So whatever else the machine does slows all of them.
    """
    times = [[_seconds_of(work) for work in works] for _ in range(rounds)]
    return [statistics.median(of_one) for of_one in zip(*times, strict=True)]


def _seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
