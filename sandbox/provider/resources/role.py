"""`aws:iam/role:Role` and `aws:iam/rolePolicy:RolePolicy`."""

from typing import TYPE_CHECKING, Any

from sandbox.provider.account import Account, absent_as_none, patiently
from sandbox.provider.errors import StandInError
from sandbox.provider.policies import policy_text
from sandbox.provider.properties import Kind, Property, tag_pairs, tags_of
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.resources.common import PATH, TAGS, iam_name
from sandbox.provider.values import Record

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_GONE = ("NoSuchEntity",)


def _create(account: Account, inputs: Record) -> str:
    more: Record = {}
    if inputs.get("description"):
        more["Description"] = inputs["description"]
    if inputs.get("permissionsBoundary"):
        more["PermissionsBoundary"] = inputs["permissionsBoundary"]
    if inputs.get("tags"):
        more["Tags"] = tag_pairs(inputs["tags"])
    account.iam.create_role(
        RoleName=inputs["name"],
        Path=inputs["path"],
        AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
        MaxSessionDuration=inputs["maxSessionDuration"],
        **more,
    )
    return str(inputs["name"])


def read_role(account: Account, name: str, _: Record) -> Record | None:
    """Return a role's properties and outputs, or None where there is no such role."""
    answer = absent_as_none(_GONE, account.iam.get_role, RoleName=name)
    if answer is None:
        return None
    role = answer["Role"]
    tags = tags_of(role.get("Tags", []))
    return {
        "name": role["RoleName"],
        "path": role["Path"],
        "assumeRolePolicy": policy_text(role["AssumeRolePolicyDocument"]),
        "description": role.get("Description"),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "arn": role["Arn"],
        "uniqueId": role["RoleId"],
        "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tags": tags,
        "tagsAll": tags,
    }


def _update(account: Account, name: str, old: Record, new: Record) -> None:
    iam = account.iam
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    if "assumeRolePolicy" in changed:
        patiently(iam.update_assume_role_policy, RoleName=name, PolicyDocument=new["assumeRolePolicy"])
    if changed & {"description", "maxSessionDuration"}:
        iam.update_role(
            RoleName=name,
            Description=new.get("description", ""),
            MaxSessionDuration=new["maxSessionDuration"],
        )
    if "permissionsBoundary" in changed:
        boundary = new.get("permissionsBoundary")
        if boundary:
            iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
        else:
            iam.delete_role_permissions_boundary(RoleName=name)
    if "tags" in changed:
        _retag(iam, name, old.get("tags", {}), new.get("tags", {}))


def _retag(iam: "IAMClient", name: str, old: Record, new: Record) -> None:
    if dropped := sorted(old.keys() - new.keys()):
        iam.untag_role(RoleName=name, TagKeys=dropped)
    if new:
        iam.tag_role(RoleName=name, Tags=tag_pairs(new))


def _delete(account: Account, name: str, state: Record) -> None:
    iam = account.iam
    if state.get("forceDetachPolicies"):
        absent_as_none(_GONE, _strip, iam, name)
    absent_as_none(_GONE, patiently, iam.delete_role, RoleName=name)


def _strip(iam: "IAMClient", name: str) -> None:
    """Take every policy off the role: AWS deletes no role that has one."""
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name):
        for attached in page["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
    for inline in iam.get_paginator("list_role_policies").paginate(RoleName=name):
        for policy in inline["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)


ROLE = ResourceType(
    token="aws:iam/role:Role",  # noqa: S106 - the name of a resource type
    properties=(
        Property(name="assumeRolePolicy", kind=Kind.POLICY, required=True),
        Property(name="description"),
        Property(name="forceDetachPolicies", kind=Kind.BOOL, live=False, default=False),
        Property(name="maxSessionDuration", kind=Kind.NUMBER, default=3600),
        iam_name(64),
        PATH,
        Property(name="permissionsBoundary"),
        TAGS,
    ),
    computed=("arn", "createDate", "uniqueId", "tagsAll"),
    automatic_name="name",
    create=_create,
    read=read_role,
    update=_update,
    delete=_delete,
)


def _put_inline(account: Account, inputs: Record) -> str:
    role, name = inputs["role"], inputs["name"]
    patiently(
        account.iam.put_role_policy,
        also=_GONE,
        RoleName=role,
        PolicyName=name,
        PolicyDocument=inputs["policy"],
    )
    return f"{role}:{name}"


def _update_inline(account: Account, _identifier: str, _old: Record, new: Record) -> None:
    _put_inline(account, new)


def _read_inline(account: Account, identifier: str, _: Record) -> Record | None:
    role, name = _parts(identifier)
    answer: Any = absent_as_none(_GONE, account.iam.get_role_policy, RoleName=role, PolicyName=name)
    if answer is None:
        return None
    return {"role": role, "name": name, "policy": policy_text(answer["PolicyDocument"])}


def _delete_inline(account: Account, identifier: str, _: Record) -> None:
    role, name = _parts(identifier)
    absent_as_none(_GONE, patiently, account.iam.delete_role_policy, RoleName=role, PolicyName=name)


def _parts(identifier: str) -> tuple[str, str]:
    role, colon, name = identifier.partition(":")
    if not (role and colon and name):
        raise StandInError(f"the id of a role's inline policy is ROLE:POLICY, not {identifier}")
    return role, name


ROLE_POLICY = ResourceType(
    token="aws:iam/rolePolicy:RolePolicy",  # noqa: S106 - the name of a resource type
    properties=(
        iam_name(128),
        Property(name="policy", kind=Kind.POLICY, required=True),
        Property(name="role", required=True, replaces=True),
    ),
    automatic_name="name",
    create=_put_inline,
    read=_read_inline,
    update=_update_inline,
    delete=_delete_inline,
)
