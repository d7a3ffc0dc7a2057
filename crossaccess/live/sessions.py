"""Sessions of boto3 and their clients, from a profile or the environment, with errors for people."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
    SSOError,
)
from botocore.exceptions import ConnectionError as NotReachedError
from botocore.exceptions import HTTPClientError as CallError
from botocore.model import OperationModel, StructureShape
from botocore.parsers import ResponseParserError

from crossaccess.live.errors import LiveError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

_DEFAULT_REGION = "us-east-1"
_EXPECTED = "ExpectedBucketOwner"
_BAD_KEYS = frozenset(
    {"InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch", "UnrecognizedClientException"}
)
_OVER = frozenset({"ExpiredToken", "ExpiredTokenException"})
DEAD = _BAD_KEYS | _OVER
"""AWS's codes for credentials that no call will ever be answered with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a session acts as. `temporary` is whether its credentials are a session's."""

    arn: str
    account: str
    temporary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A way into an account: a session, the Region and the endpoint of its calls, and how it is called.

    `connections` is how many calls may be under way at once, `attempts` how often one is made at most.
    `owners` are buckets with their accounts: of another account's, S3 refuses whatever is asked.
    """

    session: boto3.Session = field(repr=False)
    title: str
    region: str
    endpoint_url: str | None = None
    connections: int = 10
    attempts: int = 3
    owners: Mapping[str, str] = field(default_factory=dict)

    def s3(self) -> "S3Client":
        """A client of S3."""
        return self._s3(self.endpoint_url)

    def plain_s3(self, url: str) -> "S3Client":
        """A client of S3 at a URL that speaks plain HTTP."""
        return self._s3(url)

    def _s3(self, url: str | None) -> "S3Client":
        with told(self.title):
            client: S3Client = self.session.client(
                "s3", region_name=self.region, endpoint_url=url, config=self._config()
            )
        client.meta.events.register("provide-client-params.s3", self._expect_owner)
        return client

    def _expect_owner(self, params: dict[str, object], model: OperationModel, **_: object) -> None:
        """Amazon S3 User Guide, "Verifying bucket ownership with bucket owner condition"."""
        owner = self.owners.get(str(params.get("Bucket")))
        shape = model.input_shape
        if owner is not None and isinstance(shape, StructureShape) and _EXPECTED in shape.members:
            params.setdefault(_EXPECTED, owner)

    def sts(self) -> "STSClient":
        """A client of STS."""
        with told(self.title):
            return self.session.client(
                "sts", region_name=self.region, endpoint_url=self.endpoint_url, config=self._config()
            )

    def iam(self) -> "IAMClient":
        """A client of IAM, which is the same in all Regions."""
        with told(self.title):
            return self.session.client(
                "iam", region_name=self.region, endpoint_url=self.endpoint_url, config=self._config()
            )

    def kms(self) -> "KMSClient":
        """A client of KMS."""
        with told(self.title):
            return self.session.client(
                "kms", region_name=self.region, endpoint_url=self.endpoint_url, config=self._config()
            )

    def identity(self) -> Identity:
        """Ask STS who this is. Raises `LiveError` where nobody answers, or says that it is nobody."""
        with told(self.title):
            credentials = self.session.get_credentials()
            if credentials is None:
                raise NoCredentialsError
            temporary = credentials.get_frozen_credentials().token is not None
            answer = self.sts().get_caller_identity()
        return Identity(arn=answer["Arn"], account=answer["Account"], temporary=temporary)

    def assumed(self, credentials: Mapping[str, object]) -> "Access":
        """The same way in with the credentials of a role's session."""
        session = boto3.Session(
            aws_access_key_id=str(credentials["AccessKeyId"]),
            aws_secret_access_key=str(credentials["SecretAccessKey"]),
            aws_session_token=str(credentials["SessionToken"]),
            region_name=self.region,
            # The profile has more than keys: where S3 is, and whom to believe its certificate.
            profile_name=self.session.profile_name if self.session.profile_name != "default" else None,
        )
        return Access(
            session=session,
            title=self.title,
            region=self.region,
            endpoint_url=self.endpoint_url,
            connections=self.connections,
            attempts=self.attempts,
            owners=self.owners,
        )

    def _config(self) -> Config:
        return Config(
            retries={"mode": "standard", "total_max_attempts": self.attempts},
            connect_timeout=10,
            read_timeout=30,
            max_pool_connections=self.connections,
            user_agent_extra="crossaccess",
        )


def open_access(
    profile: str | None, *, region: str | None, endpoint_url: str | None, connections: int = 10
) -> Access:
    """Open a way in by a profile; without one by the environment. Raises `LiveError`."""
    title = f"the profile {profile}" if profile else "the environment's credentials"
    with told(title):
        session = boto3.Session(profile_name=profile)
        where = session.region_name or region or _DEFAULT_REGION
    return Access(
        session=session,
        title=title,
        region=region or where,
        endpoint_url=endpoint_url,
        connections=connections,
    )


_TOLD: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...]] = (
    (
        ProfileNotFound,
        (
            "{error}: it is in neither ~/.aws/config nor ~/.aws/credentials, or the files that "
            "AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name. See: aws configure list-profiles"
        ),
    ),
    (
        (NoCredentialsError, PartialCredentialsError),
        (
            "{title}: there are no credentials, or half of them: name a profile that has some "
            "(aws configure list-profiles), or sign in (aws sso login --profile NAME)"
        ),
    ),
    (SSOError, "{title} cannot be used: {error}. Sign in: aws sso login --profile NAME"),
    (
        SSLError,
        (
            "who answers is not believed: {error}. Check --endpoint-url, and that AWS_CA_BUNDLE or the "
            "profile's ca_bundle names a file with the certificate of who signed that one"
        ),
    ),
    (
        NotReachedError,
        (
            "nobody answers: {error}. Check the network, --endpoint-url, AWS_ENDPOINT_URL and the profile's "
            "endpoint_url"
        ),
    ),
    (CallError, "the call with {title} failed on its way: {error}"),
    # botocore's own message may hold the whole answer, whoever it came from.
    (
        ResponseParserError,
        (
            "who answers is not AWS: nobody can read the answer. Check --endpoint-url, AWS_ENDPOINT_URL, the "
            "profile's endpoint_url, and what stands between: a proxy, or a page to sign in to a network"
        ),
    ),
    # ValueError is botocore's word for an endpoint that is no URL.
    ((BotoCoreError, ValueError), "{title} cannot be used: {error}"),
)
"""What is told of each failure: of the first line that is about it."""


@contextmanager
def told(title: str) -> Iterator[None]:
    """Turn what goes wrong before the first answer into a message for people."""
    try:
        yield
    except ClientError as error:
        raise LiveError(_refused(title, error)) from None
    except (BotoCoreError, ResponseParserError, ValueError) as error:
        words = next(words for kinds, words in _TOLD if isinstance(error, kinds))
        raise LiveError(words.format(title=title, error=error)) from None


def _refused(title: str, error: ClientError) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _OVER:
        return f"the credentials of {title} have expired: sign in again (aws sso login), or get new ones"
    if code == "SignatureDoesNotMatch":
        return (
            f"AWS does not take the signature of {title} ({code}): the secret key is not that of the access "
            "key, or this machine's clock is wrong"
        )
    if code in _BAD_KEYS:
        return f"AWS does not know the credentials of {title} ({code}): they are of another place, or deleted"
    return f"{title} is refused: {error}"
