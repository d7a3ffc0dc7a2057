"""The provider over the sandbox's own accounts, behind the gate that judges its calls."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from sandbox.provider.errors import StandInError
from tests.support.gate import House, allow, open_house, policy, trust

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import

USER = "aws:iam/user:User"
GROUP = "aws:iam/group:Group"
MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"
GROUP_ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
ROLE = "aws:iam/role:Role"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
GET_BUCKET_POLICY = "aws:s3/getBucketPolicy:getBucketPolicy"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module."""
    with open_house(tmp_path_factory.mktemp("provider")) as opened:
        yield opened


@pytest.fixture
def acting(
    house: House, bare_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:  # Any: a function that gives conftest's Engine
    """Return what configures the provider for a person of the house."""
    cloud = house.opened.cloud
    config, credentials = "", ""
    for person in ("account-a", "account-b"):
        keys = house.keys(person)
        config += f"[profile {person}]\nregion = {cloud.region}\nendpoint_url = {cloud.tls_url}\n"
        credentials += f"[{person}]\naws_access_key_id = {keys.access_key_id}\n"
        credentials += f"aws_secret_access_key = {keys.secret_access_key}\n"
    (tmp_path / "config").write_text(config)
    (tmp_path / "credentials").write_text(credentials)
    for name in [item for item in os.environ if item.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(cloud.ca_bundle))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def as_person(person: str) -> Engine:
        bare_engine.configure(profile=person)
        return bare_engine

    return as_person


def test_a_policy_reaches_a_new_user_by_a_group_and_leaves_with_it(house: House, acting: Any) -> None:
    """User, group, membership and attachment, made and deleted in the engine's order, each judged."""
    engine, iam = acting("account-b"), house.iam("account-b")
    document = policy(allow("s3:GetObject", "*"))
    arn = iam.create_policy(PolicyName="readers", PolicyDocument=document)["Policy"]["Arn"]
    made = []
    for token, inputs in (
        (USER, {"name": "dora", "path": "/team/", "tags": {"a": "b"}}),
        (GROUP, {"name": "readers"}),
        (MEMBERSHIP, {"user": "dora", "groups": ["readers"]}),
        (GROUP_ATTACHMENT, {"group": "readers", "policyArn": arn}),
    ):
        checked = engine.check(token, inputs)
        identifier, state = engine.create(token, checked)
        assert engine.read(token, identifier, checked, state) == (checked, state)
        made.append((token, identifier, state))
    (group,) = iam.list_groups_for_user(UserName="dora")["Groups"]
    attached = iam.list_attached_group_policies(GroupName=group["GroupName"])["AttachedPolicies"]
    assert [item["PolicyArn"] for item in attached] == [arn]
    user = engine.invoke("aws:iam/getUser:getUser", userName="dora")
    assert user["arn"] == f"arn:aws:iam::{house.requester}:user/team/dora"
    assert user["userId"].startswith("AIDA")
    moved = engine.update(USER, "dora", made[0][2], {"name": "dora", "tags": {"a": "c"}})
    assert (moved["arn"], moved["tags"]) == (f"arn:aws:iam::{house.requester}:user/dora", {"a": "c"})
    assert moved["uniqueId"] == user["userId"]
    for token, identifier, state in reversed(made):
        engine.delete(token, identifier, state)
        assert engine.read(token, identifier, state, state) is None or token == MEMBERSHIP
    assert "dora" not in [user["UserName"] for user in iam.list_users()["Users"]]
    assert iam.list_groups()["Groups"] == []


def test_a_user_with_keys_is_deleted_by_force(house: House, acting: Any) -> None:
    """The gate lets the administrator take the keys away."""
    engine, iam = acting("account-b"), house.iam("account-b")
    _, state = engine.create(USER, {"name": "eve", "forceDestroy": True})
    iam.create_access_key(UserName="eve")
    engine.delete(USER, "eve", state)
    assert "eve" not in [user["UserName"] for user in iam.list_users()["Users"]]


def test_a_roles_boundary_duration_and_tags_change_in_place(house: House, acting: Any) -> None:
    """The gate refuses a boundary that does not exist: IAM API Reference, "PutRolePermissionsBoundary"."""
    engine, iam = acting("account-a"), house.iam("account-a")
    edges = [
        iam.create_policy(PolicyName=name, PolicyDocument=policy(allow("s3:*", "*")))["Policy"]["Arn"]
        for name in ("edge", "other-edge")
    ]
    role = {"name": "bounded", "assumeRolePolicy": trust({"AWS": house.requester})}
    full = {**role, "permissionsBoundary": edges[0], "maxSessionDuration": 7200, "tags": {"a": "b"}}
    _, state = engine.create(ROLE, full)
    state = engine.update(ROLE, "bounded", state, {**full, "permissionsBoundary": edges[1]})
    told = engine.invoke("aws:iam/getRole:getRole", name="bounded")
    assert (told["permissionsBoundary"], told["maxSessionDuration"]) == (edges[1], 7200)
    assert told["tags"] == {"a": "b"}
    with pytest.raises(StandInError, match="NoSuchEntity"):
        engine.update(ROLE, "bounded", state, {**full, "permissionsBoundary": f"{edges[0]}-gone"})
    state = engine.update(ROLE, "bounded", state, role)
    told = engine.invoke("aws:iam/getRole:getRole", name="bounded")
    assert (told["permissionsBoundary"], told["maxSessionDuration"], told["tags"]) == ("", 3600, {})
    engine.delete(ROLE, "bounded", state)


def test_the_policy_of_a_bucket_is_read_by_its_owner_alone(house: House, acting: Any) -> None:
    """Absent, there, and refused to another account, where it is told as a refusal."""
    bucket = house.bucket()
    engine = acting("account-a")
    with pytest.raises(StandInError, match="couldn't find resource"):
        engine.invoke(GET_BUCKET_POLICY, bucket=bucket)
    statement = allow(
        "s3:GetObject",
        f"arn:aws:s3:::{bucket}/*",
        Principal={"AWS": f"arn:aws:iam::{house.requester}:root"},
    )
    engine.create(BUCKET_POLICY, {"bucket": bucket, "policy": policy(statement)})
    assert bucket in engine.invoke(GET_BUCKET_POLICY, bucket=bucket)["policy"]
    with pytest.raises(
        StandInError, match=rf"^reading S3 Bucket \({bucket}\) Policy: (AccessDenied|MethodNotAllowed): "
    ):
        acting("account-b").invoke(GET_BUCKET_POLICY, bucket=bucket)
