"""One request, and the facts that follow from it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crossaccess.decide.caller import PRINCIPAL_TYPES, Caller, CallerKind, RequestError, classify
from crossaccess.decide.context import ABSENT, PRESENT, UNKNOWN, Lookup, lower_keys
from crossaccess.policy.arn import Arn, is_account_id, parse_arn

# Services whose resources carry their owner's account in the ARN, which therefore cannot be another one.
_ARN_TELLS_OWNER = frozenset({"iam", "kms", "sts"})
_ACTION = re.compile(r"[A-Za-z0-9-]+:[!-)+->@-~]+", re.ASCII)
# Actions whose resource always has a policy that must allow: another resource would get around it. Service
# Authorization Reference, "Actions, resources, and condition keys for AWS Security Token Service" and "… for
# AWS Key Management Service".
_ON_ROLES = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
_ON_KEYS = frozenset(
    {
        "kms:creategrant",
        "kms:decrypt",
        "kms:describekey",
        "kms:encrypt",
        "kms:generatedatakey",
        "kms:generatedatakeypair",
        "kms:generatedatakeypairwithoutplaintext",
        "kms:generatedatakeywithoutplaintext",
        "kms:reencryptfrom",
        "kms:reencryptto",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """May `principal` do `action` on `resource`?

    `principal` is an ARN, a service's name or `*` (anonymous); `action` is like `s3:GetObject`;
    `resource` is an ARN, or `*` for an action that knows no resources. `resource_account` is the account
    that owns the resource; the ARN tells it for some services, not for S3. `context` holds the values of
    the condition keys. Unless `context_complete`, a key that it does not hold may still be there.
    """

    principal: str
    action: str
    resource: str
    resource_account: str | None = None
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)
    context_complete: bool = True


class Facts:
    """A request made ready to be matched: who calls, what for, and every key that follows from it."""

    __slots__ = (
        "_missing",
        "_values",
        "action",
        "action_service",
        "caller",
        "resource",
        "resource_account",
        "resource_partition",
        "resource_service",
    )

    def __init__(self, request: Request) -> None:
        """Raises `RequestError` where the request is none, or contradicts itself."""
        if not _ACTION.fullmatch(request.action):
            raise RequestError(f'action is {request.action!r}: it is one action, such as "s3:GetObject"')
        self._values = lower_keys(request.context)
        self._missing: Lookup = ABSENT if request.context_complete else UNKNOWN
        self.action = request.action.lower()
        self.action_service = self.action.partition(":")[0]
        self.caller = classify(request.principal, self._given_principal_arn())
        self.resource = request.resource
        arn = _resource_arn(request.resource)
        self.resource_partition = None if arn is None else arn.partition
        self.resource_service = "" if arn is None else arn.service
        self.resource_account = _owner(request, arn, self.caller)
        _check_resource(self.action, arn)
        self._fill_in(self._values)

    def lookup(self, key: str) -> Lookup:
        """The values of a key, whose name is in lower case."""
        return self._values.get(key, self._missing)

    def _given_principal_arn(self) -> str | None:
        given = self._values.get("aws:principalarn")
        return given[0] if isinstance(given, tuple) and len(given) == 1 else None

    def _fill_in(self, values: dict[str, Lookup]) -> None:
        """Add the keys that follow from the principal's ARN and from the resource's account.

        IAM User Guide, "AWS global condition context keys": a user name is sent for users only; the ARN
        of a session's principal is its role's.
        """
        caller = self.caller
        given = values.setdefault
        given("aws:principalarn", _principal_arn(caller))
        given("aws:principalaccount", _principal_account(caller))
        given("aws:principaltype", _one(PRINCIPAL_TYPES.get(caller.kind)))
        given("aws:username", _one(caller.user_name))
        if self.resource_account is not None:
            given("aws:resourceaccount", (self.resource_account,))


def _one(value: str | None) -> Lookup:
    return ABSENT if value is None else (value,)


def _principal_account(caller: Caller) -> Lookup:
    if caller.kind is CallerKind.ANONYMOUS:
        return ("anonymous",)
    return _one(caller.account if caller.has_identity_side else None)


def _principal_arn(caller: Caller) -> Lookup:
    if not caller.has_identity_side:
        return ABSENT
    if caller.kind is CallerKind.SESSION:
        return PRESENT if caller.role_arn is None else (caller.role_arn,)
    return (caller.arn,)


def _resource_arn(resource: str) -> Arn | None:
    """The resource's ARN, `None` for the `*` of an action that knows no resources."""
    if resource == "*":
        return None
    arn = parse_arn(resource)
    if arn is None:
        raise RequestError(f'resource is {resource!r}: it is an ARN, or "*" for an action without one')
    return arn


def _owner(request: Request, arn: Arn | None, caller: Caller) -> str | None:
    """The account that owns the resource, `None` where that cannot be told."""
    given = request.resource_account
    if given is not None and not is_account_id(given):
        raise RequestError(f"resourceAccount is {given!r}: it is twelve digits, in quotes")
    if arn is None:
        return caller.account if given is None else given
    if not is_account_id(arn.account):
        return given
    if arn.service in _ARN_TELLS_OWNER and given not in (None, arn.account):
        raise RequestError(f"resourceAccount is {given!r}, but the resource's ARN says {arn.account!r}")
    return arn.account if given is None else given


def _check_resource(action: str, arn: Arn | None) -> None:
    """Refuse a resource on which the action is never asked, and whose own policy would be missed."""
    if action in _ON_ROLES and not _is(arn, "iam", "role/"):
        raise RequestError(f"resource is no role, and {action} is asked on a role: give its ARN")
    if action in _ON_KEYS and not _is(arn, "kms", "key/"):
        raise RequestError(f"resource is no key, and {action} is asked on a key: give its ARN, not an alias")


def _is(arn: Arn | None, service: str, kind: str) -> bool:
    return arn is not None and arn.service == service and arn.resource.startswith(kind)
