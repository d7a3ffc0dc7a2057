"""What keeps anybody from calling is told in words, with what would be right."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import botocore.exceptions as wrong
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.parsers import ResponseParserError
from botocore.stub import Stubber
from urllib3 import HTTPResponse

from crossaccess.live.errors import LiveError
from crossaccess.live.sessions import open_access, told
from tests.support.verified import refusal

SECRET = "wJalrXUtnFEMI-never-shown"  # noqa: S105 - no key of anybody


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A profile with keys and an endpoint of its own."""
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(
        "[profile bob]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:9\n", encoding="utf-8"
    )
    credentials.write_text(
        f"[bob]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {SECRET}\n", encoding="utf-8"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return "bob"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (wrong.NoCredentialsError(), "the profile bob: there are no credentials"),
        (wrong.PartialCredentialsError(provider="env", cred_var="x"), "or half of them"),
        (wrong.EndpointConnectionError(endpoint_url="https://x"), "nobody answers"),
        (
            wrong.SSLError(endpoint_url="https://x", error=ValueError("certificate")),
            "not believed.*ca_bu",
        ),
        (wrong.ReadTimeoutError(endpoint_url="https://x"), "failed on its way"),
        (wrong.UnauthorizedSSOTokenError(), "aws sso login"),
        (wrong.SSOTokenLoadError(error_msg="none for x"), "none for x.*aws sso login"),
        (ResponseParserError("<html>"), "is not AWS.*endpoint_url"),
        (refusal("ExpiredToken"), "have expired: sign in again"),
        (refusal("InvalidClientTokenId"), "AWS does not know the credentials of the profile bob"),
        (refusal("SignatureDoesNotMatch"), "the secret key is not that of the access key"),
        (refusal("Throttling"), "the profile bob is refused"),
    ],
)
def test_each_failure_is_told_with_its_mend(error: Exception, words: str) -> None:
    """Whoever reads it knows what to do; there is no traceback."""
    with pytest.raises(LiveError, match=words), told("the profile bob"):
        raise error


@pytest.mark.usefixtures("profile")
def test_a_profile_that_is_not_there_is_named() -> None:
    """And where profiles are looked for."""
    with pytest.raises(LiveError, match=r"\(nobody\) could not be found.*list-profiles"):
        open_access("nobody", region=None, endpoint_url=None)


def test_a_profile_says_where_aws_is(profile: str) -> None:
    """Its endpoint is called, in its Region; the bucket's Region wins, and so does an option."""
    access = open_access(profile, region=None, endpoint_url=None)
    assert (access.region, access.s3().meta.endpoint_url) == ("eu-west-1", "http://127.0.0.1:9")
    given = open_access(profile, region="eu-central-1", endpoint_url="http://127.0.0.1:8")
    assert (given.region, given.s3().meta.endpoint_url) == ("eu-central-1", "http://127.0.0.1:8")
    with pytest.raises(LiveError, match="nobody answers"):
        access.identity()


def test_a_session_of_a_role_keeps_the_profile_s_place_and_none_of_its_keys(profile: str) -> None:
    """The calls go to where the profile says, signed with the role's keys."""
    access = open_access(profile, region=None, endpoint_url=None)
    given = {"AccessKeyId": "ASIAROLE", "SecretAccessKey": "role-secret", "SessionToken": "role-token"}
    assumed = access.assumed(given)
    credentials = assumed.session.get_credentials()
    assert credentials is not None
    frozen = credentials.get_frozen_credentials()
    assert (frozen.access_key, frozen.secret_key, frozen.token) == ("ASIAROLE", "role-secret", "role-token")
    assert assumed.s3().meta.endpoint_url == "http://127.0.0.1:9"


def test_nothing_of_a_key_is_shown(profile: str) -> None:
    """Neither in what a way in looks like nor in what goes wrong with it."""
    access = open_access(profile, region=None, endpoint_url=None)
    assert SECRET not in repr(access)
    with pytest.raises(LiveError) as caught:
        access.identity()
    assert SECRET not in str(caught.value)


def test_who_calls_is_asked_of_aws(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not taken from config."""
    access = open_access(profile, region=None, endpoint_url=None)
    sts = access.sts()
    answer = {"Arn": "arn:aws:iam::112233445566:user/bob", "Account": "112233445566", "UserId": "AIDA"}
    monkeypatch.setattr(type(access), "sts", lambda _: sts)
    with Stubber(sts) as stubber:
        stubber.add_response("get_caller_identity", answer)
        identity = access.identity()
    assert (identity.arn, identity.account, identity.temporary) == (answer["Arn"], "112233445566", False)


@pytest.mark.parametrize(("bucket", "expected"), [("lake", "111111222222"), ("other", None)])
def test_a_bucket_of_a_known_account_is_asked_for_as_that_accounts(
    profile: str, bucket: str, expected: str | None
) -> None:
    """Whoever took the name of a deleted bucket gets no call that S3 would answer."""
    opened = open_access(profile, region=None, endpoint_url=None)
    client = replace(opened, owners={"lake": "111111222222"}).s3()
    sent: list[str | None] = []

    def answer(request: AWSPreparedRequest, **_: object) -> Any:  # Any: its stubs want nothing answered
        value = request.headers.get("x-amz-expected-bucket-owner")
        sent.append(value.decode() if isinstance(value, bytes) else value)
        nothing = HTTPResponse(body=BytesIO(), preload_content=False)
        return AWSResponse(request.url, 200, HTTPHeaders(), nothing)

    client.meta.events.register("before-send.s3", answer)
    client.put_object(Bucket=bucket, Key="a", Body=b"x")
    client.head_object(Bucket=bucket, Key="a")
    client.delete_object(Bucket=bucket, Key="a")
    assert sent == [expected] * 3
