"""How the owner's policies name those who may come in: one statement for each way of naming."""

from collections.abc import Iterable
from dataclasses import dataclass

from crossaccess.policy.document import EVERYONE, Condition, PrincipalName
from crossaccess.policy.grant import Bucket, Grant, Trust
from crossaccess.policy.principal import BY_NAME, Principal, PrincipalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Principals, and the conditions that narrow them to who is meant.

    `label` tells a statement from those that name others of the same grant.
    """

    label: str
    principals: tuple[PrincipalName, ...]
    conditions: tuple[Condition, ...] = ()


def named(bucket: Bucket, grant: Grant) -> tuple[Named, ...]:
    """Name the principals of a grant, in the form that its `trust` asks for."""
    found: list[Named] = []
    if grant.account is not None:
        found += _of_account(bucket, grant, grant.account)
    return (*found, *_of_organizations(bucket, grant))


def account_root(account: str, *, partition: str) -> PrincipalName:
    """The whole of an account, as a principal."""
    return PrincipalName(type="AWS", value=f"arn:{partition}:iam::{account}:root")


def by_arn(account: str, arns: tuple[str, ...], *, partition: str) -> Named:
    """The account, narrowed by the ARN of whoever asks (see docs/adr); wildcards are those of `arns`."""
    operator = "ArnLike" if any("?" in arn or "*" in arn for arn in arns) else "ArnEquals"
    return Named(
        label="",
        principals=(account_root(account, partition=partition),),
        conditions=(Condition(operator=operator, key="aws:PrincipalArn", values=arns),),
    )


def _of_account(bucket: Bucket, grant: Grant, account: str) -> Iterable[Named]:
    if grant.of_kind(PrincipalKind.ACCOUNT):
        yield Named(label="", principals=(account_root(account, partition=bucket.partition),))
        return
    people = grant.of_kind(*BY_NAME)
    if not people:
        return
    arns = tuple(
        arn for one in people for arn in one.arn_patterns(partition=bucket.partition, account=account)
    )
    if grant.trust is Trust.EXACT:
        yield Named(label="", principals=tuple(PrincipalName(type="AWS", value=arn) for arn in arns))
    else:
        yield by_arn(account, arns, partition=bucket.partition)


def _of_organizations(bucket: Bucket, grant: Grant) -> Iterable[Named]:
    """Everyone of an organization, but for the owner's own principals.

    These would need no policy of their own inside one account, so that the grant would be more than it says
    (IAM User Guide, "Cross-account policy evaluation logic"). The unit's path stands beside the id, never
    instead: without the id, Block Public Access takes the policy for public.
    """
    others = Condition(operator="StringNotEquals", key="aws:PrincipalAccount", values=(bucket.account,))
    whole = tuple(one.organization for one in grant.of_kind(PrincipalKind.ORGANIZATION))
    if whole:
        yield Named(
            label="Organization", principals=(EVERYONE,), conditions=(_of_organization(whole), others)
        )
    units: dict[str, list[Principal]] = {}
    for unit in grant.of_kind(PrincipalKind.UNIT):
        units.setdefault(unit.organization, []).append(unit)
    for number, (organization, in_it) in enumerate(units.items(), start=1):
        paths = tuple(f"{unit.name}/*" for unit in in_it)
        under = Condition(operator="ForAnyValue:StringLike", key="aws:PrincipalOrgPaths", values=paths)
        yield Named(
            label="Units" if number == 1 else f"Units{number}",
            principals=(EVERYONE,),
            conditions=(_of_organization((organization,)), under, others),
        )


def _of_organization(ids: tuple[str, ...]) -> Condition:
    return Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=ids)
