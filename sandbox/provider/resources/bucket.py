"""`aws:s3/bucket:Bucket`: a bucket, without the settings that version 7 of the SDK keeps apart."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sandbox.provider.account import Account, absent_as_none
from sandbox.provider.errors import StandInError, code_of
from sandbox.provider.partitions import partition_of
from sandbox.provider.properties import Kind, Property, tag_pairs, tags_of
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.resources.common import BUCKET_NAME, REGION, TAGS
from sandbox.provider.values import Record

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# CreateBucket takes no location for the Region that S3 began in.
_FIRST_REGION = "us-east-1"
_GONE = ("NotFound", "NoSuchBucket")


def _create(account: Account, inputs: Record) -> str:
    name, region = inputs["bucket"], inputs["region"]
    s3 = account.s3(region)
    _refuse_existing(s3, name)
    more: Record = {}
    if region != _FIRST_REGION:
        more["CreateBucketConfiguration"] = {"LocationConstraint": region}
    if inputs.get("objectLockEnabled"):
        more["ObjectLockEnabledForBucket"] = True
    s3.create_bucket(Bucket=name, **more)
    try:
        _tag(s3, name, inputs.get("tags"))
    except ClientError:
        # A bucket that the engine never hears of would stand in the way of the next attempt.
        s3.delete_bucket(Bucket=name)
        raise
    return str(name)


def _refuse_existing(s3: "S3Client", name: str) -> None:
    """In us-east-1 CreateBucket succeeds for a bucket that one owns already, and would adopt it unseen."""
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if code_of(error) in {"NotFound", "AccessDenied", "PermanentRedirect", "BadRequest"}:
            return
        raise
    raise StandInError(
        f"BucketAlreadyOwnedByYou: the bucket {name} exists already and is not of this stack; "
        "give another name, or import it with `pulumi import`"
    )


def _read(account: Account, bucket: str, _: Record) -> Record | None:
    s3 = account.s3()
    head = absent_as_none(_GONE, s3.head_bucket, Bucket=bucket)
    if head is None:
        return None
    region = head.get("BucketRegion", account.region)
    tagging = absent_as_none(("NoSuchTagSet",), s3.get_bucket_tagging, Bucket=bucket)
    tags = tags_of(tagging["TagSet"]) if tagging else {}
    lock = absent_as_none(
        ("ObjectLockConfigurationNotFoundError",), s3.get_object_lock_configuration, Bucket=bucket
    )
    partition = partition_of(region)
    return {
        "bucket": bucket,
        "arn": f"arn:{partition.name}:s3:::{bucket}",
        "region": region,
        "bucketRegion": region,
        "bucketDomainName": f"{bucket}.s3.{partition.dns_suffix}",
        "bucketRegionalDomainName": f"{bucket}.s3.{region}.{partition.dns_suffix}",
        "objectLockEnabled": lock is not None,
        "tags": tags,
        "tagsAll": tags,
    }


def _update(account: Account, bucket: str, old: Record, new: Record) -> None:
    if old.get("tags") != new.get("tags"):
        _tag(account.s3(new["region"]), bucket, new.get("tags"), had=bool(old.get("tags")))


def _delete(account: Account, bucket: str, state: Record) -> None:
    s3 = account.s3(state.get("region"))
    try:
        if state.get("forceDestroy"):
            _empty(s3, bucket)
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if code_of(error) == "BucketNotEmpty":
            raise StandInError(
                f"BucketNotEmpty: the bucket {bucket} still holds objects or versions of objects; "
                "empty it, or set forceDestroy on it, deploy that, and delete it then"
            ) from error
        if code_of(error) not in _GONE:
            raise


def _empty(s3: "S3Client", bucket: str) -> None:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        # Any: the stubs have one type for versions and another for delete markers.
        versions: list[Any] = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        doomed: list[Any] = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in versions]
        if not doomed:
            continue
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed, "Quiet": True})
        for fault in answer.get("Errors", []):
            raise StandInError(
                f"{fault.get('Code', 'Unknown')}: {fault.get('Message', '')} "
                f"(DeleteObjects of {fault.get('Key', '')} in the bucket {bucket})"
            )


def _tag(s3: "S3Client", bucket: str, tags: Record | None, *, had: bool = False) -> None:
    if tags:
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_pairs(tags)})
    elif had:
        s3.delete_bucket_tagging(Bucket=bucket)


BUCKET = ResourceType(
    token="aws:s3/bucket:Bucket",  # noqa: S106 - the name of a resource type
    properties=(
        Property(name="bucket", replaces=True, pattern=BUCKET_NAME),
        Property(name="forceDestroy", kind=Kind.BOOL, live=False, default=False),
        Property(name="objectLockEnabled", kind=Kind.BOOL, replaces=True),
        REGION,
        TAGS,
    ),
    computed=("arn", "bucketDomainName", "bucketRegionalDomainName", "bucketRegion", "tagsAll"),
    automatic_name="bucket",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
