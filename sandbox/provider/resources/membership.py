"""`aws:iam/userGroupMembership:UserGroupMembership`: one user in some groups, and maybe in others beside.

Its id says nothing, as the real provider's: user and groups stand in the state. `pulumi import` takes
`USER/GROUP[/GROUP…]`.
"""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox.provider.account import Account, absent_as_none, patiently
from sandbox.provider.errors import StandInError
from sandbox.provider.properties import Kind, Property
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.values import Record

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_GONE = ("NoSuchEntity",)


def _create(account: Account, inputs: Record) -> str:
    _add(account.iam, inputs["user"], inputs["groups"])
    return f"terraform-{secrets.token_hex(13)}"


def _read(account: Account, identifier: str, known: Record) -> Record | None:
    user, asked_for = _user_and_groups(identifier, known)
    pages = account.iam.get_paginator("list_groups_for_user")
    answer = absent_as_none(_GONE, lambda: pages.paginate(UserName=user).build_full_result())
    if answer is None:
        return None
    found = {group["GroupName"] for group in answer["Groups"]}
    return {"user": user, "groups": sorted(found.intersection(asked_for))}


def _update(account: Account, _: str, old: Record, new: Record) -> None:
    before, after = set(old["groups"]), set(new["groups"])
    _remove(account.iam, new["user"], before - after)
    _add(account.iam, new["user"], after - before)


def _delete(account: Account, identifier: str, state: Record) -> None:
    _remove(account.iam, *_user_and_groups(identifier, state))


def _add(iam: "IAMClient", user: str, groups: Iterable[str]) -> None:
    for group in sorted(set(groups)):
        patiently(iam.add_user_to_group, also=_GONE, UserName=user, GroupName=group)


def _remove(iam: "IAMClient", user: str, groups: Iterable[str]) -> None:
    for group in sorted(set(groups)):
        absent_as_none(_GONE, patiently, iam.remove_user_from_group, UserName=user, GroupName=group)


def _user_and_groups(identifier: str, known: Record) -> tuple[str, list[str]]:
    if "user" in known and "groups" in known:
        return str(known["user"]), list(known["groups"])
    user, *groups = identifier.split("/")
    if not (user and groups and all(groups)):
        raise StandInError(f"a user's membership is imported as USER/GROUP[/GROUP…], not {identifier}")
    return user, groups


USER_GROUP_MEMBERSHIP = ResourceType(
    token="aws:iam/userGroupMembership:UserGroupMembership",  # noqa: S106 - the name of a resource type
    properties=(
        Property(name="groups", kind=Kind.TEXT_SET, required=True),
        Property(name="user", required=True, replaces=True),
    ),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
