"""Who the callers of a set of requests are, in words for people."""

import re
from typing import Final

from crossaccess.compare.box import Box
from crossaccess.compare.callers import PRINCIPAL_ARN, CallerClass
from crossaccess.compare.change import Subject
from crossaccess.compare.key_set import KeySet
from crossaccess.compare.phrases import patterns_of
from crossaccess.decide.caller import CallerKind
from crossaccess.policy.arn import parse_arn

ANY: Final = {
    CallerKind.USER: "any user",
    CallerKind.SESSION: "any role",
    CallerKind.FEDERATED_USER: "any federated user",
    CallerKind.ROOT: "the root user",
}
ANY_PRINCIPAL: Final = "any principal"
EVERYONE: Final = "everyone, without credentials"
OF_ACCOUNTS: Final = " of any "
"""How the accounts begin that one account stands for: ` of any other account`."""
_PERMISSION_SET: Final = re.compile(
    r"role/aws-reserved/sso\.amazonaws\.com/(\*/)?AWSReservedSSO_(?P<name>.+)_\?{16}"
)


def subjects_of(box: Box, caller: CallerClass) -> tuple[Subject, ...]:
    """The callers of a box; those that it names one by one each on its own."""
    account = None if caller.stands_for else caller.account
    if caller.kind is CallerKind.ANONYMOUS:
        return (Subject(name=EVERYONE),)
    if not caller.has_identity_side:
        return (Subject(name=caller.stands_for or caller.arn or "any service"),)
    if caller.label is not None:
        return (Subject(name=caller.label, account=account),)
    if caller.arn is not None and caller.kind is not CallerKind.ROOT:
        return (Subject(name=label_of(caller.arn), account=account),)
    keys = box.sides.get(PRINCIPAL_ARN)
    names = (ANY[caller.kind],) if keys is None else _names(keys, caller)
    if caller.stands_for:
        names = tuple(f"{name} of {caller.stands_for}" for name in names)
    return tuple(Subject(name=name, account=account) for name in names)


def label_of(arn: str) -> str:
    """A principal as people call it: `user/bob`, `permission-set/Analysts`, `users like user/team/*`."""
    parsed = parse_arn(arn)
    resource = arn if parsed is None else parsed.resource
    found = _PERMISSION_SET.fullmatch(resource)
    return f"permission-set/{found['name']}" if found else resource


def _names(keys: KeySet, caller: CallerClass) -> tuple[str, ...]:
    """Of a set of ARNs."""
    patterns, without = patterns_of(keys)
    labels = tuple(dict.fromkeys(label_of(pattern) for pattern in patterns))
    whole = {f"{kind}/*" for kind in ("user", "role", "federated-user")} | {"*"}
    named = tuple(ANY[caller.kind] if label in whole else label for label in labels)
    if not without:
        return named
    spared = " and ".join(dict.fromkeys(label_of(pattern) for pattern in without))
    return tuple(f"{name} but {spared}" for name in named)
