"""One measurement, and how to take the time."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured, what it came to, what stood beside it, what was wanted, and whether it holds."""

    what: str
    value: str
    beside: str
    wanted: str
    ok: bool


def best_of(rounds: int, work: Callable[[], object]) -> float:
    """Seconds that the work takes: the fastest of some rounds, since noise only ever adds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
