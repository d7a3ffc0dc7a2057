"""Who decides: the policies of both sides and of their organizations, put together.

IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic". A matching Deny
wins. Then every layer that there is has to allow; inside one account the resource's policy may be enough,
depending on how it names the caller; across accounts both sides are needed.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crossaccess.decide.caller import CallerKind, is_service_linked
from crossaccess.decide.principal import NOBODY, Way, Ways, either
from crossaccess.decide.request import Facts
from crossaccess.decide.statement import CompiledDocument
from crossaccess.decide.tri import MAYBE, NO, YES, Tri


class Decision(enum.Enum):
    """The answer. Nothing but `ALLOWED` lets a request through."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NOT_ALLOWED = "not allowed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies of both sides.

    `identity`, `boundary` and `session` belong to the caller (`None`: it has no boundary, no session
    policy); `resource` to the resource (a bucket policy, a role's trust policy, a key policy);
    `endpoint` to the VPC endpoint on the way. `scp` are those of the caller's organization and `rcp`
    those of the resource owner's: one list of documents per level, from the root to the account.
    """

    identity: Sequence[CompiledDocument] = ()
    resource: CompiledDocument | None = None
    boundary: Sequence[CompiledDocument] | None = None
    session: Sequence[CompiledDocument] | None = None
    endpoint: CompiledDocument | None = None
    scp: Sequence[Sequence[CompiledDocument]] = ()
    rcp: Sequence[Sequence[CompiledDocument]] = ()


class Layer(enum.Enum):
    """Where a policy stands, in the words that people use."""

    IDENTITY = "identity policy"
    RESOURCE = "resource policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    ENDPOINT = "VPC endpoint policy"
    SCP = "service control policy"
    RCP = "resource control policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerVerdict:
    """What one layer says: does it allow, does it deny?

    `level` counts the levels of the organization from 1. A resource policy's `allows` says whether it
    takes the caller in at all; `ways` says how.
    """

    layer: Layer
    documents: Sequence[CompiledDocument]
    allows: Tri
    denies: Tri
    level: int | None = None
    ways: Ways = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision with the layers that made it.

    `bounded`: the caller has a permissions boundary. `identity_is_enough`: the resource's policy need not
    allow, since the caller is of the same account and its own policies do. `rule` is a rule of AWS that no
    policy can change.
    """

    decision: Decision
    layers: tuple[LayerVerdict, ...]
    bounded: bool
    identity_is_enough: bool = False
    rule: str | None = None


_BUCKET_POLICY_ACTIONS = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})
_SIGNED_ONLY = frozenset({"sts", "kms", "iam"})
_ASSUME_ROLE = "sts:assumerole"
_WHO_AM_I = "sts:getcalleridentity"


def evaluate(facts: Facts, policies: Policies) -> Verdict:
    """Decide one request."""
    if facts.action == _WHO_AM_I and facts.caller.has_identity_side:
        # STS API Reference, "GetCallerIdentity": it needs no permission, and no policy can deny it.
        return Verdict(
            decision=Decision.ALLOWED, layers=(), bounded=False, rule="every caller may ask who it is"
        )
    layers = _layers(facts, policies)
    rule = _rule(facts)
    bounded = policies.boundary is not None
    same = _same_account(facts)
    if same is not None:
        decision = _decide(facts, layers, rule, same=same)
        enough = same and not _resource_must_allow(facts) and _identity_allows(facts, layers) == YES
        return Verdict(
            decision=decision, layers=layers, bounded=bounded, identity_is_enough=enough, rule=rule
        )
    # Whose resource it is nobody said: where both readings agree, that does not matter.
    readings = {_decide(facts, layers, rule, same=reading) for reading in (True, False)}
    decision = readings.pop() if len(readings) == 1 else Decision.UNKNOWN
    if decision is Decision.UNKNOWN and rule is None:
        rule = "it depends on which account owns the resource, and nobody said (resourceAccount)"
    return Verdict(decision=decision, layers=layers, bounded=bounded, rule=rule)


def _decide(facts: Facts, layers: Sequence[LayerVerdict], rule: str | None, *, same: bool) -> Decision:
    denies: Tri = NO
    for layer in layers:
        denies = max(denies, layer.denies)
    if denies == YES:
        return Decision.DENIED
    allows = NO if rule is not None else _allows(facts, layers, same=same)
    if allows == NO:
        return Decision.NOT_ALLOWED
    return Decision.ALLOWED if allows == YES and denies == NO else Decision.UNKNOWN


def _allows(facts: Facts, layers: Sequence[LayerVerdict], *, same: bool) -> Tri:
    """Whether everyone who has to allow does. A layer that is not there does not limit."""
    identity = _identity_allows(facts, layers)
    limits: Tri = YES
    around: Tri = YES
    ways = NOBODY
    for layer in layers:
        if layer.layer is Layer.RESOURCE:
            ways = layer.ways
        elif layer.layer in (Layer.BOUNDARY, Layer.SESSION):
            limits = min(limits, layer.allows)
        elif layer.layer is not Layer.IDENTITY:
            around = min(around, layer.allows)
    if not facts.caller.has_identity_side:
        return min(around, max(ways))
    if not same:
        return min(around, identity, limits, max(ways))
    return min(around, _allows_at_home(facts, ways, identity=identity, limits=limits))


def _identity_allows(facts: Facts, layers: Sequence[LayerVerdict]) -> Tri:
    if facts.caller.kind is CallerKind.ROOT:
        return YES
    return max((layer.allows for layer in layers if layer.layer is Layer.IDENTITY), default=NO)


def _allows_at_home(facts: Facts, ways: Ways, *, identity: Tri, limits: Tri) -> Tri:
    """Inside one account: the identity side, or the resource's policy where it names the caller itself.

    "Policy evaluation logic", resource-based policies: a grant to a user or session is not limited by
    what identity policies, boundary and session policy merely do not allow; a grant to a role is limited
    by the latter two; a grant to the account delegates to its identity policies.
    """
    own: Tri = min(identity, limits)
    if _resource_must_allow(facts):
        # A role's trust policy and a key policy have to allow, also at home.
        own = min(own, ways[Way.ACCOUNT])
    everyone = ways[Way.EVERYONE]
    if limits != YES:
        # How far boundary and session policy limit a grant to "*" AWS does not say.
        everyone = min(everyone, MAYBE)
    return max(own, ways[Way.NAMED], min(ways[Way.ROLE], limits), everyone)


def _same_account(facts: Facts) -> bool | None:
    if not facts.caller.has_identity_side:
        return False
    if facts.resource_account is None:
        return None
    return facts.resource_account == facts.caller.account


def _resource_must_allow(facts: Facts) -> bool:
    if facts.action_service == "kms":
        return facts.resource_service == "kms" and ":key/" in facts.resource
    return facts.action_service == "sts" and facts.resource_service == "iam" and ":role/" in facts.resource


def _rule(facts: Facts) -> str | None:
    """A reason why AWS never allows this, whatever the policies say."""
    kind = facts.caller.kind
    partition = facts.resource_partition
    if facts.caller.account is not None and partition not in (None, facts.caller.partition):
        # IAM User Guide, "Cross account resource access in IAM".
        return f"nobody crosses from the partition {facts.caller.partition} to {partition}"
    if kind is CallerKind.ANONYMOUS and facts.action_service in _SIGNED_ONLY:
        return f"{facts.action_service} takes signed requests only"
    if kind is CallerKind.ROOT and facts.action == _ASSUME_ROLE:
        return "the root user of an account cannot assume roles"
    return None


def _layers(facts: Facts, policies: Policies) -> tuple[LayerVerdict, ...]:
    caller = facts.caller
    linked = is_service_linked(caller)
    found: list[LayerVerdict] = []
    if caller.has_identity_side:
        if caller.kind is not CallerKind.ROOT:
            found.append(_attached(facts, Layer.IDENTITY, policies.identity))
            if policies.boundary is not None:
                found.append(_attached(facts, Layer.BOUNDARY, policies.boundary))
            session = policies.session
            if session is None and caller.kind is CallerKind.FEDERATED_USER:
                # STS API Reference, "GetFederationToken": without a policy such a session is allowed nothing.
                session = ()
            if session is not None:
                found.append(_attached(facts, Layer.SESSION, session))
        found += _levels(facts, Layer.SCP, policies.scp, linked=linked)
    found += _levels(facts, Layer.RCP, policies.rcp, linked=linked)
    if policies.endpoint is not None:
        found.append(_endpoint(facts, policies.endpoint, policies))
    if policies.resource is not None:
        found.append(_resource(facts, policies.resource, policies))
    return tuple(found)


def _attached(facts: Facts, layer: Layer, documents: Sequence[CompiledDocument]) -> LayerVerdict:
    """A layer whose policies are attached to the caller and name no principals."""
    return LayerVerdict(
        layer=layer,
        documents=documents,
        allows=_any_applies(facts, documents, allowing=True),
        denies=_any_applies(facts, documents, allowing=False),
    )


def _any_applies(facts: Facts, documents: Sequence[CompiledDocument], *, allowing: bool) -> Tri:
    outcome: Tri = NO
    for document in documents:
        for statement in document.allowing if allowing else document.denying:
            outcome = max(outcome, statement.applies(facts))
            if outcome == YES:
                return YES
    return outcome


def _levels(
    facts: Facts, layer: Layer, levels: Sequence[Sequence[CompiledDocument]], *, linked: bool | None
) -> Iterable[LayerVerdict]:
    """The policies of an organization: each level has to allow. Service-linked roles are exempt.

    Organizations User Guide, "Service control policies (SCPs)" and "Resource control policies (RCPs)".
    """
    if linked:
        return
    for number, documents in enumerate(levels, start=1):
        if layer is Layer.SCP:
            verdict = _attached(facts, layer, documents)
            allows, denies = verdict.allows, verdict.denies
        else:
            ways = _naming(facts, documents, bounded=False)
            allows, denies = max(ways[0]), max(ways[1])
        if linked is None:
            # Exempt or not: the role's path would tell.
            allows, denies = max(allows, MAYBE), min(denies, MAYBE)
        yield LayerVerdict(layer=layer, documents=documents, allows=allows, denies=denies, level=number)


def _naming(facts: Facts, documents: Sequence[CompiledDocument], *, bounded: bool) -> tuple[Ways, Ways]:
    """In which ways documents that name principals allow, and deny."""
    allows = NOBODY
    denies = NOBODY
    for document in documents:
        allows = either(allows, _ways(facts, document, bounded=bounded))
        denies = either(denies, _denying_ways(facts, document, bounded=bounded))
    return allows, denies


def _endpoint(facts: Facts, document: CompiledDocument, policies: Policies) -> LayerVerdict:
    """The policy of a VPC endpoint.

    PrivateLink Guide, "Control access to VPC endpoints using endpoint policies": an account as principal
    means its root user alone at a gateway endpoint, and everyone in it at an interface endpoint.
    """
    allows, denies = _naming(facts, (document,), bounded=policies.boundary is not None)
    if facts.caller.kind is not CallerKind.ROOT:
        allows, denies = _doubting_account(allows), _doubting_account(denies)
    return LayerVerdict(
        layer=Layer.ENDPOINT, documents=(document,), allows=max(allows), denies=max(denies), ways=allows
    )


def _doubting_account(ways: Ways) -> Ways:
    named, role, account, everyone = ways
    return (named, role, min(account, MAYBE), everyone)


def _resource(facts: Facts, document: CompiledDocument, policies: Policies) -> LayerVerdict:
    bounded = policies.boundary is not None
    ways = _ways(facts, document, bounded=bounded)
    denies = NO if _may_always_mend(facts) else max(_denying_ways(facts, document, bounded=bounded))
    return LayerVerdict(
        layer=Layer.RESOURCE, documents=(document,), allows=max(ways), denies=denies, ways=ways
    )


def _may_always_mend(facts: Facts) -> bool:
    """The root user of the bucket's account may always read, set and delete the bucket's policy."""
    return (
        facts.action in _BUCKET_POLICY_ACTIONS
        and facts.caller.kind is CallerKind.ROOT
        and facts.caller.account == facts.resource_account
    )


def _denying_ways(facts: Facts, document: CompiledDocument, *, bounded: bool) -> Ways:
    ways = NOBODY
    for statement in document.denying:
        ways = either(ways, statement.ways(facts, bounded=bounded))
    return ways


def _ways(facts: Facts, document: CompiledDocument, *, bounded: bool) -> Ways:
    """How the allowing statements of a document name the caller.

    `*` with a condition on `aws:PrincipalArn` counts as naming the caller itself.
    """
    found = NOBODY
    for statement in document.allowing:
        ways = statement.ways(facts, bounded=bounded)
        if ways == NOBODY:
            continue
        if ways[Way.EVERYONE] != NO and statement.pins_principal:
            named, role, account, everyone = ways
            ways = (max(named, everyone), role, account, NO)
        found = either(found, ways)
    return found
