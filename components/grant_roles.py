"""The roles that grants by method `assume-role` bring along."""

import textwrap
from collections.abc import Callable, Mapping

import pulumi
import pulumi_aws as aws

from components.side_values import Side, of_side
from crossaccess.policy.document import Document, canonical_json
from crossaccess.policy.grant import NAME_PREFIX, Grant
from crossaccess.policy.sides import GrantRole

_LONGEST_DESCRIPTION = 1_000
"""Characters (IAM API Reference, "CreateRole")."""


def make_role(  # noqa: PLR0913 - what a role is made of, each by its name
    name: str,
    grant: Grant,
    side: Side,
    *,
    tags: Mapping[str, str],
    after: pulumi.Resource | None,
    parent: pulumi.Resource,
) -> None:
    """Make a grant's role, empty at first: it may do something once the bucket refuses plain HTTP.

    `after` is what has to be there before: the bucket's policy, where we write one.
    """

    def document(of_role: Callable[[GrantRole], Document]) -> pulumi.Input[str]:
        return of_side(side, lambda made: canonical_json(of_role(made.roles[grant.name])))

    role = aws.iam.Role(
        f"{name}-role",
        name=grant.role_name,
        description=_description(grant),
        assume_role_policy=document(lambda role: role.trust),
        max_session_duration=grant.session_seconds,
        permissions_boundary=grant.permissions_boundary,
        tags=tags or None,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    aws.iam.RolePolicy(
        f"{name}-role-policy",
        name=f"{NAME_PREFIX}bucket",
        role=role.name,
        policy=document(lambda role: role.policy),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[] if after is None else [after]),
    )


def _description(grant: Grant) -> str:
    whole = f"Grant {grant.name}: principals of {grant.whose} assume it to reach the bucket"
    return textwrap.shorten(whole, _LONGEST_DESCRIPTION, placeholder=" ...")
