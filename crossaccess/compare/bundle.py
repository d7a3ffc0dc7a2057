"""The automata of many shapes side by side, in one int: wanted shapes in groups, and unwanted ones.

The wanted shapes have the lowest bits. Each shape's states are bits in a row, so that all of them step at
once, by a shift.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crossaccess.compare.machine import Machine, everything_from, glided
from crossaccess.compare.shapes import Shape
from crossaccess.compare.signs import Chars, common_beginning, outside, rank


@dataclass(frozen=True, slots=True)
class _Part:
    """One shape's states, from `low` on: they are the bits from `offset` on."""

    machine: Machine
    low: int
    offset: int

    def lift(self, states: int) -> int:
        """The shape's states as bits of the bundle."""
        return states >> self.low << self.offset

    @property
    def states(self) -> range:
        return range(self.low, len(self.machine.stays))


@dataclass(frozen=True, slots=True)
class Steps:
    """What one character does: states that it leads on, that stay, and that it treats unlike a fresh one."""

    leads: int
    stays: int
    differs: int


@dataclass(frozen=True, slots=True)
class Group:
    """A wanted group: the states of all its shapes and of each, those that read fresh characters, too."""

    states: int
    shapes: tuple[int, ...]
    free: int


@dataclass(slots=True)
class Bundle:
    """All the shapes together. `beginning` is text that all answers begin with: it is read already."""

    beginning: str
    width: int = 0
    start: int = 0
    glides: int = 0
    wanted: int = 0
    """The states of all wanted shapes."""
    groups: list["Group"] = field(default_factory=list)
    accepts: int = 0
    """The states in which a wanted shape matches what was read."""
    refuses: int = 0
    """The states in which an unwanted shape does."""
    doomed: int = 0
    """The states from which an unwanted shape matches whatever is read."""
    remaining: list[int] = field(default_factory=list)
    """By the number of a wanted state: how many characters its shape still asks for."""
    readable: list[frozenset[str]] = field(default_factory=list)
    """By the number of a wanted state: the characters that it names."""
    alphabet: tuple[str, ...] = ()
    """One character for each class of characters that no shape tells apart, the readable ones first."""
    fresh: str = ""
    """The character that stands for all that no shape names."""
    _parts: list[_Part] = field(default_factory=list)
    _steps: dict[str, Steps] = field(default_factory=dict)
    _implied: dict[int, int] = field(default_factory=dict)
    """By the number of a state: the states before it that read nothing that it does not."""
    _implying: int = 0

    def steps(self, sign: str) -> Steps:
        """The steps of a character, put together when they are first asked for."""
        found = self._steps.get(sign)
        if found is None:
            leads = stays = differs = 0
            for part in self._parts:
                leads |= part.lift(part.machine.steps(sign))
                stays |= part.lift(part.machine.loops(sign))
            if sign != self.fresh:
                fresh = self.steps(self.fresh)
                differs = (leads ^ fresh.leads) | (stays ^ fresh.stays)
            found = self._steps[sign] = Steps(leads, stays, differs)
        return found

    def thinned(self, states: int, before: int) -> int:
        """The states but those that others, which were not there before, make needless."""
        new = states & self._implying & ~before
        while new:
            number = new.bit_length() - 1
            states &= ~self._implied[number]
            new &= states & ~(1 << number)
        return states

    def _add(self, shape: Shape) -> _Part | None:
        """Take a shape in; nothing where it does not match any text with this beginning."""
        machine = shape.machine
        if shape.prefix.startswith(self.beginning):
            low = len(self.beginning)
            states = machine.glide(1 << low)
        else:
            states = machine.read(self.beginning, machine.start)
            if not states:
                return None
            low = (states & -states).bit_length() - 1
        part = _Part(machine, low, self.width)
        self._parts.append(part)
        self.width += len(part.states)
        self.start |= part.lift(states)
        self.glides |= part.lift(machine.glides)
        self._note_implied(part)
        return part

    def _note_implied(self, part: _Part) -> None:
        """A state that stays on all that leads to it from an earlier one reads whatever the earlier does."""
        machine = part.machine
        begins: dict[int, int] = {}
        for place in part.states:
            loop = machine.stays[place]
            if loop is None:
                continue
            before = place
            while before > part.low and _within(machine, before - 1, loop):
                # Whatever an earlier such state implies reads characters of its set alone, too.
                before = begins.get(before - 1, before - 1)
            if before < place:
                begins[place] = before
                number = part.offset + place - part.low
                self._implied[number] = part.lift((1 << place) - (1 << before))
                self._implying |= 1 << number

    def add_group(self, group: Sequence[Shape]) -> bool:
        """Take in a wanted group; `False` where none of its shapes matches a text with this beginning."""
        shapes: list[int] = []
        free = 0
        for part in filter(None, map(self._add, group)):
            self.accepts |= part.lift(part.machine.accept)
            shapes.append(part.lift((1 << len(part.machine.stays)) - (1 << part.low)))
            free |= self._measured(part)
        states = sum(shapes)
        self.wanted |= states
        self.groups.append(Group(states, tuple(shapes), free))
        return bool(states)

    def add_unwanted(self, shape: Shape) -> None:
        """Take in a shape that is not to be matched."""
        part = self._add(shape)
        if part is not None:
            self.refuses |= part.lift(part.machine.accept)
            self.doomed |= part.lift(everything_from(part.machine))

    def _measured(self, part: _Part) -> int:
        """Note what the states of a wanted shape ask for; those of them that read fresh characters."""
        machine = part.machine
        free = 0
        left = sum(machine.leads[place] is not None for place in part.states)
        for place in part.states:
            sets = [chars for chars in (machine.stays[place], machine.leads[place]) if chars is not None]
            self.remaining.append(left)
            self.readable.append(frozenset[str]().union(*(chars.listed for chars in sets)))
            left -= machine.leads[place] is not None
            if any(chars.negated for chars in sets):
                free |= 1 << place
        return part.lift(free)

    def settle_alphabet(self) -> None:
        """Name one character of each class, once all shapes are in."""
        sets = {
            chars
            for part in self._parts
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


def bundle(wanted: Sequence[Sequence[Shape]], unwanted: Iterable[Shape]) -> Bundle | None:
    """Put shapes together; `None` where a group is left with none that matches what the others begin with."""
    beginnings = (common_beginning([shape.prefix for shape in group]) for group in wanted)
    found = Bundle(max(beginnings, key=len, default=""))
    if not all(found.add_group(group) for group in wanted):
        return None
    for shape in unwanted:
        found.add_unwanted(shape)
    found.settle_alphabet()
    found.start = found.thinned(glided(found.start, found.glides), 0)
    return found


def _within(machine: Machine, place: int, loop: Chars) -> bool:
    """Whether a state stays on and leads on by characters of the set alone."""
    return all(chars is None or loop.covers(chars) for chars in (machine.stays[place], machine.leads[place]))
