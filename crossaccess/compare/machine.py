"""The automaton of one shape, as bits: state `i` is bit `i` of an int, and a step is a shift.

A shape's automaton is a line: each state has at most one set of characters that lead on to the next, and at
most one that it stays on. `glides` marks the states from which the next one is reached without reading.
"""

from collections.abc import Callable, Iterable, Iterator

from crossaccess.compare.signs import EVERY, Chars


class Machine:
    """The states of one shape. `stays[i]` and `leads[i]` are the sets of state `i`; the last one accepts."""

    __slots__ = ("_tails", "_tested", "accept", "glides", "leading", "leads", "start", "staying", "stays")

    def __init__(self, stays: tuple[Chars | None, ...], leads: tuple[Chars | None, ...], glides: int) -> None:
        self.stays = stays
        self.leads = leads
        self.glides = glides
        self.accept = 1 << (len(stays) - 1)
        self.start = self.glide(1)
        self.leading = BySign(leads)
        self.staying = BySign(stays)
        self._tested: dict[tuple[Chars, Callable[[Chars, Chars], bool]], tuple[int, int]] = {}
        self._tails: dict[int, Tail] = {}

    def steps(self, sign: str) -> int:
        """The states from which the character leads on."""
        return self.leading.named.get(sign, self.leading.rest)

    def loops(self, sign: str) -> int:
        """The states that stay on the character."""
        return self.staying.named.get(sign, self.staying.rest)

    def glide(self, states: int) -> int:
        """The states, and those reached from them without reading."""
        return glided(states, self.glides) if self.glides else states

    def tail(self, low: int) -> "Tail":
        """Its states from one on."""
        found = self._tails.get(low)
        if found is None:
            machine = Machine(self.stays[low:], self.leads[low:], self.glides >> low)
            found = self._tails[low] = Tail(machine)
        return found

    def read(self, text: str, states: int) -> int:
        """The states in which the text ends that begins in these."""
        for sign in text:
            states = ((states & self.steps(sign)) << 1) | (states & self.loops(sign))
            states = self.glide(states)
            if not states:
                return 0
        return states

    def accepts(self, text: str) -> bool:
        """Whether the whole text is read."""
        return bool(self.read(text, self.start) & self.accept)

    def absorbs(self, tokens: Iterable[tuple[Chars, bool]], state: int) -> bool:
        """Whether, from one state on, all texts of the tokens are read, each token on one way.

        `False` is no proof of the contrary.
        """
        states = self.glide(1 << state)
        for chars, repeats in tokens:
            kept = states & self._staying(chars, _covers)
            states = kept if repeats else kept | (states & self._leading(chars, _covers)) << 1
            if not states:
                return False
            states = self.glide(states)
        return bool(states & self.accept)

    def meets(self, other: "Machine", place: int) -> bool:
        """Whether a text is read by both from their states of that number on."""
        states = other.glide(1 << place)
        for index in range(place, len(self.stays)):
            stays, leads = self.stays[index], self.leads[index]
            if stays is not None:
                states = other.stroll(states, stays)
            if leads is not None:
                states = other.move(states, leads)
            if not states:
                return False
        return bool(states & other.accept)

    def move(self, states: int, chars: Chars) -> int:
        """The states to which one character of the set leads."""
        moved = (states & self._leading(chars, _meets)) << 1
        return self.glide(moved | states & self._staying(chars, _meets))

    def stroll(self, states: int, chars: Chars) -> int:
        """The states to which any run of characters of the set leads."""
        return glided(states, self._leading(chars, _meets) | self.glides)

    def _leading(self, chars: Chars, test: Callable[[Chars, Chars], bool]) -> int:
        return self.steps(chars.single) if chars.single is not None else self._where(chars, test)[0]

    def _staying(self, chars: Chars, test: Callable[[Chars, Chars], bool]) -> int:
        return self.loops(chars.single) if chars.single is not None else self._where(chars, test)[1]

    def _where(self, chars: Chars, test: Callable[[Chars, Chars], bool]) -> tuple[int, int]:
        found = self._tested.get((chars, test))
        if found is None:
            leads, stays = (
                sum(1 << place for place, own in enumerate(row) if own is not None and test(own, chars))
                for row in (self.leads, self.stays)
            )
            found = self._tested[chars, test] = leads, stays
        return found


def glided(states: int, passable: int) -> int:
    """The states, and those reached from them through passable ones."""
    more = (states & passable) << 1
    while more & ~states:
        states |= more
        more = (states & passable) << 1
    return states


def machine_of(tokens: Iterable[tuple[Chars, bool]]) -> Machine:
    """The automaton of a row of tokens: their sets, and whether they repeat."""
    stays: list[Chars | None] = [None]
    leads: list[Chars | None] = []
    glides = 0
    for chars, repeats in tokens:
        if not repeats:
            leads.append(chars)
            stays.append(None)
            continue
        if stays[-1] is not None:
            glides |= 1 << len(leads)
            leads.append(None)
            stays.append(None)
        stays[-1] = chars
    return Machine(tuple(stays), (*leads, None), glides)


def _covers(own: Chars, other: Chars) -> bool:
    return own.covers(other)


def _meets(own: Chars, other: Chars) -> bool:
    return own.meets(other)


class BySign:
    """States by the characters that they read: those that sets name, and the `rest`, which no set names."""

    __slots__ = ("named", "rest")

    def __init__(self, row: tuple[Chars | None, ...]) -> None:
        self.named: dict[str, int] = {}
        self.rest = 0
        negated: list[tuple[int, frozenset[str]]] = []
        for place, chars in enumerate(row):
            if chars is None:
                continue
            if chars.negated:
                negated.append((1 << place, chars.listed))
                self.rest |= 1 << place
            for sign in chars.listed:
                self.named[sign] = self.named.get(sign, 0) | (0 if chars.negated else 1 << place)
        for sign in self.named if negated else ():
            for bit, listed in negated:
                if sign not in listed:
                    self.named[sign] |= bit

    def unlike(self) -> tuple[tuple[str, int], ...]:
        """By the characters that are named: the states that treat them unlike the rest."""
        return tuple((sign, states ^ self.rest) for sign, states in self.named.items())


class Tail:
    """The last states of a machine, and what a search through many of them asks for again and again."""

    __slots__ = ("doomed", "implied", "leads_unlike", "machine", "sets", "stays_unlike")

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.leads_unlike = machine.leading.unlike()
        self.stays_unlike = machine.staying.unlike()
        self.sets = frozenset(chars for chars in (*machine.stays, *machine.leads) if chars is not None)
        self.doomed = machine.accept if machine.stays[-1] == EVERY else 0
        """The states from which every text is read."""
        self.implied = tuple(_implied(machine))
        """Places of states, with the earlier states that read nothing that these do not."""


def _implied(machine: Machine) -> Iterator[tuple[int, int]]:
    """A state that stays on all that leads to it from an earlier one reads whatever the earlier does."""
    begins: dict[int, int] = {}
    for place, loop in enumerate(machine.stays):
        if loop is None:
            continue
        before = place
        while before and _within(machine, before - 1, loop):
            # Whatever an earlier such state implies reads characters of its set alone, too.
            before = begins.get(before - 1, before - 1)
        if before < place:
            begins[place] = before
            yield place, (1 << place) - (1 << before)


def _within(machine: Machine, place: int, loop: Chars) -> bool:
    """Whether a state stays on and leads on by characters of the set alone."""
    return all(chars is None or loop.covers(chars) for chars in (machine.stays[place], machine.leads[place]))
