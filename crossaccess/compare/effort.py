"""How much work one comparison may cost altogether.

Patterns can be written so that telling them apart takes for ever. What was not told when the work is used
up is told as unknown. Work is counted in steps, never in seconds: the same question has the same answer on
every machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

OVERLAP: Final = "the statements overlap in too many ways to tell"


class TooHardError(Exception):
    """The question takes more steps than may be made: its answer is not known."""


class _Effort:
    def __init__(self, steps: int) -> None:
        self.left = steps


MOST: Final = 3_000_000
"""Some ten seconds."""

_effort: ContextVar[_Effort | None] = ContextVar("effort", default=None)


@contextmanager
def limited(steps: int = MOST) -> Iterator[None]:
    """What is asked within may take so many steps together; then each question raises `TooHardError`."""
    token = _effort.set(_Effort(steps))
    try:
        yield
    finally:
        _effort.reset(token)


def spend(steps: int) -> None:
    """Count some steps. Raises `TooHardError` where none are left."""
    effort = _effort.get()
    if effort is None:
        return
    effort.left -= steps
    if effort.left < 0:
        raise TooHardError(OVERLAP)
