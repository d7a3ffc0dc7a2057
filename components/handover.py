"""The handover: what an owner's stack exports for requesters, the only thing that crosses.

Written, versioned and read here only. It comes from another account and is read like any input from
outside: what is answered can lead to nothing but named S3 actions in the owner's bucket, the use of KMS
keys of the owner's account for it, and `sts:AssumeRole` on roles of the owner's account.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from components.errors import InputError
from crossaccess.policy.conditions import write_conditions
from crossaccess.policy.encryption import read_handed_key
from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.fields import (
    read_account,
    read_bucket_name,
    read_grant_name,
    read_mapping,
    read_role_name,
    read_shaped,
)
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.read_grant import check_different, read_actions, read_agreement, read_method

VERSION = 2
"""Raised whenever a reader of the older version would misunderstand, or miss, a part of a grant."""
_READ = (1, VERSION)
"""The versions that are read: what an older program of the owner handed over stays of use."""

_KEYS = ("version", "account", "partition", "region", "bucket", "grants")
_BUCKET_KEYS = ("name", "arn", "keyArn")
_GRANT_KEYS = (
    "name",
    "account",
    "principals",
    "method",
    "actions",
    "prefixes",
    "conditions",
    "session",
    "roleName",
    "roleArn",
)
_SINCE_2 = ("conditions", "session")
"""What a grant of version 1 cannot say; it always has an account."""
_PARTITION = re.compile(r"aws(-[a-z]{1,12}){0,3}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]{1,12}){1,3}-\d{1,2}", re.ASCII)
_MOST_GRANTS = 10_000


class HandedBucket(TypedDict):
    """The owner's bucket. `keyArn` stands there for SSE-KMS: one key, or all of the account and Region."""

    name: str
    arn: str
    keyArn: NotRequired[str]


class HandedGrant(TypedDict):
    """A grant; an `account` where it names principals of one, the role for method `assume-role` only."""

    name: str
    account: NotRequired[str]
    principals: list[str]
    method: str
    actions: list[str]
    prefixes: list[str]
    conditions: NotRequired[dict[str, object]]
    session: NotRequired[int]
    roleName: NotRequired[str]
    roleArn: NotRequired[str]


class Handover(TypedDict):
    """The document as it crosses: plain values, nothing secret."""

    version: int
    account: str
    partition: str
    region: str
    bucket: HandedBucket
    grants: list[HandedGrant]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A handover that was read and found right."""

    bucket: Bucket
    grants: tuple[Grant, ...]


def write_handover(bucket: Bucket, grants: Sequence[Grant]) -> Handover:
    """What the owner of the bucket hands over: all its grants, also those of other requesters."""
    handed = HandedBucket(name=bucket.name, arn=bucket.arn)
    if bucket.key_arn is not None:
        handed["keyArn"] = bucket.key_arn
    return Handover(
        version=VERSION,
        account=bucket.account,
        partition=bucket.partition,
        region=bucket.region,
        bucket=handed,
        grants=[_write_grant(bucket, grant) for grant in grants],
    )


def _write_grant(bucket: Bucket, grant: Grant) -> HandedGrant:
    handed = HandedGrant(
        name=grant.name,
        principals=[str(principal) for principal in grant.principals],
        method=grant.method.value,
        actions=list(grant.actions),
        prefixes=list(grant.prefixes),
    )
    if grant.account is not None:
        handed["account"] = grant.account
    if grant.conditions:
        handed["conditions"] = write_conditions(grant.conditions)
    if grant.session_seconds is not None:
        handed["session"] = grant.session_seconds
    if grant.role_name is not None:
        handed["roleName"] = grant.role_name
        handed["roleArn"] = bucket.role_arn(grant.role_name)
    return handed


def read_handover(raw: object, *, source: str) -> Received:
    """Read what `source` (the name of the owner's stack) handed over.

    Raises `InputError` with all faults: a missing handover, another version, wrong types, a value that
    is not what it says it is, an ARN of another account or another bucket.
    """
    if raw is None:
        raise InputError(
            f"The stack {source!r} hands nothing over: it has no output 'handover' that can be read. "
            "Deploy it first (pulumi up in the owner's account); its crossaccess:side has to be owner."
        )
    _check_version(raw, source)
    faults = Faults()
    received = _read(raw, faults)
    if received is None or faults:
        raise InputError(
            f"The handover of the stack {source!r} is not right, so nothing of it is used:", faults.all()
        )
    return received


def _check_version(raw: object, source: str) -> None:
    version = raw.get("version") if isinstance(raw, Mapping) else None
    if isinstance(version, bool) or version in _READ or not isinstance(version, int | float):
        return
    raise InputError(
        f"The handover of the stack {source!r} has version {version:g}, and this program reads "
        f"{_versions()}: "
        + ("update the requester's program." if version > VERSION else "run the owner's program again.")
    )


def _read(raw: object, faults: Faults) -> Received | None:
    fields = read_mapping(raw, "handover", faults, known=_KEYS)
    if fields is None:
        return None
    version = fields.get("version")
    if isinstance(version, bool) or version not in _READ:
        faults.add("handover.version", shown(version), f"this program reads {_versions()}")
    first = version == 1
    bucket = _read_bucket(fields, faults)
    raw_grants = fields.get("grants")
    if not isinstance(raw_grants, list | tuple) or len(raw_grants) > _MOST_GRANTS:
        faults.add("handover.grants", shown(raw_grants), f"it is a list of up to {_MOST_GRANTS:,} grants")
        return None
    read = []
    for index, one in enumerate(raw_grants):
        key = f"handover.grants[{index}]"
        read.append((key, _read_grant(one, key, faults, bucket=bucket, first=first)))
    grants = [(key, grant) for key, grant in read if grant is not None]
    check_different(grants, faults)
    return None if bucket is None else Received(bucket=bucket, grants=tuple(grant for _, grant in grants))


def _versions() -> str:
    return f"versions {' and '.join(map(str, _READ))}"


def _read_bucket(fields: Mapping[str, object], faults: Faults) -> Bucket | None:
    account = read_account(fields.get("account"), "handover.account", faults)
    partition = _read_shape(
        fields.get("partition"), "handover.partition", faults, shape=_PARTITION, example="aws"
    )
    region = _read_shape(
        fields.get("region"), "handover.region", faults, shape=_REGION, example="eu-central-1"
    )
    named = read_mapping(fields.get("bucket"), "handover.bucket", faults, known=_BUCKET_KEYS)
    if named is None:
        return None
    name = read_bucket_name(named.get("name"), "handover.bucket.name", faults)
    if account is None or partition is None or region is None or name is None:
        return None
    bucket = Bucket(name=name, account=account, partition=partition, region=region)
    if named.get("arn") != bucket.arn:
        faults.add("handover.bucket.arn", shown(named.get("arn")), f"the bucket's ARN is {bucket.arn!r}")
    if named.get("keyArn") is None:
        return bucket
    key_arn = read_handed_key(named["keyArn"], "handover.bucket.keyArn", faults, bucket=bucket)
    return dataclasses.replace(bucket, key_arn=key_arn)


def _read_shape(raw: object, key: str, faults: Faults, *, shape: re.Pattern[str], example: str) -> str | None:
    return read_shaped(raw, key, faults, shape=shape, mend=f"it looks like {example}")


def _read_grant(raw: object, key: str, faults: Faults, *, bucket: Bucket | None, first: bool) -> Grant | None:
    """Read a grant; `first` is whether it is of version 1."""
    known = [name for name in _GRANT_KEYS if not first or name not in _SINCE_2]
    fields = read_mapping(raw, key, faults, known=known)
    if fields is None:
        return None
    if first and fields.get("account") is None:
        read_account(None, f"{key}.account", faults)
    name = read_grant_name(fields.get("name"), f"{key}.name", faults)
    method = read_method(fields.get("method"), f"{key}.method", faults)
    actions = read_actions(fields.get("actions"), f"{key}.actions", faults)
    role_name = _read_role(fields, key, faults, method=method, bucket=bucket)
    grant = read_agreement(fields, key, faults, name=name, method=method, actions=actions)
    return None if grant is None else dataclasses.replace(grant, role_name=role_name)


def _read_role(
    fields: Mapping[str, object], key: str, faults: Faults, *, method: Method | None, bucket: Bucket | None
) -> str | None:
    """The name of the role, whose ARN has to be the one that this name has in the owner's account."""
    if method is not Method.ASSUME_ROLE:
        for name in ("roleName", "roleArn"):
            if method is not None and fields.get(name) is not None:
                faults.add(f"{key}.{name}", shown(fields[name]), f"method {method} has no role")
        return None
    role_name = read_role_name(fields.get("roleName"), f"{key}.roleName", faults)
    if role_name is not None and bucket is not None and fields.get("roleArn") != bucket.role_arn(role_name):
        mend = f"the role's ARN in the owner's account is {bucket.role_arn(role_name)!r}"
        faults.add(f"{key}.roleArn", shown(fields.get("roleArn")), mend)
    return role_name
