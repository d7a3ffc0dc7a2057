"""The settings of a bucket that are resources of their own; each has the bucket's name as its id."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.provider.account import Account, absent_as_none, patiently
from sandbox.provider.errors import StandInError
from sandbox.provider.policies import policy_text
from sandbox.provider.properties import Kind, Property
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.resources.common import BUCKET, REGION
from sandbox.provider.values import Record

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BLOCKS = {
    "blockPublicAcls": "BlockPublicAcls",
    "blockPublicPolicy": "BlockPublicPolicy",
    "ignorePublicAcls": "IgnorePublicAcls",
    "restrictPublicBuckets": "RestrictPublicBuckets",
}


def bucket_setting(  # noqa: PLR0913 - a row of a table, every field by name
    *,
    token: str,
    properties: tuple[Property, ...],
    put: Callable[["S3Client", str, Record], object],
    get: Callable[["S3Client", str], Record | None],
    remove: Callable[["S3Client", str, Record], object],
    absent: str,
) -> ResourceType:
    """Make the row of one setting.

    `put` writes it, at creation and at every change; `get` reads its properties, `None` where AWS answers
    without an error that there are none; `remove` takes it away;
    `absent` is AWS's error code for "this bucket has no such setting".
    """
    gone = (absent, "NoSuchBucket")

    def create(account: Account, inputs: Record) -> str:
        bucket = str(inputs["bucket"])
        patiently(put, account.s3(inputs["region"]), bucket, inputs)
        return bucket

    def read(account: Account, bucket: str, known: Record) -> Record | None:
        region = known.get("region", account.region)
        settings = absent_as_none(gone, get, account.s3(region), bucket)
        return None if settings is None else {"bucket": bucket, "region": region, **settings}

    def update(account: Account, bucket: str, _: Record, new: Record) -> None:
        patiently(put, account.s3(new["region"]), bucket, new)

    def delete(account: Account, bucket: str, state: Record) -> None:
        absent_as_none(gone, patiently, remove, account.s3(state.get("region")), bucket, state)

    return ResourceType(
        token=token,
        properties=(BUCKET, *properties, REGION),
        create=create,
        read=read,
        update=update,
        delete=delete,
    )


def _put_block(s3: "S3Client", bucket: str, inputs: Record) -> None:
    block: Any = {
        theirs: bool(inputs.get(ours)) for ours, theirs in _BLOCKS.items()
    }  # Any: keys are computed
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)


def _get_block(s3: "S3Client", bucket: str) -> Record:
    block: Any = s3.get_public_access_block(Bucket=bucket)[
        "PublicAccessBlockConfiguration"
    ]  # Any: keys are computed
    return {ours: bool(block.get(theirs)) for ours, theirs in _BLOCKS.items()}


def _remove_block(s3: "S3Client", bucket: str, state: Record) -> None:
    if not state.get("skipDestroy"):
        s3.delete_public_access_block(Bucket=bucket)


def _put_ownership(s3: "S3Client", bucket: str, inputs: Record) -> None:
    rules: Any = [
        {"ObjectOwnership": inputs["rule"]["objectOwnership"]}
    ]  # Any: one of three literals, checked
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": rules})


def _get_ownership(s3: "S3Client", bucket: str) -> Record:
    rules = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    return {"rule": {"objectOwnership": rules[0]["ObjectOwnership"]}}


def _put_encryption(s3: "S3Client", bucket: str, inputs: Record) -> None:
    rules: list[Any] = []  # Any: the algorithm is one of the literals, checked
    for rule in inputs["rules"]:
        wanted: Record = {}
        if default := rule.get("applyServerSideEncryptionByDefault"):
            wanted["ApplyServerSideEncryptionByDefault"] = {"SSEAlgorithm": default["sseAlgorithm"]}
            if key := default.get("kmsMasterKeyId"):
                wanted["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] = key
        if rule.get("bucketKeyEnabled") is not None:
            wanted["BucketKeyEnabled"] = rule["bucketKeyEnabled"]
        rules.append(wanted)
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _get_encryption(s3: "S3Client", bucket: str) -> Record:
    told = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    rules: list[Record] = []
    for item in told:
        rule: Record = {"bucketKeyEnabled": bool(item.get("BucketKeyEnabled"))}
        if default := item.get("ApplyServerSideEncryptionByDefault"):
            rule["applyServerSideEncryptionByDefault"] = {"sseAlgorithm": default["SSEAlgorithm"]}
            if key := default.get("KMSMasterKeyID"):
                rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] = key
        rules.append(rule)
    return {"rules": rules}


def _put_versioning(s3: "S3Client", bucket: str, inputs: Record) -> None:
    status = inputs["versioningConfiguration"]["status"]
    now = s3.get_bucket_versioning(Bucket=bucket).get("Status")
    if status != "Disabled":
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
    elif now is not None:
        raise StandInError(
            f"versioningConfiguration.status: the versioning of the bucket {bucket} is {now}, and S3 has "
            "no way back to Disabled; use Suspended"
        )


def _get_versioning(s3: "S3Client", bucket: str) -> Record:
    told = s3.get_bucket_versioning(Bucket=bucket)
    return {"versioningConfiguration": {"status": told.get("Status", "Disabled")}}


def _remove_versioning(s3: "S3Client", bucket: str, _: Record) -> None:
    if s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled":
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def _put_lock(s3: "S3Client", bucket: str, inputs: Record) -> None:
    wanted: Any = {"ObjectLockEnabled": "Enabled"}  # Any: keys are computed
    if retention := inputs.get("rule", {}).get("defaultRetention"):
        wanted["Rule"] = {"DefaultRetention": {"Mode": retention["mode"], "Days": retention["days"]}}
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=wanted)


def _get_lock(s3: "S3Client", bucket: str) -> Record:
    told = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    retention = told.get("Rule", {}).get("DefaultRetention")
    if retention is None:
        return {}
    return {"rule": {"defaultRetention": {"mode": retention.get("Mode"), "days": retention.get("Days")}}}


_DAYS = (
    (
        "abortIncompleteMultipartUpload",
        "daysAfterInitiation",
        "AbortIncompleteMultipartUpload",
        "DaysAfterInitiation",
    ),
    ("expiration", "days", "Expiration", "Days"),
    ("noncurrentVersionExpiration", "noncurrentDays", "NoncurrentVersionExpiration", "NoncurrentDays"),
)
"""What a rule does after how many days: by our names and by S3's."""


def _put_lifecycle(s3: "S3Client", bucket: str, inputs: Record) -> None:
    rules: list[Any] = []  # Any: the status is one of the literals, checked
    for rule in inputs["rules"]:
        wanted: Record = {
            "ID": rule["id"],
            "Status": rule["status"],
            "Filter": {"Prefix": rule.get("filter", {}).get("prefix", "")},
        }
        for name, days, theirs, their_days in _DAYS:
            if name in rule:
                wanted[theirs] = {their_days: rule[name][days]}
        rules.append(wanted)
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def _get_lifecycle(s3: "S3Client", bucket: str) -> Record:
    rules = []
    for item in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]:
        rule: Record = {"id": item.get("ID"), "status": item["Status"]}
        rule["filter"] = {"prefix": item.get("Filter", {}).get("Prefix", "")}
        told: Record = dict(item)
        for name, days, theirs, their_days in _DAYS:
            if theirs in told:
                rule[name] = {days: told[theirs][their_days]}
        rules.append(rule)
    return {"rules": rules}


def _put_logging(s3: "S3Client", bucket: str, inputs: Record) -> None:
    target: Any = {
        "TargetBucket": inputs["targetBucket"],
        "TargetPrefix": inputs["targetPrefix"],
    }  # Any: one of
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": target})


def _get_logging(s3: "S3Client", bucket: str) -> Record | None:
    answer: Any = s3.get_bucket_logging(Bucket=bucket)  # Any: the stubs say that it always logs
    told = answer.get("LoggingEnabled")
    if told is None:
        return None
    return {"targetBucket": told["TargetBucket"], "targetPrefix": told["TargetPrefix"]}


SETTINGS = (
    bucket_setting(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",  # noqa: S106 - a type's name
        properties=(
            *(Property(name=name, kind=Kind.BOOL, default=False) for name in _BLOCKS),
            Property(name="skipDestroy", kind=Kind.BOOL, live=False),
        ),
        put=_put_block,
        get=_get_block,
        remove=_remove_block,
        absent="NoSuchPublicAccessBlockConfiguration",
    ),
    bucket_setting(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",  # noqa: S106 - a type's name
        properties=(
            Property(
                name="rule",
                kind=Kind.OBJECT,
                required=True,
                fields=(
                    Property(
                        name="objectOwnership",
                        required=True,
                        choices=("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
                    ),
                ),
            ),
        ),
        put=_put_ownership,
        get=_get_ownership,
        remove=lambda s3, bucket, _: s3.delete_bucket_ownership_controls(Bucket=bucket),
        absent="OwnershipControlsNotFoundError",
    ),
    bucket_setting(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",  # noqa: S106 - a type's name
        properties=(
            Property(
                name="rules",
                kind=Kind.OBJECTS,
                required=True,
                fields=(
                    Property(
                        name="applyServerSideEncryptionByDefault",
                        kind=Kind.OBJECT,
                        fields=(
                            Property(
                                name="sseAlgorithm",
                                required=True,
                                choices=("AES256", "aws:kms", "aws:kms:dsse"),
                            ),
                            Property(name="kmsMasterKeyId"),
                        ),
                    ),
                    Property(name="bucketKeyEnabled", kind=Kind.BOOL),
                ),
            ),
        ),
        put=_put_encryption,
        get=_get_encryption,
        remove=lambda s3, bucket, _: s3.delete_bucket_encryption(Bucket=bucket),
        absent="ServerSideEncryptionConfigurationNotFoundError",
    ),
    bucket_setting(
        token="aws:s3/bucketVersioning:BucketVersioning",  # noqa: S106 - a type's name
        properties=(
            Property(
                name="versioningConfiguration",
                kind=Kind.OBJECT,
                required=True,
                fields=(
                    Property(name="status", required=True, choices=("Enabled", "Suspended", "Disabled")),
                ),
            ),
        ),
        put=_put_versioning,
        get=_get_versioning,
        remove=_remove_versioning,
        absent="NoSuchBucket",
    ),
    bucket_setting(
        token="aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",  # noqa: S106 - a type's name
        properties=(
            Property(
                name="rule",
                kind=Kind.OBJECT,
                fields=(
                    Property(
                        name="defaultRetention",
                        kind=Kind.OBJECT,
                        required=True,
                        fields=(
                            Property(name="mode", required=True, choices=("GOVERNANCE", "COMPLIANCE")),
                            Property(name="days", kind=Kind.NUMBER, required=True),
                        ),
                    ),
                ),
            ),
        ),
        put=_put_lock,
        get=_get_lock,
        remove=lambda s3, bucket, _: _put_lock(s3, bucket, {}),
        absent="ObjectLockConfigurationNotFoundError",
    ),
    bucket_setting(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",  # noqa: S106 - a type's name
        properties=(
            Property(
                name="rules",
                kind=Kind.OBJECTS,
                required=True,
                fields=(
                    Property(name="id", required=True),
                    Property(name="status", required=True, choices=("Enabled", "Disabled")),
                    Property(name="filter", kind=Kind.OBJECT, fields=(Property(name="prefix"),)),
                    *(
                        Property(
                            name=name,
                            kind=Kind.OBJECT,
                            fields=(Property(name=days, kind=Kind.NUMBER, required=True),),
                        )
                        for name, days, _, _ in _DAYS
                    ),
                ),
            ),
        ),
        put=_put_lifecycle,
        get=_get_lifecycle,
        remove=lambda s3, bucket, _: s3.delete_bucket_lifecycle(Bucket=bucket),
        absent="NoSuchLifecycleConfiguration",
    ),
    bucket_setting(
        token="aws:s3/bucketLogging:BucketLogging",  # noqa: S106 - a type's name
        properties=(
            Property(name="targetBucket", required=True),
            Property(name="targetPrefix", required=True),
        ),
        put=_put_logging,
        get=_get_logging,
        remove=lambda s3, bucket, _: s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={}),
        absent="NoSuchBucket",
    ),
    bucket_setting(
        token="aws:s3/bucketPolicy:BucketPolicy",  # noqa: S106 - a type's name
        properties=(Property(name="policy", kind=Kind.POLICY, required=True),),
        put=lambda s3, bucket, inputs: s3.put_bucket_policy(Bucket=bucket, Policy=inputs["policy"]),
        get=lambda s3, bucket: {"policy": policy_text(s3.get_bucket_policy(Bucket=bucket)["Policy"])},
        remove=lambda s3, bucket, _: s3.delete_bucket_policy(Bucket=bucket),
        absent="NoSuchBucketPolicy",
    ),
)
