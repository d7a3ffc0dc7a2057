"""Requests of which about half are what some grants allow, and the others nearly."""

import dataclasses
import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from crossaccess.policy.access import ACTIONS, Scope
from crossaccess.policy.grant import Grant
from tests.support.both_sides import KEY
from tests.support.cast import CALLERS, REQUESTERS
from tests.support.meaning import FOREIGN_KEY, NOW, Circumstances, Question, names

KEYS = ("a/x", "a/b/x", "ab/x", "a-b/x", "a:b/x", "b a/x", "a", "a/", "a/*", "a/x:y", "A/x", "b/a/x", "/a/x")
LISTED = (None, "", "a", "a/", "a/b", "a/b/", "ab/", "a-b/c", "*", "A/")


_CHANGES: dict[str, Sequence[object]] = {
    "tls": (False,),
    "mfa_age": (None, 60, 61, 3600, 3601),
    "time": tuple(NOW + dt.timedelta(seconds=seconds) for seconds in (-1, 1, 900 * 24 * 3600)),
    "writes_under": (KEY, FOREIGN_KEY),
    "external_id": (None, "external-1", "external-2"),
    "source_identity": (None, "bob", "carol", "dave"),
    "tags": (
        (),
        (("team", "data"),),
        (("team", "web"),),
        (("team", "data"), ("stage", "live")),
        (("Team", "data"),),
    ),
}
"""What may be otherwise in the circumstances of a request."""
_WAYS = (
    *(
        ("address", one)
        for one in ("203.0.113.7", "203.0.114.1", "198.51.100.1", "2001:db8::7", "2001:db9::7")
    ),
    *(("endpoint", one) for one in ("vpce-0a1b2c3d4e5f60718", "vpce-0a1b2c3d4e5f60719")),
)
_ALSO = ("caller", "caller", "action", "where", "where", "where", "network")


def question(grants: Sequence[Grant], by: random.Random) -> Question:
    """A request that some grant is likely to allow, with none, one or two things changed."""
    grant = by.choice(grants)
    action = by.choice(grant.actions)
    asked = Question(
        caller=by.choice([one for one in CALLERS if names(grant, one)] or CALLERS),
        action=action,
        where=_under(grant.prefixes, action, by),
        how=_fitting(grant, by),
    )
    likely = [*_ALSO, *_CHANGES, *_asked_for(grant) * 3]
    for change in by.sample(likely, by.choice((0, 0, 1, 1, 2))):
        asked = _changed(asked, change, by)
    return asked


def _asked_for(grant: Grant) -> list[str]:
    """The circumstances that a grant asks about: changes of these tell most."""
    asked = grant.conditions
    found = {
        "network": asked.source_ip or asked.s3_endpoints,
        "mfa_age": asked.mfa,
        "time": asked.expires,
        "external_id": asked.external_id,
        "source_identity": asked.source_identity,
        "tags": asked.session_tags,
    }
    return [name for name, value in found.items() if value]


def _under(prefixes: tuple[str, ...], action: str, by: random.Random) -> str | None:
    scope = ACTIONS[action].scope
    if not prefixes or scope not in (Scope.OBJECTS, Scope.LISTING):
        return _anywhere(action, by)
    return f"{by.choice(prefixes)}{'x' if scope is Scope.OBJECTS else ''}"


def _anywhere(action: str, by: random.Random) -> str | None:
    scope = ACTIONS[action].scope
    if scope is Scope.OBJECTS:
        return by.choice(KEYS)
    return by.choice(LISTED) if scope is Scope.LISTING else None


def _fitting(grant: Grant, by: random.Random) -> Circumstances:
    """Circumstances in which a grant holds, as far as any do."""
    asked = grant.conditions
    how = Circumstances(
        mfa_age=None if asked.mfa is None else 60,
        external_id=asked.external_id,
        source_identity=asked.source_identity[0] if asked.source_identity else None,
        tags=tuple((name, values[0]) for name, values in asked.session_tags),
    )
    ways = [
        *(("address", network.split("/")[0]) for network in asked.source_ip),
        *(("endpoint", one) for one in (*asked.s3_endpoints, *asked.sts_endpoints)),
    ]
    return _by_way(how, by.choice(ways)) if ways else how


def _by_way(how: Circumstances, way: tuple[str, str]) -> Circumstances:
    """A request comes from an address or through an endpoint, never both."""
    kind, value = way
    address, endpoint = (value, None) if kind == "address" else (None, value)
    return dataclasses.replace(how, address=address, endpoint=endpoint)


def _changed(asked: Question, change: str, by: random.Random) -> Question:
    if change == "where":
        return dataclasses.replace(asked, where=_anywhere(asked.action, by))
    if change == "caller":
        # Mostly somebody of another account than the bucket's, who has or could have policies.
        return dataclasses.replace(asked, caller=by.choice((*CALLERS, *REQUESTERS, *REQUESTERS)))
    if change == "action":
        action = by.choice(tuple(ACTIONS))
        return dataclasses.replace(asked, action=action, where=_anywhere(action, by))
    if change == "network":
        return dataclasses.replace(asked, how=_by_way(asked.how, by.choice(_WAYS)))
    # Any: the fields of circumstances are of several types.
    other: dict[str, Any] = {change: by.choice(_CHANGES[change])}
    return dataclasses.replace(asked, how=dataclasses.replace(asked.how, **other))
