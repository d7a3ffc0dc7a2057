"""Who calls: from an access key to a user, a role's session, an account's root, or nobody."""

import datetime as dt
import enum
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.gate.errors import AwsError
from sandbox.gate.estate import PARTITION, role_by_arn, user_by_arn, user_of_key
from sandbox.gate.received import Received
from sandbox.gate.signature import Claim, verify
from sandbox.gate.world import Session, World

if TYPE_CHECKING:
    from moto.iam.models import User


class CallerKind(enum.Enum):
    """The kinds of callers, as `aws:PrincipalType` names them."""

    USER = "User"
    SESSION = "AssumedRole"
    ROOT = "Account"
    ANONYMOUS = "Anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a call, after the signature was found right.

    `arn` is what IAM's messages say: a session's is `arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME`.
    `principal_arn` is the user's or the role's. `unique_id` is `aws:userid`.
    """

    kind: CallerKind
    arn: str
    account: str | None = None
    principal_arn: str | None = None
    unique_id: str | None = None
    name: str | None = None
    access_key_id: str | None = None
    session: Session | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    is_identity_center: bool = False
    """Whether it is IAM Identity Center, which alone makes and edits the roles of permission sets."""

    @property
    def in_role(self) -> bool:
        """Whether the caller is a role's session."""
        return self.kind is CallerKind.SESSION


ANONYMOUS = Caller(kind=CallerKind.ANONYMOUS, arn="*")


def identify(world: World, received: Received, claim: Claim | None) -> Caller:
    """Find who signed a request and check that they did.

    Raises `AwsError`: `InvalidAccessKeyId` (S3) or `InvalidClientTokenId` for a key that is not there,
    inactive or gone with its owner; `InvalidToken`, `ExpiredToken`; and what `signature.verify` raises.
    """
    if claim is None:
        return ANONYMOUS
    if claim.access_key_id in world.root_keys:
        account, secret = world.root_keys[claim.access_key_id]
        _no_token(claim)
        verify(received, claim, secret, world.clock())
        arn = f"arn:{PARTITION}:iam::{account}:root"
        return Caller(
            kind=CallerKind.ROOT,
            arn=arn,
            account=account,
            principal_arn=arn,
            unique_id=account,
            access_key_id=claim.access_key_id,
        )
    if claim.access_key_id in world.identity_center_keys:
        account, secret = world.identity_center_keys[claim.access_key_id]
        _no_token(claim)
        verify(received, claim, secret, world.clock())
        return _identity_center(account, claim.access_key_id)
    session = world.sessions.get(claim.access_key_id)
    if session is not None:
        return _of_session(world, received, claim, session)
    found = user_of_key(world.accounts, claim.access_key_id)
    if found is None or found[1].status != "Active":
        raise _unknown_key(claim)
    user, key = found
    _no_token(claim)
    verify(received, claim, str(key.secret_access_key), world.clock())
    return _user(user, claim.access_key_id, None)


def _identity_center(account: str, access_key_id: str) -> Caller:
    """Return IAM Identity Center as it acts in an account: by its service-linked role there."""
    role = "AWSServiceRoleForSSO"
    return Caller(
        kind=CallerKind.SESSION,
        arn=f"arn:{PARTITION}:sts::{account}:assumed-role/{role}/AWS-SSO",
        account=account,
        principal_arn=f"arn:{PARTITION}:iam::{account}:role/aws-service-role/sso.amazonaws.com/{role}",
        name=role,
        access_key_id=access_key_id,
        is_identity_center=True,
    )


def _of_session(world: World, received: Received, claim: Claim, session: Session) -> Caller:
    now = world.clock()
    if claim.token is None or not hmac.compare_digest(claim.token.encode(), session.token.encode()):
        raise _bad_token(claim)
    verify(received, claim, session.secret_access_key, now)
    if now >= session.expires:
        raise _expired(claim)
    if session.role_arn is None:
        user = user_by_arn(session.user_arn or "")
        if user is None or user.id != session.user_id:
            raise _unknown_key(claim)
        return _user(user, claim.access_key_id, session)
    role = role_by_arn(session.role_arn)
    if role is None or role.id != session.role_id:
        raise _unknown_key(claim)
    return Caller(
        kind=CallerKind.SESSION,
        arn=f"arn:{PARTITION}:sts::{session.account}:assumed-role/{role.name}/{session.name}",
        account=session.account,
        principal_arn=session.role_arn,
        unique_id=f"{role.id}:{session.name}",
        name=str(role.name),
        access_key_id=claim.access_key_id,
        session=session,
        tags=_tags(role.tags) | dict(session.tags),
    )


def _user(user: "User", access_key_id: str, session: Session | None) -> Caller:
    arn = str(user.arn)
    return Caller(
        kind=CallerKind.USER,
        arn=arn,
        account=str(user.account_id),
        principal_arn=arn,
        unique_id=str(user.id),
        name=str(user.name),
        access_key_id=access_key_id,
        session=session,
        tags=_tags(user.tags),
    )


def _tags(tags: object) -> dict[str, str]:
    """Read tags as moto keeps them: a list of pairs, or pairs by their key."""
    listed = tags.values() if isinstance(tags, dict) else tags if isinstance(tags, list) else ()
    return {str(tag["Key"]): str(tag["Value"]) for tag in listed}


def mfa_age(caller: Caller, now: dt.datetime) -> int | None:
    """Return how many seconds ago the caller's session was authenticated with MFA."""
    if caller.session is None or caller.session.mfa_at is None:
        return None
    return int((now - caller.session.mfa_at).total_seconds())


def _no_token(claim: Claim) -> None:
    if claim.token is not None:
        raise _bad_token(claim)


def _unknown_key(claim: Claim) -> AwsError:
    if claim.service == "s3":
        return AwsError(
            "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403
        )
    code = "UnrecognizedClientException" if claim.service == "kms" else "InvalidClientTokenId"
    return AwsError(code, "The security token included in the request is invalid.", 403)


def _bad_token(claim: Claim) -> AwsError:
    if claim.service == "s3":
        return AwsError("InvalidToken", "The provided token is malformed or otherwise invalid.")
    return _unknown_key(claim)


def _expired(claim: Claim) -> AwsError:
    if claim.service == "s3":
        return AwsError("ExpiredToken", "The provided token has expired.")
    code = "ExpiredTokenException" if claim.service == "kms" else "ExpiredToken"
    return AwsError(code, "The security token included in the request is expired", 403)
