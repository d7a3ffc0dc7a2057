"""Which requests does one state allow that another does not? Exactly, for all requests of a realm."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from typing import NamedTuple, TypeAlias

from crossaccess.compare.allowed import Allowed, Factor, Product, boxes
from crossaccess.compare.box import EVERYTHING, RESOURCE, Box, meet, outside, plainly_apart, plainly_inside
from crossaccess.compare.effort import TooHardError
from crossaccess.compare.key_set import KeySet
from crossaccess.compare.outside import Search
from crossaccess.compare.realm import Realm
from crossaccess.compare.statements import Part, Source
from crossaccess.compare.uniting import United, united, united_boxes
from crossaccess.policy.document import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Requests that one state allows and another does not.

    They are those of `box` that are in none of `spared`; `example` is a part of them that is not empty.
    `sure`: each of them is allowed by the one and not allowed by the other; otherwise that cannot be told:
    where there is no example, because it would take too long.
    `sources` are the statements that make the difference.
    """

    box: Box
    spared: tuple[Box, ...]
    example: Box | None
    sure: bool
    sources: tuple[Source, ...]
    positive: Box
    """All that the same statements allow, before what is denied and what was allowed before."""


class _View(NamedTuple):
    """What a state allows at least or at the most, whichever an answer has to be built on."""

    products: tuple[Product, ...]
    denied: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way for a request not to be allowed: one of these denies it, or it is in none of the boxes."""

    denied: tuple[United, ...]
    outside: tuple[Box, ...]
    known: frozenset[Box]


_Positive: TypeAlias = tuple[Box, tuple[United, ...]]


def gained(realm: Realm, old: Allowed, new: Allowed, *, but: Allowed | None = None) -> Iterator[Found]:
    """The requests that the new state allows and the old one does not: first the sure ones.

    Those that `but` allows for certain are left out. Raises `TooHardError` where it would take too long to
    tell anything.
    """
    least_new, most_new, least_old, most_old = _least(new), _most(new), _least(old), _most(old)
    left_out = () if but is None else (_least(but),)
    yield from _Looked(realm, least_new, sure=True).not_in(most_old, *left_out)
    if old.is_sure and new.is_sure:
        return
    # Perhaps allowed now, surely not before.
    yield from _Looked(realm, most_new).not_in(most_old, least_new, *left_out)
    # Surely allowed now, only perhaps before.
    yield from _Looked(realm, least_new, within=most_old).not_in(least_old, *left_out)
    # Perhaps allowed now and before: what is in doubt by the same statements does not change.
    alike = most_old
    if (old.perhaps == old.limited) != (new.perhaps == new.limited):
        alike = _View(old.limited, old.surely_denied)
    same = _Looked(realm, most_new, within=most_old, barred=new.perhaps_denied, alike=alike)
    yield from same.not_in(least_old, least_new, *left_out)


class Granted:
    """What a state allows at the most, before what is denied. `whole` is what the resource may be at all."""

    def __init__(self, state: Allowed, whole: KeySet) -> None:
        self._products = [[united(factor, whole) for factor in one] for one in state.perhaps]

    def by(self, counts: Callable[[Box], bool]) -> Iterator[Box]:
        """What it allows by parts whose boxes count."""
        for one in self._products:
            factors = [[part for part in factor if counts(part.box)] for factor in one]
            yield from (box for box, _ in _meetings(EVERYTHING, (), factors))


def _least(state: Allowed) -> _View:
    return _View(state.sure, state.perhaps_denied)


def _most(state: Allowed) -> _View:
    return _View(state.perhaps, state.surely_denied)


class _Looked:
    """Requests to look through: those that a view allows, and another one too (`within`).

    `barred` are denials that are no reason for a difference. Parts of `alike` by the same statement are the
    same in both states, also where it cannot be told what they hold.
    """

    def __init__(  # noqa: PLR0913 - each is a choice of its own
        self,
        realm: Realm,
        view: _View,
        *,
        sure: bool = False,
        within: _View | None = None,
        barred: Iterable[Part] = (),
        alike: _View | None = None,
    ) -> None:
        self.search = Search(realm)
        self.whole = realm[RESOURCE]
        self.products = view.products
        self.within = within
        self.alike = alike
        denied = (*view.denied, *(() if within is None else within.denied))
        self.barring = boxes(denied)
        self.denied = united_boxes(self.barring, self.whole)
        self.no_reason = (*denied, *barred)
        self.sure = sure

    @cached_property
    def barred(self) -> Mapping[Statement, Sequence[Box]]:
        """What is denied and no reason for a difference, by what the statements say."""
        found: dict[Statement, list[Box]] = {}
        for part in self.no_reason:
            found.setdefault(_content(part.source.statement), []).append(part.box)
        return found

    def not_in(self, first: _View, *more: _View) -> Iterator[Found]:
        """Those that none of the views allows."""
        missing = _missing(first, self.whole)
        removed = [part for part in dict.fromkeys(first.denied) if not self._is_barred(part)]
        others = [[*_missing(view, self.whole), *self._denial(view)] for view in more]
        seen: set[object] = set()
        for box, parts in _widest(self._fresh(self.alike or first)):
            yield from self._told(box, parts, [missing, *others], first)
        for part in removed:
            for one in self.products:
                for box, parts in _met(one, part.box, self.whole):
                    if (box, part.box) not in seen:
                        seen.add((box, part.box))
                        yield from self._told(box, parts, [[_denial([part], self.whole)], *others], first)

    def _is_barred(self, part: Part) -> bool:
        """Whether all that is denied here is denied there too, by the same statement."""
        theirs = self.barred.get(_content(part.source.statement), ())
        return any(not outside(part.box, box, self.search.realm) for box in theirs)

    def _denial(self, view: _View) -> list[_Way]:
        barring = frozenset(self.barring)
        parts = tuple(part for part in dict.fromkeys(view.denied) if part.box not in barring)
        return [_denial(parts, self.whole)] if parts else []

    def _fresh(self, known: _View) -> Iterator[_Positive]:
        """What is allowed by parts of which at least one is in no like product of the other view.

        What is allowed by known parts alone is allowed there too, unless it is denied.
        """
        key = _by_box if self.alike is None else _by_statement
        for one in self.products:
            yield from _met_freshly(one, _likest(one, known.products, key), key, EVERYTHING, self.whole)

    def _told(
        self, box: Box, parts: Sequence[United], ways: Sequence[Sequence[_Way]], first: _View
    ) -> Iterator[Found]:
        """On each way around each of the views; all of the box in doubt, where that would take too long."""
        try:
            yield from self._around(box, parts, ways, first)
        except TooHardError:
            sources = tuple(dict.fromkeys(source for part in parts for source in part.sources))
            yield Found(box=box, spared=(), example=None, sure=False, sources=sources, positive=box)

    def _around(
        self, box: Box, parts: Sequence[United], ways: Sequence[Sequence[_Way]], first: _View
    ) -> Iterator[Found]:
        """On each way around each of the views."""
        # What is asked of the request here would just let it through there.
        open_ways = [
            [way for way in some if not any(part.boxes <= way.known for part in parts)] for some in ways
        ]
        # Each denial of a way is tried by itself.
        tried = math.prod(sum(len(way.denied) or 1 for way in some) for some in open_ways)
        if tried == 0 or (tried > 1 and self.search.outside(box, self.denied) is None):
            return
        for chosen in product(*open_ways):
            for narrowed, more in self._narrowed(box, chosen, first):
                yield from self._found(narrowed, (*parts, *more), box, chosen)

    def _narrowed(self, box: Box, chosen: Sequence[_Way], first: _View) -> Iterator[_Positive]:
        """The box where it is denied as chosen; of it, what the second view allows too."""
        narrowed = meet(box, chosen[0].denied[0].box) if chosen[0].denied else box
        if narrowed is None:
            return
        if self.within is None:
            yield narrowed, ()
            return
        others = (*self.denied, *(one for way in chosen for one in way.outside))
        if self.search.outside(narrowed, others) is None:
            return
        for one in self.within.products:
            if chosen[0].denied:
                met = _met(one, narrowed, self.whole)
            else:
                # Not surely allowed there and yet perhaps: by a part that is in doubt.
                met = _met_freshly(one, _likest(one, first.products, _by_box), _by_box, narrowed, self.whole)
            for both, _ in met:
                yield both, ()

    def _found(
        self, narrowed: Box, parts: Sequence[United], positive: Box, chosen: Sequence[_Way]
    ) -> Iterator[Found]:
        others = (*self.denied, *(one for way in chosen for one in way.outside))
        cuts = [way.denied for way in chosen[1:] if way.denied]
        example = next(self._examples(narrowed, others, cuts), None)
        # Of several denials that may or may not cut, what is left is told without them.
        told = None if example is None else self.search.told(narrowed, others)
        if example is not None and told is not None:
            sources = [source for part in parts for source in part.sources]
            sources += [source for way in chosen[:1] for part in way.denied for source in part.sources]
            yield Found(
                box=told[0],
                spared=tuple(told[1]),
                example=example,
                sure=self.sure,
                sources=tuple(dict.fromkeys(sources)),
                positive=positive,
            )

    def _examples(self, box: Box, others: Sequence[Box], cuts: Sequence[Sequence[United]]) -> Iterator[Box]:
        """Parts of the box outside of the others, in one of the denials of each of the cuts."""
        for denials in product(*cuts):
            narrowed: Box | None = box
            for part in denials:
                narrowed = None if narrowed is None else meet(narrowed, part.box)
            found = None if narrowed is None else self.search.outside(narrowed, others)
            if found is not None:
                yield found


def _widest(found: Iterable[_Positive]) -> list[_Positive]:
    """Each box once, and none that lies inside of what many statements say together."""
    once: dict[Box, _Positive] = {}
    for box, parts in found:
        once.setdefault(box, (box, parts))
    wide = [box for box, parts in once.values() if any(len(part.boxes) > 1 for part in parts)]
    for box in list(once):
        # Of two that lie in each other the second one stays.
        if any(other in once and other != box and plainly_inside(box, other) for other in wide):
            del once[box]
    return list(once.values())


_Key: TypeAlias = Callable[[Part], object]


def _by_box(part: Part) -> object:
    return part.box


def _by_statement(part: Part) -> object:
    return part.box, _content(part.source.statement)


@lru_cache(maxsize=8192)
def _content(statement: Statement) -> Statement:
    """What a statement says: what it is called changes nothing."""
    return replace(statement, sid=None)


def _met(one: Product, within: Box, whole: KeySet) -> Iterator[_Positive]:
    """What a product allows of a box."""
    yield from _meetings(within, (), [united(_near(factor, within), whole) for factor in one])


def _met_freshly(
    one: Product, known: Product | None, key: _Key, within: Box, whole: KeySet
) -> Iterator[_Positive]:
    """What a product allows of a box by parts of which at least one is not in another product's factor."""
    if known is None:
        yield from _met(one, within, whole)
        return
    old: list[list[United]] = []
    fresh: list[list[United]] = []
    for factor, theirs in zip(one, known, strict=True):
        keys = frozenset(map(key, theirs))
        near = _near(factor, within)
        old.append(united((part for part in near if key(part) in keys), whole))
        fresh.append(united((part for part in near if key(part) not in keys), whole))
    for place in range(len(one)):
        behind = [[*mine, *theirs] for mine, theirs in zip(old[place + 1 :], fresh[place + 1 :], strict=True)]
        yield from _meetings(within, (), [*old[:place], fresh[place], *behind])


def _near(factor: Factor, within: Box) -> list[Part]:
    """The parts that may have something in common with a box."""
    if not within.sides:
        return list(factor)
    return [part for part in factor if not plainly_apart(within, part.box)]


def _meetings(
    box: Box, parts: tuple[United, ...], factors: Sequence[Sequence[United]]
) -> Iterator[_Positive]:
    if not factors:
        yield box, parts
        return
    if not all(factors):
        return
    for part in factors[0]:
        both = meet(box, part.box)
        if both is not None:
            yield from _meetings(both, (*parts, part), factors[1:])


def _likest(one: Product, others: Sequence[Product], key: _Key) -> Product | None:
    """The product of the same length whose factors have most parts in common with this one's."""
    like = [other for other in others if len(other) == len(one)]
    return max(like, key=lambda other: sum(map(_common(key), one, other)), default=None)


def _common(key: _Key) -> Callable[[Factor, Factor], int]:
    return lambda one, other: len(frozenset(map(key, one)) & frozenset(map(key, other)))


def _missing(view: _View, whole: KeySet) -> list[_Way]:
    """The ways to be outside of one factor of each product."""
    found = {
        tuple(dict.fromkeys(box for factor in chosen for box in boxes(factor)))
        for chosen in product(*view.products)
    }
    return [_Way((), united_boxes(around, whole), frozenset(around)) for around in sorted(found, key=len)]


def _denial(parts: Iterable[Part], whole: KeySet) -> _Way:
    return _Way(tuple(united(parts, whole)), (), frozenset())
