"""`aws:iam/group:Group`, which bears no tags."""

from dataclasses import replace

from sandbox.provider.account import Account, absent_as_none, patiently
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.resources.common import PATH, lasting_iam_name
from sandbox.provider.values import Record

_GONE = ("NoSuchEntity",)
_PATH_STAYS = (
    "cannot change: the real provider moves the group, which the sandbox's emulator cannot; "
    "give the group of the new path a resource and a name of its own"
)


def _create(account: Account, inputs: Record) -> str:
    account.iam.create_group(GroupName=inputs["name"], Path=inputs["path"])
    return str(inputs["name"])


def _read(account: Account, name: str, _: Record) -> Record | None:
    answer = absent_as_none(_GONE, account.iam.get_group, GroupName=name)
    if answer is None:
        return None
    group = answer["Group"]
    return {
        "name": group["GroupName"],
        "path": group["Path"],
        "arn": group["Arn"],
        "uniqueId": group["GroupId"],
    }


def _delete(account: Account, name: str, _: Record) -> None:
    absent_as_none(_GONE, patiently, account.iam.delete_group, GroupName=name)


GROUP = ResourceType(
    token="aws:iam/group:Group",  # noqa: S106 - the name of a resource type
    properties=(lasting_iam_name(128), replace(PATH, replaces=False, fixed=_PATH_STAYS)),
    computed=("arn", "uniqueId"),
    automatic_name="name",
    create=_create,
    read=_read,
    delete=_delete,
)
