"""Names of the requester's policies: explicit, the same every time, and never too long for AWS."""

import hashlib

from crossaccess.policy.grant import ROLE_NAME_PREFIX, Bucket, Principal

_LONGEST_POLICY_NAME = 128
_HASH_DIGITS = 8


def requester_policy_name(bucket: Bucket, principal: Principal, *, part: int) -> str:
    """The name of a principal's policy for a bucket; `part` counts from 1 where one was not enough.

    The bucket's name is in it because one account can have several owners, and the principal's without
    its path because IAM's names are unique without it. A name over 128 characters is cut, and a hash
    of the whole keeps it different from others (IAM User Guide, "IAM and AWS STS quotas").
    """
    number = "" if part == 1 else f"-{part}"
    name = f"{ROLE_NAME_PREFIX}{bucket.name}-{principal.kind}-{principal.name}{number}"
    if len(name) <= _LONGEST_POLICY_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{name[: _LONGEST_POLICY_NAME - _HASH_DIGITS - 1]}-{digest}"
