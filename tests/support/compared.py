"""Requests and sets of requests side by side: is this request in that set, and what does the core say?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from crossaccess.compare import key_set
from crossaccess.compare.allowed import Policies, allowed
from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.callers import PRINCIPAL_ARN, SESSION, CallerClass
from crossaccess.compare.carried import always_present, can_carry
from crossaccess.compare.difference import Found, gained
from crossaccess.compare.examples import request_in
from crossaccess.compare.realm import Realm, thing_of
from crossaccess.compare.statements import numbered
from crossaccess.compare.ties import broken_ties
from crossaccess.decide import Decision, Request, compile_document, decide
from crossaccess.decide import Policies as Compiled
from crossaccess.decide.caller import CallerKind
from crossaccess.policy.document import PolicyKind, parse_document

Json: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class State:
    """The policies of both sides as plain JSON."""

    identity: tuple[Json, ...] = ()
    resource: Json | None = None
    boundary: tuple[Json, ...] | None = None

    def symbolic(self) -> Policies:
        """The same for the comparison."""
        return Policies(
            identity=_numbered(self.identity, PolicyKind.IDENTITY, "identity policy"),
            boundary=None if self.boundary is None else _numbered(self.boundary, PolicyKind.BOUNDARY, "boundary"),
            resource=_numbered([] if self.resource is None else [self.resource], PolicyKind.RESOURCE, "bucket policy"),
        )

    def compiled(self) -> Compiled:
        """The same for the decision core."""
        resource = None if self.resource is None else parse_document(self.resource, PolicyKind.RESOURCE)
        return Compiled(
            identity=[compile_document(parse_document(one, PolicyKind.IDENTITY)) for one in self.identity],
            boundary=None
            if self.boundary is None
            else [compile_document(parse_document(one, PolicyKind.BOUNDARY)) for one in self.boundary],
            resource=None if resource is None else compile_document(resource),
        )

    def decision(self, request: Request) -> Decision:
        """What the core says."""
        return decide(request, self.compiled()).decision


def _numbered(documents, kind, name):
    return tuple(
        one
        for index, document in enumerate(documents, start=1)
        for one in numbered(parse_document(document, kind), f"{name} {index}")
    )


def differences(realm: Realm, old: State, new: State) -> tuple[Found, ...]:
    """What the new state allows and the old one does not."""
    return tuple(gained(realm, allowed(old.symbolic(), realm), allowed(new.symbolic(), realm)))


def can_be_made(request: Request, caller: CallerKind) -> Request:
    """The request without the keys that it cannot carry, and with those that it always carries."""
    always = {"aws:SecureTransport": ("true",), "aws:CurrentTime": ("2026-01-15T00:00:00Z",)}
    context = {
        key: tuple(values)
        for key, values in {**always, **request.context}.items()
        if values and can_carry(request.action, key, caller)
    }
    return Request(
        principal=request.principal,
        action=request.action,
        resource=request.resource,
        resource_account=request.resource_account,
        context=context,
    )


def values_of(request: Request, realm: Realm) -> dict[str, tuple[str, ...]]:
    """The values of each thing of a request of the realm."""
    values = {thing_of(key): tuple(found) for key, found in request.context.items()}
    values[RESOURCE] = (request.resource,)
    kind = realm.caller.kind
    if kind is CallerKind.SESSION:
        values[SESSION] = (request.principal.rpartition("/")[2],)
    elif realm.caller.has_identity_side:
        values[PRINCIPAL_ARN] = (request.principal,)
    if kind is CallerKind.USER:
        values["aws:username"] = (request.principal.rpartition("/")[2],)
    fixed = ("aws:principalaccount", "aws:principaltype", "aws:resourceaccount")
    for thing in fixed:
        found = realm.lookup(thing)
        values[thing] = found if isinstance(found, tuple) else ()
    return values


def is_in(values: Mapping[str, tuple[str, ...]], box: Box) -> bool:
    """Whether a request is in a box."""
    return all(key_set.holds(keys, values.get(thing, ())) for thing, keys in box.sides.items())


def is_found(request: Request, found: Iterable[Found], realm: Realm) -> Found | None:
    """The difference in which the request lies, the sure ones first."""
    values = values_of(request, realm)
    for one in found:
        if is_in(values, one.box) and not any(is_in(values, box) for box in one.spared):
            return one
    return None


def example_of(found: Found, realm: Realm) -> Request:
    """The request that a difference gives as its example."""
    made = request_in(found.example, realm, {})
    return Request(
        principal=str(made["principal"]),
        action=str(made["action"]),
        resource=str(made["resource"]),
        resource_account=str(made["resourceAccount"]),
        context=made["context"],
    )


def caller_class(principal: str, kind: CallerKind, account: str | None) -> CallerClass:
    """The class of just this caller."""
    return CallerClass(kind=kind, account=account, arn=None if principal == "*" else principal)


__all__ = [
    "State",
    "broken_ties",
    "can_be_made",
    "caller_class",
    "differences",
    "example_of",
    "is_found",
    "is_in",
    "values_of",
]
