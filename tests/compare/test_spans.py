"""Sets of numbers, moments and addresses, beside brute force and beside the decision core's operators.

IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossaccess.compare.line import Line
from crossaccess.compare.spans import Span, Spans, everything, fulfilled_by, matched_by, nothing
from crossaccess.decide.operators import OPERATORS

_NUMERIC = tuple(name for name in OPERATORS if name.startswith("Numeric"))
_DATE = tuple(name for name in OPERATORS if name.startswith("Date"))
_NETWORKS = (
    "10.0.0.0/30",
    "10.0.0.2",
    "10.0.0.4/31",
    "10.0.0.0/29",
    "2001:db8::/126",
    "2001:db8::2",
    "::/0",
    "0.0.0.0/0",
)


def _around(networks: Sequence[str]) -> tuple[str, ...]:
    """The first and last address of each network, and their neighbours: no set can tell more apart."""
    found = set()
    for text in networks:
        network = ip_network(text)
        for address in (network[0], network[-1]):
            family = type(address)
            found |= {
                str(family(number))
                for number in range(int(address) - 1, int(address) + 2)
                if 0 <= number < 2**network.max_prefixlen
            }
    return tuple(sorted(found))


@dataclass(frozen=True)
class World:
    """A line with so few policies that a handful of requests tells all their combinations apart."""

    line: Line
    operators: tuple[str, ...]
    policies: tuple[str, ...]
    requests: tuple[str, ...]


WORLDS = {
    "whole numbers": World(
        Line.WHOLE,
        _NUMERIC,
        ("-1", "0", "0.5", "2", "2.000", "3.25", "+4", "5"),
        tuple(str(number) for number in range(8)),
    ),
    "decimals": World(
        Line.DECIMAL,
        _NUMERIC,
        ("-1", "-0.5", "0", "0.5", "1.0", "2.5"),
        tuple(str(quarter / 4) for quarter in range(-8, 16)),
    ),
    "moments": World(
        Line.MOMENT,
        _DATE,
        ("1970-01", "1970-01-01T00:00:02Z", "4", "1970-01-01T00:00:04.5Z", "1970-01-01T01:00:06+01:00"),
        tuple(f"1970-01-01T00:00:{second:02d}Z" for second in range(10)),
    ),
    "seconds": World(
        Line.EPOCH,
        (*_NUMERIC, *_DATE),
        ("10001", "10002.5", "10004", "10005"),
        tuple(str(number) for number in range(10_000, 10_008)),
    ),
    "addresses": World(Line.ADDRESS, ("IpAddress", "NotIpAddress"), _NETWORKS, _around(_NETWORKS)),
}
Members: TypeAlias = frozenset[str]


def _allowed(operator: str, policy: str, requests: Sequence[str]) -> Members:
    """The requests that fulfil a condition, by the decision core's own operator."""
    known = OPERATORS[operator]
    assert known.read_policy
    assert known.read_request
    assert known.holds
    found = set()
    for request in requests:
        matched = known.holds(known.read_request(request), known.read_policy(policy))
        if matched != known.negated:
            found.add(request)
    return frozenset(found)


def _sets(world: World) -> st.SearchStrategy[tuple[Spans, Members]]:
    """Sets made of conditions, each with the requests that are in it by brute force."""
    whole = frozenset(world.requests)

    def condition(operator: str, policy: str) -> tuple[Spans, Members]:
        spans = fulfilled_by(operator, [policy], world.line)
        assert spans is not None
        return spans, _allowed(operator, policy, world.requests)

    def combined(
        operation: tuple[Callable[[Spans, Spans], Spans], Callable[[Members, Members], Members]],
        one: tuple[Spans, Members],
        other: tuple[Spans, Members],
    ) -> tuple[Spans, Members]:
        return operation[0](one[0], other[0]), operation[1](one[1], other[1])

    leaves = st.builds(condition, st.sampled_from(world.operators), st.sampled_from(world.policies))
    operations = st.sampled_from(
        (
            (Spans.meet, frozenset.intersection),
            (Spans.join, frozenset.union),
            (Spans.minus, frozenset.difference),
        )
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.builds(combined, operations, inner, inner)
            | inner.map(lambda pair: (pair[0].complement(), whole - pair[1]))
        ),
        max_leaves=8,
    )


SETS = {name: _sets(world) for name, world in WORLDS.items()}


def _members(spans: Spans, world: World) -> Members:
    return frozenset(request for request in world.requests if spans.holds(request))


@pytest.mark.parametrize("name", WORLDS)
@given(st.data())
def test_sets_hold_what_the_operators_let_through(name: str, data: st.DataObject) -> None:
    """Meet, join, minus and complement of conditions hold the requests that the decision core would allow."""
    spans, members = data.draw(SETS[name])
    assert _members(spans, WORLDS[name]) == members


@pytest.mark.parametrize("name", WORLDS)
@given(st.data())
def test_a_set_is_empty_exactly_if_no_request_is_in_it(name: str, data: st.DataObject) -> None:
    """Also between two neighbours: no whole number is above 2 and below 2.5."""
    spans, members = data.draw(SETS[name])
    assert spans.is_empty == (not members)
    assert spans.is_everything == (members == frozenset(WORLDS[name].requests))


@pytest.mark.parametrize("name", WORLDS)
@given(st.data())
def test_sets_that_hold_the_same_are_equal(name: str, data: st.DataObject) -> None:
    """However they came to be."""
    (one, ones), (other, others) = data.draw(SETS[name]), data.draw(SETS[name])
    assert (one == other) == (ones == others)
    assert (hash(one) == hash(other)) or one != other


@pytest.mark.parametrize("name", WORLDS)
@given(st.data())
def test_an_example_is_in_its_set_and_can_be_read(name: str, data: st.DataObject) -> None:
    """And is in no set that has nothing in common with it."""
    spans, _ = data.draw(SETS[name])
    if spans.is_empty:
        with pytest.raises(ValueError, match="no example"):
            spans.example()
        return
    assert spans.holds(spans.example())
    assert not spans.complement().holds(spans.example())


@given(st.data())
def test_an_example_of_seconds_is_read_by_operators_on_numbers_and_on_dates(data: st.DataObject) -> None:
    """A policy may compare `aws:EpochTime` by either."""
    spans, _ = data.draw(SETS["seconds"])
    if not spans.is_empty:
        reads = [OPERATORS[name].read_request for name in ("NumericEquals", "DateEquals")]
        assert all(read and read(spans.example()) is not None for read in reads)


@given(st.data())
def test_the_networks_of_a_set_hold_its_addresses(data: st.DataObject) -> None:
    """Just those, and none twice."""
    spans, members = data.draw(SETS["addresses"])
    networks = spans.networks()
    requests = WORLDS["addresses"].requests
    inside = {text for text in requests if any(ip_address(text) in network for network in networks)}
    assert inside == members
    assert sum(network.num_addresses for network in networks) == sum(
        high - low for low, high in zip(spans.cuts[::2], spans.cuts[1::2], strict=True)
    )


@pytest.mark.parametrize("name", [name for name in WORLDS if name != "addresses"])
@given(st.data())
def test_the_stretches_of_a_set_say_what_it_holds(name: str, data: st.DataObject) -> None:
    """Read back as conditions, their ends give the same set."""
    spans, _ = data.draw(SETS[name])
    kind = "Date" if spans.line is Line.MOMENT else "Numeric"
    back = nothing(spans.line)
    for span in spans.spans():
        stretch = everything(spans.line)
        for end, operator, included in (
            (span.low, "GreaterThan", span.low_included),
            (span.high, "LessThan", span.high_included),
        ):
            if end is not None:
                met = matched_by(f"{kind}{operator}{'Equals' if included else ''}", end, spans.line)
                assert met is not None
                stretch = stretch.meet(met)
        back = back.join(stretch)
    assert back == spans


def _given(operator: str, value: str, line: Line) -> Spans:
    found = fulfilled_by(operator, [value], line)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("operator", "value", "line", "example"),
    [
        ("NumericLessThan", "3600", Line.WHOLE, "1"),
        ("NumericLessThan", "1", Line.WHOLE, "0"),
        ("NumericGreaterThan", "3600", Line.WHOLE, "3601"),
        ("NumericGreaterThan", "10.5", Line.WHOLE, "11"),
        ("NumericEquals", "1.2", Line.DECIMAL, "1.2"),
        ("NumericLessThan", "-7.25", Line.DECIMAL, "-8"),
        ("DateLessThan", "2027-01-31T00:00:00Z", Line.MOMENT, "2027-01-30T00:00:00Z"),
        ("DateLessThan", "2027-01-31T12:00:00Z", Line.MOMENT, "2027-01-31T00:00:00Z"),
        ("DateGreaterThan", "2027-01-31T12:00:00Z", Line.MOMENT, "2027-02-01T00:00:00Z"),
        ("DateEquals", "2027-01-31T12:30:15Z", Line.MOMENT, "2027-01-31T12:30:15Z"),
        ("DateGreaterThanEquals", "2027-01-31", Line.EPOCH, "1801353600"),
        ("NumericLessThan", "1801353600", Line.EPOCH, "1801267200"),
        ("IpAddress", "203.0.113.0/24", Line.ADDRESS, "203.0.113.7"),
        ("IpAddress", "10.1.0.0/16", Line.ADDRESS, "10.1.0.7"),
        ("IpAddress", "10.1.0.4/31", Line.ADDRESS, "10.1.0.5"),
        ("IpAddress", "10.1.0.4", Line.ADDRESS, "10.1.0.4"),
        ("IpAddress", "2001:db8:5::/48", Line.ADDRESS, "2001:db8:5::7"),
        ("NotIpAddress", "0.0.0.0/0", Line.ADDRESS, "2001:db8::7"),
        ("NotIpAddress", "203.0.113.0/24", Line.ADDRESS, "198.51.100.7"),
    ],
)
def test_examples_are_such_as_a_person_would_write(
    operator: str, value: str, line: Line, example: str
) -> None:
    """A midnight, an address from the documentation, a number without needless digits."""
    assert _given(operator, value, line).example() == example


def test_the_example_of_a_line_is_some_ordinary_value() -> None:
    """Where a condition says nothing."""
    assert [everything(line).example() for line in Line] == [
        "1",
        "1",
        "2027-01-01T00:00:00Z",
        "1798761600",
        "203.0.113.7",
    ]


def test_an_end_is_said_in_the_rounder_way() -> None:
    """`before midnight` rather than `until a second before midnight`, but `until 10` of whole numbers."""
    before = _given("DateLessThan", "2027-01-31T00:00:00Z", Line.MOMENT)
    until = _given("DateLessThanEquals", "2027-01-31T00:00:00Z", Line.MOMENT)
    few = _given("NumericLessThan", "10.5", Line.WHOLE)
    assert before.spans() == (
        Span(low=None, low_included=True, high="2027-01-31T00:00:00Z", high_included=False),
    )
    assert until.spans() == (
        Span(low=None, low_included=True, high="2027-01-31T00:00:00Z", high_included=True),
    )
    assert few.spans() == (Span(low=None, low_included=True, high="10", high_included=True),)


def test_of_decimals_there_is_always_one_between_two() -> None:
    """A tag that a policy compares as a number can be 1.5; an age in seconds cannot."""
    between = {
        line: _given("NumericGreaterThan", "1", line).meet(_given("NumericLessThan", "2", line))
        for line in (Line.WHOLE, Line.DECIMAL)
    }
    assert between[Line.WHOLE].is_empty
    assert between[Line.DECIMAL].example() == "1.1"


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("1.5", Line.WHOLE),
        ("-1", Line.WHOLE),
        ("one", Line.WHOLE),
        ("2027-01-31T00:00:00.5Z", Line.MOMENT),
        ("1969-12-31", Line.MOMENT),
        ("9999", Line.EPOCH),
        ("10.0.0.0/8", Line.ADDRESS),
        ("10.0.0.1 ", Line.ADDRESS),
    ],
)
def test_a_text_that_is_no_value_of_the_line_is_in_no_set(value: str, line: Line) -> None:
    """Not in everything, and not in nothing."""
    assert not everything(line).holds(value)
    assert not nothing(line).holds(value)


@pytest.mark.parametrize(
    ("operator", "value", "line"),
    [
        ("NumericLessThan", "ten", Line.WHOLE),
        ("NumericLessThan", "1e9", Line.WHOLE),
        ("DateLessThan", "soon", Line.MOMENT),
        ("DateLessThan", "2027-01-31", Line.WHOLE),
        ("NumericLessThan", "10", Line.MOMENT),
        ("IpAddress", "10.0.0.0/33", Line.ADDRESS),
        ("IpAddress", "10.0.0.0/8", Line.WHOLE),
        ("NumericEquals", "10", Line.ADDRESS),
        ("StringEquals", "10", Line.WHOLE),
        ("Bool", "true", Line.WHOLE),
        ("NumericGreater", "10", Line.WHOLE),
    ],
)
def test_what_cannot_be_compared_is_not_told(operator: str, value: str, line: Line) -> None:
    """A value that cannot be read, an operator on something else, an operator that there is not."""
    assert matched_by(operator, value, line) is None
    assert fulfilled_by(operator, [value], line) is None


def test_of_several_values_one_is_enough_and_a_negated_operator_needs_all_to_miss() -> None:
    """IAM User Guide, "Conditions with multiple context keys or values"."""
    some = fulfilled_by("NumericEquals", ["1", "3"], Line.WHOLE)
    others = fulfilled_by("NumericNotEquals", ["1", "3"], Line.WHOLE)
    assert some is not None
    assert others is not None
    assert [some.holds(text) for text in "0123"] == [False, True, False, True]
    assert others == some.complement()


def test_a_condition_with_a_value_that_cannot_be_read_or_with_none_is_not_told() -> None:
    """What such a condition lets through is not known for every request."""
    assert fulfilled_by("NumericEquals", ["1", "x"], Line.WHOLE) is None
    assert fulfilled_by("NumericEquals", [], Line.WHOLE) is None


def test_a_network_with_a_host_part_means_its_network() -> None:
    """As the decision core reads it."""
    assert _given("IpAddress", "10.0.0.9/8", Line.ADDRESS) == _given("IpAddress", "10.0.0.0/8", Line.ADDRESS)


def test_everything_but_one_address_is_told_in_networks() -> None:
    """IPv4 before IPv6, each network once."""
    rest = _given("NotIpAddress", "10.0.0.0", Line.ADDRESS).networks()
    assert str(rest[0]) == "0.0.0.0/5"
    assert str(rest[-1]) == "::/0"
    assert len(rest) == 33


def test_sets_of_different_lines_do_not_mix() -> None:
    """Nor have numbers networks."""
    with pytest.raises(ValueError, match="no values in common"):
        everything(Line.WHOLE).meet(everything(Line.MOMENT))
    with pytest.raises(ValueError, match="have no networks"):
        everything(Line.WHOLE).networks()
