"""S3: from a request to the operation it means and to everything that has to be allowed for it.

S3 User Guide, "Required permissions for Amazon S3 API operations".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandbox.gate.callers import Caller
from sandbox.gate.calls import Call, Need
from sandbox.gate.errors import AwsError, UnmappedError
from sandbox.gate.estate import Target, bucket_arn, find_object, find_target, object_tags
from sandbox.gate.received import Received, decode_text
from sandbox.gate.s3_actions import BUCKET_ACTIONS, COPIES, KNOWN, OBJECT_ACTIONS, WRITES, versioned
from sandbox.gate.s3_encryption import read_needs, write_needs
from sandbox.gate.s3_keys import as_list, existing_tag_keys, location_keys, read_xml, request_keys
from sandbox.gate.s3_model import Address, read_address, recognise

# A header that an upload may carry, and the action that it needs beside `s3:PutObject`.
_UPLOAD_HEADERS: Mapping[str, str] = {
    "x-amz-acl": "s3:PutObjectAcl",
    "x-amz-grant-full-control": "s3:PutObjectAcl",
    "x-amz-grant-read": "s3:PutObjectAcl",
    "x-amz-grant-read-acp": "s3:PutObjectAcl",
    "x-amz-grant-write-acp": "s3:PutObjectAcl",
    "x-amz-object-lock-legal-hold": "s3:PutObjectLegalHold",
    "x-amz-object-lock-mode": "s3:PutObjectRetention",
    "x-amz-object-lock-retain-until-date": "s3:PutObjectRetention",
    "x-amz-tagging": "s3:PutObjectTagging",
}
_BUCKET_HEADERS: Mapping[str, tuple[str, ...]] = {
    "x-amz-acl": ("s3:PutBucketAcl",),
    "x-amz-bucket-object-lock-enabled": ("s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"),
    "x-amz-grant-full-control": ("s3:PutBucketAcl",),
    "x-amz-grant-read": ("s3:PutBucketAcl",),
    "x-amz-grant-read-acp": ("s3:PutBucketAcl",),
    "x-amz-grant-write": ("s3:PutBucketAcl",),
    "x-amz-grant-write-acp": ("s3:PutBucketAcl",),
    "x-amz-object-ownership": ("s3:PutBucketOwnershipControls",),
}
_BYPASS = "x-amz-bypass-governance-retention"
MAX_DELETED = 1000  # keys that one DeleteObjects may name


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """One object, or one version of it, that a DeleteObjects names."""

    key: str
    version: str | None
    needs: tuple[Need, ...]


def map_s3(received: Received, caller: Caller) -> Call:
    """Map an S3 request to its operation and needs.

    Raises `UnmappedError` for what the gate cannot judge, `AwsError` for a bucket that does not exist
    (`NoSuchBucket`) or belongs to another account than the caller expects.
    """
    address = read_address(received)
    operation = recognise(received, address)
    name = operation.name
    if name not in KNOWN:
        raise UnmappedError(f"The gate does not judge {name}.")
    if name == "ListBuckets":
        everything = (Need(action="s3:ListAllMyBuckets", resource="*", owner=_account(caller)),)
        return Call(service="s3", operation=name, needs=everything)
    bucket = address.bucket or ""
    if name == "CreateBucket":
        return Call(
            service="s3", operation=name, needs=_create_bucket_needs(received, caller, bucket), bucket=bucket
        )
    target = find_target(bucket)
    _check_expected_owner(received.headers.get("x-amz-expected-bucket-owner"), target)
    needs: tuple[Need, ...] = ()  # of DeleteObjects: each of its keys is decided by itself, see `deletions`
    if name in BUCKET_ACTIONS:
        keys = request_keys(received, name)
        needs = (
            Need(action=f"s3:{BUCKET_ACTIONS[name]}", resource=target.arn, owner=target.owner, keys=keys),
        )
    elif name in OBJECT_ACTIONS:
        needs = tuple(_object_needs(received, caller, name, target, address))
    return Call(service="s3", operation=name, needs=needs, bucket=bucket, key=address.key)


def deletions(received: Received, bucket: str) -> tuple[Doomed, ...]:
    """Read which objects a DeleteObjects names, and what each of them needs."""
    target = find_target(bucket)
    root = read_xml(received.body).get("Delete")
    listed = as_list(root.get("Object") if isinstance(root, dict) else None)
    if not 1 <= len(listed) <= MAX_DELETED:
        raise AwsError("MalformedXML", "A Delete names 1 to 1000 objects.")
    keys = request_keys(received, "DeleteObjects")
    found = []
    for item in listed:
        key = item.get("Key") if isinstance(item, dict) else None
        version = item.get("VersionId") if isinstance(item, dict) else None
        if not isinstance(key, str) or not (version is None or isinstance(version, str)):
            raise AwsError("MalformedXML", "An Object has a Key and may have a VersionId.")
        own = keys | ({"s3:VersionId": (version,)} if version is not None else {})
        needs = tuple(_deletion_needs(received, target, key, version, own))
        found.append(Doomed(key=key, version=version, needs=needs))
    return tuple(found)


def _account(caller: Caller) -> str:
    if caller.account is None:
        raise AwsError("AccessDenied", "Access Denied", 403)
    return caller.account


def _check_expected_owner(expected: str | None, target: Target) -> None:
    if expected is not None and expected != target.owner:
        raise AwsError("AccessDenied", "Access Denied", 403)


def _create_bucket_needs(received: Received, caller: Caller, bucket: str) -> tuple[Need, ...]:
    keys = request_keys(received, "CreateBucket") | location_keys(received)
    actions = ["s3:CreateBucket"]
    for header, more in _BUCKET_HEADERS.items():
        if header in received.headers:
            actions += [action for action in more if action not in actions]
    owner = _account(caller)
    return tuple(
        Need(action=action, resource=bucket_arn(bucket), owner=owner, keys=keys) for action in actions
    )


def _object_needs(
    received: Received, caller: Caller, name: str, target: Target, address: Address
) -> Iterable[Need]:
    key, version = address.key or "", received.param("versionId")
    resource = f"{target.arn}/{key}"
    keys = request_keys(received, name) | existing_tag_keys(target.bucket, key, version)

    def need(action: str) -> Need:
        return Need(action=action, resource=resource, owner=target.owner, keys=keys)

    if name == "DeleteObject":
        yield from _deletion_needs(received, target, key, version, keys)
        return
    yield need(versioned(OBJECT_ACTIONS[name], version))
    if name == "GetObjectAttributes":
        yield need(versioned("GetObjectAttributes", version))
    if name == "PutObjectRetention" and received.headers.get(_BYPASS, "").lower() == "true":
        yield need("s3:BypassGovernanceRetention")
    if name in WRITES:
        more = {action: None for header, action in _UPLOAD_HEADERS.items() if header in received.headers}
        yield from map(need, more)
    if name in COPIES:
        yield from _copy_needs(received, name, need("s3:PutObjectTagging"))
    if name in ("GetObject", "HeadObject", "GetObjectAttributes"):
        found = find_object(target.bucket, key, version)
        if found is not None:
            yield from read_needs(caller, target, found)
    yield from write_needs(received, caller, name, target, key)


def _deletion_needs(
    received: Received, target: Target, key: str, version: str | None, keys: dict[str, tuple[str, ...]]
) -> Iterable[Need]:
    actions = [versioned("DeleteObject", version)]
    if received.headers.get(_BYPASS, "").lower() == "true":
        actions.append("s3:BypassGovernanceRetention")
    own = keys | existing_tag_keys(target.bucket, key, version)
    for action in actions:
        yield Need(action=action, resource=f"{target.arn}/{key}", owner=target.owner, keys=own)


def _copy_needs(received: Received, name: str, tagging: Need) -> Iterable[Need]:
    """Reading the source; and its tags, where it has some that the copy takes over."""
    bucket, key, version = copy_source(received.headers["x-amz-copy-source"])
    source = find_target(bucket)
    _check_expected_owner(received.headers.get("x-amz-source-expected-bucket-owner"), source)
    keys = existing_tag_keys(source.bucket, key, version)
    if version is not None:
        keys["s3:VersionId"] = (version,)
    resource = f"{source.arn}/{key}"
    yield Need(action=versioned("GetObject", version), resource=resource, owner=source.owner, keys=keys)
    found = find_object(source.bucket, key, version)
    if found is None:
        return
    takes_tags = received.headers.get("x-amz-tagging-directive", "COPY").upper() == "COPY"
    if name == "CopyObject" and takes_tags and object_tags(source.bucket, found):
        action = versioned("GetObjectTagging", version)
        yield Need(action=action, resource=resource, owner=source.owner, keys=keys)
        yield tagging


def copy_source(header: str) -> tuple[str, str, str | None]:
    """Read `x-amz-copy-source`: the bucket, the key and the version id."""
    source, mark, version = header.removeprefix("/").partition("?versionId=")
    bucket, _, key = decode_text(source).removeprefix("/").partition("/")
    if bucket.startswith("arn:"):
        raise UnmappedError("The gate does not judge copies from access points.")
    if not bucket or not key:
        raise AwsError("InvalidArgument", "x-amz-copy-source is BUCKET/KEY, percent-encoded.")
    return bucket, key, decode_text(version) if mark else None
