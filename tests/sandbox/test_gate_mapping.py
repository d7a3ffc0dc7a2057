"""Which actions on which resources a call needs: a table of requests and their needs."""

import json
from collections.abc import Iterator, Mapping

import pytest
from moto.s3.models import s3_backends

from sandbox.gate.callers import Caller, CallerKind
from sandbox.gate.errors import AwsError, UnmappedError
from sandbox.gate.iam_calls import map_iam
from sandbox.gate.kms_calls import map_kms
from sandbox.gate.received import read_request
from sandbox.gate.s3_calls import map_s3
from sandbox.gate.sts_calls import map_sts
from tests.support.gate import environ, fresh_account, fresh_bucket

OWNER, REQUESTER = fresh_account(), fresh_account()
BUCKET, OTHER = fresh_bucket(), fresh_bucket()
ARN, OTHER_ARN = f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{OTHER}"
BOB = Caller(
    kind=CallerKind.USER,
    arn=f"arn:aws:iam::{REQUESTER}:user/bob",
    account=REQUESTER,
    principal_arn=f"arn:aws:iam::{REQUESTER}:user/bob",
    unique_id="AIDABOB",
    name="bob",
)
Headers = Mapping[str, str]


@pytest.fixture(autouse=True, scope="module")
def buckets() -> Iterator[None]:
    """Make two buckets of the owner's; one object has a tag."""
    backend = s3_backends[OWNER]["aws"]
    for name in (BUCKET, OTHER):
        backend.create_bucket(name, "eu-central-1")
    tagged = backend.put_object(OTHER, "tagged", b"x")
    backend.put_object_tagging(tagged, {"color": "red"})
    backend.put_object(OTHER, "plain", b"x")
    yield
    backend.reset()


# method, target (after the bucket's name), headers, operation, needs
S3: list[tuple[str, str, Headers, str, list[tuple[str, str]]]] = [
    ("PUT", "", {}, "CreateBucket", [("s3:CreateBucket", ARN)]),
    ("HEAD", "", {}, "HeadBucket", [("s3:ListBucket", ARN)]),
    ("DELETE", "", {}, "DeleteBucket", [("s3:DeleteBucket", ARN)]),
    ("GET", "", {}, "ListObjects", [("s3:ListBucket", ARN)]),
    ("GET", "?list-type=2&prefix=reports%2F", {}, "ListObjectsV2", [("s3:ListBucket", ARN)]),
    ("GET", "?versions", {}, "ListObjectVersions", [("s3:ListBucketVersions", ARN)]),
    ("GET", "?uploads", {}, "ListMultipartUploads", [("s3:ListBucketMultipartUploads", ARN)]),
    ("GET", "?location", {}, "GetBucketLocation", [("s3:GetBucketLocation", ARN)]),
    ("GET", "?policy", {}, "GetBucketPolicy", [("s3:GetBucketPolicy", ARN)]),
    ("PUT", "?policy", {}, "PutBucketPolicy", [("s3:PutBucketPolicy", ARN)]),
    ("DELETE", "?policy", {}, "DeleteBucketPolicy", [("s3:DeleteBucketPolicy", ARN)]),
    ("PUT", "?encryption", {}, "PutBucketEncryption", [("s3:PutEncryptionConfiguration", ARN)]),
    ("DELETE", "?lifecycle", {}, "DeleteBucketLifecycle", [("s3:PutLifecycleConfiguration", ARN)]),
    ("DELETE", "?publicAccessBlock", {}, "DeletePublicAccessBlock", [("s3:PutBucketPublicAccessBlock", ARN)]),
    ("POST", "?delete", {}, "DeleteObjects", []),
    ("GET", "/k", {}, "GetObject", [("s3:GetObject", f"{ARN}/k")]),
    ("GET", "/k?x-id=GetObject", {}, "GetObject", [("s3:GetObject", f"{ARN}/k")]),
    ("HEAD", "/k", {}, "HeadObject", [("s3:GetObject", f"{ARN}/k")]),
    ("GET", "/k?versionId=v1", {}, "GetObject", [("s3:GetObjectVersion", f"{ARN}/k")]),
    ("HEAD", "/k?versionId=v1", {}, "HeadObject", [("s3:GetObjectVersion", f"{ARN}/k")]),
    ("GET", "/a%20b/%E2%82%AC", {}, "GetObject", [("s3:GetObject", f"{ARN}/a b/€")]),
    ("GET", "/a//../b", {}, "GetObject", [("s3:GetObject", f"{ARN}/a//../b")]),
    ("GET", "/k?tagging", {}, "GetObjectTagging", [("s3:GetObjectTagging", f"{ARN}/k")]),
    ("GET", "/k?acl&versionId=v1", {}, "GetObjectAcl", [("s3:GetObjectVersionAcl", f"{ARN}/k")]),
    (
        "GET",
        "/k?attributes",
        {"x-amz-object-attributes": "ETag"},
        "GetObjectAttributes",
        [("s3:GetObject", f"{ARN}/k"), ("s3:GetObjectAttributes", f"{ARN}/k")],
    ),
    ("PUT", "/k", {}, "PutObject", [("s3:PutObject", f"{ARN}/k")]),
    (
        "PUT",
        "/k",
        {"x-amz-tagging": "a=b", "x-amz-acl": "bucket-owner-full-control"},
        "PutObject",
        [("s3:PutObject", f"{ARN}/k"), ("s3:PutObjectAcl", f"{ARN}/k"), ("s3:PutObjectTagging", f"{ARN}/k")],
    ),
    (
        "PUT",
        "/k",
        {"x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-legal-hold": "ON"},
        "PutObject",
        [
            ("s3:PutObject", f"{ARN}/k"),
            ("s3:PutObjectLegalHold", f"{ARN}/k"),
            ("s3:PutObjectRetention", f"{ARN}/k"),
        ],
    ),
    ("POST", "/k?uploads", {}, "CreateMultipartUpload", [("s3:PutObject", f"{ARN}/k")]),
    ("PUT", "/k?uploadId=u&partNumber=1", {}, "UploadPart", [("s3:PutObject", f"{ARN}/k")]),
    ("POST", "/k?uploadId=u", {}, "CompleteMultipartUpload", [("s3:PutObject", f"{ARN}/k")]),
    ("DELETE", "/k?uploadId=u", {}, "AbortMultipartUpload", [("s3:AbortMultipartUpload", f"{ARN}/k")]),
    ("GET", "/k?uploadId=u", {}, "ListParts", [("s3:ListMultipartUploadParts", f"{ARN}/k")]),
    ("DELETE", "/k", {}, "DeleteObject", [("s3:DeleteObject", f"{ARN}/k")]),
    ("DELETE", "/k?versionId=v1", {}, "DeleteObject", [("s3:DeleteObjectVersion", f"{ARN}/k")]),
    (
        "DELETE",
        "/k",
        {"x-amz-bypass-governance-retention": "true"},
        "DeleteObject",
        [("s3:DeleteObject", f"{ARN}/k"), ("s3:BypassGovernanceRetention", f"{ARN}/k")],
    ),
    (
        "PUT",
        "/k",
        {"x-amz-copy-source": f"/{OTHER}/plain"},
        "CopyObject",
        [("s3:PutObject", f"{ARN}/k"), ("s3:GetObject", f"{OTHER_ARN}/plain")],
    ),
    (
        "PUT",
        "/k",
        {"x-amz-copy-source": f"{OTHER}/tagged"},
        "CopyObject",
        [
            ("s3:PutObject", f"{ARN}/k"),
            ("s3:GetObject", f"{OTHER_ARN}/tagged"),
            ("s3:GetObjectTagging", f"{OTHER_ARN}/tagged"),
            ("s3:PutObjectTagging", f"{ARN}/k"),
        ],
    ),
    (
        "PUT",
        "/k?uploadId=u&partNumber=1",
        {"x-amz-copy-source": f"{OTHER}/plain?versionId=v2"},
        "UploadPartCopy",
        [("s3:PutObject", f"{ARN}/k"), ("s3:GetObjectVersion", f"{OTHER_ARN}/plain")],
    ),
]


@pytest.mark.parametrize(("method", "target", "headers", "operation", "needs"), S3)
def test_an_s3_request_is_mapped_to_what_it_needs(
    method: str, target: str, headers: Headers, operation: str, needs: list[tuple[str, str]]
) -> None:
    """S3 User Guide, "Required permissions for Amazon S3 API operations"."""
    call = map_s3(read_request(environ(method, f"/{BUCKET}{target}", headers)), BOB)
    assert call.operation == operation
    assert [(need.action, need.resource) for need in call.needs] == needs


def test_the_account_that_owns_the_bucket_owns_what_is_needed() -> None:
    """Whose resource it is decides whether a call is one across accounts."""
    call = map_s3(read_request(environ("GET", f"/{BUCKET}/k")), BOB)
    assert [need.owner for need in call.needs] == [OWNER]


@pytest.mark.parametrize(
    ("host", "target"),
    [
        (f"{BUCKET}.s3.eu-central-1.amazonaws.com", "/folder/k"),
        (f"{BUCKET}.s3.amazonaws.com:443", "/folder/k"),
        (f"{BUCKET}.localhost:4443", "/folder/k"),
        ("s3.eu-central-1.amazonaws.com", f"/{BUCKET}/folder/k"),
        ("localhost:4443", f"/{BUCKET}/folder/k"),
        ("127.0.0.1", f"/{BUCKET}/folder/k"),
    ],
)
def test_a_bucket_is_named_by_path_or_by_host(host: str, target: str) -> None:
    """S3 User Guide, "Virtual hosting of buckets"."""
    call = map_s3(read_request(environ("GET", target, {"host": host})), BOB)
    assert (call.bucket, call.key) == (BUCKET, "folder/k")


@pytest.mark.parametrize(
    ("method", "target", "headers", "keys"),
    [
        ("GET", "?list-type=2&prefix=a%2F&delimiter=%2F&max-keys=5", {},
         {"s3:prefix": ("a/",), "s3:delimiter": ("/",), "s3:max-keys": ("5",)}),
        ("GET", "?list-type=2&prefix=", {}, {"s3:prefix": ("",)}),
        ("GET", "", {}, {}),
        ("GET", "/k?versionId=v1", {}, {"s3:VersionId": ("v1",)}),
        ("PUT", "/k", {"x-amz-server-side-encryption": "aws:kms:dsse-not"},
         {"s3:x-amz-server-side-encryption": ("aws:kms:dsse-not",)}),
        ("PUT", "/k", {"x-amz-tagging": "team=blue&x=%20"},
         {"s3:RequestObjectTag/team": ("blue",), "s3:RequestObjectTag/x": (" ",),
          "s3:RequestObjectTagKeys": ("team", "x")}),
        ("PUT", "/k", {"x-amz-server-side-encryption-customer-algorithm": "AES256"},
         {"s3:x-amz-server-side-encryption-customer-algorithm": ("AES256",)}),
        ("GET", "/k", {"x-amz-acl": "private"}, {}),
    ],
)  # fmt: skip
def test_an_s3_request_brings_its_condition_keys(
    method: str, target: str, headers: Headers, keys: dict[str, tuple[str, ...]]
) -> None:
    """A key that the request does not give is absent: a condition on it then fails."""
    call = map_s3(read_request(environ(method, f"/{BUCKET}{target}", headers)), BOB)
    assert dict(call.needs[0].keys) == keys


def test_the_tags_of_an_object_are_condition_keys() -> None:
    """Service Authorization Reference for S3: s3:ExistingObjectTag."""
    call = map_s3(read_request(environ("GET", f"/{OTHER}/tagged")), BOB)
    assert dict(call.needs[0].keys) == {"s3:ExistingObjectTag/color": ("red",)}


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", f"/{BUCKET}/k?acl&policy"),
        ("GET", f"/{BUCKET}/k?versions"),
        ("PUT", f"/{BUCKET}?policy&acl"),
        ("PUT", f"/{BUCKET}/k?AWSAccessKeyId=x&policy"),
        ("POST", f"/{BUCKET}"),
        ("POST", f"/{BUCKET}/k"),
        ("PATCH", f"/{BUCKET}/k"),
        ("OPTIONS", f"/{BUCKET}/k"),
        ("GET", f"/{BUCKET}?analytics"),
        ("GET", f"/{BUCKET}/k?torrent"),
        ("POST", f"/{BUCKET}/k?select&select-type=2"),
        ("DELETE", "/"),
    ],
)
def test_what_cannot_be_mapped_is_refused_and_not_guessed(method: str, target: str) -> None:
    """Neither an unknown call nor one that two readers could take for two calls gets through."""
    with pytest.raises(UnmappedError):
        map_s3(read_request(environ(method, target)), BOB)


@pytest.mark.parametrize(
    ("target", "headers", "code"),
    [
        ("/no-such-bucket-anywhere/k", {}, "NoSuchBucket"),
        (f"/{BUCKET}/k", {"host": "attacker.example"}, "InvalidRequest"),
        (f"/{BUCKET}/%ff", {}, "InvalidURI"),
        (f"/{BUCKET}/k", {"x-amz-expected-bucket-owner": REQUESTER}, "AccessDenied"),
    ],
)
def test_a_request_that_cannot_be_is_refused_as_s3_does(target: str, headers: Headers, code: str) -> None:
    """S3 API Reference, "Error responses"."""
    with pytest.raises(AwsError) as refused:
        map_s3(read_request(environ("GET", target, headers)), BOB)
    assert refused.value.code == code


def form(text: str) -> dict[str, object]:
    """Build a query call."""
    return environ("POST", "/", {"content-type": "application/x-www-form-urlencoded"}, text.encode())


@pytest.mark.parametrize(
    ("text", "action", "resource"),
    [
        ("Action=ListUsers", "iam:ListUsers", f"arn:aws:iam::{REQUESTER}:user/"),
        ("Action=GetUser", "iam:GetUser", BOB.arn),
        ("Action=ListAccessKeys", "iam:ListAccessKeys", BOB.arn),
        ("Action=GetUser&UserName=eve", "iam:GetUser", f"arn:aws:iam::{REQUESTER}:user/eve"),
        ("Action=CreateUser&UserName=eve&Path=%2Fteam%2F", "iam:CreateUser",
         f"arn:aws:iam::{REQUESTER}:user/team/eve"),
        ("Action=CreateRole&RoleName=r", "iam:CreateRole", f"arn:aws:iam::{REQUESTER}:role/r"),
        ("Action=CreatePolicy&PolicyName=p", "iam:CreatePolicy", f"arn:aws:iam::{REQUESTER}:policy/p"),
        (f"Action=GetPolicy&PolicyArn=arn:aws:iam::{OWNER}:policy/p", "iam:GetPolicy",
         f"arn:aws:iam::{OWNER}:policy/p"),
        ("Action=PutGroupPolicy&GroupName=g", "iam:PutGroupPolicy", f"arn:aws:iam::{REQUESTER}:group/g"),
        ("Action=GetAccountSummary", "iam:GetAccountSummary", "*"),
    ],
)  # fmt: skip
def test_an_iam_call_is_mapped_to_what_it_needs(text: str, action: str, resource: str) -> None:
    """Service Authorization Reference.

    "Actions, resources, and condition keys for AWS Identity and Access Management (IAM)".
    """
    call = map_iam(read_request(form(text)), BOB)
    assert [(need.action, need.resource) for need in call.needs] == [(action, resource)]


def test_an_iam_call_brings_its_condition_keys() -> None:
    """Tags and the attached policy are keys of the call."""
    text = (
        "Action=AttachUserPolicy&UserName=eve&PolicyArn=arn:aws:iam::aws:policy/ReadOnly"
        "&Tags.member.1.Key=team&Tags.member.1.Value=blue"
    )
    (need,) = map_iam(read_request(form(text)), BOB).needs
    assert dict(need.keys) == {
        "iam:PolicyARN": ("arn:aws:iam::aws:policy/ReadOnly",),
        "aws:RequestTag/team": ("blue",),
        "aws:TagKeys": ("team",),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Action=UploadServerCertificate", "NotImplemented"),
        ("Action=CreateUser", "ValidationError"),
        ("Action=GetUser&Action=DeleteUser", "MalformedInput"),
        ("UserName=eve", "MissingAction"),
        ("Action=GetPolicy&PolicyArn=nothing", "ValidationError"),
    ],
)
def test_an_iam_call_that_cannot_be_judged_is_refused(text: str, code: str) -> None:
    """Unknown calls, parameters that stand twice, and what lacks a name."""
    with pytest.raises(AwsError) as refused:
        map_iam(read_request(form(text)), BOB)
    assert refused.value.code == code


def test_a_query_call_has_each_parameter_in_one_place() -> None:
    """A parameter in the URL and in the body could be read as either."""
    request = environ(
        "POST",
        "/?Action=GetUser",
        {"content-type": "application/x-www-form-urlencoded"},
        b"Action=DeleteUser&UserName=bob",
    )
    with pytest.raises(AwsError, match="URL and in the body"):
        map_iam(read_request(request), BOB)


@pytest.mark.parametrize("operation", ["GetCallerIdentity", "GetSessionToken"])
def test_who_am_i_needs_no_permission(operation: str) -> None:
    """STS API Reference, "GetCallerIdentity": no permissions are required."""
    assert map_sts(read_request(form(f"Action={operation}")), BOB).needs == ()


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ("RoleSessionName=bob", "ValidationError"),
        ("RoleArn=arn:aws:iam::1:role/r&RoleSessionName=b", "ValidationError"),
        ("RoleArn=arn:aws:iam::1:role/r&RoleSessionName=b%20b", "ValidationError"),
        ("RoleArn=arn:aws:iam::1:role/r&RoleSessionName=bob&ExternalId=x", "ValidationError"),
        ("RoleArn=arn:aws:iam::1:role/r&RoleSessionName=bob&DurationSeconds=899", "ValidationError"),
        ("RoleArn=arn:aws:iam::1:role/r&RoleSessionName=bob&DurationSeconds=43201", "ValidationError"),
        ("RoleArn=arn:aws:iam::1:role/r&RoleSessionName=bob&DurationSeconds=x", "ValidationError"),
        (f"RoleArn=arn:aws:iam::{OWNER}:role/no-such-role&RoleSessionName=bob", "AccessDenied"),
    ],
)
def test_a_session_that_cannot_be_is_refused(parameters: str, code: str) -> None:
    """STS API Reference, "AssumeRole"; a role that is not there looks like one that does not trust."""
    with pytest.raises(AwsError) as refused:
        map_sts(read_request(form(f"Action=AssumeRole&{parameters}")), BOB)
    assert refused.value.code == code


def kms(operation: str, data: object) -> dict[str, object]:
    """Build a KMS call."""
    return environ("POST", "/", {"x-amz-target": f"TrentService.{operation}"}, json.dumps(data).encode())


@pytest.mark.parametrize(
    ("operation", "data", "code"),
    [
        ("ReEncrypt", {}, "NotImplemented"),
        ("DescribeKey", {}, "ValidationException"),
        ("DescribeKey", {"KeyId": "alias/none"}, "NotFoundException"),
        ("DescribeKey", ["KeyId"], "SerializationException"),
        ("Decrypt", {"CiphertextBlob": "eHh4"}, "InvalidCiphertextException"),
        ("Decrypt", {"CiphertextBlob": "/////w=="}, "InvalidCiphertextException"),
    ],
)
def test_a_kms_call_that_cannot_be_judged_is_refused(operation: str, data: object, code: str) -> None:
    """KMS API Reference, "Common errors"."""
    with pytest.raises(AwsError) as refused:
        map_kms(read_request(kms(operation, data)), BOB, "eu-central-1")
    assert refused.value.code == code


def test_making_a_key_with_tags_needs_two_actions() -> None:
    """KMS Developer Guide, "AWS KMS permissions": CreateKey with tags."""
    call = map_kms(
        read_request(kms("CreateKey", {"Tags": [{"TagKey": "a", "TagValue": "b"}]})), BOB, "eu-central-1"
    )
    assert [(need.action, need.resource) for need in call.needs] == [
        ("kms:CreateKey", "*"),
        ("kms:TagResource", "*"),
    ]
