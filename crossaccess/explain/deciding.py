"""One request decided, with what each side says of it.

Where a policy is known to be there and nobody can read it, the request is decided twice: once by the policies
that are known, once as if that one allowed everything. What fails even so fails in any case; else nobody can
tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crossaccess.decide import Answer, Decision, Layer, Request, RequestError, decide
from crossaccess.decide.evaluate import LayerVerdict
from crossaccess.decide.principal import best
from crossaccess.decide.statement import CompiledStatement
from crossaccess.decide.tri import MAYBE, NO, YES, Tri
from crossaccess.deployment.errors import SourceError
from crossaccess.explain import wording
from crossaccess.explain.asking import Asking, at_best, documents_of, policies_of, unread_of
from crossaccess.explain.circumstances import Circumstances
from crossaccess.explain.held import Level, Read
from crossaccess.explain.hints import Hints
from crossaccess.explain.nearest import Near, nearest
from crossaccess.explain.result import Finding, Part, Side, Standing, Step

_LAYERS = {Layer.IDENTITY: Part.IDENTITY, Layer.BOUNDARY: Part.BOUNDARY, Layer.SESSION: Part.SESSION}
_ORGANIZATIONS = {Layer.SCP: Part.SCP, Layer.RCP: Part.RCP}
_OVER_TLS = "make the request over TLS (https)"
_OF_SESSION = "a session begins with a policy of its own, which is nowhere kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A step, with the nearest statements of its sides, by part: what is to be mended is told from them.

    `caller` is the ARN of whoever asks in this step: the principal, or a role on the way.
    """

    step: Step
    caller: str
    near: dict[Part, Near]


def decided(asking: Asking, circumstances: Circumstances, stacks: dict[str, str]) -> Decided:
    """Decide a request. Raises `SourceError` where it is none."""
    policies = policies_of(asking)
    caller, more = asking.caller, asking.more
    if caller.session is not None:
        # A session's ARN has lost its role's path.
        more = {**more, "aws:PrincipalArn": (caller.arn,)}
    context = circumstances.of(asking.scene, documents_of(asking), more)
    request = Request(
        principal=caller.session or caller.arn,
        action=asking.action,
        resource=asking.resource,
        resource_account=asking.owned.account,
        context=context,
        context_complete=False,
    )
    try:
        answer = decide(request, policies)
        decision = answer.decision
        if any(unread_of(asking)):
            most = decide(request, at_best(asking, policies)).decision
            failing = most in (Decision.DENIED, Decision.NOT_ALLOWED)
            decision = most if failing else Decision.UNKNOWN
    except RequestError as error:
        raise SourceError(str(error)) from None
    telling = _Telling(
        asking=asking, answer=answer, decision=decision, stacks=stacks, hints=circumstances.hints, near={}
    )
    sides = tuple(telling.sides())
    step = Step(
        action=asking.action,
        resource=asking.resource,
        caller=asking.caller.label,
        decision=decision,
        sides=sides,
        rule=answer.verdict.rule,
    )
    return Decided(step=step, caller=asking.caller.arn, near=telling.near)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """What is said of one decided request."""

    asking: Asking
    answer: Answer
    decision: Decision
    stacks: dict[str, str]
    hints: Hints
    near: dict[Part, Near]

    @property
    def _bounded(self) -> bool:
        return self.answer.verdict.bounded

    def sides(self) -> Iterator[Side]:
        """The sides in the order in which people read them: the caller's, then the owner's."""
        layers = self.answer.verdict.layers
        for layer in layers:
            if layer.layer in _LAYERS:
                yield self._own(layer)
            elif layer.layer in _ORGANIZATIONS:
                yield self._organizations(layer)
        resource = next((one for one in layers if one.layer is Layer.RESOURCE), None)
        if self.answer.verdict.layers or self.decision is not Decision.ALLOWED:
            yield self._owners(resource)

    def _own(self, layer: LayerVerdict) -> Side:
        caller = self.asking.caller
        part = _LAYERS[layer.layer]
        reads = caller.identity if part is Part.IDENTITY else [one for one in (caller.boundary,) if one]
        if part is Part.SESSION:
            reads = ()
        missing = caller.missing if part is Part.IDENTITY else None
        if part is Part.SESSION and caller.is_federated:
            missing = _OF_SESSION
        side = self._side(layer, part, reads, missing)
        if side.standing is Standing.DOES_NOT_ALLOW and self.decision is Decision.ALLOWED:
            return replace(side, standing=Standing.NOT_NEEDED, findings=())
        return side

    def _organizations(self, layer: LayerVerdict) -> Side:
        level = self._level(layer)
        side = self._side(layer, _ORGANIZATIONS[layer.layer], level.policies, None)
        limited = self.asking.caller if layer.layer is Layer.SCP else self.asking.owned
        return replace(side, whose=level.name, account=limited.account, stack=None)

    def _level(self, layer: LayerVerdict) -> Level:
        levels = self.asking.caller.scp if layer.layer is Layer.SCP else self.asking.owned.rcp
        return levels[(layer.level or 1) - 1]

    def _owners(self, layer: LayerVerdict | None) -> Side:
        owned, part = self.asking.owned, self.asking.part
        # Inside of one account the caller's own policies are enough for a bucket.
        at_home = part is Part.BUCKET and owned.account == self.asking.caller.account
        enough = at_home or self.answer.verdict.identity_is_enough or self.decision is Decision.ALLOWED
        is_read = owned.policy is not None and owned.policy.document is not None
        if enough and is_read and layer is not None and layer.allows == layer.denies == NO:
            # What came nearest is not looked for: it is a long search in a policy of many statements.
            return self._made(part, Standing.NOT_NEEDED, ())
        if layer is None and owned.policy is None:
            finding = Finding(text=f"{owned.label} has no policy")
            side = self._made(part, Standing.DOES_NOT_ALLOW, [finding])
        elif layer is None:
            found = [] if owned.policy is None else [self._not_known(owned.policy)]
            side = self._made(part, Standing.UNKNOWN, found)
        else:
            side = self._side(layer, part, [owned.policy] if owned.policy is not None else [], None)
        if side.standing is Standing.DOES_NOT_ALLOW and enough:
            return replace(side, standing=Standing.NOT_NEEDED, findings=())
        return side

    def _side(self, layer: LayerVerdict, part: Part, reads: Sequence[Read], missing: str | None) -> Side:
        readable = [one for one in reads if one.document is not None]
        closed = [self._not_known(one) for one in reads if one.document is None]
        if missing is not None and self.asking.caller.is_federated:
            closed.append(Finding(text=f"the {part.value} cannot be told: {missing}"))
        elif missing is not None:
            closed.append(Finding(text=f"its policies are not known: {missing}", mend=self.hints.unread))
        if layer.denies == YES:
            return self._made(part, Standing.DENIES, self._denying(layer, readable))
        if layer.denies == MAYBE:
            return self._made(part, Standing.UNKNOWN, self._open(layer, readable, allowing=False))
        if layer.allows == YES:
            told = self._allowing(layer, readable)
            standing = Standing.UNKNOWN if closed else Standing.ALLOWS
            return self._made(part, standing, [*told, *closed])
        if layer.allows == MAYBE:
            return self._made(part, Standing.UNKNOWN, [*self._open(layer, readable, allowing=True), *closed])
        if closed:
            return self._made(part, Standing.UNKNOWN, closed)
        return self._made(part, Standing.DOES_NOT_ALLOW, [self._missing(layer, part, readable)])

    def _made(self, part: Part, standing: Standing, findings: Sequence[Finding]) -> Side:
        owners = part in (Part.BUCKET, Part.TRUST, Part.KEY)
        of = self.asking.owned if owners else self.asking.caller
        return Side(
            part=part,
            whose=of.label,
            account=of.account,
            stack=self.stacks.get(of.account or ""),
            standing=standing,
            findings=tuple(findings),
        )

    def _each(
        self, layer: LayerVerdict, reads: Sequence[Read], *, allowing: bool, fits: Tri
    ) -> Iterator[tuple[Read, CompiledStatement]]:
        """The statements of a layer that apply as much as that, with their policies."""
        facts = self.answer.facts
        for number, document in enumerate(layer.documents):
            for one in document.allowing if allowing else document.denying:
                named = one.source.principals is not None or one.source.not_principals is not None
                applies = best(one.ways(facts, bounded=self._bounded)) if named else one.applies(facts)
                if applies == fits:
                    yield reads[number], one

    def _allowing(self, layer: LayerVerdict, reads: Sequence[Read]) -> list[Finding]:
        found = self._each(layer, reads, allowing=True, fits=YES)
        return [_at(policy, one, "allows it") for policy, one in found]

    def _denying(self, layer: LayerVerdict, reads: Sequence[Read]) -> list[Finding]:
        found = self._each(layer, reads, allowing=False, fits=YES)
        return [
            replace(
                _at(policy, one, f"denies it, {wording.denies(one)}"),
                element="Condition" if one.conditions else None,
                mend=_OVER_TLS if wording.refuses_plain_http(one) else None,
            )
            for policy, one in found
        ]

    def _open(self, layer: LayerVerdict, reads: Sequence[Read], *, allowing: bool) -> list[Finding]:
        verb = "allows" if allowing else "denies"
        found = []
        for policy, one in self._each(layer, reads, allowing=allowing, fits=MAYBE):
            text, ask = wording.open_elements(self.answer.facts, one, bounded=self._bounded)
            found.append(replace(_at(policy, one, f"perhaps {verb} it: {text}"), ask=ask))
        return found

    def _missing(self, layer: LayerVerdict, part: Part, reads: Sequence[Read]) -> Finding:
        asking, facts = self.asking, self.answer.facts
        on = f"this {_kind(asking.resource)}"
        owners = part in (Part.BUCKET, Part.TRUST, Part.KEY)
        subject = (
            f"no statement lets {asking.caller.label} use"
            if owners
            else f"no policy of {asking.caller.label} allows"
        )
        if part is Part.BOUNDARY:
            subject = f"the boundary of {asking.caller.label} does not let through"
        if part in (Part.SCP, Part.RCP):
            subject = f"no {layer.layer.value} at {self._level(layer).name} lets through"
        begin = f"{subject} {asking.action} on {on}"
        near = nearest(facts, layer.documents, bounded=self._bounded)
        if near is None:
            none = (
                "it has no policy that is known"
                if part is Part.IDENTITY and not reads
                else "none allows anything"
            )
            return Finding(text=f"{begin}: {none}")
        if not near.is_near(facts.action):
            return Finding(text=f"{begin}, or anything near to it")
        self.near[part] = near
        told = [wording.missed(facts, near.statement, one) for one in near.missed]
        names = dict.fromkeys(one.name for one in near.missed)
        policy = reads[near.document]
        return Finding(
            text=f"{begin}; nearest is {policy.name}, {near.statement.label}: {'; '.join(told)}",
            policy=policy.name,
            statement=near.statement.label,
            element=", ".join(names),
            source=policy.source,
        )

    def _not_known(self, policy: Read) -> Finding:
        text = f"what {policy.name} says is not known: {policy.why}"
        mend = f"correct it: {policy.source}" if policy.is_wrong and policy.source else self.hints.unread
        return Finding(text=text, policy=policy.name, source=policy.source, mend=mend)


def _kind(arn: str) -> str:
    """What people call what the ARN is one of."""
    if ":s3:::" in arn:
        return "object" if "/" in arn else "bucket"
    return "key" if ":kms:" in arn else "role"


def _at(policy: Read, statement: CompiledStatement, does: str) -> Finding:
    return Finding(
        text=f"{policy.name}, {statement.label}, {does}",
        policy=policy.name,
        statement=statement.label,
        source=policy.source,
    )
