"""Many cases as JSON lines: each line one request with its policies, each answer one line.

    {"name": …, "request": {"principal", "action", "resource", "resourceAccount", "context"},
     "policies": {"identity", "resource", "boundary", "session", "endpoint", "scp", "rcp"}}

The answer is `{"name", "decision", "reasons"}`, or `{"name", "error"}` for a line that is no case.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from crossaccess.decide.answer import decide
from crossaccess.decide.caller import RequestError
from crossaccess.decide.evaluate import Policies
from crossaccess.decide.request import Request
from crossaccess.decide.statement import CompiledDocument, compile_document
from crossaccess.policy.document import PolicyError, PolicyKind, load_json, parse_document

Answer: TypeAlias = dict[str, object]

_CASE_KEYS = {key.lower(): key for key in ("name", "request", "policies", "contextComplete")}
_REQUEST_KEYS = frozenset(
    {"principal", "action", "resource", "resourceAccount", "context", "contextComplete"}
)
_POLICY_KEYS = frozenset({"identity", "resource", "boundary", "session", "endpoint", "scp", "rcp"})


class CaseError(ValueError):
    """A line that is no case. The message says which key, and what would be right."""


def answer_lines(lines: Iterable[bytes]) -> Iterator[Answer]:
    """Answer each line that is not blank, in order."""
    return (answer_line(line) for line in lines if line.strip())


def answer_line(line: str | bytes) -> Answer:
    """Answer one line. A line that is no case is answered with its error."""
    name: object = None
    try:
        case = _case(load_json(line))
        name = case.get("name")
        answer = decide(_request(case), _policies(case))
    except (CaseError, PolicyError, RequestError) as error:
        return {"name": name, "error": str(error)}
    return {"name": name, "decision": answer.decision.value, "reasons": list(answer.reasons)}


def write_answer(answer: Answer) -> str:
    """One answer as a line of JSON, without the line feed."""
    return json.dumps(answer, separators=(", ", ": "))


def _case(data: object) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise CaseError('a case is a JSON object with "request" and "policies"')
    if not isinstance(data.get("name"), str | None):
        raise CaseError("name is no string")
    for key in data:
        # Keys of one's own may stand beside ours; one of ours in another spelling would be passed over.
        right = _CASE_KEYS.get(key.lower())
        if right not in (None, key):
            raise CaseError(f"{key!r} is spelt {right!r}")
    return data


def _request(case: Mapping[str, object]) -> Request:
    data = case.get("request")
    if not isinstance(data, dict):
        raise CaseError('request is missing: {"principal", "action", "resource", …}')
    _no_unknown(data, _REQUEST_KEYS, "request")
    account = data.get("resourceAccount")
    if account is not None and not isinstance(account, str):
        raise CaseError(f"request.resourceAccount is {account!r}: it is twelve digits, in quotes")
    # Either place may say it; the stricter word holds.
    said = (data.get("contextComplete", True), case.get("contextComplete", True))
    for word in said:
        if not isinstance(word, bool):
            raise CaseError(f"contextComplete is {word!r}: it is true or false")
    return Request(
        principal=_text(data, "principal"),
        action=_text(data, "action"),
        resource=_text(data, "resource"),
        resource_account=account,
        context=_context(data.get("context")),
        context_complete=all(said),
    )


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise CaseError(f"request.{key} is {'missing' if value is None else repr(value)}: it is a string")
    return value


def _context(data: object) -> dict[str, tuple[str, ...]]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise CaseError('request.context is no object: {"aws:SecureTransport": ["true"], …}')
    return {key: _values(key, value) for key, value in data.items()}


def _values(key: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    for index, entry in enumerate(listed):
        if isinstance(entry, bool):
            listed = [*listed[:index], "true" if entry else "false", *listed[index + 1 :]]
        elif isinstance(entry, int):
            listed = [*listed[:index], str(entry), *listed[index + 1 :]]
        elif not isinstance(entry, str):
            raise CaseError(f"request.context {key!r} holds {entry!r}: its values are strings")
    return tuple(listed)


def _policies(case: Mapping[str, object]) -> Policies:
    data = case.get("policies")
    if not isinstance(data, dict):
        raise CaseError('policies is missing: {"identity": […], "resource": …, …}')
    _no_unknown(data, _POLICY_KEYS, "policies")
    boundary = data.get("boundary")
    session = data.get("session")
    return Policies(
        identity=_documents(data.get("identity"), PolicyKind.IDENTITY, "identity"),
        resource=_document(data.get("resource"), _resource_kind(case), "resource"),
        boundary=None if boundary is None else _documents(boundary, PolicyKind.BOUNDARY, "boundary"),
        session=None if session is None else _documents(session, PolicyKind.SESSION, "session"),
        endpoint=_document(data.get("endpoint"), PolicyKind.ENDPOINT, "endpoint"),
        scp=_levels(data.get("scp"), PolicyKind.SCP, "scp"),
        rcp=_levels(data.get("rcp"), PolicyKind.RCP, "rcp"),
    )


def _resource_kind(case: Mapping[str, object]) -> PolicyKind:
    """The policy of a role is its trust policy where somebody wants to become that role."""
    request = case["request"]
    if isinstance(request, dict):
        resource = str(request.get("resource")).split(":", 5)
        asks_sts = str(request.get("action")).lower().startswith("sts:")
        if asks_sts and len(resource) == 6 and resource[2] == "iam" and resource[5].startswith("role/"):
            return PolicyKind.TRUST
    return PolicyKind.RESOURCE


def _levels(data: object, kind: PolicyKind, path: str) -> list[list[CompiledDocument]]:
    levels = _list(data, path, "one list of documents per level of the organization")
    return [_documents(level, kind, f"{path}[{index}]") for index, level in enumerate(levels)]


def _documents(data: object, kind: PolicyKind, path: str) -> list[CompiledDocument]:
    listed = _list(data, path, "a list of policy documents")
    return [_compiled(entry, kind, _indexed(path, index)) for index, entry in enumerate(listed)]


def _indexed(path: str, index: int) -> Callable[[], str]:
    return lambda: f"{path}[{index}]"


def _list(data: object, path: str, meaning: str) -> list[object]:
    if data is None:
        return []
    if not isinstance(data, list):
        raise CaseError(f"policies.{path} is no list: it is {meaning}")
    return data


def _document(data: object, kind: PolicyKind, path: str) -> CompiledDocument | None:
    return None if data is None else _compiled(data, kind, lambda: path)


def _compiled(data: object, kind: PolicyKind, path: Callable[[], str]) -> CompiledDocument:
    if not isinstance(data, dict):
        raise CaseError(f"policies.{path()} is no policy document: a JSON object")
    try:
        return compile_document(parse_document(data, kind))
    except PolicyError as error:
        raise CaseError(f"policies.{path()}: {error}") from None


def _no_unknown(data: Mapping[str, object], known: frozenset[str], path: str) -> None:
    for key in data:
        if key not in known:
            raise CaseError(f"{path} has the unknown key {key!r}: it has {', '.join(sorted(known))}")
