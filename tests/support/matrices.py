"""Matrices of small pictures, written down as policies."""

import json
from collections.abc import Iterable, Sequence

from crossaccess.deployment.picture import Bucket, Grant, Picture, Policy, Principal
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.principal import PrincipalKind
from crossaccess.who.finding import who
from crossaccess.who.matrix import Entry, Matrix

OWNER, REQUESTER = "111111222222", "112233445566"
BOB = f"arn:aws:iam::{REQUESTER}:user/bob"
READER = f"arn:aws:iam::{OWNER}:role/reader"
BOX = "arn:aws:s3:::box"
Said = dict[str, object]


def policy(name: str, *statements: Said) -> Policy:
    """A policy document as a picture has it."""
    return Policy(name=name, text=json.dumps({"Version": "2012-10-17", "Statement": statements}))


def allow(action: object, resource: object, **more: object) -> Said:
    """An allow of somebody's own policy, or with a `Principal` of a resource's."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def to_bob(action: object, resource: object, **more: object) -> Said:
    """An allow of the bucket's policy to bob, as the program names him."""
    pinned = {"ArnEquals": {"aws:PrincipalArn": BOB}}
    whose = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}
    condition = more.pop("Condition", {})
    assert isinstance(condition, dict)
    return allow(action, resource, Principal=whose, Condition={**pinned, **condition}, **more)


def bob(*statements: Said, held: bool = True, boundary: Policy | None = None) -> Principal:
    """The user bob with a policy of his own."""
    own = (policy("policy of bob", *statements),) if statements else ()
    return Principal(
        kind=PrincipalKind.USER, name="bob", account=REQUESTER, policies=own, held=held, boundary=boundary
    )


def reader(trust: Sequence[Said], *statements: Said) -> Principal:
    """The role reader of the owner's account."""
    return Principal(
        kind=PrincipalKind.ROLE,
        name="reader",
        account=OWNER,
        policies=(policy("policy of reader", *statements),),
        trust=policy("trust policy of reader", *trust),
    )


def box(*statements: Said) -> Bucket:
    """The bucket with its policy."""
    return Bucket(
        name="box",
        account=OWNER,
        region="eu-central-1",
        policy=policy("bucket policy of box", *statements) if statements else None,
    )


def grant(
    name: str = "reports",
    *,
    principals: Sequence[str] = ("user/bob",),
    actions: Sequence[str] = ("s3:GetObject",),
    prefixes: Sequence[str] = ("reports/",),
    role: str | None = None,
    conditions: Conditions | None = Conditions(),  # noqa: B008 - a value that never changes
) -> Grant:
    """A grant as a handover tells it."""
    return Grant(
        name=name,
        bucket="box",
        owner=OWNER,
        account=REQUESTER,
        principals=tuple(principals),
        method="bucket-policy" if role is None else "assume-role",
        actions=tuple(actions),
        prefixes=tuple(prefixes),
        role_arn=role,
        sid=f"CrossAccess{name.capitalize()}",
        conditions=conditions,
    )


def matrix(*principals: Principal, buckets: Iterable[Bucket] = (), grants: Iterable[Grant] = ()) -> Matrix:
    """Who gets in, in such a picture."""
    return who(Picture(buckets=tuple(buckets), principals=principals, grants=tuple(grants)))


def of(found: Matrix, name: str) -> list[Entry]:
    """The entries of one principal or class."""
    return [one for one in found.entries if one.subject.name == name]
