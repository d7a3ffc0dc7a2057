"""The functions that the stand-in knows: who am I, where, and what is there already?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.provider.account import Account
from sandbox.provider.errors import StandInError
from sandbox.provider.lookups import bucket_policy, role, user
from sandbox.provider.partitions import partition_of, region_description
from sandbox.provider.values import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """One function of the provider."""

    token: str
    arguments: tuple[str, ...]
    required: tuple[str, ...] = ()
    """Those of the arguments without which there is no answer."""
    answer: Callable[[Account, Record], Record]


def _caller_identity(account: Account, _: Record) -> Record:
    caller = account.who()
    return {"accountId": caller.account, "arn": caller.arn, "id": caller.account, "userId": caller.user_id}


def _partition(account: Account, _: Record) -> Record:
    partition = partition_of(account.region)
    return {
        "partition": partition.name,
        "id": partition.name,
        "dnsSuffix": partition.dns_suffix,
        "reverseDnsPrefix": ".".join(reversed(partition.dns_suffix.split("."))),
    }


def _region(account: Account, arguments: Record) -> Record:
    region = arguments.get("region") or arguments.get("name") or account.region
    description = region_description(region)
    if description is None:
        raise StandInError(f"InvalidRegion: there is no Region {region}")
    endpoint = f"ec2.{region}.{partition_of(region).dns_suffix}"
    return {"region": region, "name": region, "id": region, "description": description, "endpoint": endpoint}


def _key(account: Account, arguments: Record) -> Record:
    told = account.kms(arguments.get("region")).describe_key(KeyId=arguments["keyId"])["KeyMetadata"]
    return {
        "id": told["KeyId"],
        "keyId": told["KeyId"],
        "arn": told["Arn"],
        "awsAccountId": told.get("AWSAccountId"),
        "enabled": told.get("Enabled", False),
        "keyManager": told.get("KeyManager"),
        "keySpec": told.get("KeySpec"),
        "keyState": told.get("KeyState"),
        "keyUsage": told.get("KeyUsage"),
        "region": arguments.get("region") or account.region,
    }


_ALL = (
    Invoke(token="aws:index/getCallerIdentity:getCallerIdentity", arguments=("id",), answer=_caller_identity),  # noqa: S106 - a function's name
    Invoke(token="aws:index/getPartition:getPartition", arguments=("id",), answer=_partition),  # noqa: S106 - a function's name
    Invoke(token="aws:index/getRegion:getRegion", arguments=("id", "name", "region"), answer=_region),  # noqa: S106 - a function's name
    Invoke(
        token="aws:kms/getKey:getKey",  # noqa: S106 - a function's name
        arguments=("keyId", "region"),
        required=("keyId",),
        answer=_key,
    ),
    Invoke(
        token="aws:s3/getBucketPolicy:getBucketPolicy",  # noqa: S106 - a function's name
        arguments=("bucket", "region"),
        required=("bucket",),
        answer=bucket_policy,
    ),
    Invoke(
        token="aws:iam/getRole:getRole",  # noqa: S106 - a function's name
        arguments=("name",),
        required=("name",),
        answer=role,
    ),
    Invoke(
        token="aws:iam/getUser:getUser",  # noqa: S106 - a function's name
        arguments=("userName",),
        required=("userName",),
        answer=user,
    ),
)

INVOKES: Mapping[str, Invoke] = {item.token: item for item in _ALL}
