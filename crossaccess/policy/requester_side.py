"""All that the requester's side needs, for the grants of one owner or of several."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crossaccess.policy.document import Document
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
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
    taken: Sequence[Taken], faults: Faults, *, bounded: Iterable[Principal] = ()
) -> RequesterSide:
    """Build the requester's side; notes policies that AWS would not take, and too many of them.

    `bounded` are the principals that get a permissions boundary which ends at their policies.
    """
    policies = tuple(
        (one.bucket, policy)
        for one in taken
        for policy in requester_policies(one.bucket, one.grants, one.attached)
    )
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
        principal: boundary_of(policy for _, policy in policies if policy.principal == principal)
        for principal in bounded
    }
    sizes += [
        measured(document, BOUNDARY, name=f"permissions boundary of {str(principal)!r}", faults=faults)
        for principal, document in boundaries.items()
    ]
    return RequesterSide(taken=tuple(taken), policies=policies, boundaries=boundaries, sizes=tuple(sizes))
