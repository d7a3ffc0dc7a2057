"""Matrices of random pictures, held against the decision core, which decides from the same policies.

What is decided "allowed" lies within an entry, what cannot be decided within one that may be in doubt; each
example is allowed; and what an entry without conditions holds is allowed.
"""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from crossaccess.compare.change import Change, Effect, Standing
from crossaccess.compare.subjects import label_of
from crossaccess.decide import Decision, Request
from crossaccess.policy.arn import parse_arn
from crossaccess.who.finding import who
from crossaccess.who.matrix import Entry
from tests.compare.strategies import ANALYST
from tests.decide.strategies import OWNER, ROLE
from tests.support.compared import request_of
from tests.support.picture_oracle import Oracle, Own, principal_of
from tests.support.picture_pairs import MEMBER, Written, picture_of, written
from tests.support.picture_requests import requests
from tests.support.told_of import TOO_HARD, is_named, is_of_thing, takes_in, target_of

_REQUESTS = 80
_MEMBERS = "members of group/readers"
_LABELS = {MEMBER: _MEMBERS, ANALYST: "permission-set/Analysts"}
_thrifty = settings(deadline=None, max_examples=settings().max_examples // 3)
_seeds = st.integers(0, 2**32)


class Told:
    """What a matrix tells, beside the decisions."""

    def __init__(self, places: Written, seed: int) -> None:
        picture = picture_of(places)
        self.entries = who(picture).entries
        self.oracle = Oracle(picture)
        self.seed = seed

    def requests(self) -> Iterator[Request]:
        """Requests that can be made, many of them near the examples of the entries."""
        return requests(self.seed, [_as_change(one) for one in self.entries], _REQUESTS)

    def decided(self, request: Request, own: Own) -> Decision:
        """What the core says."""
        return self.oracle.decided(request, principal_of(request), own)

    def that_may(self, decision: Decision) -> list[Entry]:
        """The entries in one of which a request with this decision has to be; none where in none."""
        if decision is Decision.ALLOWED or decision is Decision.UNKNOWN:
            return [one for one in self.entries if decision is Decision.ALLOWED or not one.is_sure]
        return []


def _as_change(entry: Entry) -> Change:
    return Change(
        effect=Effect.GAIN if entry.is_sure else Effect.UNKNOWN,
        standing=entry.standing,
        subject=entry.subject,
        target=entry.place.label,
        actions=entry.actions,
        resources=entry.resources,
        spared=entry.spared,
        examples=entry.examples,
    )


def _is_of_thing(entry: Entry, request: Request) -> bool:
    # Who may assume a role is told by what they can do with it.
    return (target_of(request) == "role reader" and entry.role == ROLE) or is_of_thing(
        _as_change(entry), request
    )


def _is_about(entry: Entry, principal: str) -> bool:
    """Whether it tells a known principal; of a role's sessions, or of who comes by it."""
    arn = parse_arn(principal)
    assert arn is not None
    label = _LABELS.get(principal, label_of(principal))
    by_role = principal == ROLE and entry.role == ROLE
    return by_role or is_named(entry.subject, label, arn.account)


@_thrifty
@given(written(), _seeds)
def test_a_known_principal_is_allowed_what_lies_within_an_entry(places: Written, seed: int) -> None:
    """Of its own access, and of that by the role."""
    told = Told(places, seed)
    for request in told.requests():
        principal = principal_of(request)
        if not told.oracle.knows(principal):
            continue
        decision = told.decided(request, Own.KNOWN)
        if decision in (Decision.ALLOWED, Decision.UNKNOWN):
            assert any(
                _is_about(one, principal) and _is_of_thing(one, request) for one in told.that_may(decision)
            ), (decision, request)


@_thrifty
@given(written(), _seeds)
def test_what_an_entry_without_conditions_holds_is_allowed(places: Written, seed: int) -> None:
    """Where both sides are known, and nothing is asked, each request within it gets in."""
    told = Told(places, seed)
    plain = [
        one
        for one in told.entries
        if one.is_sure and not one.conditions and one.standing is Standing.EFFECTIVE and one.role is None
    ]
    for request in told.requests():
        principal = principal_of(request)
        there = told.oracle.holds(request.resource)
        if principal == MEMBER or not there or not told.oracle.knows(principal):
            continue
        decision = told.decided(request, Own.KNOWN)
        for one in plain:
            if _is_about(one, principal) and _holds(one, request):
                assert decision is Decision.ALLOWED, (one, request)


def _holds(entry: Entry, request: Request) -> bool:
    # Of patterns of ARNs AWS leaves open what their wildcards match.
    told = is_of_thing(_as_change(entry), request)
    on_bucket = request.resource.startswith("arn:aws:s3:") and "/" not in request.resource
    return told and on_bucket != bool(entry.resources) and ":" not in request.resource.partition("/")[2]


@_thrifty
@given(written(), _seeds)
def test_what_a_policy_lets_those_do_of_whom_nothing_is_known_lies_within_an_entry(
    places: Written, seed: int
) -> None:
    """Abroad where their account lets them do anything, at home where it lets them do nothing."""
    told = Told(places, seed)
    for request in told.requests():
        if told.oracle.knows(principal_of(request)):
            continue
        if _is_at_home(request) and request.principal.endswith(":root"):
            continue
        decision = told.decided(request, _unknown_of(request))
        if decision in (Decision.ALLOWED, Decision.UNKNOWN):
            assert any(
                takes_in(one.subject, request) and _is_of_thing(one, request)
                for one in told.that_may(decision)
            ), (decision, request)


def _is_at_home(request: Request) -> bool:
    return f"::{OWNER}:" in request.principal


def _unknown_of(request: Request) -> Own:
    """What counts for a principal of whom nothing is known.

    The owner's account may let its own do anything, which no policy of a bucket, key or role says.
    """
    return Own.NOTHING if _is_at_home(request) else Own.ANYTHING


@_thrifty
@given(written(), _seeds)
def test_whoever_may_assume_the_role_has_its_access(places: Written, seed: int) -> None:
    """Where both requests are allowed, the second is told of who makes the first."""
    told = Told(places, seed)
    made = [*told.requests()]
    assumes = [one for one in made if one.action == "sts:AssumeRole" and principal_of(one) != ROLE]
    does = [one for one in made if principal_of(one) == ROLE and one.action[:4] != "sts:"]
    for assuming, doing in product(assumes, does):
        whose = principal_of(assuming)
        known = told.oracle.knows(whose)
        ways = {
            told.decided(assuming, Own.KNOWN if known else _unknown_of(assuming)),
            told.decided(doing, Own.KNOWN),
        }
        if not ways <= {Decision.ALLOWED, Decision.UNKNOWN}:
            continue
        decision = Decision.UNKNOWN if Decision.UNKNOWN in ways else Decision.ALLOWED
        assert any(
            (_is_about(one, whose) if known else takes_in(one.subject, assuming))
            and ((one.role == ROLE and is_of_thing(_as_change(one), doing)) or tuple(one.actions) == TOO_HARD)
            for one in told.that_may(decision)
        ), (ways, assuming, doing)


@_thrifty
@given(written(), _seeds)
def test_each_example_is_allowed(places: Written, seed: int) -> None:
    """By the policies that the entry says it is given by."""
    told = Told(places, seed)
    for entry in told.entries:
        assert entry.examples or not entry.is_sure
        for example in entry.examples:
            request = request_of(example.request)
            assert _on_example(told, entry, request) is Decision.ALLOWED, (entry, request)


def _on_example(told: Told, entry: Entry, request: Request) -> Decision:
    whose = principal_of(request)
    if entry.subject.name == _MEMBERS and whose != ROLE:
        # Some member or other, whoever else has that name.
        whose = MEMBER
    if entry.awaits_owner:
        return told.oracle.once_let(request, whose)
    session = whose == ROLE and entry.role == ROLE
    if told.oracle.knows(whose) and (session or entry.standing is Standing.EFFECTIVE):
        return told.oracle.decided(request, whose, Own.KNOWN)
    return told.decided(request, Own.ANYTHING if entry.standing is Standing.DELEGATED else Own.NOTHING)
