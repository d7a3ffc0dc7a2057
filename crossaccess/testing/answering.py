"""May somebody do something, by all ways that there are? Answered from a picture, with the reasons as text.

`answer` is all that the rest of the plugin knows of deciding and explaining.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crossaccess.decide import (
    Answer,
    CompiledDocument,
    Decision,
    Layer,
    Policies,
    Request,
    RequestError,
    compile_document,
    decide,
)
from crossaccess.deployment.picture import Bucket, Grant, Picture, Policy, Principal
from crossaccess.policy.access import ACTIONS, Scope
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import PolicyKind, parse_document
from crossaccess.policy.kms import key_actions
from crossaccess.testing.errors import StackError

_ROLE = "assume-role"
_ORDER = (Decision.ALLOWED, Decision.UNKNOWN, Decision.DENIED, Decision.NOT_ALLOWED)
"""Which way counts where there are several: the one that gets furthest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as a test asks it."""

    principal: str
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A decision with its explanation."""

    decision: Decision
    text: str


def answer(picture: Picture, asked: Asked, names: Mapping[str, str]) -> Iterator[Answered]:
    """Answer for each principal that is meant. `names` are the stacks' names by account.

    Raises `StackError` where the question names nobody, or no resource.
    """
    grants = [one for one in picture.grants if one.name == asked.principal]
    bucket, resource = _resource(picture, asked, grants)
    question = _Question(picture=picture, asked=asked, names=names, bucket=bucket, resource=resource)
    for arn in _principals(picture, asked.principal, grants):
        roles = [one for one in grants or picture.grants if one.method == _ROLE and one.bucket == bucket.name]
        itself = not grants or any(one.method != _ROLE for one in grants)
        ways = [question.as_itself(arn)] if itself else []
        # Also those of grants that do not name the principal singly: policies decide, not names.
        tried = [(question.by_role(arn, one), bool(grants) or _names(one, arn)) for one in roles]
        best = min([*ways, *(way for way, _ in tried)], key=lambda way: _ORDER.index(way.decision))
        ways += [way for way, named in tried if named or way is best]
        heading = f"{arn}: {asked.action} on {resource} is {best.decision.value}"
        yield Answered(decision=best.decision, text="\n".join([heading, *(way.text for way in ways)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One question, about one resource of one bucket."""

    picture: Picture
    asked: Asked
    names: Mapping[str, str]
    bucket: Bucket
    resource: str

    def as_itself(self, arn: str) -> Answered:
        """By the caller's own credentials."""
        return self._told("as itself", self._use(arn, arn, _attached(self.picture, arn)))

    def by_role(self, arn: str, grant: Grant) -> Answered:
        """By the role of a grant: it is assumed first."""
        role = grant.role_arn or ""
        holder = _attached(self.picture, role)
        request = self._request(arn, "sts:AssumeRole", role, owner=None)
        trust = _compiled(holder.trust, PolicyKind.TRUST) if holder is not None and holder.trust else None
        mine = _attached(self.picture, arn)
        assuming = _Step(
            what="sts:AssumeRole",
            answer=_decide(request, mine, trust),
            identity=() if mine is None else mine.policies,
            resource=None if holder is None else holder.trust,
        )
        session = f"{role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session"
        steps = [assuming, *self._use(session, role, holder)]
        return self._told(f"by the role {role} (grant {grant.name})", steps)

    def _use(self, caller: str, principal_arn: str, holder: Principal | None) -> "list[_Step]":
        """What S3 decides of the request, and what KMS decides of S3's for the bucket's key."""
        more: dict[str, tuple[str, ...]] = {"aws:PrincipalArn": (principal_arn,)}
        known = ACTIONS.get(self.asked.action)
        if known is not None and known.scope is Scope.LISTING and not self.asked.resource.startswith("arn:"):
            more["s3:prefix"] = (self.asked.resource,)
        request = self._request(
            caller, self.asked.action, self.resource, owner=self.bucket.account, more=more
        )
        identity = () if holder is None else holder.policies
        policy = _compiled(self.bucket.policy, PolicyKind.RESOURCE)
        steps = [
            _Step(
                what=self.asked.action,
                answer=_decide(request, holder, policy),
                identity=identity,
                resource=self.bucket.policy,
            )
        ]
        key = next((one for one in self.picture.keys if self.bucket.key in (one.arn, one.name)), None)
        if self.bucket.key is None or not key_actions([self.asked.action]):
            return steps
        if key is None or key.arn is None or key.policy is None or key.policy.text is None:
            raise StackError(
                f"the bucket's key {self.bucket.key} is of neither stack: what its policy says is not known, "
                "and whether somebody gets in cannot be told"
            )
        via = {
            "aws:PrincipalArn": (principal_arn,),
            "kms:ViaService": (f"s3.{key.region}.amazonaws.com",),
            "kms:EncryptionContext:aws:s3:arn": (self.bucket.arn,),
        }
        for action in key_actions([self.asked.action]):
            asking = self._request(caller, action, key.arn, owner=None, more=via)
            steps.append(
                _Step(
                    what=action,
                    answer=_decide(asking, holder, _compiled(key.policy, PolicyKind.RESOURCE)),
                    identity=identity,
                    resource=key.policy,
                )
            )
        return steps

    def _request(
        self,
        caller: str,
        action: str,
        resource: str,
        *,
        owner: str | None,
        more: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Request:
        now = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        usual = {"aws:SecureTransport": ("true",), "aws:CurrentTime": (now,)}
        return Request(
            principal=caller,
            action=action,
            resource=resource,
            resource_account=owner,
            context={**usual, **(more or {}), **self.asked.context},
        )

    def _told(self, way: str, steps: "Sequence[_Step]") -> Answered:
        """All steps have to be allowed; the first that is not decides."""
        decisive = next((one for one in steps if one.answer.decision is not Decision.ALLOWED), steps[-1])
        lines = [f"  {way}: {decisive.answer.decision.value}"]
        for step in steps:
            lines += [f"    {step.what}: {line}" for line in step.lines(self.names)]
            if step is decisive:
                break
        return Answered(decision=decisive.answer.decision, text="\n".join(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One decision on the way, with the policies of both sides."""

    what: str
    answer: Answer
    identity: tuple[Policy, ...]
    resource: Policy | None

    def lines(self, names: Mapping[str, str]) -> Iterator[str]:
        """Each reason: the side, the policy, and what of it decided or came nearest."""
        facts = self.answer.facts
        for reason in self.answer.details:
            theirs = reason.layer is Layer.RESOURCE
            account = facts.resource_account if theirs else facts.caller.account
            policy = self.resource if theirs else None
            if reason.layer is Layer.IDENTITY and reason.document is not None and self.identity:
                policy = self.identity[reason.document - 1]
            side = names.get(account or "", f"account {account}")
            yield f"{side}{'' if policy is None else f', {policy.name}'}: {reason}"


def _decide(request: Request, holder: Principal | None, resource: CompiledDocument | None) -> Answer:
    identity = () if holder is None else holder.policies
    boundary = None if holder is None or holder.boundary is None else holder.boundary
    own = None if boundary is None else _compiled(boundary, PolicyKind.BOUNDARY)
    policies = Policies(
        identity=[one for policy in identity if (one := _compiled(policy, PolicyKind.IDENTITY)) is not None],
        resource=resource,
        boundary=None if own is None else [own],
    )
    try:
        return decide(request, policies)
    except RequestError as error:
        raise StackError(str(error)) from None


def _compiled(policy: Policy | None, kind: PolicyKind) -> CompiledDocument | None:
    if policy is None:
        return None
    if policy.text is None:
        raise StackError(f"{policy.name} cannot be read: {policy.unknown}")
    return compile_document(parse_document(policy.text, kind))


def _attached(picture: Picture, arn: str) -> Principal | None:
    """What is known of a principal; of a permission set's roles by the pattern of their names."""
    return next((one for one in picture.principals if one.arn == arn), None)


def _names(grant: Grant, arn: str) -> bool:
    """Whether a grant names a principal singly."""
    return any(_arn_in(grant, label) == arn for label in grant.principals)


def _arn_in(grant: Grant, label: str) -> str:
    return f"arn:{grant.partition}:iam::{grant.account}:{label}"


def _principals(picture: Picture, name: str, grants: Sequence[Grant]) -> list[str]:
    """The ARNs of those who are meant."""
    if name.startswith("arn:"):
        return [name]
    kinds = ("user/", "role/")
    if grants:
        found = [_arn_in(one, label) for one in grants for label in one.principals if label.startswith(kinds)]
    else:
        own = [one.arn for one in picture.principals if name in (one.name, one.label) and one.arn is not None]
        told = [
            _arn_in(one, label)
            for one in picture.grants
            for label in one.principals
            if label.startswith(kinds) and name in (label, label.rpartition("/")[2])
        ]
        found = [*own, *told]
    found = list(dict.fromkeys(found))
    if not found or (len(found) > 1 and not grants):
        listed = ", ".join(found) or ", ".join(
            sorted({label for one in picture.grants for label in one.principals})
        )
        raise StackError(
            f"{name!r} is {'several' if found else 'no'} principal{'s' if found else ''} of these stacks: "
            f"give an ARN, a grant's name, or one of {listed or 'none that is known'}"
        )
    return found


def _resource(picture: Picture, asked: Asked, grants: Sequence[Grant]) -> tuple[Bucket, str]:
    """The bucket, and the ARN that the action is asked on."""
    arn = parse_arn(asked.resource)
    named = {one.bucket for one in grants}
    if arn is not None:
        named = {arn.resource.partition("/")[0]}
    buckets = [one for one in picture.buckets if not named or one.name in named]
    if len(buckets) != 1:
        known = ", ".join(one.arn for one in picture.buckets)
        raise StackError(
            f"{asked.resource!r} does not say one bucket of these stacks: give an ARN in {known}"
        )
    (bucket,) = buckets
    if arn is not None:
        return bucket, asked.resource
    action = ACTIONS.get(asked.action)
    of_bucket = action is not None and action.scope is not Scope.OBJECTS
    return bucket, bucket.arn if of_bucket else f"{bucket.arn}/{asked.resource}"
