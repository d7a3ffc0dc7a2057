"""Who makes a request: what a principal's ARN tells, and what it does not.

IAM User Guide, "AWS JSON policy elements: Principal" and "AWS global condition context keys".
"""

import enum
import re
from dataclasses import dataclass
from functools import lru_cache

from crossaccess.policy.arn import Arn, is_account_id, parse_arn


class RequestError(ValueError):
    """A request that cannot be: the message says what is wrong with it and what would be right."""


class CallerKind(enum.Enum):
    """The kinds of principals."""

    USER = "user"
    ROLE = "some session of a role"
    SESSION = "role session"
    FEDERATED_USER = "federated user"
    ROOT = "root user"
    SERVICE = "AWS service"
    PROVIDER = "identity provider"
    ANONYMOUS = "anonymous"


# The value of `aws:PrincipalType`, where AWS sends one.
PRINCIPAL_TYPES = {
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.SESSION: "AssumedRole",
    CallerKind.FEDERATED_USER: "FederatedUser",
    CallerKind.ROOT: "Account",
    CallerKind.ANONYMOUS: "Anonymous",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A principal, classified.

    `arn` is the text of the request. `role_arn` is the ARN of the role behind a session, with its path:
    `None` for a session whose role's path nobody told. `role_name` is known in either case.
    """

    kind: CallerKind
    arn: str
    account: str | None = None
    partition: str = "aws"
    user_name: str | None = None
    role_name: str | None = None
    role_arn: str | None = None

    @property
    def has_identity_side(self) -> bool:
        """Whether policies can be attached to the caller, or to the account that it is the root of."""
        return self.account is not None and self.kind is not CallerKind.PROVIDER


_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?", re.ASCII)
# The characters of IAM's names and paths, but for the two wildcards.
_PRINCIPAL = re.compile(r"[!-)+->@-~]+", re.ASCII)
_SERVICE_LINKED = "role/aws-service-role/"


@lru_cache(maxsize=4096)
def classify(principal: str, role_arn: str | None = None) -> Caller:
    """Tell what kind of principal this is.

    `role_arn` is the request's `aws:PrincipalArn`, where it is known: a session's own ARN has lost the
    path of its role. Raises `RequestError` where the text names no principal, or where the two differ.
    """
    if principal == "*":
        return Caller(kind=CallerKind.ANONYMOUS, arn=principal)
    if _SERVICE.fullmatch(principal):
        return Caller(kind=CallerKind.SERVICE, arn=principal)
    arn = parse_arn(principal)
    if arn is None or not _PRINCIPAL.fullmatch(principal) or arn.region or not is_account_id(arn.account):
        raise RequestError(
            f"principal is {principal!r}: it can be the ARN of a user, a role, a session or an account's "
            'root, a service such as "cloudtrail.amazonaws.com", or "*" for nobody in particular'
        )
    kind, _, rest = arn.resource.partition("/")
    name = rest.rpartition("/")[2]
    if arn.service == "iam" and arn.resource == "root":
        return _caller(CallerKind.ROOT, arn)
    if arn.service == "iam" and kind == "user" and name:
        return Caller(
            kind=CallerKind.USER, arn=principal, account=arn.account, partition=arn.partition, user_name=name
        )
    if arn.service == "iam" and kind == "role" and name:
        return _role(CallerKind.ROLE, arn, name, principal)
    if arn.service == "iam" and kind in ("saml-provider", "oidc-provider") and rest:
        return _caller(CallerKind.PROVIDER, arn)
    if arn.service == "sts" and kind == "federated-user" and rest:
        return _caller(CallerKind.FEDERATED_USER, arn)
    if arn.service == "sts" and kind == "assumed-role" and rest.count("/") == 1 and name:
        return _session(arn, rest.partition("/")[0], role_arn)
    raise RequestError(
        f"principal is {principal!r}, which is no user, role, session, federated user or root of an account"
    )


def is_service_linked(caller: Caller) -> bool | None:
    """Whether the caller is a service-linked role; `None` where its path would tell but is not known."""
    if caller.role_arn is not None:
        return caller.role_arn.split(":", 5)[5].startswith(_SERVICE_LINKED)
    if caller.role_name is not None and caller.role_name.startswith("AWSServiceRoleFor"):
        return None
    return False


def _caller(kind: CallerKind, arn: Arn) -> Caller:
    return Caller(kind=kind, arn=str(arn), account=arn.account, partition=arn.partition)


def _role(kind: CallerKind, arn: Arn, name: str, role_arn: str | None) -> Caller:
    return Caller(
        kind=kind,
        arn=str(arn),
        account=arn.account,
        partition=arn.partition,
        role_name=name,
        role_arn=role_arn,
    )


def _session(arn: Arn, role_name: str, role_arn: str | None) -> Caller:
    if role_arn is not None:
        role = parse_arn(role_arn)
        if (
            role is None
            or role.service != "iam"
            or not role.resource.startswith("role/")
            or role.resource.rpartition("/")[2] != role_name
            or (role.partition, role.account) != (arn.partition, arn.account)
        ):
            raise RequestError(
                f"aws:PrincipalArn is {role_arn!r}, but the principal is a session of the role {role_name!r} "
                f"in account {arn.account}: aws:PrincipalArn is that role's ARN with its path"
            )
    return _role(CallerKind.SESSION, arn, role_name, role_arn)
