"""How long a document may be, and what each service says where it is longer.

IAM User Guide, "IAM and AWS STS quotas"; S3 User Guide, "Adding a bucket policy by using the Amazon S3
console"; KMS Developer Guide, "Resource quotas".
"""

from sandbox.gate.errors import AwsError

BUCKET_POLICY = 20_480  # bytes
KEY_POLICY = 32_768  # bytes
MANAGED_POLICY = 6_144  # characters, white space not counted
TRUST_POLICY = 2_048  # characters as they are sent
SESSION_POLICIES = 2_048  # characters as they are sent
# All inline policies of one together, white space not counted.
INLINE_POLICIES = {"user": 2_048, "group": 5_120, "role": 10_240}
ATTACHED_POLICIES = 10
ROLES = 1_000
POLICIES = 1_500


def without_white_space(text: str) -> int:
    """Count a policy's characters as IAM counts those of inline and managed policies."""
    return len("".join(text.split()))


def check_quota(size: int, limit: int, message: str) -> None:
    """Raise `AwsError` (`LimitExceeded`) where a size is over its limit."""
    if size > limit:
        raise AwsError("LimitExceeded", message, 409)
