"""Statements that plainly say nothing of a principal, or of a target: most of those in large accounts.

What is passed over could never apply, whether it allows or denies. What is not plain to see stays.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from crossaccess.compare.allowed import Policies
from crossaccess.compare.callers import PRINCIPAL_ARN, CallerClass
from crossaccess.compare.principals import speaks_to
from crossaccess.compare.statements import Numbered
from crossaccess.compare.targets import Target
from crossaccess.decide.pattern import glob_of
from crossaccess.policy.arn import parse_arn

_OPEN: Final = "*?$"
"""Signs of wildcards and of variables."""
_ONE_MATCHES: Final = frozenset({"arnequals", "arnlike", "stringequals", "stringlike"})


def about(policies: Policies | None, caller: CallerClass, target: Target) -> Policies | None:
    """The policies less what plainly says nothing of the caller at the target."""
    if policies is None:
        return None
    return Policies(
        identity=_naming(policies.identity, target.arn),
        boundary=_naming(policies.boundary, target.arn),
        resource=None
        if policies.resource is None
        else tuple(one for one in policies.resource if may_mean(one, caller)),
    )


def _naming(statements: tuple[Numbered, ...] | None, arn: str) -> tuple[Numbered, ...] | None:
    if statements is None or is_open(arn):
        return statements
    return tuple(one for one in statements if _may_name(targets_named(one), arn))


def _may_name(targets: frozenset[str] | None, arn: str) -> bool:
    return targets is None or arn in targets


def is_open(text: str) -> bool:
    """Whether a text may stand for several."""
    return any(sign in text for sign in _OPEN)


@lru_cache(maxsize=65_536)
def targets_named(one: Numbered) -> frozenset[str] | None:
    """The targets, by ARN, that a statement of a principal's policy names; `None` where it may be any."""
    resources = one.statement.resources
    found = (None,) if resources is None else [_target_of(resource) for resource in resources]
    return None if None in found else frozenset(arn for arn in found if arn is not None)


def _target_of(resource: str) -> str | None:
    parsed = parse_arn(resource)
    if parsed is None:
        return None
    named = resource.partition("/")[0] if parsed.service == "s3" else resource
    return None if is_open(named) else named


@lru_cache(maxsize=65_536)
def may_mean(one: Numbered, caller: CallerClass) -> bool:
    """Whether the statement of a resource's policy may be about some of the callers."""
    if not speaks_to(one.statement, caller):
        return False
    if caller.arn is None or not caller.has_identity_side:
        return True
    arn = caller.arn
    return all(any("$" in value or glob_of(value).matches(arn) for value in pinned) for pinned in _pins(one))


@lru_cache(maxsize=65_536)
def pinned_to(one: Numbered) -> frozenset[str] | None:
    """The ARNs of the only principals that a statement can be about; `None` where it may be others."""
    plain = [frozenset(pinned) for pinned in _pins(one) if not any(map(is_open, pinned))]
    return frozenset.intersection(*plain) if plain else None


def is_only_about(one: Numbered, arns: frozenset[str]) -> bool:
    """Whether a statement allows something to some of these principals, and to nobody else."""
    pinned = pinned_to(one)
    return one.allows and pinned is not None and pinned <= arns


def _pins(one: Numbered) -> list[Sequence[str]]:
    """The values of `aws:PrincipalArn` of which one has to match, for each condition that says so."""
    return [
        condition.values
        for condition in one.statement.conditions
        if condition.key.lower() == PRINCIPAL_ARN and condition.operator.lower() in _ONE_MATCHES
    ]
