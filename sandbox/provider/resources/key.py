"""`aws:kms/key:Key` and `aws:kms/alias:Alias`."""

from typing import TYPE_CHECKING, Any

from sandbox.provider.account import Account, absent_as_none, patiently
from sandbox.provider.policies import policy_text
from sandbox.provider.properties import Kind, Property
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.resources.common import REGION, TAGS
from sandbox.provider.values import Record

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_GONE = ("NotFoundException",)
_DYING = ("PendingDeletion", "PendingReplicaDeletion")
_LONGEST_WINDOW = 30


def _pairs(tags: Record | None) -> list[Any]:  # Any: the client's stubs have a type of their own
    """KMS spells its tags unlike other services."""
    return [{"TagKey": key, "TagValue": value} for key, value in sorted((tags or {}).items())]


def _create(account: Account, inputs: Record) -> str:
    kms = account.kms(inputs["region"])
    more: Record = {}
    if inputs.get("policy"):
        more["Policy"] = inputs["policy"]
    if inputs.get("tags"):
        more["Tags"] = _pairs(inputs["tags"])
    made = patiently(kms.create_key, Description=inputs.get("description", ""), **more)
    identifier = made["KeyMetadata"]["KeyId"]
    if inputs.get("enableKeyRotation"):
        kms.enable_key_rotation(KeyId=identifier)
    return identifier


def _read(account: Account, identifier: str, known: Record) -> Record | None:
    kms = account.kms(known.get("region"))
    answer = absent_as_none(_GONE, kms.describe_key, KeyId=identifier)
    if answer is None or answer["KeyMetadata"].get("KeyState") in _DYING:
        return None
    key = answer["KeyMetadata"]
    tags = {
        tag["TagKey"]: tag["TagValue"]
        for page in kms.get_paginator("list_resource_tags").paginate(KeyId=identifier)
        for tag in page["Tags"]
    }
    return {
        "keyId": key["KeyId"],
        "arn": key["Arn"],
        "description": key.get("Description"),
        "policy": policy_text(kms.get_key_policy(KeyId=identifier, PolicyName="default")["Policy"]),
        "enableKeyRotation": kms.get_key_rotation_status(KeyId=identifier)["KeyRotationEnabled"],
        "region": known.get("region", account.region),
        "tags": tags,
        "tagsAll": tags,
    }


def _update(account: Account, identifier: str, old: Record, new: Record) -> None:
    kms = account.kms(new["region"])
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    if "policy" in changed and new.get("policy"):
        patiently(kms.put_key_policy, KeyId=identifier, PolicyName="default", Policy=new["policy"])
    if "description" in changed:
        kms.update_key_description(KeyId=identifier, Description=new.get("description", ""))
    if "enableKeyRotation" in changed:
        turn = kms.enable_key_rotation if new.get("enableKeyRotation") else kms.disable_key_rotation
        turn(KeyId=identifier)
    if "tags" in changed:
        _retag(kms, identifier, old.get("tags", {}), new.get("tags", {}))


def _retag(kms: "KMSClient", identifier: str, old: Record, new: Record) -> None:
    if dropped := sorted(old.keys() - new.keys()):
        kms.untag_resource(KeyId=identifier, TagKeys=dropped)
    if new:
        kms.tag_resource(KeyId=identifier, Tags=_pairs(new))


def _delete(account: Account, identifier: str, state: Record) -> None:
    """Ask KMS to delete the key: it does so when the window is over."""
    kms = account.kms(state.get("region"))
    days = state.get("deletionWindowInDays") or _LONGEST_WINDOW
    absent_as_none(_GONE, kms.schedule_key_deletion, KeyId=identifier, PendingWindowInDays=days)


KEY = ResourceType(
    token="aws:kms/key:Key",  # noqa: S106 - the name of a resource type
    properties=(
        Property(name="deletionWindowInDays", kind=Kind.NUMBER, live=False),
        Property(name="description"),
        Property(name="enableKeyRotation", kind=Kind.BOOL, default=False),
        Property(name="policy", kind=Kind.POLICY),
        REGION,
        TAGS,
    ),
    computed=("arn", "keyId", "tagsAll"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)


def _create_alias(account: Account, inputs: Record) -> str:
    name = str(inputs["name"])
    account.kms(inputs["region"]).create_alias(AliasName=name, TargetKeyId=inputs["targetKeyId"])
    return name


def _read_alias(account: Account, name: str, known: Record) -> Record | None:
    kms = account.kms(known.get("region"))
    for page in kms.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias["AliasName"] == name and "TargetKeyId" in alias:
                key = alias["TargetKeyId"]
                return {
                    "name": name,
                    "arn": alias["AliasArn"],
                    "targetKeyId": key,
                    "targetKeyArn": f"{alias['AliasArn'].removesuffix(name)}key/{key}",
                    "region": known.get("region", account.region),
                }
    return None


def _update_alias(account: Account, name: str, _: Record, new: Record) -> None:
    account.kms(new["region"]).update_alias(AliasName=name, TargetKeyId=new["targetKeyId"])


def _delete_alias(account: Account, name: str, state: Record) -> None:
    absent_as_none(_GONE, account.kms(state.get("region")).delete_alias, AliasName=name)


ALIAS = ResourceType(
    token="aws:kms/alias:Alias",  # noqa: S106 - the name of a resource type
    properties=(
        Property(name="name", required=True, replaces=True, pattern=r"alias/[a-zA-Z0-9/_-]{1,250}"),
        Property(name="targetKeyId", required=True),
        REGION,
    ),
    computed=("arn", "targetKeyArn"),
    create=_create_alias,
    read=_read_alias,
    update=_update_alias,
    delete=_delete_alias,
)
