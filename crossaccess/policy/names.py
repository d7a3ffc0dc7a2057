"""Names of the requester's policies: explicit, the same every time, and never too long for AWS."""

import hashlib

from crossaccess.policy.grant import NAME_PREFIX, Bucket
from crossaccess.policy.principal import Principal

_LONGEST_POLICY_NAME = 128
_HASH_DIGITS = 8


def principal_label(principal: Principal, *, part: int) -> str:
    """What tells a principal's policy from others for the same bucket; see `requester_policy_name`."""
    number = "" if part == 1 else f"-{part}"
    return f"{principal.kind}-{principal.name}{number}"


def boundary_name(principal: Principal) -> str:
    """The name of the permissions boundary that is made for a principal: for all owners together."""
    return _fitted(f"{NAME_PREFIX}boundary-{principal_label(principal, part=1)}")


def requester_policy_name(bucket: Bucket, principal: Principal, *, part: int) -> str:
    """The name of a principal's policy for a bucket; `part` counts from 1 where one was not enough.

    The bucket's name is in it because one account can have several owners, and the principal's without
    its path because IAM's names are unique without it. A name over 128 characters is cut, and a hash
    of the whole keeps it different from others (IAM User Guide, "IAM and AWS STS quotas").
    """
    return _fitted(f"{NAME_PREFIX}{bucket.name}-{principal_label(principal, part=part)}")


def _fitted(name: str) -> str:
    if len(name) <= _LONGEST_POLICY_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{name[: _LONGEST_POLICY_NAME - _HASH_DIGITS - 1]}-{digest}"
