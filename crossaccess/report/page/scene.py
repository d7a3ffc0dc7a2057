"""What the picture of the accounts shows, before anything has a place.

All texts are foreign and whole; where they are drawn they are cut and made harmless.
"""

from dataclasses import dataclass
from enum import Enum

from crossaccess.policy.principal import PrincipalKind


class Standing(Enum):
    """Whether what flows arrives."""

    OPEN = "open"
    """Both sides allow it."""
    SHUT = "shut"
    """A side is missing, or refuses."""
    UNKNOWN = "unknown"
    """It cannot be told."""


class Road(Enum):
    """By which method it flows; the numbers are those of the picture in the README."""

    POLICY = 1
    """The bucket's policy and the principal's own."""
    ROLE = 2
    """A role of the bucket's account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account; `stack` is the one that holds what is in it, and `number` is `None` where nobody tells."""

    number: str | None
    stack: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A principal, at its place in `Scene.accounts`; or those for whom there is no room, told by `more`."""

    account: int
    label: str
    kind: PrincipalKind | None = None
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of a bucket's account, through which something flows."""

    account: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A bucket, and the name of the key that encrypts it; `None` where S3 has the keys."""

    account: int
    name: str
    region: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What some actors may do in a bucket, by one way; numbers are places in the scene.

    `grants` are those that say it, none where no grant mentions it. `what` are words such as `read`, `where`
    are prefixes (none for the whole bucket, `None` for the bucket itself), `asks` are conditions in words,
    `note` says what is missing or should not be. `through` names the role that it comes through, which is
    drawn by itself (`role`) where it is of the bucket's account.
    """

    actors: tuple[int, ...]
    store: int
    road: Road
    grants: tuple[str, ...]
    what: tuple[str, ...]
    where: tuple[str, ...] | None = ()
    asks: tuple[str, ...] = ()
    through: str | None = None
    role: int | None = None
    standing: Standing = Standing.OPEN
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that is drawn; `left_out` is how many flows there was no room for."""

    accounts: tuple[Account, ...]
    actors: tuple[Actor, ...]
    flows: tuple[Flow, ...]
    roles: tuple[Role, ...] = ()
    stores: tuple[Store, ...] = ()
    left_out: int = 0
