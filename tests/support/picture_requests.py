"""Requests to try two pictures with: by those whom they know and by others, near what is told or not."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.compare.change import Change
from crossaccess.compare.ties import broken_ties
from crossaccess.decide.caller import CallerKind, classify
from crossaccess.decide.request import Request
from tests.compare.strategies import (
    ANALYST,
    FRED,
    KMS,
    OTHER_ROLE,
    OWN_FRED,
    S3,
    STS,
    World,
    agreeing,
    context_of,
)
from tests.decide.strategies import ALICE, BOB, CAROL, OWNER, REQUESTER, ROLE, ROOTS, SERVICE
from tests.support.compared import carried, request_of
from tests.support.picture_pairs import ETL, MEMBER

_THIRD: Final = "999988887777"
_ON_BUCKETS: Final = ("s3:ListBucket", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
_OBJECTS: Final = [f"arn:aws:s3:::box/{key}" for key in ("a/x", "bob/x", "a:b", "A/x")]
_WORLDS: Final = {"s3": S3, "kms": KMS, "sts": STS}
CALLERS: Final[Sequence[str]] = [
    *(BOB, CAROL, ALICE, ETL, ANALYST, ROLE, MEMBER),
    *(BOB, ROLE, ETL),
    f"arn:aws:iam::{REQUESTER}:user/dave",
    f"arn:aws:iam::{REQUESTER}:role/other",
    f"arn:aws:iam::{OWNER}:user/dan",
    OTHER_ROLE,
    FRED,
    OWN_FRED,
    *ROOTS,
    f"arn:aws:iam::{_THIRD}:user/eve",
    f"arn:aws:iam::{_THIRD}:role/eve",
    f"arn:aws:iam::{_THIRD}:root",
    "*",
    SERVICE,
    "config.amazonaws.com",
]
"""Who calls: of sessions their role."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Makes requests, the same for the same seed."""

    random: random.Random

    def request(self, caller: str, service: str) -> Request:
        """Any request of a caller (a role's ARN for its sessions) at the one target of a service."""
        world = _WORLDS[service]
        return self._made(caller, self._action(world), context_of(world, self.random))

    def near(self, example: Request) -> Request:
        """A request that differs from an example in a thing or two."""
        world = _WORLDS[example.action.partition(":")[0]]
        context = {key: tuple(values) for key, values in example.context.items()}
        other = context_of(world, self.random)
        for key in self.random.sample(sorted(other), min(len(other), self.random.randint(0, 2))):
            context[key] = other[key]
        same_time = {key: other[key] for key in ("aws:CurrentTime", "aws:EpochTime")}
        role = context.pop("aws:PrincipalArn", None)
        caller = role[0] if role and ":assumed-role/" in example.principal else example.principal
        action = example.action
        made = self._made(caller, action, agreeing({**context, **same_time}, self.random))
        # Of actions that are in no world nobody here knows the other resources.
        keep = action not in world.actions or self.random.random() < 0.7
        return _at(made, example.resource) if keep else made

    def _action(self, world: World) -> str:
        return self.random.choice(world.actions)

    def _made(self, caller: str, action: str, context: dict[str, tuple[str, ...]]) -> Request:
        world = _WORLDS[action.partition(":")[0]]
        kind = classify(caller).kind
        kind = CallerKind.SESSION if kind is CallerKind.ROLE else kind
        context = carried(context, action, kind, _usual(world))
        principal = caller
        if kind is CallerKind.SESSION:
            account, name = caller.split(":")[4], caller.rpartition("/")[2]
            principal = f"arn:aws:sts::{account}:assumed-role/{name}/{self.random.choice(['run', 'other'])}"
            context["aws:PrincipalArn"] = (caller,)
        if world is S3:
            context["s3:ResourceAccount"] = (OWNER,)
        return Request(
            principal=principal,
            action=action,
            resource=self._resource(world, action),
            resource_account=OWNER,
            context=context,
        )

    def _resource(self, world: World, action: str) -> str:
        if world is not S3:
            return world.targets[0]
        return "arn:aws:s3:::box" if action in _ON_BUCKETS else self.random.choice(_OBJECTS)


def _at(request: Request, resource: str) -> Request:
    return Request(
        principal=request.principal,
        action=request.action,
        resource=resource,
        resource_account=request.resource_account,
        context=request.context,
    )


def requests(
    seed: int, changes: Sequence[Change], count: int, *, changed: Sequence[str] = ()
) -> Iterator[Request]:
    """Requests that can be made: many near the examples of the changes, and by callers who are `changed`."""
    chance = Chance(random.Random(seed))  # noqa: S311 - no secret
    examples = [request_of(example.request) for change in changes for example in change.examples]
    for _ in range(count):
        if examples and chance.random.random() < 0.4:
            request = chance.near(chance.random.choice(examples))
        else:
            service = chance.random.choice(["s3", "s3", "s3", "sts", "kms"])
            callers = changed if changed and chance.random.random() < 0.5 else CALLERS
            request = chance.request(chance.random.choice(callers), service)
        if not broken_ties(request.context):
            yield request


def _usual(world: World) -> dict[str, str]:
    """A value for each key that every request has."""
    given = {key: values[0] for key, (_operators, _values, values) in world.keys.items() if values}
    return {**given, "aws:CurrentTime": "2026-01-01T00:00:00Z", "aws:EpochTime": "1767225600"}
