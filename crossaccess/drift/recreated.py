"""Principals that were deleted, and maybe made again: a policy that named them holds a bare id.

AWS shows a principal's ARN while that very one exists, and its unique id afterwards, which matches nobody
(IAM User Guide, "AWS JSON policy elements: Principal").
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crossaccess.deployment.picture import Policy
from crossaccess.drift.result import Kind, Ledger
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import PolicyError, PolicyKind, load_json, parse_document
from crossaccess.policy.gone import gone_principals

_BARE_ID = re.compile(r"(AIDA|AROA)[A-Z0-9]{12,124}", re.ASCII)
_NOBODY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
_NOBODY_ASSUMES = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}


def living(old: Policy | None, new: Policy | None, ledger: Ledger, account: str | None) -> Policy | None:
    """The policy of a bucket or key as it is now, less the principals that are dead by their ids.

    The ledger is told whom the old text names in their place.
    """
    return _living(old, new, ledger, account, PolicyKind.RESOURCE)


def living_trust(
    old: Policy | None, new: Policy | None, ledger: Ledger, account: str | None
) -> Policy | None:
    """The same of a trust policy."""
    return _living(old, new, ledger, account, PolicyKind.TRUST)


def _living(
    old: Policy | None, new: Policy | None, ledger: Ledger, account: str | None, kind: PolicyKind
) -> Policy | None:
    if old is None or new is None or old is new or old.text is None or new.text is None:
        return new
    _tell(old, old.text, new.text, kind, ledger, account)
    nobody = _NOBODY_ASSUMES if kind is PolicyKind.TRUST else _NOBODY
    return replace(new, text=_without_ids(new.text, nobody))


def _tell(  # noqa: PLR0913, PLR0917 - whose policy it is, and what it was and is
    policy: Policy, old: str, new: str, kind: PolicyKind, ledger: Ledger, account: str | None
) -> None:
    try:
        statements = parse_document(old, kind).statements
    except PolicyError:
        return
    for gone in gone_principals(new, statements, policy=policy.name):
        names = ", ".join(_shown(arn) for arn in gone.missing)
        ids = ", ".join(gone.ids)
        says = (
            f"holds the bare {'ids' if len(gone.ids) > 1 else 'id'} {ids} where it named {names} (statement "
            f"{gone.sid}): deleted, maybe made again, and not let in by it until `pulumi up --refresh`"
        )
        ledger.tell(Kind.RECREATED, policy.name, account, says)


def _without_ids(text: str, nobody: Mapping[str, object]) -> str:
    """A policy's text without the bare ids that it names as principals; as it is where it is no policy."""
    try:
        document = load_json(text)
    except PolicyError:
        return text
    if not isinstance(document, dict):
        return text
    listed = document.get("Statement")
    statements = listed if isinstance(listed, list) else [listed]
    kept = [left for one in statements if (left := _statement(one)) is not None]
    if kept == statements:
        return text
    return json.dumps({**document, "Statement": kept or [nobody]}, ensure_ascii=False)


def _statement(one: Any) -> Any:  # Any: JSON
    """A statement without bare ids; `None` where it names nobody else."""
    principal = one.get("Principal") if isinstance(one, dict) else None
    if not isinstance(principal, dict) or "AWS" not in principal:
        return one
    listed = principal["AWS"] if isinstance(principal["AWS"], list) else [principal["AWS"]]
    kept = [who for who in listed if not (isinstance(who, str) and _BARE_ID.fullmatch(who))]
    if kept == listed:
        return one
    others = {name: who for name, who in principal.items() if name != "AWS"}
    named = {**others, **({"AWS": kept} if kept else {})}
    return {**one, "Principal": named} if named else None


def _shown(arn: str) -> str:
    parsed = parse_arn(arn)
    return arn if parsed is None else f"{parsed.resource} of {parsed.account}"
