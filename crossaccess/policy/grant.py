"""Grants: who of the requester's account may do what in the owner's bucket, and by which method."""

import enum
from dataclasses import dataclass

NAME_PREFIX = "crossaccess-"
"""Begins the names that the program chooses: of roles and of policies."""
SID_PREFIX = "CrossAccess"
"""Begins the ids of all our statements, so that they can be told from those of other tools."""


class Method(enum.StrEnum):
    """How the access is given."""

    BUCKET_POLICY = "bucket-policy"
    """The bucket's policy names the requester, whose own policy allows the same."""
    ASSUME_ROLE = "assume-role"
    """A role in the owner's account trusts the requester, whose own policy lets them assume it."""


class Trust(enum.StrEnum):
    """How the owner's policies name the requester: each form has its price (see docs/adr)."""

    ACCOUNT = "account"
    """The account as principal, narrowed by a condition on `aws:PrincipalArn`."""
    EXACT = "exact"
    """The principal's own ARN, which has to exist first."""


class PrincipalKind(enum.StrEnum):
    """The kinds of principal that a grant can name."""

    USER = "user"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """An IAM user or role. `path` begins and ends with a slash (IAM User Guide, "IAM identifiers")."""

    kind: PrincipalKind
    name: str
    path: str = "/"

    def __str__(self) -> str:
        return f"{self.kind}{self.path}{self.name}"

    def arn(self, *, partition: str, account: str) -> str:
        """The principal's ARN; for a role this is also the `aws:PrincipalArn` of all its sessions."""
        return f"arn:{partition}:iam::{account}:{self}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The owner's bucket, and where it is: all that its ARNs are made of.

    `key_arn` is how policies name the KMS key of its default encryption, `None` where S3 has the keys.
    """

    name: str
    account: str
    partition: str
    region: str
    key_arn: str | None = None

    @property
    def arn(self) -> str:
        """The ARN of the bucket itself: S3's names are unique in a partition, so it holds no account."""
        return f"arn:{self.partition}:s3:::{self.name}"

    def role_arn(self, role_name: str) -> str:
        """The ARN of a role of the bucket's own account; the program's roles have no path."""
        return f"arn:{self.partition}:iam::{self.account}:role/{role_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One line of agreement between the owner and a requester.

    `account` is the requester's; `actions` are names such as `s3:GetObject`; no `prefixes` means the
    whole bucket, else each ends with a slash; `role_name` is given for `assume-role` alone.
    """

    name: str
    account: str
    principals: tuple[Principal, ...]
    method: Method
    actions: tuple[str, ...]
    prefixes: tuple[str, ...] = ()
    role_name: str | None = None
    trust: Trust = Trust.ACCOUNT

    @property
    def sid(self) -> str:
        """The grant's name as a statement id takes it: letters and digits only."""
        return statement_name(self.name)


def statement_name(grant_name: str) -> str:
    """Turn a grant's name into the part of a statement id that tells it from other grants."""
    return "".join(word.capitalize() for word in grant_name.split("-"))


def default_role_name(grant_name: str) -> str:
    """The name of the role of a grant that does not say one."""
    return f"{NAME_PREFIX}{grant_name}"
