"""Users, groups and roles that a requester's stack makes where it is told to, with their boundaries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.caller import Caller
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import canonical_json
from crossaccess.policy.faults import Faults
from crossaccess.policy.names import boundary_name
from crossaccess.policy.new_principal import MAKE, NewPrincipal, read_new_principals, trust_of
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.requester_side import RequesterSide

_CONFIG_KEYS = {"assumed_by": "assumedBy", "permissions_boundary": "permissionsBoundary"}


Made = aws.iam.User | aws.iam.Role | aws.iam.Group
"""A principal that was made. What is attached to it takes its name from it: so both are replaced together."""


class NewPrincipalArgs(TypedDict):
    """A principal to make."""

    principal: str
    """`user/NAME`, `role/NAME` or `group/NAME`, with a path between where it is to have one."""
    assumed_by: NotRequired[Sequence[str]]
    """For a role: services such as `ecs-tasks.amazonaws.com`, principals of this account, or `account`."""
    members: NotRequired[Sequence[str]]
    """For a group: the users in it."""
    permissions_boundary: NotRequired[str]
    """For a user or role: a policy's ARN, or `make` for one that lets through what the grants need."""


def new_principal_args(new: NewPrincipal) -> NewPrincipalArgs:
    """Write a principal to make as arguments."""
    args = NewPrincipalArgs(principal=str(new.principal))
    if new.services or new.assumed_by:
        args["assumed_by"] = [*new.services, *(str(one) for one in new.assumed_by)]
    if new.members:
        args["members"] = [str(one) for one in new.members]
    if new.boundary is not None:
        args["permissions_boundary"] = new.boundary
    return args


def read_new_principal_args(args: Sequence[NewPrincipalArgs], faults: Faults) -> tuple[NewPrincipal, ...]:
    """Read what to make by the rules of a stack's config."""
    raw = [{_CONFIG_KEYS.get(key, key): value for key, value in one.items()} for one in args]
    return read_new_principals(raw or None, "create", faults)


def check_new(create: Sequence[NewPrincipal], side: RequesterSide, caller: Caller, faults: Faults) -> None:
    """Note principals that would be made for nothing, and boundaries of another account."""
    used = {policy.principal for _, policy in side.policies}
    used |= {member for new in create if new.principal in used for member in new.members}
    for index, new in enumerate(create):
        if new.principal not in used:
            mend = "attach a grant to it, or take it out: this stack makes only what its grants need"
            faults.add(f"create[{index}].principal", f"is {str(new.principal)!r}, which no grant needs", mend)
        boundary = None if new.boundary in (None, MAKE) else parse_arn(new.boundary or "")
        if boundary is not None and (
            boundary.partition != caller.partition or boundary.account not in (caller.account, "aws")
        ):
            mend = f"name a policy of this account, {caller.account} ({caller.partition}), or write make"
            faults.add(f"create[{index}].permissionsBoundary", f"is {str(boundary)!r}", mend)


def make_principals(  # noqa: PLR0913 - what they are made of, each by its name
    name: str,
    create: Sequence[NewPrincipal],
    side: RequesterSide,
    caller: Caller,
    *,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> Mapping[Principal, Made]:
    """Make the principals; answer each with its resource, for what is attached to it."""
    made: dict[Principal, Made] = {}
    for new in create:
        label = f"{name}-{new.principal.kind}-{new.principal.name}"
        boundary, before = _boundary(label, new, side, caller, tags=tags, parent=parent)
        options = pulumi.ResourceOptions(parent=parent, depends_on=before)
        whose, path = new.principal.name, new.principal.path
        match new.principal.kind:
            case PrincipalKind.USER:
                made[new.principal] = aws.iam.User(
                    label,
                    name=whose,
                    path=path,
                    permissions_boundary=boundary,
                    tags=tags or None,
                    opts=options,
                )
            case PrincipalKind.ROLE:
                made[new.principal] = aws.iam.Role(
                    label,
                    name=whose,
                    path=path,
                    description="Made for grants of buckets of other accounts",
                    assume_role_policy=canonical_json(
                        trust_of(new, partition=caller.partition, account=caller.account)
                    ),
                    permissions_boundary=boundary,
                    tags=tags or None,
                    opts=options,
                )
            case _:
                made[new.principal] = aws.iam.Group(label, name=whose, path=path, opts=options)
    _make_memberships(name, create, made, parent)
    return made


def _make_memberships(
    name: str,
    create: Sequence[NewPrincipal],
    made: Mapping[Principal, Made],
    parent: pulumi.Resource,
) -> None:
    """Put users into the groups that are made; other groups that a user is in stay as they are."""
    both = [(new.principal, member) for new in create for member in new.members]
    former = [f"{name}-group-{group.name}-{member.name}" for group, member in both]
    times = Counter(former)
    for alias, (group, member) in zip(former, both, strict=True):
        # A membership that the engine knows by that name would be made anew here, and then ended there.
        aliases = [pulumi.Alias(name=alias)] if times[alias] == 1 else []
        aws.iam.UserGroupMembership(
            # No name in IAM holds a colon, and hyphens in both names could meet.
            f"{name}-group-{group.name}:{member.name}",
            user=name_of(member, made),
            groups=[name_of(group, made)],
            opts=pulumi.ResourceOptions(parent=parent, aliases=aliases),
        )


def name_of(principal: Principal, made: Mapping[Principal, Made]) -> pulumi.Input[str]:
    """The name of a principal: out of its resource where it is made here."""
    new = made.get(principal)
    return principal.name if new is None else new.name


def _boundary(  # noqa: PLR0913 - as above
    label: str,
    new: NewPrincipal,
    side: RequesterSide,
    caller: Caller,
    *,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> tuple[str | None, list[pulumi.Resource]]:
    """The ARN of a principal's boundary, and what has to be made before the principal."""
    if new.boundary != MAKE:
        return new.boundary, []
    name = boundary_name(new.principal)
    policy = aws.iam.Policy(
        f"{label}-boundary",
        name=name,
        policy=canonical_json(side.boundaries[new.principal]),
        tags=tags or None,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return f"arn:{caller.partition}:iam::{caller.account}:policy/{name}", [policy]
