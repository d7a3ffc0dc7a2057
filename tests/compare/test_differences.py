"""The comparison is the decision core's, for all requests at once: held against it with random policies."""

import json
import random
from collections.abc import Iterator, Sequence
from unittest.mock import patch

from hypothesis import given, reject, settings

from crossaccess.compare import uniting
from crossaccess.compare.carried import can_carry
from crossaccess.compare.difference import Found
from crossaccess.compare.effort import TooHardError
from crossaccess.compare.realm import Realm
from crossaccess.compare.shapes import glob
from crossaccess.compare.texts import of
from crossaccess.compare.ties import broken_ties
from crossaccess.decide import Decision, Request
from tests.compare.strategies import S3, Pair, World, agreeing, context_of, pairs
from tests.decide.strategies import OWNER
from tests.support.compared import (
    carried,
    decisions,
    differences,
    example_of,
    found_in,
    is_in,
    values_of,
)

_REQUESTS = 30
_REFUSED = (Decision.DENIED, Decision.NOT_ALLOWED)
# What the core itself cannot decide for all requests, or decides by a value where a set is asked for.
_DOUBTS = (
    "${",
    "Similar",
    "Binary",
    "Canonical",
    "no principal",
    "Numeric",
    "not an arn",
    "NotPrincipal",
    '"arn:aws:s3"',
)


def _realm(pair: Pair) -> Realm:
    return Realm(
        action=pair.action,
        caller=pair.callers.caller,
        owner=OWNER,
        resources=of(glob(pair.world.whole)),
    )


def _usual(world: World) -> dict[str, str]:
    given = {key: values[0] for key, (_operators, _values, values) in world.keys.items() if values}
    return {**given, "aws:CurrentTime": "2026-01-01T00:00:00Z", "aws:EpochTime": "1767225600"}


def _request(pair: Pair, chance: random.Random, near: Sequence[Request]) -> Request:
    """A random request of the realm; or one that differs from an example in a thing or two."""
    principal, role = chance.choice(pair.callers.members)
    context = context_of(pair.world, chance)
    resource = chance.choice(pair.world.targets)
    if near and chance.random() < 0.5:
        example = chance.choice(near)
        kept = {key: tuple(values) for key, values in example.context.items()}
        for key in chance.sample(sorted(context), min(len(context), 2)):
            kept[key] = context[key]
        if chance.random() < 0.3 and kept:
            kept.pop(chance.choice(sorted(kept)))
        same_time = {key: context[key] for key in ("aws:CurrentTime", "aws:EpochTime")}
        context = agreeing({**kept, **same_time}, chance)
        context.pop("aws:PrincipalArn", None)
        if chance.random() < 0.8:
            resource = example.resource
            principal = example.principal
            role = dict(example.context).get("aws:PrincipalArn", (role,))[0]
    context = carried(context, pair.action, pair.callers.caller.kind, _usual(pair.world))
    if pair.world is S3:
        context["s3:ResourceAccount"] = (OWNER,)
    if role is not None:
        context["aws:PrincipalArn"] = (role,)
    return Request(
        principal=principal,
        action=pair.action,
        resource=resource,
        resource_account=OWNER,
        context=context,
    )


def _requests(pair: Pair, found: Sequence[Found], realm: Realm) -> Iterator[Request]:
    chance = random.Random(pair.seed)  # noqa: S311 - no secret
    near = [example_of(one, realm, pair.world.keys) for one in found if one.example is not None]
    for _ in range(_REQUESTS):
        request = _request(pair, chance, near)
        if not broken_ties(request.context):
            yield request


def _hold_examples(pair: Pair, found: Sequence[Found], realm: Realm) -> None:
    """Each example is a request that can be made and lies in its difference; the sure ones do differ."""
    told = [one for one in found if one.example is not None]
    examples = [example_of(one, realm, pair.world.keys) for one in told]
    before, after = decisions(examples, pair.old), decisions(examples, pair.new)
    for one, example, old, new in zip(told, examples, before, after, strict=True):
        assert is_in(values_of(example, realm), one.box)
        assert not broken_ties(example.context)
        assert all(can_carry(pair.action, key, realm.caller.kind) for key in example.context)
        if one.sure:
            assert (old in _REFUSED, new) == (True, Decision.ALLOWED), (old, new, example)


def _hold_requests(pair: Pair, found: Sequence[Found], realm: Realm) -> None:
    """A request that the change lets in lies in a difference, and no other lies in a sure one."""
    requests = list(_requests(pair, found, realm))
    doubtful = any(doubt in json.dumps((pair.old.documents, pair.new.documents)) for doubt in _DOUBTS)
    sure = [one for one in found if one.sure]
    before, after = decisions(requests, pair.old), decisions(requests, pair.new)
    for request, old, new in zip(requests, before, after, strict=True):
        if old in _REFUSED and new is Decision.ALLOWED:
            told = found_in(request, found, realm)
            assert told is not None, ("not reported", old, new, request)
            assert told.sure or told.example is None or doubtful, ("reported as a doubt", old, new, request)
        else:
            assert found_in(request, sure, realm) is None, ("surely reported", old, new, request)
        if (old in _REFUSED) != (new in _REFUSED) and new not in _REFUSED:
            assert found_in(request, found, realm) is not None, ("a doubt not reported", old, new, request)
        if old is Decision.UNKNOWN and new is Decision.ALLOWED:
            assert found_in(request, found, realm) is not None, ("a doubt not reported", old, new, request)


def _hold(pair: Pair) -> None:
    realm = _realm(pair)
    try:
        # Where there are many, statements that differ in their resources alone are looked at together.
        with patch.object(uniting, "_FEW", pair.seed % 2 * 8):
            found = differences(realm, pair.old, pair.new)
    except TooHardError:
        # Told as unknown: see the tests of the proofs.
        reject()
    _hold_examples(pair, found, realm)
    _hold_requests(pair, found, realm)


@settings(deadline=None)
@given(pairs(whole_classes=False))
def test_what_one_caller_gains_is_reported_exactly(pair: Pair) -> None:
    """For one user, role, service or anybody, the differences are those of the decision core."""
    _hold(pair)


@settings(deadline=None)
@given(pairs(whole_classes=True))
def test_what_a_class_of_callers_gains_is_reported_exactly(pair: Pair) -> None:
    """For all principals of one kind in an account at once, too."""
    _hold(pair)
