"""The condition keys that an S3 request brings along.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import xmltodict  # type: ignore[import-untyped] # it has no types; moto brings it along
from moto.s3.models import FakeBucket

from sandbox.gate.errors import AwsError
from sandbox.gate.estate import find_object, object_tags
from sandbox.gate.received import Received
from sandbox.gate.s3_actions import LISTS

_WRITE_HEADERS: Mapping[str, str] = {
    "x-amz-acl": "s3:x-amz-acl",
    "x-amz-copy-source": "s3:x-amz-copy-source",
    "x-amz-grant-full-control": "s3:x-amz-grant-full-control",
    "x-amz-grant-read": "s3:x-amz-grant-read",
    "x-amz-grant-read-acp": "s3:x-amz-grant-read-acp",
    "x-amz-grant-write": "s3:x-amz-grant-write",
    "x-amz-grant-write-acp": "s3:x-amz-grant-write-acp",
    "x-amz-metadata-directive": "s3:x-amz-metadata-directive",
    "x-amz-object-lock-legal-hold": "s3:object-lock-legal-hold",
    "x-amz-object-lock-mode": "s3:object-lock-mode",
    "x-amz-object-lock-retain-until-date": "s3:object-lock-retain-until-date",
    "x-amz-object-ownership": "s3:x-amz-object-ownership",
    "x-amz-server-side-encryption": "s3:x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class": "s3:x-amz-storage-class",
    "x-amz-website-redirect-location": "s3:x-amz-website-redirect-location",
    "if-match": "s3:if-match",
    "if-none-match": "s3:if-none-match",
}
_ANY_HEADERS: Mapping[str, str] = {
    "x-amz-content-sha256": "s3:x-amz-content-sha256",
    "x-amz-server-side-encryption-customer-algorithm": "s3:x-amz-server-side-encryption-customer-algorithm",
}
_LIST_PARAMETERS: Mapping[str, str] = {
    "prefix": "s3:prefix",
    "delimiter": "s3:delimiter",
    "max-keys": "s3:max-keys",
}
_TAG = "s3:RequestObjectTag/"
_TAG_KEYS = "s3:RequestObjectTagKeys"


def request_keys(received: Received, operation: str) -> dict[str, tuple[str, ...]]:
    """The keys that the request itself gives: its parameters, its headers and the tags that it sets."""
    found: dict[str, tuple[str, ...]] = {}
    headers = dict(_ANY_HEADERS) | dict(
        _WRITE_HEADERS if received.method in ("PUT", "POST", "DELETE") else {}
    )
    for header, key in headers.items():
        if header in received.headers:
            found[key] = (received.headers[header],)
    if operation in LISTS:
        for name, key in _LIST_PARAMETERS.items():
            value = received.param(name)
            if value is not None:
                found[key] = (value,)
    version = received.param("versionId")
    if version is not None:
        found["s3:VersionId"] = (version,)
    return found | _tag_keys(_request_tags(received, operation))


def existing_tag_keys(bucket: FakeBucket, key: str, version: str | None) -> dict[str, tuple[str, ...]]:
    """The tags of the object that the request is about, where there is one."""
    found = find_object(bucket, key, version)
    if found is None:
        return {}
    tags = object_tags(bucket, found)
    return {f"s3:ExistingObjectTag/{name}": (value,) for name, value in tags.items()}


def location_keys(received: Received) -> dict[str, tuple[str, ...]]:
    """The Region that a new bucket is to be made in, as `s3:locationconstraint`."""
    if not received.body:
        return {}
    configuration = read_xml(received.body).get("CreateBucketConfiguration")
    place = configuration.get("LocationConstraint") if isinstance(configuration, dict) else None
    return {"s3:locationconstraint": (place,)} if isinstance(place, str) else {}


def read_xml(body: bytes) -> Mapping[str, object]:
    """Read an XML body. Raises `AwsError`: `MalformedXML`."""
    try:
        data: object = xmltodict.parse(body, strip_whitespace=False, namespace_separator="|")
    except Exception as error:  # noqa: BLE001 - expat and xmltodict raise many kinds, all for bad input
        raise AwsError("MalformedXML", f"The XML you provided was not well-formed: {error}.") from None
    if not isinstance(data, dict):
        raise AwsError("MalformedXML", "The XML you provided has no content.")
    return data


def as_list(value: object) -> list[object]:
    """Return what the XML reader gives for one or for several elements of a name, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _request_tags(received: Received, operation: str) -> Mapping[str, str]:
    if operation == "PutObjectTagging":
        tagging = read_xml(received.body).get("Tagging")
        tag_set = tagging.get("TagSet") if isinstance(tagging, dict) else None
        listed = as_list(tag_set.get("Tag") if isinstance(tag_set, dict) else None)
        tags = {}
        for tag in listed:
            if not isinstance(tag, dict) or not isinstance(tag.get("Key"), str):
                raise AwsError("MalformedXML", "A Tag has a Key and a Value.")
            tags[tag["Key"]] = str(tag.get("Value") or "")
        return tags
    header = received.headers.get("x-amz-tagging")
    return dict(parse_qsl(header, keep_blank_values=True)) if header is not None else {}


def _tag_keys(tags: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {f"{_TAG}{name}": (value,) for name, value in tags.items()}
    return found | {_TAG_KEYS: tuple(tags)} if tags else found
