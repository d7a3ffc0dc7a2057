"""Which requests does one state allow that another does not? Exactly, for all requests of a realm."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from crossaccess.compare.allowed import Allowed, Product, boxes
from crossaccess.compare.box import EVERYTHING, Box, meet
from crossaccess.compare.outside import Search
from crossaccess.compare.realm import Realm
from crossaccess.compare.statements import Part, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Requests that one state allows and another does not.

    They are those of `box` that are in none of `spared`; `example` is a part of them that is not empty.
    `sure`: each of them is allowed by the one and not allowed by the other; otherwise that cannot be told.
    `sources` are the statements that make the difference.
    """

    box: Box
    spared: tuple[Box, ...]
    example: Box
    sure: bool
    sources: tuple[Source, ...]
    positive: Box
    """All that the same statements allow, before what is denied and what was allowed before."""


@dataclass(frozen=True, slots=True)
class _View:
    """What a state allows at least or at the most, whichever an answer has to be built on."""

    products: tuple[Product, ...]
    denied: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way for a request not to be allowed: it is denied here, or it is in none of these boxes."""

    denied: Part | None
    outside: tuple[Box, ...]
    known: frozenset[Box]


_Positive: TypeAlias = tuple[Box, tuple[Part, ...]]


def gained(realm: Realm, old: Allowed, new: Allowed) -> Iterator[Found]:
    """The requests that the new state allows and the old one does not: first the sure ones.

    Raises `TooHardError` where it would take too long to tell.
    """
    least_new, most_new, least_old, most_old = _least(new), _most(new), _least(old), _most(old)
    sure = _Looked(realm, _positives(least_new), least_new.denied, sure=True)
    yield from sure.not_in(most_old)
    if not old.doubtful and not new.doubtful:
        return
    doubt = _Looked(realm, _positives(most_new), most_new.denied, sure=False)
    yield from doubt.not_in(most_old, least_new)
    both = _meeting(_positives(least_new), _positives(most_old))
    yield from _Looked(realm, both, (*least_new.denied, *most_old.denied), sure=False).not_in(least_old)
    # What is in doubt in both states, by the same statements, does not change.
    possible = _positives(most_new)
    if old.doubtful == new.doubtful:
        known = {
            (part.box, part.source.statement) for one in old.perhaps for factor in one for part in factor
        }
        possible = [
            (box, parts)
            for box, parts in possible
            if not all((part.box, part.source.statement) in known for part in parts)
        ]
    both = _meeting(possible, _positives(most_old))
    denied = (*most_new.denied, *most_old.denied)
    yield from _Looked(realm, both, denied, sure=False).not_in(least_old, least_new)


def granted(state: Allowed) -> list[tuple[Box, tuple[Part, ...]]]:
    """What a state allows at the most, before what is denied, with the parts that meet in each."""
    return _positives(_most(state))


def _least(state: Allowed) -> _View:
    return _View(state.sure, state.perhaps_denied)


def _most(state: Allowed) -> _View:
    return _View(state.perhaps, state.surely_denied)


class _Looked:
    """Requests to look through: those of the positives that nothing denies."""

    def __init__(
        self, realm: Realm, positives: Sequence[_Positive], denied: Sequence[Part], *, sure: bool
    ) -> None:
        self.search = Search(realm)
        self.positives = positives
        self.denied = boxes(denied)
        self.sure = sure

    def not_in(self, *views: _View) -> Iterator[Found]:
        """Those that none of the views allows."""
        if not self.positives:
            return
        denied = frozenset(self.denied)
        ways = [
            [way for way in _ways(view) if way.denied is None or way.denied.box not in denied]
            for view in views
        ]
        for box, parts in self.positives:
            mine = frozenset(part.box for part in parts)
            # What is asked of the request here would just let it through there.
            open_ways = [[way for way in some if not mine & way.known] for some in ways]
            for chosen in product(*open_ways):
                yield from self._found(box, parts, chosen)

    def _found(self, box: Box, parts: Sequence[Part], chosen: Sequence[_Way]) -> Iterator[Found]:
        narrowed: Box | None = box
        for way in chosen:
            if way.denied is not None and narrowed is not None:
                narrowed = meet(narrowed, way.denied.box)
        if narrowed is None:
            return
        others = (*self.denied, *(one for way in chosen for one in way.outside))
        example = self.search.outside(narrowed, others)
        folded = None if example is None else self.search.folded(narrowed, others)
        if example is not None and folded is not None:
            sources = [*(part.source for part in parts), *(w.denied.source for w in chosen if w.denied)]
            yield Found(
                box=folded[0],
                spared=tuple(folded[1]),
                example=example,
                sure=self.sure,
                sources=tuple(dict.fromkeys(sources)),
                positive=box,
            )


def _positives(view: _View) -> list[_Positive]:
    """The boxes of each way in which a state allows, with the parts that meet in them."""
    seen: dict[Box, tuple[Part, ...]] = {}
    for one in view.products:
        found: list[_Positive] = [(EVERYTHING, ())]
        for factor in one:
            met = [(meet(box, part.box), (*parts, part)) for box, parts in found for part in factor]
            found = [(box, parts) for box, parts in met if box is not None]
        for box, parts in found:
            seen.setdefault(box, parts)
    return list(seen.items())


def _meeting(ones: Iterable[_Positive], others: Sequence[_Positive]) -> list[_Positive]:
    met = [(meet(box, other), parts) for box, parts in ones for other, _ in others]
    return [(box, parts) for box, parts in met if box is not None]


def _ways(view: _View) -> list[_Way]:
    """All ways for a request not to be allowed: one factor of each product misses it, or it is denied."""
    found = {
        tuple(dict.fromkeys(box for factor in chosen for box in boxes(factor)))
        for chosen in product(*view.products)
    }
    missing = [_Way(None, outside, frozenset(outside)) for outside in sorted(found, key=len)]
    return [*missing, *(_Way(part, (), frozenset()) for part in dict.fromkeys(view.denied))]
