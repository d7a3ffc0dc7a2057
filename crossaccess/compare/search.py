"""The exact search for a text that some shapes match and others do not.

The automata of all shapes run side by side in one int; a node of the search is such an int. A node is
redundant where another one has the same states of the wanted shapes and only some of its states of the
unwanted ones: whatever is found behind it is found behind the other.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from crossaccess.compare.machine import Machine, everything_from
from crossaccess.compare.shapes import Shape
from crossaccess.compare.signs import Chars, common_beginning, outside, rank

BUDGET = 60_000
"""How much work a search may cost: about one for each step over a thousand states."""

_BITS_PER_WORK = 2_000
_NODES_PER_WORK = 30


class TooHardError(Exception):
    """The question takes more steps than the search may make: its answer is not known."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One shape in the common int: its states from `low` on are bits from `offset` on."""

    machine: Machine
    low: int
    offset: int
    start: int

    def lift(self, states: int) -> int:
        return states >> self.low << self.offset

    @property
    def states(self) -> range:
        return range(self.low, len(self.machine.stays))

    @property
    def end(self) -> int:
        return self.offset + len(self.states)


def search(
    wanted: Sequence[Sequence[Shape]], unwanted: Sequence[Shape], *, budget: int = BUDGET
) -> str | None:
    """A text that a shape of each wanted group matches and no unwanted one; `None` where there is none.

    With one wanted group the text is as short as can be, with several nearly so. Raises `TooHardError`
    beyond the budget.
    """
    beginning = _shared_prefix(wanted)
    run = _Run(beginning)
    for group in wanted:
        if not run.add_group(group):
            return None
    run.add_unwanted(unwanted)
    rest = run.find(budget)
    return None if rest is None else beginning + rest


def _shared_prefix(wanted: Sequence[Sequence[Shape]]) -> str:
    """The longest text with which, by one of the groups, all texts begin."""
    return max((common_beginning([shape.prefix for shape in group]) for group in wanted), key=len, default="")


@dataclass(slots=True)
class _Outlook:
    """What the states of the wanted shapes alone tell about a node."""

    remaining: int
    accepts: bool
    signs: tuple[str, ...]


@dataclass(slots=True)
class _Steps:
    """What one character does to all states at once. `differs`: where it does not as the fresh one does."""

    steps: int
    loops: int
    differs: int


@dataclass(slots=True)
class _Run:
    """One search. `beginning` is text that every answer begins with: it is read already."""

    beginning: str
    parts: list[_Part] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    """The states of each wanted group."""
    width: int = 0
    wanted: int = 0
    """The states of all wanted groups."""
    accepts: int = 0
    """The states in which a wanted shape accepts."""
    refuses: int = 0
    """The states in which an unwanted shape matches what was read."""
    doomed: int = 0
    """The states from which an unwanted shape matches whatever is read."""
    glides: int = 0
    start: int = 0
    covered: dict[int, int] = field(default_factory=dict)
    """By the number of a state: the states before it that add nothing to it."""
    covering: int = 0
    alphabet: tuple[str, ...] = ()
    fresh: str = ""
    known: dict[str, _Steps] = field(default_factory=dict)
    outlooks: dict[int, _Outlook] = field(default_factory=dict)
    leads: list[Chars | None] = field(default_factory=list)
    stays: list[Chars | None] = field(default_factory=list)
    remaining: list[int] = field(default_factory=list)
    """By the number of a wanted state: how many characters its shape still asks for."""

    def add_group(self, group: Sequence[Shape]) -> bool:
        """Take in a wanted group; `False` where nothing of it can be matched any more."""
        low = self.width
        for shape in group:
            part = self._add(shape)
            if part is not None:
                self.accepts |= part.lift(part.machine.accept)
                self._measure(part)
        bits = (1 << self.width) - (1 << low)
        self.groups.append(bits)
        self.wanted |= bits
        return bool(bits)

    def add_unwanted(self, shapes: Iterable[Shape]) -> None:
        """Take in what must not match, and settle the alphabet."""
        for shape in shapes:
            part = self._add(shape)
            if part is not None:
                self.refuses |= part.lift(part.machine.accept)
                self.doomed |= part.lift(everything_from(part.machine))
        self._settle_alphabet()

    def _add(self, shape: Shape) -> _Part | None:
        machine = shape.machine
        if shape.prefix.startswith(self.beginning):
            low = len(self.beginning)
            states = machine.glide(1 << low)
        else:
            low = 0
            states = machine.read(self.beginning, machine.start)
            if not states:
                return None
            low = (states & -states).bit_length() - 1
        part = _Part(machine, low, self.width, states)
        self.parts.append(part)
        self.width = part.end
        self.start |= part.lift(states)
        self.glides |= part.lift(machine.glides)
        self._note_covered(part)
        return part

    def _note_covered(self, part: _Part) -> None:
        """A state that stays on whatever leads to it from an earlier one reads all that the earlier does."""
        for place in part.states:
            loop = part.machine.stays[place]
            if loop is None:
                continue
            before = place
            while before > part.low and _within(part.machine, before - 1, loop):
                before -= 1
            if before < place:
                number = part.offset + place - part.low
                self.covered[number] = part.lift((1 << place) - (1 << before))
                self.covering |= 1 << number

    def _measure(self, part: _Part) -> None:
        machine = part.machine
        self.leads += machine.leads[part.low :]
        self.stays += machine.stays[part.low :]
        left = 0
        lengths = []
        for place in reversed(part.states):
            left += machine.leads[place] is not None
            lengths.append(left)
        self.remaining += reversed(lengths)

    def _settle_alphabet(self) -> None:
        """One readable character for each class of characters that no set tells apart."""
        sets = {
            chars
            for part in self.parts
            for row in (part.machine.leads, part.machine.stays)
            for chars in row[part.low :]
            if chars is not None
        }
        members: dict[str, int] = {}
        for number, chars in enumerate(sets):
            for sign in chars.listed:
                members[sign] = members.get(sign, 0) | 1 << number
        best: dict[int, str] = {}
        for sign in sorted(members, key=rank):
            best.setdefault(members[sign], sign)
        self.fresh = outside(members)
        self.alphabet = tuple(sorted((self.fresh, *best.values()), key=rank))

    def _steps(self, sign: str) -> _Steps:
        """The steps of a character, put together when they are first asked for."""
        found = self.known.get(sign)
        if found is None:
            steps = loops = 0
            for part in self.parts:
                steps |= part.lift(part.machine.steps(sign))
                loops |= part.lift(part.machine.loops(sign))
            found = _Steps(steps, loops, 0)
            if sign != self.fresh:
                fresh = self._steps(self.fresh)
                found.differs = (steps ^ fresh.steps) | (loops ^ fresh.loops)
            self.known[sign] = found
        return found

    def _outlook(self, states: int) -> _Outlook:
        """The outlook of the wanted states among these."""
        own = states & self.wanted
        found = self.outlooks.get(own)
        if found is None:
            alive = [own & group for group in self.groups]
            accepts = all(bits & self.accepts for bits in alive)
            remaining = sum(min(self.remaining[number] for number in _numbers(bits)) for bits in alive)
            found = _Outlook(remaining, accepts, self._readable(alive))
            self.outlooks[own] = found
        return found

    def _readable(self, alive: Iterable[int]) -> tuple[str, ...]:
        """The characters that each wanted group can read."""
        signs = self.alphabet
        for bits in alive:
            listed: set[str] | None = set()
            for number in _numbers(bits):
                for chars in (self.leads[number], self.stays[number]):
                    if chars is not None and chars.negated:
                        listed = None
                        break
                    if chars is not None and listed is not None:
                        listed |= chars.listed
                if listed is None:
                    break
            if listed is not None:
                signs = tuple(sign for sign in signs if sign in listed)
        return signs

    def _glided(self, states: int) -> int:
        more = (states & self.glides) << 1
        while more & ~states:
            states |= more
            more = (states & self.glides) << 1
        return states

    def _thinned(self, states: int, before: int) -> int:
        """Without the states that those which are new cover."""
        new = states & self.covering & ~before
        while new:
            number = new.bit_length() - 1
            states &= ~self.covered[number]
            new &= states & ~(1 << number)
        return states

    def find(self, budget: int) -> str | None:
        """The rest of a text, behind the beginning."""
        start = self._thinned(self.start, 0)
        if start & self.doomed:
            return None
        weigh = 1 + self.width // _BITS_PER_WORK
        numbers = count()
        nodes: list[tuple[int, str]] = [(-1, "")]
        heap = [(self._outlook(start).remaining, 0, next(numbers), 0, start)]
        seen: dict[int, list[int]] = {start & self.wanted: [start & ~self.wanted]}
        work = 0
        while heap:
            _, depth, _, node, states = heapq.heappop(heap)
            outlook = self._outlook(states)
            if outlook.accepts and not states & self.refuses:
                return _spelled(nodes, node)
            plain = self.fresh in outlook.signs
            for sign in outlook.signs:
                steps = self._steps(sign)
                if plain and sign != self.fresh and not states & steps.differs:
                    continue
                work += weigh
                reached = ((states & steps.steps) << 1) | (states & steps.loops)
                if self.glides:
                    reached = self._glided(reached)
                if reached & self.doomed or not all(reached & group for group in self.groups):
                    continue
                reached = self._thinned(reached, states)
                own = reached & self.wanted
                others = seen.setdefault(own, [])
                unwanted = reached ^ own
                work += len(others) // _NODES_PER_WORK
                if any(other & unwanted == other for other in others):
                    continue
                others.append(unwanted)
                nodes.append((node, sign))
                further = depth - 1
                ahead = self._outlook(reached).remaining - further
                heapq.heappush(heap, (ahead, further, next(numbers), len(nodes) - 1, reached))
            if work > budget:
                raise TooHardError("too many ways in which the patterns overlap")
        return None


def _within(machine: Machine, place: int, loop: Chars) -> bool:
    """Whether a state stays on and leads on by characters of the set alone."""
    return all(chars is None or loop.covers(chars) for chars in (machine.stays[place], machine.leads[place]))


def _numbers(bits: int) -> Iterable[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _spelled(nodes: Sequence[tuple[int, str]], node: int) -> str:
    signs: list[str] = []
    while node > 0:
        node, sign = nodes[node]
        signs.append(sign)
    return "".join(reversed(signs))
