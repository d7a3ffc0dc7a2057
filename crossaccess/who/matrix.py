"""Who may do what, where and how, as values.

Names and texts come out of policies, states and files: they may hold anything, and each format of a report
makes them harmless for itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from crossaccess.compare.change import Example, Standing, Subject, Unclear
from crossaccess.deployment.picture import Grant
from crossaccess.explain.result import Known


class Method(Enum):
    """By which way somebody gets in. The first two are those of grants."""

    BUCKET_POLICY = "bucket-policy"
    """The bucket's policy lets principals of another account in."""
    ASSUME_ROLE = "assume-role"
    """They assume a role first."""
    KEY_POLICY = "key-policy"
    """The key's policy lets principals of another account use it."""
    TRUST_POLICY = "trust-policy"
    """They may assume a role, by which, as far as is known, they get at nothing here."""
    OWN_ACCOUNT = "own-account"
    """They are of the account that owns it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A bucket, a key or a role that access is about.

    `label` is what people call it: `bucket shared`, `key 1234…`, `role account-a-role`, or `any key` where
    only the principals' own policies speak of it. `arn` and `account` are `None` where nobody tells them.
    """

    label: str
    arn: str | None = None
    account: str | None = None

    @property
    def kind(self) -> str:
        """`bucket`, `key` or `role`; something else where a policy that nobody can read may be about any."""
        first, _, rest = self.label.partition(" ")
        return rest if first == "any" else first


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One principal, or a class of them, may do some actions in some place.

    `access` are the named sets (`read`, `write`, `list`, `delete`) whose foremost action is among `actions`.
    `resources` are patterns of object keys (`reports/*`), less those of `spared`; none where the actions are
    about the bucket, the key or the role itself; `listing` are patterns of the prefixes that may be listed,
    none where any may. `conditions` are phrases for people (`over TLS`).
    `standing` says whose word is missing: nobody's, or that of the principal's own account; where
    `awaits_owner`, it is that of the place's owner. `takers` are those of a class who can use it so far,
    `None` where nobody told. `method` is `None` where a policy that cannot be read, or the principal's own
    side alone, is all there is; `role` is the ARN of the role that they come by. `reason` says why it cannot
    be told whether they may. `grants` are the names of the grants that say all of it together: where there
    is none, no grant mentions it. `public`: it is open to everyone. `statements` are where it comes from.
    """

    subject: Subject
    place: Place
    actions: Sequence[str]
    access: Sequence[str] = ()
    resources: Sequence[str] = ()
    spared: Sequence[str] = ()
    listing: Sequence[str] = ()
    conditions: Sequence[str] = ()
    standing: Standing
    awaits_owner: bool = False
    method: Method | None
    role: str | None = None
    public: bool = False
    takers: Sequence[str] | None = None
    reason: str | None = None
    grants: Sequence[str] = ()
    statements: Sequence[str] = ()
    examples: Sequence[Example] = ()

    @property
    def is_sure(self) -> bool:
        """Whether they may, as far as it says; else it cannot be told."""
        return self.reason is None

    @property
    def is_mentioned(self) -> bool:
        """Whether grants say all of it, or the owners of the places here let nobody in by it."""
        return bool(self.grants) or self.awaits_owner or self.method is Method.TRUST_POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All access that the known policies give, over all requests that there can be.

    `known` are the policies that were known, by whom or what they belong to; `unclear` those that cannot be
    read, and what has no name yet. `grants` are all that a source tells of, `idle` those by which
    nobody gets in. `notes` are sentences for people, `titles` what was read. `asked` says what the
    entries were filtered by, in words. `actions_as_of` is the date of AWS's list of actions.
    """

    entries: Sequence[Entry] = ()
    known: Sequence[Known] = ()
    unclear: Sequence[Unclear] = ()
    grants: Sequence[Grant] = ()
    idle: Sequence[Grant] = ()
    notes: Sequence[str] = ()
    titles: Sequence[str] = field(default=())
    asked: Sequence[str] = ()
    actions_as_of: str = ""

    @property
    def unmentioned(self) -> tuple[Entry, ...]:
        """The entries that no grant mentions."""
        return tuple(one for one in self.entries if not one.is_mentioned)
