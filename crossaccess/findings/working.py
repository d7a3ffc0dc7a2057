"""Whether both sides let the grants work: asked of the decision core, action by action."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.picture import Grant, Picture
from crossaccess.explain.circumstances import Circumstances
from crossaccess.explain.explaining import explain
from crossaccess.explain.held import Held
from crossaccess.explain.question import Question, Resource, ResourceKind, Who, who_is
from crossaccess.explain.result import Explanation, Part, Side, Standing, Step
from crossaccess.explain.result import Finding as Told
from crossaccess.findings.catalogue import (
    GRANT_IN_DOUBT,
    KEY_NOT_ALLOWED,
    OWNER_SIDE_MISSING,
    REQUESTER_SIDE_MISSING,
)
from crossaccess.findings.finding import Finding, Rule
from crossaccess.findings.lasting import of_grant
from crossaccess.policy.access import ACTIONS, Scope

_NAME: Final = "crossaccess-check"
"""A name that no statement is about in particular."""
_OWNERS: Final = (Part.BUCKET, Part.TRUST)
_FAILS: Final = (Standing.DENIES, Standing.DOES_NOT_ALLOW)


def how_grants_work(picture: Picture, now: dt.datetime) -> Iterator[Finding]:
    """Look at what each side says to each grant that has not ended; `now` has a time zone."""
    held = Held(picture)
    for grant in picture.grants:
        if grant.conditions is None or (grant.asks.expires is not None and grant.asks.expires <= now):
            continue
        yield from _Working(held=held, grant=grant, now=now).findings()


@dataclass(slots=True, kw_only=True)
class _Lack:
    """What is missing for one principal, in one way, with the actions that lack it."""

    rule: Rule
    who: str
    told: Told
    certain: bool
    actions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Working:
    """One grant."""

    held: Held
    grant: Grant
    now: dt.datetime

    def findings(self) -> Iterator[Finding]:
        """Each lack once for each principal, with all actions that it is about."""
        lacks: dict[tuple[Rule, str, str], _Lack] = {}
        unknown = [action for action in self.grant.actions if action not in ACTIONS]
        if unknown:
            message = f"it gives what this program does not know: {', '.join(unknown)}"
            yield of_grant(GRANT_IN_DOUBT, self.grant, message, certain=False)
        for who in filter(None, (who_is(self.grant, label) for label in self.grant.principals)):
            for action, resource in self._asked():
                for lack in self._lacks(who, action, resource):
                    place = lack.told.policy or ""
                    lacks.setdefault((lack.rule, lack.who, place), lack).actions.append(action)
        for lack in lacks.values():
            yield self._finding(lack)

    def _finding(self, lack: _Lack) -> Finding:
        others = list(dict.fromkeys(lack.actions))[1:]
        more = f"; so for {', '.join(others)}" if others else ""
        in_doubt = lack.rule is GRANT_IN_DOUBT
        doubt = "" if lack.certain or in_doubt else " (as far as its policies are known)"
        memory = "" if self.grant.first_hand else "; the grant is told from memory by the requester's stack"
        found = of_grant(lack.rule, self.grant, f"{lack.who}: {lack.told.text}{doubt}{more}{memory}")
        return replace(
            found,
            policy=lack.told.policy,
            statement=lack.told.statement,
            source=lack.told.source,
            mend=lack.told.mend,
            certain=lack.certain and not in_doubt,
        )

    def _asked(self) -> Iterator[tuple[str, Resource]]:
        """Each action under the first prefix, and the first of each kind under the others."""
        bucket = f"arn:{self.grant.partition}:s3:::{self.grant.bucket}"
        seen: set[Scope] = set()
        for action in self.grant.actions:
            known = ACTIONS.get(action)
            if known is None:
                continue
            prefixes = self.grant.prefixes or ("",)
            for prefix in prefixes if known.scope not in seen else prefixes[:1]:
                yield action, self._resource(known.scope, bucket, prefix)
            seen.add(known.scope)

    def _resource(self, scope: Scope, bucket: str, prefix: str) -> Resource:
        name = self.grant.bucket
        if scope is Scope.OBJECTS:
            key = f"{prefix}{_NAME}"
            return Resource(kind=ResourceKind.OBJECT, arn=f"{bucket}/{key}", bucket=name, key=key)
        listed = prefix if scope is Scope.LISTING else None
        return Resource(kind=ResourceKind.BUCKET, arn=bucket, bucket=name, prefix=listed)

    def _lacks(self, who: Who, action: str, resource: Resource) -> Iterator[_Lack]:
        circumstances = Circumstances(now=self.now, told=self._told())
        question = Question(
            who=(who,), action=action, resource=resource, circumstances=circumstances, grants=(self.grant,)
        )
        try:
            answers = explain(self.held.picture, question, self.held)
        except SourceError as error:
            yield _Lack(rule=GRANT_IN_DOUBT, who=who.label, told=Told(text=str(error)), certain=False)
            return
        for answer in answers:
            yield from self._of(answer, who)

    def _of(self, answer: Explanation, who: Who) -> Iterator[_Lack]:
        whole = {(one.whose, one.account): one.whole for one in answer.known}
        for step in answer.ways[0].steps:
            label = who.label if step.caller == who.label else f"{who.label} as {step.caller}"
            if step.rule is not None:
                yield _Lack(rule=GRANT_IN_DOUBT, who=label, told=Told(text=step.rule), certain=False)
            for side in step.sides:
                certain = side.part in (*_OWNERS, Part.KEY) or whole.get((side.whose, side.account), True)
                rule = self._rule(step, side)
                if rule is not None:
                    yield _Lack(rule=rule, who=label, told=_told(side), certain=certain)

    def _rule(self, step: Step, side: Side) -> Rule | None:
        """Which rule a side goes against; none where it allows, or asks for what only a request can say."""
        if side.standing is Standing.UNKNOWN:
            asks = bool(side.findings) and all(one.ask for one in side.findings)
            return None if asks else GRANT_IN_DOUBT
        if side.standing not in _FAILS:
            return None
        if not self.grant.first_hand:
            # The owner may have changed it since: its stack tells, where it is here.
            return GRANT_IN_DOUBT
        if step.action.startswith("kms:"):
            return KEY_NOT_ALLOWED
        return OWNER_SIDE_MISSING if side.account == self.grant.owner else REQUESTER_SIDE_MISSING

    def _told(self) -> Mapping[str, Sequence[str]]:
        """What a caller says to assume the grant's role: what nobody tells would be taken not to be said."""
        asks = self.grant.asks
        told: dict[str, Sequence[str]] = {}
        if asks.external_id is not None:
            told["sts:externalid"] = (asks.external_id,)
        if asks.source_identity:
            told["sts:sourceidentity"] = asks.source_identity[:1]
        for name, values in asks.session_tags:
            told[f"aws:requesttag/{name.lower()}"] = values[:1]
        if asks.session_tags:
            told["aws:tagkeys"] = tuple(name for name, _ in asks.session_tags)
        return told


def _told(side: Side) -> Told:
    """What a side says; of what cannot be read, which explanations tell at the end."""
    if not side.findings:
        return Told(text=f"what the {side.part.value} of {side.whose} says cannot be told")
    told = side.findings[-1 if side.standing is Standing.UNKNOWN else 0]
    return replace(told, mend=_mend(side)) if side.standing is Standing.DOES_NOT_ALLOW else told


def _mend(side: Side) -> str:
    """What to change: there is a grant, so that what a side does not allow is written by deploying it."""
    if side.stack is None:
        return f"deploy the stack of account {side.account}, which the grant is for"
    return f"deploy it again, so that its policies have what the grant says: pulumi up -s {side.stack}"
