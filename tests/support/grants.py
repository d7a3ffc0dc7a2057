"""Shortcuts of tests that build the policies of grants."""

from collections.abc import Sequence

from crossaccess.policy import requester
from crossaccess.policy import requester_side as sides
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.requester import PrincipalPolicy


def requester_policies(bucket: Bucket, grants: Sequence[Grant]) -> tuple[PrincipalPolicy, ...]:
    """The policies of the principals that the grants themselves name."""
    return requester.requester_policies(bucket, grants, {grant.name: grant.principals for grant in grants})


def requester_side(bucket: Bucket, grants: Sequence[Grant], faults: Faults) -> sides.RequesterSide:
    """The requester's side of one owner's grants, attached to the principals that they name."""
    attached = {grant.name: grant.principals for grant in grants}
    taken = sides.Taken(owner="account-a", bucket=bucket, grants=tuple(grants), attached=attached)
    return sides.requester_side([taken], faults)
