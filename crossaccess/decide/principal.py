"""Does the `Principal` or `NotPrincipal` of a statement take in the caller, and in which way?

IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
"""

import re
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Final

from crossaccess.decide.caller import Caller, CallerKind
from crossaccess.decide.request import Facts
from crossaccess.decide.tri import MAYBE, NO, YES, Tri, negate, tri
from crossaccess.policy.arn import is_account_id, parse_arn
from crossaccess.policy.document import PrincipalName


class Way(IntEnum):
    """How a resource policy names the caller: in the caller's own account it decides what else counts."""

    NAMED = 0  # the user, the session, the service or the provider itself
    ROLE = 1  # the role behind the session
    ACCOUNT = 2  # the caller's whole account
    EVERYONE = 3  # "*"


Ways = tuple[Tri, Tri, Tri, Tri]
NOBODY: Final[Ways] = (NO, NO, NO, NO)

_UNIQUE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]+", re.ASCII)


class Named(Enum):
    """What an entry of a `Principal` element names."""

    EVERYONE = "everyone"
    SERVICE = "a service"
    PROVIDER = "an identity provider"
    CANONICAL = "an account, by its canonical id"
    ACCOUNT = "an account"
    ROLE = "a role"
    SESSION = "a role session"
    UNIQUE_ID = "a user or role that is gone, by its unique id"
    OTHER = "a user or a federated user"
    REFUSED = "nothing that AWS takes"


_OTHER_TYPES = (
    ("Service", Named.SERVICE),
    ("Federated", Named.PROVIDER),
    ("CanonicalUser", Named.CANONICAL),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a `Principal` element, taken apart. Empty fields: the entry has no such part."""

    names: Named
    value: str
    account: str = ""
    partition: str = ""
    role_name: str = ""


@lru_cache(maxsize=4096)
def entry_of(type_: str, value: str) -> Entry:
    """Take an entry apart: its type (`AWS`, `Service` …; `*` for the bare string) and its value."""
    if type_ == "*" or (type_ == "AWS" and value == "*"):
        return Entry(names=Named.EVERYONE, value=value)
    for known, names in _OTHER_TYPES:
        if type_ == known:
            return Entry(names=names, value=value)
    if is_account_id(value):
        return Entry(names=Named.ACCOUNT, value=value, account=value)
    if _UNIQUE_ID.fullmatch(value):
        return Entry(names=Named.UNIQUE_ID, value=value)
    arn = parse_arn(value)
    if arn is None or "*" in value or "?" in value or not is_account_id(arn.account):
        return Entry(names=Named.REFUSED, value=value)
    names, role_name = Named.OTHER, ""
    if arn.service == "iam" and arn.resource == "root":
        names = Named.ACCOUNT
    elif arn.service == "iam" and arn.resource.startswith("role/"):
        names, role_name = Named.ROLE, arn.resource.rpartition("/")[2]
    elif arn.service == "sts" and arn.resource.startswith("assumed-role/"):
        names, role_name = Named.SESSION, arn.resource.split("/")[1]
    return Entry(names=names, value=value, account=arn.account, partition=arn.partition, role_name=role_name)


class CompiledPrincipals:
    """The `Principal` or `NotPrincipal` of one statement, ready to be asked."""

    __slots__ = ("_allows", "_entries", "_except", "_refused")

    def __init__(self, names: tuple[PrincipalName, ...], *, excepted: bool, allows: bool) -> None:
        """`excepted`: the element is `NotPrincipal`. `allows`: the statement's effect is Allow."""
        self._entries = tuple(entry_of(name.type, name.value) for name in names)
        self._except = excepted
        self._allows = allows
        # A name that AWS refuses to save is in no policy in force. It must not widen anything: an Allow
        # does not count, and nothing is built on a Deny.
        self._refused: Tri = NO if allows and not excepted else MAYBE

    def ways(self, facts: Facts, *, bounded: bool) -> Ways:
        """How the caller is taken in. `bounded`: the caller has a permissions boundary."""
        if self._except:
            return (NO, NO, NO, self._not_excepted(facts, bounded=bounded))
        return self._listed(facts)

    def _listed(self, facts: Facts) -> Ways:
        found: list[Tri] = [NO, NO, NO, NO]
        for entry in self._entries:
            way, matched = self._match(entry, facts)
            found[way] = max(found[way], matched)
        return (found[0], found[1], found[2], found[3])

    def _match(self, entry: Entry, facts: Facts) -> tuple[Way, Tri]:
        caller = facts.caller
        names = entry.names
        if names is Named.EVERYONE:
            return Way.EVERYONE, YES
        if not caller.has_identity_side:
            return Way.NAMED, tri(_names_outsider(entry, caller))
        if names is Named.ACCOUNT:
            same = entry.account == caller.account and entry.partition in ("", caller.partition)
            return Way.ACCOUNT, tri(same)
        if names is Named.CANONICAL:
            # A canonical id stands for an account, but which one cannot be seen from it.
            return Way.ACCOUNT, MAYBE
        if names is Named.REFUSED:
            return Way.NAMED, self._refused
        if names is Named.UNIQUE_ID:
            return Way.NAMED, _same_unique_id(entry.value, facts)
        if names is Named.ROLE:
            return Way.ROLE, _is_role(entry, caller)
        if names is Named.SESSION and caller.kind is CallerKind.ROLE:
            # Some session of the role calls; whether it is this one nobody told.
            return Way.NAMED, MAYBE if _names_role_of(entry, caller) else NO
        return Way.NAMED, tri(entry.value == caller.arn)

    def _not_excepted(self, facts: Facts, *, bounded: bool) -> Tri:
        """Whether `NotPrincipal` takes the caller in, because it does not list it.

        With Deny each of the account, the role and the user or session has to be listed: who lists a user
        and its account still denies the account's other users, and who lists the user alone "might" deny
        the account. A principal with a permissions boundary is always denied. With Allow, whoever is
        listed in any way stays out.
        """
        listed = self._listed(facts)
        caller = facts.caller
        if self._allows or listed[Way.EVERYONE] == YES or not caller.has_identity_side:
            return negate(max(listed))
        if bounded:
            return YES
        return _outside(caller, named=listed[Way.NAMED], role=listed[Way.ROLE], account=listed[Way.ACCOUNT])


def _outside(caller: Caller, *, named: Tri, role: Tri, account: Tri) -> Tri:
    """Whether a Deny with `NotPrincipal` that lists this much of the caller still catches it."""
    if caller.kind is CallerKind.ROOT:
        return negate(account)
    if caller.kind is CallerKind.ROLE:
        # Some session of the role: whether it is a listed one nobody told.
        named = min(max(named, role), MAYBE)
    listed = min(account, named) if caller.role_name is None else min(account, role, named)
    return MAYBE if listed == NO and named != NO else negate(listed)


def either(one: Ways, other: Ways) -> Ways:
    """How two statements together take the caller in."""
    if other == NOBODY:
        return one
    return (
        max(one[0], other[0]),
        max(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def best(ways: Ways) -> Tri:
    """Whether the caller is taken in, in whichever way."""
    return max(ways)


def _same_unique_id(value: str, facts: Facts) -> Tri:
    """A bare id stays in a policy when its user or role was deleted; a new one of that name has another."""
    found = facts.lookup("aws:userid")
    if not isinstance(found, tuple):
        return NO
    return tri(any(identifier.partition(":")[0] == value for identifier in found))


def _names_outsider(entry: Entry, caller: Caller) -> bool:
    if entry.names is Named.SERVICE:
        return caller.kind is CallerKind.SERVICE and entry.value in ("*", caller.arn)
    return entry.names is Named.PROVIDER and entry.value == caller.arn


def _is_role(entry: Entry, caller: Caller) -> Tri:
    if caller.role_arn is not None:
        return tri(entry.value == caller.role_arn)
    # The session's ARN has lost the role's path: where the rest is equal it may be this role.
    return MAYBE if _names_role_of(entry, caller) else NO


def _names_role_of(entry: Entry, caller: Caller) -> bool:
    named = (entry.partition, entry.account, entry.role_name)
    return named == (caller.partition, caller.account, caller.role_name)
