"""Roles of permission sets, in the accounts as they run for people: in their own process."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.calls import Caller, Keys, caller
from sandbox.cloud import Cloud, start_cloud
from sandbox.errors import SandboxError
from sandbox.permission_sets import provision, remove, sign_in
from tests.support.gate import allow, code_of, message_of, policy, trust

ACCOUNT = "112233445566"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Start both accounts as the sandbox does."""
    with start_cloud(tmp_path_factory.mktemp("permission-sets")) as running:
        yield running


@pytest.fixture(scope="module")
def admin(cloud: Cloud) -> Caller:
    """The administrator of the requester's account."""
    return caller(cloud, "account-b")


@pytest.fixture(scope="module")
def role(cloud: Cloud, admin: Caller) -> str:
    """The role of the permission set `Data_Reader`: Bob is assigned, a policy by name says what it may do."""
    admin.iam().create_policy(PolicyName="reader", PolicyDocument=policy(allow("s3:*", "*")))
    return provision(
        cloud, "account-b", "Data_Reader", people=["bob"], policies=["reader"], region="eu-central-1"
    )


def test_the_role_is_named_as_the_service_names_it(role: str) -> None:
    """IAM Identity Center User Guide, "Referencing permission sets in resource policies, …"."""
    form = (
        rf"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso\.amazonaws\.com/eu-central-1/"
        r"AWSReservedSSO_Data_Reader_[0-9a-f]{16}"
    )
    assert re.fullmatch(form, role)


def test_an_identity_center_in_us_east_1_leaves_the_region_out(cloud: Cloud) -> None:
    """The same page."""
    arn = provision(cloud, "account-b", "Plain", people=["bob"])
    form = (
        rf"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso\.amazonaws\.com/AWSReservedSSO_Plain_[0-9a-f]{{16}}"
    )
    assert re.fullmatch(form, arn)
    who = sign_in(cloud, "bob", arn).sts().get_caller_identity()["Arn"]
    assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/{arn.rpartition('/')[2]}/bob"


def test_who_is_assigned_signs_in_and_nobody_else(cloud: Cloud, role: str) -> None:
    """The session has the role's policies, and its name says who it is."""
    name = role.rpartition("/")[2]
    who = sign_in(cloud, "bob", role).sts().get_caller_identity()["Arn"]
    assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/bob"
    with pytest.raises(ClientError, match="AccessDenied"):
        sign_in(cloud, "carol", role)


def test_a_bucket_policy_matches_the_permission_set_by_its_pattern(cloud: Cloud, role: str) -> None:
    """The same page: the suffix changes when the set is assigned anew, so it is matched by its length."""
    alice = caller(cloud, "account-a").s3()
    place: Any = {"LocationConstraint": cloud.region}
    alice.create_bucket(Bucket="for-a-set", CreateBucketConfiguration=place)
    alice.put_object(Bucket="for-a-set", Key="k", Body=b"x")
    bob = sign_in(cloud, "bob", role).s3()
    base = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com"
    for name, expected in (("Data_Reader", "ok"), ("Data", "AccessDenied")):
        patterns = [f"{base}/*/AWSReservedSSO_{name}_{'?' * 16}", f"{base}/AWSReservedSSO_{name}_{'?' * 16}"]
        statement = allow(
            "s3:GetObject",
            "arn:aws:s3:::for-a-set/*",
            Principal={"AWS": ACCOUNT},
            Condition={"ArnLike": {"aws:PrincipalArn": patterns}},
        )
        alice.put_bucket_policy(Bucket="for-a-set", Policy=policy(statement))
        assert code_of(bob.get_object, Bucket="for-a-set", Key="k") == expected
        assert code_of(caller(cloud, "bob").s3().get_object, Bucket="for-a-set", Key="k") == "AccessDenied"


@pytest.mark.usefixtures("role")
def test_a_policy_that_is_not_there_yet_is_named_and_nothing_is_made(cloud: Cloud, admin: Caller) -> None:
    """IAM Identity Center User Guide, "Use IAM policies in permission sets": the policy comes first."""
    before = admin.iam().list_roles()["Roles"]
    with pytest.raises(SandboxError, match=r"Early references .*policy/team/later, which is not there"):
        provision(cloud, "account-b", "Early", people=["bob"], policies=["reader", "team/later"])
    assert admin.iam().list_roles()["Roles"] == before
    text = policy(allow("s3:*", "*"))
    admin.iam().create_policy(PolicyName="later", Path="/team/", PolicyDocument=text)
    arn = provision(cloud, "account-b", "Early", people=["bob"], policies=["team/later"])
    attached = admin.iam().list_attached_role_policies(RoleName=arn.rpartition("/")[2])["AttachedPolicies"]
    assert [one.get("PolicyName") for one in attached] == ["later"]


def test_nobody_but_the_service_edits_the_role(admin: Caller, role: str) -> None:
    """IAM API Reference: UnmodifiableEntity, for administrators too. Looking at it is allowed."""
    iam, name = admin.iam(), role.rpartition("/")[2]
    arn = f"arn:aws:iam::{ACCOUNT}:policy/reader"
    text = policy(allow("*", "*"))
    calls: list[tuple[Any, dict[str, Any]]] = [
        (iam.attach_role_policy, {"PolicyArn": arn}),
        (iam.detach_role_policy, {"PolicyArn": arn}),
        (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": text}),
        (iam.delete_role_policy, {"PolicyName": "p"}),
        (iam.update_assume_role_policy, {"PolicyDocument": trust({"AWS": ACCOUNT})}),
        (iam.update_role, {"MaxSessionDuration": 3_600}),
        (iam.update_role_description, {"Description": "mine"}),
        (iam.put_role_permissions_boundary, {"PermissionsBoundary": arn}),
        (iam.delete_role_permissions_boundary, {}),
        (iam.tag_role, {"Tags": [{"Key": "a", "Value": "b"}]}),
        (iam.untag_role, {"TagKeys": ["a"]}),
        (iam.delete_role, {}),
    ]
    for call, more in calls:
        assert code_of(call, RoleName=name, **more) == "UnmodifiableEntity"
    assert "only modifiable by AWS" in message_of(iam.delete_role, RoleName=name)
    assert iam.get_role(RoleName=name)["Role"]["Arn"] == role
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [one.get("PolicyName") for one in attached] == ["reader"]


@pytest.mark.parametrize(
    "path", ["/aws-reserved/sso.amazonaws.com/", "/aws-reserved/", "/aws-service-role/x.amazonaws.com/"]
)
def test_nobody_but_a_service_makes_a_role_under_its_path(admin: Caller, path: str) -> None:
    """IAM API Reference, "CreateRole": InvalidInput."""
    create = admin.iam().create_role
    text = trust({"AWS": ACCOUNT})
    assert code_of(create, RoleName="mine", Path=path, AssumeRolePolicyDocument=text) == "InvalidInput"
    assert code_of(admin.iam().get_role, RoleName="mine") == "NoSuchEntity"


def test_the_service_does_nothing_but_that(cloud: Cloud, admin: Caller, role: str) -> None:
    """Its keys make no other role, read no bucket, and take nothing of the other account's."""
    known = cloud.identity_center["account-b"]
    keys = Keys(access_key_id=known.access_key_id, secret_access_key=known.secret_access_key)
    service = Caller(cloud=cloud, keys=keys)
    assert service.sts().get_caller_identity()["Account"] == ACCOUNT
    text = trust({"AWS": ACCOUNT})
    assert (
        code_of(service.iam().create_role, RoleName="mine", AssumeRolePolicyDocument=text) == "AccessDenied"
    )
    assert code_of(service.s3().list_buckets) == "AccessDenied"
    assert code_of(service.iam().create_user, UserName="mine") == "AccessDenied"
    assert code_of(service.sts().assume_role, RoleArn=role, RoleSessionName="mine") == "AccessDenied"
    assert code_of(admin.iam().get_role, RoleName="mine") == "NoSuchEntity"


def test_a_set_that_is_assigned_anew_has_another_suffix(cloud: Cloud, admin: Caller) -> None:
    """The service takes its role away and makes another; sessions of the old one end."""
    first = provision(cloud, "account-b", "Again", people=["bob"], policies=["reader"])
    session = sign_in(cloud, "bob", first)
    assert code_of(session.s3().list_buckets) == "ok"
    remove(cloud, "account-b", first)
    second = provision(cloud, "account-b", "Again", people=["bob"], policies=["reader"])
    assert second != first
    assert code_of(session.s3().list_buckets) == "InvalidAccessKeyId"
    assert code_of(admin.iam().get_role, RoleName=first.rpartition("/")[2]) == "NoSuchEntity"


def test_a_policy_that_a_set_references_is_not_deleted(cloud: Cloud, admin: Caller) -> None:
    """IAM API Reference, "DeletePolicy": DeleteConflict, as long as it is attached."""
    text = policy(allow("s3:*", "*"))
    arn = admin.iam().create_policy(PolicyName="kept", PolicyDocument=text)["Policy"]["Arn"]
    role = provision(cloud, "account-b", "Keeper", people=["bob"], policies=["kept"])
    assert code_of(admin.iam().delete_policy, PolicyArn=arn) == "DeleteConflict"
    remove(cloud, "account-b", role)
    assert code_of(admin.iam().delete_policy, PolicyArn=arn) == "ok"


def test_the_sandbox_can_be_started_without_an_organization(tmp_path: Any) -> None:
    """For what has to work there, too; a path that is none is a clear message."""
    condition: Any = {"Condition": {"Null": {"aws:PrincipalOrgID": "true"}}}
    with start_cloud(tmp_path / "none", organization_paths={}) as running:
        admin = caller(running, "account-b").iam()
        text = policy(allow("iam:GetUser", "*", **condition))
        admin.put_user_policy(UserName="bob", PolicyName="test", PolicyDocument=text)
        assert code_of(caller(running, "bob").iam().get_user) == "ok"
    with (
        pytest.raises(SandboxError, match="organization path of account 112233445566"),
        start_cloud(tmp_path / "wrong", organization_paths={ACCOUNT: "o-1/r-1/"}),
    ):
        pass
