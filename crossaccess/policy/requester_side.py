"""All that the requester's side needs, for the grants of one owner or of several."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crossaccess.policy.document import Document
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.names import boundary_name
from crossaccess.policy.principal import Principal
from crossaccess.policy.requester import PrincipalPolicy, boundary_of, requester_policies
from crossaccess.policy.sizes import BOUNDARY, MANAGED_POLICY, Used, check_number_of_policies, measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The grants that a requester takes from one owner, and to whom it attaches what they need.

    `attached` are principals by the grant's name; a grant that nobody is attached to yet has none.
    """

    owner: str
    bucket: Bucket
    grants: tuple[Grant, ...]
    attached: Mapping[str, tuple[Principal, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterSide:
    """What the requester's account needs."""

    taken: tuple[Taken, ...]
    policies: tuple[tuple[Bucket, PrincipalPolicy], ...]
    boundaries: Mapping[Principal, Document]
    sizes: tuple[Used, ...]


def requester_side(
    taken: Sequence[Taken],
    faults: Faults,
    *,
    bounded: Iterable[Principal] = (),
    members: Mapping[Principal, Sequence[Principal]] | None = None,
) -> RequesterSide:
    """Build the requester's side; notes policies that AWS would not take, and too many of them.

    `bounded` are the principals that get a permissions boundary which ends at their policies, those of the
    groups among them that `members` says they are in.
    """
    members, bounded = members or {}, tuple(bounded)
    policies = tuple(
        (one.bucket, policy)
        for one in taken
        for policy in requester_policies(one.bucket, one.grants, one.attached)
    )
    _check_names(taken, policies, bounded, faults)
    sizes = [
        measured(
            policy.document,
            MANAGED_POLICY,
            name=f"policy {policy.name!r} (grants {', '.join(policy.grants)})",
            faults=faults,
        )
        for _, policy in policies
    ]
    for principal, number in Counter(str(policy.principal) for _, policy in policies).items():
        check_number_of_policies(number, key=f"the principal {principal!r}", faults=faults)
    boundaries = {
        principal: boundary_of(
            policy
            for _, policy in policies
            if policy.principal == principal or principal in members.get(policy.principal, ())
        )
        for principal in bounded
    }
    sizes += [
        measured(document, BOUNDARY, name=f"permissions boundary of {str(principal)!r}", faults=faults)
        for principal, document in boundaries.items()
    ]
    return RequesterSide(taken=tuple(taken), policies=policies, boundaries=boundaries, sizes=tuple(sizes))


def _check_names(
    taken: Sequence[Taken],
    policies: Sequence[tuple[Bucket, PrincipalPolicy]],
    bounded: Sequence[Principal],
    faults: Faults,
) -> None:
    """Note policies that would meet: IAM keeps their names apart without regard to capitals.

    IAM API Reference, "CreatePolicy".
    """
    owners: dict[str, list[str]] = {}
    for one in taken:
        owners.setdefault(one.bucket.name, []).append(one.owner)
    for bucket, stacks in owners.items():
        if len(stacks) > 1:
            mend = "these are the same stack, or one of them is wrong: take one out"
            faults.add(f"the bucket {bucket!r}", f"is handed over by {' and '.join(stacks)}", mend)
    if any(len(stacks) > 1 for stacks in owners.values()):
        return
    needed = [(policy.name, f"{policy.principal} in {bucket.name}") for bucket, policy in policies]
    needed += [(boundary_name(principal), f"the boundary of {principal}") for principal in bounded]
    first: dict[str, str] = {}
    for name, use in needed:
        before = first.setdefault(name.lower(), use)
        if before != use:
            mend = "IAM takes a name once: another name for one of the principals helps"
            faults.add(f"the policy {name!r}", f"would be needed for {before} and for {use}", mend)
