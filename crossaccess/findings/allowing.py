"""What is allowed: more than anybody can name, or more than another account should have."""

from collections.abc import Iterator, Sequence
from typing import Final

from crossaccess.decide.pattern import completed_arn, glob_of, resource_pattern_of
from crossaccess.decide.statement import CompiledStatement
from crossaccess.decide.template import Variable, pieces_of
from crossaccess.deployment.picture import Picture
from crossaccess.findings.catalogue import (
    NOT_ACTION,
    NOT_RESOURCE,
    POLICY_GIVEN_AWAY,
    WILDCARD_ACTIONS,
)
from crossaccess.findings.finding import Finding
from crossaccess.findings.naming import may_let_outsiders_in
from crossaccess.findings.places import LETS_IN, Place, PlaceKind
from crossaccess.policy.document import Statement

_WRITING: Final = {PlaceKind.BUCKET: "s3:PutBucketPolicy", PlaceKind.KEY: "kms:PutKeyPolicy"}
"""The action that writes the policy of each."""
_SERVICES: Final = ("s3", "kms", "sts")
_MOST: Final = 4


def what_is_allowed(picture: Picture, places: Sequence[Place]) -> Iterator[Finding]:
    """What is wrong with the actions and resources of statements that allow."""
    buckets = tuple(one.arn for one in picture.buckets)
    opened = {
        (one.about, one.account)
        for one in places
        if one.kind is PlaceKind.ROLE
        if any(may_let_outsiders_in(statement, one.account) for statement in one.allowing)
    }
    for place in places:
        if place.kind is PlaceKind.BOUNDARY:
            # It allows nothing by itself: it is where what is allowed elsewhere ends.
            continue
        for statement in place.allowing:
            yield from _by_exception(place, statement)
            if place.kind in LETS_IN and may_let_outsiders_in(statement, place.account):
                arns = () if place.kind is PlaceKind.ROLE else (place.arn or "*",)
                yield from _across(place, statement, arns, "another account")
            elif place.kind is PlaceKind.PRINCIPAL and (place.about, place.account) in opened:
                yield from _across(place, statement, buckets, "the role, which another account may assume,")


def _by_exception(place: Place, statement: CompiledStatement) -> Iterator[Finding]:
    source = statement.source
    if source.not_actions is not None:
        message = f"all actions but {_listed(source.not_actions)} are allowed"
        yield place.finding(NOT_ACTION, message, statement)
    if source.not_resources is not None:
        message = f"all resources but {_listed(source.not_resources)} are meant"
        yield place.finding(NOT_RESOURCE, message, statement)


def _across(place: Place, statement: CompiledStatement, arns: Sequence[str], who: str) -> Iterator[Finding]:
    """What a statement gives to another account; `arns` are those whose policy must not be among it."""
    source = statement.source
    certain = place.account is not None
    action = _WRITING.get(place.kind, _WRITING[PlaceKind.BUCKET])
    if any(allows(source, action, arn) for arn in arns):
        named = _listed(source.actions) if source.actions is not None else "all actions but a few"
        message = f"{who} may {action}, by {named}"
        yield place.finding(POLICY_GIVEN_AWAY, message, statement, certain=certain)
        return
    wild = [one for one in source.actions or () if _is_wild(one)]
    if wild:
        message = f"{who} is allowed {_listed(wild)}"
        yield place.finding(WILDCARD_ACTIONS, message, statement, certain=certain)


def allows(statement: Statement, action: str, arn: str) -> bool:
    """Whether a statement may be about an action on a resource, whatever its conditions say."""
    asked = action.lower()
    if statement.actions is not None:
        acts = any(glob_of(one.lower()).matches(asked) for one in statement.actions)
    else:
        acts = not any(glob_of(one.lower()).matches(asked) for one in statement.not_actions or ())
    if not acts:
        return False
    if statement.not_resources is not None:
        return not any(resource_pattern_of(one).matches(arn) for one in statement.not_resources)
    return any(_may_be(one, arn) for one in statement.resources or ("*",))


def _may_be(named: str, arn: str) -> bool:
    """Whether a resource's pattern may mean an ARN: a variable in it stands for anything."""
    pieces = pieces_of(completed_arn(named), wildcards=False, variables=True)
    pattern = "".join("*" if isinstance(one, Variable) else str(one) for one in pieces)
    return arn == "*" or resource_pattern_of(pattern).matches(arn)


def _is_wild(action: str) -> bool:
    """Whether an action of the services here is named by a wildcard."""
    if "*" not in action and "?" not in action:
        return False
    service = glob_of(action.partition(":")[0].lower())
    return any(map(service.matches, _SERVICES))


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_MOST])
    return shown if len(texts) <= _MOST else f"{shown} and {len(texts) - _MOST} more"
