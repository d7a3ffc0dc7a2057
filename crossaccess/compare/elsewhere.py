"""Targets that only the policies of principals name: nobody told whose they are, nor their own policies."""

import re
from collections.abc import Iterable
from typing import Final

from crossaccess.compare.statements import Numbered
from crossaccess.compare.targets import Target, TargetKind
from crossaccess.decide.pattern import filled_up, glob_of
from crossaccess.policy.arn import is_account_id
from crossaccess.policy.globs import as_pattern

_PARTS: Final = 6
_ANY: Final = "*"
_WILDCARD: Final = re.compile(r"[*?]")


def targets_elsewhere(
    statements: Iterable[Numbered], held: frozenset[str], partition: str
) -> tuple[Target, ...]:
    """What the statements let their principals do something with, but for what is held (ARNs).

    `partition` is the principals': they reach nothing in another.
    """
    found: dict[str, Target] = {}
    for one in statements:
        for resource in one.statement.resources or (_ANY,):
            for target in _targets(as_pattern(resource), partition):
                if target.arn not in held:
                    found.setdefault(target.arn, target)
    wide = [arn for arn in found if _WILDCARD.search(arn)]
    # What is named by itself is told by itself.
    named = (*held, *(arn for arn in found if arn not in wide))
    return tuple(target if arn not in wide else target.but(named) for arn, target in found.items())


def _targets(resource: str, partition: str) -> Iterable[Target]:
    if resource == _ANY:
        resource = "arn:*:*:*:*:*"
    parts = filled_up(resource).split(":", _PARTS - 1)
    if len(parts) != _PARTS:
        return
    _, theirs, service, region, account, rest = parts
    if not glob_of(theirs).matches(partition):
        return
    owner = account if is_account_id(account) else None
    if _may_be("s3", service):
        name = rest.partition("/")[0]
        yield _target(TargetKind.BUCKET, name, f"arn:{partition}:s3:::{name}", None, partition)
    if _may_be("kms", service) and (rest.startswith("key/") or _WILDCARD.search(rest[:4])):
        name = rest.removeprefix("key/")
        yield _target(
            TargetKind.KEY, name, f"arn:{partition}:kms:{region}:{account}:key/{name}", owner, partition
        )
    if _may_be("iam", service) and (rest.startswith("role/") or _WILDCARD.search(rest[:5])):
        name = rest.removeprefix("role/")
        arn = f"arn:{partition}:iam::{account}:role/{name}"
        yield _target(TargetKind.ROLE, name, arn, owner, partition)


def _may_be(service: str, pattern: str) -> bool:
    return pattern in (service, _ANY)


def _target(kind: TargetKind, name: str, arn: str, account: str | None, partition: str) -> Target:
    return Target(kind=kind, name=name, arn=arn, account=account, partition=partition, policy=None)
