"""Where AWS leaves open whether a wildcard stands for a colon, and a doubt of it is told as that."""

import json
from collections.abc import Mapping, Sequence

from crossaccess.compare.change import Change, Effect, Standing
from crossaccess.compare.comparing import compare
from crossaccess.compare.told import COLONS
from crossaccess.deployment.picture import Bucket, Picture, Policy, Principal
from crossaccess.policy.principal import PrincipalKind

_BOB = "arn:aws:iam::112233445566:user/bob"
_READING = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/*"}
_DOUBT = "where a wildcard stands for a colon"


def _policy(name: str, *statements: Mapping[str, object]) -> Policy:
    return Policy(name=name, text=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def _picture(denied: Sequence[str] = ()) -> Picture:
    """Bob reads the lake, but for what is denied."""
    denying = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject"}
    policy = _policy(
        "bucket policy of lake",
        {**_READING, "Principal": {"AWS": _BOB}},
        *([{**denying, "Resource": [f"arn:aws:s3:::lake/{one}" for one in denied]}] if denied else []),
    )
    bob = Principal(
        kind=PrincipalKind.USER, name="bob", account="112233445566", policies=(_policy("own", _READING),)
    )
    return Picture(buckets=(Bucket(name="lake", account="111111222222", policy=policy),), principals=(bob,))


def _of_bob(denied: Sequence[str]) -> list[Change]:
    found = compare(_picture(denied), _picture()).changes
    return [one for one in found if one.subject.name == "user/bob" and one.standing is Standing.EFFECTIVE]


def test_a_doubt_about_colons_says_so() -> None:
    """Not the same pattern less itself, which reads like the sure gain beside it."""
    sure, doubt = _of_bob(["*/secret/*"])
    assert (sure.effect, sure.resources, sure.conditions) == (Effect.GAIN, ("*/secret/*",), ())
    assert (doubt.effect, doubt.resources, doubt.spared) == (Effect.UNKNOWN, ("*/secret/*",), ())
    assert (doubt.conditions, doubt.reason) == ((_DOUBT,), COLONS)


def test_a_pattern_that_leaves_no_doubt_tells_none() -> None:
    """A wildcard at its end stands for colons as well: AWS's own examples do it."""
    (sure,) = _of_bob(["secret/*"])
    assert (sure.effect, sure.resources, sure.conditions) == (Effect.GAIN, ("secret/*",), ())
