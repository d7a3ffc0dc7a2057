"""Reading grants as people write them: every fault is named, with its key and its mend."""

import dataclasses
import re
from collections.abc import Mapping

from crossaccess.policy.access import ACCESS, ACTIONS, Scope, actions_of, in_scope
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.fields import (
    read_account,
    read_choice,
    read_grant_name,
    read_list,
    read_mapping,
    read_prefix,
    read_role_name,
    read_text,
)
from crossaccess.policy.grant import Grant, Method, Trust, default_role_name
from crossaccess.policy.grant_rules import check_conditions, check_session
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.read_conditions import read_conditions, whole_number
from crossaccess.policy.read_principal import check_principals, read_principals
from crossaccess.policy.withheld import mend_of

GRANT_KEYS = (
    "name",
    "account",
    "principals",
    "method",
    "access",
    "actions",
    "prefixes",
    "conditions",
    "roleName",
    "session",
    "permissionsBoundary",
    "trust",
)
"""What a grant can say in a stack's config."""
_POLICY = re.compile(r"policy/([\w+=,.@-]+/)*[\w+=,.@-]{1,128}", re.ASCII)
SHORTEST_SESSION = 3_600
LONGEST_SESSION = 43_200
"""Seconds (IAM User Guide, "Update the maximum session duration for a role")."""


def read_grants(raw: object, key: str, faults: Faults) -> tuple[Grant, ...]:
    """Read a list of grants. What is answered is of use only where no fault was noted."""
    if not isinstance(raw, list | tuple):
        faults.add(key, shown(raw), "write a list of grants, [] where there is none yet")
        return ()
    read = [(f"{key}[{index}]", read_grant(one, f"{key}[{index}]", faults)) for index, one in enumerate(raw)]
    grants = [(where, grant) for where, grant in read if grant is not None]
    check_different(grants, faults)
    return tuple(grant for _, grant in grants)


def read_grant(raw: object, key: str, faults: Faults) -> Grant | None:
    """Read one grant; `None`, and at least one fault noted, where it is not right."""
    fields = read_mapping(raw, key, faults, known=GRANT_KEYS)
    if fields is None:
        return None
    method = read_method(fields.get("method"), f"{key}.method", faults)
    actions = _read_access_and_actions(fields, key, faults)
    trust = _read_trust(fields.get("trust"), f"{key}.trust", faults)
    name = read_grant_name(fields.get("name"), f"{key}.name", faults)
    role_name = _read_role_name(fields.get("roleName"), f"{key}.roleName", faults, method=method, name=name)
    boundary = _read_boundary(
        fields.get("permissionsBoundary"), f"{key}.permissionsBoundary", faults, method=method
    )
    grant = read_agreement(fields, key, faults, name=name, method=method, actions=actions, trust=trust)
    if grant is None or trust is None:
        return None
    return dataclasses.replace(grant, role_name=role_name, trust=trust, permissions_boundary=boundary)


def read_agreement(  # noqa: PLR0913 - what was read already, each by its name
    fields: Mapping[str, object],
    key: str,
    faults: Faults,
    *,
    name: str | None,
    method: Method | None,
    actions: tuple[str, ...] | None,
    trust: Trust | None = Trust.ACCOUNT,
) -> Grant | None:
    """Read what both sides have to know of a grant, in config and in handovers alike."""
    account = None
    if fields.get("account") is not None:
        account = read_account(fields["account"], f"{key}.account", faults)
    principals = read_principals(fields.get("principals"), f"{key}.principals", faults, account=account)
    if principals is None and fields.get("account") is None:
        read_account(None, f"{key}.account", faults)
    prefixes = read_prefixes(fields.get("prefixes"), f"{key}.prefixes", faults)
    conditions = read_conditions(fields.get("conditions"), f"{key}.conditions", faults)
    session = _read_session(fields.get("session"), f"{key}.session", faults, method=method)
    if principals is not None and (account is not None or fields.get("account") is None):
        check_principals(principals, key, faults, account=account, trust=trust, method=method)
    if actions is not None and prefixes:
        check_can_be_narrowed(actions, key, faults)
    if principals is not None and method is not None:
        check_conditions(conditions or Conditions(), principals, key, faults, method=method)
        check_session(session, principals, key, faults)
    if (
        name is None
        or principals is None
        or method is None
        or actions is None
        or prefixes is None
        or conditions is None
    ):
        return None
    return Grant(
        name=name,
        account=account,
        principals=principals,
        method=method,
        actions=actions,
        prefixes=prefixes,
        conditions=conditions,
        session_seconds=session,
    )


def read_method(raw: object, key: str, faults: Faults) -> Method | None:
    """One of the two methods."""
    word = read_choice(raw, key, faults, known=[method.value for method in Method])
    return None if word is None else Method(word)


def read_policy_arn(raw: object, key: str, faults: Faults, *, beside: str = "") -> str | None:
    """The ARN of a managed policy, one's own or one of AWS's (IAM User Guide, "IAM ARNs").

    `beside` tells what else could stand there, for messages.
    """
    mend = f"write a managed policy's ARN, such as arn:aws:iam::111111222222:policy/boundary{beside}"
    text = read_text(raw, key, faults, mend=mend)
    if text is None:
        return None
    arn = parse_arn(text)
    if arn is not None and arn.service == "iam" and _POLICY.fullmatch(arn.resource):
        return text
    faults.add(key, shown(text), mend)
    return None


def read_prefixes(raw: object, key: str, faults: Faults) -> tuple[str, ...] | None:
    """The prefixes; none means the whole bucket."""
    if raw is None or raw in ([], ()):
        return ()
    return read_list(raw, key, faults, entry=read_prefix, example="[reports/]")


def read_actions(raw: object, key: str, faults: Faults) -> tuple[str, ...] | None:
    """Actions by their names, at least one."""
    return read_list(raw, key, faults, entry=read_action, example="[s3:GetObject, s3:PutObject]")


def read_action(raw: object, key: str, faults: Faults) -> str | None:
    """The name of an S3 action that a grant can give, spelt as AWS spells it."""
    text = read_text(raw, key, faults, mend="an action is a name such as s3:GetObject")
    if text is None or text in ACTIONS:
        return text
    if "*" in text or "?" in text:
        mend = "actions are allowed by name, without wildcards: name each, or use access"
    else:
        mend = mend_of(text)
    faults.add(key, shown(text), mend)
    return None


def check_can_be_narrowed(actions: tuple[str, ...], key: str, faults: Faults) -> None:
    """Note actions that show the whole bucket, in a grant that is meant for some prefixes."""
    for action in in_scope(actions, Scope.ALL_KEYS):
        mend = "take it out, or take the prefixes out: it shows key names of the whole bucket"
        faults.add(f"{key}.actions", f"has {action!r} beside prefixes", mend)


def _read_access_and_actions(
    fields: Mapping[str, object], key: str, faults: Faults
) -> tuple[str, ...] | None:
    access, actions = fields.get("access"), fields.get("actions")
    if access is None and actions is None:
        mend = f"say what may be done: access, such as [read, write], out of {', '.join(ACCESS)}; or actions"
        faults.add(f"{key}.access", "is missing or empty", mend)
        return None
    sets: tuple[str, ...] | None = ()
    names: tuple[str, ...] | None = ()
    if access is not None:
        sets = read_list(access, f"{key}.access", faults, entry=_read_access, example="[read, write]")
    if actions is not None:
        names = read_actions(actions, f"{key}.actions", faults)
    if sets is None or names is None:
        return None
    return tuple(sorted({*actions_of(sets), *names}))


def _read_access(raw: object, key: str, faults: Faults) -> str | None:
    return read_choice(raw, key, faults, known=list(ACCESS))


def _read_trust(raw: object, key: str, faults: Faults) -> Trust | None:
    if raw is None:
        return Trust.ACCOUNT
    word = read_choice(raw, key, faults, known=[trust.value for trust in Trust])
    return None if word is None else Trust(word)


def _read_role_name(
    raw: object, key: str, faults: Faults, *, method: Method | None, name: str | None
) -> str | None:
    if raw is None:
        return default_role_name(name) if method is Method.ASSUME_ROLE and name is not None else None
    if method is Method.BUCKET_POLICY:
        faults.add(key, shown(raw), "take it out: only method assume-role has a role")
        return None
    return read_role_name(raw, key, faults)


def _read_session(raw: object, key: str, faults: Faults, *, method: Method | None) -> int | None:
    if raw is None:
        return None
    if method is Method.BUCKET_POLICY:
        faults.add(key, shown(raw), "take it out: only method assume-role has sessions")
        return None
    seconds = whole_number(raw)
    if seconds is not None and SHORTEST_SESSION <= seconds <= LONGEST_SESSION:
        return seconds
    mend = f"it is the longest session in seconds, from {SHORTEST_SESSION:,} to {LONGEST_SESSION:,}"
    faults.add(key, shown(raw), mend)
    return None


def _read_boundary(raw: object, key: str, faults: Faults, *, method: Method | None) -> str | None:
    if raw is None:
        return None
    if method is Method.BUCKET_POLICY:
        faults.add(key, shown(raw), "take it out: only method assume-role has a role to bound")
        return None
    return read_policy_arn(raw, key, faults)


def check_different(grants: list[tuple[str, Grant]], faults: Faults) -> None:
    """Note names that would meet: in AWS, in statement ids and in resource names."""
    by_sid: dict[str, tuple[str, Grant]] = {}
    by_role: dict[str, str] = {}
    by_principal: dict[tuple[str | None, str, str], tuple[str, Principal]] = {}
    for where, grant in grants:
        first_where, first = by_sid.setdefault(grant.sid, (where, grant))
        if first_where != where:
            alike = (
                "has that name" if first.name == grant.name else f"is {first.name!r}, which is too like it"
            )
            faults.add(f"{where}.name", f"is {grant.name!r}", f"{first_where}.name {alike}: choose another")
        if grant.role_name is not None:
            role_where = by_role.setdefault(grant.role_name.lower(), where)
            if role_where != where:
                mend = f"the role of {role_where} has that name: choose another"
                faults.add(f"{where}.roleName", f"is {grant.role_name!r}", mend)
        for index, principal in enumerate(grant.principals):
            if principal.kind not in (PrincipalKind.USER, PrincipalKind.ROLE):
                continue
            # IAM keeps one name of a kind per account, whatever its path and its capitals.
            identity = (grant.account, principal.kind.value, principal.name.lower())
            named_where, named = by_principal.setdefault(
                identity, (f"{where}.principals[{index}]", principal)
            )
            if named != principal:
                mend = (
                    f"{named_where} calls it {str(named)!r}, and an account has one of that name: write one"
                )
                faults.add(f"{where}.principals[{index}]", f"is {str(principal)!r}", mend)
