"""A new bucket, and all that protects it."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.bucket_encryption import default_encryption
from components.bucket_settings import BucketSettings, make_settings


def make_new(  # noqa: PLR0913 - each is a choice of its own
    name: str,
    bucket_name: pulumi.Input[str],
    policy: pulumi.Input[str],
    settings: BucketSettings,
    key_arn: pulumi.Input[str] | None,
    *,
    prefixes: Sequence[str],
    protect: bool,
    force_destroy: pulumi.Input[bool],
    parent: pulumi.Resource,
) -> pulumi.Resource:
    """Make the bucket, its protections, and then its policy, which lets people in; answer the policy.

    `prefixes` are those of the grants. One after the other: S3 refuses two changes of one bucket at a time.
    """
    bucket = aws.s3.Bucket(
        f"{name}-bucket",
        bucket=bucket_name,
        force_destroy=force_destroy,
        object_lock_enabled=True if settings.object_lock is not None else None,
        tags=settings.tags or None,
        opts=pulumi.ResourceOptions(parent=parent, protect=protect),
    )
    block = aws.s3.BucketPublicAccessBlock(
        f"{name}-public-access-block",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        # A bucket that cannot be deleted, since it holds objects, stays closed.
        skip_destroy=True,
        opts=_after(bucket, parent),
    )
    ownership = aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.bucket,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=_after(block, parent),
    )
    encryption = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        rules=[default_encryption(key_arn)],
        opts=_after(ownership, parent),
    )
    last = make_settings(name, settings, bucket, prefixes=prefixes, after=encryption, parent=parent)
    return aws.s3.BucketPolicy(
        f"{name}-policy", bucket=bucket.bucket, policy=policy, opts=_after(last, parent)
    )


def _after(earlier: pulumi.Resource, parent: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=parent, depends_on=[earlier])
