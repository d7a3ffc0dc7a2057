"""What a bucket keeps, locks, cleans up, logs and is called, beside who gets in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.errors import InputError
from crossaccess.policy.faults import Faults, shown, shown_key
from crossaccess.policy.fields import read_boolean, read_bucket_name, read_choice, read_mapping, read_prefix
from crossaccess.policy.probes import probe_prefixes

SETTINGS_KEYS = (
    "versioning",
    "objectLock",
    "abortIncompleteUploadsDays",
    "accessLog",
    "probeCleanup",
    "tags",
)
"""What a stack's config can say about the bucket itself."""
LOCK_KEYS = ("mode", "days")
LOG_KEYS = ("bucket", "prefix")

_DEFAULT_ABORT_DAYS = 7
_LONGEST_DAYS = 36_500
_TAG = re.compile(r"[\w .:/=+@-]*")
_LONGEST_TAG_NAME = 128
_LONGEST_TAG_VALUE = 256
_MOST_TAGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectLock:
    """How long new versions are locked. `mode` is `governance` or `compliance`, which nobody can end."""

    mode: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLog:
    """Where S3 writes who asked for what: another bucket of the account, whose policy lets S3 write."""

    bucket: str
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSettings:
    """The bucket's settings; `abort_days` is when the parts of an unfinished upload are thrown away.

    `probe_cleanup` is whether S3 deletes what `crossaccess verify` could not take away.
    """

    versioning: bool = True
    object_lock: ObjectLock | None = None
    abort_days: int = _DEFAULT_ABORT_DAYS
    access_log: AccessLog | None = None
    probe_cleanup: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


class ObjectLockArgs(TypedDict):
    """How long new versions are locked."""

    mode: str
    """`governance`, which some may end, or `compliance`, which nobody can, the root user included."""
    days: int
    """From when a version is written."""


class AccessLogArgs(TypedDict):
    """Where S3 writes who asked for what."""

    bucket: str
    """Another bucket of the same account and Region, whose policy lets S3's logging service write."""
    prefix: str
    """Begins the keys of the log's objects; closed by a slash."""


class BucketSettingsArgs(TypedDict):
    """The bucket's settings. Plain values, since they say which resources there are."""

    versioning: NotRequired[bool]
    """Whether older versions are kept. Default: yes."""
    object_lock: NotRequired[ObjectLockArgs]
    """Locks new versions; can be switched on for a new bucket only, and needs versioning. Default: no."""
    abort_incomplete_uploads_days: NotRequired[int]
    """After how many days the parts of an unfinished upload are thrown away. Default: 7."""
    access_log: NotRequired[AccessLogArgs]
    """Where S3 writes who asked for what. Default: nowhere."""
    probe_cleanup: NotRequired[bool]
    """Whether S3 deletes the probes of `crossaccess verify` after a day. Default: no."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of everything that can bear them."""


def settings_args(settings: BucketSettings) -> BucketSettingsArgs:
    """Write settings as arguments."""
    args = BucketSettingsArgs(
        versioning=settings.versioning,
        abort_incomplete_uploads_days=settings.abort_days,
        probe_cleanup=settings.probe_cleanup,
        tags=settings.tags,
    )
    if settings.object_lock is not None:
        args["object_lock"] = ObjectLockArgs(mode=settings.object_lock.mode, days=settings.object_lock.days)
    if settings.access_log is not None:
        log = settings.access_log
        args["access_log"] = AccessLogArgs(bucket=log.bucket, prefix=log.prefix)
    return args


_CONFIG_KEYS = {
    "object_lock": "objectLock",
    "abort_incomplete_uploads_days": "abortIncompleteUploadsDays",
    "access_log": "accessLog",
    "probe_cleanup": "probeCleanup",
}


def read_settings_args(args: BucketSettingsArgs) -> BucketSettings:
    """Read settings by the rules of a stack's config. Raises `InputError` with all faults."""
    faults = Faults()
    raw = {_CONFIG_KEYS.get(key, key): value for key, value in args.items()}
    known = read_mapping(raw, "settings", faults, known=SETTINGS_KEYS)
    settings = read_bucket_settings(known or {}, faults, within="settings.")
    if faults:
        raise InputError("The bucket's settings are not right:", faults.all())
    return settings


def read_bucket_settings(raw: Mapping[str, object], faults: Faults, *, within: str) -> BucketSettings:
    """Read the settings; `within` begins their keys. What is answered is of use without faults only."""
    versioning = read_boolean(raw.get("versioning", True), f"{within}versioning", faults)
    lock = _read_lock(raw.get("objectLock"), f"{within}objectLock", faults)
    if lock is not None and versioning is False:
        mend = "leave versioning on: what is locked are versions"
        faults.add(f"{within}versioning", "is false beside objectLock", mend)
    days = raw.get("abortIncompleteUploadsDays", _DEFAULT_ABORT_DAYS)
    cleanup = read_boolean(raw.get("probeCleanup", False), f"{within}probeCleanup", faults)
    return BucketSettings(
        versioning=versioning is not False,
        object_lock=lock,
        abort_days=_read_days(days, f"{within}abortIncompleteUploadsDays", faults) or _DEFAULT_ABORT_DAYS,
        access_log=_read_log(raw.get("accessLog"), f"{within}accessLog", faults),
        probe_cleanup=cleanup is True,
        tags=read_tags(raw.get("tags"), f"{within}tags", faults),
    )


def check_log_bucket(settings: BucketSettings, bucket_name: str, faults: Faults) -> None:
    """Note a bucket that would log into itself: each log would be logged again."""
    if settings.access_log is not None and settings.access_log.bucket == bucket_name:
        mend = "name another bucket: one that logs into itself never comes to an end"
        faults.add("accessLog.bucket", f"is {bucket_name!r}, the bucket itself", mend)


def read_tags(raw: object, key: str, faults: Faults) -> dict[str, str]:
    """Tags as AWS takes them everywhere.

    Tagging AWS Resources and Tag Editor User Guide, "Best practices and strategies"; IAM User Guide, "Tags
    for AWS Identity and Access Management resources": the names of a role's or a user's tags are told apart
    without regard to capitals.
    """
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        faults.add(key, shown(raw), "write a mapping of texts, such as {team: data}")
        return {}
    if len(raw) > _MOST_TAGS:
        faults.add(key, f"has {len(raw)} tags", f"AWS takes {_MOST_TAGS} at most")
    first: dict[str, object] = {}
    for name, value in raw.items():
        where = f"{key}.{shown_key(name)}"
        before = first.setdefault(str(name).lower(), name)
        if before != name:
            mend = f"{key}.{shown_key(before)} differs in capitals only, and IAM refuses such two: drop one"
            faults.add(where, shown(value), mend)
        if not isinstance(value, str):
            faults.add(where, shown(value), "quote it: the value of a tag is a text")
        elif str(name).lower().startswith("aws:"):
            faults.add(where, shown(value), "tags that begin with aws: are AWS's own")
        elif not (_fits(str(name), _LONGEST_TAG_NAME) and name and _fits(value, _LONGEST_TAG_VALUE)):
            mend = "tags have up to 128 letters, digits, spaces and .:/=+@_- in their names, 256 in values"
            faults.add(where, shown(value), mend)
    return {str(name): str(value) for name, value in raw.items()}


def make_settings(  # noqa: PLR0913 - each is a choice of its own
    name: str,
    settings: BucketSettings,
    bucket: aws.s3.Bucket,
    *,
    prefixes: Sequence[str],
    after: pulumi.Resource,
    parent: pulumi.Resource,
) -> pulumi.Resource:
    """Make the settings one after the other, since S3 refuses two changes at a time; answer the last.

    `prefixes` are those of the grants, the empty one for the whole bucket.
    """

    def later(earlier: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=parent, depends_on=[earlier])

    last: pulumi.Resource = aws.s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket.bucket,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
            # There is no way back to a bucket that never had versions.
            status="Enabled" if settings.versioning else "Suspended"
        ),
        opts=later(after),
    )
    if settings.object_lock is not None:
        retention = aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
            mode=settings.object_lock.mode.upper(), days=settings.object_lock.days
        )
        last = aws.s3.BucketObjectLockConfiguration(
            f"{name}-object-lock",
            bucket=bucket.bucket,
            rule=aws.s3.BucketObjectLockConfigurationRuleArgs(default_retention=retention),
            opts=later(last),
        )
    rules = [_abort_rule(settings.abort_days)]
    if settings.probe_cleanup:
        rules += [_probe_rule(number, place) for number, place in enumerate(probe_prefixes(prefixes))]
    last = aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle", bucket=bucket.bucket, rules=rules, opts=later(last)
    )
    if settings.access_log is not None:
        last = aws.s3.BucketLogging(
            f"{name}-access-log",
            bucket=bucket.bucket,
            target_bucket=settings.access_log.bucket,
            target_prefix=settings.access_log.prefix,
            opts=later(last),
        )
    return last


def _abort_rule(days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    abort = aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
        days_after_initiation=days
    )
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="crossaccess-abort-incomplete-uploads",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        abort_incomplete_multipart_upload=abort,
    )


def _probe_rule(number: int, place: str) -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    """Delete what is under a prefix after a day, its older versions and markers a day later.

    Amazon S3 User Guide, "Lifecycle configuration elements"; locked versions stay as long as they are locked.
    """
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id=f"crossaccess-probes-{number}",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=place),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=1),
        noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=1
        ),
    )


def _fits(text: str, longest: int) -> bool:
    return len(text) <= longest and _TAG.fullmatch(text) is not None


def _read_days(raw: object, key: str, faults: Faults) -> int | None:
    days = raw if isinstance(raw, int) and not isinstance(raw, bool) else 0
    if 1 <= days <= _LONGEST_DAYS:
        return days
    faults.add(key, shown(raw), f"it is a number of days from 1 to {_LONGEST_DAYS:,}")
    return None


def _read_lock(raw: object, key: str, faults: Faults) -> ObjectLock | None:
    """Amazon S3 User Guide, "Locking objects with Object Lock"."""
    if raw is None:
        return None
    fields = read_mapping(raw, key, faults, known=LOCK_KEYS)
    if fields is None:
        return None
    mode = read_choice(fields.get("mode"), f"{key}.mode", faults, known=("governance", "compliance"))
    days = _read_days(fields.get("days"), f"{key}.days", faults)
    return None if mode is None or days is None else ObjectLock(mode=mode, days=days)


def _read_log(raw: object, key: str, faults: Faults) -> AccessLog | None:
    """Amazon S3 User Guide, "Logging requests with server access logging"."""
    if raw is None:
        return None
    fields = read_mapping(raw, key, faults, known=LOG_KEYS)
    if fields is None:
        return None
    bucket = read_bucket_name(fields.get("bucket"), f"{key}.bucket", faults)
    prefix = read_prefix(fields.get("prefix"), f"{key}.prefix", faults)
    return None if bucket is None or prefix is None else AccessLog(bucket=bucket, prefix=prefix)
