"""Whether a bucket's policy would shut out the one who deploys it.

A deny that catches the deployer's own `s3:PutBucketPolicy` can be taken back by the account's root user only
(Amazon S3 User Guide, "Bucket policies for Amazon S3"). Judged are the circumstances in which a deployment
usually runs: by the deploying principal, over TLS, without MFA, not through a VPC endpoint, and from known
addresses where there are any. What cannot be told (an unknown address, a tag of the principal) counts as
caught: better a deny too many refused than a bucket lost.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crossaccess.policy.addresses import Network, covered, is_mapped, parse_network, touch
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import Condition, Document, Effect, Statement
from crossaccess.policy.faults import Faults

NEEDED = ("s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy")
"""What a deployment has to be able to do with the bucket's policy, to change it and to take it away."""

_ABSENT = frozenset(
    {"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:multifactorauthage", "aws:sourceidentity"}
)
_PRESENT = frozenset({"aws:principalarn", "aws:principalaccount", "aws:securetransport"})
# In a deny, a variable may stand for anything.
_VARIABLE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployer:
    """Who deploys: the caller's ARN as STS tells it (IAM User Guide, "IAM identifiers").

    `addresses` are CIDR blocks, as `read_addresses` makes them. Every deployment comes from one of them;
    empty where nobody says.
    """

    arn: str
    account: str
    addresses: tuple[str, ...] = ()

    @property
    def principal_arns(self) -> tuple[str, ...]:
        """What `aws:PrincipalArn` may be: of a session the role's ARN, whose path STS does not tell."""
        parsed = parse_arn(self.arn)
        if parsed is None or not parsed.resource.startswith("assumed-role/"):
            return (self.arn,)
        role = parsed.resource.split("/")[1]
        return (f"arn:{parsed.partition}:iam::{self.account}:role/{role}",)

    def is_named_by(self, pattern: str, matches: Callable[[str, str], bool]) -> bool:
        """Whether an ARN or a pattern names the deployer: a role by its name, whatever its path.

        `matches` compares a pattern with a text, with wildcards or without.
        """
        if any(matches(pattern, arn) for arn in self.principal_arns):
            return True
        beginning, _, name = pattern.rpartition("/")
        role = self.arn.split("/")[1] if ":assumed-role/" in self.arn else None
        return role is not None and matches(name, role) and f"::{self.account}:role/" in f"{beginning}/"


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
        by_address = any(one.key.lower() == "aws:sourceip" for one in statement.conditions)
        known = ", or say in deployerAddresses from which addresses you deploy" if by_address else ""
        mend = (
            f"leave {', '.join(NEEDED)} out of it, or except the deploying principal by a condition on "
            f"aws:PrincipalArn{known}: otherwise only the account's root user could change the policy again"
        )
        faults.add(key, found, mend)


def _names_action(statement: Statement) -> bool:
    if statement.actions is not None:
        return any(_like_any_case(statement.actions, action) for action in NEEDED)
    return any(not _like_any_case(statement.not_actions or (), action) for action in NEEDED)


def _names_resource(statement: Statement, bucket_arn: str) -> bool:
    if statement.resources is not None:
        return any(_like(_VARIABLE.sub("*", pattern), bucket_arn) for pattern in statement.resources)
    return not any(_like(pattern, bucket_arn) for pattern in statement.not_resources or ())


def _names(statement: Statement, deployer: Deployer) -> bool:
    if statement.principals is None:
        # NotPrincipal spares only whom it names in every form (IAM User Guide, "NotPrincipal").
        return deployer.arn not in {one.value for one in statement.not_principals or ()}
    account = {deployer.account, *(f"arn:{p}:iam::{deployer.account}:root" for p in _partitions(deployer))}
    return any(
        one.value in ("*", deployer.arn, *account) or deployer.is_named_by(one.value, _same)
        for one in statement.principals
        if one.type in ("*", "AWS")
    )


def _partitions(deployer: Deployer) -> tuple[str, ...]:
    parsed = parse_arn(deployer.arn)
    return () if parsed is None else (parsed.partition,)


def _may_hold(condition: Condition, deployer: Deployer) -> bool:
    """Whether a condition may hold in a deployment; only what surely does not is `False`."""
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if_exists = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    key = condition.key.lower()
    if key in _ABSENT:
        if operator == "null":
            return "true" in {value.lower() for value in condition.values}
        # IAM User Guide, "Set operators for multivalued context keys": of no values, everything is true.
        return if_exists or "not" in operator or quantifier == "forallvalues"
    if operator == "null":
        present = key in _PRESENT or (key == "aws:sourceip" and deployer.addresses)
        return not present or "false" in {value.lower() for value in condition.values}
    if key == "aws:securetransport" and operator == "bool":
        return "true" in {value.lower() for value in condition.values}
    if key == "aws:sourceip":
        return _may_hold_of_addresses(operator, condition.values, deployer)
    matches = _TEXT_OPERATORS.get(operator.replace("not", "", 1))
    if matches is None or any("${" in value for value in condition.values):
        return True
    negated = "not" in operator
    if key == "aws:principalaccount":
        return negated != any(matches(value, deployer.account) for value in condition.values)
    if key == "aws:principalarn":
        return negated != any(deployer.is_named_by(value, matches) for value in condition.values)
    return True


def _may_hold_of_addresses(operator: str, values: Iterable[str], deployer: Deployer) -> bool:
    """Whether an IP address operator may hold for an address from which deployments come."""
    known, named = _networks(deployer.addresses), _networks(values)
    if not known or named is None:
        return True
    if operator == "notipaddress":
        return not covered(known, named)
    return operator != "ipaddress" or touch(known, named)


def _networks(texts: Iterable[str]) -> tuple[Network, ...] | None:
    """The networks; `None` where one of them is none, or nobody says how it compares."""
    parsed = [parse_network(text) for text in texts]
    sure = tuple(one for one in parsed if one is not None and not is_mapped(one))
    return sure if len(sure) == len(parsed) else None


def _like_any_case(patterns: Iterable[str], action: str) -> bool:
    return any(_like(pattern.lower(), action.lower()) for pattern in patterns)


def _like(pattern: str, text: str) -> bool:
    """Match with `*` and `?`, as policies do."""
    written = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(written, text, re.DOTALL) is not None


def _arn_like(pattern: str, text: str) -> bool:
    """Match ARNs part by part: no wildcard reaches from one part into the next."""
    patterns, parts = pattern.split(":", 5), text.split(":", 5)
    return len(patterns) == len(parts) and all(map(_like, patterns, parts))


def _same(one: str, other: str) -> bool:
    return one == other


def _same_in_any_case(one: str, other: str) -> bool:
    return one.lower() == other.lower()


_TEXT_OPERATORS = {
    "stringequals": _same,
    "stringequalsignorecase": _same_in_any_case,
    "stringlike": _like,
    "arnequals": _arn_like,
    "arnlike": _arn_like,
}
