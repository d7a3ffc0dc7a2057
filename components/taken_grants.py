"""Which grants of the owners are this account's, and to whom of it they go."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.caller import Caller
from components.errors import InputError
from components.handover import Received
from components.requester_settings import TakenFrom
from crossaccess.policy.attaching import attached_principals, is_addressed_to
from crossaccess.policy.faults import Faults, meant
from crossaccess.policy.grant import Grant
from crossaccess.policy.requester_side import Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerHandover:
    """An owner's stack, and what it handed over."""

    source: TakenFrom
    received: Received


def take_grants(owners: Sequence[OwnerHandover], caller: Caller, place: str | None) -> tuple[Taken, ...]:
    """Keep of every handover the grants for this account. `place` is where it is in an organization.

    Raises `InputError` for a handover that has nothing for this account, or not what is asked of it.
    """
    return tuple(_take(owner, caller, place) for owner in owners)


def _take(owner: OwnerHandover, caller: Caller, place: str | None) -> Taken:
    source, received = owner.source.stack, owner.received
    _check_crosses(received, caller, source)
    own = {
        grant.name: grant
        for grant in received.grants
        if is_addressed_to(grant, account=caller.account, organization=place)
    }
    if not own:
        raise InputError(_nothing(received, caller, source, place))
    faults = Faults()
    grants = _chosen(received, own, owner.source.only_grants, caller, faults)
    attached = {}
    for name in owner.source.attach_to:
        if name not in {grant.name for grant in grants}:
            faults.add(f"attachTo.{name}", "names no grant that is taken up", meant(name, own))
    for grant in grants:
        attached[grant.name] = attached_principals(
            grant,
            owner.source.attach_to.get(grant.name),
            f"attachTo.{grant.name}",
            faults,
            account=caller.account,
            organization=place,
        )
    if faults:
        raise InputError(f"The grants of the stack {source!r} are not those asked for:", faults.all())
    return Taken(owner=source, bucket=received.bucket, grants=grants, attached=attached)


def _check_crosses(received: Received, caller: Caller, source: str) -> None:
    bucket = received.bucket
    if caller.account == bucket.account:
        raise InputError(
            f"This stack's credentials belong to account {caller.account}, which owns the bucket "
            f"{bucket.name!r} of the stack {source!r}: use a profile of the requester's (aws:profile)."
        )
    if caller.partition != bucket.partition:
        raise InputError(
            f"The bucket {bucket.name!r} is in the partition {bucket.partition!r}, this stack's account in "
            f"{caller.partition!r}: AWS lets nobody cross from one partition to another."
        )


def _nothing(received: Received, caller: Caller, source: str, place: str | None) -> str:
    others = ", ".join(sorted({grant.whose for grant in received.grants})) or "nobody"
    in_organization = ""
    if "organization" in others:
        known = f"crossaccess:organization is {place!r}" if place else "crossaccess:organization is not set"
        in_organization = (
            f" For grants to an organization, this stack says where its account is in one: {known}."
        )
    return (
        f"The stack {source!r} grants nothing to account {caller.account}, to which this stack's "
        f"credentials belong; its grants are for {others}.{in_organization} Look at aws:profile here, or "
        "have the account added to the owner's crossaccess:grants and the owner's stack deployed. Where "
        "the owner took the access back for good, destroy this stack: its policies lead nowhere."
    )


def _chosen(
    received: Received,
    own: dict[str, Grant],
    only: tuple[str, ...] | None,
    caller: Caller,
    faults: Faults,
) -> tuple[Grant, ...]:
    if only is None:
        return tuple(own.values())
    whose = {grant.name: grant.whose for grant in received.grants}
    for index, name in enumerate(only):
        if name in whose and name not in own:
            found = f"is {name!r}, a grant for {whose[name]}"
            mend = f"this stack's account is {caller.account}: take it out"
            faults.add(f"onlyGrants[{index}]", found, mend)
        elif name not in own:
            faults.add(f"onlyGrants[{index}]", f"is {name!r}, which is not handed over", meant(name, own))
    return tuple(own[name] for name in own if name in only)
