"""Which grants are a requester's, and to whom it attaches what they need."""

import dataclasses

import pytest

from crossaccess.policy.attaching import attached_principals, is_addressed_to
from crossaccess.policy.conditions import Conditions, Mfa
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind

ACCOUNT = "112233445566"
ORGANIZATION = "o-a1b2c3d4e5"
UNIT = f"{ORGANIZATION}/r-ab12/ou-ab12-11111111"
BOB = Principal(kind=PrincipalKind.USER, name="bob")
LOADER = Principal(kind=PrincipalKind.ROLE, name="loader")
DEVS = Principal(kind=PrincipalKind.GROUP, name="devs")
READERS = Principal(kind=PrincipalKind.PERMISSION_SET, name="Readers")
TO_ORGANIZATION = Principal(kind=PrincipalKind.ORGANIZATION, name=ORGANIZATION)
TO_UNIT = Principal(kind=PrincipalKind.UNIT, name=UNIT)
TO_ACCOUNT = Principal(kind=PrincipalKind.ACCOUNT)
GRANT = Grant(
    name="a-grant",
    account=ACCOUNT,
    principals=(BOB, LOADER),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)


def to(*principals: Principal, account: str | None = None) -> Grant:
    """The grant, to others."""
    return dataclasses.replace(GRANT, principals=principals, account=account)


@pytest.mark.parametrize(
    ("grant", "place", "expected"),
    [
        (GRANT, None, True),
        (dataclasses.replace(GRANT, account="998877665544"), None, False),
        (to(TO_ORGANIZATION), None, False),
        (to(TO_ORGANIZATION), ORGANIZATION, True),
        (to(TO_ORGANIZATION), UNIT, True),
        (to(TO_ORGANIZATION), "o-a1b2c3d4e56", False),
        (to(TO_UNIT), UNIT, True),
        (to(TO_UNIT), f"{UNIT}/ou-ab12-22222222", True),
        (to(TO_UNIT), ORGANIZATION, False),
        (to(TO_UNIT), f"{ORGANIZATION}/r-ab12", False),
        (to(TO_UNIT), f"{UNIT}2", False),
        (to(BOB, TO_ORGANIZATION, account="998877665544"), ORGANIZATION, True),
    ],
)
def test_a_grant_is_for_an_account_or_for_where_it_is(
    grant: Grant, place: str | None, *, expected: bool
) -> None:
    """AWS Organizations User Guide: a unit has the accounts below it, at whatever depth."""
    assert is_addressed_to(grant, account=ACCOUNT, organization=place) is expected


def attached(
    grant: Grant, *chosen: Principal, place: str | None = None, account: str = ACCOUNT
) -> tuple[tuple[Principal, ...], list[str]]:
    """To whom a grant goes, and what is told about the choice."""
    faults = Faults()
    found = attached_principals(
        grant, chosen or None, "attachTo.a-grant", faults, account=account, organization=place
    )
    return found, [str(fault) for fault in faults.all()]


def test_by_default_a_grant_goes_to_those_whom_it_names() -> None:
    """Nothing has to be said twice."""
    assert attached(GRANT) == ((BOB, LOADER), [])
    assert attached(to(READERS, account=ACCOUNT)) == ((READERS,), [])


@pytest.mark.parametrize(
    ("grant", "place"),
    [(to(TO_ACCOUNT, account=ACCOUNT), None), (to(TO_ORGANIZATION), ORGANIZATION), (to(TO_UNIT), UNIT)],
)
def test_a_grant_to_everyone_goes_to_nobody_until_somebody_is_chosen(grant: Grant, place: str | None) -> None:
    """Everyone of an account would be far more than anybody meant."""
    assert attached(grant, place=place) == ((), [])
    for chosen in (BOB, LOADER, DEVS, READERS):
        assert attached(grant, chosen, place=place) == ((chosen,), [])


def test_somebody_named_beside_an_organization_gets_the_grant() -> None:
    """And others of the account may be chosen, since all of them are meant."""
    grant = to(BOB, TO_ORGANIZATION, account=ACCOUNT)
    assert attached(grant, place=ORGANIZATION) == ((BOB,), [])
    assert attached(grant, LOADER, place=ORGANIZATION) == ((LOADER,), [])


def test_names_of_another_account_are_not_this_ones() -> None:
    """Bob of a third account stands beside the organization that this account is in."""
    assert attached(to(BOB, TO_ORGANIZATION, account="998877665544"), place=ORGANIZATION) == ((), [])


def test_some_of_those_named_may_be_chosen() -> None:
    """A requester need not let all of them in."""
    assert attached(GRANT, LOADER) == ((LOADER,), [])


def test_a_group_may_stand_for_the_users_in_it() -> None:
    """IAM User Guide, "IAM user groups": its policies are those of its users."""
    assert attached(GRANT, DEVS) == ((DEVS,), [])


@pytest.mark.parametrize("chosen", [LOADER, READERS])
def test_a_role_is_not_chosen_where_mfa_is_asked_for(chosen: Principal) -> None:
    """IAM User Guide, "Secure API access with MFA": a role's session carries no MFA context."""
    asking = dataclasses.replace(
        to(TO_ACCOUNT, account=ACCOUNT), method=Method.ASSUME_ROLE, conditions=Conditions(mfa=Mfa())
    )
    assert attached(asking, BOB, DEVS) == ((BOB, DEVS), [])
    _, (fault,) = attached(asking, BOB, chosen)
    assert fault.startswith(f"attachTo.a-grant[1] is '{chosen}': the grant 'a-grant' asks for MFA")


@pytest.mark.parametrize(
    ("grant", "chosen", "told"),
    [
        (GRANT, READERS, "is 'permission-set/Readers': the grant 'a-grant' is for user/bob, role/loader"),
        (GRANT, dataclasses.replace(BOB, path="/staff/"), "is 'user/staff/bob': the grant 'a-grant' is for"),
        (to(LOADER, account=ACCOUNT), DEVS, "is 'group/devs': the grant 'a-grant' names no users"),
    ],
)
def test_somebody_whom_the_owner_does_not_let_in_is_told(grant: Grant, chosen: Principal, told: str) -> None:
    """Their policy would be without effect."""
    _, (fault,) = attached(grant, chosen)
    assert fault.startswith(f"attachTo.a-grant[0] {told}")
