"""Whole pictures compared: held against the decision core, which decides from the policies in the pictures.

A caller whose policies are known gains and loses what its requests say; of any other what the policies of the
resources let it do, whatever its own say.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from hypothesis import given, settings

from crossaccess.compare.change import Change, Comparison, Effect, Standing
from crossaccess.compare.comparing import compare
from crossaccess.compare.subjects import label_of
from crossaccess.decide import Decision, Request
from crossaccess.policy.arn import parse_arn
from tests.compare.strategies import ANALYST
from tests.decide.strategies import OWNER, ROLE
from tests.support.compared import request_of
from tests.support.picture_oracle import Oracle, Own, principal_of
from tests.support.picture_pairs import MEMBER, PicturePair, picture_pairs
from tests.support.picture_requests import requests
from tests.support.told_of import TOO_HARD, is_named, is_of_thing, of_effect, takes_in, target_of

_REQUESTS = 80
_BY_ROLE = "by role reader"
_MEMBERS = "members of group/readers"
_LABELS = {MEMBER: _MEMBERS, ANALYST: "permission-set/Analysts"}
_REFUSED = (Decision.DENIED, Decision.NOT_ALLOWED)


# A pair of pictures costs as much as some pairs of policies.
_thrifty = settings(deadline=None, max_examples=settings().max_examples // 3)


class Compared:
    """What a comparison tells, beside the decisions of both states."""

    def __init__(self, pair: PicturePair) -> None:
        self.told: Comparison = compare(pair.old, pair.new)
        self.old, self.new = Oracle(pair.old), Oracle(pair.new)
        self.gains = of_effect(self.told.changes, gains=True)
        self.losses = of_effect(self.told.changes, gains=False)

    def knows(self, principal: str) -> bool:
        """Whether either picture knows the principal's own policies."""
        return self.old.knows(principal) or self.new.knows(principal)

    def decided(self, request: Request, own: Own) -> tuple[Decision, Decision]:
        """Before and after."""
        whose = principal_of(request)
        return self.old.decided(request, whose, own), self.new.decided(request, whose, own)

    def on_example(self, change: Change, request: Request) -> tuple[Decision, Decision]:
        """Before and after, by the policies that an example of the change was made with."""
        whose = principal_of(request)
        if change.subject.name == _MEMBERS and whose != ROLE:
            # Some member or other, whoever else has that name.
            whose = MEMBER
        if change.awaits_owner:
            return self.old.once_let(request, whose), self.new.once_let(request, whose)
        session = whose == ROLE and change.way == _BY_ROLE
        if self.knows(whose) and (session or change.standing is Standing.EFFECTIVE):
            return self.old.decided(request, whose, Own.KNOWN), self.new.decided(request, whose, Own.KNOWN)
        own = Own.ANYTHING if change.standing is Standing.DELEGATED else Own.NOTHING
        return self.decided(request, own)


def _told_where(before: Decision, after: Decision, compared: Compared) -> Sequence[Change] | None:
    """Among which changes a request with these decisions has to be; `None` where among none."""
    if before is not Decision.ALLOWED and after is Decision.ALLOWED:
        return compared.gains
    if before is Decision.ALLOWED and after is not Decision.ALLOWED:
        return compared.losses
    return compared.gains if before in _REFUSED and after is Decision.UNKNOWN else None


def _name_of(principal: str) -> tuple[str, str]:
    arn = parse_arn(principal)
    assert arn is not None
    return _LABELS.get(principal, label_of(principal)), arn.account


def _is_about(change: Change, request: Request) -> bool:
    """Whether it tells a known principal of the request; of a role's sessions, or of who comes by it."""
    through = principal_of(request) == ROLE and change.way == _BY_ROLE
    mine = is_named(change.subject, *_name_of(principal_of(request)))
    # Who may assume the role is told by what they can do with it.
    assuming = target_of(request) == "role reader" and change.way == _BY_ROLE and mine
    return (through or mine) and (assuming or is_of_thing(change, request))


def _requests(pair: PicturePair, compared: Compared) -> Iterator[Request]:
    return requests(pair.seed, compared.told.changes, _REQUESTS, changed=pair.changed)


def _known(pair: PicturePair, compared: Compared) -> Iterator[Request]:
    for request in _requests(pair, compared):
        if compared.knows(principal_of(request)):
            yield request


@_thrifty
@given(picture_pairs())
def test_what_a_known_principal_gains_or_loses_is_told(pair: PicturePair) -> None:
    """Of its own access, and of that by the role."""
    compared = Compared(pair)
    for request in _known(pair, compared):
        before, after = compared.decided(request, Own.KNOWN)
        where = _told_where(before, after, compared)
        if where is not None:
            assert any(_is_about(one, request) for one in where), (before, after, request)


def _both(one: Decision, other: Decision) -> Decision:
    if one in _REFUSED or other in _REFUSED:
        return Decision.NOT_ALLOWED
    return Decision.ALLOWED if one is other is Decision.ALLOWED else Decision.UNKNOWN


@_thrifty
@given(picture_pairs())
def test_what_comes_through_the_role_is_told_of_who_comes(pair: PicturePair) -> None:
    """Of each who may assume it, known or not, where both requests together are decided differently."""
    compared = Compared(pair)
    made = [*_requests(pair, compared)]
    assumes = [one for one in made if one.action == "sts:AssumeRole" and principal_of(one) != ROLE]
    does = [one for one in made if principal_of(one) == ROLE and one.action[:4] != "sts:"]
    for assuming, doing in product(assumes, does):
        known = compared.knows(principal_of(assuming))
        ways = compared.decided(assuming, Own.KNOWN if known else Own.ANYTHING)
        deeds = compared.decided(doing, Own.KNOWN)
        where = _told_where(_both(ways[0], deeds[0]), _both(ways[1], deeds[1]), compared)
        if where is None:
            continue
        mine = [
            one
            for one in where
            if (
                is_named(one.subject, *_name_of(principal_of(assuming)))
                if known
                else takes_in(one.subject, assuming)
            )
        ]
        assert any(
            (one.way == _BY_ROLE and is_of_thing(one, doing)) or tuple(one.actions) == TOO_HARD
            for one in mine
        ), (ways, deeds, assuming, doing)


@_thrifty
@given(picture_pairs())
def test_what_a_policy_lets_those_do_of_whom_nothing_is_known_is_told(pair: PicturePair) -> None:
    """Where their own policies would let them do anything; at home also where these say nothing."""
    compared = Compared(pair)
    for request in _requests(pair, compared):
        if compared.knows(principal_of(request)):
            continue
        there = compared.old.holds(request.resource) and compared.new.holds(request.resource)
        home = f"::{OWNER}:" in request.principal
        # What principals may do at home with a new bucket hangs on their own policies, and is not told.
        ways = [Own.ANYTHING] if there or not home else []
        if home and not request.principal.endswith(":root"):
            ways.append(Own.NOTHING)
        for own in ways:
            where = _told_where(*compared.decided(request, own), compared)
            if where is not None:
                assert any(_is_of_unknown(one, request) for one in where), (own, request)


def _is_of_unknown(change: Change, request: Request) -> bool:
    assuming = target_of(request) == "role reader" and change.way == _BY_ROLE
    return takes_in(change.subject, request) and (assuming or is_of_thing(change, request))


@_thrifty
@given(picture_pairs())
def test_each_example_is_decided_as_it_is_told(pair: PicturePair) -> None:
    """By the policies in the pictures; and the first of a sure change differs as the change says."""
    compared = Compared(pair)
    for change in compared.told.changes:
        found = []
        for example in change.examples:
            request = request_of(example.request)
            decisions = compared.on_example(change, request)
            assert tuple(one.value for one in decisions) == (example.old, example.new), (change, request)
            found.append(decisions)
        if change.reason is not None:
            # It may be one, and has no example.
            continue
        before, after = found[0] if change.effect is Effect.GAIN else found[0][::-1]
        assert before is not Decision.ALLOWED, change
        assert after is Decision.ALLOWED, change
