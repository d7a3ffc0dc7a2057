"""The automaton of one shape, as bits: state `i` is bit `i` of an int, and a step is a shift.

A shape's automaton is a line: each state has at most one set of characters that lead on to the next, and at
most one that it stays on. `glides` marks the states from which the next one is reached without reading.
"""

from collections.abc import Callable, Iterable

from crossaccess.compare.signs import EVERY, Chars


class Machine:
    """The states of one shape. `stays[i]` and `leads[i]` are the sets of state `i`; the last one accepts."""

    __slots__ = (
        "_loops",
        "_loops_else",
        "_steps",
        "_steps_else",
        "_tested",
        "accept",
        "glides",
        "leads",
        "start",
        "stays",
    )

    def __init__(self, stays: tuple[Chars | None, ...], leads: tuple[Chars | None, ...], glides: int) -> None:
        self.stays = stays
        self.leads = leads
        self.glides = glides
        self.accept = 1 << (len(stays) - 1)
        self.start = self.glide(1)
        self._tested: dict[tuple[Chars, Callable[[Chars, Chars], bool]], tuple[int, int]] = {}
        self._steps, self._steps_else = _by_sign(leads)
        self._loops, self._loops_else = _by_sign(stays)

    def steps(self, sign: str) -> int:
        """The states from which the character leads on."""
        return self._steps.get(sign, self._steps_else)

    def loops(self, sign: str) -> int:
        """The states that stay on the character."""
        return self._loops.get(sign, self._loops_else)

    def glide(self, states: int) -> int:
        """The states, and those reached from them without reading."""
        return glided(states, self.glides) if self.glides else states

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


def everything_from(machine: Machine) -> int:
    """The states from which every text is read."""
    return machine.accept if machine.stays[-1] == EVERY else 0


def _covers(own: Chars, other: Chars) -> bool:
    return own.covers(other)


def _meets(own: Chars, other: Chars) -> bool:
    return own.meets(other)


def _by_sign(row: tuple[Chars | None, ...]) -> tuple[dict[str, int], int]:
    """The states by the characters of their sets, and those by any character that no set names."""
    named: dict[str, int] = {}
    negated: list[tuple[int, frozenset[str]]] = []
    for place, chars in enumerate(row):
        if chars is None:
            continue
        if chars.negated:
            negated.append((1 << place, chars.listed))
            for sign in chars.listed:
                named.setdefault(sign, 0)
        else:
            for sign in chars.listed:
                named[sign] = named.get(sign, 0) | 1 << place
    rest = 0
    for bit, _ in negated:
        rest |= bit
    for sign in named if negated else ():
        for bit, listed in negated:
            if sign not in listed:
                named[sign] |= bit
    return named, rest
