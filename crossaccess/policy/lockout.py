"""Whether a bucket's policy would shut out the one who deploys it.

A deny that catches the deployer's own `s3:PutBucketPolicy` can be taken back by the account's root user only
(Amazon S3 User Guide, "Bucket policies for Amazon S3"). Judged are the circumstances in which a deployment
usually runs: by the deploying principal, over TLS, without MFA and not through a VPC endpoint. What cannot be
told (an address, a tag of the principal) counts as caught: better a deny too many refused than a bucket lost.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import Condition, Document, Effect, Statement
from crossaccess.policy.faults import Faults

NEEDED = ("s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy")
"""What a deployment has to be able to do with the bucket's policy, to change it and to take it away."""

_ABSENT = frozenset(
    {"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:multifactorauthage", "aws:sourceidentity"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployer:
    """Who deploys: the caller's ARN as STS tells it (IAM User Guide, "IAM identifiers")."""

    arn: str
    account: str

    @property
    def principal_arns(self) -> tuple[str, ...]:
        """What `aws:PrincipalArn` may be: of a session the role's ARN, whose path STS does not tell."""
        parsed = parse_arn(self.arn)
        if parsed is None or not parsed.resource.startswith("assumed-role/"):
            return (self.arn,)
        role = parsed.resource.split("/")[1]
        return (f"arn:{parsed.partition}:iam::{self.account}:role/{role}",)

    def is_named_by(self, pattern: str) -> bool:
        """Whether an ARN, maybe with wildcards, names the deployer: a role by its name, whatever its path."""
        if any(_like(pattern, arn) for arn in self.principal_arns):
            return True
        beginning, _, name = pattern.rpartition("/")
        role = self.arn.split("/")[1] if ":assumed-role/" in self.arn else None
        return role is not None and _like(name, role) and f"::{self.account}:role/" in f"{beginning}/"


def locking_out(policy: Document, *, bucket_arn: str, deployer: Deployer) -> tuple[Statement, ...]:
    """The denies of a bucket's policy that would catch the deployer's own access to that policy."""
    return tuple(
        statement
        for statement in policy.statements
        if statement.effect is Effect.DENY
        and _names_action(statement)
        and _names_resource(statement, bucket_arn)
        and _names(statement, deployer)
        and all(_may_hold(condition, deployer) for condition in statement.conditions)
    )


def check_lockout(policy: Document, *, bucket_arn: str, deployer: Deployer, key: str, faults: Faults) -> None:
    """Note each deny that would lock the deployer out."""
    for statement in locking_out(policy, bucket_arn=bucket_arn, deployer=deployer):
        found = f"has a deny ({statement.sid or 'without Sid'}) that would catch {deployer.arn}"
        mend = (
            f"leave {', '.join(NEEDED)} out of it, or except the deploying principal by a condition on "
            "aws:PrincipalArn: otherwise only the account's root user could change the policy again"
        )
        faults.add(key, found, mend)


def _names_action(statement: Statement) -> bool:
    if statement.actions is not None:
        return any(_like_any_case(statement.actions, action) for action in NEEDED)
    return any(not _like_any_case(statement.not_actions or (), action) for action in NEEDED)


def _names_resource(statement: Statement, bucket_arn: str) -> bool:
    if statement.resources is not None:
        return any(_like(pattern, bucket_arn) for pattern in statement.resources)
    return not any(_like(pattern, bucket_arn) for pattern in statement.not_resources or ())


def _names(statement: Statement, deployer: Deployer) -> bool:
    if statement.principals is None:
        # NotPrincipal spares only whom it names in every form (IAM User Guide, "NotPrincipal").
        return deployer.arn not in {one.value for one in statement.not_principals or ()}
    account = {deployer.account, *(f"arn:{p}:iam::{deployer.account}:root" for p in _partitions(deployer))}
    return any(
        one.value in ("*", deployer.arn, *account) or deployer.is_named_by(one.value)
        for one in statement.principals
        if one.type in ("*", "AWS")
    )


def _partitions(deployer: Deployer) -> tuple[str, ...]:
    parsed = parse_arn(deployer.arn)
    return () if parsed is None else (parsed.partition,)


def _may_hold(condition: Condition, deployer: Deployer) -> bool:
    """Whether a condition may hold in a deployment; only what surely does not is `False`."""
    operator = condition.operator.lower().rpartition(":")[2]
    if_exists = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    key = condition.key.lower()
    if key in _ABSENT:
        if operator == "null":
            return "true" in {value.lower() for value in condition.values}
        return if_exists or "not" in operator
    if operator == "null":
        present = key in ("aws:principalarn", "aws:principalaccount", "aws:securetransport")
        return not present or "false" in {value.lower() for value in condition.values}
    if key == "aws:securetransport" and operator == "bool":
        return "true" in {value.lower() for value in condition.values}
    if key == "aws:principalaccount":
        return _compared(operator, matched=any(_like(value, deployer.account) for value in condition.values))
    if key == "aws:principalarn":
        return _compared(operator, matched=any(deployer.is_named_by(value) for value in condition.values))
    return True


def _compared(operator: str, *, matched: bool) -> bool:
    negated = "not" in operator
    return matched != negated


def _like_any_case(patterns: Iterable[str], action: str) -> bool:
    return any(_like(pattern.lower(), action.lower()) for pattern in patterns)


def _like(pattern: str, text: str) -> bool:
    """Match with `*` and `?`, as policies do."""
    written = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(written, text, re.DOTALL) is not None
