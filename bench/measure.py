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
    return min(_times(rounds, work))


def median_of(rounds: int, work: Callable[[], object]) -> float:
    """Seconds that the work takes: the median of some rounds, for work that is not the same each time."""
    return statistics.median(_times(rounds, work))


def _times(rounds: int, work: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times
