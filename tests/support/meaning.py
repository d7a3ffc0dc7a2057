"""What grants mean, in plain words of Python: the other half of the properties of policies.

It reads grants only. It knows neither policies nor those who build them, and shares no code with them: who
reads the README's table of a grant and AWS's pages on who decides could have written it.
"""

import datetime as dt
import enum
import ipaddress
from dataclasses import dataclass

from crossaccess.policy.access import ACTIONS, Scope
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.grant import Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.cast import GROUP, OWNER, PLACES, Caller

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
FOREIGN_KEY = "arn:aws:kms:eu-central-1:112233445566:key/99999999-12ab-34cd-56ef-1234567890ab"

# Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)", "Uploading and copying
# objects using multipart upload in Amazon S3", "Replicating encrypted objects (SSE-S3, SSE-KMS, DSSE-KMS,
# SSE-C)": what S3 asks of the key, by what it is asked for.
_READ = ("kms:Decrypt",)
_WRITE = ("kms:Decrypt", "kms:GenerateDataKey")
NEEDED_OF_KEY = {
    "s3:GetObject": _READ,
    "s3:GetObjectVersion": _READ,
    "s3:GetObjectAttributes": _READ,
    "s3:GetObjectVersionAttributes": _READ,
    "s3:GetObjectAnnotation": _READ,
    "s3:GetObjectVersionAnnotation": _READ,
    "s3:PutObject": _WRITE,
    "s3:PutObjectAnnotation": _WRITE,
    "s3:PutObjectVersionAnnotation": _WRITE,
    "s3:ReplicateObject": ("kms:Encrypt", "kms:GenerateDataKey"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a request is made: by TLS, from an address or through an endpoint, when, and with what said.

    `mfa_age` is how many seconds ago the caller proved MFA, `None` where its credentials tell of none.
    `writes_under` is the KMS key that a write names in its headers. The last three are said to STS.
    """

    tls: bool = True
    address: str | None = "198.51.100.1"
    endpoint: str | None = None
    mfa_age: int | None = None
    time: dt.datetime = NOW
    writes_under: str | None = None
    external_id: str | None = None
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Somebody asks for something: `where` is an object's key or the prefix of a list."""

    caller: Caller
    action: str
    where: str | None
    how: Circumstances


class Choice(enum.Enum):
    """What the accounts of the requesters attach to their principals."""

    NOTHING = "no stack of a requester is deployed"
    NAMED = "what the grants say: to those whom they name singly"
    ALL_WHO_MAY = "to those whom they name singly, and to everyone where they name everyone"
    GROUP = "to a group of all users, wherever a grant names users or everyone"
    EVERYONE = "every grant of the account to everyone of it, against what the grants say"
    ADMINISTRATORS = "everyone is an administrator at home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What grants say together.

    `encrypted`: the bucket's objects are encrypted with a KMS key; `adopted`: others may write there, too.
    """

    grants: tuple[Grant, ...]
    choice: Choice
    encrypted: bool = False
    adopted: bool = False

    @property
    def by_role(self) -> tuple[Grant, ...]:
        """The grants that come with a role."""
        return tuple(grant for grant in self.grants if grant.method is Method.ASSUME_ROLE)

    def may_use(self, asked: Question) -> bool:
        """Whether the caller may do the S3 action as itself."""
        return self._keeps_encryption(asked) and any(
            grant.method is Method.BUCKET_POLICY
            and self._lets_in(grant, asked.caller)
            and asked.how.tls
            and at_s3(grant, asked)
            for grant in self.grants
        )

    def may_assume(self, grant: Grant, asked: Question) -> bool:
        """Whether the caller may begin a session of a grant's role, saying all that it says."""
        caller = asked.caller
        return self._lets_in(grant, caller) and not caller.is_root and at_sts(grant.conditions, asked)

    def role_may(self, grant: Grant, asked: Question) -> bool:
        """Whether a session of a grant's role may do the S3 action."""
        return asked.how.tls and self._keeps_encryption(asked) and at_s3(grant, asked, by_role=True)

    def may_use_key(self, asked: Question, action: str, key: str | None) -> bool:
        """Whether S3 may use the bucket's KMS key for the caller; for `key` see `opens_key`."""
        return any(
            grant.method is Method.BUCKET_POLICY
            and self._lets_in(grant, asked.caller)
            and opens_key(grant, asked, action, key)
            for grant in self.grants
        )

    def _lets_in(self, grant: Grant, caller: Caller) -> bool:
        """Both accounts have to agree (IAM User Guide, "Cross-account policy evaluation logic")."""
        return names(grant, caller) and holds(self.choice, grant, caller)

    def _keeps_encryption(self, asked: Question) -> bool:
        """Nobody writes what the owner cannot read."""
        if asked.action not in ("s3:PutObject", "s3:ReplicateObject") or asked.how.writes_under is None:
            return True
        if self.encrypted:
            return asked.how.writes_under != FOREIGN_KEY
        return self.adopted


def names(grant: Grant, caller: Caller) -> bool:
    """Whether a grant is for a caller: singly, or with all of its account or organization."""
    if caller.account is None:
        return False
    singly = grant.account == caller.account and caller.principal in grant.principals
    return singly or open_to_all_of(grant, caller.account)


def holds(choice: Choice, grant: Grant, caller: Caller) -> bool:
    """Whether the caller's account lets it make use of a grant that names it."""
    if caller.is_root:
        return True
    if caller.is_federated or choice is Choice.NOTHING:
        return False
    if choice is Choice.ADMINISTRATORS:
        return True
    of_account = grant.principals if grant.account == caller.account else ()
    singly = caller.principal in of_account
    with_all = caller.account is not None and open_to_all_of(grant, caller.account)
    if choice is Choice.EVERYONE:
        return with_all or grant.account == caller.account
    if choice is Choice.NAMED:
        return singly
    if choice is Choice.ALL_WHO_MAY:
        return singly or with_all
    users = any(one.kind is PrincipalKind.USER for one in of_account)
    return GROUP in caller.groups and (users or with_all)


def open_to_all_of(grant: Grant, account: str) -> bool:
    """Whether a grant names everyone of an account, by its id or by the organization that it is in."""
    return any(
        _is_in(principal, account) or (principal.kind is PrincipalKind.ACCOUNT and grant.account == account)
        for principal in grant.principals
    )


def at_s3(grant: Grant, asked: Question, *, by_role: bool = False) -> bool:
    """Whether a request is for what the grant gives, and on its conditions.

    `by_role`: a session of the grant's own role makes it. Who began that, and how, was asked then.
    """
    conditions = grant.conditions
    return (
        _gives(grant, asked.action, asked.where)
        and _before_the_end(conditions, asked.how)
        and _from_network(conditions.source_ip, conditions.s3_endpoints, asked.how)
        and (by_role or (_of_organization(conditions, asked.caller) and _proved(conditions, asked.how)))
    )


def at_sts(conditions: Conditions, asked: Question) -> bool:
    """Whether everything is as a grant wants it where its role is assumed."""
    how = asked.how
    wanted = dict(conditions.session_tags)
    said = dict(how.tags)
    identities = conditions.source_identity or (None,)
    return (
        _before_the_end(conditions, how)
        and _from_network(conditions.source_ip, conditions.sts_endpoints, how)
        and _of_organization(conditions, asked.caller)
        and _proved(conditions, how)
        and conditions.external_id in (None, how.external_id)
        # Tags and identities that nobody asked for are not to be set at all.
        and how.source_identity in identities
        and wanted.keys() == said.keys()
        and all(said[name] in values for name, values in wanted.items())
    )


def opens_key(grant: Grant, asked: Question, action: str, key: str | None, *, by_role: bool = False) -> bool:
    """Whether a KMS action is needed for what a grant gives.

    `key` is that of an object, `None` where S3 names the bucket to KMS. S3 asks from its own network and
    tells KMS of no MFA: neither can narrow the use of the KMS key.
    """
    return (
        _before_the_end(grant.conditions, asked.how)
        and (by_role or _of_organization(grant.conditions, asked.caller))
        and any(
            action in NEEDED_OF_KEY.get(given, ()) and (key is None or _gives(grant, given, key))
            for given in grant.actions
        )
    )


def _is_in(principal: Principal, account: str) -> bool:
    """Whether an account is in an organization or a unit. The owner's own is never meant by these."""
    if principal.kind not in (PrincipalKind.ORGANIZATION, PrincipalKind.UNIT) or account == OWNER:
        return False
    return f"{PLACES.get(account)}/".startswith(f"{principal.name}/")


def _of_organization(conditions: Conditions, caller: Caller) -> bool:
    if conditions.organization is None:
        return True
    return caller.place is not None and caller.place.split("/")[0] == conditions.organization


def _gives(grant: Grant, action: str, where: str | None) -> bool:
    if action not in grant.actions:
        return False
    if not grant.prefixes or ACTIONS[action].scope not in (Scope.OBJECTS, Scope.LISTING):
        return True
    return where is not None and any(where.startswith(prefix) for prefix in grant.prefixes)


def _before_the_end(conditions: Conditions, how: Circumstances) -> bool:
    return conditions.expires is None or how.time < conditions.expires


def _from_network(addresses: tuple[str, ...], endpoints: tuple[str, ...], how: Circumstances) -> bool:
    if not addresses and not endpoints:
        return True
    by_address = how.address is not None and any(
        ipaddress.ip_address(how.address) in ipaddress.ip_network(network) for network in addresses
    )
    return by_address or how.endpoint in endpoints


def _proved(conditions: Conditions, how: Circumstances) -> bool:
    if conditions.mfa is None:
        return True
    longest = conditions.mfa.max_age
    return how.mfa_age is not None and (longest is None or how.mfa_age <= longest)
