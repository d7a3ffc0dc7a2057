"""Asking the decision core about every need of a call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crossaccess.decide import (
    Answer,
    CompiledDocument,
    Decision,
    Layer,
    Policies,
    Request,
    RequestError,
    decide,
)
from crossaccess.policy.document import PolicyError, PolicyKind
from sandbox.gate.callers import Caller, CallerKind
from sandbox.gate.calls import Need
from sandbox.gate.context import knows_all_keys, need_context
from sandbox.gate.errors import AwsError
from sandbox.gate.policies import Policy, Sides, collect, read_policy, restricted
from sandbox.gate.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What was decided about one need, and why. `by_scp`: a service control policy stands against it."""

    need: Need
    decision: Decision
    reasons: tuple[str, ...]
    by_scp: bool = False

    @property
    def allowed(self) -> bool:
        """Whether the need is met: only a decision that says so meets it."""
        return self.decision is Decision.ALLOWED


def rule(
    world: World,
    caller: Caller,
    need: Need,
    shared: dict[str, tuple[str, ...]],
    *,
    resource_policy: str | None = None,
) -> Ruling:
    """Decide one need by the policies of both sides.

    `resource_policy` takes the place of the one that the resource has: what if it were saved?
    """
    try:
        if restricted(world, caller, need):
            reason = "RestrictPublicBuckets: the bucket's policy is public, and the caller is an outsider"
            return Ruling(need=need, decision=Decision.NOT_ALLOWED, reasons=(reason,))
        sides = collect(world, caller, need)
        if resource_policy is not None:
            sides = replace(sides, resource=read_policy(resource_policy, PolicyKind.RESOURCE))
        answer = _ask(sides, caller, need, need_context(world, shared, need))
    except (PolicyError, RequestError) as error:
        return Ruling(need=need, decision=Decision.UNKNOWN, reasons=(str(error),))
    details = answer.details
    return Ruling(
        need=need,
        decision=answer.decision,
        reasons=tuple(map(str, details)),
        by_scp=any(reason.layer is Layer.SCP for reason in details),
    )


def _ask(sides: Sides, caller: Caller, need: Need, context: dict[str, tuple[str, ...]]) -> Answer:
    request = Request(
        principal=caller.arn,
        action=need.action,
        resource=need.resource,
        resource_account=need.owner,
        context=context,
        context_complete=knows_all_keys(sides.documents),
    )
    policies = Policies(
        identity=[policy.compiled for policy in sides.identity],
        boundary=_compiled(sides.boundary),
        session=_compiled(sides.session),
        resource=None if sides.resource is None else sides.resource.compiled,
        scp=[[policy.compiled for policy in level] for level in sides.scp],
    )
    return decide(request, policies)


def _compiled(given: Sequence[Policy] | None) -> list[CompiledDocument] | None:
    return None if given is None else [policy.compiled for policy in given]


def refusal(service: str, caller: Caller, ruling: Ruling) -> AwsError:
    """Say no as the service does (IAM User Guide, "Troubleshoot access denied error messages").

    S3 gives its reasons inside one account only: an outsider learns nothing of the policies.
    """
    need = ruling.need
    if service == "s3" and (caller.kind is CallerKind.ANONYMOUS or caller.account != need.owner):
        return AwsError("AccessDenied", "Access Denied", 403)
    code = "AccessDeniedException" if service == "kms" else "AccessDenied"
    quoted = f'"{need.resource}"' if service == "s3" else need.resource
    if ruling.decision is Decision.DENIED:
        why = f" with an explicit deny in a {'service control ' if ruling.by_scp else ''}policy"
    elif service == "sts":
        why = ""
    else:
        kind = "service control policy" if ruling.by_scp else "policy"
        why = f" because no {kind} allows the {need.action} action"
    return AwsError(
        code,
        f"User: {caller.arn} is not authorized to perform: {need.action} on resource: {quoted}{why}",
        403,
    )
