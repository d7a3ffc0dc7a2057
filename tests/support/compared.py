"""Requests and sets of requests side by side: is this request in that set, and what does the core say?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crossaccess.compare import key_set
from crossaccess.compare.allowed import Policies, allowed
from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.callers import PRINCIPAL_ARN, SESSION
from crossaccess.compare.carried import always_present, can_carry, fixed_value
from crossaccess.compare.difference import Found, gained
from crossaccess.compare.examples import request_in
from crossaccess.compare.realm import Realm, thing_of
from crossaccess.compare.statements import Numbered, numbered
from crossaccess.decide import Decision, Request, compile_document, decide
from crossaccess.decide import Policies as Compiled
from crossaccess.decide.caller import CallerKind
from crossaccess.policy.document import PolicyKind, parse_document

Json: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The policies of both sides as plain JSON; `kind` is that of the resource's."""

    identity: tuple[Json, ...] = ()
    resource: Json | None = None
    boundary: tuple[Json, ...] | None = None
    kind: PolicyKind = PolicyKind.RESOURCE

    def symbolic(self) -> Policies:
        """The same for the comparison."""
        own = [] if self.resource is None else [self.resource]
        return Policies(
            identity=_numbered(self.identity, PolicyKind.IDENTITY, "identity policy"),
            boundary=None
            if self.boundary is None
            else _numbered(self.boundary, PolicyKind.BOUNDARY, "boundary"),
            resource=_numbered(own, self.kind, "resource policy"),
        )

    @property
    def documents(self) -> tuple[Json | None, ...]:
        """All of them."""
        return (*self.identity, *(self.boundary or ()), self.resource)

    def compiled(self) -> Compiled:
        """The same for the decision core."""
        resource = None if self.resource is None else parse_document(self.resource, self.kind)
        return Compiled(
            identity=[compile_document(parse_document(one, PolicyKind.IDENTITY)) for one in self.identity],
            boundary=None
            if self.boundary is None
            else [compile_document(parse_document(one, PolicyKind.BOUNDARY)) for one in self.boundary],
            resource=None if resource is None else compile_document(resource),
        )


def _numbered(documents: Sequence[Json], kind: PolicyKind, name: str) -> tuple[Numbered, ...]:
    return tuple(
        one
        for index, document in enumerate(documents, start=1)
        for one in numbered(parse_document(document, kind), f"{name} {index}")
    )


def differences(realm: Realm, old: State, new: State) -> tuple[Found, ...]:
    """What the new state allows and the old one does not."""
    return tuple(gained(realm, allowed(old.symbolic(), realm), allowed(new.symbolic(), realm)))


def decisions(requests: Iterable[Request], state: State) -> list[Decision]:
    """What the core says of each."""
    compiled = state.compiled()
    return [decide(request, compiled).decision for request in requests]


def carried(
    context: Mapping[str, Sequence[str]], action: str, caller: CallerKind, usual: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """The context without the keys that a request cannot carry, and with those that it always carries.

    `usual` are the values of the latter where the context has none, by key.
    """
    told = {key: tuple(values) for key, values in context.items() if can_carry(action, key, caller)}
    for key, value in usual.items():
        if always_present(key, action, caller):
            told.setdefault(key, (value,))
    for key in told:
        fixed = fixed_value(key, caller)
        if fixed is not None:
            told[key] = (fixed,)
    return told


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
    for thing in ("aws:principalaccount", "aws:principaltype", "aws:resourceaccount", "s3:resourceaccount"):
        found = realm.lookup(thing)
        if isinstance(found, tuple):
            values[thing] = found
    return values


def is_in(values: Mapping[str, tuple[str, ...]], box: Box) -> bool:
    """Whether a request is in a box."""
    return all(key_set.holds(keys, values.get(thing, ())) for thing, keys in box.sides.items())


def found_in(request: Request, found: Iterable[Found], realm: Realm) -> Found | None:
    """The difference in which the request lies, the sure ones first."""
    values = values_of(request, realm)
    for one in found:
        if is_in(values, one.box) and not any(is_in(values, box) for box in one.spared):
            return one
    return None


def example_of(found: Found, realm: Realm, keys: Iterable[str]) -> Request:
    """The request that a difference gives as its example, with the keys spelt as these."""
    if found.example is None:
        raise ValueError("a difference that is too hard to tell has no example")
    return request_of(request_in(found.example, realm, {thing_of(key): key for key in keys}))


def request_of(made: Mapping[str, object]) -> Request:
    """A case's request as the core takes it."""
    context = made["context"]
    if not isinstance(context, Mapping):
        raise TypeError("a context is an object")
    owner = made.get("resourceAccount")
    return Request(
        principal=str(made["principal"]),
        action=str(made["action"]),
        resource=str(made["resource"]),
        resource_account=None if owner is None else str(owner),
        context={key: (value,) if isinstance(value, str) else tuple(value) for key, value in context.items()},
    )
