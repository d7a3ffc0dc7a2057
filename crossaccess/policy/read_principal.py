"""Reading principals: whom a grant names, and to whom a requester attaches its policies."""

import re
from collections.abc import Collection

from crossaccess.policy.arn import parse_arn
from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.fields import IAM_NAME, read_list, read_text
from crossaccess.policy.grant import Method, Trust
from crossaccess.policy.organization import ORGANIZATION, UNIT
from crossaccess.policy.principal import OF_AN_ACCOUNT, Principal, PrincipalKind

# AWS takes more characters in a path; wildcards and variables among them would change a policy's meaning.
_PATH = re.compile(r"/([\w+=,.@-]+/)*", re.ASCII)
_LONGEST_PATH = 512
_MANAGED_BY_AWS = ("role/aws-reserved/", "role/aws-service-role/")
# IAM Identity Center API Reference, "CreatePermissionSet".
_PERMISSION_SET = re.compile(r"[\w+=,.@-]{1,32}", re.ASCII)
_FORMS = {
    PrincipalKind.USER: "user/NAME",
    PrincipalKind.ROLE: "role/NAME",
    PrincipalKind.GROUP: "group/NAME",
    PrincipalKind.PERMISSION_SET: "permission-set/NAME",
    PrincipalKind.ACCOUNT: "account",
    PrincipalKind.ORGANIZATION: "organization/o-ID",
    PrincipalKind.UNIT: "organizational-unit/o-ID/r-ID/ou-ID",
}
NAMED_BY_GRANTS = (*OF_AN_ACCOUNT, PrincipalKind.ORGANIZATION, PrincipalKind.UNIT)
"""The kinds that a grant can name: AWS takes no group as a principal."""
ATTACHABLE = (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.GROUP, PrincipalKind.PERMISSION_SET)
"""The kinds that have policies of their own."""


def read_principals(
    raw: object, key: str, faults: Faults, *, account: str | None
) -> tuple[Principal, ...] | None:
    """The principals of a grant, at least one; `account` is the grant's, for messages."""

    def entry(one: object, where: str, into: Faults) -> Principal | None:
        return read_principal(one, where, into, account=account, kinds=NAMED_BY_GRANTS)

    return read_list(raw, key, faults, entry=entry, example="[user/bob]")


def read_principal(
    raw: object, key: str, faults: Faults, *, account: str | None, kinds: Collection[PrincipalKind]
) -> Principal | None:
    """One principal of some kinds, with its path where it has one (IAM User Guide, "IAM ARNs")."""
    forms = ", ".join(_FORMS[kind] for kind in kinds)
    mend = f"a principal is {forms}; users and roles with their path, such as role/apps/loader"
    text = read_text(raw, key, faults, mend=mend)
    if text is None:
        return None
    refusal = _refusal(text, account, kinds)
    principal = _parsed(text) if refusal is None else None
    if principal is None or principal.kind not in kinds:
        faults.add(key, shown(text), refusal or mend)
        return None
    return principal


def check_principals(  # noqa: PLR0913 - they are told together, since what one may be hangs on the others
    principals: tuple[Principal, ...],
    key: str,
    faults: Faults,
    *,
    account: str | None,
    trust: Trust | None,
    method: Method | None,
) -> None:
    """Note principals that do not go with the rest of their grant. `key` is the grant's."""
    kinds = {principal.kind for principal in principals}
    of_account = kinds & set(OF_AN_ACCOUNT)
    if of_account and account is None:
        named = next(one for one in principals if one.kind in of_account)
        mend = f"{named} belongs to an account: say which, as twelve digits in quotes"
        faults.add(f"{key}.account", "is missing or empty", mend)
    if account is not None and not of_account:
        mend = "take it out, or name principals of it: an organization is not of one account"
        faults.add(f"{key}.account", f"is {account!r}", mend)
    if PrincipalKind.ACCOUNT in kinds and len(of_account) > 1:
        mend = "take the others out: account lets in everyone of it whom its administrators allow"
        faults.add(f"{key}.principals", "names account beside single principals", mend)
    for unit in (one for one in principals if one.kind is PrincipalKind.UNIT):
        if any(
            one.kind is PrincipalKind.ORGANIZATION and one.name == unit.organization for one in principals
        ):
            mend = "take it out: the whole organization stands beside it"
            faults.add(f"{key}.principals", f"names {unit}", mend)
    if trust is Trust.EXACT:
        _check_exact(principals, key, faults, method=method)


def _check_exact(
    principals: tuple[Principal, ...], key: str, faults: Faults, *, method: Method | None
) -> None:
    exact = (PrincipalKind.USER, PrincipalKind.ROLE)
    for principal in principals:
        if principal.kind in exact:
            continue
        where = "the role's trust" if method is Method.ASSUME_ROLE else "the bucket's policy"
        mend = (
            f"leave trust out: {principal} has no ARN of its own that {where} could name; AWS takes no "
            "wildcards in Principal"
        )
        faults.add(f"{key}.trust", "is 'exact'", mend)
        return


def _parsed(text: str) -> Principal | None:
    if text == PrincipalKind.ACCOUNT.value:
        return Principal(kind=PrincipalKind.ACCOUNT)
    kind, _, rest = text.partition("/")
    whole = {
        PrincipalKind.PERMISSION_SET.value: _PERMISSION_SET,
        PrincipalKind.ORGANIZATION.value: ORGANIZATION,
        PrincipalKind.UNIT.value: UNIT,
    }
    if kind in whole:
        return Principal(kind=PrincipalKind(kind), name=rest) if whole[kind].fullmatch(rest) else None
    path, slash, name = rest.rpartition("/")
    full_path = f"/{path}/" if slash else "/"
    if (
        kind in ("user", "role", "group")
        and IAM_NAME.fullmatch(name)
        and len(full_path) <= _LONGEST_PATH
        and _PATH.fullmatch(full_path)
    ):
        return Principal(kind=PrincipalKind(kind), path=full_path, name=name)
    return None


def _refusal(text: str, account: str | None, kinds: Collection[PrincipalKind]) -> str | None:
    """Why a principal that somebody may well have meant cannot be one; `None` where it may."""
    arn = parse_arn(text)
    if arn is not None:
        if account is not None and arn.account != account:
            whose = f"that ARN is of account {arn.account[:20]!r}, and the grant's account is {account!r}"
            return f"{whose}; write user/NAME or role/NAME of the grant's account"
        return "write no ARN, just user/NAME or role/NAME: the account stands in the grant"
    if text.startswith("group/") and PrincipalKind.GROUP not in kinds:
        return "AWS takes no group as a principal: name its users, or a role that they assume"
    if text.startswith("role/aws-reserved/sso.amazonaws.com/"):
        return "write permission-set/NAME: AWS makes this role, and its name, out of a permission set"
    if text.startswith(_MANAGED_BY_AWS):
        return "this role is managed by AWS: no policy can be attached to it"
    if text in ("*", "account/*", "user/*", "role/*"):
        return "no wildcards; write account for everyone of the account whom its administrators allow"
    if text.startswith("ou-") or (text.startswith("organizational-unit/") and "/r-" not in text):
        return (
            "write the whole path from the organization down, as in "
            "organizational-unit/o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"
        )
    return None
