"""How the benchmark's documents at AWS's limits are laid out: which patterns have objects in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

OWNER = "111111222222"
REQUESTER = "112233445566"
BUCKET = "lake"
STATEMENTS = 100
ARN = f"arn:aws:s3:::{BUCKET}"
BOB = f"arn:aws:iam::{REQUESTER}:user/bob"

Statement: TypeAlias = dict[str, object]

_ROOT = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}
_TEAMS = STATEMENTS // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The bucket policy's statements by their number, and those of the user's policies by theirs.

    `widened` is the number of the statement that a change widens, `never` what both sides' policies rule out.
    """

    name: str
    bucket: Callable[[int, bool], Statement]
    identity: Callable[[int, int], Statement]
    widened: int
    never: str


def _overlapping_bucket(number: int, widened: bool) -> Statement:
    under = f"{ARN}/*/p{number}/"
    if number % 5 == 0:
        return {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:DeleteObject",
            "Resource": [f"{under}kept/*", f"{under}??-kept/*"],
            "Condition": {"StringNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/p{number}-*"}},
        }
    if number % 5 == 1:
        return {
            "Effect": "Allow",
            "Principal": _ROOT,
            "Action": "s3:ListBucket",
            "Resource": ARN,
            "Condition": {"StringLike": {"s3:prefix": f"*/p{number}/*"}},
        }
    if number % 5 == 2:
        return {
            "Effect": "Allow",
            "Principal": {"AWS": BOB},
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": [f"{under}{'*' if widened else 'reports/*'}", f"{ARN}/p{number}-??/*"],
        }
    if number % 5 == 3:
        return {
            "Effect": "Allow",
            "Principal": _ROOT,
            "Action": "s3:GetObject",
            "Resource": [f"{under}a*b*", f"{ARN}/p{number}/*"],
            "Condition": {"IpAddress": {"aws:SourceIp": f"10.{number}.0.0/16"}},
        }
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": [f"{under}*.exe", f"{under}*.dll"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _overlapping_identity(policy: int, number: int) -> Statement:
    under = f"{ARN}/*/p{(policy * 31 + number) % STATEMENTS}/"
    if number % 4 == 0:
        return {"Effect": "Deny", "Action": "s3:PutObject", "Resource": f"{under}{policy}-??.csv"}
    if number % 4 == 1:
        return {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": ARN,
            "Condition": {"StringLike": {"s3:prefix": f"*/p{number}/{policy}*"}},
        }
    if number % 4 == 2:
        return {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"{under}*"}
    return {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": [f"{under}*a{policy}*b{number}*", f"{under}{policy}/*"],
        "Condition": {"IpAddress": {"aws:SourceIp": f"10.{policy}.{number}.0/24"}},
    }


def _apart_bucket(number: int, widened: bool) -> Statement:
    team = f"t{number // 2}"
    if number == STATEMENTS - 2:
        return {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [ARN, f"{ARN}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    if number == STATEMENTS - 1:
        return {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"{ARN}/*",
            "Condition": {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        }
    who = BOB if number % 3 else f"{BOB}{number}"
    if number % 2:
        listed = {"Condition": {"StringLike": {"s3:prefix": f"{team}/in/*"}}}
        return _allow("s3:ListBucket", ARN, {"Principal": {"AWS": who}, **listed})
    under = f"{ARN}/{team}/{'' if widened else 'in/'}*"
    pinned = {"Principal": _ROOT, "Condition": {"ArnEquals": {"aws:PrincipalArn": who}}}
    return _allow("s3:PutObject" if number % 4 else "s3:GetObject", under, pinned)


def _apart_identity(policy: int, number: int) -> Statement:
    team = f"t{(policy * 31 + number) % _TEAMS}"
    if number % 5 == 4:
        return {"Effect": "Deny", "Action": "s3:PutObject", "Resource": f"{ARN}/{team}/{policy}-??.csv"}
    if number % 5 == 3:
        return _allow("s3:ListBucket", ARN, {"Condition": {"StringLike": {"s3:prefix": f"{team}/*"}}})
    return _allow(["s3:GetObject", "s3:PutObject"][: 1 + number % 2], f"{ARN}/{team}/*", {})


def _allow(action: object, resource: str, more: Statement) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


OVERLAPPING = Layout(
    name="patterns that all meet",
    bucket=_overlapping_bucket,
    identity=_overlapping_identity,
    widened=37,
    never=f"s3:PutObject on {ARN}/*/p2/reports/p0/0-??.csv",
)
"""Wildcards before and behind every name: each pattern has objects in common with nearly every other."""

APART = Layout(
    name="a prefix for each team",
    bucket=_apart_bucket,
    identity=_apart_identity,
    widened=38,
    never=f"s3:PutObject on {ARN}/private/*",
)
"""What such policies mostly look like, and what this project writes."""
