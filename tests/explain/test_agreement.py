"""Explanations decide as `verify` expects of AWS, which is worked out apart from them, on random stacks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from hypothesis import given, settings

from crossaccess.decide import Decision
from crossaccess.deployment.picture import Grant
from crossaccess.explain.circumstances import Circumstances, checked
from crossaccess.explain.explaining import explain
from crossaccess.explain.question import read_question
from crossaccess.explain.result import Method, Step, Way
from crossaccess.verify.expecting import WRONG_EXTERNAL_ID, Known, expect
from crossaccess.verify.line import ASSUMING, By, Call, Line
from crossaccess.verify.planning import key_under
from tests.support.matrix_judge import S3_ACTIONS
from tests.support.stack_pairs import StackPair, stack_pairs

_thrifty = settings(deadline=None, max_examples=settings().max_examples // 2)
_ACTIONS: Final[Mapping[Call, tuple[str, ...]]] = {
    **dict.fromkeys(ASSUMING, ("sts:AssumeRole",)),
    **S3_ACTIONS,
}
_IN_PARTS: Final = (Call.MULTIPART, Call.ABORT)
# A HEAD reads nothing that is encrypted.
_WITHOUT_KEY: Final = (Call.HEAD_PLAIN,)
_WORST: Final = (Decision.DENIED, Decision.NOT_ALLOWED, Decision.UNKNOWN, Decision.ALLOWED)


@_thrifty
@given(stack_pairs())
def test_each_line_is_explained_as_it_is_expected(pair: StackPair) -> None:
    """By own keys, by the roles, and where a role is assumed, whatever is told of the request."""
    context = _whole(pair.context)
    for requester in pair.requesters():
        known = replace(pair.known(requester), context=context)
        for line in pair.lines(requester):
            steps = [step for way in _ways(known, line) for step in _made(way, line)]
            assert steps, line
            explained = min((step.decision for step in steps), key=_WORST.index)
            assert explained is expect(line, known).decision, (requester.arn, line, steps)


def _whole(context: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, ...]]:
    """That what comes from an address comes through no endpoint is for the user of `verify` to say."""
    absent = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp") if "aws:SourceIp" in context else ()
    return {key: tuple(values) for key, values in context.items()} | dict.fromkeys(absent, ())


def _ways(known: Known, line: Line) -> Iterator[Way]:
    """The way of the line, for each action that its call needs."""
    grant = known.grants[line.bucket, line.grant]
    principal = known.requester.principal_arn or ""
    role = grant.role_arn if line.by is By.ROLE else None
    key = line.place if line.call is Call.LIST else key_under(line.place, "probe")
    resource = line.place if line.call in ASSUMING else f"arn:{grant.partition}:s3:::{line.bucket}/{key}"
    circumstances = Circumstances(now=known.now, told=checked(_told(known, line, grant)))
    for action in _ACTIONS[line.call]:
        question = read_question(known.picture, (principal, action, resource), circumstances)
        (found,) = explain(known.picture, question)
        yield from (
            way
            for way in (*found.ways, *found.others)
            if (way.method, way.role) == (Method.ITSELF if role is None else Method.ROLE, role)
        )


def _made(way: Way, line: Line) -> Sequence[Step]:
    """The requests of a way that the line's call makes."""
    steps = way.steps if line.by is By.OWN else way.steps[1:]
    return [
        step
        for step in steps
        if (step.only_for is None or line.call in _IN_PARTS)
        and not (step.action.startswith("kms:") and line.call in _WITHOUT_KEY)
    ]


def _told(known: Known, line: Line, grant: Grant) -> Mapping[str, Sequence[str]]:
    told: dict[str, Sequence[str]] = dict(known.context)
    if line.by is By.OWN:
        # Keys that stay the same carry no MFA.
        told |= {"aws:MultiFactorAuthPresent": (), "aws:MultiFactorAuthAge": ()}
    if line.call is Call.HEAD_PLAIN:
        told["aws:SecureTransport"] = ("false",)
    asks = grant.asks
    if line.call is Call.ASSUME_WRONG:
        told["sts:ExternalId"] = (WRONG_EXTERNAL_ID,)
    elif line.call is Call.ASSUME and asks.external_id is not None:
        told["sts:ExternalId"] = (asks.external_id,)
    if line.call in ASSUMING:
        told["sts:SourceIdentity"] = asks.source_identity[:1]
        told["aws:TagKeys"] = tuple(name for name, _ in asks.session_tags)
        told |= {f"aws:RequestTag/{name}": values[:1] for name, values in asks.session_tags}
    return told
