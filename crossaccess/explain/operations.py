"""Operations of S3's API that are called otherwise than the action that they need."""

from typing import Final

OPERATIONS: Final = {
    "completemultipartupload": "s3:PutObject",
    "copyobject": "s3:GetObject on the source and s3:PutObject",
    "createmultipartupload": "s3:PutObject",
    "deleteobjects": "s3:DeleteObject",
    "headbucket": "s3:ListBucket",
    "headobject": "s3:GetObject",
    "listbuckets": "s3:ListAllMyBuckets",
    "listmultipartuploads": "s3:ListBucketMultipartUploads",
    "listobjects": "s3:ListBucket",
    "listobjectsv2": "s3:ListBucket",
    "listobjectversions": "s3:ListBucketVersions",
    "listparts": "s3:ListMultipartUploadParts",
    "selectobjectcontent": "s3:GetObject",
    "uploadpart": "s3:PutObject",
    "uploadpartcopy": "s3:GetObject on the source and s3:PutObject",
}
"""The actions by the operation's name, in lower case: S3 User Guide, "Required permissions for Amazon S3 API
operations"."""
