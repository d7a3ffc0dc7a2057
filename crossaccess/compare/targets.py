"""What access is about: buckets, keys and roles, each with the policy that its owner put on it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Final

from crossaccess.compare.services import actions_of, resource_types_of
from crossaccess.compare.shapes import Shape, Token, glob, literal, sequence
from crossaccess.compare.signs import EVERY, Chars
from crossaccess.compare.texts import Texts
from crossaccess.deployment.picture import Picture, Policy
from crossaccess.policy.document import PolicyKind
from crossaccess.policy.principal import PrincipalKind

_NO_SLASH: Final = Chars(frozenset("/"), negated=True)


class TargetKind(Enum):
    """The kinds of targets, as people call them."""

    BUCKET = "bucket"
    KEY = "key"
    ROLE = "role"


_RESOURCE_TYPES: Final = {
    TargetKind.BUCKET: ("s3", ("bucket", "object")),
    TargetKind.KEY: ("kms", ("key",)),
    TargetKind.ROLE: ("sts", ("role",)),
}
_POLICY_KINDS: Final = {
    TargetKind.BUCKET: PolicyKind.RESOURCE,
    TargetKind.KEY: PolicyKind.RESOURCE,
    TargetKind.ROLE: PolicyKind.TRUST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that an account owns. `arn` is that of a bucket, not of its objects.

    `account` is `None` where nobody tells it; `policy` where it has none.
    """

    kind: TargetKind
    name: str
    arn: str
    account: str | None
    partition: str
    policy: Policy | None
    spared: tuple[str, ...] = ()
    """ARNs that its own, where that is a pattern, does not stand for here."""

    @property
    def label(self) -> str:
        """How people call it: `bucket shared`."""
        return f"any {self.kind.value}" if self.name == "*" else f"{self.kind.value} {self.name}"

    def but(self, arns: Iterable[str]) -> "Target":
        """The same without those of the ARNs that its own, a pattern, stands for."""
        mine = glob(self.arn)
        return replace(self, spared=tuple(arn for arn in arns if mine.matches(arn)))

    @property
    def policy_kind(self) -> PolicyKind:
        """What kind of policy it has."""
        return _POLICY_KINDS[self.kind]

    @property
    def objects(self) -> str:
        """What the ARNs of a bucket's objects begin with."""
        return f"{self.arn}/"

    def actions(self) -> dict[str, Texts]:
        """The actions that are asked on it, with the resources on which they are."""
        return _actions(self.kind, self.arn, self.spared)


@lru_cache(maxsize=4096)
def _actions(kind: TargetKind, arn: str, spared: tuple[str, ...]) -> dict[str, Texts]:
    objects = [glob(f"{one}/*") for one in spared if kind is TargetKind.BUCKET]
    without = (*map(literal, spared), *objects)
    found = {
        (whole, inner): Texts(
            within=((*((_whole(arn),) if whole else ()), *((_inner(arn),) if inner else ())),),
            without=without,
        )
        for whole, inner in set(places_of(kind).values())
    }
    return {action: found[places] for action, places in places_of(kind).items()}


def _inner(arn: str) -> Shape:
    """The ARNs of the objects in a bucket."""
    some = (*glob(f"{arn}/").tokens, Token(EVERY), Token(EVERY, repeats=True))
    return sequence(some, text=f"{arn}/*")


@lru_cache(maxsize=8)
def places_of(kind: TargetKind) -> dict[str, tuple[bool, bool]]:
    """The actions that are asked on such a target, and whether on it itself, and on the objects in it."""
    service, kinds = _RESOURCE_TYPES[kind]
    found: dict[str, tuple[bool, bool]] = {}
    for action in actions_of(service):
        types = {one.name for one in resource_types_of(action)}
        whole = not types.isdisjoint(one for one in kinds if one != "object")
        inner = "object" in kinds and "object" in types
        if whole or inner:
            found[action] = (whole, inner)
    return found


def _whole(arn: str) -> Shape:
    """The shape of a target's own ARN; where that is a pattern, of those that hold no slash more than it."""
    shape = glob(arn)
    if shape.is_literal:
        return shape
    tokens = (Token(_NO_SLASH if one.chars == EVERY else one.chars, one.repeats) for one in shape.tokens)
    return sequence(tokens, text=arn)


def targets_of(picture: Picture) -> dict[str, Target]:
    """What the picture holds, by ARN."""
    found = [
        Target(
            kind=TargetKind.BUCKET,
            name=bucket.name,
            arn=bucket.arn,
            account=bucket.account,
            partition=bucket.partition,
            policy=bucket.policy,
        )
        for bucket in picture.buckets
        if bucket.held and bucket.unknown is None
    ]
    found += [
        Target(
            kind=TargetKind.KEY,
            name=key.name,
            # A key that is still to be made has no id, and a folder tells no Region.
            arn=key.arn or f"arn:{key.partition}:kms:{key.region or '*'}:{key.account or '*'}:key/{key.name}",
            account=key.account,
            partition=key.partition,
            policy=key.policy,
        )
        for key in picture.keys
    ]
    found += [
        Target(
            kind=TargetKind.ROLE,
            name=role.name,
            arn=role.arn,
            account=role.account,
            partition=role.partition,
            policy=role.trust,
        )
        for role in picture.principals
        if role.kind is PrincipalKind.ROLE and role.held and role.arn is not None and role.trust is not None
    ]
    return {one.arn: one for one in found}
