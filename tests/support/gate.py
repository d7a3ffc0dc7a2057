"""Two accounts of a test's own, in this process: real servers, real clients, and requests made by hand."""

import datetime as dt
import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.accounts import Opened, open_accounts
from sandbox.gate.world import now_utc

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

Clock = Callable[[], dt.datetime]
_numbers = itertools.count(1)
# With retries a refusal that is not meant to be retried would only come late.
CONFIG = Config(
    proxies={},
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    connect_timeout=10,
    read_timeout=30,
)


def fresh_account() -> str:
    """Return an account id that no other test has: the emulator's state belongs to the process."""
    return f"7000{next(_numbers):08}"


def fresh_bucket() -> str:
    """Return a bucket name that no other test has."""
    return f"bucket-number-{next(_numbers)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a client signs with."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Two accounts, and clients for anyone in them."""

    opened: Opened
    session: boto3.Session

    @property
    def owner(self) -> str:
        """The id of the account that owns the buckets."""
        return self.opened.cloud.credentials["account-a"].account

    @property
    def requester(self) -> str:
        """The id of the account that wants in."""
        return self.opened.cloud.credentials["account-b"].account

    @property
    def bob(self) -> str:
        """Bob's ARN."""
        return f"arn:aws:iam::{self.requester}:user/bob"

    def keys(self, person: str) -> Keys:
        """Return someone's long-term keys."""
        given = self.opened.cloud.credentials[person]
        return Keys(access_key_id=given.access_key_id, secret_access_key=given.secret_access_key)

    def s3(self, who: str | Keys, *, plain: bool = False, inside: bool = False) -> "S3Client":
        """Return a client of S3 for a person or for temporary keys; `inside`: through a VPC's endpoint."""
        client: S3Client = self._client("s3", who, plain, inside)
        return client

    def iam(self, who: str | Keys, *, inside: bool = False) -> "IAMClient":
        """Return a client of IAM."""
        client: IAMClient = self._client("iam", who, False, inside)
        return client

    def sts(self, who: str | Keys, *, inside: bool = False) -> "STSClient":
        """Return a client of STS."""
        client: STSClient = self._client("sts", who, False, inside)
        return client

    def kms(self, who: str | Keys, *, inside: bool = False) -> "KMSClient":
        """Return a client of KMS."""
        client: KMSClient = self._client("kms", who, False, inside)
        return client

    def bucket(self) -> str:
        """Make a bucket in the owner's account."""
        name = fresh_bucket()
        place: Any = {"LocationConstraint": self.opened.cloud.region}
        self.s3("account-a").create_bucket(Bucket=name, CreateBucketConfiguration=place)
        return name

    def allow(self, person: str, *statements: Mapping[str, object], name: str = "test") -> None:
        """Write an inline policy of a user of the requester's."""
        self.iam("account-b").put_user_policy(
            UserName=person, PolicyName=name, PolicyDocument=policy(*statements)
        )

    def guard(self, bucket: str, *statements: Mapping[str, object]) -> None:
        """Write a bucket's policy."""
        self.s3("account-a").put_bucket_policy(Bucket=bucket, Policy=policy(*statements))

    # A call's parameters have types of their own.
    def assume(self, who: str | Keys, arn: str, *, inside: bool = False, **more: Any) -> Keys:
        """Assume a role; return the session's keys."""
        sts = self.sts(who, inside=inside)
        return keys_of(sts.assume_role(RoleArn=arn, RoleSessionName="session", **more)["Credentials"])

    def mfa_device(self, person: str) -> str:
        """Give a user of the requester's an MFA device; return its serial number."""
        admin = self.iam("account-b")
        device = admin.create_virtual_mfa_device(VirtualMFADeviceName=person)["VirtualMFADevice"]
        admin.enable_mfa_device(
            UserName=person,
            SerialNumber=device["SerialNumber"],
            AuthenticationCode1="123456",
            AuthenticationCode2="654321",
        )
        return device["SerialNumber"]

    def log(self) -> list[dict[str, Any]]:
        """Read the gate's log."""
        lines = self.opened.cloud.gate_log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    # The client's type depends on the service's name.
    def _client(self, service: Any, who: str | Keys, plain: bool, inside: bool) -> Any:
        cloud, keys = self.opened.cloud, self.keys(who) if isinstance(who, str) else who
        outside = cloud.http_url if plain else cloud.tls_url
        return self.session.client(
            service,
            endpoint_url=cloud.endpoint_url if inside else outside,
            verify=str(cloud.ca_bundle),
            region_name=cloud.region,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=CONFIG,
        )


@contextmanager
def open_house(
    folder: Path,
    *,
    elsewhere: tuple[str, ...] = (),
    organized: bool = True,
    clock: Clock = now_utc,
) -> Iterator[House]:
    """Open two accounts that no other test has, in one organization or in none."""
    with open_accounts(
        folder,
        owner=fresh_account(),
        requester=fresh_account(),
        elsewhere=elsewhere,
        organization_paths=None if organized else {},
        clock=clock,
    ) as opened:
        # The descriptions of the services are large: they are read once for all clients of a house.
        yield House(opened=opened, session=boto3.Session())


# boto3 types the credentials of each operation apart.
def keys_of(credentials: Any) -> Keys:
    """Read the keys out of what an operation of STS gives."""
    return Keys(
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )


def policy(*statements: Mapping[str, object]) -> str:
    """Write a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str], **more: object) -> dict[str, object]:
    """Write a statement that allows something."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: object, action: str | list[str] = "sts:AssumeRole", **more: object) -> str:
    """Write a trust policy."""
    return policy({"Effect": "Allow", "Action": action, "Principal": principal, **more})


# A call's answer has a type of its own for every operation.
def filled_bucket(house: House) -> str:
    """A bucket of the owner's with an object in it; Bob has no policies."""
    for name in house.iam("account-b").list_user_policies(UserName="bob")["PolicyNames"]:
        house.iam("account-b").delete_user_policy(UserName="bob", PolicyName=name)
    name = house.bucket()
    house.s3("account-a").put_object(
        Bucket=name, Key="reports/a_b c.txt", Body=b"content", Metadata={"under_score": "1"}
    )
    return name


def objects(bucket: str, path: str = "*") -> str:
    """Write the ARN of objects."""
    return f"arn:aws:s3:::{bucket}/{path}"


def let_bob(house: House, bucket: str, *actions: str, **more: object) -> None:
    """Let Bob do something with the bucket's objects, on both sides."""
    house.guard(bucket, allow(list(actions), objects(bucket), Principal={"AWS": house.bob}, **more))
    house.allow("bob", allow(list(actions), objects(bucket)))


def code_of(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the error code with which a call is refused, and `ok` where it is not."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def message_of(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the message with which a call is refused."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Message"]
    return "ok"


def environ(
    method: str = "GET",
    target: str = "/",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    *,
    secure: bool = True,
) -> dict[str, Any]:
    """Build what a WSGI server gives: `target` is path and query as they are sent."""
    given = {"host": "127.0.0.1:4443", **(headers or {})}
    built: dict[str, Any] = {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in given.items()
        if name.lower() not in ("content-type", "content-length")
    }
    if "content-type" in given:
        built["CONTENT_TYPE"] = given["content-type"]
    return built | {
        "REQUEST_METHOD": method,
        "REQUEST_URI": target,
        "QUERY_STRING": target.partition("?")[2],
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "REMOTE_ADDR": "127.0.0.1",
        "SSL_PROTOCOL": "TLSv1.3",
        "wsgi.url_scheme": "https" if secure else "http",
        "wsgi.input": io.BytesIO(body),
    }
