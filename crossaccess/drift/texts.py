"""Policies as the stacks wrote them beside what AWS gives back."""

import json
from collections.abc import Sequence
from dataclasses import replace

from crossaccess.deployment.picture import Policy
from crossaccess.deployment.seen import Text, Unread
from crossaccess.drift.result import Ledger
from crossaccess.policy.arn import is_account_id, parse_arn
from crossaccess.policy.document import PolicyError, load_json

_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})


def same(one: str, other: str) -> bool:
    """Whether two texts are the same policy, but for how AWS writes what it was given.

    AWS keeps a list of one as the one, orders principals anew, and writes a whole account as the ARN of its
    root (IAM User Guide, "AWS JSON policy elements: Principal").
    """
    if one == other:
        return True
    try:
        return _plain(load_json(one)) == _plain(load_json(other))
    except (PolicyError, RecursionError):
        return False


def paired(
    deployed: Policy | None, now: Text, ledger: Ledger, name: str, *, by: str
) -> tuple[Policy | None, Policy | None]:
    """A policy of the stacks and the same as AWS has it; the same twice where nothing tells them apart.

    What cannot be read stands as it was deployed, and the ledger says so.
    """
    if isinstance(now, Unread):
        ledger.unread(name, now)
        kept = deployed if deployed is not None and deployed.text is not None else None
        return kept, kept
    if now is None:
        if deployed is not None and deployed.text is None:
            ledger.unread(name, f"it was taken away, and what it said is not known here: {deployed.unknown}")
            return None, None
        return deployed, None
    found = Policy(name=name, text=now, source=by)
    if deployed is None:
        return None, found
    if deployed.text is None:
        ledger.note(f"{name} is held against nothing, since its text is not known here: {deployed.unknown}")
        return (replace(deployed, text=now, unknown=None),) * 2
    if same(deployed.text, now):
        return deployed, deployed
    return deployed, replace(deployed, text=now)


def _plain(value: object, key: str = "") -> object:
    """A value in one form, whatever the order of its lists and the spelling of its flags."""
    if isinstance(value, dict):
        of_aws = key in _PRINCIPALS
        return {
            name: _accounts(one) if of_aws and name == "AWS" else _plain(one, name)
            for name, one in value.items()
        }
    if isinstance(value, list):
        plain = [_plain(one) for one in value]
        found = {json.dumps(one, sort_keys=True): one for one in plain}
        return _one_or_all([found[text] for text in sorted(found)])
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _accounts(value: object) -> object:
    """Principals of AWS: a whole account by its id, however it is written."""
    texts = {_account(one) if isinstance(one, str) else json.dumps(one) for one in _several(value)}
    return _one_or_all(sorted(texts))


def _account(text: str) -> str:
    arn = parse_arn(text)
    if arn is None or (arn.service, arn.region, arn.resource) != ("iam", "", "root"):
        return text
    return arn.account if is_account_id(arn.account) else text


def _several(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _one_or_all(listed: Sequence[object]) -> object:
    return listed[0] if len(listed) == 1 else [*listed]
