"""What a statement has to say so that it allows one request, and nothing beside it."""

import re
from typing import Final

from crossaccess.explain.question import Resource
from crossaccess.policy.arn import parse_arn

_SIGNS: Final = re.compile(r"[*?]|\$(?=\{)")


def exactly(action: str, arn: str, asked: Resource) -> str:
    """The action and what it is on, as a statement says it; `asked` is what the whole question is about.

    IAM User Guide, "IAM policy elements: Variables and tags": `*`, `?` and `$` of a key are written `${*}`,
    `${?}` and `${$}`. S3 User Guide, "Controlling access to a bucket with user policies": a list is held to a
    prefix by a condition only.
    """
    if arn != asked.arn:
        return f"{action} on {arn}"
    if asked.prefix:
        return f"{action} on {arn}, on the condition StringEquals s3:prefix {asked.prefix}"
    if asked.key is not None:
        return f"{action} on {_SIGNS.sub(_literal, arn)}"
    return f"{action} on {arn}"


def alone(arn: str) -> str:
    """A principal, as a statement names it and nobody beside it.

    IAM User Guide, "AWS JSON policy elements: Principal": the ARN of a root user is that of its account.
    """
    parsed = parse_arn(arn)
    if parsed is None or parsed.resource != "root":
        return arn
    return f"{arn}, on the condition ArnEquals aws:PrincipalArn {arn}: without it the whole account is let in"


def _literal(sign: re.Match[str]) -> str:
    return f"${{{sign[0]}}}"
