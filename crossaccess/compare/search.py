"""The exact search for a text that some shapes match and others do not.

A node of the search is the states of all shapes after a text (see `bundle`). A node is redundant where
another one has the same states of the wanted shapes and only some of its states of the unwanted ones:
whatever is found behind it is found behind the other.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from crossaccess.compare.bundle import Bundle, Group, bundle
from crossaccess.compare.effort import TooHardError, spend
from crossaccess.compare.machine import glided
from crossaccess.compare.shapes import Shape

BUDGET = 45_000
"""How much work a search may cost: one for each step over some hundred states."""

_BITS_PER_WORK = 1_200
_NODES_PER_WORK = 12
_STATES_PER_WORK = 3


def search(
    wanted: Sequence[Sequence[Shape]], unwanted: Sequence[Shape], *, budget: int = BUDGET
) -> str | None:
    """A text that a shape of each wanted group matches and no unwanted one; `None` where there is none.

    With one wanted group the text is as short as can be, with several nearly so. Raises `TooHardError`
    beyond the budget.
    """
    together = bundle(wanted, unwanted)
    if together is None or together.start & together.doomed:
        return None
    one = _Search(together, budget)
    try:
        rest = one.find()
    finally:
        spend(budget - one.budget)
    return None if rest is None else together.beginning + rest


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What the wanted states tell: characters still asked for, whether all groups match, what can be read."""

    remaining: int
    accepts: bool
    signs: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    """The unwanted states of the nodes that share their wanted ones, with the lengths of their texts."""

    exactly: dict[int, int] = field(default_factory=dict)
    least: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Search:
    bundle: Bundle
    budget: int
    outlooks: dict[int, _Outlook] = field(default_factory=dict)
    sights: dict[int, tuple[int, frozenset[str] | None]] = field(default_factory=dict)
    seen: dict[int, _Seen] = field(default_factory=dict)

    def find(self) -> str | None:
        """The rest of a text, behind the beginning: the nodes that promise the shortest one go first."""
        together = self.bundle
        weight = 1 + together.width // _BITS_PER_WORK
        numbers = count()
        texts: list[tuple[int, str]] = [(0, "")]
        heap = [(self._outlook(together.start).remaining, 0, next(numbers), 0, together.start)]
        self._is_new(together.start, 0)
        while heap:
            _, deep, _, text, states = heapq.heappop(heap)
            outlook = self._outlook(states)
            if outlook.accepts and not states & together.refuses:
                return _spelled(texts, text)
            reads_fresh = together.fresh in outlook.signs
            for sign in outlook.signs:
                steps = together.steps(sign)
                if reads_fresh and sign != together.fresh and not states & steps.differs:
                    continue
                self.budget -= weight
                reached = ((states & steps.leads) << 1) | (states & steps.stays)
                if together.glides:
                    reached = glided(reached, together.glides)
                if reached & together.doomed:
                    continue
                reached = together.thinned(reached, states)
                ahead = self._outlook(reached)
                deeper = deep - 1
                if ahead.remaining < 0 or not self._is_new(reached, -deeper):
                    continue
                texts.append((text, sign))
                promise = ahead.remaining - deeper
                heapq.heappush(heap, (promise, deeper, next(numbers), len(texts) - 1, reached))
            if self.budget < 0:
                raise TooHardError("too many ways in which the patterns overlap")
        return None

    def _is_new(self, states: int, length: int) -> bool:
        """Whether no node with at most these unwanted states and as short a text is known.

        If so, this one is from now on.
        """
        wanted = states & self.bundle.wanted
        unwanted = states ^ wanted
        seen = self.seen.setdefault(wanted, _Seen())
        if seen.exactly.get(unwanted, length + 1) <= length:
            return False
        self.budget -= len(seen.least) // _NODES_PER_WORK
        for other, known in seen.least:
            if other & unwanted == other and known <= length:
                return False
        seen.exactly[unwanted] = length
        seen.least.append((unwanted, length))
        return True

    def _outlook(self, states: int) -> _Outlook:
        wanted = states & self.bundle.wanted
        found = self.outlooks.get(wanted)
        if found is None:
            found = self.outlooks[wanted] = self._looked(wanted)
        return found

    def _looked(self, wanted: int) -> _Outlook:
        remaining = 0
        accepts = True
        signs: frozenset[str] | None = None
        self.budget -= len(self.bundle.groups) // _STATES_PER_WORK
        for group in self.bundle.groups:
            alive = wanted & group.states
            if not alive:
                return _Outlook(-1, accepts=False, signs=())
            left, readable = self._sight(alive, group)
            remaining += left
            accepts = accepts and bool(alive & self.bundle.accepts)
            if readable is not None:
                signs = readable if signs is None else signs & readable
        alphabet = self.bundle.alphabet
        listed = alphabet if signs is None else tuple(sign for sign in alphabet if sign in signs)
        return _Outlook(remaining, accepts, listed)

    def _sight(self, alive: int, group: Group) -> tuple[int, frozenset[str] | None]:
        """What one group's states ask for at least, and what they read: `None` where any character."""
        found = self.sights.get(alive)
        if found is None:
            # Of each shape, the last state asks for least.
            lasts = [own.bit_length() - 1 for own in (alive & shape for shape in group.shapes) if own]
            left = min(self.bundle.remaining[number] for number in lasts)
            self.budget -= 1 + len(group.shapes) // _STATES_PER_WORK
            readable = None
            if not alive & group.free:
                readable = frozenset[str]().union(*(self.bundle.readable[n] for n in _numbers(alive)))
                self.budget -= alive.bit_count() // _STATES_PER_WORK
            found = self.sights[alive] = left, readable
        return found


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _spelled(texts: Sequence[tuple[int, str]], text: int) -> str:
    signs: list[str] = []
    while text:
        text, sign = texts[text]
        signs.append(sign)
    return "".join(reversed(signs))
