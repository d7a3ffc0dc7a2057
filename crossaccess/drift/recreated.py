"""Principals that were deleted, and maybe made again: a policy that named them holds a bare id."""

from crossaccess.deployment.picture import Policy
from crossaccess.drift.result import Kind, Ledger
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import PolicyError, PolicyKind, parse_document
from crossaccess.policy.gone import gone_principals


def tell_recreated(
    old: Policy, new: Policy, ledger: Ledger, account: str | None, kind: PolicyKind = PolicyKind.RESOURCE
) -> None:
    """Tell which principals that the old text names are in the new one by their bare ids only."""
    if old.text is None or new.text is None:
        return
    try:
        statements = parse_document(old.text, kind).statements
    except PolicyError:
        return
    for gone in gone_principals(new.text, statements, policy=old.name):
        names = ", ".join(_shown(arn) for arn in gone.missing)
        ids = ", ".join(gone.ids)
        says = (
            f"holds the bare {'ids' if len(gone.ids) > 1 else 'id'} {ids} where it named {names} (statement "
            f"{gone.sid}): deleted, maybe made again, and not let in by it until `pulumi up --refresh`"
        )
        ledger.tell(Kind.RECREATED, old.name, account, says)


def _shown(arn: str) -> str:
    parsed = parse_arn(arn)
    return arn if parsed is None else f"{parsed.resource} of {parsed.account}"
