"""Who calls the two accounts of a running sandbox: people, sessions and keys of a test's own."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3

from sandbox.calls import Keys
from sandbox.cloud import Cloud
from tests.support.gate import CONFIG

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

MFA_CODE = "123456"
"""The gate takes any six digits for the code of a device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Clients for anyone: for a person by the name of their profile, or for temporary keys.

    `inside` calls go through the endpoints of the VPC.
    """

    cloud: Cloud
    # The descriptions of the services are large: they are read once for all clients.
    session: boto3.Session = field(default_factory=boto3.Session)

    def s3(self, who: str | Keys, *, inside: bool = False) -> "S3Client":
        """Return a client of S3."""
        client: S3Client = self._client("s3", who, inside)
        return client

    def iam(self, who: str | Keys) -> "IAMClient":
        """Return a client of IAM."""
        client: IAMClient = self._client("iam", who, False)
        return client

    def kms(self, who: str | Keys) -> "KMSClient":
        """Return a client of KMS."""
        client: KMSClient = self._client("kms", who, False)
        return client

    def sts(self, who: str | Keys, *, inside: bool = False) -> "STSClient":
        """Return a client of STS."""
        client: STSClient = self._client("sts", who, inside)
        return client

    # A call's parameters have types of their own.
    def assume(self, who: str | Keys, role_arn: str, *, inside: bool = False, **more: Any) -> Keys:
        """Assume a role; return the session's keys. Raises `ClientError` where that is refused."""
        sts = self.sts(who, inside=inside)
        return keys_of(sts.assume_role(RoleArn=role_arn, RoleSessionName="session", **more)["Credentials"])

    def own_session(self, person: str, **more: Any) -> Keys:
        """Return a person's own temporary keys (GetSessionToken)."""
        return keys_of(self.sts(person).get_session_token(**more)["Credentials"])

    @contextmanager
    def mfa_device(self, person: str) -> Iterator[str]:
        """Give a user of account B an MFA device for a while; its serial number."""
        admin = self.iam("account-b")
        serial = admin.create_virtual_mfa_device(VirtualMFADeviceName=person)["VirtualMFADevice"][
            "SerialNumber"
        ]
        admin.enable_mfa_device(
            UserName=person,
            SerialNumber=serial,
            AuthenticationCode1=MFA_CODE,
            AuthenticationCode2="654321",
        )
        try:
            yield serial
        finally:
            admin.deactivate_mfa_device(UserName=person, SerialNumber=serial)
            admin.delete_virtual_mfa_device(SerialNumber=serial)

    @contextmanager
    def may_do_anything(self, person: str) -> Iterator[None]:
        """Let account B allow a user everything for a while, by hand, beside what its stack says."""
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        with self.user_policy(person, everything, name="everything"):
            yield

    @contextmanager
    def user_policy(self, person: str, statement: Mapping[str, object], *, name: str) -> Iterator[None]:
        """Let account B write an inline policy of a user for a while, by hand."""
        admin = self.iam("account-b")
        text = json.dumps({"Version": "2012-10-17", "Statement": statement})
        admin.put_user_policy(UserName=person, PolicyName=name, PolicyDocument=text)
        try:
            yield
        finally:
            admin.delete_user_policy(UserName=person, PolicyName=name)

    @contextmanager
    def access_key(self, profile: str, user: str) -> Iterator[Keys]:
        """Make an access key for a user of a profile's account, and take it away again."""
        admin = self.iam(profile)
        made = admin.create_access_key(UserName=user)["AccessKey"]
        try:
            yield Keys(access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"])
        finally:
            admin.delete_access_key(UserName=user, AccessKeyId=made["AccessKeyId"])

    # The client's type depends on the service's name.
    def _client(self, service: Any, who: str | Keys, inside: bool) -> Any:
        if isinstance(who, str):
            known = self.cloud.credentials[who]
            who = Keys(access_key_id=known.access_key_id, secret_access_key=known.secret_access_key)
        return self.session.client(
            service,
            endpoint_url=self.cloud.endpoint_url if inside else self.cloud.tls_url,
            verify=str(self.cloud.ca_bundle),
            region_name=self.cloud.region,
            aws_access_key_id=who.access_key_id,
            aws_secret_access_key=who.secret_access_key,
            aws_session_token=who.session_token,
            config=CONFIG,
        )


# boto3 types the credentials of each operation apart.
def keys_of(credentials: Any) -> Keys:
    """Read the keys out of what an operation of STS gives."""
    return Keys(
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )
