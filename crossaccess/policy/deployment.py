"""Which conditions hold in a deployment, as far as that can be told at preview.

Told are a deployment's usual circumstances: by the deploying principal itself, in the bucket's own account,
over TLS 1.2 or newer, without MFA, not through a VPC endpoint, and from known addresses where there are any
(IAM User Guide, "AWS global condition context keys"; Service Authorization Reference, "Condition keys for
Amazon S3").
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crossaccess.policy.addresses import Network, covered, is_mapped, parse_network, touch
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.deny_conditions import Holds
from crossaccess.policy.document import Condition
from crossaccess.policy.globs import share

_ABSENT = frozenset(
    {"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:multifactorauthage", "aws:sourceidentity"}
)
_BOOLEAN = {"aws:securetransport": "true", "aws:principalisawsservice": "false", "aws:viaawsservice": "false"}
_TLS_VERSIONS = (1.2, 1.3)
_PERMISSION_SET = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployer:
    """Who deploys: the caller's ARN and user id as STS tells them (IAM User Guide, "IAM identifiers").

    `addresses` are CIDR blocks, as `read_addresses` makes them. Every deployment comes from one of them;
    empty where nobody says. `user_id` is what `aws:userid` is, empty where it is not known.
    """

    arn: str
    account: str
    addresses: tuple[str, ...] = ()
    user_id: str = ""

    @property
    def role(self) -> str | None:
        """The name of the role whose session this is; `None` where it is none."""
        parsed = parse_arn(self.arn)
        is_session = parsed is not None and parsed.resource.startswith("assumed-role/")
        return self.arn.split("/")[1] if is_session else None

    @property
    def partition(self) -> str:
        """The partition of AWS, as in the ARN."""
        return self.arn.split(":")[1]

    @property
    def principal_arns(self) -> tuple[str, ...]:
        """What `aws:PrincipalArn` is taken to be: of a session the role's ARN, whose path STS does not tell.

        The role of a permission set stands under a path of its own, with its Region in it or without; the
        Region is a `*` here.
        """
        if self.role is None:
            return (self.arn,)
        beginning = f"arn:{self.partition}:iam::{self.account}:role/"
        if self.role.startswith(_PERMISSION_SET):
            path = f"{beginning}aws-reserved/sso.amazonaws.com/"
            return (f"{path}{self.role}", f"{path}*/{self.role}")
        return (f"{beginning}{self.role}",)

    def is_named_by(self, pattern: str, matches: Callable[[str, str], bool]) -> Holds:
        """Whether an ARN or a pattern names the deployer; maybe, where a role's path decides it.

        `matches` compares a pattern with a text, with wildcards or without.
        """
        found = {matches(pattern, arn) for arn in self.principal_arns}
        if found == {True}:
            return Holds.YES
        anywhere = f"arn:{self.partition}:iam::{self.account}:role/*/{self.role}"
        doubtful = self.role is not None and share(pattern.lower(), anywhere.lower())
        return Holds.MAYBE if True in found or doubtful else Holds.NO


def holds(condition: Condition, deployer: Deployer) -> Holds:
    """Whether a condition holds when a deployment asks for the bucket's policy."""
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if_exists = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    key = condition.key.lower()
    if key in _ABSENT:
        if operator == "null":
            absent = "true" in {value.lower() for value in condition.values}
        else:
            # IAM User Guide, "Set operators for multivalued context keys": of no values, everything is true.
            absent = if_exists or "not" in operator or quantifier == "forallvalues"
        # Somebody may deploy from inside of a VPC, or with MFA.
        return Holds.MAYBE if absent else Holds.NO
    if operator == "null":
        if not _is_told(key, deployer):
            return Holds.MAYBE
        return _decided("false" in {value.lower() for value in condition.values})
    if any("${" in value for value in condition.values):
        return Holds.MAYBE
    if key in _BOOLEAN and operator == "bool":
        return _decided(_BOOLEAN[key] in {value.lower() for value in condition.values})
    if key == "aws:sourceip":
        return _of_addresses(operator, condition.values, deployer)
    if key == "s3:tlsversion":
        return _of_tls(operator, condition.values)
    return _of_texts(key, operator, condition.values, deployer)


def _is_told(key: str, deployer: Deployer) -> bool:
    """Whether a key is there for sure."""
    if key == "aws:sourceip":
        return bool(deployer.addresses)
    return (
        key in _BOOLEAN or key in ("aws:principalarn", "s3:tlsversion") or _text_of(key, deployer) is not None
    )


def _text_of(key: str, deployer: Deployer) -> str | None:
    """What a key is in a deployment, `None` where it is not known."""
    if key in ("aws:principalaccount", "aws:resourceaccount", "s3:resourceaccount"):
        # Only a bucket of one's own account is deployed.
        return deployer.account
    if key == "aws:userid":
        return deployer.user_id or None
    parsed = parse_arn(deployer.arn)
    if key == "aws:username" and parsed is not None and parsed.resource.startswith("user/"):
        return parsed.resource.rpartition("/")[2]
    return None


def _of_texts(key: str, operator: str, values: Iterable[str], deployer: Deployer) -> Holds:
    matches = _TEXT_OPERATORS.get(operator.replace("not", "", 1))
    if matches is None:
        return Holds.MAYBE
    if key == "aws:principalarn":
        found = _any_of(deployer.is_named_by(value, matches) for value in values)
    else:
        text = _text_of(key, deployer)
        if text is None:
            return Holds.MAYBE
        found = _decided(any(matches(value, text) for value in values))
    return _opposite(found) if "not" in operator else found


def _of_tls(operator: str, values: Iterable[str]) -> Holds:
    compare = _NUMERIC_OPERATORS.get(operator)
    try:
        limits = [float(value) for value in values]
    except ValueError:
        return Holds.MAYBE
    if compare is None:
        return Holds.MAYBE
    together = all if operator == "numericnotequals" else any
    found = {together(compare(version, limit) for limit in limits) for version in _TLS_VERSIONS}
    return _decided(found.pop()) if len(found) == 1 else Holds.MAYBE


def _of_addresses(operator: str, values: Iterable[str], deployer: Deployer) -> Holds:
    """Whether an IP address operator holds for the addresses from which deployments come."""
    known, named = _networks(deployer.addresses), _networks(values)
    if not known or named is None or operator not in ("ipaddress", "notipaddress"):
        return Holds.MAYBE
    inside = Holds.YES if covered(known, named) else Holds.MAYBE if touch(known, named) else Holds.NO
    return _opposite(inside) if operator == "notipaddress" else inside


def _networks(texts: Iterable[str]) -> tuple[Network, ...] | None:
    """The networks; `None` where one of them is none, or nobody says how it compares."""
    parsed = [parse_network(text) for text in texts]
    sure = tuple(one for one in parsed if one is not None and not is_mapped(one))
    return sure if len(sure) == len(parsed) else None


def like(pattern: str, text: str) -> bool:
    """Match with `*` and `?`, as policies do."""
    written = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(written, text, re.DOTALL) is not None


def same(one: str, other: str) -> bool:
    """Match letter by letter."""
    return one == other


def _arn_like(pattern: str, text: str) -> bool:
    """Match ARNs part by part: no wildcard reaches from one part into the next."""
    patterns, parts = pattern.split(":", 5), text.split(":", 5)
    return len(patterns) == len(parts) and all(map(like, patterns, parts))


def _same_in_any_case(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _any_of(found: Iterable[Holds]) -> Holds:
    answers = set(found)
    return Holds.YES if Holds.YES in answers else Holds.MAYBE if Holds.MAYBE in answers else Holds.NO


def _opposite(found: Holds) -> Holds:
    return {Holds.YES: Holds.NO, Holds.NO: Holds.YES}.get(found, Holds.MAYBE)


def _decided(yes: bool) -> Holds:
    return Holds.YES if yes else Holds.NO


_TEXT_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "stringequals": same,
    "stringequalsignorecase": _same_in_any_case,
    "stringlike": like,
    "arnequals": _arn_like,
    "arnlike": _arn_like,
}
_NUMERIC_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "numericequals": float.__eq__,
    "numericnotequals": float.__ne__,
    "numericlessthan": float.__lt__,
    "numericlessthanequals": float.__le__,
    "numericgreaterthan": float.__gt__,
    "numericgreaterthanequals": float.__ge__,
}
