"""What a comparison finds, as values: who gains and who loses what.

Texts that come out of policies, states and names are raw here: they may hold anything, and each format of
the report makes them harmless for itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum


class Effect(Enum):
    """What a change does to somebody's access."""

    GAIN = "gain"
    LOSS = "loss"
    UNKNOWN = "unknown"
    """It cannot be told whether access is gained: counted as a gain."""


class Standing(Enum):
    """Whose word is still missing."""

    EFFECTIVE = "effective"
    """Both sides allow it."""
    DELEGATED = "delegated"
    """This side allows it; the other side can take it up on its own."""


class Shift(Enum):
    """How a change of conditions made the gain or the loss."""

    LOOSENED = "loosened"
    TIGHTENED = "tightened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who gains or loses: one principal, or a class of them.

    `name` is such as `user/bob`, `any principal`, `any role session`, `everyone`; `account` has twelve
    digits, and is `None` where the subject belongs to no account or to any (`any principal of any other
    account`).
    """

    name: str
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One request that shows the change: allowed by one state and not by the other.

    `request` is a case's request as `crossaccess decide` takes it; `old` and `new` are the decisions.
    """

    request: Mapping[str, object]
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody gains or loses something.

    `target` names the resource (`bucket shared`, `key 1234…`, `role account-a-role`). `resources` are what of
    it: patterns of object keys such as `reports/*` for a bucket's objects, empty for the bucket, key or role
    itself; `spared` are patterns that are left out of them; `listing` are patterns of the prefixes that may
    be listed, where that is asked. `conditions` are phrases for people (`over TLS`, `until 2027-01-31`);
    where `shift` says that they were loosened or tightened, they are all those of the new state, and `before`
    those of the old one. `way` says how (`by role account-a-role`, `by the bucket policy`), `role` is the ARN
    of the role that they come by. `grants` are those that say all of it together; `None` where nobody asked,
    or where it is no grant's business. `public`: it opens the resource to everyone. `takers` are who can use
    a delegated gain so far, `None` where nobody told. `awaits_owner`: the subject's own side delegates, and
    the word of the target's owner is missing. `reason` says why an unknown is one. `statements` are where it
    comes from, such as `bucket policy of shared, statement 2 (CrossAccessReports)`.
    """

    effect: Effect
    standing: Standing
    subject: Subject
    target: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    spared: Sequence[str] = ()
    listing: Sequence[str] = ()
    conditions: Sequence[str] = ()
    shift: Shift | None = None
    before: Sequence[str] = ()
    way: str | None = None
    role: str | None = None
    grants: Sequence[str] | None = None
    public: bool = False
    takers: Sequence[str] | None = None
    awaits_owner: bool = False
    reason: str | None = None
    statements: Sequence[str] = ()
    examples: Sequence[Example] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A policy whose text changes: `name` such as `bucket policy of shared`, with the account that has it."""

    name: str
    account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A policy or a principal that is not known yet, and why (`its bucket is replaced`)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that a change of policies does.

    `rewritten` are the policies whose text changes; `unclear` those that cannot be read yet; `notes` are
    sentences for people (`bucket shared is replaced: its objects are lost`). `actions_as_of` is the date
    (`2026-10-27`) of AWS's list of actions for which the comparison is complete.
    """

    changes: Sequence[Change] = ()
    rewritten: Sequence[Rewritten] = ()
    unclear: Sequence[Unclear] = ()
    notes: Sequence[str] = ()
    actions_as_of: str = ""
    titles: Sequence[str] = field(default=())
    """What was compared: the stacks, files or folders."""
