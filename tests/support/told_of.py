"""Does a change, as it is told, speak of this request? As exactly as its texts permit."""

import re
from collections.abc import Iterable

from crossaccess.compare.change import Change, Effect, Subject
from crossaccess.compare.subjects import ANY, ANY_PRINCIPAL, EVERYONE, OF_ACCOUNTS, label_of
from crossaccess.decide.caller import CallerKind, classify
from crossaccess.decide.pattern import glob_of, resource_pattern_of
from crossaccess.decide.request import Request
from tests.support.picture_oracle import principal_of

_GAINS = (Effect.GAIN, Effect.UNKNOWN)
_OBJECTS = "arn:aws:s3:::box/"
_LIKE = re.compile(r"any account like (?P<pattern>.+)")
TOO_HARD = ("*",)
"""The actions of a change that says of a whole target that nothing can be told."""


def of_effect(changes: Iterable[Change], *, gains: bool) -> list[Change]:
    """The gains, with those that may be some; or the losses, with whatever cannot be told."""
    return [
        one
        for one in changes
        if (one.effect in _GAINS if gains else one.effect is Effect.LOSS) or tuple(one.actions) == TOO_HARD
    ]


def is_of_thing(change: Change, request: Request) -> bool:
    """Whether the change is about the request's action on its resource."""
    if change.target != target_of(request):
        return False
    if tuple(change.actions) == TOO_HARD:
        return True
    return request.action in change.actions and _is_of_place(change, request.resource)


def target_of(request: Request) -> str:
    """What a change calls the request's target."""
    service = request.action.partition(":")[0]
    return {"s3": "bucket box", "kms": "key 1234", "sts": "role reader"}[service]


def _is_of_place(change: Change, resource: str) -> bool:
    if not resource.startswith("arn:aws:s3:"):
        return not change.resources
    if not resource.startswith(_OBJECTS):
        # The bucket itself is not among the patterns of its objects.
        return True
    return _any_matches(change.resources, resource) and not _any_spares(change.spared, resource)


def _any_matches(patterns: Iterable[str], resource: str) -> bool:
    """Whether any of them may: whether a wildcard in the middle matches a colon AWS leaves open."""
    key = resource.removeprefix(_OBJECTS)
    return any(glob_of(p).matches(resource if p.startswith("arn:") else key) for p in patterns)


def _any_spares(patterns: Iterable[str], resource: str) -> bool:
    """Whether any of them matches for certain."""
    whole = (p if p.startswith("arn:") else f"{_OBJECTS}{p}" for p in patterns)
    return any(resource_pattern_of(p).matches(resource) for p in whole)


def is_named(subject: Subject, label: str, account: str) -> bool:
    """Whether it is this one principal."""
    return (subject.name, subject.account) == (label, account)


def takes_in(subject: Subject, request: Request) -> bool:
    """Whether the request's caller, of whom nobody knows anything, is one of these."""
    caller = classify(request.principal)
    if caller.kind is CallerKind.ANONYMOUS:
        return subject.name == EVERYONE
    if caller.kind is CallerKind.SERVICE:
        return subject.name in (request.principal, "any other service")
    if subject.account is None:
        who, _, accounts = subject.name.partition(OF_ACCOUNTS)
        found = _LIKE.fullmatch(f"any {accounts}")
        if found is not None and not all(
            glob_of(pattern).matches(str(caller.account)) for pattern in found["pattern"].split(" and ")
        ):
            return False
        if not accounts:
            return subject.name == "any principal of any account"
    elif subject.account == caller.account:
        who = subject.name
    else:
        return False
    who, *but = who.split(" but ")
    label = label_of(principal_of(request))
    spared = [pattern for listed in but for pattern in listed.split(" and ")]
    if any(glob_of(pattern).matches(label) for pattern in spared):
        return False
    kind = CallerKind.SESSION if caller.kind is CallerKind.ROLE else caller.kind
    return who in (ANY_PRINCIPAL, ANY[kind]) or glob_of(who).matches(label)
