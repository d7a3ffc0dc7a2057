"""One request on the way, and the policies by which it is decided."""

from collections.abc import Iterator
from dataclasses import dataclass

from crossaccess.decide import CompiledDocument, Policies, compile_document
from crossaccess.explain.circumstances import Scene, Values
from crossaccess.explain.held import Attached, Level, Owned, Read
from crossaccess.explain.result import Part
from crossaccess.policy.document import Document, Effect, PrincipalName, Statement

_ANYTHING = compile_document(
    Document(statements=(Statement(effect=Effect.ALLOW, actions=("*",), resources=("*",)),))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request on the way: who asks what of whose resource, by which policies."""

    scene: Scene
    caller: Attached
    action: str
    resource: str
    owned: Owned
    part: Part
    more: Values


def policies_of(asking: Asking) -> Policies:
    """The policies of both sides that can be read."""
    caller, owned = asking.caller, asking.owned.policy
    boundary = caller.boundary
    return Policies(
        identity=[one.document for one in caller.identity if one.document is not None],
        boundary=None if boundary is None else [boundary.document] if boundary.document is not None else [],
        resource=None if owned is None else owned.document,
        scp=[_of_level(one) for one in caller.scp],
        rcp=[_of_level(one) for one in asking.owned.rcp],
    )


def _of_level(level: Level) -> list[CompiledDocument]:
    return [one.document for one in level.policies if one.document is not None]


def at_best(asking: Asking, known: Policies) -> Policies:
    """The same, if all that nobody can read allowed everything."""
    caller, owned = asking.caller, asking.owned.policy
    boundary = caller.boundary
    closed = caller.missing is not None or any(one.document is None for one in caller.identity)
    return Policies(
        identity=[*known.identity, *([_ANYTHING] if closed else [])],
        session=[_ANYTHING] if caller.is_federated else known.session,
        boundary=[_ANYTHING] if boundary is not None and boundary.document is None else known.boundary,
        resource=_open_to(caller) if owned is not None and owned.document is None else known.resource,
        scp=[_opened(level, _ANYTHING) for level in caller.scp],
        rcp=[_opened(level, _open_to(caller)) for level in asking.owned.rcp],
    )


def _opened(level: Level, opening: CompiledDocument) -> list[CompiledDocument]:
    closed = any(one.document is None for one in level.policies)
    return [*_of_level(level), *([opening] if closed else [])]


def _open_to(caller: Attached) -> CompiledDocument:
    """A resource's policy that leaves everything to the caller's account."""
    account = PrincipalName(type="AWS", value=caller.account or "*")
    leaving = Statement(effect=Effect.ALLOW, principals=(account,), actions=("*",), resources=("*",))
    return compile_document(Document(statements=(leaving,)))


def _reads(asking: Asking) -> Iterator[Read]:
    yield from asking.caller.identity
    yield from (one for one in (asking.caller.boundary, asking.owned.policy) if one is not None)
    yield from (one for level in (*asking.caller.scp, *asking.owned.rcp) for one in level.policies)


def documents_of(asking: Asking) -> Iterator[CompiledDocument]:
    """All documents that can be read."""
    return (one.document for one in _reads(asking) if one.document is not None)


def unread_of(asking: Asking) -> Iterator[bool]:
    """Of each policy that counts, whether nobody can read it."""
    yield asking.caller.missing is not None
    yield from (one.document is None for one in _reads(asking))
