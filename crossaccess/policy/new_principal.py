"""Principals that a requester's stack makes where it is told to: users, groups, roles with their trust."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crossaccess.policy.document import Condition, Document, Effect, PrincipalName, Statement
from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.fields import read_list, read_mapping
from crossaccess.policy.grant import SID_PREFIX
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.read_grant import read_policy_arn
from crossaccess.policy.read_principal import read_principal
from crossaccess.policy.requesters import account_root, by_arn

NEW_PRINCIPAL_KEYS = ("principal", "assumedBy", "members", "permissionsBoundary")
"""What an entry of `create` can say in a requester's config."""
MAKE = "make"
"""As a permissions boundary: one that lets through what the grants need, and nothing else."""

_MAKEABLE = (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.GROUP)
_ASSUMING = (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.ACCOUNT)
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrincipal:
    """A principal to make.

    For a role: `services` (such as `ecs-tasks.amazonaws.com`) and `principals` of the account that may assume
    it. For a group: its members. `boundary` is a policy's ARN, or `make`.
    """

    principal: Principal
    services: tuple[str, ...] = ()
    assumed_by: tuple[Principal, ...] = ()
    members: tuple[Principal, ...] = ()
    boundary: str | None = None


def trust_of(new: NewPrincipal, *, partition: str, account: str) -> Document:
    """Who may assume a role that is made: services, and principals of its own account by their ARN."""
    statements: list[Statement] = []

    def add(name: str, principals: tuple[PrincipalName, ...], conditions: tuple[Condition, ...]) -> None:
        statement = Statement(
            sid=f"{SID_PREFIX}{name}",
            effect=Effect.ALLOW,
            principals=principals,
            actions=("sts:AssumeRole",),
            conditions=conditions,
        )
        statements.append(statement)

    if new.services:
        services = tuple(PrincipalName(type="Service", value=name) for name in new.services)
        add("Services", services, ())
    named = tuple(one for one in new.assumed_by if one.kind is not PrincipalKind.ACCOUNT)
    if named:
        arns = tuple(one.arn(partition=partition, account=account) for one in named)
        who = by_arn(account, arns, partition=partition)
        add("Principals", who.principals, who.conditions)
    if len(named) < len(new.assumed_by):
        add("Account", (account_root(account, partition=partition),), ())
    return Document(statements=tuple(statements))


def read_new_principals(raw: object, key: str, faults: Faults) -> tuple[NewPrincipal, ...]:
    """Read what a requester's stack is told to make. Of use only where no fault was noted."""
    if raw is None:
        return ()
    example = '[{principal: role/app, assumedBy: ["ecs-tasks.amazonaws.com"]}]'
    read = read_list(raw, key, faults, entry=_read_new_principal, example=example) or ()
    first: dict[tuple[PrincipalKind, str], int] = {}
    for index, new in enumerate(read):
        # IAM keeps one name of a kind per account, whatever its path and its capitals.
        identity = (new.principal.kind, new.principal.name.lower())
        if read[first.setdefault(identity, index)] != new:
            mend = f"{key}[{first[identity]}] makes one of that name: take one out"
            faults.add(f"{key}[{index}].principal", f"is {str(new.principal)!r}", mend)
    return read


def _read_new_principal(raw: object, key: str, faults: Faults) -> NewPrincipal | None:
    fields = read_mapping(raw, key, faults, known=NEW_PRINCIPAL_KEYS)
    if fields is None:
        return None
    principal = read_principal(
        fields.get("principal"), f"{key}.principal", faults, account=None, kinds=_MAKEABLE
    )
    if principal is None:
        return None
    _check_keys(fields, principal, key, faults)
    assuming: tuple[str | Principal, ...] | None = ()
    if principal.kind is PrincipalKind.ROLE:
        assuming = read_list(
            fields.get("assumedBy"),
            f"{key}.assumedBy",
            faults,
            entry=_read_assuming,
            example="[ecs-tasks.amazonaws.com, user/bob]",
        )
    members: tuple[Principal, ...] | None = ()
    if fields.get("members") is not None:
        members = read_list(
            fields["members"], f"{key}.members", faults, entry=_read_member, example="[user/bob]"
        )
        _check_members(members or (), f"{key}.members", faults)
    boundary = fields.get("permissionsBoundary")
    if boundary is not None and boundary != MAKE:
        beside = f", or {MAKE} for one that lets through what the grants need"
        boundary = read_policy_arn(boundary, f"{key}.permissionsBoundary", faults, beside=beside)
    if assuming is None or members is None:
        return None
    return NewPrincipal(
        principal=principal,
        services=tuple(one for one in assuming if isinstance(one, str)),
        assumed_by=tuple(one for one in assuming if isinstance(one, Principal)),
        members=members,
        boundary=boundary if isinstance(boundary, str) else None,
    )


def _check_keys(fields: Mapping[str, object], principal: Principal, key: str, faults: Faults) -> None:
    kind = principal.kind
    for name, kinds in (
        ("assumedBy", (PrincipalKind.ROLE,)),
        ("members", (PrincipalKind.GROUP,)),
        ("permissionsBoundary", (PrincipalKind.ROLE, PrincipalKind.USER)),
    ):
        if fields.get(name) is not None and kind not in kinds:
            faults.add(f"{key}.{name}", shown(fields[name]), f"take it out: a {kind} has none")


def _read_assuming(raw: object, key: str, faults: Faults) -> str | Principal | None:
    if isinstance(raw, str) and _SERVICE.fullmatch(raw):
        return raw
    if isinstance(raw, str) and "/" not in raw and raw != PrincipalKind.ACCOUNT:
        mend = "name a service, such as ecs-tasks.amazonaws.com, a user/NAME or role/NAME, or account"
        faults.add(key, shown(raw), mend)
        return None
    return read_principal(raw, key, faults, account=None, kinds=_ASSUMING)


def _check_members(members: tuple[Principal, ...], key: str, faults: Faults) -> None:
    first: dict[str, int] = {}
    for index, member in enumerate(members):
        # IAM keeps one name of a kind per account, whatever its path and its capitals.
        before = first.setdefault(member.name.lower(), index)
        if before != index:
            mend = (
                f"{key}[{before}] is {str(members[before])!r}, and an account has one of that name: drop one"
            )
            faults.add(f"{key}[{index}]", f"is {str(member)!r}", mend)


def _read_member(raw: object, key: str, faults: Faults) -> Principal | None:
    return read_principal(raw, key, faults, account=None, kinds=(PrincipalKind.USER,))
