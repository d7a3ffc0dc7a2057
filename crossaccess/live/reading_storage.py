"""Reading buckets out of S3, and keys out of KMS."""

from typing import TYPE_CHECKING, Any

from crossaccess.deployment.picture import PublicAccessBlock
from crossaccess.deployment.seen import SeenBucket, SeenKey, Text, Unread
from crossaccess.live.asking import Asking, Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

_NO_BUCKET = "NoSuchBucket"
_NO_POLICY = frozenset({_NO_BUCKET, "NoSuchBucketPolicy"})
_NO_BLOCK = frozenset({_NO_BUCKET, "NoSuchPublicAccessBlockConfiguration"})
_NO_ENCRYPTION = frozenset({_NO_BUCKET, "ServerSideEncryptionConfigurationNotFoundError"})
_NO_KEY = frozenset({"NotFoundException"})
_KMS = "aws:kms"
_AWS_OWN_KEY = "alias/aws/s3"
_OPEN = PublicAccessBlock(
    block_public_acls=False,
    block_public_policy=False,
    ignore_public_acls=False,
    restrict_public_buckets=False,
)
"""What holds where a bucket has no such setting (Amazon S3 API Reference, "GetPublicAccessBlock")."""


def read_bucket(s3: "S3Client", asking: Asking, name: str, account: str) -> SeenBucket:
    """A bucket of an account, and of no other that has taken its name."""
    got = asking.ask(
        lambda: s3.get_bucket_policy(Bucket=name, ExpectedBucketOwner=account),
        "s3:GetBucketPolicy",
        missing=_NO_POLICY,
    )
    there: bool | Unread = True
    policy: Text = None
    if isinstance(got, Missing):
        if got.code == _NO_BUCKET:
            return SeenBucket(there=False)
    elif isinstance(got, Unread):
        policy, there = got, _is_ours(s3, asking, name)
        if there is False:
            return SeenBucket(there=False, taken=True)
    else:
        policy = got["Policy"]
    return SeenBucket(
        there=there,
        policy=policy,
        block=_block(s3, asking, name, account),
        key=_key(s3, asking, name, account),
    )


def read_key(kms: "KMSClient", asking: Asking, named: str) -> SeenKey:
    """A key, by its ARN or id."""
    told = asking.ask(lambda: kms.describe_key(KeyId=named), "kms:DescribeKey", missing=_NO_KEY)
    got = asking.ask(
        lambda: kms.get_key_policy(KeyId=named, PolicyName="default"), "kms:GetKeyPolicy", missing=_NO_KEY
    )
    if isinstance(told, Missing) or isinstance(got, Missing):
        return SeenKey(there=False)
    return SeenKey(
        there=told if isinstance(told, Unread) else True,
        policy=got if isinstance(got, Unread) else got["Policy"],
        state=told if isinstance(told, Unread) else str(told["KeyMetadata"].get("KeyState", "Enabled")),
    )


def _is_ours(s3: "S3Client", asking: Asking, name: str) -> bool | Unread:
    """Whether a bucket whose policy is refused is the account's at all.

    Another account that makes a bucket of a name that was given up refuses just the same.
    """
    pages = s3.get_paginator("list_buckets")
    found = asking.ask(
        lambda: [one.get("Name") for page in pages.paginate(Prefix=name) for one in page["Buckets"]],
        "s3:ListAllMyBuckets",
        missing=frozenset(),
    )
    if isinstance(found, Missing | Unread):
        return found if isinstance(found, Unread) else False
    return name in found


def _block(s3: "S3Client", asking: Asking, name: str, account: str) -> PublicAccessBlock | Unread:
    got = asking.ask(
        lambda: s3.get_public_access_block(Bucket=name, ExpectedBucketOwner=account),
        "s3:GetBucketPublicAccessBlock",
        missing=_NO_BLOCK,
    )
    if isinstance(got, Missing):
        return _OPEN
    if isinstance(got, Unread):
        return got
    said = got["PublicAccessBlockConfiguration"]
    return PublicAccessBlock(
        block_public_acls=said.get("BlockPublicAcls", False),
        block_public_policy=said.get("BlockPublicPolicy", False),
        ignore_public_acls=said.get("IgnorePublicAcls", False),
        restrict_public_buckets=said.get("RestrictPublicBuckets", False),
    )


def _key(s3: "S3Client", asking: Asking, name: str, account: str) -> str | Unread | None:
    got = asking.ask(
        lambda: s3.get_bucket_encryption(Bucket=name, ExpectedBucketOwner=account),
        "s3:GetEncryptionConfiguration",
        missing=_NO_ENCRYPTION,
    )
    if isinstance(got, Missing):
        return None
    if isinstance(got, Unread):
        return got
    for rule in got["ServerSideEncryptionConfiguration"]["Rules"]:
        by_default: Mapping[str, Any] = rule.get("ApplyServerSideEncryptionByDefault", {})  # Any: boto3's
        if str(by_default.get("SSEAlgorithm", "")).startswith(_KMS):
            return str(by_default.get("KMSMasterKeyID") or _AWS_OWN_KEY)
    return None
