"""What AWS says now of the things of one account, and what of it may not be read.

Names and texts come from AWS, where others write them: they may hold anything, as those of a picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from crossaccess.deployment.picture import Picture, PublicAccessBlock
from crossaccess.policy.principal import PrincipalKind

READ_KINDS = (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.PERMISSION_SET)
"""The kinds of principals that have policies of their own to read."""
OWNER, REQUESTER = "--owner-profile", "--profile"
"""What command lines call the profiles of each side's accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """The place of what could not be read: which permission it takes, and what AWS said instead.

    Nothing is known of what stands there: it is neither empty nor gone.
    """

    permission: str
    reason: str

    def __str__(self) -> str:
        """Say why to a person, as the end of a sentence on what is not known."""
        return f"{self.permission} got {self.reason}"


Presence: TypeAlias = bool | Unread
"""Whether something is there."""
Text: TypeAlias = str | Unread | None
"""A policy as JSON; `None` where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBucket:
    """A bucket. `key` is what encrypts it by default, by ARN, id or alias; `None` for S3's own keys.

    `taken` is whether a bucket of its name is there, and of another account.
    """

    there: Presence = True
    taken: bool = False
    policy: Text = None
    block: PublicAccessBlock | Unread = field(default_factory=PublicAccessBlock)
    key: str | Unread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenKey:
    """A KMS key. `state` is KMS's word: `Enabled`, `Disabled`, `PendingDeletion` or a rarer one."""

    there: Presence = True
    policy: Text = None
    state: str | Unread = "Enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The policies that a user, role or group carries: ARNs of managed ones, inline ones by their name."""

    managed: tuple[str, ...] | Unread = ()
    inline: Mapping[str, str | Unread] | Unread = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPrincipal:
    """A user, a role, or the role that IAM Identity Center made of a permission set.

    `path` is `None` where it could not be read. `boundary` is the ARN of the managed policy that is its
    boundary. `groups` are the names of a user's groups. `trust` and `seconds` are a role's.
    """

    there: Presence = True
    path: str | None = "/"
    carried: Carried = field(default_factory=Carried)
    boundary: Text = None
    groups: tuple[str, ...] | Unread = ()
    trust: Text = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenGroup:
    """A group."""

    there: Presence = True
    carried: Carried = field(default_factory=Carried)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one account was asked about. `by` says whose credentials asked: `the profile admin-b`.

    Buckets are known by name, keys by ARN, principals by kind and
    name in small letters, groups by name in small letters, managed policies by ARN: `None` for one that is
    gone.
    """

    account: str
    by: str
    buckets: Mapping[str, SeenBucket] = field(default_factory=dict)
    keys: Mapping[str, SeenKey] = field(default_factory=dict)
    principals: Mapping[tuple[PrincipalKind, str], SeenPrincipal] = field(default_factory=dict)
    groups: Mapping[str, SeenGroup] = field(default_factory=dict)
    policies: Mapping[str, Text] = field(default_factory=dict)

    def policy(self, arn: str) -> Text:
        """The text of a managed policy; `Unread` where nobody asked for it."""
        return self.policies.get(arn, _NOT_ASKED)


_NOT_ASKED = Unread(permission="iam:GetPolicy", reason="no answer: nobody asked for it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be read of one account: buckets and keys with their Regions, principals, groups, policies.

    A principal's groups, and the managed policies that it and they carry, are read unasked.
    """

    buckets: tuple[tuple[str, str | None], ...] = ()
    keys: tuple[tuple[str, str | None], ...] = ()
    principals: tuple[tuple[PrincipalKind, str], ...] = ()
    groups: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


def wanted_of(picture: Picture, account: str) -> Wanted:
    """All of an account that a picture holds or names, and whom its grants name there."""
    mine = [one for one in picture.principals if one.account == account and one.unknown is None]
    groups = [one for one in picture.groups if one.account == account and one.unknown is None]
    named = [(one.kind, one.name) for one in mine if one.kind in READ_KINDS]
    named += [who for grant in picture.grants if grant.account == account for who in _named(grant.principals)]
    policies = [policy for one in mine for policy in (*one.policies, *filter(None, (one.boundary,)))]
    policies += [policy for one in groups for policy in one.policies]
    keys = [one for one in picture.keys if one.account == account and one.arn is not None]
    return Wanted(
        buckets=tuple(
            (one.name, one.region)
            for one in picture.buckets
            if one.account == account and one.held and one.unknown is None
        ),
        keys=tuple((one.arn or "", one.region) for one in keys),
        principals=tuple({(kind, name.lower()): (kind, name) for kind, name in named}.values()),
        groups=tuple(one.name for one in groups),
        policies=tuple(dict.fromkeys(one.arn for one in policies if one.arn is not None)),
    )


def _named(labels: tuple[str, ...]) -> list[tuple[PrincipalKind, str]]:
    """The principals that a grant names singly."""
    found = []
    for label in labels:
        kind, _, rest = label.partition("/")
        name = rest.rpartition("/")[2]
        if kind in READ_KINDS and name:
            found.append((PrincipalKind(kind), name))
    return found
