"""Whose policies a question is about, where an account can be asked for them."""

from collections.abc import Iterator

from crossaccess.deployment.picture import Picture
from crossaccess.deployment.seen import READ_KINDS, Wanted
from crossaccess.explain.question import Question
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.principal import PrincipalKind


def wanted_of(question: Question, picture: Picture, account: str) -> Wanted:
    """The principals of an account that are asked about, and the roles by which they may get in."""
    mine = {
        (kind, name.lower()): (kind, name)
        for whose, kind, name in (*_asked(question), *_roles(question, picture))
        if whose == account
    }
    told = [
        one for one in picture.principals if one.account == account and (one.kind, one.name.lower()) in mine
    ]
    named = [policy.arn for one in told for policy in (*one.policies, one.boundary) if policy is not None]
    return Wanted(
        principals=tuple(mine.values()),
        policies=tuple(dict.fromkeys(arn for arn in named if arn is not None)),
    )


def _asked(question: Question) -> Iterator[tuple[str, PrincipalKind, str]]:
    for who in question.who:
        parsed = parse_arn(who.arn)
        kind, _, rest = who.label.partition("/")
        name = rest.rpartition("/")[2]
        if parsed is not None and kind in READ_KINDS and name:
            yield parsed.account, PrincipalKind(kind), name


def _roles(question: Question, picture: Picture) -> Iterator[tuple[str, PrincipalKind, str]]:
    arns = [one.role_arn for one in picture.grants if one.bucket == question.resource.bucket]
    for arn in dict.fromkeys((*arns, question.resource.arn)):
        parsed = parse_arn(arn or "")
        if parsed is not None and parsed.service == "iam" and parsed.resource.startswith("role/"):
            yield parsed.account, PrincipalKind.ROLE, parsed.resource.rpartition("/")[2]
