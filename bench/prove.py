"""How long a proof takes, beside iamprover on the same questions, and how that grows with the policies."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from bench import prove_ours
from bench.errors import BenchError
from bench.families import ACCOUNT, BOB, FAMILIES, Family, Question
from bench.measure import Measured, best_of
from bench.prove_ours import Answer
from bench.prove_peer import Peer, Told, running_peer
from crossaccess.decide import Decision, Policies, Request, compile_document, decide
from crossaccess.policy.document import PolicyKind, parse_document

Ask: TypeAlias = Callable[[Question], Answer]

_BESIDE = (5, 20, 50, 200)
"""Pairs at which the peer is asked too, as far as its time goes."""
_GROWTH = (50, 100, 200)
_FASTER = 50.0
_QUESTION_SECONDS = 15.0
_FAMILY_SECONDS = 25.0
"""The peer is asked no larger question once it has taken that long for a family."""
_TURNS = 3
_QUADRATIC = 4.0
_NOISE = 1.25
"""How much more than quadratic a doubling may cost, for the measurement's own noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Both questions of a family at one number of pairs.

    `seconds` is how long ours takes for both, `peer` are the peer's answers, if it was asked. `faults` says
    what is wrong with ours.
    """

    pairs: int
    seconds: float
    peer: Sequence[Told]
    faults: Sequence[str]

    @property
    def ratio(self) -> float:
        """How many times faster ours is; at least, where the peer's time was up."""
        return sum(told.seconds for told in self.peer) / self.seconds

    @property
    def over(self) -> bool:
        """Whether the peer's time was up."""
        return any(told.over for told in self.peer)


def proofs() -> Iterator[Measured]:
    """Each family beside the peer, then how each grows, then what both cost before they begin."""
    prove_ours.never(FAMILIES[0].questions(1)[0])
    try:
        with running_peer() as peer:
            for family in FAMILIES:
                yield beside(family, beside_peer(family, peer, prove_ours.never))
            yield _start_up(peer.start_up)
    except BenchError as fault:
        yield Measured(
            what="prove beside iamprover", value="not measured", beside=str(fault), wanted="-", ok=None
        )
    for family in FAMILIES:
        yield growth(family, [_alone(family, pairs) for pairs in _GROWTH])


def beside_peer(family: Family, peer: Peer, ask: Ask) -> Sequence[Pairs]:
    """Ask both provers the same, in turn, at each number of pairs until the peer's time is up."""
    found: list[Pairs] = []
    spent = 0.0
    for pairs in _BESIDE:
        told, own = list[Told](), list[tuple[float, Sequence[str]]]()
        for number, question in enumerate(family.questions(pairs)):
            told.append(peer.ask(question, seconds=_QUESTION_SECONDS))
            seconds, faults = _ask_ours(family, pairs, number, ask)
            own.append((seconds, faults or _differences(question, told[-1])))
        found.append(_together(pairs, own, told))
        spent += sum(one.seconds for one in told)
        if found[-1].over or spent > _FAMILY_SECONDS:
            break
    return found


def beside(family: Family, found: Sequence[Pairs]) -> Measured:
    """The row of a family: whether the answers are the same, and how much faster ours are."""
    faults = [f"{one.pairs} pairs: {fault}" for one in found for fault in one.faults]
    wanted = (
        f"same answers, {_FASTER:.0f} times as fast"
        if family.overlapping
        else "same answers (nothing overlaps)"
    )
    value = "; ".join(f"{one.pairs}: {_shown(one.seconds)}" for one in found)
    times = "; ".join(
        f"{one.pairs}: {'over ' if one.over else ''}{_shown(sum(told.seconds for told in one.peer))}, "
        f"{'over ' if one.over else ''}{one.ratio:,.0f} times"
        for one in found
    )
    return Measured(
        what=f"prove, pairs on {family.name}",
        value="; ".join(faults) or value,
        beside=f"iamprover {times}",
        wanted=wanted,
        ok=_kept(family, found),
    )


def growth(family: Family, found: Sequence[Pairs]) -> Measured:
    """The row that says what twice as many pairs cost: each of `found` has twice those of the one before."""
    faults = [f"{one.pairs} pairs: {fault}" for one in found for fault in one.faults]
    steps = [more.seconds / fewer.seconds for fewer, more in pairwise(found)]
    most = _QUADRATIC * _NOISE
    return Measured(
        what=f"prove, twice the pairs on {family.name}",
        value="; ".join(faults) or ", then ".join(f"{step:.1f} times" for step in steps),
        beside="; ".join(f"{one.pairs}: {_shown(one.seconds)}" for one in found),
        wanted=f"no worse than quadratic: {most:.0f} times",
        ok=not faults and max(steps) <= most,
    )


def _kept(family: Family, found: Sequence[Pairs]) -> bool | None:
    """Whether the promise is kept; `None` where the peer was stopped too early to tell."""
    if any(one.faults for one in found):
        return False
    if not family.overlapping:
        return True
    if any(one.ratio < _FASTER and not one.over for one in found):
        return False
    return True if any(one.ratio >= _FASTER for one in found) else None


def _ask_ours(family: Family, pairs: int, number: int, ask: Ask) -> tuple[float, Sequence[str]]:
    """The fastest of some turns, each with patterns of its own, and what is wrong with the answers."""
    times, faults = [], list[str]()
    for turn in range(_TURNS):
        question = family.questions(pairs, turn=turn)[number]
        begun = time.perf_counter()
        answer = ask(question)
        times.append(time.perf_counter() - begun)
        faults += _wrong(question, answer)
    return min(times), faults[:1]


def _wrong(question: Question, answer: Answer) -> Sequence[str]:
    """What is wrong with an answer, the request that it gives as an example included."""
    asked = f"never {question.action} on {question.resource}"
    if answer.holds is None:
        return (f"{asked}: unknown",)
    if answer.holds != question.holds:
        return (f"{asked}: said {'' if answer.holds else 'not '}to hold",)
    if answer.holds:
        return ()
    if answer.request is None:
        return (f"{asked}: no example",)
    decision = _decided(question, answer.request)
    return () if decision is Decision.ALLOWED else (f"{asked}: the example is {decision.value}",)


def _differences(question: Question, told: Told) -> Sequence[str]:
    """Ours is right by now: does the peer say the same, if it says anything?"""
    if told.holds in (None, question.holds):
        return ()
    verb = "holds" if told.holds else "does not hold"
    return (f"never {question.action} on {question.resource}: iamprover says that it {verb}",)


def _decided(question: Question, request: Mapping[str, object]) -> Decision:
    """What the decision core says of an example."""
    context = request.get("context", {})
    if not isinstance(context, dict):
        raise BenchError("an example's context is no object")
    documents = [compile_document(parse_document(one, PolicyKind.IDENTITY)) for one in question.documents]
    asked = Request(
        principal=str(request.get("principal", BOB)),
        action=str(request["action"]),
        resource=str(request["resource"]),
        resource_account=ACCOUNT,
        context={key: (value,) if isinstance(value, str) else tuple(value) for key, value in context.items()},
    )
    return decide(asked, Policies(identity=documents)).decision


def _alone(family: Family, pairs: int) -> Pairs:
    """Both questions, without the peer."""
    return _together(pairs, [_ask_ours(family, pairs, number, prove_ours.never) for number in (0, 1)])


def _together(pairs: int, own: Sequence[tuple[float, Sequence[str]]], told: Sequence[Told] = ()) -> Pairs:
    return Pairs(
        pairs=pairs,
        seconds=sum(seconds for seconds, _ in own),
        peer=told,
        faults=[fault for _, faults in own for fault in faults],
    )


def _start_up(peer: float) -> Measured:
    """A process that has loaded the prover, beside one that has loaded the peer."""
    words = [sys.executable, "-c", f"import {prove_ours.MODULE}"]
    own = best_of(3, lambda: subprocess.run(words, check=True))  # noqa: S603 - our own interpreter
    return Measured(
        what="start-up of a process that proves",
        value=_shown(own),
        beside=f"iamprover {_shown(peer)}: in none of the times above",
        wanted="-",
        ok=None,
    )


def _shown(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"
