"""Does the `Principal` or `NotPrincipal` of a statement take in the caller, and in which way?

IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
"""

import re
from enum import IntEnum
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
_ROOT = "root"


class CompiledPrincipals:
    """The `Principal` or `NotPrincipal` of one statement, ready to be asked."""

    __slots__ = ("_allows", "_entries", "_except", "_refused")

    def __init__(self, names: tuple[PrincipalName, ...], *, excepted: bool, allows: bool) -> None:
        """`excepted`: the element is `NotPrincipal`. `allows`: the statement's effect is Allow."""
        self._entries = names
        self._except = excepted
        self._allows = allows
        # A name that AWS refuses to save is in no policy in force. It must not widen anything: an Allow
        # does not count, and nothing is built on a Deny.
        self._refused: Tri = NO if allows and not excepted else MAYBE

    def ways(self, facts: Facts, *, bounded: bool) -> Ways:
        """How the caller is taken in. `bounded`: the caller has a permissions boundary."""
        if self._except:
            return (NO, NO, NO, self._not_excepted(facts, bounded=bounded))
        found: list[Tri] = [NO, NO, NO, NO]
        for entry in self._entries:
            way, matched = self._entry(entry, facts)
            found[way] = max(found[way], matched)
        return (found[0], found[1], found[2], found[3])

    def _entry(self, entry: PrincipalName, facts: Facts) -> tuple[Way, Tri]:
        caller = facts.caller
        value = entry.value
        if entry.type == "*" or (entry.type == "AWS" and value == "*"):
            return Way.EVERYONE, YES
        if entry.type == "Service":
            return Way.NAMED, tri(caller.kind is CallerKind.SERVICE and value in ("*", caller.arn))
        if entry.type == "Federated":
            return Way.NAMED, tri(caller.kind is CallerKind.PROVIDER and value == caller.arn)
        if not caller.has_identity_side:
            return Way.NAMED, NO
        if entry.type == "CanonicalUser":
            # A canonical id stands for an account, but which one cannot be seen from it.
            return Way.ACCOUNT, MAYBE
        return self._aws(value, facts)

    def _aws(self, value: str, facts: Facts) -> tuple[Way, Tri]:
        caller = facts.caller
        if value == caller.arn and caller.kind is not CallerKind.ROOT:
            return (Way.ROLE if caller.kind is CallerKind.ROLE else Way.NAMED), YES
        if is_account_id(value):
            return Way.ACCOUNT, tri(value == caller.account)
        if _UNIQUE_ID.fullmatch(value):
            return Way.NAMED, _same_unique_id(value, facts)
        arn = parse_arn(value)
        if arn is None or "*" in value or "?" in value or not is_account_id(arn.account):
            return Way.NAMED, self._refused
        if arn.service == "iam" and arn.resource == _ROOT:
            return Way.ACCOUNT, tri((arn.account, arn.partition) == (caller.account, caller.partition))
        if arn.service == "iam" and arn.resource.startswith("role/"):
            return Way.ROLE, _role_matches(value, caller)
        if caller.kind is CallerKind.ROLE and _session_role(value) == _bare_role(caller):
            # Some session of the role calls; whether it is this one nobody told.
            return Way.NAMED, MAYBE
        return Way.NAMED, NO

    def _not_excepted(self, facts: Facts, *, bounded: bool) -> Tri:
        """Whether `NotPrincipal` takes the caller in, because it does not list it.

        With Deny each of the account, the role and the user or session has to be listed: who lists a user
        and its account still denies the account's other users, and who lists the user alone "might" deny
        the account. A principal with a permissions boundary is always denied. With Allow, whoever is
        listed in any way stays out.
        """
        listed: list[Tri] = [NO, NO, NO, NO]
        for entry in self._entries:
            way, matched = self._entry(entry, facts)
            listed[way] = max(listed[way], matched)
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


def best(ways: Ways) -> Tri:
    """Whether the caller is taken in, in whichever way."""
    return max(ways)


def _same_unique_id(value: str, facts: Facts) -> Tri:
    """A bare id stays in a policy when its user or role was deleted; a new one of that name has another."""
    found = facts.lookup("aws:userid")
    if not isinstance(found, tuple):
        return NO
    return tri(any(identifier.partition(":")[0] == value for identifier in found))


def _role_matches(role_arn: str, caller: Caller) -> Tri:
    if caller.role_arn is not None:
        return tri(role_arn == caller.role_arn)
    arn = parse_arn(role_arn)
    if arn is None or caller.role_name is None:
        return NO
    same = (arn.partition, arn.account, arn.resource.rpartition("/")[2])
    # The session's ARN has lost the role's path: the rest is equal, so it may be this role.
    return MAYBE if same == (caller.partition, caller.account, caller.role_name) else NO


def _session_role(session_arn: str) -> tuple[str, str, str] | None:
    arn = parse_arn(session_arn)
    if arn is None or arn.service != "sts" or not arn.resource.startswith("assumed-role/"):
        return None
    return arn.partition, arn.account, arn.resource.split("/")[1]


def _bare_role(caller: Caller) -> tuple[str, str | None, str | None]:
    return caller.partition, caller.account, caller.role_name
