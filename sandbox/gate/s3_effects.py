"""What S3 does beside storing: bucket policies, defaults of new buckets, and what it refuses by itself."""

import json
import threading
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from moto.s3.models import PublicAccessBlock

from crossaccess.policy.public import is_public
from sandbox.gate.calls import Need
from sandbox.gate.errors import AwsError, Response
from sandbox.gate.estate import bucket_arn, find_bucket, find_object, find_target, ownership, set_ownership
from sandbox.gate.exchange import Exchange
from sandbox.gate.policies import bucket_policy
from sandbox.gate.principals import restore
from sandbox.gate.s3_actions import READS
from sandbox.gate.s3_calls import Doomed, deletions
from sandbox.gate.s3_keys import read_xml
from sandbox.gate.save_checks import check_bucket_policy

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_ENFORCED = "BucketOwnerEnforced"
_OWNERS_ACL = "bucket-owner-full-control"
_PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})
_GRANTS = (
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
)
_TAKES_ACL = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload", "PutObjectAcl", "PutBucketAcl"})
_NO_CONTENT = Response(status=204)
_suspended = threading.Lock()


def serve_s3(exchange: Exchange) -> Response:
    """Do an S3 call that is allowed."""
    call = exchange.call
    if call.operation in _TAKES_ACL:
        _check_acl(exchange)
    if call.operation in READS:
        _check_present(exchange)
    if exchange.received.has_param("uploadId"):
        _check_upload(exchange)
    return _EFFECTS.get(call.operation, Exchange.hand_over)(exchange)


def _check_upload(exchange: Exchange) -> None:
    """An upload belongs to its key: moto would take any upload of the bucket's under any key's name."""
    bucket = find_target(exchange.call.bucket or "").bucket
    upload = bucket.multiparts.get(exchange.received.param("uploadId") or "")
    if upload is None or upload.key_name != exchange.call.key:
        raise AwsError(
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
            "aborted or completed.",
            404,
        )


def _check_acl(exchange: Exchange) -> None:
    """S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket"."""
    bucket = find_target(exchange.call.bucket or "").bucket
    headers = exchange.received.headers
    acl = headers.get("x-amz-acl")
    granted = any(header in headers for header in _GRANTS)
    if ownership(bucket) == _ENFORCED:
        sets_acl = exchange.call.operation in ("PutObjectAcl", "PutBucketAcl")
        if granted or (acl is not None and acl != _OWNERS_ACL) or (sets_acl and acl is None):
            raise AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs")
    block = bucket.public_access_block
    if acl in _PUBLIC_ACLS and block is not None and block.block_public_acls:
        raise AwsError("AccessDenied", "Access Denied", 403)


def _check_present(exchange: Exchange) -> None:
    """Say that a key is not there only to those who may list the bucket (S3 API Reference, "GetObject").

    That is asked without a prefix: a permission to list under a prefix alone does not help.
    """
    target = find_target(exchange.call.bucket or "")
    version = exchange.received.param("versionId")
    if find_object(target.bucket, exchange.call.key or "", version) is None:
        versions = "Versions" if version is not None else ""
        exchange.require(Need(action=f"s3:ListBucket{versions}", resource=target.arn, owner=target.owner))


def _put_policy(exchange: Exchange) -> Response:
    bucket = exchange.call.bucket or ""
    document, text = check_bucket_policy(exchange.world, bucket, exchange.received.body)
    block = find_target(bucket).bucket.public_access_block
    if block is not None and block.block_public_policy and is_public(document):
        raise AwsError(
            "AccessDenied",
            f"User: {exchange.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"{bucket_arn(bucket)}" because public policies are prevented by the BlockPublicPolicy setting '
            "in S3 Block Public Access.",
            403,
        )
    exchange.world.bucket_policies[bucket] = text
    return _NO_CONTENT


def _get_policy(exchange: Exchange) -> Response:
    text = restore(exchange.world, _stored_policy(exchange))
    return _answer(text, "application/json")


def _delete_policy(exchange: Exchange) -> Response:
    exchange.world.bucket_policies.pop(exchange.call.bucket or "", None)
    return _NO_CONTENT


def _policy_status(exchange: Exchange) -> Response:
    _stored_policy(exchange)
    policy = bucket_policy(exchange.world, exchange.call.bucket or "")
    public = policy is not None and is_public(policy.document)
    return _answer(
        f'<PolicyStatus xmlns="{_NAMESPACE}"><IsPublic>{str(public).lower()}</IsPublic></PolicyStatus>'
    )


def _stored_policy(exchange: Exchange) -> str:
    text = exchange.world.bucket_policies.get(exchange.call.bucket or "")
    if text is None:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return text


def _create_bucket(exchange: Exchange) -> Response:
    """Make a bucket with what AWS gives every new one: no ACLs, no public access, SSE-S3.

    S3 User Guide, "Default settings for new S3 buckets FAQ".
    """
    existed = find_bucket(exchange.call.bucket or "") is not None
    response = exchange.hand_over()
    bucket = find_bucket(exchange.call.bucket or "")
    if response.status == 200 and bucket is not None and not existed:
        exchange.world.bucket_policies.pop(exchange.call.bucket or "", None)
        if bucket.ownership_rule is None:
            set_ownership(bucket, _ENFORCED)
        _reset_encryption(exchange)
        bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    return response


def _delete_encryption(exchange: Exchange) -> Response:
    """Go back to SSE-S3: no bucket is without encryption (S3 API Reference, "DeleteBucketEncryption")."""
    response = exchange.hand_over()
    _reset_encryption(exchange)
    return response


def _reset_encryption(exchange: Exchange) -> None:
    bucket = find_target(exchange.call.bucket or "").bucket
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}
    bucket.encryption = {"Rule": rule}


def _delete_bucket(exchange: Exchange) -> Response:
    response = exchange.hand_over()
    if find_bucket(exchange.call.bucket or "") is None:
        exchange.world.bucket_policies.pop(exchange.call.bucket or "", None)
    return response


def _delete_objects(exchange: Exchange) -> Response:
    """Delete the keys that the caller may delete, report the others (S3 API Reference, "DeleteObjects")."""
    kept: list[Doomed] = []
    refused: list[Doomed] = []
    for doomed in deletions(exchange.received, exchange.call.bucket or ""):
        allowed = all(exchange.rule(need).allowed for need in doomed.needs)
        (kept if allowed else refused).append(doomed)
    response = _answer(f'<DeleteResult xmlns="{_NAMESPACE}"></DeleteResult>')
    if kept:
        listed = "".join(
            f"<Object><Key>{escape(doomed.key)}</Key>"
            + (f"<VersionId>{escape(doomed.version)}</VersionId>" if doomed.version is not None else "")
            + "</Object>"
            for doomed in kept
        )
        body = f'<Delete xmlns="{_NAMESPACE}">{listed}</Delete>'
        response = _delete(exchange, body.encode())
    errors = "".join(
        f"<Error><Key>{escape(doomed.key)}</Key>"
        + (f"<VersionId>{escape(doomed.version)}</VersionId>" if doomed.version is not None else "")
        + "<Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        for doomed in refused
    )
    if not errors or response.status != 200:
        return response
    head, end, _ = response.body.rpartition(b"</DeleteResult>")
    return response.with_body(head + errors.encode() + end)


def _delete(exchange: Exchange, body: bytes | None = None) -> Response:
    """Delete a version, or put a delete marker on a key, where versioning is suspended as well.

    S3 User Guide, "Deleting objects from versioning-suspended buckets": the other versions stay. Moto would
    drop them all.
    """
    bucket = find_target(exchange.call.bucket or "").bucket
    with _suspended:
        status = bucket.versioning_status
        if status != "Suspended":
            return exchange.hand_over(body=body)
        bucket.versioning_status = "Enabled"
        try:
            return exchange.hand_over(body=body)
        finally:
            bucket.versioning_status = status


def _answer(text: str, kind: str = "application/xml") -> Response:
    body = text.encode()
    return Response(
        status=200, headers=(("Content-Type", kind), ("Content-Length", str(len(body)))), body=body
    )


def _put_logging(exchange: Exchange) -> Response:
    """Let the emulator see what the log's bucket allows the logging service: its policy is kept here."""
    status = read_xml(exchange.received.body).get("BucketLoggingStatus")
    enabled = status.get("LoggingEnabled") if isinstance(status, dict) else None
    name = str(enabled.get("TargetBucket")) if isinstance(enabled, dict) else ""
    target, policy = find_bucket(name), exchange.world.bucket_policies.get(name)
    if target is None or policy is None:
        return exchange.hand_over()
    statements = json.loads(policy)["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    of_services = [one for one in listed if isinstance(one.get("Principal"), dict)]
    target.policy = json.dumps({"Statement": of_services}).encode()
    try:
        return exchange.hand_over()
    finally:
        target.policy = None


_EFFECTS: Mapping[str, Callable[[Exchange], Response]] = {
    "CreateBucket": _create_bucket,
    "DeleteBucket": _delete_bucket,
    "DeleteBucketEncryption": _delete_encryption,
    "DeleteBucketPolicy": _delete_policy,
    "DeleteObject": _delete,
    "DeleteObjects": _delete_objects,
    "GetBucketPolicy": _get_policy,
    "GetBucketPolicyStatus": _policy_status,
    "PutBucketLogging": _put_logging,
    "PutBucketPolicy": _put_policy,
}
