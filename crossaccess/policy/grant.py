"""Grants: who of the requester's account may do what in the owner's bucket, and by which method."""

import enum
from dataclasses import dataclass, field

from crossaccess.policy.conditions import Conditions
from crossaccess.policy.principal import Principal, PrincipalKind

NAME_PREFIX = "crossaccess-"
"""Begins the names that the program chooses: of roles and of policies."""
SID_PREFIX = "CrossAccess"
"""Begins the ids of all our statements, so that they can be told from those of other tools."""

DEFAULT_SESSION = 3_600
"""How many seconds a role's session may be where nothing is said (IAM API Reference, "CreateRole")."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The owner's bucket, and where it is: all that its ARNs are made of.

    `key_arn` is how policies name the KMS key of its default encryption, `None` where S3 has the keys.
    An `adopted` bucket was there before, and others may use it: beside an encryption that config says, what
    is ours binds our grants alone.
    """

    name: str
    account: str
    partition: str
    region: str
    key_arn: str | None = None
    adopted: bool = False

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

    `account` is that of the principals, `None` where all of them are organizations; `actions` are names
    such as `s3:GetObject`; no `prefixes` means the whole bucket, else each ends with a slash. The rest is
    for `assume-role` alone: the role's name, how long its sessions may be (in seconds; `None` leaves it to
    AWS, which takes 3,600), and the ARN of its permissions boundary.
    """

    name: str
    account: str | None
    principals: tuple[Principal, ...]
    method: Method
    actions: tuple[str, ...]
    prefixes: tuple[str, ...] = ()
    role_name: str | None = None
    trust: Trust = Trust.ACCOUNT
    conditions: Conditions = field(default_factory=Conditions)
    session_seconds: int | None = None
    permissions_boundary: str | None = None

    def of_kind(self, *kinds: PrincipalKind) -> tuple[Principal, ...]:
        """Those of the principals that are of one of these kinds."""
        return tuple(one for one in self.principals if one.kind in kinds)

    @property
    def whose(self) -> str:
        """Whose principals these are, in words."""
        organizations = self.of_kind(PrincipalKind.ORGANIZATION, PrincipalKind.UNIT)
        names = [f"account {self.account}"] if self.account is not None else []
        return ", ".join([*names, *(str(one) for one in organizations)])

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
