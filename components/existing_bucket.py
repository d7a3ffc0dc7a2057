"""What an existing bucket is like when the program runs."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.caller import Caller
from components.errors import InputError
from components.existing_s3 import BucketAt, S3RefusedError, ask, get_policy

FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
"""The flags of Block Public Access (Amazon S3 API Reference, "PublicAccessBlockConfiguration")."""

_OF_AWS = "alias/aws/"
_OLD_REGIONS = {"": "us-east-1", "EU": "eu-west-1"}


class Ownership(enum.StrEnum):
    """Whose the objects are.

    Amazon S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
    """

    ENFORCED = "BucketOwnerEnforced"
    """The bucket's owner's: ACLs are off."""
    PREFERRED = "BucketOwnerPreferred"
    """The writer's, unless they hand the object over by the ACL `bucket-owner-full-control`."""
    WRITER = "ObjectWriter"
    """The writer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingBucket:
    """A bucket as it is found; nothing of it is changed by looking.

    `algorithm` of the default encryption is `AES256`, `aws:kms` or `aws:kms:dsse`, `None` where there is
    none. `kms_key` is how S3 names its key: an ARN, an id, an alias, or `None` for the key that AWS manages.
    `blocked` are the flags of Block Public Access that are on. `public` says whether S3 takes the policy for
    a public one.
    """

    at: BucketAt
    policy: str | None
    ownership: Ownership
    algorithm: str | None
    kms_key: str | None
    blocked: frozenset[str]
    public: bool

    @property
    def acls_on(self) -> bool:
        """Whether objects can have ACLs, and owners other than the bucket's."""
        return self.ownership is not Ownership.ENFORCED

    @property
    def key_of_aws(self) -> bool:
        """Whether the default encryption is by the key that AWS manages, which cannot be shared."""
        kms = (self.algorithm or "").startswith("aws:kms")
        return kms and (self.kms_key is None or _OF_AWS in self.kms_key)


def look_at(bucket: str, caller: Caller, *, profile: str | None = None) -> ExistingBucket:
    """Ask S3 about a bucket that is to be adopted.

    The credentials are those that the AWS provider finds for the stack's `aws:profile`. Raises `InputError`
    where the bucket is not there, belongs to another account, stands in another Region, or may not be read.
    """
    at = BucketAt(bucket=bucket, account=caller.account, region=caller.region, profile=profile)
    try:
        _check_region(at)
        policy = get_policy(at)
        rule = _encryption(at)
        return ExistingBucket(
            at=at,
            policy=policy,
            ownership=_ownership(at),
            algorithm=rule.get("SSEAlgorithm"),
            kms_key=rule.get("KMSMasterKeyID"),
            blocked=_blocked(at),
            public=policy is not None and _is_public(at),
        )
    except S3RefusedError as error:
        raise InputError(f"The bucket {bucket!r} of existingBucket cannot be adopted: {error}") from None


def _check_region(at: BucketAt) -> None:
    answer = _said(at, "s3:GetBucketLocation", "get_bucket_location")
    told = answer.get("LocationConstraint") or ""
    region = _OLD_REGIONS.get(told, told)
    if region != at.region:
        raise S3RefusedError(
            f"it stands in the Region {region!r}, and aws:region of this stack is {at.region!r}. Set "
            "aws:region to the bucket's Region."
        )


def _encryption(at: BucketAt) -> Mapping[str, Any]:  # Any: boto3's answer
    answer = ask(
        at,
        "s3:GetEncryptionConfiguration",
        "get_bucket_encryption",
        absent="ServerSideEncryptionConfigurationNotFoundError",
    )
    rules = () if answer is None else answer["ServerSideEncryptionConfiguration"]["Rules"]
    found: Mapping[str, Any] = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    return found


def _ownership(at: BucketAt) -> Ownership:
    answer = ask(
        at,
        "s3:GetBucketOwnershipControls",
        "get_bucket_ownership_controls",
        absent="OwnershipControlsNotFoundError",
    )
    rules = () if answer is None else answer["OwnershipControls"]["Rules"]
    # A bucket without the setting is one from before it: ACLs are on, and objects are their writers'.
    return Ownership(rules[0]["ObjectOwnership"]) if rules else Ownership.WRITER


def _blocked(at: BucketAt) -> frozenset[str]:
    answer = ask(
        at,
        "s3:GetBucketPublicAccessBlock",
        "get_public_access_block",
        absent="NoSuchPublicAccessBlockConfiguration",
    )
    flags = {} if answer is None else answer["PublicAccessBlockConfiguration"]
    return frozenset(flag for flag in FLAGS if flags.get(flag))


def _is_public(at: BucketAt) -> bool:
    answer = _said(at, "s3:GetBucketPolicyStatus", "get_bucket_policy_status")
    return bool(answer["PolicyStatus"]["IsPublic"])


def _said(at: BucketAt, action: str, method: str) -> Mapping[str, Any]:  # Any: boto3's answer
    return ask(at, action, method) or {}
