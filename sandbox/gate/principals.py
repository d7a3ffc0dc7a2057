"""Principals in saved policies: do they exist, and which one is meant once one of that name is made anew?

AWS keeps a user or role in a trust, bucket or key policy by its unique id (IAM User Guide, "AWS JSON policy
elements: Principal"). So does the gate: `store` writes `unique-id.AIDA…` in the place of the ARN, `restore`
puts the ARN back, or the bare id where its owner is gone, which then matches nobody.
"""

import json
import re
from collections.abc import Callable
from urllib.parse import quote

from crossaccess.policy.arn import Arn, is_account_id, parse_arn
from sandbox.gate.estate import PARTITION, arn_of_unique_id, find_role, unique_id_of
from sandbox.gate.world import World

_MARK = "unique-id."
_STORED = re.compile(re.escape(_MARK) + r"([A-Z0-9]{16,128})", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com", re.ASCII)


class PrincipalError(ValueError):
    """A principal that AWS would not take in a policy. The message is the element that is wrong."""


def store(world: World, text: str) -> str:
    """Return a policy with its users and roles by unique id, and account ids as ARNs of their roots.

    The text is a policy that `parse_document` takes. Raises `PrincipalError` for a principal that does
    not exist, or that no policy can name.
    """
    return _rewrite(text, lambda kind, value: _stored(world, kind, value))


def restore(world: World, text: str, *, quoted: bool = False) -> str:
    """Return a stored policy, or a whole response that holds some, as AWS shows it now.

    `quoted`: the policies inside are percent-encoded, as IAM sends them.
    """

    def shown(match: re.Match[str]) -> str:
        arn = arn_of_unique_id(world.accounts, match[1])
        return match[1] if arn is None else quote(arn) if quoted else arn

    return _STORED.sub(shown, text)


def _rewrite(text: str, change: Callable[[str, str], str]) -> str:
    document = json.loads(text)
    listed = document["Statement"]
    for statement in listed if isinstance(listed, list) else [listed]:
        for element in ("Principal", "NotPrincipal"):
            named = statement.get(element)
            if isinstance(named, dict):
                statement[element] = {
                    kind: [change(kind, value) for value in values]
                    if isinstance(values, list)
                    else change(kind, values)
                    for kind, values in named.items()
                }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _stored(world: World, kind: str, value: str) -> str:
    if kind == "AWS":
        return _stored_aws(world, value)
    if kind == "Service" and _SERVICE.fullmatch(value):
        return value
    if kind == "Federated" and value:
        return value
    raise PrincipalError(f'"{kind}":"{value}"')


def _stored_aws(world: World, value: str) -> str:
    if value == "*":
        return value
    if is_account_id(value) and world.account_exists(value):
        return f"arn:{PARTITION}:iam::{value}:root"
    arn = parse_arn(value)
    if arn is None or arn.partition != PARTITION or not world.account_exists(arn.account):
        raise PrincipalError(f'"AWS":"{value}"')
    if arn.service == "iam" and arn.resource == "root":
        return value
    if arn.account in world.elsewhere and _could_exist(arn):
        return value
    if arn.service == "sts":
        return _stored_session(arn)
    unique = unique_id_of(value) if arn.service == "iam" else None
    if unique is None:
        raise PrincipalError(f'"AWS":"{value}"')
    return f"{_MARK}{unique}"


def _stored_session(arn: Arn) -> str:
    kind, _, rest = arn.resource.partition("/")
    role, slash, name = rest.partition("/")
    known = kind == "assumed-role" and slash and name and "*" not in name and find_role(arn.account, role)
    if not known:
        raise PrincipalError(f'"AWS":"{arn}"')
    return str(arn)


def _could_exist(arn: Arn) -> bool:
    """Whether an account that is not emulated could have this principal: nobody here can know."""
    kind = arn.resource.partition("/")[0]
    return "*" not in arn.resource and (
        (arn.service == "iam" and kind in ("user", "role"))
        or (arn.service == "sts" and kind in ("assumed-role", "federated-user"))
    )
