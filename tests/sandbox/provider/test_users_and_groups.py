"""Users, groups and who is in which: made, read back, found changed or gone, changed and deleted."""

import json
from typing import Any, TypeAlias

import boto3
import pytest

from sandbox.provider.errors import StandInError

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import

USER = "aws:iam/user:User"
GROUP = "aws:iam/group:Group"
MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"
ACCOUNT = "112233445566"
EDGE = f"arn:aws:iam::{ACCOUNT}:policy/edge"
OTHER_EDGE = f"arn:aws:iam::{ACCOUNT}:policy/other-edge"
DOCUMENT = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
})  # fmt: skip


@pytest.fixture
def iam(aws: boto3.Session) -> Any:  # Any: one client type for all the calls of these tests
    """IAM by hand, in the account that the provider acts in."""
    return aws.client("iam")


@pytest.fixture
def boundaries(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Permissions boundaries by user, which moto does not keep, kept as IAM would."""
    client = engine.provider._account().iam
    held: dict[str, str] = {}
    create, get = client.create_user, client.get_user

    def put(*, UserName: str, PermissionsBoundary: str) -> None:  # noqa: N803 - boto3's names
        held[UserName] = PermissionsBoundary

    def created(**given: Any) -> Any:  # Any: as boto3 takes and answers
        if "PermissionsBoundary" in given:
            held[given["UserName"]] = given["PermissionsBoundary"]
        return create(**given)

    def told(*, UserName: str) -> Any:  # noqa: N803 - boto3's names. Any: as boto3 answers
        answer = get(UserName=UserName)
        if UserName in held:
            answer["User"]["PermissionsBoundary"] = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": held[UserName],
            }
        return answer

    monkeypatch.setattr(client, "create_user", created)
    monkeypatch.setattr(client, "get_user", told)
    monkeypatch.setattr(client, "put_user_permissions_boundary", put)
    monkeypatch.setattr(client, "delete_user_permissions_boundary", lambda *, UserName: held.pop(UserName))  # noqa: N803 - boto3's name
    return held


class TestUser:
    """Users."""

    def test_a_new_user_has_its_name_as_id_and_tells_what_aws_made_up(self, engine: Engine, iam: Any) -> None:
        """ARN with the path, and the unique id."""
        inputs = {"name": "bob", "path": "/team/", "tags": {"a": "b"}}
        identifier, state = engine.create(USER, inputs)
        user = iam.get_user(UserName="bob")["User"]
        assert identifier == "bob"
        assert state == {
            **inputs,
            "arn": f"arn:aws:iam::{ACCOUNT}:user/team/bob",
            "uniqueId": user["UserId"],
            "forceDestroy": False,
            "tagsAll": {"a": "b"},
        }

    def test_defaults_and_an_automatic_name_are_filled_in(self, engine: Engine) -> None:
        """The preview shows them; the name has the suffix of every automatic name."""
        inputs = engine.check(USER, {}, name="bob")
        assert inputs.pop("name").startswith("bob-")
        assert inputs == {"path": "/", "forceDestroy": False}

    def test_a_permissions_boundary_is_set_changed_and_taken_away(
        self, engine: Engine, boundaries: dict[str, str]
    ) -> None:
        """IAM API Reference: CreateUser, PutUserPermissionsBoundary, DeleteUserPermissionsBoundary."""
        inputs = engine.check(USER, {"name": "bob", "permissionsBoundary": EDGE})
        identifier, state = engine.create(USER, inputs)
        assert boundaries == {"bob": EDGE}
        assert engine.read(USER, identifier, inputs, state) == (inputs, state)
        state = engine.update(USER, identifier, state, {"name": "bob", "permissionsBoundary": OTHER_EDGE})
        assert boundaries == {"bob": OTHER_EDGE}
        assert state["permissionsBoundary"] == OTHER_EDGE
        state = engine.update(USER, identifier, state, {"name": "bob"})
        assert boundaries == {}
        assert "permissionsBoundary" not in state

    def test_a_boundary_changed_by_hand_shows_at_refresh(
        self, engine: Engine, boundaries: dict[str, str]
    ) -> None:
        """One set on a user that had none, too."""
        inputs = engine.check(USER, {"name": "bob"})
        _, state = engine.create(USER, inputs)
        boundaries["bob"] = EDGE
        seen, _ = engine.read(USER, "bob", inputs, state)
        assert seen == {**inputs, "permissionsBoundary": EDGE}

    def test_tags_change_in_place(self, engine: Engine, iam: Any) -> None:
        """A tag that is dropped goes."""
        identifier, state = engine.create(USER, {"name": "bob", "tags": {"a": "b", "c": "d"}})
        state = engine.update(USER, identifier, state, {"name": "bob", "tags": {"a": "x"}})
        assert state["tags"] == state["tagsAll"] == {"a": "x"}
        assert iam.list_user_tags(UserName="bob")["Tags"] == [{"Key": "a", "Value": "x"}]

    def test_a_new_path_moves_the_user_who_keeps_id_and_tags(self, engine: Engine) -> None:
        """IAM API Reference, "UpdateUser": it is the same user under another ARN."""
        identifier, state = engine.create(USER, {"name": "bob", "tags": {"a": "b"}})
        inputs = {"name": "bob", "path": "/team/", "tags": {"a": "b"}}
        assert engine.diff(USER, state, inputs).replaces == []
        moved = engine.update(USER, identifier, state, inputs)
        assert moved == {**state, "path": "/team/", "arn": f"arn:aws:iam::{ACCOUNT}:user/team/bob"}

    @pytest.mark.parametrize("preview", [True, False])
    def test_a_rename_is_refused_with_what_helps(self, engine: Engine, iam: Any, *, preview: bool) -> None:
        """The real provider would rename, and lose the user at the next refresh."""
        identifier, state = engine.create(USER, {"name": "bob"})
        with pytest.raises(StandInError, match=r"^name of aws:iam/user:User cannot change: .*replace_on_"):
            engine.update(USER, identifier, state, {"name": "robert"}, preview=preview)
        assert "bob" in [user["UserName"] for user in iam.list_users()["Users"]]

    def test_a_user_is_imported_with_full_inputs(self, engine: Engine, iam: Any) -> None:
        """Those that a program needs to make the same user again."""
        iam.create_user(UserName="bob", Path="/x/", Tags=[{"Key": "a", "Value": "b"}])
        inputs, state = engine.read(USER, "bob")
        assert inputs == {"name": "bob", "path": "/x/", "forceDestroy": False, "tags": {"a": "b"}}
        assert engine.update(USER, "bob", state, inputs) == state

    def test_a_deleted_user_leaves_its_groups_first(self, engine: Engine, iam: Any) -> None:
        """IAM deletes no user who is in a group."""
        identifier, state = engine.create(USER, {"name": "bob"})
        iam.create_group(GroupName="g")
        iam.add_user_to_group(UserName="bob", GroupName="g")
        engine.delete(USER, identifier, state)
        assert iam.get_group(GroupName="g")["Users"] == []
        assert engine.read(USER, identifier, {"name": "bob"}, state) is None
        engine.delete(USER, identifier, {**state, "forceDestroy": True})

    def test_only_force_takes_keys_and_devices_away(self, engine: Engine, iam: Any) -> None:
        """Without it IAM refuses to delete a user who has any."""
        identifier, state = engine.create(USER, {"name": "bob"})
        key = iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
        serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="d")["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(
            UserName="bob", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
        )
        gone: list[tuple[str, str]] = []
        client = engine.provider._account().iam
        client.meta.events.register(
            "provide-client-params.iam.*",
            lambda params, model, **_: gone.append(
                (
                    model.name,
                    params.get("AccessKeyId") or params.get("SerialNumber"),
                )
            ),
        )
        engine.delete(USER, identifier, {**state, "forceDestroy": True})
        assert ("DeleteAccessKey", key) in gone
        assert ("DeactivateMFADevice", serial) in gone
        assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
        _, state = engine.create(USER, {"name": "carol"})
        gone.clear()
        engine.delete(USER, "carol", state)
        assert {name for name, _ in gone} == {"ListGroupsForUser", "DeleteUser"}

    def test_a_user_with_a_policy_is_not_deleted_even_by_force(self, engine: Engine, iam: Any) -> None:
        """The real provider leaves policies to their own resources; IAM's refusal reaches the user."""
        identifier, state = engine.create(USER, {"name": "bob", "forceDestroy": True})
        iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=DOCUMENT)
        with pytest.raises(StandInError, match=r"^DeleteConflict: "):
            engine.delete(USER, identifier, state)


class TestGroup:
    """Groups."""

    def test_a_group_is_made_read_imported_and_deleted(self, engine: Engine, iam: Any) -> None:
        """Its id is its name; an unchanged one refreshes to itself."""
        inputs = engine.check(GROUP, {"name": "g", "path": "/team/"})
        identifier, state = engine.create(GROUP, inputs)
        assert identifier == "g"
        assert state == {
            "name": "g",
            "path": "/team/",
            "arn": f"arn:aws:iam::{ACCOUNT}:group/team/g",
            "uniqueId": iam.get_group(GroupName="g")["Group"]["GroupId"],
        }
        assert engine.read(GROUP, "g", inputs, state) == (inputs, state)
        assert engine.read(GROUP, "g") == (inputs, state)
        engine.delete(GROUP, "g", state)
        assert iam.list_groups()["Groups"] == []
        assert engine.read(GROUP, "g", inputs, state) is None
        engine.delete(GROUP, "g", state)

    def test_a_group_bears_no_tags(self, engine: Engine) -> None:
        """IAM User Guide, "Tags for AWS Identity and Access Management resources": groups have none."""
        (fault,) = engine.faults(GROUP, {"name": "g", "tags": {"a": "b"}})
        assert fault.startswith("tags of aws:iam/group:Group is not known")

    @pytest.mark.parametrize("change", [{"name": "h"}, {"path": "/team/"}])
    def test_another_name_or_path_is_refused(self, engine: Engine, change: dict[str, str]) -> None:
        """The emulator could not do what the real provider would."""
        identifier, state = engine.create(GROUP, {"name": "g"})
        (changed,) = change
        with pytest.raises(StandInError, match=rf"^{changed} of aws:iam/group:Group cannot change"):
            engine.update(GROUP, identifier, state, {"name": "g", **change}, preview=True)


class TestMembership:
    """Which groups a user is in."""

    @pytest.fixture(autouse=True)
    def people(self, iam: Any) -> None:
        """Bob, and three groups of which he is in the last."""
        iam.create_user(UserName="bob")
        for name in ("g1", "g2", "g3"):
            iam.create_group(GroupName=name)
        iam.add_user_to_group(UserName="bob", GroupName="g3")

    @staticmethod
    def groups(iam: Any) -> list[str]:
        """Return the names of Bob's groups."""
        return sorted(group["GroupName"] for group in iam.list_groups_for_user(UserName="bob")["Groups"])

    def test_a_user_is_put_into_groups_moved_and_taken_out(self, engine: Engine, iam: Any) -> None:
        """A group that somebody else put the user into is none of its business."""
        inputs = {"user": "bob", "groups": ["g2", "g1"]}
        identifier, state = engine.create(MEMBERSHIP, inputs)
        assert state == inputs
        assert self.groups(iam) == ["g1", "g2", "g3"]
        assert engine.read(MEMBERSHIP, identifier, inputs, state) == (inputs, inputs)
        state = engine.update(MEMBERSHIP, identifier, state, {"user": "bob", "groups": ["g1"]})
        assert (state["groups"], self.groups(iam)) == (["g1"], ["g1", "g3"])
        engine.delete(MEMBERSHIP, identifier, state)
        assert self.groups(iam) == ["g3"]
        engine.delete(MEMBERSHIP, identifier, state)

    def test_two_memberships_of_one_user_have_ids_of_their_own(self, engine: Engine) -> None:
        """As the real provider's, which tell nothing."""
        first, _ = engine.create(MEMBERSHIP, {"user": "bob", "groups": ["g1"]})
        second, _ = engine.create(MEMBERSHIP, {"user": "bob", "groups": ["g2"]})
        assert first != second

    def test_the_order_of_groups_is_no_change(self, engine: Engine) -> None:
        """The old order stays in the inputs, which the engine compares."""
        state = {"user": "bob", "groups": ["g2", "g1"]}
        again = engine.check(MEMBERSHIP, {"user": "bob", "groups": ["g1", "g2", "g1"]}, old=state)
        assert again["groups"] == ["g2", "g1"]
        assert engine.check(MEMBERSHIP, {"user": "bob", "groups": ["g1"]}, old=state)["groups"] == ["g1"]

    def test_another_user_needs_a_new_membership(self, engine: Engine) -> None:
        """Other groups do not."""
        state = {"user": "bob", "groups": ["g1"]}
        assert engine.diff(MEMBERSHIP, state, {"user": "carol", "groups": ["g2"]}).replaces == ["user"]

    def test_a_user_taken_out_by_hand_shows_at_refresh(self, engine: Engine, iam: Any) -> None:
        """The membership is still there, with the groups that are left."""
        inputs = {"user": "bob", "groups": ["g1", "g2"]}
        identifier, state = engine.create(MEMBERSHIP, inputs)
        iam.remove_user_from_group(UserName="bob", GroupName="g1")
        assert engine.read(MEMBERSHIP, identifier, inputs, state)[0] == {"user": "bob", "groups": ["g2"]}

    def test_one_of_a_user_who_is_gone_is_gone(self, engine: Engine) -> None:
        """A delete has nothing left to do."""
        state = {"user": "nobody", "groups": ["g1"]}
        assert engine.read(MEMBERSHIP, "terraform-1", state, state) is None
        engine.delete(MEMBERSHIP, "terraform-1", state)

    def test_one_in_a_group_that_does_not_exist_is_refused(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After some patience: IAM may just not know a new one yet."""
        monkeypatch.setattr("sandbox.provider.account._PAUSES_SECONDS", (0.0,))
        with pytest.raises(StandInError, match=r"^NoSuchEntity: .* \(AddUserToGroup\)"):
            engine.create(MEMBERSHIP, {"user": "bob", "groups": ["no-such-group"]})

    def test_it_is_imported_by_user_and_groups(self, engine: Engine) -> None:
        """And an id of another form is told the right one."""
        assert engine.read(MEMBERSHIP, "bob/g1/g3")[0] == {"user": "bob", "groups": ["g3"]}
        with pytest.raises(StandInError, match=r"USER/GROUP.*, not bob"):
            engine.read(MEMBERSHIP, "bob")

    def test_groups_that_are_no_list_of_names_are_refused(self, engine: Engine) -> None:
        """One clean fault, also where there were good ones before."""
        _, faults = engine.raw_check(
            MEMBERSHIP, {"user": "bob", "groups": ["g1", {"a": 1}]}, old={"groups": ["g1"]}
        )
        assert faults == [f"groups of {MEMBERSHIP} must be a list of strings, in any order"]
