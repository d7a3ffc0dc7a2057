"""How the owner's policies name those who may come in."""

import dataclasses

import pytest

from crossaccess.policy.document import EVERYONE, Condition, PrincipalName
from crossaccess.policy.grant import Bucket, Grant, Method, Trust
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.requesters import named

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
BOB = Principal(kind=PrincipalKind.USER, name="bob")
LOADER = Principal(kind=PrincipalKind.ROLE, name="loader", path="/etl/")
READERS = Principal(kind=PrincipalKind.PERMISSION_SET, name="Readers")
WHOLE = Principal(kind=PrincipalKind.ACCOUNT)
ORGANIZATION = Principal(kind=PrincipalKind.ORGANIZATION, name="o-a1b2c3d4e5")
ROOT = PrincipalName(type="AWS", value="arn:aws:iam::112233445566:root")
OTHERS = Condition(operator="StringNotEquals", key="aws:PrincipalAccount", values=(BUCKET.account,))
GRANT = Grant(
    name="a-grant",
    account="112233445566",
    principals=(BOB, LOADER),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)


def unit(number: int, *, organization: str = "o-a1b2c3d4e5") -> Principal:
    """An organizational unit."""
    return Principal(kind=PrincipalKind.UNIT, name=f"{organization}/r-ab12/ou-ab12-1111111{number}")


def of(*principals: Principal, trust: Trust = Trust.ACCOUNT, account: str | None = "112233445566") -> Grant:
    """The grant, to others."""
    return dataclasses.replace(GRANT, principals=principals, trust=trust, account=account)


def member(organization: str = "o-a1b2c3d4e5") -> Condition:
    """What asks for an organization."""
    return Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=(organization,))


def test_names_without_wildcards_are_compared_whole() -> None:
    """`ArnEquals` says that nothing else is meant.

    IAM User Guide, "IAM JSON policy elements: Condition operators".
    """
    (who,) = named(BUCKET, GRANT)
    assert who.principals == (ROOT,)
    (condition,) = who.conditions
    assert (condition.operator, condition.key) == ("ArnEquals", "aws:PrincipalArn")
    assert condition.values == (
        "arn:aws:iam::112233445566:user/bob",
        "arn:aws:iam::112233445566:role/etl/loader",
    )


def test_permission_sets_are_compared_by_their_patterns_beside_other_names() -> None:
    """Their roles have a suffix that AWS chooses."""
    (who,) = named(BUCKET, of(BOB, READERS))
    (condition,) = who.conditions
    assert condition.operator == "ArnLike"
    assert len(condition.values) == 3
    assert all("AWSReservedSSO_Readers_????????????????" in arn for arn in condition.values[1:])


def test_a_whole_account_is_named_without_conditions() -> None:
    """Its administrators say who: that is what the grant says out loud."""
    (who,) = named(BUCKET, of(WHOLE))
    assert (who.principals, who.conditions) == ((ROOT,), ())


def test_exact_names_stand_in_principal() -> None:
    """Without a condition, since the name is the narrowing."""
    (who,) = named(BUCKET, of(BOB, LOADER, trust=Trust.EXACT))
    assert [one.value for one in who.principals] == [
        "arn:aws:iam::112233445566:user/bob",
        "arn:aws:iam::112233445566:role/etl/loader",
    ]
    assert who.conditions == ()


def test_an_organization_is_everyone_but_the_owners_own() -> None:
    """The owner's own principals would need no policy of their own: they are left out.

    IAM User Guide, "Cross-account policy evaluation logic".
    """
    (who,) = named(BUCKET, of(ORGANIZATION, account=None))
    assert (who.label, who.principals) == ("Organization", (EVERYONE,))
    assert who.conditions == (member(), OTHERS)


def test_a_unit_is_narrowed_by_its_path_beside_its_organization() -> None:
    """IAM User Guide, "AWS global condition context keys": `aws:PrincipalOrgPaths` has several values."""
    (who,) = named(BUCKET, of(unit(1), unit(2), account=None))
    paths = ("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111112/*")
    under = Condition(operator="ForAnyValue:StringLike", key="aws:PrincipalOrgPaths", values=paths)
    assert who.principals == (EVERYONE,)
    assert who.conditions == (member(), under, OTHERS)


def test_units_of_two_organizations_do_not_cross() -> None:
    """A path of the one with the id of the other would be a statement that nobody meets."""
    first, second = named(BUCKET, of(unit(1), unit(1, organization="o-z9y8x7w6v5"), account=None))
    assert (first.label, second.label) == ("Units", "Units2")
    assert first.conditions[0] == member()
    assert second.conditions[0] == member("o-z9y8x7w6v5")


def test_several_kinds_have_a_statement_each_under_a_label_of_its_own() -> None:
    """Statement ids are made out of the labels."""
    found = named(BUCKET, of(BOB, ORGANIZATION, unit(1, organization="o-z9y8x7w6v5")))
    assert [who.label for who in found] == ["", "Organization", "Units"]


@pytest.mark.parametrize("principals", [(BOB,), (READERS,), (WHOLE,), (ORGANIZATION,), (unit(1),)])
def test_everyone_is_never_named_without_an_organization(principals: tuple[Principal, ...]) -> None:
    """`*` without a fixed condition is public.

    Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".
    """
    for who in named(BUCKET, of(*principals)):
        asked = {condition.key for condition in who.conditions}
        assert EVERYONE not in who.principals or {"aws:PrincipalOrgID", "aws:PrincipalAccount"} <= asked
