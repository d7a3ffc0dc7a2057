"""Whom `Principal` and `NotPrincipal` take in: held against the decision core, caller by caller."""

from collections.abc import Iterator
from itertools import product

import pytest

from crossaccess.compare import key_set
from crossaccess.compare.box import RESOURCE
from crossaccess.compare.callers import PRINCIPAL_ARN, SESSION, CallerClass
from crossaccess.compare.principals import Naming, namings
from crossaccess.compare.realm import Realm
from crossaccess.compare.shapes import literal
from crossaccess.compare.texts import of
from crossaccess.decide.caller import CallerKind, classify
from crossaccess.decide.principal import CompiledPrincipals, Way
from crossaccess.decide.request import Facts, Request
from crossaccess.decide.tri import MAYBE, NO, YES, Tri
from crossaccess.policy.document import Effect, PrincipalName, Statement

_MINE, _OTHER = "112233445566", "111111222222"
_OBJECT = "arn:aws:s3:::box/a"
_SERVICE = "logging.s3.amazonaws.com"
_PROVIDER = f"arn:aws:iam::{_OTHER}:oidc-provider/example.com"
_BOB, _ROOT = f"arn:aws:iam::{_MINE}:user/bob", f"arn:aws:iam::{_MINE}:root"
_ROLE, _RUN = f"arn:aws:iam::{_MINE}:role/team/r", f"arn:aws:sts::{_MINE}:assumed-role/r/run"
_ENTRIES = [
    ("*", "*"),
    *(("AWS", name) for name in ("*", _MINE, _OTHER, _ROOT, _BOB, _ROLE, _RUN, "AIDABOB", "AROAR")),
    ("AWS", f"arn:aws-cn:iam::{_MINE}:root"),
    ("AWS", f"arn:aws:iam::{_MINE}:role/r"),
    ("AWS", f"arn:aws:sts::{_OTHER}:assumed-role/r/run"),
    ("AWS", f"arn:aws:sts::{_MINE}:assumed-role/r"),
    ("AWS", f"arn:aws:sts::{_MINE}:federated-user/fred"),
    ("AWS", f"arn:aws:iam::{_MINE}:user/*"),
    ("CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
    ("Service", "*"),
    ("Service", _SERVICE),
    ("Service", "other.amazonaws.com"),
    ("Federated", _PROVIDER),
]
_PAIRS = [(_BOB, _ROOT), (_ROLE, _ROOT), (_RUN, _ROLE), (_RUN, _ROLE, _ROOT), (_BOB, "AIDABOB"), ("*", _BOB)]
_LISTS = [
    *((one,) for one in _ENTRIES),
    *(tuple(("AWS", name) for name in names) for names in _PAIRS),
    (("AWS", _ROOT), _ENTRIES[-5]),
]
# The principal of a request, with its role where it is a session; whoever has an account has a unique id.
_CALLERS: list[tuple[str, str | None, str | None]] = [
    (_BOB, None, "AIDABOB"),
    (_BOB, None, "AIDAELSE"),
    (f"arn:aws:iam::{_OTHER}:user/bob", None, "AIDAOTHER"),
    (_RUN, _ROLE, "AROAR:run"),
    (f"arn:aws:sts::{_MINE}:assumed-role/r/other", f"arn:aws:iam::{_MINE}:role/r", "AROAELSE:other"),
    (f"arn:aws:sts::{_MINE}:federated-user/fred", None, f"{_MINE}:fred"),
    (_ROOT, None, _MINE),
    ("*", None, None),
    (_SERVICE, None, None),
    (_PROVIDER, None, None),
]


def _classes(principal: str, role: str | None) -> Iterator[CallerClass]:
    """The classes that the caller belongs to: of all of its kind in its account, and of itself alone."""
    caller = classify(principal, role)
    own = caller.role_arn or caller.arn
    anonymous = caller.kind is CallerKind.ANONYMOUS
    yield CallerClass(kind=caller.kind, account=caller.account, arn=None if anonymous else own)
    if caller.kind in (CallerKind.USER, CallerKind.SESSION, CallerKind.FEDERATED_USER):
        yield CallerClass(kind=caller.kind, account=caller.account)


def _request(principal: str, role: str | None, unique: str | None) -> Request:
    context = {"aws:PrincipalArn": [role]} if role else {}
    if unique is not None:
        context["aws:userid"] = [unique]
    return Request(
        principal=principal,
        action="s3:GetObject",
        resource=_OBJECT,
        resource_account=_OTHER,
        context=context,
    )


def _values(request: Request, role: str | None, unique: str | None) -> dict[str, tuple[str, ...]]:
    caller = classify(request.principal, role)
    own = (role or request.principal,) if caller.has_identity_side else ()
    name = (request.principal.rpartition("/")[2],) if caller.kind is CallerKind.SESSION else ()
    return {PRINCIPAL_ARN: own, SESSION: name, "aws:userid": () if unique is None else (unique,)}


def _said(found: list[Naming], way: Way, values: dict[str, tuple[str, ...]]) -> Tri:
    mine = [
        one.sure
        for one in found
        if one.way is way
        and all(key_set.holds(keys, values[thing]) for thing, keys in one.callers.sides.items())
    ]
    return YES if True in mine else MAYBE if mine else NO


@pytest.mark.parametrize("excepted", [False, True], ids=["Principal", "NotPrincipal"])
@pytest.mark.parametrize("effect", [Effect.ALLOW, Effect.DENY])
@pytest.mark.parametrize(
    ("principal", "role", "unique"), _CALLERS, ids=[f"{one[0]} {one[2]}" for one in _CALLERS]
)
def test_a_caller_is_taken_in_as_the_decision_core_takes_it(
    principal: str, role: str | None, unique: str | None, effect: Effect, *, excepted: bool
) -> None:
    """In the same way and as surely, by every kind of entry, with a permissions boundary and without."""
    request = _request(principal, role, unique)
    facts, values = Facts(request), _values(request, role, unique)
    for entries, caller, bounded in product(_LISTS, _classes(principal, role), (False, True)):
        names = tuple(PrincipalName(type=type_, value=value) for type_, value in entries)
        statement = Statement(
            effect=effect,
            principals=None if excepted else names,
            not_principals=names if excepted else None,
            actions=("*",),
        )
        realm = Realm(action="s3:GetObject", caller=caller, owner=_OTHER, resources=of(literal(_OBJECT)))
        found = list(namings(statement, caller, realm, bounded=bounded))
        compiled = CompiledPrincipals(names, excepted=excepted, allows=effect is Effect.ALLOW)
        expected = compiled.ways(facts, bounded=bounded)
        told = tuple(_said(found, way, values) for way in Way)
        assert told == expected, (entries, caller, bounded)
        assert all(RESOURCE not in one.callers.sides for one in found)
