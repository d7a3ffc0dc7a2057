"""Grants as arguments of a component: the same words as in a stack's config."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from components.errors import InputError
from crossaccess.policy.conditions import Conditions, written_time
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Grant
from crossaccess.policy.read_grant import read_grants

_CONFIG_KEYS = {"role_name": "roleName", "permissions_boundary": "permissionsBoundary"}
_CONDITION_KEYS = {
    "external_id": "externalId",
    "source_ip": "sourceIp",
    "vpc_endpoints": "vpcEndpoints",
    "source_identity": "sourceIdentity",
    "session_tags": "sessionTags",
}
_MFA_KEYS = {"max_age_seconds": "maxAgeSeconds"}


class MfaArgs(TypedDict):
    """Multi-factor authentication."""

    max_age_seconds: NotRequired[int]
    """How long ago it may have been at the most, in seconds. Default: as long as the credentials live."""


class VpcEndpointsArgs(TypedDict):
    """Ids of VPC endpoints: S3's and STS's are different ones."""

    s3: Sequence[str]
    """Through which the bucket is used."""
    sts: NotRequired[Sequence[str]]
    """Through which the role is assumed. Default: from wherever `source_ip` lets."""


class ConditionsArgs(TypedDict):
    """On which conditions a grant holds."""

    external_id: NotRequired[str]
    """What whoever assumes the role has to say; for method `assume-role`."""
    mfa: NotRequired[MfaArgs]
    """Multi-factor authentication, `{}` for any; for users."""
    source_ip: NotRequired[Sequence[str]]
    """Public addresses or CIDR blocks."""
    vpc_endpoints: NotRequired[VpcEndpointsArgs]
    """VPC endpoints; beside `source_ip` they mean either."""
    organization: NotRequired[str]
    """The id of the organization that the caller's account has to be in."""
    expires: NotRequired[str]
    """When the grant ends: a day, when it begins in UTC, or a time such as `2027-01-31T18:00:00Z`."""
    source_identity: NotRequired[Sequence[str]]
    """The source identities of which one has to be set; for method `assume-role`."""
    session_tags: NotRequired[Mapping[str, Sequence[str]]]
    """The tags that a session has to be given, with the values of which each has one; likewise."""


class GrantArgs(TypedDict):
    """One line of agreement. Plain values: people agree on a grant, and what exists depends on it."""

    name: str
    """Unique, of small letters, digits and hyphens. Becomes a part of statement ids and names."""
    account: NotRequired[str]
    """The requester's account id, twelve digits; none where all principals are organizations."""
    principals: Sequence[str]
    """The requester's principals: `user/NAME`, `role/NAME`, `permission-set/NAME`, `account`,
    `organization/ID` or `organizational-unit/PATH`."""
    method: str
    """`bucket-policy` or `assume-role`."""
    access: NotRequired[Sequence[str]]
    """Any of `read`, `write`, `list`, `delete`. At least one of `access` and `actions` is given."""
    actions: NotRequired[Sequence[str]]
    """S3 actions by name, such as `s3:GetObject`."""
    prefixes: NotRequired[Sequence[str]]
    """Where in the bucket, each closed by a slash; none means the whole bucket."""
    conditions: NotRequired[ConditionsArgs]
    """What is asked of a request, beside who makes it. Default: TLS, as of everybody."""
    role_name: NotRequired[str]
    """The role's name, for method `assume-role`. Default: `crossaccess-` and the grant's name."""
    session: NotRequired[int]
    """How long the role's sessions may be, in seconds. Default: 3,600."""
    permissions_boundary: NotRequired[str]
    """The ARN of the role's permissions boundary. Default: none."""
    trust: NotRequired[str]
    """`account` (default) or `exact`: how the owner's policies name the principals."""


def grant_args(grant: Grant) -> GrantArgs:
    """Write a grant as arguments."""
    args = GrantArgs(
        name=grant.name,
        principals=[str(principal) for principal in grant.principals],
        method=grant.method.value,
        actions=grant.actions,
        prefixes=grant.prefixes,
        trust=grant.trust.value,
    )
    if grant.account is not None:
        args["account"] = grant.account
    if grant.conditions:
        args["conditions"] = _conditions_args(grant.conditions)
    if grant.role_name is not None:
        args["role_name"] = grant.role_name
    if grant.session_seconds is not None:
        args["session"] = grant.session_seconds
    if grant.permissions_boundary is not None:
        args["permissions_boundary"] = grant.permissions_boundary
    return args


def _conditions_args(conditions: Conditions) -> ConditionsArgs:
    args = ConditionsArgs()
    if conditions.external_id is not None:
        args["external_id"] = conditions.external_id
    if conditions.mfa is not None:
        age = conditions.mfa.max_age
        args["mfa"] = MfaArgs() if age is None else MfaArgs(max_age_seconds=age)
    if conditions.source_ip:
        args["source_ip"] = conditions.source_ip
    if conditions.s3_endpoints:
        args["vpc_endpoints"] = VpcEndpointsArgs(s3=conditions.s3_endpoints)
        if conditions.sts_endpoints:
            args["vpc_endpoints"]["sts"] = conditions.sts_endpoints
    if conditions.organization is not None:
        args["organization"] = conditions.organization
    if conditions.expires is not None:
        args["expires"] = written_time(conditions.expires)
    if conditions.source_identity:
        args["source_identity"] = conditions.source_identity
    if conditions.session_tags:
        args["session_tags"] = dict(conditions.session_tags)
    return args


def read_grant_args(args: Sequence[GrantArgs]) -> tuple[Grant, ...]:
    """Read grants by the rules of a stack's config. Raises `InputError` with all faults."""
    faults = Faults()
    grants = read_grants([_in_config_words(grant) for grant in args], "grants", faults)
    if faults:
        raise InputError("The grants are not right:", faults.all())
    return grants


def _in_config_words(grant: Mapping[str, Any]) -> dict[str, Any]:  # Any: values that are read below
    written = _renamed(grant, _CONFIG_KEYS)
    if isinstance(written.get("conditions"), Mapping):
        conditions = _renamed(written["conditions"], _CONDITION_KEYS)
        if isinstance(conditions.get("mfa"), Mapping):
            conditions["mfa"] = _renamed(conditions["mfa"], _MFA_KEYS) or True
        written["conditions"] = conditions
    return written


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:  # Any: the same
    return {names.get(name, name): value for name, value in values.items()}
