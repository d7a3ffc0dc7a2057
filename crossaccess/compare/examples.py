"""A request out of a set of requests, as `crossaccess decide` takes it."""

from collections.abc import Mapping
from typing import Final

from crossaccess.compare import key_set
from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.callers import PRINCIPAL_ARN, SESSION, request_principal
from crossaccess.compare.line import Line, read_step
from crossaccess.compare.phrases import spelled
from crossaccess.compare.realm import NOW, Realm
from crossaccess.compare.rolls import with_listed

_TLS: Final = "aws:securetransport"
_FOLLOWS: Final = frozenset({RESOURCE, SESSION, PRINCIPAL_ARN, "aws:username", "aws:principaltype"})


def request_in(box: Box, realm: Realm, spelling: Mapping[str, str]) -> dict[str, object]:
    """A request of the box, which is not empty. `spelling` says how keys are written, by thing."""
    # Where policies ask for a key that every request has, the example has it too.
    things = dict.fromkeys((*box.sides, RESOURCE, PRINCIPAL_ARN, SESSION, _TLS, *spelling))
    values = {
        thing: key_set.example(box.sides[thing] if thing in box.sides else realm[thing]) or ()
        for thing in things
    }
    told = {thing: found[0] for thing, found in values.items() if found}
    context: dict[str, list[str]] = {}
    for thing, found in sorted(values.items()):
        if thing == NOW and found:
            context |= _moment(found[0])
        elif found and thing not in _FOLLOWS:
            context[spelled(thing, spelling)] = list(found)
    principal = request_principal(realm.caller, told)
    if ":assumed-role/" in principal:
        context["aws:PrincipalArn"] = [told[PRINCIPAL_ARN]]
    request: dict[str, object] = {
        "principal": principal,
        "action": realm.action,
        "resource": told[RESOURCE],
    }
    if realm.owner is not None:
        request["resourceAccount"] = realm.owner
    return {**request, "context": with_listed(context)}


def _moment(text: str) -> dict[str, list[str]]:
    """One moment under both of its names."""
    step = read_step(text, Line.MOMENT)
    return {"aws:CurrentTime": [text], "aws:EpochTime": [str(step)]}
