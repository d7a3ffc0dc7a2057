"""The whole answer: by which ways could a principal get in, and what does each come to?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crossaccess.decide import Decision
from crossaccess.deployment.picture import Grant, Picture
from crossaccess.explain.asking import Asking
from crossaccess.explain.circumstances import Scene
from crossaccess.explain.deciding import Decided, decided
from crossaccess.explain.held import Attached, Held, Owned
from crossaccess.explain.knowing import key_uses, key_uses_in_parts, known
from crossaccess.explain.mending import Mending, likeness_of, likest, role_grants
from crossaccess.explain.question import Question, ResourceKind, Who
from crossaccess.explain.result import Explanation, Method, Part, Way
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.grant import Method as GrantMethod

_ORDER = (Decision.ALLOWED, Decision.UNKNOWN, Decision.DENIED, Decision.NOT_ALLOWED)
"""Which way counts where there are several: the one that gets furthest."""
_FAILING = (Decision.DENIED, Decision.NOT_ALLOWED, Decision.UNKNOWN)
"""Which step counts: all have to be allowed, and what surely fails is told before what is in doubt."""
_ARN_OF_S3 = "kms:EncryptionContext:aws:s3:arn"
_MOST_WAYS = 3
_COVERED = 1_000_000


def explain(picture: Picture, question: Question, held: Held | None = None) -> tuple[Explanation, ...]:
    """Answer a question, for each principal that it names. Raises `SourceError` where it cannot be asked.

    Who asks much of one picture gives what it holds, too, which is looked through once then.
    """
    held = held or Held(picture)
    return tuple(_Explaining(held=held, question=question, who=who).explanation() for who in question.who)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explaining:
    """The answer for one principal."""

    held: Held
    question: Question
    who: Who

    def explanation(self) -> Explanation:
        tried = sorted(self._ways(), key=self._rank)
        told = [way for way in tried if self._matters(way, tried[0])][:_MOST_WAYS]
        parsed = parse_arn(self.who.arn)
        return Explanation(
            principal=self.who.label,
            account=None if parsed is None else parsed.account,
            action=self.question.action,
            resource=self.question.resource.arn,
            prefix=self.question.resource.prefix,
            decision=tried[0].decision,
            ways=tuple(told),
            others=tuple(way for way in tried if way not in told),
            known=known(self.held, self.question, self.who, told),
            assumed=self.question.circumstances.assumed,
            keyless=self._is_keyless(),
        )

    def _is_keyless(self) -> bool:
        bucket = self.question.resource.bucket
        if bucket is None or self.question.key is not None or not key_uses(self.question.action):
            return False
        return not self.held.tells_key_of(bucket)

    def _rank(self, way: Way) -> tuple[int, int, int]:
        """The way that gets furthest, then the one that was meant, then the one that lacks least."""
        return (_ORDER.index(way.decision), -self._meant(way), _failing(way))

    def _meant(self, way: Way) -> int:
        """How near a way's grants come to the request."""
        mending, resource = self._mending, self.question.resource
        grants = [one for one in self._grants_of_bucket() if one.name in way.grants] if way.grants else []
        if any(mending.covers(one) for one in grants):
            return _COVERED
        with_action = [one for one in grants if mending.has_action(one)]
        return max((likeness_of(one, resource) for one in with_action), default=0)

    def _matters(self, way: Way, first: Way) -> bool:
        """Whether a way is told in full: all that let somebody in, else those that were meant as much."""
        if way.decision is not first.decision:
            return False
        if first.decision is Decision.ALLOWED or way == first:
            return True
        alike = self._meant(way) == self._meant(first)
        return alike and (way.method is Method.ITSELF or bool(way.grants) or _failing(way) <= _failing(first))

    @property
    def _caller(self) -> Attached:
        found = self.held.attached(self.who.arn)
        return found if self.who.session is None else replace(found, session=self.who.session)

    @property
    def _mending(self) -> Mending:
        return Mending(held=self.held, question=self.question, who=self.who)

    def _ways(self) -> Iterator[Way]:
        """All ways that there are, tried one after the other."""
        grants = self.question.grants
        in_bucket = self.question.resource.bucket is not None
        if not (grants and in_bucket) or any(one.method != GrantMethod.ASSUME_ROLE for one in grants):
            yield self._itself()
        if in_bucket:
            for arn in self._roles():
                yield self._by(arn)

    def _roles(self) -> Iterator[str]:
        """The roles by which somebody might get in: those of the grants that were named, or all."""
        named = self.question.grants
        found = [one.role_arn for one in named or self._grants_of_bucket() if one.role_arn is not None]
        if not named:
            found += [
                one.arn
                for one in self.held.picture.principals
                if one.trust is not None and one.arn is not None
            ]
        return (arn for arn in dict.fromkeys(found) if arn != self.who.arn)

    def _itself(self) -> Way:
        caller = self._caller
        resource = self.question.resource
        grants = [one for one in self._grants_of_bucket() if one.method != GrantMethod.ASSUME_ROLE]
        if resource.kind is ResourceKind.KEY:
            steps = [self._decided(self._on_key(caller, resource.arn, self.question.action, Scene.ASKED, {}))]
        elif resource.kind is ResourceKind.ROLE:
            steps = [self._decided(self._assuming(caller, resource.arn, Scene.ASKED))]
        else:
            steps = self._use(caller, in_role=False)
        return self._way(Method.ITSELF, steps, grants)

    def _by(self, arn: str) -> Way:
        caller = self._caller
        grants = role_grants(self.question.grants or self._grants_of_bucket(), arn)
        assuming = self._assumed(caller, arn)
        steps = [assuming, *self._use(self.held.attached(arn), in_role=True)]
        return self._way(Method.ROLE, steps, grants, role=arn)

    def _way(
        self, method: Method, steps: Sequence[Decided], grants: Sequence[Grant], role: str | None = None
    ) -> Way:
        mending = self._mending
        mended = tuple(mending.mended(one, grants) for one in steps)
        mine = [one for one in grants if self.who.label in one.principals]
        covering = [one for one in mine if mending.covers(one)]
        if mine and not covering:
            covering = [
                likest([one for one in mine if mending.has_action(one)] or mine, self.question.resource)
            ]
        decisions = [one.decision for one in mended if one.only_for is None]
        decision = next((one for one in _FAILING if one in decisions), Decision.ALLOWED)
        return Way(
            method=method,
            decision=decision,
            steps=mended,
            role=role,
            grants=tuple(one.name for one in covering),
        )

    def _use(self, caller: Attached, *, in_role: bool) -> list[Decided]:
        """The request to S3, and those that S3 makes to KMS for it."""
        resource = self.question.resource
        scene = Scene.IN_ROLE if in_role else Scene.ASKED
        owned = self.held.bucket(resource.bucket or "", resource.partition)
        more: dict[str, tuple[str, ...]] = {}
        if owned.account is not None:
            more["s3:ResourceAccount"] = (owned.account,)
        if resource.prefix or resource.sends_prefix:
            more["s3:prefix"] = (resource.prefix or "",)
        asking = Asking(
            scene=scene,
            caller=caller,
            action=self.question.action,
            resource=resource.arn,
            owned=owned,
            part=Part.BUCKET,
            more=more,
        )
        return [self._decided(asking), *self._keys(caller, owned, in_role=in_role)]

    def _keys(self, caller: Attached, owned: Owned, *, in_role: bool) -> Iterator[Decided]:
        resource = self.question.resource
        bucket = next((one for one in self.held.picture.buckets if one.name == resource.bucket), None)
        named = self.question.key or (None if bucket is None else bucket.key)
        if named is None:
            return
        region = None if bucket is None else bucket.region
        usual, in_parts = key_uses(self.question.action), key_uses_in_parts(self.question.action)
        for action in (*usual, *in_parts):
            key = self.held.key(named, owned.account, resource.partition, region)
            scene = Scene.BY_S3_IN_ROLE if in_role else Scene.BY_S3
            place = key.arn.split(":")[3]
            via = (
                {}
                if place in ("", "*")
                else {"kms:ViaService": (f"s3.{place}.{_hosts(resource.partition)}",)}
            )
            # With a bucket key S3 tells KMS the bucket's ARN, without one the object's: objects of both kinds
            # stay in a bucket, and nobody says which this one is. The object's tells statements apart.
            tried = [
                self._decided(
                    self._on_key(caller, named, action, scene, {**via, _ARN_OF_S3: (arn,)}, key=key)
                )
                for arn in (resource.arn, owned.arn)
            ]
            worst = min(tried, key=lambda one: _severity(one.step.decision))
            only_for = None if action in usual else "an upload in parts"
            yield replace(worst, step=replace(worst.step, only_for=only_for))

    def _on_key(  # noqa: PLR0913, PLR0917 - what a request to KMS is made of
        self,
        caller: Attached,
        named: str,
        action: str,
        scene: Scene,
        more: dict[str, tuple[str, ...]],
        key: Owned | None = None,
    ) -> Asking:
        owned = key or self.held.key(named, None, self.question.resource.partition, None)
        return Asking(
            scene=scene,
            caller=caller,
            action=action,
            resource=owned.arn,
            owned=owned,
            part=Part.KEY,
            more={"kms:CallerAccount": (caller.account or "",), **more},
        )

    def _assuming(self, caller: Attached, arn: str, scene: Scene) -> Asking:
        owned = self.held.role(arn)
        return Asking(
            scene=scene,
            caller=caller,
            action=self.question.action if scene is Scene.ASKED else "sts:AssumeRole",
            resource=arn,
            owned=owned,
            part=Part.TRUST,
            more={},
        )

    def _assumed(self, caller: Attached, arn: str) -> Decided:
        """Whether the caller may assume a role on the way: the same, whatever is done by it then."""
        said = self.question.circumstances
        told = tuple((name, tuple(values)) for name, values in said.told.items())
        key = (caller.arn, caller.session, arn, said.now, said.hints, told)
        found = self.held.kept.get(key)
        if not isinstance(found, Decided):
            found = self.held.kept[key] = self._decided(self._assuming(caller, arn, Scene.ASSUMING))
        return found

    def _decided(self, asking: Asking) -> Decided:
        return decided(asking, self.question.circumstances, self.held.stacks)

    def _grants_of_bucket(self) -> Sequence[Grant]:
        return self.held.grants_of(self.question.resource.bucket)


def _severity(decision: Decision) -> int:
    order = (Decision.DENIED, Decision.NOT_ALLOWED, Decision.UNKNOWN, Decision.ALLOWED)
    return order.index(decision)


def _hosts(partition: str) -> str:
    return "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"


def _failing(way: Way) -> int:
    """How many sides of a way fail."""
    return sum(side.fails for step in way.steps for side in step.sides)
