"""How the benchmark judges a prover beside its peer."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench import prove
from bench.errors import BenchError
from bench.families import FAMILIES, Question
from bench.prove import Pairs, beside, beside_peer, growth
from bench.prove_ours import Answer
from bench.prove_peer import Peer, Told

OVERLAPPING, APART = FAMILIES[0], FAMILIES[1]
RIGHT = (
    "holds = line['action'] == 's3:PutObject'\n"
    "print(json.dumps({'holds': holds, 'seconds': 2.0}), flush=True)"
)


@contextmanager
def peer(body: str) -> Iterator[Peer]:
    """A process that says that it is there, and then does this with each `line`."""
    indented = body.replace("\n", "\n    ")
    program = (
        "import json, sys, time\n"
        "print(json.dumps({'seconds': 0.1}), flush=True)\n"
        f"for text in sys.stdin:\n    line = json.loads(text)\n    {indented}\n"
    )
    started = Peer([sys.executable, "-c", program])
    try:
        yield started
    finally:
        started.stop()


def truth(question: Question) -> Answer:
    """A prover that is right, and shows it by a request."""
    if question.holds:
        return Answer(holds=True)
    resource = question.resource.replace("/*", "/x/p0/y")
    return Answer(holds=False, request={"action": question.action, "resource": resource})


def pairs(seconds: float, *told: Told, number: int = 5, faults: tuple[str, ...] = ()) -> Pairs:
    """What was measured at so many pairs."""
    return Pairs(pairs=number, seconds=seconds, peer=told, faults=faults)


def doubled(*seconds: float, faults: tuple[str, ...] = ()) -> list[Pairs]:
    """What was measured of ours alone, at 50 pairs and twice as many each time."""
    return [pairs(one, number=50 * 2**step, faults=faults) for step, one in enumerate(seconds)]


@pytest.fixture
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "_QUESTION_SECONDS", 0.5)


def test_both_are_asked_the_same_until_the_peer_used_up_its_time() -> None:
    """Two seconds an answer, two answers a size: 25 seconds are not over at any size."""
    with peer(RIGHT) as started:
        found = beside_peer(OVERLAPPING, started, truth)
    assert [one.pairs for one in found] == [5, 20, 50, 200]
    assert [told.seconds for one in found for told in one.peer] == [2.0] * 8
    assert not any(one.faults for one in found)
    assert beside(OVERLAPPING, found).ok


def test_no_larger_question_is_asked_once_the_time_of_a_family_is_used_up() -> None:
    """Thirteen seconds an answer: the second size is not asked for."""
    with peer(RIGHT.replace("2.0", "13.0")) as started:
        found = beside_peer(OVERLAPPING, started, truth)
    assert [one.pairs for one in found] == [5]


@pytest.mark.usefixtures("_brief")
def test_a_peer_that_cannot_answer_is_asked_for_no_more_pairs() -> None:
    """The other question of the same size is still asked, of a process that is started anew."""
    slow = "time.sleep(600) if line['action'] == 's3:PutObject' else None\n" + RIGHT
    with peer(slow) as started:
        (found,) = beside_peer(OVERLAPPING, started, truth)
    assert found.peer == [Told(holds=None, seconds=0.5, over=True), Told(holds=False, seconds=2.0)]
    assert not found.faults


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(holds=None), "unknown"),
        (Answer(holds=False, request={}), "said not to hold"),
    ],
    ids=["unknown", "wrong"],
)
def test_an_answer_of_ours_that_is_not_right_is_a_no(answer: Answer, fault: str) -> None:
    """However fast it came."""
    with peer(RIGHT) as started:
        found = beside_peer(OVERLAPPING, started, lambda q: answer if q.holds else truth(q))
    row = beside(OVERLAPPING, found)
    assert row.ok is False
    assert fault in row.value


@pytest.mark.parametrize(
    ("resource", "fault"),
    [
        (None, "no example"),
        ("arn:aws:s3:::shared/x", "the example is not allowed"),
    ],
)
def test_a_counterexample_has_to_be_one(resource: str | None, fault: str) -> None:
    """The decision core has to allow the request that is shown."""
    request = None if resource is None else {"action": "s3:GetObject", "resource": resource}
    with peer(RIGHT) as started:
        found = beside_peer(
            OVERLAPPING, started, lambda q: truth(q) if q.holds else Answer(holds=False, request=request)
        )
    row = beside(OVERLAPPING, found)
    assert row.ok is False
    assert fault in row.value


def test_a_peer_that_says_otherwise_is_a_no() -> None:
    """Either of the two is wrong: somebody has to look."""
    with peer(RIGHT.replace("==", "!=")) as started:
        row = beside(OVERLAPPING, beside_peer(OVERLAPPING, started, truth))
    assert row.ok is False
    assert "iamprover says that it does not hold" in row.value


def test_the_promise_is_fifty_times_as_fast_where_patterns_overlap() -> None:
    """Where they do not, the same answers are enough."""
    quick = pairs(1.0, Told(holds=True, seconds=49.0))
    assert beside(OVERLAPPING, [quick]).ok is False
    assert beside(APART, [quick]).ok is True
    assert beside(OVERLAPPING, [pairs(1.0, Told(holds=True, seconds=50.0))]).ok is True


def test_a_peer_that_was_stopped_counts_with_the_time_that_it_had() -> None:
    """Its full time may be longer: less than fifty times tells nothing, fifty times is enough."""
    stopped = Told(holds=None, seconds=15.0, over=True)
    assert beside(OVERLAPPING, [pairs(1.0, stopped)]).ok is None
    assert beside(OVERLAPPING, [pairs(0.1, stopped)]).ok is True
    assert "over 150 times" in beside(OVERLAPPING, [pairs(0.1, stopped)]).beside


def test_growth_may_be_quadratic() -> None:
    """Twice the pairs may cost four times as much, with some noise, and not eight times."""
    assert growth(OVERLAPPING, doubled(1.0, 4.2, 17.0)).ok is True
    assert growth(OVERLAPPING, doubled(1.0, 2.0, 16.0)).ok is False


def test_growth_without_answers_is_a_no() -> None:
    """Who gives up early is quick with many pairs, too."""
    row = growth(OVERLAPPING, doubled(1.0, 1.0, faults=("unknown",)))
    assert row.ok is False
    assert "unknown" in row.value


def test_a_peer_that_ends_is_told_with_its_status() -> None:
    """It is no answer."""
    question = OVERLAPPING.questions(1)[0]
    with peer("sys.exit(3)") as started, pytest.raises(BenchError, match="status 3"):
        started.ask(question, seconds=10.0)


def test_the_start_of_the_peer_is_told_apart() -> None:
    """It is in none of the seconds of an answer."""
    with peer(RIGHT) as started:
        begun = time.perf_counter()
        told = started.ask(OVERLAPPING.questions(1)[0], seconds=10.0)
        assert 0 < started.start_up < time.perf_counter() - begun
    assert told == Told(holds=True, seconds=2.0)
