"""The order of the calls: what needs nothing first, side by side, and again where IAM may not be there yet.

IAM User Guide, "Changes that I make are not always immediately visible": AWS is eventually consistent.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from crossaccess.verify.expecting import Expected
from crossaccess.verify.judging import Outcome, Verdict
from crossaccess.verify.line import ASSUMING, WRITING, Answer, Call, Line, Reply

MOST_AT_ONCE = 32
_LONGEST_PAUSE = 8.0
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How time passes: `now` in seconds, `pause` for some seconds."""

    now: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the lines are asked by. `weak` says of a line that a missing object looks like a refusal.

    `prepare` are the tasks that have to be done before what reads probes. `tell` shows progress.
    """

    make: Callable[[Line], Answer]
    weak: Callable[[Line], bool]
    prepare: Sequence[Callable[[], None]] = ()
    tell: Callable[[str], None] = lambda _: None
    clock: Clock = Clock()


def ask(expected: Mapping[Line, Expected], work: Work, *, patience: float) -> tuple[Outcome, ...]:
    """Make the calls of all lines, in the order of `expected`.

    A refusal of what should be let through, and whatever is let through that should not be and changes
    nothing, is tried again for up to `patience` seconds in all. What is refused as it should be is asked once
    more at the end.
    """
    found: dict[Line, Outcome] = {}
    with _Pool(min(MOST_AT_ONCE, max(1, len(expected))), work.tell) as pool:
        deadline = work.clock.now() + patience
        for number, lines in enumerate(_stages(expected)):
            tasks = work.prepare if number == _READS else ()
            pool.all(tasks)
            found |= _stage(lines, expected, work, pool, deadline)
        again = [one for one in found.values() if _is_right_refusal(one)]
        if again:
            work.tell(f"Asking once more what was refused, {len(again)} of {len(found)} lines")
        asked = [_bound(_asked, one.line, expected, work) for one in again]
        for before, now in zip(again, pool.all(asked), strict=True):
            found[before.line] = replace(now, tries=before.tries + 1, rechecked=True)
    return tuple(found[line] for line in expected)


_READS = 2
"""The stage that asks for probes."""


def _stages(expected: Mapping[Line, Expected]) -> list[list[Line]]:
    """Roles are assumed before they are used, probes made before they are read, and deleted at the end."""
    stages: list[list[Line]] = [[], [], [], []]
    for line, one in expected.items():
        if line.call in ASSUMING:
            stages[0].append(line)
        elif line.call in (Call.PUT, Call.MULTIPART, Call.ABORT, Call.LIST):
            stages[1].append(line)
        elif line.call is Call.DELETE and one.allowed is not False:
            stages[3].append(line)
        else:
            stages[_READS].append(line)
    return stages


def _stage(
    lines: Sequence[Line], expected: Mapping[Line, Expected], work: Work, pool: "_Pool", deadline: float
) -> dict[Line, Outcome]:
    found: dict[Line, Outcome] = {}
    pending, pause = list(lines), 1.0
    while pending:
        for one in pool.all([_bound(_asked, line, expected, work) for line in pending]):
            tries = found[one.line].tries + 1 if one.line in found else 1
            found[one.line] = replace(one, tries=tries)
        pending = [line for line in pending if _may_change(found[line])]
        left = deadline - work.clock.now()
        if not pending or left <= 0:
            break
        nap = min(pause, left)
        work.tell(f"{len(pending)} of {len(lines)} answers are not as expected yet: {left:.0f} s left to try")
        work.clock.pause(nap)
        pause = min(2 * pause, _LONGEST_PAUSE)
    return found


def _asked(line: Line, expected: Mapping[Line, Expected], work: Work) -> Outcome:
    began = work.clock.now()
    answer = work.make(line)
    return Outcome(
        line=line,
        expected=expected[line],
        answer=answer,
        weak=answer.missing and work.weak(line),
        seconds=work.clock.now() - began,
    )


def _may_change(one: Outcome) -> bool:
    """Whether a later answer may be another one, and asking does no harm."""
    if one.verdict is Verdict.AGREES or one.expected.allowed is None or one.weak:
        return False
    if one.answer.reply is Reply.REFUSED:
        return True
    return one.answer.reply is Reply.ALLOWED and one.line.call not in WRITING


def _is_right_refusal(one: Outcome) -> bool:
    return one.verdict is Verdict.AGREES and one.answer.reply is Reply.REFUSED


def _bound(
    function: Callable[[Line, Mapping[Line, Expected], Work], Outcome],
    line: Line,
    expected: Mapping[Line, Expected],
    work: Work,
) -> Callable[[], Outcome]:
    return lambda: function(line, expected, work)


class _Pool:
    """Threads that are waited for, also after Ctrl-C: a call under way may make an object.

    `tell` says so to a person, whom a call that nobody answers keeps waiting.
    """

    def __init__(self, workers: int, tell: Callable[[str], None]) -> None:
        self._pool = ThreadPoolExecutor(workers)
        self._tell = tell

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None:
            self._tell("Ending: waiting for the calls under way, which may write something, to take it away")
        self._pool.shutdown(wait=True, cancel_futures=True)

    def all(self, tasks: Iterable[Callable[[], _Result]]) -> list[_Result]:
        """Do the tasks side by side, and answer what came of them, in order."""
        futures: list[Future[_Result]] = [self._pool.submit(task) for task in tasks]
        wait(futures)
        return [future.result() for future in futures]
