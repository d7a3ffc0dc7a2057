"""One request, and the facts that follow from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crossaccess.decide.caller import PRINCIPAL_TYPES, Caller, CallerKind, RequestError, classify
from crossaccess.decide.context import ABSENT, PRESENT, UNKNOWN, Lookup, lower_keys
from crossaccess.policy.arn import is_account_id, parse_arn

# Services whose resources carry their owner's account in the ARN, which therefore cannot be another one.
_ARN_TELLS_OWNER = frozenset({"iam", "kms", "sts"})


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
        "resource_service",
    )

    def __init__(self, request: Request) -> None:
        """Raises `RequestError` where the request is none, or contradicts itself."""
        service, colon, name = request.action.partition(":")
        if not (service and colon and name) or "*" in request.action or "?" in request.action:
            raise RequestError(f'action is {request.action!r}: it is one action, such as "s3:GetObject"')
        self._values = lower_keys(request.context)
        self._missing: Lookup = ABSENT if request.context_complete else UNKNOWN
        self.action = request.action.lower()
        self.action_service = service.lower()
        self.caller = classify(request.principal, self._given_principal_arn())
        self.resource = request.resource
        self.resource_service, self.resource_account = _owner(request, self.caller)
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


def _owner(request: Request, caller: Caller) -> tuple[str, str | None]:
    """The service of the resource and the account that owns it, `None` where that cannot be told."""
    given = request.resource_account
    if given is not None and not is_account_id(given):
        raise RequestError(f"resourceAccount is {given!r}: it is twelve digits, in quotes")
    if request.resource == "*":
        return "", caller.account if given is None else given
    arn = parse_arn(request.resource)
    if arn is None:
        raise RequestError(
            f'resource is {request.resource!r}: it is an ARN, or "*" for an action without one'
        )
    if arn.service in _ARN_TELLS_OWNER and is_account_id(arn.account):
        if given not in (None, arn.account):
            raise RequestError(f"resourceAccount is {given!r}, but the resource's ARN says {arn.account!r}")
        return arn.service, arn.account
    if given is None and is_account_id(arn.account):
        return arn.service, arn.account
    return arn.service, given
