"""The automata of many shapes side by side, in one int: wanted shapes in groups, and unwanted ones.

The wanted shapes have the lowest bits. Each shape's states are bits in a row, so that all of them step at
once, by a shift.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crossaccess.compare.machine import Machine, Tail, glided
from crossaccess.compare.shapes import Shape
from crossaccess.compare.signs import Chars, common_beginning, outside, rank


@dataclass(frozen=True, slots=True)
class _Part:
    """One shape's states: they are the bits from `offset` on."""

    tail: Tail
    offset: int


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
    _leads: dict[str, int] = field(default_factory=dict)
    """By the characters that are named: the states that one leads on unlike a fresh one."""
    _stays: dict[str, int] = field(default_factory=dict)
    """The same for the states that stay."""
    _fresh_leads: int = 0
    _fresh_stays: int = 0
    _sets: set[Chars] = field(default_factory=set)
    _steps: dict[str, Steps] = field(default_factory=dict)
    _implied: dict[int, int] = field(default_factory=dict)
    """By the number of a state: the states before it that read nothing that it does not."""
    _implying: int = 0

    def steps(self, sign: str) -> Steps:
        """The steps of a character, put together when they are first asked for."""
        found = self._steps.get(sign)
        if found is None:
            leads, stays = self._leads.get(sign, 0), self._stays.get(sign, 0)
            found = Steps(self._fresh_leads ^ leads, self._fresh_stays ^ stays, leads | stays)
            self._steps[sign] = found
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
        tail, offset = machine.tail(low), self.width
        self.width += len(tail.machine.stays)
        self.start |= states >> low << offset
        self.glides |= tail.machine.glides << offset
        self._sets |= tail.sets
        self._fresh_leads |= tail.machine.leading.rest << offset
        self._fresh_stays |= tail.machine.staying.rest << offset
        for sign, unlike in tail.leads_unlike:
            self._leads[sign] = self._leads.get(sign, 0) | unlike << offset
        for sign, unlike in tail.stays_unlike:
            self._stays[sign] = self._stays.get(sign, 0) | unlike << offset
        for place, needless in tail.implied:
            self._implied[offset + place] = needless << offset
            self._implying |= 1 << offset + place
        return _Part(tail, offset)

    def add_group(self, group: Sequence[Shape]) -> bool:
        """Take in a wanted group; `False` where none of its shapes matches a text with this beginning."""
        shapes: list[int] = []
        free = 0
        for part in filter(None, map(self._add, group)):
            machine = part.tail.machine
            self.accepts |= machine.accept << part.offset
            shapes.append(((1 << len(machine.stays)) - 1) << part.offset)
            free |= self._measured(machine) << part.offset
        states = sum(shapes)
        self.wanted |= states
        self.groups.append(Group(states, tuple(shapes), free))
        return bool(states)

    def add_unwanted(self, shape: Shape) -> None:
        """Take in a shape that is not to be matched."""
        part = self._add(shape)
        if part is not None:
            self.refuses |= part.tail.machine.accept << part.offset
            self.doomed |= part.tail.doomed << part.offset

    def _measured(self, machine: Machine) -> int:
        """Note what the states of a wanted shape ask for; those of them that read fresh characters."""
        free = 0
        left = sum(chars is not None for chars in machine.leads)
        for place, row in enumerate(zip(machine.stays, machine.leads, strict=True)):
            sets = [chars for chars in row if chars is not None]
            self.remaining.append(left)
            self.readable.append(frozenset[str]().union(*(chars.listed for chars in sets)))
            left -= machine.leads[place] is not None
            if any(chars.negated for chars in sets):
                free |= 1 << place
        return free

    def settle_alphabet(self) -> None:
        """Name one character of each class, once all shapes are in."""
        members: dict[str, int] = {}
        for number, chars in enumerate(self._sets):
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
