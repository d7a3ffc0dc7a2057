"""Signatures: right ones, forged ones, stale ones, and those of keys and tokens that are not good."""

import datetime as dt
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.gate.errors import AwsError
from sandbox.gate.received import read_request
from sandbox.gate.signature import read_claim, verify
from tests.support.gate import House, allow, code_of, environ, open_house, trust

if TYPE_CHECKING:
    from urllib.request import _UrlopenRet

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
KEY = Credentials("AKIAEXAMPLEEXAMPLE00", "a secret that is forty characters long..")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module."""
    with open_house(tmp_path_factory.mktemp("signature")) as opened:
        yield opened


@contextmanager
def signing_at(moment: dt.datetime) -> Iterator[None]:
    """Make botocore sign as if it were another time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: moment)
        yield


def signed(target: str, headers: dict[str, str], body: bytes, service: str = "s3") -> dict[str, object]:
    """Sign a request with botocore, and build what a server makes of it."""
    request = AWSRequest(
        method="PUT", url=f"http://127.0.0.1:4443{target}", headers={"host": "127.0.0.1:4443", **headers}
    )
    request.data = body
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    with signing_at(NOW):
        signer(KEY, service, "eu-central-1").add_auth(request)
    return environ("PUT", target, {name.lower(): value for name, value in request.headers.items()}, body)


def refusal(given: dict[str, object], *, now: dt.datetime = NOW) -> str:
    """Return the code with which a signature is refused, `ok` where it is right."""
    received = read_request(given)
    try:
        claim = read_claim(received)
        if claim is None:
            return "unsigned"
        verify(received, claim, KEY.secret_key, now)
    except AwsError as error:
        return error.code
    return "ok"


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/bucket",
        "/bucket/a%20b%2Bc",
        "/bucket/a//b/../c",
        "/bucket/%E2%82%AC?tagging",
        "/b/k?x=1&a=%2F%20",
    ],
)
@pytest.mark.parametrize("service", ["s3", "iam"])
def test_a_signature_of_botocores_is_right(target: str, service: str) -> None:
    """IAM User Guide, "Create a signed AWS API request"."""
    if service == "iam":
        target = "/"
    headers = {"x-amz-meta-a-b": "1", "x-amz-acl": "private", "content-type": "text/plain"}
    assert refusal(signed(target, headers, b"body", service)) == "ok"


@pytest.mark.parametrize(
    "change",
    [
        {"REQUEST_URI": "/bucket/other"},
        {"REQUEST_URI": "/bucket/key?acl"},
        {"REQUEST_METHOD": "DELETE"},
        {"HTTP_HOST": "elsewhere:4443"},
        {"HTTP_X_AMZ_ACL": "public-read"},
        {"HTTP_X_AMZ_CONTENT_SHA256": "UNSIGNED-PAYLOAD"},
        {"HTTP_X_AMZ_DATE": "20261123T120001Z"},
    ],
)
def test_whatever_was_signed_cannot_be_changed(change: dict[str, str]) -> None:
    """A request that was changed on its way has another signature."""
    assert refusal(signed("/bucket/key", {"x-amz-acl": "private"}, b"body")) == "ok"
    changed = signed("/bucket/key", {"x-amz-acl": "private"}, b"body") | change
    assert refusal(changed) == "SignatureDoesNotMatch"


def test_a_header_of_amazons_that_was_not_signed_is_refused() -> None:
    """Else anybody on the way could add one."""
    given = signed("/bucket/key", {}, b"") | {"HTTP_X_AMZ_ACL": "public-read"}
    assert refusal(given) == "AccessDenied"


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(-16, "RequestTimeTooSkewed"), (-14, "ok"), (14, "ok"), (16, "RequestTimeTooSkewed")],
)
def test_a_request_of_s3_is_good_for_a_quarter_of_an_hour(minutes: int, code: str) -> None:
    """S3 API Reference, "Error responses": RequestTimeTooSkewed."""
    given = signed("/bucket/key", {}, b"")
    assert refusal(given, now=NOW + dt.timedelta(minutes=minutes)) == code


def test_a_stale_query_call_has_a_wrong_signature() -> None:
    """IAM User Guide, "Troubleshoot signed requests for AWS APIs": "Signature expired"."""
    given = signed("/", {}, b"", "iam")
    assert refusal(given, now=NOW + dt.timedelta(minutes=16)) == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("AWS AKIA:signature", "InvalidRequest"),
        ("Bearer token", "InvalidRequest"),
        ("AWS4-HMAC-SHA256", "AuthorizationHeaderMalformed"),
        ("AWS4-HMAC-SHA256 nonsense, more, =, ==", "AuthorizationHeaderMalformed"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=x", "AuthorizationHeaderMalformed"),
        (
            "AWS4-HMAC-SHA256 Credential=A/20261123/r/s3/aws4_request, SignedHeaders=date, Signature=x",
            "AuthorizationHeaderMalformed",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=A/20261122/r/s3/aws4_request, SignedHeaders=host, Signature=x",
            "SignatureDoesNotMatch",
        ),
    ],
)
def test_a_signature_that_cannot_be_read_is_refused(header: str, code: str) -> None:
    """S3 API Reference, "Error responses"."""
    headers = {"authorization": header, "x-amz-date": "20261123T120000Z"}
    assert refusal(environ("GET", "/b/k", headers)) == code


def test_a_request_has_one_signature_at_the_most() -> None:
    """S3 API Reference: "Only one auth mechanism allowed"."""
    headers = {"authorization": "AWS4-HMAC-SHA256 x"}
    assert refusal(environ("GET", "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256", headers)) == "InvalidArgument"


@pytest.mark.parametrize("plain", [False, True])
def test_a_wrong_secret_is_a_wrong_signature(house: House, plain: bool) -> None:
    """Knowing somebody's key id is not enough, over TLS or not."""
    forged = replace(house.keys("account-a"), secret_access_key="x" * 40)
    assert code_of(house.s3(forged, plain=plain).list_buckets) == "SignatureDoesNotMatch"
    assert code_of(house.sts(forged).get_caller_identity) == "SignatureDoesNotMatch"
    assert code_of(house.kms(forged).list_keys) == "SignatureDoesNotMatch"


def test_a_key_that_nobody_has_is_named_as_each_service_names_it(house: House) -> None:
    """S3 API Reference, "Error responses"; IAM API Reference, "Common errors"."""
    unknown = replace(house.keys("bob"), access_key_id="AKIAAAAAAAAAAAAAAAAA")
    assert code_of(house.s3(unknown).list_buckets) == "InvalidAccessKeyId"
    assert code_of(house.iam(unknown).list_users) == "InvalidClientTokenId"
    assert code_of(house.kms(unknown).list_keys) == "UnrecognizedClientException"


def test_an_inactive_key_is_no_key(house: House) -> None:
    """IAM User Guide, "Manage access keys for IAM users"."""
    admin = house.iam("account-b")
    key = admin.create_access_key(UserName="carol")["AccessKey"]
    carol = replace(
        house.keys("carol"), access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]
    )
    assert code_of(house.sts(carol).get_caller_identity) == "ok"
    admin.update_access_key(UserName="carol", AccessKeyId=carol.access_key_id, Status="Inactive")
    assert code_of(house.sts(carol).get_caller_identity) == "InvalidClientTokenId"


def test_a_long_term_key_takes_no_token(house: House) -> None:
    """A token belongs to temporary credentials."""
    keys = replace(house.keys("account-a"), session_token="x" * 100)
    assert code_of(house.s3(keys).list_buckets) == "InvalidToken"


def fetch(house: House, url: str, method: str = "GET", body: bytes | None = None) -> "_UrlopenRet":
    """Fetch a URL with nothing of AWS's."""
    context = ssl.create_default_context(cafile=str(house.opened.cloud.ca_bundle))
    request = urllib.request.Request(url, method=method, data=body)  # noqa: S310 - loopback only
    return urllib.request.urlopen(request, context=context, timeout=30)  # noqa: S310 - loopback only


def status(house: House, url: str, method: str = "GET", body: bytes | None = None) -> int:
    """Return the status with which a URL is answered."""
    try:
        with fetch(house, url, method, body) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_presigned_url_is_good_for_what_was_signed_and_no_more(house: House) -> None:
    """S3 User Guide, "Download and upload objects with presigned URLs"."""
    bucket, alice = house.bucket(), house.s3("account-a")
    alice.put_object(Bucket=bucket, Key="a b+c", Body=b"content")
    url = alice.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a b+c"})
    with fetch(house, url) as response:
        assert response.read() == b"content"
    assert status(house, url.replace("a%20b", "a%20c")) == 403
    assert status(house, url, "DELETE") == 403
    assert status(house, url.replace("X-Amz-Expires=3600", "X-Amz-Expires=3601")) == 403
    put = alice.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "new"})
    assert status(house, put, "PUT", b"uploaded") == 200
    assert alice.get_object(Bucket=bucket, Key="new")["Body"].read() == b"uploaded"


def test_a_presigned_url_gives_no_more_than_its_signer_has(house: House) -> None:
    """The same page: the URL is limited by the permissions of the user who creates it."""
    url = house.s3("bob").generate_presigned_url(
        "get_object", Params={"Bucket": house.bucket(), "Key": "reports/x"}
    )
    assert status(house, url) == 403


def test_a_presigned_url_expires(tmp_path: Path) -> None:
    """The same page: "Expiration of presigned URLs"."""
    moment = [dt.datetime.now(dt.UTC)]
    with open_house(tmp_path, clock=lambda: moment[0]) as house:
        bucket, alice = house.bucket(), house.s3("account-a")
        alice.put_object(Bucket=bucket, Key="k", Body=b"content")
        url = alice.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
        assert status(house, url) == 200
        moment[0] += dt.timedelta(seconds=62)
        assert status(house, url) == 403


def test_temporary_credentials_need_their_own_token_and_expire(tmp_path: Path) -> None:
    """IAM User Guide, "Temporary security credentials in IAM"."""
    moment = [dt.datetime.now(dt.UTC)]
    with open_house(tmp_path, clock=lambda: moment[0]) as house:
        house.iam("account-a").create_role(
            RoleName="r", AssumeRolePolicyDocument=trust({"AWS": house.requester})
        )
        arn = f"arn:aws:iam::{house.owner}:role/r"
        house.allow("bob", allow("sts:AssumeRole", arn))
        given = house.sts("bob").assume_role(RoleArn=arn, RoleSessionName="bob", DurationSeconds=900)
        keys = replace(
            house.keys("bob"),
            access_key_id=given["Credentials"]["AccessKeyId"],
            secret_access_key=given["Credentials"]["SecretAccessKey"],
            session_token=given["Credentials"]["SessionToken"],
        )
        assert house.sts(keys).get_caller_identity()["Arn"].endswith(":assumed-role/r/bob")
        for token in (None, "wrong"):
            assert code_of(house.s3(replace(keys, session_token=token)).list_buckets) == "InvalidToken"
        moment[0] += dt.timedelta(seconds=890)
        assert code_of(house.sts(keys).get_caller_identity) == "ok"
        moment[0] += dt.timedelta(seconds=10)
        with signing_at(moment[0]):
            assert code_of(house.sts(keys).get_caller_identity) == "ExpiredToken"
            assert code_of(house.s3(keys).list_buckets) == "ExpiredToken"
