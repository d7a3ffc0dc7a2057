"""Principals: how they are written, and what policies compare callers to."""

import re

import pytest

from crossaccess.policy.principal import Principal, PrincipalKind

ACCOUNT = "112233445566"
SET = Principal(kind=PrincipalKind.PERMISSION_SET, name="Data_Readers")
RESERVED = "role/aws-reserved/sso.amazonaws.com"


@pytest.mark.parametrize(
    ("principal", "written"),
    [
        (Principal(kind=PrincipalKind.USER, name="bob"), "user/bob"),
        (Principal(kind=PrincipalKind.ROLE, name="loader", path="/etl/night/"), "role/etl/night/loader"),
        (Principal(kind=PrincipalKind.GROUP, name="devs"), "group/devs"),
        (SET, "permission-set/Data_Readers"),
        (Principal(kind=PrincipalKind.ACCOUNT), "account"),
        (Principal(kind=PrincipalKind.ORGANIZATION, name="o-a1b2c3d4e5"), "organization/o-a1b2c3d4e5"),
    ],
)
def test_a_principal_is_written_as_config_has_it(principal: Principal, written: str) -> None:
    """A handover and a message say it as the grant did."""
    assert str(principal) == written


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_users_or_roles_arn_has_its_path_and_its_partition(partition: str) -> None:
    """IAM User Guide, "IAM ARNs": it is what `aws:PrincipalArn` says, of a role's sessions too."""
    role = Principal(kind=PrincipalKind.ROLE, name="loader", path="/etl/")
    arn = f"arn:{partition}:iam::112233445566:role/etl/loader"
    assert role.arn(partition=partition, account=ACCOUNT) == arn
    assert role.arn_patterns(partition=partition, account=ACCOUNT) == (arn,)


def matches(arn: str, *, partition: str = "aws") -> bool:
    """Whether the permission set's patterns let an ARN through, `*` and `?` as policies mean them."""
    patterns = SET.arn_patterns(partition=partition, account=ACCOUNT)
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), arn) for pattern in patterns
    )


@pytest.mark.parametrize("region", ["", "eu-central-1/"])
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_permission_sets_role_is_let_through_with_and_without_a_region(partition: str, region: str) -> None:
    """IAM Identity Center User Guide, "Referencing permission sets in resource policies, …"."""
    role = f"arn:{partition}:iam::{ACCOUNT}:{RESERVED}/{region}AWSReservedSSO_Data_Readers_0123456789abcdef"
    assert matches(role, partition=partition)


@pytest.mark.parametrize(
    "name",
    [
        "AWSReservedSSO_Data_Readers_Night_0123456789abcdef",
        "AWSReservedSSO_Data_Readers_0123456789abcde",
        "AWSReservedSSO_Data_Readers_0123456789abcdefa",
        "AWSReservedSSO_Data_0123456789abcdef",
        "AWSReservedSSO_My_Data_Readers_0123456789abcdef",
        "Data_Readers",
    ],
)
def test_another_permission_sets_role_is_kept_out(name: str) -> None:
    """Names may hold `_`, so that one set's name may begin another's: the suffix has sixteen characters."""
    for region in ("", "eu-central-1/"):
        assert not matches(f"arn:aws:iam::{ACCOUNT}:{RESERVED}/{region}{name}")


def test_a_role_of_that_name_elsewhere_is_kept_out() -> None:
    """Only AWS makes roles under the reserved path."""
    assert not matches(f"arn:aws:iam::{ACCOUNT}:role/AWSReservedSSO_Data_Readers_0123456789abcdef")
    assert not matches(f"arn:aws:iam::998877665544:{RESERVED}/AWSReservedSSO_Data_Readers_0123456789abcdef")


def test_a_unit_knows_its_organization() -> None:
    """Its path begins with it."""
    unit = Principal(kind=PrincipalKind.UNIT, name="o-a1b2c3d4e5/r-ab12/ou-ab12-11111111")
    assert unit.organization == "o-a1b2c3d4e5"
    assert str(unit) == "organizational-unit/o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"
