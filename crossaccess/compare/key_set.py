"""What a condition key may be in a request: absent, or present with some value or values.

Most keys have one value. Of those with several, a set says what each of the values must be and what at
least one must be ("Single-valued vs. multivalued context keys", IAM User Guide).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from crossaccess.compare.effort import TooHardError
from crossaccess.compare.texts import Texts, meeting
from crossaccess.compare.value_set import Values, common, example_of, rest


class _Unasked:
    """In the place of an answer that nobody asked for yet."""


_UNASKED: Final = _Unasked()


class KeySet:
    """A set of answers to "what is the key in this request?". Immutable.

    `absent`: the key may be missing. `every`: what each value is (`None`: it cannot be present).
    `some`: for each entry, one of the values is in it; only of keys with several values (`several`).
    """

    __slots__ = ("_example", "_hash", "absent", "every", "several", "some")

    def __init__(
        self, *, absent: bool, every: Values | None, some: tuple[Values, ...] = (), several: bool = False
    ) -> None:
        self.absent: Final = absent
        self.every: Final = every
        self.some: Final = some
        self.several: Final = several
        self._hash: Final = hash((absent, every, some, several))
        self._example: tuple[str, ...] | _Unasked | None = _UNASKED

    def __repr__(self) -> str:
        return f"KeySet({self.absent}, {self.every!r}, {self.some!r}, {self.several})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeySet):
            return NotImplemented
        if self is other:
            return True
        if self._hash != other._hash:
            return False
        mine = (self.absent, self.every, self.some, self.several)
        return mine == (other.absent, other.every, other.some, other.several)

    def __hash__(self) -> int:
        return self._hash


ABSENT: Final = KeySet(absent=True, every=None)


def present(values: Values, *, several: bool = False) -> KeySet:
    """The key is there, and each of its values is one of these."""
    return KeySet(absent=False, every=values, several=several)


@lru_cache(maxsize=65_536)
def meet(one: KeySet, other: KeySet) -> KeySet | None:
    """What is in both, `None` where it is plain to see that there is nothing."""
    absent = one.absent and other.absent
    if one.every is None or other.every is None:
        return ABSENT if absent else None
    every = common(one.every, other.every)
    some = _merged(one.some, other.some)
    if every is None or any(common(every, wanted) is None for wanted in some):
        return ABSENT if absent else None
    return KeySet(absent=absent, every=every, some=some, several=one.several or other.several)


@lru_cache(maxsize=65_536)
def minus(one: KeySet, other: KeySet) -> tuple[KeySet, ...]:
    """What is in the first and not in the second, as sets whose union it is. Some may be empty.

    Raises `TooHardError` where the values of a key with several cannot be told by one set for all of them.
    """
    pieces: list[KeySet] = []
    absent = one.absent and not other.absent
    if one.every is None:
        return (ABSENT,) if absent else ()
    if other.every is None:
        return (KeySet(absent=absent, every=one.every, some=one.some, several=one.several),)
    if not one.several:
        pieces = [KeySet(absent=False, every=piece) for piece in rest(one.every, other.every)]
        return _with_absence(pieces, absent=absent)
    # One value outside of what the other asks of each; or none inside of what it asks of one.
    for piece in rest(one.every, other.every):
        pieces += _kept(KeySet(absent=False, every=one.every, some=_merged(one.some, (piece,)), several=True))
    for wanted in other.some:
        left = [piece for piece in rest(one.every, wanted) if example_of(piece) is not None]
        if len(left) > 1:
            # Each of the values can be in another one of these.
            raise TooHardError("a key with several values is asked for too much at once")
        for piece in left:
            pieces += _kept(KeySet(absent=False, every=piece, some=one.some, several=True))
    return _with_absence(pieces, absent=absent)


def inside(one: KeySet, other: KeySet) -> bool:
    """Whether all of the first is in the second. Raises `TooHardError`."""
    return one == other or all(is_empty(piece) for piece in minus(one, other))


def plainly_inside(one: KeySet, other: KeySet) -> bool:
    """Whether it is plain to see that all of the first is in the second."""
    return one == other or not minus(one, other)


def is_empty(keys: KeySet) -> bool:
    """Whether the key can be neither absent nor present. Raises `TooHardError`."""
    return example(keys) is None


def meet_of(sets: Sequence[KeySet]) -> KeySet | None:
    """What is in all of the sets (at least one), `None` where it is plain to see that there is nothing."""
    every = [keys.every for keys in sets]
    if not any(keys.several for keys in sets) and all(isinstance(values, Texts) for values in every):
        texts = meeting(values for values in every if isinstance(values, Texts))
        absent = all(keys.absent for keys in sets)
        if texts.is_plainly_empty():
            return ABSENT if absent else None
        return KeySet(absent=absent, every=texts)
    met: KeySet | None = sets[0]
    for keys in sets[1:]:
        met = None if met is None else meet(met, keys)
    return met


def only_absent(keys: KeySet) -> KeySet | None:
    """The part in which the key is missing."""
    return ABSENT if keys.absent else None


def only_present(keys: KeySet) -> KeySet | None:
    """The part in which the key is there."""
    if keys.every is None:
        return None
    return KeySet(absent=False, every=keys.every, some=keys.some, several=keys.several)


def example(keys: KeySet) -> tuple[str, ...] | None:
    """Values that a key of this set may have, as few as can be: `()` where it may be absent.

    `None` where the set is empty. Raises `TooHardError`.
    """
    if keys.absent or keys.every is None:
        return ()
    found = keys._example  # noqa: SLF001 - kept with the set, since each is asked some ten times
    if isinstance(found, _Unasked):
        found = _example(keys, keys.every)
        keys._example = found  # noqa: SLF001 - see above
    return found


def _example(keys: KeySet, every: Values) -> tuple[str, ...] | None:
    found: list[str] = []
    for wanted in keys.some or (every,):
        if not any(wanted.holds(value) for value in found):
            both = common(every, wanted)
            value = None if both is None else example_of(both)
            if value is None:
                return None
            found.append(value)
    return tuple(found)


def holds(keys: KeySet, values: tuple[str, ...]) -> bool:
    """Whether a key with these values is in the set; without any, whether it may be absent."""
    if not values:
        return keys.absent
    every = keys.every
    if every is None or not all(every.holds(value) for value in values):
        return False
    return all(any(wanted.holds(value) for value in values) for wanted in keys.some)


def _with_absence(pieces: list[KeySet], *, absent: bool) -> tuple[KeySet, ...]:
    """The pieces, and absence beside them: in one of them where one can say both."""
    if not absent:
        return tuple(pieces)
    for index, piece in enumerate(pieces):
        if not piece.some:
            pieces[index] = KeySet(absent=True, every=piece.every, several=piece.several)
            return tuple(pieces)
    return (ABSENT, *pieces)


def _kept(keys: KeySet) -> list[KeySet]:
    every = keys.every
    if every is None or any(common(every, wanted) is None for wanted in keys.some):
        return []
    return [keys]


def _merged(one: tuple[Values, ...], other: tuple[Values, ...]) -> tuple[Values, ...]:
    return tuple(dict.fromkeys((*one, *other)))
