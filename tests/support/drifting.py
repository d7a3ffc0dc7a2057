"""Stacks, and what is there of them: the same but for what a test changes."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crossaccess.deployment.picture import Bucket, Group, Key, Picture, Policy, Principal, PublicAccessBlock
from crossaccess.deployment.seen import Carried, Seen, SeenBucket, SeenGroup, SeenKey, SeenPrincipal, Unread
from crossaccess.drift.drifting import drifted
from crossaccess.drift.result import Drift
from crossaccess.policy.principal import PrincipalKind
from tests.support.verified import BUCKET, KEY_ARN, A, B, grant

ROLE, USER = PrincipalKind.ROLE, PrincipalKind.USER
BOB = (USER, "bob")
LAKE = (ROLE, "lake-role")
MANAGED = f"arn:aws:iam::{B}:policy/crossaccess-bob"
OF_GROUP = f"arn:aws:iam::{B}:policy/of-group"
BY_A, BY_B = "the profile a", "the profile b"
REFUSED = Unread(permission="iam:ListAttachedUserPolicies", reason="AccessDenied: no")
OBJECTS = f"arn:aws:s3:::{BUCKET}/reports/*"
ALL_ON = PublicAccessBlock(
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)


def text(*statements: Mapping[str, object]) -> str:
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def urn(kind: str, name: str) -> str:
    """A resource's URN."""
    return f"urn:pulumi:tried::crossaccess::{kind}::{name}"


READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECTS}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READING = text(READ)
OF_BUCKET = text(
    {**READ, "Sid": "CrossAccessReports", "Principal": {"AWS": f"arn:aws:iam::{B}:user/bob"}},
    {
        **READ,
        "Sid": "CrossAccessOthers",
        "Principal": {"AWS": f"arn:aws:iam::{B}:root"},
        "Action": "s3:GetObjectTagging",
    },
)
OF_KEY = text(
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{A}:root"}, "Action": "kms:*", "Resource": "*"}
)
TRUST = text(
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{B}:user/bob"}, "Action": "sts:AssumeRole"}
)


def picture(**more: Any) -> Picture:  # Any: a picture's fields
    """Two stacks: a bucket with a key and a role; a policy attached to Bob, who is nobody's."""
    usual: dict[str, Any] = {
        "buckets": (
            Bucket(
                name=BUCKET,
                account=A,
                policy=Policy(name=f"bucket policy of {BUCKET}", text=OF_BUCKET, source=urn("x", "p")),
                public_access_block=ALL_ON,
                key=KEY_ARN,
                source=urn("aws:s3/bucket:Bucket", "b"),
            ),
        ),
        "keys": (
            Key(
                name="k-1",
                arn=KEY_ARN,
                account=A,
                alias="alias/lake",
                policy=Policy(name="key policy of k-1", text=OF_KEY),
                source=urn("aws:kms/key:Key", "k"),
            ),
        ),
        "principals": (role(), bob()),
        "grants": (grant(),),
    }
    return Picture(**{**usual, **more})


def role(**more: Any) -> Principal:  # Any: a principal's fields
    """The owner's role, which its stack made."""
    usual: dict[str, Any] = {
        "kind": ROLE,
        "name": "lake-role",
        "account": A,
        "trust": Policy(name="trust policy of role/lake-role", text=TRUST),
        "policies": (Policy(name="inline policy reads of role/lake-role", text=READING),),
        "max_session_seconds": 3600,
        "source": urn("aws:iam/role:Role", "r"),
    }
    return Principal(**{**usual, **more})


def bob(**more: Any) -> Principal:  # Any: a principal's fields
    """Bob, to whom the requester's stack attaches a policy."""
    usual: dict[str, Any] = {
        "kind": USER,
        "name": "bob",
        "account": B,
        "path_told": False,
        "policies": (Policy(name="policy crossaccess-bob of user/bob", text=READING, arn=MANAGED),),
        "held": False,
    }
    return Principal(**{**usual, **more})


def owners(**more: Any) -> Seen:  # Any: what was seen
    """Account A as it was deployed."""
    usual: dict[str, Any] = {
        "buckets": {BUCKET: SeenBucket(policy=OF_BUCKET, block=ALL_ON, key=KEY_ARN)},
        "keys": {KEY_ARN: SeenKey(policy=OF_KEY)},
        "principals": {LAKE: seen_role()},
    }
    return Seen(account=A, by=BY_A, **{**usual, **more})


def seen_role(**more: Any) -> SeenPrincipal:  # Any: what was seen
    """The role as it was deployed."""
    usual: dict[str, Any] = {
        "carried": Carried(inline={"reads": READING}),
        "trust": TRUST,
        "seconds": 3600,
    }
    return SeenPrincipal(**{**usual, **more})


def requesters(**more: Any) -> Seen:  # Any: what was seen
    """Account B as it was deployed."""
    usual: dict[str, Any] = {"principals": {BOB: seen_bob()}, "policies": {MANAGED: READING}}
    return Seen(account=B, by=BY_B, **{**usual, **more})


def seen_bob(**more: Any) -> SeenPrincipal:  # Any: what was seen
    """Bob as he was when the stacks were deployed."""
    return SeenPrincipal(**{"carried": Carried(managed=(MANAGED,)), **more})


def readers(*, held: bool = True) -> Group:
    """A group with a policy."""
    policy = Policy(name="policy of-group of group/readers", text=READING, arn=OF_GROUP)
    return Group(name="readers", account=B, policies=(policy,), members=("user/bob",), held=held)


def in_readers(one: Principal) -> Principal:
    """Somebody whom the stack has put into the group."""
    return replace(one, policies=(*one.policies, *readers().policies), groups=("Readers",))


def seen_readers(**more: Any) -> SeenGroup:  # Any: what was seen
    """The group as it was deployed."""
    return SeenGroup(**{"carried": Carried(managed=(OF_GROUP,)), **more})


def found(*looked: Seen, stacks: Picture | None = None) -> Drift:
    """What has drifted; of both accounts, where a test says no other."""
    by_account = {A: owners(), B: requesters(), **{one.account: one for one in looked}}
    return drifted(stacks or picture(), tuple(by_account.values()))


def said(drift: Drift) -> list[str]:
    """Changes in a few words: the effect, who, what, and on what."""
    return sorted(
        f"{change.effect.value} {change.subject.name} {','.join(sorted(change.actions)[:3])} "
        f"{','.join(change.resources) or change.target}"
        for change in drift.comparison.changes
    )


def told(drift: Drift) -> list[tuple[str, str]]:
    """What is told beside policies."""
    return [(one.kind.value, one.name) for one in drift.told]


def unclear(drift: Drift) -> dict[str, str]:
    """What is not known, and why."""
    return {one.name: one.reason for one in drift.comparison.unclear}
