"""What to change, and in whose stack or account, so that a side allows; or how to ask otherwise."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from crossaccess.decide.principal import Named, entry_of
from crossaccess.deployment.picture import Grant
from crossaccess.explain.deciding import Decided
from crossaccess.explain.exactly import alone, exactly
from crossaccess.explain.held import URN, Held
from crossaccess.explain.hints import Hints
from crossaccess.explain.nearest import ABOUT_WHOM_OR_WHAT, Element, Near, shared
from crossaccess.explain.question import Question, Resource, Who
from crossaccess.explain.result import Finding, Part, Side, Standing, Step
from crossaccess.policy.grant import Method

_DENIED = "nothing can be allowed against a deny: change that statement, or ask so that it does not apply"
_FULL = "FullAWSAccess, which AWS attaches everywhere, lets everything through"
_OWNERS = (Part.BUCKET, Part.TRUST, Part.KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What the mends are made from: the question, one principal of it, and what a picture holds."""

    held: Held
    question: Question
    who: Who

    def mended(self, decided: Decided, grants: Sequence[Grant]) -> Step:
        """The step, with a mend for each side that fails; `grants` are those of the way."""
        return replace(
            decided.step, sides=tuple(self._side(decided, one, grants) for one in decided.step.sides)
        )

    def _side(self, decided: Decided, side: Side, grants: Sequence[Grant]) -> Side:
        if side.standing is Standing.DENIES:
            return _with(side, lambda one: one.mend or f"{_in(_held(side, one))}: {_DENIED}")
        if side.standing is Standing.DOES_NOT_ALLOW:
            return _with(side, lambda _: self._lacking(decided, side, grants))
        if side.standing is Standing.UNKNOWN:
            return _with(side, self._asking)
        return side

    def _lacking(self, decided: Decided, side: Side, grants: Sequence[Grant]) -> str:
        near, what = decided.near.get(side.part), self._exactly(decided.step)
        if side.part in (Part.SCP, Part.RCP):
            return f"{_in(side)}: let an {side.part.name} at {side.whose} allow {what} ({_FULL})"
        told = None if near is None else self._of_near(decided, side, near)
        if told is not None:
            return told
        if side.part is Part.BOUNDARY:
            return f"{_in(side)}: let the boundary allow {what}, too"
        covering = [one for one in grants if self.covers(one)]
        if covering and side.stack is not None:
            lagging = self._hints.lagging.format(stack=side.stack, grant=covering[0].name, who=self.who.label)
            return f"{_in(side)}: {lagging}"
        if covering:
            return f"{_in(side)}: deploy the stack of this account, the grant {covering[0].name} covers this"
        granted = bool(self.held.picture.grants)
        at_owners = granted and side.account is not None and side.account == self._owner()
        if side.part in _OWNERS or at_owners:
            return f"{_in(side)}: {self._wider(decided, grants)}"
        if granted and len({one.part for one in decided.step.sides if one.fails}) > 1:
            return f"{_in(side)}: {self._hints.following}"
        return f"{_in(side)}: let a policy of {side.whose} allow {what}"

    def _exactly(self, step: Step) -> str:
        return exactly(step.action, step.resource, self.question.resource)

    def _of_near(self, decided: Decided, side: Side, near: Near) -> str | None:
        """Where one element alone missed, or nothing but conditions, and each has a mend of its own."""
        if len(near.missed) > 1 and any(one.condition is None for one in near.missed):
            return None
        told = [self._of_one(decided, side, near, one) for one in near.missed]
        return "; ".join(one for one in told if one) if told and all(told) else None

    def _of_one(self, decided: Decided, side: Side, near: Near, missed: Element) -> str | None:
        condition = missed.condition
        names = near.statement.source.principals or ()
        if missed.name == "Principal":
            if any(entry_of(one.type, one.value).names is Named.UNIQUE_ID for one in names):
                again = f": pulumi up --refresh -s {side.stack}" if side.stack else ""
                return f"{_in(side)}: save the policy anew, so that it names the new {self.who.label}{again}"
            # Whoever is named in a statement of wide actions may do more than was asked: a key's own
            # administration is nearest where nothing else speaks of it.
            if _is_wide(near):
                return None
            given = near.statement.source.actions or ()
            more = "" if len(given) == 1 else f"; it allows {', '.join(given)}"
            return f"{_in(side)}: let the statement name {alone(decided.caller)}{more}"
        if condition is None:
            return None
        first = next(iter(condition.source.values), "…")
        if condition.key in ("aws:currenttime", "aws:epochtime"):
            grant = self._grant_of(near)
            whose = "the statement" if grant is None else f"the grant {grant.name}"
            return f"{_in(side)}: give {whose} another end, and deploy both stacks"
        if condition.key == "sts:externalid":
            return (
                f"assume the role with that external id (aws sts assume-role --external-id); to ask so here: "
                f"{self._hints.context([('sts:ExternalId', first)])}"
            )
        if condition.key in ("aws:sourceip", "aws:sourcevpce", "aws:sourcevpc"):
            return f"come from there; to ask so here: {self._hints.context([(condition.source.key, '…')])}"
        if condition.key == "aws:securetransport":
            return "make the request over TLS (https)"
        if condition.key.startswith("kms:") or condition.key in ABOUT_WHOM_OR_WHAT:
            return None
        # What others ask of a request is not theirs to drop: a statement without it would give more.
        told = first if _is_plain(condition.source.operator, first) else "…"
        asked = self._hints.context([(condition.source.key, told)])
        return f"make the request as {condition.source.key} asks; to ask so here: {asked}"

    def _wider(self, decided: Decided, grants: Sequence[Grant]) -> str:
        """What the owner would have to grant."""
        resource = self.question.resource
        mine = [one for one in grants if self.who.label in one.principals] or [
            one for one in self._of_bucket() if self.who.label in one.principals
        ]
        fitting = [one for one in mine if self.has_action(one)]
        if fitting:
            return f"let the grant {likest(fitting, resource).name} have the prefix {_folder(resource)}"
        if mine:
            near = likest(mine, resource)
            inside = _covers_key(near, resource)
            more = "" if inside else f", and the prefix {_folder(resource)}"
            return f"let the grant {near.name} have {self.question.action}{more}"
        if self.held.picture.grants:
            what = f"with {self.question.action} and the prefix {_folder(resource)}"
            return f"give a grant to {self.who.label}, {what}"
        return f"let a statement for {alone(decided.caller)} allow {self._exactly(decided.step)}"

    def _asking(self, one: Finding) -> str | None:
        if one.mend is not None or not one.ask:
            return one.mend
        return f"say what it is: {self._hints.context([(key, '…') for key in one.ask])}"

    @property
    def _hints(self) -> Hints:
        return self.question.circumstances.hints

    def _of_bucket(self) -> Sequence[Grant]:
        return self.held.grants_of(self.question.resource.bucket)

    def _owner(self) -> str | None:
        bucket = self.question.resource.bucket
        return next((one.account for one in self.held.picture.buckets if one.name == bucket), None)

    def covers(self, grant: Grant) -> bool:
        """Whether a grant gives the principal what is asked."""
        named = self.who.label in grant.principals
        return named and self.has_action(grant) and _covers_key(grant, self.question.resource)

    def has_action(self, grant: Grant) -> bool:
        """Whether a grant is about the action that is asked."""
        return self.question.action.lower() in (one.lower() for one in grant.actions)

    def _grant_of(self, near: Near) -> Grant | None:
        """The grant whose statement it is, by the statement's id."""
        sid = near.statement.source.sid or ""
        found = [one for one in self.held.picture.grants if one.sid and sid.startswith(one.sid)]
        return max(found, key=lambda one: len(one.sid), default=None)


def role_grants(grants: Iterable[Grant], arn: str) -> tuple[Grant, ...]:
    """The grants of a role."""
    return tuple(one for one in grants if one.method == Method.ASSUME_ROLE and one.role_arn == arn)


def _is_wide(near: Near) -> bool:
    """Whether the statement allows actions that it does not name one by one."""
    actions = near.statement.source.actions
    return actions is None or any("*" in one or "?" in one for one in actions)


def _is_plain(operator: str, value: str) -> bool:
    """Whether a condition is met by a request that has just this value."""
    return operator in ("StringEquals", "StringLike", "Bool", "ArnEquals", "ArnLike") and not any(
        one in value for one in "*?$"
    )


def _with(side: Side, mend: Callable[[Finding], str | None]) -> Side:
    return replace(side, findings=tuple(replace(one, mend=mend(one)) for one in side.findings))


def _held(side: Side, one: Finding) -> Side:
    """The side, of no stack where the policy is none of a stack's: accounts have others beside those."""
    return replace(side, stack=None) if one.source and not one.source.startswith(URN) else side


def _in(side: Side) -> str:
    if side.part in (Part.SCP, Part.RCP):
        # Nobody else can change them, but for a delegated administrator: Organizations User Guide, "Delegated
        # administrator for AWS Organizations".
        return "in the organization's management account"
    account = f"account {side.account}" if side.account else "the owner's account"
    return f"in {account}" if side.stack is None else f"in stack {side.stack} ({account})"


def _covers_key(grant: Grant, resource: Resource) -> bool:
    asked = resource.key if resource.key is not None else resource.prefix
    return not grant.prefixes or asked is None or any(asked.startswith(one) for one in grant.prefixes)


def likest(grants: Sequence[Grant], resource: Resource) -> Grant:
    """The one whose prefixes are likest to the key."""
    return max(grants, key=lambda one: likeness_of(one, resource))


def likeness_of(grant: Grant, resource: Resource) -> int:
    """How many characters of the key one of the grant's prefixes begins with."""
    return max((shared(one, _key(resource)) for one in grant.prefixes), default=0)


def _key(resource: Resource) -> str:
    return resource.key or resource.prefix or ""


def _folder(resource: Resource) -> str:
    """The prefix that would be granted: up to the last slash."""
    head, slash, _ = _key(resource).rpartition("/")
    return f"{head}{slash}" or _key(resource) or "the bucket"
