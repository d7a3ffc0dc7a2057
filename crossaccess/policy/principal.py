"""Principals of the requester's side, as a grant names them and as policies can name them."""

import enum
from dataclasses import dataclass

_RESERVED_PATH = "role/aws-reserved/sso.amazonaws.com"
_SUFFIX = "?" * 16


class PrincipalKind(enum.StrEnum):
    """The kinds of principal that a grant can name; `group` is one that policies can be attached to only."""

    USER = "user"
    ROLE = "role"
    PERMISSION_SET = "permission-set"
    """The reserved roles that IAM Identity Center makes of a permission set in the account."""
    ACCOUNT = "account"
    """All of the account: its administrators say who."""
    ORGANIZATION = "organization"
    UNIT = "organizational-unit"
    """The accounts under an organizational unit, at whatever depth."""
    GROUP = "group"


OF_AN_ACCOUNT = (
    PrincipalKind.USER,
    PrincipalKind.ROLE,
    PrincipalKind.PERMISSION_SET,
    PrincipalKind.ACCOUNT,
)
"""The kinds that belong to the account which the grant names."""
BY_NAME = (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.PERMISSION_SET)
"""The kinds that have an ARN of their own, so that a condition can tell them from the rest of the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who gets in. `path` begins and ends with a slash (IAM User Guide, "IAM identifiers").

    `name` is the user's, the role's, the group's or the permission set's; the organization's id; the entity
    path of an organizational unit without its closing slash; and empty for a whole account.
    """

    kind: PrincipalKind
    name: str = ""
    path: str = "/"

    def __str__(self) -> str:
        return f"{self.kind}{self.path}{self.name}" if self.name else str(self.kind)

    def arn(self, *, partition: str, account: str) -> str:
        """A user's, role's or group's ARN; a role's is also the `aws:PrincipalArn` of all its sessions."""
        return f"arn:{partition}:iam::{account}:{self}"

    def arn_patterns(self, *, partition: str, account: str) -> tuple[str, ...]:
        """What `aws:PrincipalArn` is compared to, for the kinds in `BY_NAME`.

        A permission set's role has a suffix of sixteen characters that AWS chooses, and a Region in its path
        unless Identity Center is at home in us-east-1. Names may hold `_`, so that `*` in the place of the
        suffix would let other permission sets in (IAM Identity Center User Guide, "Referencing permission
        sets in resource policies, Amazon EKS Cluster config maps, and AWS KMS key policies").
        """
        if self.kind is not PrincipalKind.PERMISSION_SET:
            return (self.arn(partition=partition, account=account),)
        role = f"AWSReservedSSO_{self.name}_{_SUFFIX}"
        reserved = f"arn:{partition}:iam::{account}:{_RESERVED_PATH}"
        return (f"{reserved}/*/{role}", f"{reserved}/{role}")

    @property
    def organization(self) -> str:
        """The id of the organization, of an organization or a unit in it."""
        return self.name.partition("/")[0]
