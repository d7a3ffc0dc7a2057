"""IAM: which action on which resource a call needs.

Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access
Management (IAM)": there, an action is named after its operation.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sandbox.gate.callers import Caller, CallerKind
from sandbox.gate.calls import Call, Need
from sandbox.gate.errors import AwsError, UnmappedError
from sandbox.gate.estate import PARTITION, boundary_of, find_group, find_role, find_user
from sandbox.gate.query_parameters import read_parameters, tag_keys, tags
from sandbox.gate.received import Received

if TYPE_CHECKING:
    from moto.iam.models import Group, Role, User


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ON_USERS = _names(
    "AttachUserPolicy CreateUser DeactivateMFADevice DeleteUser DeleteUserPermissionsBoundary "
    "DeleteUserPolicy DetachUserPolicy EnableMFADevice GetUserPolicy ListAttachedUserPolicies "
    "ListGroupsForUser ListUserPolicies ListUserTags PutUserPermissionsBoundary PutUserPolicy TagUser "
    "UntagUser UpdateUser"
)
# Without a name these are about the caller.
_ON_OWN_USER = _names("CreateAccessKey DeleteAccessKey GetUser ListAccessKeys ListMFADevices UpdateAccessKey")
_ON_ROLES = _names(
    "AttachRolePolicy CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy "
    "GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies "
    "ListRoleTags PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy "
    "UpdateRole UpdateRoleDescription"
)
_ON_GROUPS = _names(
    "AddUserToGroup AttachGroupPolicy CreateGroup DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup "
    "GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy RemoveUserFromGroup"
)
_ON_POLICIES = _names(
    "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion "
    "ListEntitiesForPolicy ListPolicyTags ListPolicyVersions SetDefaultPolicyVersion TagPolicy "
    "UntagPolicy"
)
_ON_ALL = {
    "ListUsers": "user/",
    "ListRoles": "role/",
    "ListGroups": "group/",
    "ListPolicies": "policy/",
}
_ON_MFA_DEVICES = frozenset({"CreateVirtualMFADevice", "DeleteVirtualMFADevice"})
_ON_NOTHING = frozenset({"GetAccountSummary", "ListAccountAliases", "ListVirtualMFADevices"})


def map_iam(received: Received, caller: Caller) -> Call:
    """Map an IAM call to what it needs. Raises `UnmappedError` for what the gate cannot judge."""
    parameters = read_parameters(received)
    operation = parameters["Action"]
    if caller.account is None:
        raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    session = caller.session
    if session is not None and session.role_arn is None and session.mfa_at is None:
        # STS API Reference, "GetSessionToken": no calls of IAM unless MFA was shown.
        raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid", 403)
    if operation in _ON_OWN_USER and "UserName" not in parameters and caller.kind is CallerKind.USER:
        parameters["UserName"] = caller.name or ""
    resource, more = _resource(operation, parameters, caller)
    need = Need(
        action=f"iam:{operation}",
        resource=resource,
        owner=_owner(resource, caller.account),
        keys=_keys(operation, parameters) | more,
    )
    return Call(
        service="iam", operation=operation, needs=(need,), parameters=parameters, account=caller.account
    )


def _owner(resource: str, account: str) -> str:
    parts = resource.split(":", 5)
    # AWS's own managed policies have "aws" in the place of an account, and every account may look at them.
    return parts[4] if len(parts) == 6 and parts[4].isdigit() else account


def _resource(
    operation: str, parameters: Mapping[str, str], caller: Caller
) -> tuple[str, dict[str, tuple[str, ...]]]:
    account = caller.account or ""
    base = f"arn:{PARTITION}:iam::{account}:"
    if operation in _ON_ALL:
        return f"{base}{_ON_ALL[operation]}", {}
    if operation in _ON_NOTHING:
        return "*", {}
    if operation in _ON_MFA_DEVICES:
        name = parameters.get("VirtualMFADeviceName")
        serial = parameters.get("SerialNumber", "")
        return (f"{base}mfa/{name}" if name else _arn(serial, "SerialNumber")), {}
    if operation in _ON_POLICIES:
        if operation == "CreatePolicy":
            return f"{base}policy{_path(parameters)}{_name(parameters, 'PolicyName')}", {}
        return _arn(parameters.get("PolicyArn", ""), "PolicyArn"), {}
    if operation in _ON_OWN_USER and "UserName" not in parameters:
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials")
    if operation not in _ON_USERS | _ON_OWN_USER | _ON_ROLES | _ON_GROUPS:
        raise UnmappedError(f"The gate does not judge {operation} of IAM.")
    return _of_entity(operation, parameters, account)


def _of_entity(
    operation: str, parameters: Mapping[str, str], account: str
) -> tuple[str, dict[str, tuple[str, ...]]]:
    held: User | Role | Group | None
    if operation in _ON_USERS | _ON_OWN_USER:
        name = _name(parameters, "UserName")
        held, kind = find_user(account, name), "user"
    elif operation in _ON_ROLES:
        name = _name(parameters, "RoleName")
        held, kind = find_role(account, name), "role"
    else:
        name = _name(parameters, "GroupName")
        held, kind = find_group(account, name), "group"
    if held is None or operation.startswith("Create"):
        return f"arn:{PARTITION}:iam::{account}:{kind}{_path(parameters)}{name}", {}
    return str(held.arn), _boundary(held)


def _name(parameters: Mapping[str, str], name: str) -> str:
    value = parameters.get(name)
    if not value:
        raise AwsError("ValidationError", f"The request lacks {name}.")
    return value


def _path(parameters: Mapping[str, str]) -> str:
    path = parameters.get("Path") or "/"
    if not (path.startswith("/") and path.endswith("/")):
        raise AwsError("ValidationError", f"The path {path!r} does not begin and end with a slash.")
    return path


def _arn(text: str, name: str) -> str:
    if not text.startswith("arn:") or text.count(":") < 5:
        raise AwsError("ValidationError", f"{name} is {text!r}, which is no ARN.")
    return text


def _boundary(held: "User | Role | Group") -> dict[str, tuple[str, ...]]:
    """`iam:PermissionsBoundary` of the user or role that the call is about."""
    boundary = boundary_of(held)
    return {} if boundary is None else {"iam:PermissionsBoundary": (boundary,)}


def _keys(operation: str, parameters: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found = tag_keys(tags(parameters))
    if operation.startswith(("Attach", "Detach")) and "PolicyArn" in parameters:
        found["iam:PolicyARN"] = (parameters["PolicyArn"],)
    if "PermissionsBoundary" in parameters:
        found["iam:PermissionsBoundary"] = (parameters["PermissionsBoundary"],)
    return found
