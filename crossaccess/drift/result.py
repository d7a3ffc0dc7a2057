"""What a look at what is deployed finds, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from crossaccess.compare.change import Comparison, Effect, Unclear
from crossaccess.deployment.seen import Unread


class Kind(Enum):
    """What has become of a thing of the stacks."""

    GONE = "gone"
    RECREATED = "recreated"
    """A policy holds the unique id of a principal that was deleted, and maybe made again."""
    DETACHED = "detached"
    ATTACHED = "attached"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something that is no longer as the stacks deployed it, beside the texts of policies.

    `name` is what people call the thing: `user/bob`, `bucket shared`. `sentence` says it whole; names out of
    AWS are raw in both. `effect` is what it does to access where no policy tells; `None` where a policy does,
    or nothing is done.
    """

    kind: Kind
    name: str
    account: str | None
    sentence: str
    effect: Effect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """All of it: `comparison` is from the stacks to what is deployed, and its notes say what `told` says."""

    comparison: Comparison
    told: tuple[Told, ...] = ()


@dataclass(slots=True)
class Ledger:
    """What is found on the way, each thing once: what is told, what could not be read, and notes."""

    _told: dict[str, Told] = field(default_factory=dict)
    _unclear: dict[str, Unclear] = field(default_factory=dict)
    _notes: dict[str, None] = field(default_factory=dict)

    @property
    def told(self) -> tuple[Told, ...]:
        """What is no longer as it was deployed."""
        return tuple(self._told.values())

    @property
    def unclear(self) -> tuple[Unclear, ...]:
        """What of the stacks could not be read."""
        return tuple(self._unclear.values())

    @property
    def notes(self) -> tuple[str, ...]:
        """What else a person should know."""
        return tuple(self._notes)

    def tell(
        self, kind: Kind, name: str, account: str | None, says: str, *, effect: Effect | None = None
    ) -> None:
        """Tell what has become of a thing; `says` goes on after its name."""
        whose = name if account is None else f"{name} ({account})"
        sentence = f"{whose} {says}"
        self._told[sentence] = Told(kind=kind, name=name, account=account, sentence=sentence, effect=effect)

    def unread(self, name: str, why: Unread | str) -> None:
        """Say that something of the stacks could not be read, and why."""
        self._unclear.setdefault(name, Unclear(name=name, reason=str(why)))

    def note(self, sentence: str) -> None:
        """Say something that is no drift."""
        self._notes[sentence] = None


SETTINGS: Mapping[str, str] = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}
"""Block Public Access as AWS calls its settings."""
