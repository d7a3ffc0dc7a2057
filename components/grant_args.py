"""Grants as arguments of a component: the same words as in a stack's config."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from components.errors import InputError
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Grant
from crossaccess.policy.read_grant import read_grants

_CONFIG_KEYS = {"role_name": "roleName"}


class GrantArgs(TypedDict):
    """One line of agreement. Plain values: people agree on a grant, and what exists depends on it."""

    name: str
    """Unique, of small letters, digits and hyphens. Becomes a part of statement ids and names."""
    account: str
    """The requester's account id, twelve digits."""
    principals: Sequence[str]
    """The requester's principals: `user/NAME` or `role/NAME`, with a path between where there is one."""
    method: str
    """`bucket-policy` or `assume-role`."""
    access: NotRequired[Sequence[str]]
    """Any of `read`, `write`, `list`, `delete`. At least one of `access` and `actions` is given."""
    actions: NotRequired[Sequence[str]]
    """S3 actions by name, such as `s3:GetObject`."""
    prefixes: NotRequired[Sequence[str]]
    """Where in the bucket, each closed by a slash; none means the whole bucket."""
    role_name: NotRequired[str]
    """The role's name, for method `assume-role`. Default: `crossaccess-` and the grant's name."""
    trust: NotRequired[str]
    """`account` (default) or `exact`: how the owner's policies name the principals."""


def grant_args(grant: Grant) -> GrantArgs:
    """Write a grant as arguments."""
    args = GrantArgs(
        name=grant.name,
        account=grant.account,
        principals=[str(principal) for principal in grant.principals],
        method=grant.method.value,
        actions=grant.actions,
        prefixes=grant.prefixes,
        trust=grant.trust.value,
    )
    if grant.role_name is not None:
        args["role_name"] = grant.role_name
    return args


def read_grant_args(args: Sequence[GrantArgs]) -> tuple[Grant, ...]:
    """Read grants by the rules of a stack's config. Raises `InputError` with all faults."""
    faults = Faults()
    raw = [{_CONFIG_KEYS.get(key, key): value for key, value in grant.items()} for grant in args]
    grants = read_grants(raw, "grants", faults)
    if faults:
        raise InputError("The grants are not right:", faults.all())
    return grants
