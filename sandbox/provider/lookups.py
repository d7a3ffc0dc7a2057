"""The functions that look up what is there already: a bucket's policy, a role, a user.

What cannot be looked up is told as the real provider tells it: `reading KIND (NAME): WHY`. Of what is
absent it says `couldn't find resource`, of a bucket without a policy the same as of a bucket that is not
there.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sandbox.provider.account import Account, absent_as_none, calling
from sandbox.provider.errors import StandInError
from sandbox.provider.resources.role import read_role
from sandbox.provider.resources.user import read_user
from sandbox.provider.values import Record

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import GetBucketPolicyOutputTypeDef

_Told = TypeVar("_Told")

_NO_POLICY = ("NoSuchBucket", "NoSuchBucketPolicy")
_ABSENT = "couldn't find resource"


def bucket_policy(account: Account, arguments: Record) -> Record:
    """Answer `getBucketPolicy`: the policy as compact JSON, its keys in order."""
    bucket, region = arguments["bucket"], arguments.get("region") or account.region

    def read() -> "GetBucketPolicyOutputTypeDef | None":
        return absent_as_none(_NO_POLICY, account.s3(region).get_bucket_policy, Bucket=bucket)

    told = _looked_up(f"S3 Bucket ({bucket}) Policy", read)
    policy = json.dumps(json.loads(told["Policy"]), sort_keys=True, separators=(",", ":"))
    return {"id": bucket, "bucket": bucket, "policy": policy, "region": region}


def role(account: Account, arguments: Record) -> Record:
    """Answer `getRole`. When the role was last used is not known here: `roleLastUseds` is empty."""
    name = arguments["name"]
    told = _looked_up(f"IAM Role ({name})", lambda: read_role(account, name, {}))
    return {
        "id": name,
        "name": name,
        "arn": told["arn"],
        "assumeRolePolicy": told["assumeRolePolicy"],
        "createDate": told["createDate"],
        "description": told["description"] or "",
        "maxSessionDuration": told["maxSessionDuration"],
        "path": told["path"],
        "permissionsBoundary": told["permissionsBoundary"] or "",
        "roleLastUseds": [],
        "tags": told["tags"],
        "uniqueId": told["uniqueId"],
    }


def user(account: Account, arguments: Record) -> Record:
    """Answer `getUser`, whose id is the user's unique id."""
    name = arguments["userName"]
    told = _looked_up(f"IAM User ({name})", lambda: read_user(account, name, {}))
    return {
        "id": told["uniqueId"],
        "userId": told["uniqueId"],
        "userName": name,
        "arn": told["arn"],
        "path": told["path"],
        "permissionsBoundary": told["permissionsBoundary"] or "",
        "tags": told["tags"],
    }


def _looked_up(what: str, read: Callable[[], _Told | None]) -> _Told:
    try:
        told = calling(read)
    except StandInError as error:
        raise StandInError(f"reading {what}: {error}") from error
    if told is None:
        raise StandInError(f"reading {what}: {_ABSENT}")
    return told
