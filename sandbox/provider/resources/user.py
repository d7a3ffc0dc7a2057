"""`aws:iam/user:User`."""

from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.provider.account import Account, absent_as_none, patiently
from sandbox.provider.properties import Kind, Property, tag_pairs, tags_of
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.resources.common import PATH, TAGS, lasting_iam_name
from sandbox.provider.values import Record

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_GONE = ("NoSuchEntity",)


def _create(account: Account, inputs: Record) -> str:
    more: Record = {}
    if inputs.get("permissionsBoundary"):
        more["PermissionsBoundary"] = inputs["permissionsBoundary"]
    if inputs.get("tags"):
        more["Tags"] = tag_pairs(inputs["tags"])
    account.iam.create_user(UserName=inputs["name"], Path=inputs["path"], **more)
    return str(inputs["name"])


def read_user(account: Account, name: str, _: Record) -> Record | None:
    """Return a user's properties and outputs, or None where there is no such user."""
    answer = absent_as_none(_GONE, account.iam.get_user, UserName=name)
    if answer is None:
        return None
    user = answer["User"]
    tags = tags_of(user.get("Tags", []))
    return {
        "name": user["UserName"],
        "path": user["Path"],
        "permissionsBoundary": user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "arn": user["Arn"],
        "uniqueId": user["UserId"],
        "tags": tags,
        "tagsAll": tags,
    }


def _update(account: Account, name: str, old: Record, new: Record) -> None:
    iam = account.iam
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    if "path" in changed:
        iam.update_user(UserName=name, NewPath=new["path"])
    if "permissionsBoundary" in changed:
        boundary = new.get("permissionsBoundary")
        if boundary:
            iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=boundary)
        else:
            iam.delete_user_permissions_boundary(UserName=name)
    # The emulator keeps tags under the user's ARN and loses them when a new path changes it.
    if changed & {"path", "tags"}:
        _retag(iam, name, old.get("tags", {}), new.get("tags", {}))


def _retag(iam: "IAMClient", name: str, old: Record, new: Record) -> None:
    if dropped := sorted(old.keys() - new.keys()):
        iam.untag_user(UserName=name, TagKeys=dropped)
    if new:
        iam.tag_user(UserName=name, Tags=tag_pairs(new))


def _delete(account: Account, name: str, state: Record) -> None:
    """Delete the user, who leaves all groups first; a policy on the user still holds it."""
    iam = account.iam
    absent_as_none(_GONE, _leave_groups, iam, name)
    if state.get("forceDestroy"):
        absent_as_none(_GONE, _strip, iam, name)
    absent_as_none(_GONE, patiently, iam.delete_user, UserName=name)


def _leave_groups(iam: "IAMClient", name: str) -> None:
    for page in iam.get_paginator("list_groups_for_user").paginate(UserName=name):
        for group in page["Groups"]:
            iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])


def _strip(iam: "IAMClient", name: str) -> None:
    """Take away keys and MFA devices, the only credentials that a user of the sandbox can have."""
    for keys in iam.get_paginator("list_access_keys").paginate(UserName=name):
        for key in keys["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for devices in iam.get_paginator("list_mfa_devices").paginate(UserName=name):
        for device in devices["MFADevices"]:
            iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
            # A hardware device is not the account's to delete.
            absent_as_none(_GONE, iam.delete_virtual_mfa_device, SerialNumber=device["SerialNumber"])


USER = ResourceType(
    token="aws:iam/user:User",  # noqa: S106 - the name of a resource type
    properties=(
        Property(name="forceDestroy", kind=Kind.BOOL, live=False, default=False),
        lasting_iam_name(64),
        replace(PATH, replaces=False),
        Property(name="permissionsBoundary"),
        TAGS,
    ),
    computed=("arn", "uniqueId", "tagsAll"),
    automatic_name="name",
    create=_create,
    read=read_user,
    update=_update,
    delete=_delete,
)
