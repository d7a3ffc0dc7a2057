"""The values that one thing of a request may have: texts, values of a line, or a few names.

One face for all of them, so that boxes need not know what they hold.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from crossaccess.compare.spans import Spans
from crossaccess.compare.texts import Texts


@dataclass(frozen=True, slots=True)
class Names:
    """A finite set of values out of a finite whole, such as `true` and `false`."""

    names: frozenset[str]

    def holds(self, text: str) -> bool:
        """Whether a value is in the set."""
        return text in self.names

    @property
    def is_empty(self) -> bool:
        """Whether the set has no value."""
        return not self.names


Values: TypeAlias = Texts | Spans | Names


@lru_cache(maxsize=65_536)
def example_of(values: Values) -> str | None:
    """One of the values, as text; `None` where there is none.

    Raises `TooHardError` where that would take too long to tell.
    """
    if isinstance(values, Names):
        # Of the two truths the more usual one.
        return max(values.names, default=None)
    if isinstance(values, Spans):
        return None if values.is_empty else values.example()
    return values.example()


def is_plainly_empty(values: Values) -> bool:
    """Whether it is plain to see that the set has no value. Of texts, a search may tell more."""
    return values.is_plainly_empty() if isinstance(values, Texts) else values.is_empty


def is_empty(values: Values) -> bool:
    """Whether the set has no value. Raises `TooHardError`."""
    if isinstance(values, Texts):
        return example_of(values) is None
    return values.is_empty


@lru_cache(maxsize=65_536)
def common(one: Values, other: Values) -> Values | None:
    """The values in both sets, `None` where it is plain to see that there are none."""
    if one == other:
        return one
    both = _both(one, other)
    return None if is_plainly_empty(both) else both


def _both(one: Values, other: Values) -> Values:
    if isinstance(one, Texts) and isinstance(other, Texts):
        return one.meet(other)
    if isinstance(one, Spans) and isinstance(other, Spans):
        return one.meet(other)
    if isinstance(one, Names) and isinstance(other, Names):
        return Names(one.names & other.names)
    raise TypeError("a thing has values of one kind")


@lru_cache(maxsize=65_536)
def rest(one: Values, other: Values) -> tuple[Values, ...]:
    """The values of the first set that are not in the second, as sets that are not plainly empty."""
    if one == other:
        return ()
    pieces: tuple[Values, ...]
    if isinstance(one, Texts) and isinstance(other, Texts):
        pieces = one.minus(other)
    elif isinstance(one, Spans) and isinstance(other, Spans):
        pieces = (one.minus(other),)
    elif isinstance(one, Names) and isinstance(other, Names):
        pieces = (Names(one.names - other.names),)
    else:
        raise TypeError("a thing has values of one kind")
    return tuple(piece for piece in pieces if not is_plainly_empty(piece))
