"""Random policies and requests for the properties: few names of each kind, so that things overlap."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st

from crossaccess.decide import Answer, CompiledDocument, Policies, Request, compile_document, decide
from crossaccess.policy.document import PolicyKind, parse_document

Json: TypeAlias = dict[str, object]

OWNER, REQUESTER = "111111222222", "112233445566"
ALICE = f"arn:aws:iam::{OWNER}:user/alice"
BOB, CAROL = f"arn:aws:iam::{REQUESTER}:user/bob", f"arn:aws:iam::{REQUESTER}:user/team/carol"
ROLE, SESSION = f"arn:aws:iam::{OWNER}:role/team/reader", f"arn:aws:sts::{OWNER}:assumed-role/reader/run"
ROOTS = [f"arn:aws:iam::{account}:root" for account in (OWNER, REQUESTER)]
SERVICE = "cloudtrail.amazonaws.com"

callers = st.sampled_from([ALICE, BOB, BOB, CAROL, SESSION, *ROOTS, "*", SERVICE])
users = st.sampled_from([BOB, CAROL])
actions = st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:PutBucketPolicy"])
targets = st.sampled_from(
    ["arn:aws:s3:::box", "arn:aws:s3:::box/a/x", "arn:aws:s3:::box/bob/x", "arn:aws:s3:::b"]
)

_action_patterns = st.sampled_from(
    ["s3:GetObject", "s3:PutObject", "s3:Get*", "S3:*OBJECT", "s3:?utObject", "s3:*", "*", "s3:List*"]
)
_resource_patterns = st.sampled_from(
    [
        "arn:aws:s3:::box",
        "arn:aws:s3:::box/*",
        "arn:aws:s3:::box/a/*",
        "arn:aws:s3:::b??/*",
        "arn:aws:s3:::*",
        "*",
        "arn:aws:s3:::box*",
        "arn:aws:s3:::box/${aws:username}/*",
        "arn:aws:s3:::box/${aws:PrincipalTag/team, 'a'}/*",
    ]
)
_plain_resource_patterns = _resource_patterns.filter(lambda pattern: "$" not in pattern)
_named = st.sampled_from([ALICE, BOB, CAROL, ROLE, SESSION, *ROOTS, OWNER, REQUESTER])

# One key for each kind of value: the operators that fit it, values for policies and values of requests.
KINDS: dict[str, tuple[list[str], list[str], list[str]]] = {
    "s3:prefix": (
        ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"],
        ["a", "a*", "?", "A", "", "${aws:username}"],
        ["a", "ab", "A", "", "bob"],
    ),
    "aws:SecureTransport": (["Bool"], ["true", "false"], ["true", "false"]),
    "s3:max-keys": (
        ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"],
        ["9", "10", "10.5"],
        ["9", "10", "11"],
    ),
    "aws:CurrentTime": (
        ["DateLessThan", "DateGreaterThan", "DateEquals", "DateNotEquals"],
        ["2026-01-01T00:00:00Z", "1767225600"],
        ["2025-12-31T00:00:00Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"],
    ),
    "aws:SourceIp": (
        ["IpAddress", "NotIpAddress"],
        ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32"],
        ["203.0.113.7", "198.51.100.1", "2001:db8::1"],
    ),
    "aws:PrincipalArn": (
        ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringEquals", "StringNotLike"],
        [BOB, CAROL, ROLE, f"arn:aws:iam::{REQUESTER}:user/*", "arn:aws:iam::*:*"],
        [],
    ),
    "aws:TagKeys": (
        [
            f"{every}:{operator}"
            for every in ("ForAllValues", "ForAnyValue")
            for operator in ("StringEquals", "StringLike")
        ]
        + ["ForAllValues:StringNotEquals", "ForAnyValue:StringNotEquals"],
        ["a", "b", "a*"],
        ["a", "ab", "b"],
    ),
}
_told_keys = [key for key, (_operators, _values, given) in KINDS.items() if given]


def _lists(items: st.SearchStrategy[str]) -> st.SearchStrategy[str | list[str]]:
    return items | st.lists(items, min_size=1, max_size=3, unique=True)


@st.composite
def conditions(draw: st.DrawFn) -> Json:
    """Up to two conditions, each with an operator and values that fit its key."""
    block: dict[str, dict[str, object]] = {}
    for key in draw(st.lists(st.sampled_from(list(KINDS)), max_size=2, unique=True)):
        operators, values, _given = KINDS[key]
        if draw(st.integers(0, 5)) == 0:
            operator, value = "Null", draw(st.sampled_from(["true", "false"]))
            block.setdefault(operator, {})[key] = value
            continue
        operator = draw(st.sampled_from(operators)) + draw(st.sampled_from(["", "", "IfExists"]))
        block.setdefault(operator, {})[key] = draw(_lists(st.sampled_from(values)))
    return dict(block)


_principals: st.SearchStrategy[object] = st.one_of(
    st.just("*"),
    st.builds(lambda names: {"AWS": names}, _lists(_named)),
    st.just({"Service": SERVICE}),
)


@st.composite
def statements(
    draw: st.DrawFn, *, principal: bool = False, conditional: bool = True, effect: str | None = None
) -> Json:
    """One statement; with a `Principal` (or, where it denies, a `NotPrincipal`) for resource policies."""
    statement: Json = {"Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    if principal:
        excepting = conditional and statement["Effect"] == "Deny" and draw(st.integers(0, 4)) == 0
        statement["NotPrincipal" if excepting else "Principal"] = draw(_principals)
        if excepting and statement["NotPrincipal"] == "*":
            statement["NotPrincipal"] = {"AWS": [BOB, ROOTS[1]]}
    patterns = _resource_patterns if conditional else _plain_resource_patterns
    statement[draw(st.sampled_from(["Action", "Action", "Action", "NotAction"]))] = draw(
        _lists(_action_patterns)
    )
    statement[draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]))] = draw(
        _lists(patterns)
    )
    if conditional and (block := draw(conditions())):
        statement["Condition"] = block
    return statement


@st.composite
def documents(draw: st.DrawFn, *, principal: bool = False, conditional: bool = True) -> Json:
    """A document of one to three statements."""
    count = st.lists(statements(principal=principal, conditional=conditional), min_size=1, max_size=3)
    return {"Version": draw(st.sampled_from(["2012-10-17"] * 4 + ["2008-10-17"])), "Statement": draw(count)}


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, list[str]]:
    """Values for some of the keys that the conditions ask for."""
    told: dict[str, list[str]] = {}
    for key in draw(st.lists(st.sampled_from(_told_keys), max_size=4, unique=True)):
        values = st.sampled_from(KINDS[key][2])
        told[key] = (
            draw(st.lists(values, max_size=2, unique=True)) if key == "aws:TagKeys" else [draw(values)]
        )
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Policies as plain JSON, so that a property can change them, and a request."""

    caller: str
    action: str
    target: str
    context: Mapping[str, list[str]]
    identity: tuple[Json, ...] = ()
    resource: Json | None = None
    boundary: tuple[Json, ...] | None = None
    session: tuple[Json, ...] | None = None
    endpoint: Json | None = None
    scp: tuple[tuple[Json, ...], ...] = ()
    rcp: tuple[tuple[Json, ...], ...] = ()
    complete: bool = field(default=True)

    def answer(self) -> Answer:
        """What the core says."""
        context = dict(self.context)
        if self.caller == SESSION:
            context.setdefault("aws:PrincipalArn", [ROLE])
        return decide(
            Request(
                principal=self.caller,
                action=self.action,
                resource=self.target,
                resource_account=OWNER,
                context=context,
                context_complete=self.complete,
            ),
            Policies(
                identity=_compiled(self.identity, PolicyKind.IDENTITY),
                resource=_maybe(self.resource, PolicyKind.RESOURCE),
                boundary=None if self.boundary is None else _compiled(self.boundary, PolicyKind.BOUNDARY),
                session=None if self.session is None else _compiled(self.session, PolicyKind.SESSION),
                endpoint=_maybe(self.endpoint, PolicyKind.ENDPOINT),
                scp=[_compiled(level, PolicyKind.SCP) for level in self.scp],
                rcp=[_compiled(level, PolicyKind.RCP) for level in self.rcp],
            ),
        )


def _compiled(sources: tuple[Json, ...], kind: PolicyKind) -> list[CompiledDocument]:
    return [compile_document(parse_document(source, kind)) for source in sources]


def _maybe(source: Json | None, kind: PolicyKind) -> CompiledDocument | None:
    return None if source is None else compile_document(parse_document(source, kind))


_full: Json = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_full_rcp: Json = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
_rcp_denies: st.SearchStrategy[Json] = statements(effect="Deny").map(
    lambda statement: {"Version": "2012-10-17", "Statement": [{**statement, "Principal": "*"}]}
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A request and policies of both sides; the layers that limit are there now and then."""
    rarely = st.integers(0, 3).map(lambda number: number == 0)
    plain = documents()
    return Situation(
        caller=draw(callers),
        action=draw(actions),
        target=draw(targets),
        context=draw(contexts()),
        identity=tuple(draw(st.lists(plain, max_size=2))),
        resource=draw(st.none() | documents(principal=True)),
        boundary=(draw(plain),) if draw(rarely) else None,
        session=(draw(plain),) if draw(rarely) else None,
        endpoint=draw(documents(principal=True)) if draw(rarely) else None,
        scp=((_full, draw(plain)),) if draw(rarely) else (),
        rcp=((_full_rcp, draw(_rcp_denies)),) if draw(rarely) else (),
    )
