"""Small pictures to look for findings in: two accounts that share a bucket, right or with something wrong."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from crossaccess.deployment.picture import (
    Bucket,
    Grant,
    Key,
    Picture,
    Policy,
    Principal,
    PublicAccessBlock,
)
from crossaccess.findings.catalogue import WILDCARD_PRINCIPAL
from crossaccess.findings.checking import check
from crossaccess.findings.finding import Finding
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.principal import PrincipalKind

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
OWNER, REQUESTER, STRANGER = "111111222222", "112233445566", "334455667788"
LAKE = "arn:aws:s3:::lake"
KEY = f"arn:aws:kms:eu-central-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = f"arn:aws:iam::{OWNER}:role/reader"
BOB = f"arn:aws:iam::{REQUESTER}:user/bob"
ROOT = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}
OWN_ROOT = {"AWS": f"arn:aws:iam::{OWNER}:root"}
OF_BOB = {"ArnEquals": {"aws:PrincipalArn": BOB}}
OF_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
URN = "urn:pulumi:account-a::crossaccess::"
OTHER_URN = "urn:pulumi:account-b::crossaccess::"

Json = dict[str, Any]  # Any: JSON
TLS_ONLY: Json = {
    "Sid": "TlsOnly",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [LAKE, f"{LAKE}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
ADMINISTRATION: Json = {"Effect": "Allow", "Principal": OWN_ROOT, "Action": "kms:*", "Resource": "*"}


def allow(principal: object, action: object = "s3:GetObject", /, **more: object) -> Json:
    """A statement of a bucket's policy; `Condition`, `Resource` and others may be given."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": f"{LAKE}/*", **more}


def trusting(principal: object, **more: object) -> Json:
    """A statement of a trust policy."""
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def may(action: object = "s3:GetObject", resource: object = f"{LAKE}/*", **more: object) -> Json:
    """A statement of a user's or role's policy."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(statements: Iterable[Json], *, name: str = "a policy", source: str = "", **more: Any) -> Policy:
    """A policy of these statements. `more` is what else the picture's policies have."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return Policy(name=name, text=text, source=source, **more)


ALL_ON = PublicAccessBlock(
    block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True
)


def bucket(
    *statements: Json, tls: bool = True, block: PublicAccessBlock | None = ALL_ON, **more: Any
) -> Bucket:
    """The owner's bucket, with everything on, and with statements of others."""
    listed = (TLS_ONLY, *statements) if tls else statements
    told = policy(listed, name="bucket policy of lake", source=f"{URN}policy") if listed else None
    return Bucket(
        **{
            "name": "lake",
            "account": OWNER,
            "region": "eu-central-1",
            "policy": told,
            "public_access_block": block,
            "source": f"{URN}bucket",
            **more,
        }
    )


def key(*statements: Json, **more: Any) -> Key:
    """The bucket's key, which its account administers."""
    name = KEY.rpartition("/")[2]
    told = policy((ADMINISTRATION, *statements), name=f"key policy of {name}", source=f"{URN}key")
    return Key(
        **{
            "name": name,
            "arn": KEY,
            "account": OWNER,
            "region": "eu-central-1",
            "policy": told,
            "source": f"{URN}key",
            **more,
        }
    )


def role(*trust: Json, policies: Iterable[Policy] = (), **more: Any) -> Principal:
    """A role of the owner's account."""
    told = policy(trust, name="trust policy of role/reader", source=f"{URN}role")
    return Principal(
        **{
            "kind": PrincipalKind.ROLE,
            "name": "reader",
            "account": OWNER,
            "policies": tuple(policies),
            "trust": told,
            "source": f"{URN}role",
            **more,
        }
    )


def user(*statements: Json, policies: Iterable[Policy] = (), **more: Any) -> Principal:
    """Bob, of the requester's account."""
    own = (policy(statements, name="policy p of user/bob", source=f"{OTHER_URN}p"),) if statements else ()
    return Principal(
        **{
            "kind": PrincipalKind.USER,
            "name": "bob",
            "account": REQUESTER,
            "policies": (*own, *policies),
            "source": f"{OTHER_URN}bob",
            **more,
        }
    )


def grant(**more: Any) -> Grant:
    """What Bob is granted: to read the bucket, by its policy."""
    return Grant(
        **{
            "name": "reports",
            "bucket": "lake",
            "owner": OWNER,
            "account": REQUESTER,
            "principals": ("user/bob",),
            "method": "bucket-policy",
            "actions": ("s3:GetObject",),
            "conditions": Conditions(),
            **more,
        }
    )


def picture(*things: Bucket | Key | Principal | Grant, **more: Any) -> Picture:
    """All of it together."""
    kinds = {"buckets": Bucket, "keys": Key, "principals": Principal, "grants": Grant}
    held = {name: tuple(one for one in things if isinstance(one, kind)) for name, kind in kinds.items()}
    return Picture(**{**held, **more})


def found(looked_at: Picture) -> tuple[Finding, ...]:
    """The findings, on a fixed day."""
    return check(looked_at, now=NOW)


def names(looked_at: Picture) -> set[str]:
    """The names of the rules that something goes against."""
    return {one.rule.name for one in found(looked_at)}


def hostile(foreign: str) -> Finding:
    """A finding all of whose foreign parts are one text."""
    return Finding(
        rule=WILDCARD_PRINCIPAL,
        about=foreign,
        message=foreign,
        account=foreign,
        policy=foreign,
        statement=foreign,
        source=foreign,
        mend=foreign,
    )
