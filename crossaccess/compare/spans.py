"""Sets of numbers, of moments and of addresses: exact, and equal where they hold the same values.

What a condition with numbers, dates or addresses lets through is a union of stretches of a line
(`crossaccess.compare.line`); so is what it keeps out, and what two conditions have in common.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from crossaccess.compare.line import STEPS, Line, address_of, is_inside, read_step, scaled, step_of_address
from crossaccess.compare.pick import pick
from crossaccess.decide.operators import OPERATORS

if TYPE_CHECKING:
    from crossaccess.compare.line import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stretch, as a person would say it: `low` and `high` are texts, `None` where it has no such end."""

    low: str | None
    low_included: bool
    high: str | None
    high_included: bool


@dataclass(frozen=True, slots=True)
class Spans:
    """Some of the values of a line. `cuts` rise: the steps from each even cut up to before the next.

    Equal sets are equal objects. `meet`, `join` and `minus` take sets of the same line, and raise
    `ValueError` for those of different ones.
    """

    line: Line
    cuts: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no value of the line is in it."""
        return not self.cuts

    @property
    def is_everything(self) -> bool:
        """Whether every value of the line is in it."""
        return self.cuts == STEPS[self.line].cuts

    def meet(self, other: "Spans") -> "Spans":
        """The values that are in both."""
        return self._with(other, lambda mine, theirs: mine and theirs)

    def join(self, other: "Spans") -> "Spans":
        """The values that are in either."""
        return self._with(other, lambda mine, theirs: mine or theirs)

    def minus(self, other: "Spans") -> "Spans":
        """The values that are in this one alone."""
        return self._with(other, lambda mine, theirs: mine and not theirs)

    def complement(self) -> "Spans":
        """The values of the line that are not in it."""
        return everything(self.line).minus(self)

    def holds(self, value: str) -> bool:
        """Whether a request's value is in it. A text that is no value of the line is in no set."""
        step = read_step(value, self.line)
        return step is not None and is_inside(step, self.cuts)

    def example(self) -> str:
        """One of its values as a request would have it: a number, `2027-01-31T00:00:00Z`, `203.0.113.7`.

        Raises `ValueError` where there is none.
        """
        if self.is_empty:
            raise ValueError("an empty set has no example")
        return STEPS[self.line].write(pick(self.line, tuple(self._stretches())))

    def spans(self) -> tuple[Span, ...]:
        """Its stretches, from the lowest; an end is said in whichever way makes it the rounder value."""
        return tuple(self._said(low, high) for low, high in self._stretches())

    def networks(self) -> "tuple[Network, ...]":
        """The fewest networks that hold just its addresses, IPv4 before IPv6.

        Raises `ValueError` on a line of something else.
        """
        if self.line is not Line.ADDRESS:
            raise ValueError(f"{self.line.value} have no networks")
        import ipaddress  # noqa: PLC0415 - a tenth of the command's start-up time, and seldom needed

        found: list[Network] = []
        for low, high in self._stretches():
            # No stretch runs from one version into the other.
            first, last = address_of(low), address_of(high - 1)
            found += ipaddress.summarize_address_range(first, last)
        return tuple(found)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        return zip(self.cuts[::2], self.cuts[1::2], strict=True)

    def _with(self, other: "Spans", keep: Callable[[bool, bool], bool]) -> "Spans":
        if self.line is not other.line:
            raise ValueError(f"{self.line.value} and {other.line.value} have no values in common")
        cuts: list[int] = []
        inside = False
        for cut in sorted({*self.cuts, *other.cuts}):
            if keep(bisect_right(self.cuts, cut) % 2 == 1, bisect_right(other.cuts, cut) % 2 == 1) != inside:
                cuts.append(cut)
                inside = not inside
        return Spans(self.line, tuple(cuts))

    def _said(self, low: int, high: int) -> Span:
        steps = STEPS[self.line]
        at_low = low == steps.cuts[0] or _roundness(low, steps.units) >= _roundness(low - 1, steps.units)
        at_high = high == steps.cuts[-1] or _roundness(high - 1, steps.units) >= _roundness(high, steps.units)
        return Span(
            low=None if low == steps.cuts[0] else steps.write(low if at_low else low - 1),
            low_included=at_low,
            high=None if high == steps.cuts[-1] else steps.write(high - 1 if at_high else high),
            high_included=at_high,
        )


def _roundness(step: int, units: Sequence[int]) -> int:
    return sum(step % unit == 0 for unit in units)


def nothing(line: Line) -> Spans:
    """The empty set."""
    return Spans(line, ())


def everything(line: Line) -> Spans:
    """All values of a line."""
    return Spans(line, STEPS[line].cuts)


def matched_by(operator: str, value: str, line: Line) -> Spans | None:
    """The values of the line that an operator finds to match one value of a policy.

    `operator` is a name of the registry, such as `NumericLessThan`, without `IfExists` and set operators. A
    negated operator holds where its values do not match: this is what matches. `None` where the policy's
    value cannot be read, or the operator compares no such values.
    """
    known = OPERATORS.get(operator)
    read = known.read_policy(value) if known and known.read_policy else None
    if read is None:
        return None
    if line is Line.ADDRESS:
        return _in_network(read) if operator in ("IpAddress", "NotIpAddress") else None
    for kind in STEPS[line].kinds:
        if operator.startswith(kind) and isinstance(read, Decimal):
            return _compared(operator.removeprefix(kind), read, line)
    return None


def fulfilled_by(operator: str, values: Sequence[str], line: Line) -> Spans | None:
    """The values of the line with which a request fulfils a condition: operator and values of a policy.

    `None` where that cannot be told for every value: a policy's value cannot be read, there is none, or
    the operator compares no such values.
    """
    found = nothing(line)
    for value in values:
        matched = matched_by(operator, value, line)
        if matched is None:
            return None
        found = found.join(matched)
    if not values or operator not in OPERATORS:
        return None
    return found.complement() if OPERATORS[operator].negated else found


def _compared(comparison: str, value: Decimal, line: Line) -> Spans:
    floor, between = scaled(value, STEPS[line].scale)
    after = floor + 1
    at = after if between else floor
    lowest, highest = STEPS[line].cuts[0], STEPS[line].cuts[-1]
    ends = {
        "Equals": (at, after),
        "NotEquals": (at, after),
        "LessThan": (lowest, at),
        "LessThanEquals": (lowest, after),
        "GreaterThan": (after, highest),
        "GreaterThanEquals": (at, highest),
    }
    low, high = ends[comparison]
    low, high = max(low, lowest), min(high, highest)
    return Spans(line, (low, high) if low < high else ())


def _in_network(network: object) -> Spans:
    # The reader of networks reads nothing else.
    first = step_of_address(network.network_address)  # type: ignore[attr-defined]
    last = step_of_address(network.broadcast_address)  # type: ignore[attr-defined]
    return Spans(Line.ADDRESS, (first, last + 1))
