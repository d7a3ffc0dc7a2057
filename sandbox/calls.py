"""Ordinary boto3 clients for the two accounts: as anyone, over TLS, plain HTTP or the endpoints of a VPC."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from sandbox.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

_CONFIG = Config(
    proxies={},  # the user's proxy, if any, knows nothing of this machine's loopback
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    connect_timeout=10,
    read_timeout=30,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a call is signed with."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    """Only of temporary credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Makes clients that call the two accounts with one pair of keys."""

    cloud: Cloud
    keys: Keys
    plain: bool = False
    """Whether the calls go over plain HTTP instead of TLS."""
    through_endpoint: bool = False
    """Whether they go, over TLS, through the endpoints of a VPC."""

    def s3(self) -> "S3Client":
        """Return a client of S3."""
        return self._session().client("s3", endpoint_url=self._url, verify=self._verify, config=_CONFIG)

    def sts(self) -> "STSClient":
        """Return a client of STS."""
        return self._session().client("sts", endpoint_url=self._url, verify=self._verify, config=_CONFIG)

    def kms(self) -> "KMSClient":
        """Return a client of KMS."""
        return self._session().client("kms", endpoint_url=self._url, verify=self._verify, config=_CONFIG)

    def iam(self) -> "IAMClient":
        """Return a client of IAM."""
        return self._session().client("iam", endpoint_url=self._url, verify=self._verify, config=_CONFIG)

    @property
    def _url(self) -> str:
        if self.through_endpoint:
            return self.cloud.endpoint_url
        return self.cloud.http_url if self.plain else self.cloud.tls_url

    @property
    def _verify(self) -> str:
        return str(self.cloud.ca_bundle)

    def _session(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=self.keys.access_key_id,
            aws_secret_access_key=self.keys.secret_access_key,
            aws_session_token=self.keys.session_token,
            region_name=self.cloud.region,
        )


def caller(cloud: Cloud, person: str, *, plain: bool = False, through_endpoint: bool = False) -> Caller:
    """Return the caller for one of the sandbox's people, named as their profile is."""
    known = cloud.credentials[person]
    keys = Keys(access_key_id=known.access_key_id, secret_access_key=known.secret_access_key)
    return Caller(cloud=cloud, keys=keys, plain=plain, through_endpoint=through_endpoint)
