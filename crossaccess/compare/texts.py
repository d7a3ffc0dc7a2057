"""Languages of texts, built out of shapes: what a policy's patterns match, meet and leave out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Final

from crossaccess.compare.effort import TooHardError
from crossaccess.compare.reduce import Parts, reduced
from crossaccess.compare.search import search
from crossaccess.compare.shapes import Shape, anything, covered
from crossaccess.compare.signs import one_of, outside

__all__ = ["ALL", "NOTHING", "Texts", "TooHardError", "of"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """The texts that a shape of each group of `within` matches, and none of `without`.

    Equal parts in any order make equal languages; the converse does not hold (`inside` both ways tells).
    """

    within: tuple[tuple[Shape, ...], ...] = ()
    without: tuple[Shape, ...] = ()
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        within, without = _canonical(self.within, self.without)
        object.__setattr__(self, "within", within)
        object.__setattr__(self, "without", without)
        object.__setattr__(self, "_hash", _hash_of(within, without))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Texts):
            return NotImplemented
        if self._hash != other._hash:
            return False
        return self is other or (self.within, self.without) == (other.within, other.without)

    def __hash__(self) -> int:
        return self._hash

    def holds(self, text: str) -> bool:
        """Whether the text is one of the language."""
        return all(_any_matches(group, text) for group in self.within) and not _any_matches(
            self.without, text
        )

    def meet(self, other: "Texts") -> "Texts":
        """The texts of both."""
        return Texts(within=self.within + other.within, without=self.without + other.without)

    def minus(self, other: "Texts") -> tuple["Texts", ...]:
        """The texts that are not the other's, as languages that may overlap.

        One for each group of the other, and one for each shape that it leaves out; those that are plainly
        empty are not among them.
        """
        pieces = [self._less(group) for group in other.within]
        pieces += [Texts(within=(*self.within, (shape,)), without=self.without) for shape in other.without]
        kept: dict[Texts, None] = {}
        for piece in pieces:
            if not piece.is_plainly_empty():
                kept[piece] = None
        return tuple(kept)

    def _less(self, shapes: tuple[Shape, ...]) -> "Texts":
        """The texts that none of the shapes matches: a group of another one, so there is no `*` in it."""
        if any(all(shape.is_literal for shape in group) for group in self.within):
            return Texts(within=self.within, without=(*self.without, *shapes))
        barred = {shape.key: shape for shape in (*self.without, *shapes)}
        if any(barred.keys() >= frozenset(map(_KEY, group)) for group in self.within):
            return NOTHING
        without = _in_order(barred)
        made = object.__new__(Texts)
        object.__setattr__(made, "within", self.within)
        object.__setattr__(made, "without", without)
        object.__setattr__(made, "_hash", _hash_of(self.within, without))
        return made

    def complement(self) -> tuple["Texts", ...]:
        """All other texts, as languages that may overlap."""
        return ALL.minus(self)

    def example(self) -> str | None:
        """A text of the language, short and readable; `None` where there is none, which is certain.

        Raises `TooHardError` where that cannot be told with bounded work.
        """
        return _example(self)

    def is_plainly_empty(self) -> bool:
        """Whether it is plain to see that no text belongs to it; else it may take a search to tell."""
        return _plainly_empty(self)

    def is_empty(self) -> bool:
        """Whether no text belongs to it. Raises `TooHardError`."""
        return self.example() is None

    def inside(self, other: "Texts") -> bool:
        """Whether all its texts belong to the other. Raises `TooHardError`."""
        hard: TooHardError | None = None
        for piece in self.minus(other):
            try:
                if not piece.is_empty():
                    return False
            except TooHardError as error:
                hard = error
        if hard is not None:
            raise hard
        return True

    def simplify(self) -> "Texts":
        """The same texts in fewer shapes, as far as pairs of shapes tell."""
        return _simplified(self)


@lru_cache(maxsize=8192)
def _simplified(texts: Texts) -> Texts:
    found = reduced(Parts(texts.within, texts.without), thorough=True)
    return NOTHING if found is None else Texts(within=found.within, without=found.without)


def meeting(several: Iterable[Texts]) -> Texts:
    """The texts that belong to all of these."""
    listed = tuple(several)
    return Texts(
        within=tuple(group for texts in listed for group in texts.within),
        without=tuple(shape for texts in listed for shape in texts.without),
    )


def of(*shapes: Shape) -> Texts:
    """The texts that any of the shapes matches."""
    return Texts(within=(shapes,))


_KEY: Final = attrgetter("key")


def _hash_of(within: Iterable[Iterable[Shape]], without: Iterable[Shape]) -> int:
    """That of the shapes' keys, which keep theirs."""
    return hash((tuple(tuple(map(_KEY, group)) for group in within), tuple(map(_KEY, without))))


def _canonical(
    within: Iterable[Sequence[Shape]], without: Iterable[Shape]
) -> tuple[tuple[tuple[Shape, ...], ...], tuple[Shape, ...]]:
    left_out = _by_key(without)
    if any(shape.is_anything for shape in left_out.values()):
        return _NO_TEXTS
    groups: dict[frozenset[str], dict[str, Shape]] = {}
    for group in within:
        shapes = _by_key(group)
        if any(shape.is_anything for shape in shapes.values()):
            continue
        left = {key: shape for key, shape in shapes.items() if key not in left_out}
        if not left:
            return _NO_TEXTS
        groups[frozenset(left)] = left
    kept = [shapes for own, shapes in groups.items() if not any(other < own for other in groups)]
    few = next((shapes for shapes in kept if all(shape.is_literal for shape in shapes.values())), None)
    if few is not None:
        # Finitely many texts: those that everything else lets through are all of them.
        some = {key: one for key, one in few.items() if _lets_through(one.prefix, kept, left_out)}
        return ((_in_order(some),), ()) if some else _NO_TEXTS
    return tuple(map(_in_order, sorted(kept, key=sorted))), _in_order(left_out)


def _lets_through(text: str, groups: Iterable[Mapping[str, Shape]], left_out: Mapping[str, Shape]) -> bool:
    return all(_any_matches(group.values(), text) for group in groups) and not _any_matches(
        left_out.values(), text
    )


_NO_TEXTS: Final[tuple[tuple[tuple[Shape, ...], ...], tuple[Shape, ...]]] = (((),), ())


def _by_key(shapes: Iterable[Shape]) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for shape in shapes:
        if not shape.is_nothing:
            found.setdefault(shape.key, shape)
    return found


def _in_order(shapes: Mapping[str, Shape]) -> tuple[Shape, ...]:
    return tuple(shapes[key] for key in sorted(shapes))


ALL: Final = Texts()
"""Every text."""

NOTHING: Final = Texts(within=((),))
"""No text."""


def _any_matches(shapes: Iterable[Shape], text: str) -> bool:
    return any(shape.matches(text) for shape in shapes)


@lru_cache(maxsize=65_536)
def _plainly_empty(texts: Texts) -> bool:
    groups = texts.within
    if any(all(covered(shape, texts.without) for shape in group) for group in groups):
        return True
    return any(_apart(group, other) for place, group in enumerate(groups) for other in groups[:place])


def _apart(group: Iterable[Shape], others: Iterable[Shape]) -> bool:
    """Whether the plain ends of each shape rule out all texts of the other group."""
    return all(
        not other.matches(shape.prefix) if shape.is_literal else shape.apart(other.prefix, other.suffix)
        for shape in group
        for other in others
    )


@lru_cache(maxsize=8192)
def _example(texts: Texts) -> str | None:
    for text in _candidates(texts):
        if texts.holds(text):
            return text
    found = reduced(Parts(texts.within, texts.without), thorough=False)
    if found is None:
        return None
    literals = next((group for group in found.within if all(shape.is_literal for shape in group)), None)
    if literals is not None:
        return next((shape.prefix for shape in literals if texts.holds(shape.prefix)), None)
    shortest = search(found.within or ((anything(),),), found.without)
    return None if shortest is None else _named(shortest, texts)


_TRIED = 4
_COLON = ":"


def _candidates(texts: Texts) -> Iterable[str]:
    """Texts made out of the groups: with a letter for each wildcard, then with as little as can be."""
    groups = [group[:_TRIED] for group in sorted(texts.within, key=len)[:_TRIED]] or [(anything(),)]
    fresh = _fresh(texts)
    if len(groups) > 1:
        firsts = [group[0] for group in groups]
        # Which wildcards mind colons is often all that tells two shapes apart.
        for between, last in ((fresh, fresh), (_COLON, fresh), (fresh, _COLON)):
            yield _one_behind_the_other(firsts, fresh, between, last)
            yield _one_behind_the_other(firsts[::-1], fresh, between, last)
    for filled in (True, False):
        for shape in chain.from_iterable(groups):
            # All that stands before the first wildcard is text.
            yield shape.prefix + "".join(
                fresh if fresh in token.chars else one_of(token.chars)
                for token in shape.tokens[len(shape.prefix) :]
                if (filled or not token.repeats) and not token.chars.none
            )


def _one_behind_the_other(shapes: Sequence[Shape], fresh: str, between: str, last: str) -> str:
    """What all of the shapes ask for between their ends, which agree if there is such a text."""
    parts = [_in_parts(shape, fresh) for shape in shapes]
    head = max((head for head, _, _ in parts), key=len)
    tail = max((tail for _, _, tail in parts), key=len)
    return head + fresh + between.join(inner for _, inner, _ in parts if inner) + last + tail


@lru_cache(maxsize=8192)
def _in_parts(shape: Shape, fresh: str) -> tuple[str, str, str]:
    """A short text of the shape: up to its first run, from there to the last run, and the rest."""
    places = [place for place, token in enumerate(shape.tokens) if token.repeats] or [len(shape.tokens)]
    signs = [
        "" if token.repeats or token.chars.none else fresh if fresh in token.chars else one_of(token.chars)
        for token in shape.tokens
    ]
    first, last = places[0], places[-1]
    return "".join(signs[:first]), "".join(signs[first:last]), "".join(signs[last:])


def _fresh(texts: Texts) -> str:
    shapes = chain(texts.without[:_TRIED], *(group[:_TRIED] for group in texts.within[:_TRIED]))
    return outside(chain.from_iterable(shape.key for shape in shapes))


def _named(text: str, texts: Texts) -> str:
    """The text, or the same with a name behind its last separator, where it ends in one and may go on."""
    if text and text[-1] not in _SEPARATORS:
        return text
    longer = text + _fresh(texts)
    return longer if texts.holds(longer) else text


_SEPARATORS = "/:"
