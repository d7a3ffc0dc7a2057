"""Permissions boundaries of users and roles: they cut, and they never give."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.gate import House, Keys, allow, code_of, keys_of, open_house, policy, trust


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module."""
    with open_house(tmp_path_factory.mktemp("boundaries")) as opened:
        yield opened


@pytest.fixture
def bucket(house: House) -> str:
    """A bucket that lets the requester's whole account read and write."""
    name = house.bucket()
    house.s3("account-a").put_object(Bucket=name, Key="k", Body=b"x")
    house.guard(
        name,
        allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{name}/*", Principal={"AWS": house.requester}),
    )
    return name


def boundary(house: House, person: str, name: str) -> str:
    """Make a policy in someone's account that allows reading objects, and nothing else; return its ARN."""
    text = policy(allow("s3:GetObject", "*"))
    return house.iam(person).create_policy(PolicyName=name, PolicyDocument=text)["Policy"]["Arn"]


def new_user(house: House, name: str, **more: Any) -> Keys:
    """Make a user of the requester's who may do anything, as far as its own policy says."""
    admin = house.iam("account-b")
    admin.create_user(UserName=name, **more)
    house.allow(name, allow("*", "*"))
    key = admin.create_access_key(UserName=name)["AccessKey"]
    return Keys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])


def test_a_boundary_put_on_a_user_cuts_until_it_is_taken_away(house: House, bucket: str) -> None:
    """IAM User Guide, "Permissions boundaries for IAM entities"."""
    admin, arn = house.iam("account-b"), boundary(house, "account-b", "put")
    keys = new_user(house, "put-user")
    put: Any = {"Bucket": bucket, "Key": "n", "Body": b""}
    assert code_of(house.s3(keys).put_object, **put) == "ok"
    admin.put_user_permissions_boundary(UserName="put-user", PermissionsBoundary=arn)
    assert code_of(house.s3(keys).put_object, **put) == "AccessDenied"
    assert code_of(house.s3(keys).get_object, Bucket=bucket, Key="k") == "ok"
    assert admin.get_user(UserName="put-user")["User"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": arn,
    }
    admin.delete_user_permissions_boundary(UserName="put-user")
    assert code_of(house.s3(keys).put_object, **put) == "ok"
    assert "PermissionsBoundary" not in admin.get_user(UserName="put-user")["User"]


def test_a_user_made_with_a_boundary_has_it_in_its_sessions_too(house: House, bucket: str) -> None:
    """IAM API Reference, "CreateUser": PermissionsBoundary."""
    arn = boundary(house, "account-b", "made")
    keys = new_user(house, "made-user", PermissionsBoundary=arn)
    session = keys_of(house.sts(keys).get_session_token()["Credentials"])
    for who in (keys, session):
        assert code_of(house.s3(who).get_object, Bucket=bucket, Key="k") == "ok"
        assert code_of(house.s3(who).put_object, Bucket=bucket, Key="n", Body=b"") == "AccessDenied"


def test_a_boundary_gives_nothing_by_itself(house: House, bucket: str) -> None:
    """The same page: both the boundary and a policy have to allow."""
    admin, arn = house.iam("account-b"), boundary(house, "account-b", "alone")
    keys = new_user(house, "alone-user", PermissionsBoundary=arn)
    admin.delete_user_policy(UserName="alone-user", PolicyName="test")
    assert code_of(house.s3(keys).get_object, Bucket=bucket, Key="k") == "AccessDenied"


def test_a_user_made_anew_has_no_boundary_of_the_old_ones(house: House) -> None:
    """The boundary goes with the user."""
    admin, arn = house.iam("account-b"), boundary(house, "account-b", "anew")
    made = admin.create_user(UserName="anew", PermissionsBoundary=arn)["User"]
    assert made["PermissionsBoundary"].get("PermissionsBoundaryArn") == arn
    admin.delete_user(UserName="anew")
    admin.create_user(UserName="anew")
    assert "PermissionsBoundary" not in admin.get_user(UserName="anew")["User"]


def test_a_boundary_that_is_not_there_is_refused_and_nothing_is_made(house: House) -> None:
    """IAM API Reference, "CreateUser", "CreateRole" and "PutUserPermissionsBoundary": NoSuchEntity."""
    admin = house.iam("account-b")
    missing: Any = {"PermissionsBoundary": f"arn:aws:iam::{house.requester}:policy/none"}
    assert code_of(admin.create_user, UserName="never", **missing) == "NoSuchEntity"
    assert code_of(admin.get_user, UserName="never") == "NoSuchEntity"
    more: Any = {"AssumeRolePolicyDocument": trust({"AWS": house.requester}), **missing}
    assert code_of(admin.create_role, RoleName="never", **more) == "NoSuchEntity"
    assert code_of(admin.get_role, RoleName="never") == "NoSuchEntity"
    assert code_of(admin.put_user_permissions_boundary, UserName="bob", **missing) == "NoSuchEntity"
    assert code_of(admin.delete_user_permissions_boundary, UserName="nobody") == "NoSuchEntity"


def test_who_may_set_boundaries_can_be_told_which(house: House) -> None:
    """Service Authorization Reference for IAM: iam:PermissionsBoundary."""
    right, wrong = (boundary(house, "account-b", name) for name in ("right", "wrong"))
    users = f"arn:aws:iam::{house.requester}:user/*"
    only: Any = {"Condition": {"StringEquals": {"iam:PermissionsBoundary": right}}}
    house.allow("carol", allow("iam:CreateUser", users, **only))
    create = house.iam("carol").create_user
    assert code_of(create, UserName="delegated", PermissionsBoundary=wrong) == "AccessDenied"
    assert code_of(create, UserName="delegated") == "AccessDenied"
    assert code_of(create, UserName="delegated", PermissionsBoundary=right) == "ok"


def test_a_roles_boundary_cuts_its_sessions(house: House, bucket: str) -> None:
    """The same page: for roles as for users."""
    owner = house.iam("account-a")
    arn = boundary(house, "account-a", "role")
    text = trust({"AWS": house.requester})
    role = owner.create_role(RoleName="bounded", AssumeRolePolicyDocument=text)["Role"]["Arn"]
    owner.put_role_policy(RoleName="bounded", PolicyName="test", PolicyDocument=policy(allow("s3:*", "*")))
    house.allow("bob", allow("sts:AssumeRole", role))
    session = house.s3(house.assume("bob", role))
    assert code_of(session.put_object, Bucket=bucket, Key="n", Body=b"") == "ok"
    owner.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=arn)
    assert code_of(session.put_object, Bucket=bucket, Key="n", Body=b"") == "AccessDenied"
    assert code_of(session.get_object, Bucket=bucket, Key="k") == "ok"
    owner.delete_role_permissions_boundary(RoleName="bounded")
    assert code_of(session.put_object, Bucket=bucket, Key="n", Body=b"") == "ok"
