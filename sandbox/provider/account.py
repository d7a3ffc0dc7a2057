"""One configured provider: whose credentials it uses, in which account and Region, and its AWS clients.

boto3 takes a good part of the plugin's start and its clients even more, so both wait until they are needed;
each client is made once.
"""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.provider.errors import StandInError, code_of, from_boto_error, from_client_error
from sandbox.provider.settings import Settings

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

_Answer = TypeVar("_Answer")

_CONNECT_SECONDS = 5
_ATTEMPTS = 3
_POOL = 32

# AWS tells of a new role or policy, or of another change under way, only after a moment.
_PASSING = frozenset({"ConcurrentModification", "ConcurrentModificationException", "OperationAborted"})
_PAUSES_SECONDS = (0.2, 0.4, 0.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who STS says that the credentials belong to."""

    account: str
    arn: str
    user_id: str


@dataclass(slots=True, eq=False)
class Account:
    """AWS as the handlers of resource types see it."""

    settings: Settings
    session: "boto3.Session"
    region: str
    caller: Caller | None = None
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)  # Any: clients of all services
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def default_tags(self) -> dict[str, str]:
        """Tags that every resource gets that can bear tags."""
        return dict(self.settings.default_tags)

    @property
    def iam(self) -> "IAMClient":
        """The client for IAM, which is one for all Regions."""
        client: IAMClient = self._client("iam", self.region)
        return client

    @property
    def sts(self) -> "STSClient":
        """The client for STS."""
        client: STSClient = self._client("sts", self.region)
        return client

    def kms(self, region: str | None = None) -> "KMSClient":
        """Return the client for KMS in a Region, by default the provider's."""
        client: KMSClient = self._client("kms", region or self.region)
        return client

    def s3(self, region: str | None = None) -> "S3Client":
        """Return the client for S3 in a Region, by default the provider's."""
        client: S3Client = self._client("s3", region or self.region)
        return client

    def who(self) -> Caller:
        """Ask STS who is calling, once."""
        if self.caller is None:
            answer = calling(self.sts.get_caller_identity)
            self.caller = Caller(account=answer["Account"], arn=answer["Arn"], user_id=answer["UserId"])
        return self.caller

    def _client(self, service: str, region: str) -> Any:  # Any: the caller names the service's own type
        from botocore.config import Config  # noqa: PLC0415 - see the module's docstring

        with self._lock:
            if (service, region) not in self._clients:
                retries = self.settings.max_retries
                attempts = _ATTEMPTS if retries is None else retries + 1
                config = Config(
                    connect_timeout=_CONNECT_SECONDS,
                    max_pool_connections=_POOL,
                    retries={"mode": "standard", "total_max_attempts": attempts},
                    s3={"addressing_style": "path"} if self.settings.path_style else None,
                )
                # boto3's overloads list each service by name; this one is chosen at run time.
                make: Any = self.session.client  # Any: see above
                self._clients[service, region] = make(service, region_name=region, config=config)
            return self._clients[service, region]


def connect(settings: Settings) -> Account:
    """Open a session and, unless the settings forbid, make sure that it belongs to an allowed account.

    Raises StandInError for a missing profile, credentials or Region, an endpoint that does not answer, and
    an account that `allowedAccountIds` or `forbiddenAccountIds` rules out.
    """
    import boto3  # noqa: PLC0415 - see the module's docstring
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - the same

    try:
        session = boto3.Session(
            profile_name=settings.profile,
            region_name=settings.region,
            aws_access_key_id=settings.access_key,
            aws_secret_access_key=settings.secret_key,
            aws_session_token=settings.token,
        )
        region = session.region_name
    except BotoCoreError as error:
        raise from_boto_error(error) from error
    if not region:
        raise StandInError("no Region: set aws:region, or a region in the profile")
    account = Account(settings=settings, session=session, region=region)
    if settings.ask_for_account:
        _hold_to_account(account)
    return account


def calling(function: Callable[..., _Answer], /, *given: object, **arguments: object) -> _Answer:
    """Call AWS; what it refuses comes as StandInError with AWS's own code and words."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see the module's docstring

    try:
        return function(*given, **arguments)
    except ClientError as error:
        raise from_client_error(error) from error
    except BotoCoreError as error:
        raise from_boto_error(error) from error


def absent_as_none(
    codes: Collection[str], function: Callable[..., _Answer], /, *given: object, **arguments: object
) -> _Answer | None:
    """Call AWS, and take the given error codes for "there is no such thing"."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see the module's docstring

    try:
        return function(*given, **arguments)
    except ClientError as error:
        if code_of(error) in codes:
            return None
        raise


def patiently(
    function: Callable[..., _Answer], /, *given: object, also: Collection[str] = (), **arguments: object
) -> _Answer:
    """Call AWS, again after a pause where it speaks of a passing state; `also` names more such codes."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see the module's docstring

    for pause in _PAUSES_SECONDS:
        try:
            return function(*given, **arguments)
        except ClientError as error:
            if code_of(error) not in _PASSING and code_of(error) not in also:
                raise
            time.sleep(pause)
    return function(*given, **arguments)


def _hold_to_account(account: Account) -> None:
    settings, caller = account.settings, account.who()
    whose = f"the credentials of profile {settings.profile}" if settings.profile else "the credentials in use"
    if settings.allowed_accounts and caller.account not in settings.allowed_accounts:
        wanted = " or ".join(settings.allowed_accounts)
        raise StandInError(
            f"wrong account: {whose} belong to account {caller.account} ({caller.arn}), "
            f"and aws:allowedAccountIds wants {wanted}; set aws:profile to a profile of that account"
        )
    if caller.account in settings.forbidden_accounts:
        raise StandInError(
            f"wrong account: {whose} belong to account {caller.account} ({caller.arn}), "
            "which aws:forbiddenAccountIds rules out; set aws:profile to a profile of another account"
        )
