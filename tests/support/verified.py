"""A requester, grants and a picture of both sides, as `verify` reads them, and an S3 of our own to call."""

import datetime as dt
import io
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from crossaccess.deployment.picture import Bucket, Grant, Key, Picture, Policy, Principal
from crossaccess.policy.principal import PrincipalKind
from crossaccess.verify.caller import Requester, requester_of
from crossaccess.verify.expecting import Known

A, B = "111111222222", "112233445566"
BUCKET, KEY_ARN = "shared", f"arn:aws:kms:eu-central-1:{A}:key/k-1"
ROLE_ARN = f"arn:aws:iam::{A}:role/lake-role"
BOB = f"arn:aws:iam::{B}:user/bob"
NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
OBJECTS = f"arn:aws:s3:::{BUCKET}/reports/*"
READING = ("s3:GetObject", "s3:ListBucket")
WRITING = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")


def grant(name: str = "reports", **more: Any) -> Grant:  # Any: a grant's fields
    """A grant by the bucket's policy, to Bob, under `reports/`."""
    usual: dict[str, Any] = {  # Any: the same
        "bucket": BUCKET,
        "owner": A,
        "account": B,
        "principals": ("user/bob",),
        "method": "bucket-policy",
        "actions": READING,
        "prefixes": ("reports/",),
    }
    return Grant(name=name, **{**usual, **more})


def by_role(**more: Any) -> Grant:  # Any: a grant's fields
    """A grant by a role."""
    return grant("by-role", method="assume-role", role_arn=ROLE_ARN, **more)


def allow(*actions: str, on: str = OBJECTS, **more: object) -> dict[str, object]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def policy(name: str, *statements: Mapping[str, object]) -> Policy:
    """A policy document."""
    return Policy(name=name, text=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def listing() -> dict[str, object]:
    """A statement that allows to list under `reports/`."""
    condition = {"StringLike": {"s3:prefix": ["reports/*"]}}
    return allow("s3:ListBucket", on=f"arn:aws:s3:::{BUCKET}", Condition=condition)


def picture(
    *, bob: Policy | None = None, bucket: Policy | None = None, **more: Any
) -> Picture:  # Any: fields
    """Both sides: Bob may read and list under `reports/`, unless a policy is another one."""
    named: dict[str, Any] = {"Principal": {"AWS": BOB}}  # Any: an element of a statement
    usual_bob = policy("policy of user/bob", allow("s3:GetObject"), listing())
    usual_bucket = policy("bucket policy", allow("s3:GetObject", **named), {**listing(), **named})
    usual: dict[str, Any] = {  # Any: the same
        "buckets": (Bucket(name=BUCKET, account=A, region="eu-central-1", policy=bucket or usual_bucket),),
        "principals": (
            Principal(
                kind=PrincipalKind.USER, name="bob", account=B, policies=(bob or usual_bob,), held=False
            ),
        ),
        "grants": (grant(),),
    }
    return Picture(**{**usual, **more})


def requester(arn: str = BOB, of: Picture | None = None, *, temporary: bool = False) -> Requester:
    """Who an ARN is."""
    found = requester_of(arn, of or picture(), temporary=temporary)
    assert found is not None
    return found


def known(of: Picture, **more: Any) -> Known:  # Any: fields
    """All that an expectation is made from, for Bob."""
    usual: dict[str, Any] = {  # Any: the same
        "picture": of,
        "requester": requester(of=of),
        "grants": {(one.bucket, one.name): one for one in of.grants},
        "now": NOW,
        "context": {},
    }
    return Known(**{**usual, **more})


def with_key(of: Bucket) -> tuple[Bucket, Key]:
    """The bucket with a KMS key whose policy lets Bob decrypt, for the bucket's objects."""
    use = {
        **allow("kms:Decrypt", on="*"),
        "Principal": {"AWS": BOB},
        "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
    }
    key = Key(name="k-1", arn=KEY_ARN, account=A, region="eu-central-1", policy=policy("key policy", use))
    return (
        Bucket(name=of.name, account=of.account, region=of.region, policy=of.policy, key=KEY_ARN),
        key,
    )


def refusal(code: str = "AccessDenied", status: int = 403) -> ClientError:
    """What boto3 raises where AWS says no."""
    return ClientError(
        {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # as much of it as is read
        "Tried",
    )


@dataclass
class Store:
    """A bucket: as a client of S3 for one caller. `refuses` are names of methods that are refused.

    Without `versions`, what is deleted is gone; else a marker is put on it.
    """

    versions: bool = False
    refuses: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    """Names of methods that are done, and whose answer is lost."""
    sent_again: set[str] = field(default_factory=set)
    """Names of methods whose first answer was lost, so that boto3 has sent them again."""
    content: dict[str, list[str]] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def meta(self) -> "Store":
        """What is known of the client."""
        return self

    endpoint_url: str = "https://s3.eu-central-1.amazonaws.com"

    def _enter(self, name: str) -> None:
        with self.lock:
            self.calls.append(name)
        if name in self.refuses:
            raise refusal()

    def _version(self) -> str:
        return f"v{len(self.calls)}" if self.versions else "null"

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, IfNoneMatch: str) -> dict[str, str]:  # noqa: N803, ARG002 - boto3's
        """Write a key that is not there."""
        self._enter("put_object")
        assert IfNoneMatch == "*"
        assert Key not in self.content
        self.content[Key] = [self._version()]
        if "put_object" in self.lost:
            raise refusal("InternalError", 500)
        if "put_object" in self.sent_again:
            raise refusal("PreconditionFailed", 412)
        return {"VersionId": self.content[Key][0]} if self.versions else {}

    def delete_object(self, *, Bucket: str, Key: str, VersionId: str | None = None) -> dict[str, Any]:  # noqa: N803, ARG002 - boto3's
        """Delete a key, or a version of it."""
        self._enter("delete_object" if VersionId is None else "delete_version")
        if VersionId is not None:
            self.content[Key].remove(VersionId)
            if not self.content[Key]:
                del self.content[Key]
            return {}
        if not self.versions:
            self.content.pop(Key, None)
            return {}
        marker = self._version()
        self.content[Key].append(marker)
        return {"DeleteMarker": True, "VersionId": marker}

    def list_object_versions(self, *, Bucket: str, Prefix: str) -> dict[str, Any]:  # noqa: N803, ARG002 - boto3's
        """All versions of keys."""
        self._enter("list_object_versions")
        listed = [
            {"Key": key, "VersionId": version}
            for key, versions in self.content.items()
            if key.startswith(Prefix)
            for version in versions
        ]
        return {"Versions": listed}

    def create_multipart_upload(self, *, Bucket: str, Key: str) -> dict[str, str]:  # noqa: N803, ARG002 - boto3's
        """Begin an upload."""
        self._enter("create_multipart_upload")
        self.uploads[f"upload-{len(self.calls)}"] = Key
        return {"UploadId": f"upload-{len(self.calls)}"}

    def upload_part(self, *, UploadId: str, **_: object) -> dict[str, str]:  # noqa: N803 - boto3's
        """Take a part."""
        self._enter("upload_part")
        assert UploadId in self.uploads
        return {"ETag": "etag"}

    def complete_multipart_upload(self, *, Key: str, UploadId: str, **_: object) -> dict[str, str]:  # noqa: N803 - boto3's
        """Make an object of an upload."""
        self._enter("complete_multipart_upload")
        del self.uploads[UploadId]
        self.content[Key] = [self._version()]
        if "complete_multipart_upload" in self.sent_again:
            raise refusal("NoSuchUpload", 404)
        return {"VersionId": self.content[Key][0]} if self.versions else {}

    def abort_multipart_upload(self, *, UploadId: str, **_: object) -> None:  # noqa: N803 - boto3's
        """Throw an upload away."""
        self._enter("abort_multipart_upload")
        if UploadId not in self.uploads:
            raise refusal("NoSuchUpload", 404)
        del self.uploads[UploadId]

    def get_object(self, *, Bucket: str, Key: str, Range: str) -> dict[str, Any]:  # noqa: N803, ARG002 - boto3's
        """Read a byte of what is there."""
        self._enter("get_object")
        if Key not in self.content or not Key.startswith("reports/"):
            raise refusal()
        return {"Body": io.BytesIO(b"a")}

    def list_objects_v2(self, *, Bucket: str, Prefix: str, MaxKeys: int) -> dict[str, Any]:  # noqa: N803, ARG002 - boto3's
        """The first key under a prefix."""
        self._enter("list_objects_v2")
        if not Prefix.startswith("reports/"):
            raise refusal()
        return {"Contents": [{"Key": key} for key in self.content if key.startswith(Prefix)][:MaxKeys]}
