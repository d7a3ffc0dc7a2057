"""The keys behind encrypted objects: what S3 asks of KMS on the caller's behalf.

S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)"; "Reducing the cost of SSE-KMS with
Amazon S3 Bucket Keys".
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from moto.s3.models import FakeBucket, FakeKey

from sandbox.gate.callers import Caller
from sandbox.gate.calls import Need
from sandbox.gate.errors import AwsError
from sandbox.gate.estate import Target, find_key
from sandbox.gate.network import NETWORK_KEYS
from sandbox.gate.received import Received

if TYPE_CHECKING:
    from moto.kms.models import Key

_KMS = frozenset({"aws:kms", "aws:kms:dsse"})
_DECRYPT = ("kms:Decrypt",)
_ENCRYPT = ("kms:GenerateDataKey",)
# The parts of an upload are read again when they are put together.
_UPLOAD = ("kms:GenerateDataKey", "kms:Decrypt")
_WRITES = {
    "PutObject": _ENCRYPT,
    "CopyObject": _ENCRYPT,
    "CreateMultipartUpload": _UPLOAD,
    "UploadPart": _UPLOAD,
    "UploadPartCopy": _UPLOAD,
    "CompleteMultipartUpload": _UPLOAD,
}
# S3 asks for the caller: neither where the caller is nor what they showed is in that request.
_NOT_PASSED_ON = NETWORK_KEYS | {"aws:multifactorauthage", "aws:multifactorauthpresent"}


def read_needs(caller: Caller, target: Target, found: FakeKey) -> Iterable[Need]:
    """What reading this object needs of the key that it is encrypted with, if it is with one of KMS."""
    if found.encryption in _KMS:
        with_bucket_key = str(found.bucket_key_enabled).lower() == "true"
        yield from _needs(
            _DECRYPT, caller, target, found.kms_key_id, _context(target, found.name, with_bucket_key)
        )


def write_needs(
    received: Received, caller: Caller, operation: str, target: Target, key: str
) -> Iterable[Need]:
    """What this call needs of the key that it will encrypt with, if it will with one of KMS."""
    actions = _WRITES.get(operation)
    if actions is None:
        return
    algorithm, identifier, with_bucket_key = _effective(received, operation, target.bucket)
    if algorithm in _KMS:
        yield from _needs(actions, caller, target, identifier, _context(target, key, with_bucket_key))


def _effective(received: Received, operation: str, bucket: FakeBucket) -> tuple[str | None, str | None, bool]:
    """Tell algorithm, key and use of a bucket key: the upload's, the request's, or the bucket's."""
    upload = bucket.multiparts.get(received.param("uploadId") or "")
    rule = (bucket.encryption or {}).get("Rule", {})
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    algorithm = received.headers.get("x-amz-server-side-encryption")
    identifier = received.headers.get("x-amz-server-side-encryption-aws-kms-key-id")
    if operation not in ("PutObject", "CopyObject", "CreateMultipartUpload") and upload is not None:
        algorithm, identifier = upload.sse_encryption, upload.kms_key_id
    if algorithm is None:
        algorithm = default.get("SSEAlgorithm")
    if identifier is None and algorithm == default.get("SSEAlgorithm"):
        identifier = default.get("KMSMasterKeyID")
    header = received.headers.get("x-amz-server-side-encryption-bucket-key-enabled")
    with_bucket_key = str(header if header is not None else rule.get("BucketKeyEnabled")).lower() == "true"
    return algorithm, identifier, with_bucket_key


def _context(target: Target, key: str, with_bucket_key: bool) -> str:
    return target.arn if with_bucket_key else f"{target.arn}/{key}"


def _needs(
    actions: tuple[str, ...],
    caller: Caller,
    target: Target,
    identifier: str | None,
    context: str,
) -> Iterable[Need]:
    region = str(target.bucket.region_name)
    if identifier is None or identifier.endswith("alias/aws/s3"):
        # AWS's own key of the bucket owner's account: for the principals of that account, and no others.
        if caller.account != target.owner:
            raise AwsError("AccessDenied", "The ciphertext refers to a key that you cannot use.", 403)
        return
    # An id or an alias means a key of the requester's own account.
    key: Key | None = find_key(caller.account or target.owner, region, identifier)
    if key is None:
        raise AwsError(
            "KMS.NotFoundException", f"Invalid keyId {identifier}: it is not there for the caller's account."
        )
    for action in actions:
        yield Need(
            action=action,
            resource=str(key.arn),
            owner=str(key.account_id),
            keys={
                "kms:ViaService": (f"s3.{region}.amazonaws.com",),
                "kms:CallerAccount": (caller.account,) if caller.account else (),
                "kms:EncryptionContext:aws:s3:arn": (context,),
                "kms:EncryptionContextKeys": ("aws:s3:arn",),
                "aws:ViaAWSService": ("true",),
            },
            drop=_NOT_PASSED_ON,
        )
