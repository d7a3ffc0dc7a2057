"""In which order lines are asked, when again, and how long that takes."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from crossaccess.decide import Decision
from crossaccess.live.rounds import Clock, Work, ask
from crossaccess.verify.expecting import Expected
from crossaccess.verify.judging import Outcome, Verdict
from crossaccess.verify.line import Aim, Answer, By, Call, Line, Reply

YES, NO = Answer(reply=Reply.ALLOWED), Answer(reply=Reply.REFUSED, code="AccessDenied", status=403)
ALLOWED, REFUSED = Expected(decision=Decision.ALLOWED), Expected(decision=Decision.NOT_ALLOWED)


def line(call: Call, grant: str = "g") -> Line:
    """A line of some grant."""
    return Line(grant=grant, bucket="b", by=By.OWN, call=call, place="p/", aim=Aim.GRANTED)


class Time:
    """A clock that stands still unless somebody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> Clock:
        """The clock."""
        return Clock(now=lambda: self.seconds, pause=self._pause)

    def _pause(self, seconds: float) -> None:
        self.seconds += seconds


def asked(
    line_: Line, expected: Expected, answers: Sequence[Answer], *, patience: float = 60, weak: bool = False
) -> tuple[Outcome, Time, list[str]]:
    """Ask one line that gets these answers one after the other, the last one for ever."""
    left, told, clock = list(answers), list[str](), Time()

    def make(_: Line) -> Answer:
        return left.pop(0) if len(left) > 1 else left[0]

    work = Work(make=make, weak=lambda _: weak, tell=told.append, clock=clock.clock())
    (outcome,) = ask({line_: expected}, work, patience=patience)
    return outcome, clock, told


def test_a_refusal_that_comes_too_early_is_no_failure() -> None:
    """It is asked again, with longer and longer pauses, and the wait is told."""
    outcome, clock, told = asked(line(Call.GET), ALLOWED, [NO, NO, NO, YES])
    assert (outcome.verdict, outcome.tries) == (Verdict.AGREES, 4)
    assert clock.seconds == 1 + 2 + 4
    assert told[0] == "1 of 1 answers are not as expected yet: 60 s left to try"


def test_patience_has_an_end() -> None:
    """A refusal that stays is a difference, after the time that was given and no more."""
    outcome, clock, _ = asked(line(Call.GET), ALLOWED, [NO], patience=10)
    assert outcome.verdict is Verdict.DIFFERS
    assert clock.seconds == 10
    outcome, clock, _ = asked(line(Call.GET), ALLOWED, [NO], patience=0)
    assert (outcome.verdict, outcome.tries, clock.seconds) == (Verdict.DIFFERS, 1, 0)


def test_what_should_be_refused_is_asked_once_more_at_the_end() -> None:
    """A refusal that was only early, and ends, is a difference."""
    outcome, _, told = asked(line(Call.GET), REFUSED, [NO, YES])
    assert (outcome.verdict, outcome.tries, outcome.rechecked) == (Verdict.DIFFERS, 2, True)
    outcome, _, _ = asked(line(Call.DELETE), REFUSED, [NO])
    assert (outcome.verdict, outcome.tries, outcome.rechecked) == (Verdict.AGREES, 2, True)
    assert told == ["Asking once more what was refused, 1 of 1 lines"]


@pytest.mark.parametrize("call", [Call.PUT, Call.MULTIPART, Call.DELETE])
def test_a_write_that_should_be_refused_is_not_repeated(call: Call) -> None:
    """It did something each time; a read may be repeated, and be refused then."""
    outcome, clock, _ = asked(line(call), REFUSED, [YES])
    assert (outcome.verdict, outcome.tries, clock.seconds) == (Verdict.DIFFERS, 1, 0)
    outcome, _, _ = asked(line(Call.LIST), REFUSED, [YES, NO])
    assert (outcome.verdict, outcome.tries) == (Verdict.AGREES, 3)


@pytest.mark.parametrize(
    ("expected", "answer", "weak"),
    [
        (Expected(decision=Decision.UNKNOWN, reasons=("why",)), NO, False),
        (ALLOWED, Answer(reply=Reply.FAILED, message="no way"), False),
        (ALLOWED, Answer(reply=Reply.NOT_MADE, message="no role"), False),
        (ALLOWED, Answer(reply=Reply.REFUSED, missing=True), True),
    ],
)
def test_what_cannot_be_told_is_not_waited_for(expected: Expected, answer: Answer, weak: bool) -> None:
    """No later answer would tell more; and it says why."""
    outcome, clock, _ = asked(line(Call.GET), expected, [answer], weak=weak)
    assert (outcome.verdict, clock.seconds) == (Verdict.UNTOLD, 0)
    assert outcome.why_untold


def test_roles_come_first_then_probes_then_reads_then_deletes() -> None:
    """A delete that should be refused is tried beside the reads; one that works comes when all is read."""
    seen: list[str] = []
    lock = threading.Lock()

    def make(one: Line) -> Answer:
        with lock:
            seen.append(f"{one.call.value} {one.grant}")
        return NO if one.grant == "refused" else YES

    expected = {
        line(Call.DELETE): ALLOWED,
        line(Call.DELETE, "refused"): REFUSED,
        line(Call.GET): ALLOWED,
        line(Call.PUT): ALLOWED,
        line(Call.ASSUME): ALLOWED,
    }
    work = Work(make=make, weak=lambda _: False, prepare=[lambda: seen.append("probe")])
    outcomes = ask(expected, work, patience=0)
    assert [one.line for one in outcomes] == list(expected)
    assert seen[:3] == ["assume the role g", "put g", "probe"]
    assert sorted(seen[3:5]) == ["delete refused", "get g"]
    assert seen[5:] == ["delete g", "delete refused"]


def test_a_run_takes_at_most_three_times_its_slowest_line() -> None:
    """An upload in parts is four calls; the others are one each, whichever wait for each other."""
    call = 0.1

    def make(one: Line) -> Answer:
        time.sleep(4 * call if one.call is Call.MULTIPART else call)
        return NO if one.grant.startswith("refused") else YES

    expected = {
        line(one, f"{kind}-{number}"): ALLOWED if kind == "allowed" else REFUSED
        for kind in ("allowed", "refused")
        for number in range(4)
        for one in (Call.ASSUME, Call.PUT, Call.GET, Call.LIST, Call.DELETE, Call.MULTIPART)
        if kind == "allowed" or one is not Call.MULTIPART
    }
    assert len(expected) == 44
    began = time.monotonic()
    outcomes = ask(expected, Work(make=make, weak=lambda _: False), patience=0)
    took = time.monotonic() - began
    assert {one.verdict for one in outcomes} == {Verdict.AGREES}
    assert took <= 3 * max(one.seconds for one in outcomes)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_whoever_interrupts_waits_for_the_calls_under_way(error: type[BaseException]) -> None:
    """One of them may make an object, which has to be known by the time that all is taken away."""
    done: list[str] = []
    told: list[str] = []

    def make(_: Line) -> Answer:
        time.sleep(0.2)
        done.append("made")
        return YES

    def interrupted() -> Callable[[], None]:
        def task() -> None:
            raise error

        return task

    lines = {line(Call.GET, str(number)): ALLOWED for number in range(3)}
    with pytest.raises(error):
        ask(
            lines,
            Work(make=make, weak=lambda _: False, prepare=[interrupted()], tell=told.append),
            patience=0,
        )
    assert [one.partition(",")[0] for one in told] == ["Ending: waiting for the calls under way"]
    pause = Clock(pause=lambda _: (_ for _ in ()).throw(error()))
    refusing = Work(make=lambda one: make(one) and NO, weak=lambda _: False, clock=pause)
    with pytest.raises(error):
        ask(lines, refusing, patience=60)
    assert done == ["made"] * 3
