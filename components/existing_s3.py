"""S3 as the owner of an existing bucket asks it, with refusals in words that help.

Here and not through the AWS provider, which has no way to read a bucket's policy right before it is written,
nor to write a part of one. Every call names the account that the bucket has to belong to (Amazon S3 User
Guide, "Verifying bucket ownership with bucket owner condition").
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client

_CONNECT_SECONDS = 5
_ATTEMPTS = 3
_DENIED = frozenset({"AccessDenied", "AllAccessDisabled", "MethodNotAllowed", "403"})
_NO_BUCKET = frozenset({"NoSuchBucket", "404"})


class S3RefusedError(Exception):
    """S3 did not do what it was asked for. The message says what, why, and what would be right."""


class NoBucketError(S3RefusedError):
    """There is no such bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAt:
    """A bucket, the account that it has to belong to, and how to get there.

    `profile` is a profile of AWS's config file; `None` takes the credentials of the environment.
    """

    bucket: str
    account: str
    region: str
    profile: str | None


def ask(
    at: BucketAt, action: str, method: str, *, absent: str = "", **arguments: object
) -> Mapping[str, Any] | None:  # Any: boto3's answers differ by call
    """Call S3 about a bucket, by the name of the client's method; `None` where `absent` is its error code.

    `action` is the permission that the call needs. Raises `NoBucketError` or `S3RefusedError`.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - takes long; few stacks need it

    try:
        call: Any = getattr(_client(at.region, at.profile), method)  # Any: the method is chosen at run time
        answer: Mapping[str, Any] = call(Bucket=at.bucket, ExpectedBucketOwner=at.account, **arguments)
    except ClientError as error:
        if absent and _code_of(error) == absent:
            return None
        raise _refused(at, action, error) from None
    except BotoCoreError as error:
        raise S3RefusedError(
            f"S3 cannot be asked about the bucket {at.bucket!r} with {_whose(at)}: {error}"
        ) from None
    return answer


def by_profile_or_environment(at: BucketAt) -> BucketAt:
    """The same bucket, by the environment's credentials where the profile is not there.

    Whoever comes later may have another config file. `account` still says whose the bucket has to be.
    """
    from botocore.exceptions import ProfileNotFound  # noqa: PLC0415 - as above

    try:
        _client(at.region, at.profile)
    except ProfileNotFound:
        return dataclasses.replace(at, profile=None)
    return at


def get_policy(at: BucketAt) -> str | None:
    """The bucket's policy as S3 has it, `None` where there is none."""
    answer = ask(at, "s3:GetBucketPolicy", "get_bucket_policy", absent="NoSuchBucketPolicy")
    return None if answer is None else str(answer["Policy"])


def put_policy(at: BucketAt, text: str) -> None:
    """Set the bucket's policy, whatever it was."""
    ask(at, "s3:PutBucketPolicy", "put_bucket_policy", Policy=text)


def delete_policy(at: BucketAt) -> None:
    """Take the bucket's policy away."""
    ask(at, "s3:DeleteBucketPolicy", "delete_bucket_policy")


@lru_cache(maxsize=8)
def _client(region: str, profile: str | None) -> "S3Client":
    """The client with the credentials that the AWS provider finds, too, for this profile."""
    import boto3  # noqa: PLC0415 - as above
    from botocore.config import Config  # noqa: PLC0415 - as above

    config = Config(
        connect_timeout=_CONNECT_SECONDS, retries={"mode": "standard", "total_max_attempts": _ATTEMPTS}
    )
    return boto3.Session(profile_name=profile, region_name=region).client("s3", config=config)


def _refused(at: BucketAt, action: str, error: "ClientError") -> S3RefusedError:
    code, said = _code_of(error), error.response["Error"].get("Message", "")
    if code in _NO_BUCKET:
        return NoBucketError(f"There is no bucket {at.bucket!r}: an existing one has to be there already.")
    if code in _DENIED:
        return S3RefusedError(
            f"AWS refuses {action} on the bucket {at.bucket!r} to {_whose(at)} ({code}: {said}). Either they "
            f"may not do {action} there, or the bucket does not belong to account {at.account}."
        )
    if code == "OperationAborted":
        return S3RefusedError(
            f"Somebody else changes the bucket {at.bucket!r} just now ({said}). Run it again."
        )
    return S3RefusedError(f"AWS refuses {action} on the bucket {at.bucket!r}: {code}: {said}")


def _code_of(error: "ClientError") -> str:
    return str(error.response["Error"].get("Code", ""))


def _whose(at: BucketAt) -> str:
    return f"the credentials of profile {at.profile!r}" if at.profile else "the credentials in use"
