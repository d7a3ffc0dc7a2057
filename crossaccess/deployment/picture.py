"""What stands in two accounts, as far as the sources tell: buckets, keys, principals and their policies.

Names and texts come out of states and files: they may hold anything, and nothing here makes them harmless.
"""

from dataclasses import dataclass, field

from crossaccess.policy.conditions import Conditions
from crossaccess.policy.document import PolicyKind
from crossaccess.policy.principal import Principal as Named
from crossaccess.policy.principal import PrincipalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy document, or the place of one that cannot be read.

    `name` is for people: `bucket policy of shared`, `policy crossaccess-shared-user-bob of user/bob`. Either
    `text` holds the JSON as AWS gets it, or `unknown` says why nobody can tell (`it is secret`). `arn` is
    that of a managed policy. `source` is where it stands: the resource's URN, or the file.
    """

    name: str
    text: str | None = None
    unknown: str | None = None
    arn: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAccessBlock:
    """A bucket's Block Public Access settings; `None` for one that is not known."""

    block_public_acls: bool | None = None
    block_public_policy: bool | None = None
    ignore_public_acls: bool | None = None
    restrict_public_buckets: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket.

    `policy` is `None` where it has none. `key` is the ARN or, where that is not known yet, the name of the
    KMS key that encrypts it by default. `unknown` says why the name is a stand-in. `held` is whether a
    source holds the bucket or its policy; else a handover only names it.
    """

    name: str
    account: str | None = None
    partition: str = "aws"
    region: str | None = None
    policy: Policy | None = None
    public_access_block: PublicAccessBlock | None = None
    key: str | None = None
    unknown: str | None = None
    held: bool = True
    source: str = ""

    @property
    def arn(self) -> str:
        """The bucket's ARN, which holds no account."""
        return f"arn:{self.partition}:s3:::{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A KMS key. `name` is its id, or its resource's name in the program as long as it has no `arn`."""

    name: str
    arn: str | None = None
    account: str | None = None
    partition: str = "aws"
    region: str | None = None
    alias: str | None = None
    policy: Policy | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A user, a role or a permission set, and what is attached to it.

    `policies` are its managed and inline ones, and those of its `groups`; `boundary` is its permissions
    boundary, `None` where it has none; `trust` a role's trust policy. `held` is whether a source holds the
    principal itself: of one that only attachments name, boundary, trust and further policies are nobody's
    knowledge. `path_told` is whether anybody told its path; `unknown` says why the name is a stand-in.
    """

    kind: PrincipalKind
    name: str
    path: str = "/"
    path_told: bool = True
    account: str | None = None
    partition: str = "aws"
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    trust: Policy | None = None
    groups: tuple[str, ...] = ()
    max_session_seconds: int | None = None
    unknown: str | None = None
    held: bool = True
    source: str = ""

    @property
    def label(self) -> str:
        """How people call it: `user/bob`, `role/app/reader`, `permission-set/Analysts`."""
        return f"{self.kind}{self.path}{self.name}"

    @property
    def arn(self) -> str | None:
        """Its ARN; `None` where the account or the name is not known, and for a permission set."""
        if self.account is None or self.unknown is not None or self.kind is PrincipalKind.PERMISSION_SET:
            return None
        return f"arn:{self.partition}:iam::{self.account}:{self.label}"

    @property
    def arn_patterns(self) -> tuple[str, ...]:
        """What `aws:PrincipalArn` is like: the ARN, or the patterns of a permission set's roles."""
        if self.account is None or self.unknown is not None:
            return ()
        named = Named(kind=self.kind, name=self.name, path=self.path)
        return named.arn_patterns(partition=self.partition, account=self.account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group, its policies, and those of its `members` that a source names (`user/bob`).

    `held` is whether a source holds the group; `members_told` whether it names all of them.
    """

    name: str
    path: str = "/"
    path_told: bool = True
    account: str | None = None
    partition: str = "aws"
    policies: tuple[Policy, ...] = ()
    members: tuple[str, ...] = ()
    members_told: bool = False
    unknown: str | None = None
    held: bool = True
    source: str = ""

    @property
    def label(self) -> str:
        """How people call it: `group/readers`."""
        return f"group{self.path}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationLevel:
    """What an organization attaches at one level of an account: its root, a unit, the account itself.

    `kind` is `SCP`, which limits the account's principals, or `RCP`, which limits who uses its resources.
    Every level has to allow (Organizations User Guide, "SCP evaluation"); one that no source holds is not
    counted.
    """

    kind: PolicyKind
    account: str
    name: str
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a handover says of a grant, so that a report can say by which one somebody gets in.

    `owner` is the bucket's account, `account` that of the `principals` (`user/bob`). `sid` begins the ids of
    its statements, after which comes a word such as `Objects`; statements that several grants share may have
    another's. It is `first_hand` where the owner's stack tells it; else a requester's stack remembers it from
    when it was deployed. `conditions` is `None` where they cannot be read; `session_seconds` is how long the
    role's sessions may be, where that is said.
    """

    name: str
    bucket: str
    owner: str
    partition: str = "aws"
    account: str | None = None
    principals: tuple[str, ...] = ()
    method: str = ""
    actions: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    role_arn: str | None = None
    sid: str = ""
    conditions: Conditions | None = field(default_factory=Conditions)
    session_seconds: int | None = None
    first_hand: bool = True

    @property
    def asks(self) -> Conditions:
        """Its conditions; none where they cannot be read."""
        return self.conditions or Conditions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that one source tells, or several merged.

    `stacks` are the names of the stacks, `unread` says which resources may give access and are not read.
    """

    buckets: tuple[Bucket, ...] = ()
    keys: tuple[Key, ...] = ()
    principals: tuple[Principal, ...] = ()
    groups: tuple[Group, ...] = ()
    grants: tuple[Grant, ...] = ()
    levels: tuple[OrganizationLevel, ...] = ()
    stacks: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that something stands in, sorted."""
        told = (
            *(bucket.account for bucket in self.buckets),
            *(key.account for key in self.keys),
            *(principal.account for principal in self.principals),
            *(group.account for group in self.groups),
        )
        return tuple(sorted({account for account in told if account is not None}))

    def levels_of(self, kind: PolicyKind, account: str | None) -> tuple[OrganizationLevel, ...]:
        """The levels of an account's organization, of one kind of policies."""
        return tuple(one for one in self.levels if (one.kind, one.account) == (kind, account))
