"""What values a condition key can have, where their form is known.

A key is listed only where an AWS page gives its values, or the form that all of them have; of every other
key any text is possible.
"""

from typing import Final

from crossaccess.compare.keys import kind_of
from crossaccess.compare.kind import Kind

_ACCOUNT: Final = ("?" * 12,)
_ORGANIZATION: Final = ("o-*",)
# A path ends in a slash: "Understand the AWS Organizations entity path".
_PLACE: Final = ("o-*/r-*/",)
_VPC: Final = ("vpc-*",)
_DIRECTIVES: Final = ("COPY", "REPLACE")

_VALUES: Final[dict[str, tuple[str, ...]]] = {
    # IAM User Guide, "AWS global condition context keys".
    "aws:principalaccount": (*_ACCOUNT, "anonymous"),
    "aws:principalarn": (
        f"arn:*:iam::{_ACCOUNT[0]}:user/*",
        f"arn:*:iam::{_ACCOUNT[0]}:role/*",
        f"arn:*:iam::{_ACCOUNT[0]}:root",
        f"arn:*:sts::{_ACCOUNT[0]}:federated-user/*",
    ),
    "aws:principalorgid": _ORGANIZATION,
    "aws:principalorgpaths": _PLACE,
    "aws:resourceaccount": _ACCOUNT,
    "aws:resourceorgid": _ORGANIZATION,
    "aws:resourceorgpaths": _PLACE,
    "aws:sourceaccount": _ACCOUNT,
    "aws:sourceorgid": _ORGANIZATION,
    "aws:sourceorgpaths": _PLACE,
    "aws:vpceaccount": _ACCOUNT,
    "aws:vpceorgid": _ORGANIZATION,
    "aws:vpceorgpaths": _PLACE,
    "aws:ec2instancesourcevpc": _VPC,
    "aws:sourcevpc": _VPC,
    "aws:sourcevpcarn": ("arn:*:ec2:*:*:vpc/vpc-*",),
    "aws:sourcevpce": ("vpce-*",),
    "glue:roleassumedby": ("glue.amazonaws.com",),
    "glue:credentialissuingservice": ("glue.amazonaws.com",),
    # AWS KMS Developer Guide, "AWS KMS condition keys" (kms:CallerAccount); Service Authorization Reference,
    # "Actions, resources, and condition keys for Amazon S3" (s3:ResourceAccount).
    "kms:calleraccount": _ACCOUNT,
    "s3:resourceaccount": _ACCOUNT,
    "s3:dataaccesspointaccount": _ACCOUNT,
    # Amazon S3 API Reference, "Amazon S3 Signature Version 4 Authentication Specific Policy Keys".
    "s3:authtype": ("REST-HEADER", "REST-QUERY-STRING", "POST"),
    # Amazon S3 API Reference, the headers of PutObject, CopyObject, CreateBucket and PutObjectRetention.
    "s3:object-lock-legal-hold": ("ON", "OFF"),
    "s3:object-lock-mode": ("GOVERNANCE", "COMPLIANCE"),
    "s3:x-amz-acl": (
        "private",
        "public-read",
        "public-read-write",
        "authenticated-read",
        "aws-exec-read",
        "bucket-owner-read",
        "bucket-owner-full-control",
        "log-delivery-write",
    ),
    "s3:x-amz-metadata-directive": _DIRECTIVES,
    "s3:x-amz-object-ownership": ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
    "s3:x-amz-server-side-encryption": ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx", "aws:backup"),
    "s3:x-amz-server-side-encryption-customer-algorithm": ("AES256",),
}
_TRUTHS: Final = ("true", "false")


def values_of(key: str) -> tuple[str, ...] | None:
    """Globs of all values that the key can have; `None` where any value of its kind is possible.

    Where no glob has a wildcard, these are the values themselves.
    """
    name = key.lower()
    if name in _VALUES:
        return _VALUES[name]
    return _TRUTHS if kind_of(name) is Kind.TRUTH else None
