"""One request decided by the decision core, from the statements that a comparison works with."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import cast

from crossaccess.compare.allowed import Policies
from crossaccess.compare.statements import Numbered
from crossaccess.decide import CompiledDocument, Request, compile_document, decide
from crossaccess.decide import Policies as Documents
from crossaccess.policy.document import EVERYONE, Document, Effect, PrincipalName, Statement

_WITH_VARIABLES, _WITHOUT = "2012-10-17", "2008-10-17"
_ANYTHING = Statement(effect=Effect.ALLOW, actions=("*",), resources=("*",))
NOT_THERE = "not allowed"


def decision_on(request: Mapping[str, object], policies: Policies | None) -> str:
    """What the decision core says of a case's request; where there are no policies, nobody is allowed.

    A side that is not known counts as one that allows everything.
    """
    if policies is None:
        return NOT_THERE
    account = request.get("resourceAccount")
    asked = Request(
        principal=str(request["principal"]),
        action=str(request["action"]),
        resource=str(request["resource"]),
        resource_account=None if account is None else str(account),
        context=cast("Mapping[str, list[str]]", request["context"]),
    )
    known = Documents(
        identity=_documents(policies.identity),
        boundary=None if policies.boundary is None else _documents(policies.boundary),
        session=_documents(None) if policies.identity is None else None,
        resource=_resource(policies.resource, asked.principal),
    )
    return decide(asked, known).decision.value


def _documents(statements: Iterable[Numbered] | None) -> list[CompiledDocument]:
    """The statements as documents, those with policy variables apart from those without.

    Where nobody knows them, one that allows everything.
    """
    if statements is None:
        return [compile_document(Document(statements=(_ANYTHING,)))]
    return [*_compiled(tuple(statements))]


@lru_cache(maxsize=256)
def _compiled(listed: tuple[Numbered, ...]) -> tuple[CompiledDocument, ...]:
    """Both states of a change mostly hold the same statements, and each example is decided in both."""
    found: list[CompiledDocument] = []
    for variables, version in ((True, _WITH_VARIABLES), (False, _WITHOUT)):
        mine = tuple(one.statement for one in listed if one.variables is variables)
        if mine:
            found.append(compile_document(Document(statements=mine, version=version)))
    return tuple(found)


def _resource(statements: tuple[Numbered, ...] | None, principal: str) -> CompiledDocument | None:
    """A resource has one policy, whose statements are of one version.

    One that is not known leaves all to the policies of the caller's account, and lets nobody in by itself.
    """
    if statements is not None:
        found = _documents(statements)
        return found[0] if found else None
    parts = principal.split(":")
    account = PrincipalName(type="AWS", value=parts[4]) if len(parts) > 4 else EVERYONE
    leaving = Statement(effect=Effect.ALLOW, principals=(account,), actions=("*",), resources=("*",))
    return compile_document(Document(statements=(leaving,)))
