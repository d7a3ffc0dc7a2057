"""An S3 client with one existing bucket, as far as adopting it goes; in the place of boto3's."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ProfileNotFound

from components import existing_s3

ACCOUNT = "111111222222"
ABSENT = {
    "get_bucket_policy": "NoSuchBucketPolicy",
    "get_bucket_encryption": "ServerSideEncryptionConfigurationNotFoundError",
    "get_bucket_ownership_controls": "OwnershipControlsNotFoundError",
    "get_public_access_block": "NoSuchPublicAccessBlockConfiguration",
}
USUAL: Mapping[str, Mapping[str, object]] = {
    "get_bucket_location": {"LocationConstraint": "eu-central-1"},
    "get_bucket_policy_status": {"PolicyStatus": {"IsPublic": False}},
}


def client_error(code: str, said: str = "as it is") -> ClientError:
    """What boto3 raises."""
    return ClientError({"Error": {"Code": code, "Message": said}}, "AnOperation")


@dataclass(kw_only=True)
class FakeS3:
    """Knows one bucket: its settings in `answers`, by the client's method, or error codes in `refuses`."""

    policy: str | None = None
    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # Any: boto3's answers
    refuses: dict[str, str] = field(default_factory=dict)
    no_credentials: bool = False
    written: list[str | None] = field(default_factory=list)
    profiles: list[tuple[str, str | None]] = field(default_factory=list)
    gone_profile: str | None = None

    def __getattr__(self, method: str) -> Any:  # Any: any of boto3's methods
        def call(**arguments: Any) -> Mapping[str, Any]:  # Any: boto3's arguments and answers
            if self.no_credentials:
                raise NoCredentialsError
            if method in self.refuses:
                raise client_error(self.refuses[method])
            if arguments["ExpectedBucketOwner"] != ACCOUNT:
                raise client_error("AccessDenied")
            if method == "put_bucket_policy":
                self.policy = arguments["Policy"]
                self.written.append(self.policy)
                return {}
            if method == "delete_bucket_policy":
                self.policy = None
                self.written.append(None)
                return {}
            if method == "get_bucket_policy" and self.policy is not None:
                return {"Policy": self.policy}
            if method in self.answers:
                return self.answers[method]
            if method in ABSENT:
                raise client_error(ABSENT[method])
            return USUAL.get(method, {})

        return call


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> FakeS3:
    """The bucket, without anything set; what a refusal changes of tracebacks is changed back."""
    fake = FakeS3()

    def client(region: str, profile: str | None) -> FakeS3:
        if profile is not None and profile == fake.gone_profile:
            raise ProfileNotFound(profile=profile)
        fake.profiles.append((region, profile))
        return fake

    monkeypatch.setattr(existing_s3, "_client", client)
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)
    return fake
