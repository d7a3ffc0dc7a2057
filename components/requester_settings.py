"""What a requester's stack is told: whose grants it takes, to whom they go, and what it makes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crossaccess.policy.faults import Faults, shown, shown_key
from crossaccess.policy.fields import read_grant_name, read_list, read_mapping, read_shaped
from crossaccess.policy.new_principal import NewPrincipal
from crossaccess.policy.organization import PLACE
from crossaccess.policy.principal import Principal
from crossaccess.policy.read_principal import ATTACHABLE, read_principal

OWNER_KEYS = ("stack", "onlyGrants", "attachTo")
"""What an entry of `ownerStacks` can say."""

_STACK_NAME = re.compile(r"([\w.-]+/[\w.-]+/)?[\w.-]+", re.ASCII)
_STACK_MEND = "name the owner's stack, such as account-a, or ORGANIZATION/crossaccess/account-a"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFrom:
    """An owner's stack, and what is taken from it.

    `only_grants` names the grants to take up; `None` takes up all that are addressed to the account.
    `attach_to` says, by the name of a grant, which principals get what it needs; without it, those that the
    grant names.
    """

    stack: str
    only_grants: tuple[str, ...] | None = None
    attach_to: Mapping[str, tuple[Principal, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterSettings:
    """What the stack of the account that wants in was told.

    `organization` is where the account is in one: its id, or the path of its organizational unit.
    """

    owners: tuple[TakenFrom, ...]
    organization: str | None = None
    create: tuple[NewPrincipal, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


def read_owners(raw: object, key: str, faults: Faults) -> tuple[TakenFrom, ...]:
    """Read a list of owners: names of stacks, or mappings that say more."""
    read = read_list(raw, key, faults, entry=_read_owner, example="[account-a]") or ()
    first: dict[str, int] = {}
    for index, owner in enumerate(read):
        if read[first.setdefault(owner.stack, index)] != owner:
            mend = f"{key}[{first[owner.stack]}] names it, too: write one entry"
            faults.add(f"{key}[{index}]", f"is the stack {owner.stack!r}", mend)
    return read


def _read_owner(raw: object, key: str, faults: Faults) -> TakenFrom | None:
    if not isinstance(raw, Mapping):
        stack = read_stack(raw, key, faults)
        return None if stack is None else TakenFrom(stack=stack)
    fields = read_mapping(raw, key, faults, known=OWNER_KEYS)
    return read_taken(
        {} if fields is None else fields,
        faults,
        stack_key=f"{key}.stack",
        within=f"{key}.",
    )


def read_taken(
    fields: Mapping[str, object], faults: Faults, *, stack_key: str, within: str
) -> TakenFrom | None:
    """Read one owner, out of an entry of the list or out of the keys of a stack that has one owner."""
    stack = read_stack(fields.get("stack"), stack_key, faults)
    only_grants: tuple[str, ...] | None = None
    if fields.get("onlyGrants") is not None:
        only_grants = read_list(
            fields["onlyGrants"],
            f"{within}onlyGrants",
            faults,
            entry=read_grant_name,
            example="[bob-bucket-policy]",
        )
    attach_to = read_attach_to(fields.get("attachTo"), f"{within}attachTo", faults)
    if stack is None:
        return None
    return TakenFrom(stack=stack, only_grants=only_grants, attach_to=attach_to)


def read_stack(raw: object, key: str, faults: Faults) -> str | None:
    """The name of a stack, qualified or not."""
    return read_shaped(raw, key, faults, shape=_STACK_NAME, mend=_STACK_MEND)


def read_attach_to(raw: object, key: str, faults: Faults) -> Mapping[str, tuple[Principal, ...]]:
    """Which principals of the account get what a grant needs, by the grant's name."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        mend = "write a mapping of grants to principals, such as {team-reads: [group/analysts]}"
        faults.add(key, shown(raw), mend)
        return {}
    found: dict[str, tuple[Principal, ...]] = {}
    for name, principals in raw.items():
        where = f"{key}.{shown_key(name)}"
        grant = read_grant_name(name, where, faults)
        read = read_list(principals, where, faults, entry=_read_attached, example="[group/analysts]")
        if grant is not None and read is not None:
            found[grant] = read
    return found


def _read_attached(raw: object, key: str, faults: Faults) -> Principal | None:
    return read_principal(raw, key, faults, account=None, kinds=ATTACHABLE)


def read_place(raw: object, key: str, faults: Faults) -> str | None:
    """Where the account is in an organization: its id, or the path of the account's unit in it."""
    if raw is None:
        return None
    mend = (
        "write the organization's id, such as o-a1b2c3d4e5, or the path of this account's organizational "
        "unit in it, such as o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"
    )
    text = read_shaped(raw, key, faults, shape=PLACE, mend=mend)
    return None if text is None else text.removesuffix("/")
