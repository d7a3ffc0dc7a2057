"""What an existing bucket is like when the program runs, and what follows from it for the grants."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.caller import Caller
from components.errors import InputError
from components.existing_s3 import BucketAt, S3RefusedError, ask, get_policy
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.grant import Grant, Method

_OF_AWS = "alias/aws/"
_FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_OLD_REGIONS = {"": "us-east-1", "EU": "eu-west-1"}
_WRITES = frozenset({"s3:PutObject"})


class Ownership(enum.StrEnum):
    """Whose the objects are (Amazon S3 User Guide, "Controlling ownership of objects")."""

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
    versioned: bool
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
            versioned=_said(at, "s3:GetBucketVersioning", "get_bucket_versioning").get("Status") == "Enabled",
            public=policy is not None and _is_public(at),
        )
    except S3RefusedError as error:
        raise InputError(f"The bucket {bucket!r} of existingBucket cannot be adopted: {error}") from None


def notes(existing: ExistingBucket, grants: Iterable[Grant], encryption: Encryption) -> tuple[str, ...]:
    """What follows for the grants from what the bucket is like: sentences for warnings at preview.

    `encryption` is what config says of the bucket's key.
    """
    listed = tuple(grants)
    return (*_on_ownership(existing, listed), *_on_key(existing, listed, encryption), *_on_public(existing))


def _on_ownership(existing: ExistingBucket, grants: Iterable[Grant]) -> Iterable[str]:
    writing = [
        one.name for one in grants if one.method is Method.BUCKET_POLICY and _WRITES.intersection(one.actions)
    ]
    if not existing.acls_on:
        return
    bucket, ownership = existing.at.bucket, existing.ownership.value
    if not writing:
        yield (
            f"The bucket {bucket!r} has ACLs on (object ownership {ownership}): ACLs may give access beside "
            "the grants."
        )
        return
    handed = (
        "unless they are written with the ACL bucket-owner-full-control"
        if existing.ownership is Ownership.PREFERRED
        else "whatever ACL they are written with"
    )
    yield (
        f"The bucket {bucket!r} has ACLs on (object ownership {ownership}): objects that are written by the "
        f"grants {', '.join(writing)} belong to the requester's account, {handed}, and no policy of this "
        "bucket opens them to anybody else. What a role of the bucket's account writes (method assume-role) "
        "is that account's. Object ownership BucketOwnerEnforced ends this."
    )


def _on_key(existing: ExistingBucket, grants: Iterable[Grant], encryption: Encryption) -> Iterable[str]:
    bucket = existing.at.bucket
    if existing.key_of_aws:
        named = [one.name for one in grants if one.method is Method.BUCKET_POLICY]
        who = f"the grants {', '.join(named)} give" if named else "method bucket-policy would give"
        yield (
            f"The bucket {bucket!r} is encrypted by the KMS key that AWS manages, which cannot be shared "
            f"with another account: {who} no access to objects under it. Encrypt by S3 (sse-s3), by a key "
            "of the account's own, or use method assume-role."
        )
        return
    if existing.kms_key is None:
        if encryption.kms:
            yield (
                f"The bucket {bucket!r} is encrypted by S3, and encryption names a KMS key: the grants open "
                "that key as well, but new objects do not use it unless their writers name it."
            )
        return
    if not encryption.kms:
        yield (
            f"The bucket {bucket!r} is encrypted by the KMS key {existing.kms_key}, which encryption does "
            "not name: nobody can read or write under it by the grants, since these do not open the key. Set "
            "crossaccess:encryption to {type: kms, keyArn: ARN} with the key's full ARN."
        )
    elif not _same_key(existing.kms_key, encryption.key_arn):
        yield (
            f"The bucket {bucket!r} is encrypted by the KMS key {existing.kms_key}, and encryption names "
            f"{encryption.key_arn or 'a key that is made'}: the grants open the second one only."
        )


def _on_public(existing: ExistingBucket) -> Iterable[str]:
    bucket = existing.at.bucket
    open_flags = [flag for flag in _FLAGS if flag not in existing.blocked]
    if open_flags:
        yield (
            f"The bucket {bucket!r} does not block public access in full: {', '.join(open_flags)} is off. No "
            "grant needs that; it is left as it is."
        )
    if existing.public and "BlockPublicPolicy" in existing.blocked:
        yield (
            f"The policy of the bucket {bucket!r} is public by statements of others, and BlockPublicPolicy "
            "is on: S3 will refuse to save it again, with our statements or without."
        )
    if existing.public and "RestrictPublicBuckets" in existing.blocked:
        yield (
            f"The policy of the bucket {bucket!r} is public by statements of others, and "
            "RestrictPublicBuckets is on: S3 then refuses every other account, so that no grant by method "
            "bucket-policy works."
        )


def _same_key(named: str, arn: str | None) -> bool:
    return arn is not None and (named == arn or arn.endswith(f":key/{named}"))


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
    return frozenset(flag for flag in _FLAGS if flags.get(flag))


def _is_public(at: BucketAt) -> bool:
    answer = _said(at, "s3:GetBucketPolicyStatus", "get_bucket_policy_status")
    return bool(answer["PolicyStatus"]["IsPublic"])


def _said(at: BucketAt, action: str, method: str) -> Mapping[str, Any]:  # Any: boto3's answer
    return ask(at, action, method) or {}
