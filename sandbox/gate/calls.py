"""A call, and what it needs to be allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Keys = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One action on one resource that has to be allowed, with the condition keys of its own.

    `owner` is the account that owns the resource. `drop` names keys that the caller's request has but
    this need has not, since the service asks for it on the caller's behalf.
    """

    action: str
    resource: str
    owner: str
    keys: Keys = field(default_factory=dict)
    drop: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of one service: every need has to be allowed.

    `parameters` are those of the query protocol and of JSON, by name; S3's calls have `bucket` and `key`.
    `account` is the account in which the emulator does it; `None`: the caller's.
    """

    service: str
    operation: str
    needs: tuple[Need, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    bucket: str | None = None
    key: str | None = None
    account: str | None = None

    @property
    def name(self) -> str:
        """The call as the log names it."""
        return f"{self.service}.{self.operation}"

    def text(self, name: str) -> str | None:
        """Return a parameter that is a text, `None` where it is absent or something else."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else None
