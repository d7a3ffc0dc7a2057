"""Roles, policies and attachments: made, read back, found changed or gone, changed and deleted."""

import json
from typing import Any, TypeAlias

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.provider.errors import StandInError

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ACCOUNT = "112233445566"


def document(action: str = "s3:GetObject") -> str:
    """Return an identity policy of one statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::bucket-one/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal: str = ACCOUNT) -> str:
    """Return a trust policy of one statement."""
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def iam(aws: boto3.Session) -> Any:  # Any: one client type for all the calls of these tests
    """IAM by hand, in the account that the provider acts in."""
    return aws.client("iam")


class TestRole:
    """Roles and their trust policies."""

    def test_a_new_role_has_its_name_as_id_and_tells_what_aws_made_up(self, engine: Engine, iam: Any) -> None:
        """ARN with the path, unique id and date."""
        inputs = {
            "name": "r",
            "path": "/team/",
            "description": "For Bob",
            "maxSessionDuration": 7200,
            "assumeRolePolicy": trust(),
            "tags": {"a": "b"},
        }
        identifier, state = engine.create(ROLE, inputs)
        role = iam.get_role(RoleName="r")["Role"]
        assert identifier == "r"
        assert {key: state[key] for key in inputs} == inputs
        assert state["arn"] == role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/team/r"
        assert state["uniqueId"] == role["RoleId"]
        assert state["createDate"].endswith("Z")
        assert state["tagsAll"] == {"a": "b"}
        assert role["MaxSessionDuration"] == 7200

    def test_everything_but_name_and_path_changes_in_place(self, engine: Engine, iam: Any) -> None:
        """Each property by its own call of IAM; a tag that is dropped goes."""
        boundary = iam.create_policy(PolicyName="edge", PolicyDocument=document())["Policy"]["Arn"]
        first = {"name": "r", "assumeRolePolicy": trust(), "tags": {"a": "b", "c": "d"}}
        identifier, state = engine.create(ROLE, first)
        second = {
            "name": "r",
            "assumeRolePolicy": trust("111111222222"),
            "description": "For Bob",
            "maxSessionDuration": 7200,
            "permissionsBoundary": boundary,
            "tags": {"a": "x"},
        }
        state = engine.update(ROLE, identifier, state, second)
        assert {key: state[key] for key in second} == second
        state = engine.update(ROLE, identifier, state, first)
        assert "permissionsBoundary" not in state
        assert "description" not in state or state["description"] == ""
        assert (state["maxSessionDuration"], state["tags"]) == (3600, first["tags"])

    def test_a_permissions_boundary_is_set_changed_and_taken_away(self, engine: Engine, iam: Any) -> None:
        """IAM API Reference: CreateRole, PutRolePermissionsBoundary, DeleteRolePermissionsBoundary."""
        edges = [
            iam.create_policy(PolicyName=name, PolicyDocument=document())["Policy"]["Arn"]
            for name in ("edge", "other")
        ]
        role = {"name": "r", "assumeRolePolicy": trust()}
        inputs = engine.check(ROLE, {**role, "permissionsBoundary": edges[0]})
        identifier, state = engine.create(ROLE, inputs)
        assert engine.read(ROLE, identifier, inputs, state) == (inputs, state)
        state = engine.update(ROLE, identifier, state, {**role, "permissionsBoundary": edges[1]})
        assert state["permissionsBoundary"] == edges[1]
        held = iam.get_role(RoleName="r")["Role"]["PermissionsBoundary"]
        assert held["PermissionsBoundaryArn"] == edges[1]
        state = engine.update(ROLE, identifier, state, role)
        assert "PermissionsBoundary" not in iam.get_role(RoleName="r")["Role"]

    def test_a_permissions_boundary_changed_by_hand_shows_at_refresh(self, engine: Engine, iam: Any) -> None:
        """One that was taken off is no input any more, so the next preview sets it again."""
        edge = iam.create_policy(PolicyName="edge", PolicyDocument=document())["Policy"]["Arn"]
        inputs = engine.check(ROLE, {"name": "r", "assumeRolePolicy": trust(), "permissionsBoundary": edge})
        _, state = engine.create(ROLE, inputs)
        iam.delete_role_permissions_boundary(RoleName="r")
        seen, _ = engine.read(ROLE, "r", inputs, state)
        assert seen == {key: value for key, value in inputs.items() if key != "permissionsBoundary"}

    def test_a_trust_policy_edited_by_hand_shows_at_refresh(self, engine: Engine, iam: Any) -> None:
        """The hand's text is the new input; the rest is as it was."""
        inputs = engine.check(ROLE, {"name": "r", "assumeRolePolicy": trust()})
        _, state = engine.create(ROLE, inputs)
        iam.update_assume_role_policy(RoleName="r", PolicyDocument=trust("111111222222"))
        seen, _ = engine.read(ROLE, "r", inputs, state)
        assert json.loads(seen.pop("assumeRolePolicy")) == json.loads(trust("111111222222"))
        assert seen == {key: value for key, value in inputs.items() if key != "assumeRolePolicy"}

    def test_an_unchanged_role_refreshes_to_itself(self, engine: Engine) -> None:
        """No difference comes of reading alone."""
        inputs = engine.check(ROLE, {"name": "r", "assumeRolePolicy": trust(), "forceDetachPolicies": True})
        _, state = engine.create(ROLE, inputs)
        assert engine.read(ROLE, "r", inputs, state) == (inputs, state)

    def test_a_role_is_imported_with_full_inputs(self, engine: Engine, iam: Any) -> None:
        """Those that a program needs to make the same role again."""
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust(), Description="d", Path="/x/")
        inputs, _ = engine.read(ROLE, "r")
        assert json.loads(inputs.pop("assumeRolePolicy")) == json.loads(trust())
        assert inputs == {
            "name": "r",
            "path": "/x/",
            "description": "d",
            "maxSessionDuration": 3600,
            "forceDetachPolicies": False,
        }

    def test_a_role_with_policies_is_deleted_only_by_force(self, engine: Engine, iam: Any) -> None:
        """IAM's own refusal reaches the user; `forceDetachPolicies` takes the policies off first."""
        _, state = engine.create(ROLE, {"name": "r", "assumeRolePolicy": trust()})
        arn = iam.create_policy(PolicyName="p", PolicyDocument=document())["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="r", PolicyArn=arn)
        iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=document())
        with pytest.raises(StandInError, match="DeleteConflict"):
            engine.delete(ROLE, "r", state)
        engine.delete(ROLE, "r", {**state, "forceDetachPolicies": True})
        assert iam.list_roles()["Roles"] == []

    def test_a_role_that_is_gone_is_gone(self, engine: Engine) -> None:
        """For refresh and for delete."""
        assert engine.read(ROLE, "r", {"name": "r"}) is None
        engine.delete(ROLE, "r", {"forceDetachPolicies": True})

    def test_a_taken_name_is_told_in_awss_words(self, engine: Engine) -> None:
        """With AWS's error code first."""
        engine.create(ROLE, {"name": "r", "assumeRolePolicy": trust()})
        with pytest.raises(StandInError, match=r"^EntityAlreadyExists: "):
            engine.create(ROLE, {"name": "r", "assumeRolePolicy": trust()})


class TestRolePolicy:
    """Inline policies of a role."""

    def test_an_inline_policy_is_made_changed_found_changed_and_deleted(
        self, engine: Engine, iam: Any
    ) -> None:
        """Its id names role and policy, as for `pulumi import`."""
        engine.create(ROLE, {"name": "r", "assumeRolePolicy": trust()})
        inputs = engine.check(ROLE_POLICY, {"name": "p", "role": "r", "policy": document()})
        identifier, state = engine.create(ROLE_POLICY, inputs)
        assert identifier == "r:p"
        assert engine.read(ROLE_POLICY, identifier, inputs, state) == (inputs, state)
        state = engine.update(ROLE_POLICY, identifier, state, {**inputs, "policy": document("s3:PutObject")})
        told = iam.get_role_policy(RoleName="r", PolicyName="p")["PolicyDocument"]
        assert told["Statement"][0]["Action"] == "s3:PutObject"
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document("s3:*"))
        seen, _ = engine.read(ROLE_POLICY, identifier, inputs, state)
        assert "s3:*" in seen["policy"]
        engine.delete(ROLE_POLICY, identifier, state)
        assert engine.read(ROLE_POLICY, identifier, inputs, state) is None
        engine.delete(ROLE_POLICY, identifier, state)

    def test_an_id_of_another_form_is_an_error(self, engine: Engine) -> None:
        """The message says which form an import takes."""
        with pytest.raises(StandInError, match="ROLE:POLICY, not r"):
            engine.read(ROLE_POLICY, "r")


class TestPolicy:
    """Customer managed policies and their versions."""

    def test_a_new_policy_has_its_arn_as_id(self, engine: Engine) -> None:
        """And tells the id that AWS made up."""
        inputs = {"name": "p", "path": "/team/", "description": "d", "policy": document(), "tags": {"a": "b"}}
        identifier, state = engine.create(POLICY, inputs)
        assert identifier == state["arn"] == f"arn:aws:iam::{ACCOUNT}:policy/team/p"
        assert {key: state[key] for key in inputs} == inputs
        assert state["policyId"]

    def test_a_changed_policy_is_a_new_default_version(self, engine: Engine, iam: Any) -> None:
        """The old version stays, up to IAM's five; the default one is never the one to go."""
        arn, state = engine.create(POLICY, {"name": "p", "policy": document("s3:Get0")})
        for number in range(1, 12):
            state = engine.update(POLICY, arn, state, {"name": "p", "policy": document(f"s3:Get{number}")})
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        assert {item["VersionId"] for item in versions} == {"v8", "v9", "v10", "v11", "v12"}
        assert [item["VersionId"] for item in versions if item["IsDefaultVersion"]] == ["v12"]
        assert state["policy"] == document("s3:Get11")

    def test_tags_change_without_a_new_version(self, engine: Engine, iam: Any) -> None:
        """Versions are few."""
        arn, state = engine.create(POLICY, {"name": "p", "policy": document(), "tags": {"a": "b", "c": "d"}})
        state = engine.update(POLICY, arn, state, {"name": "p", "policy": document(), "tags": {"a": "x"}})
        assert state["tagsAll"] == {"a": "x"}
        assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 1

    def test_another_default_version_set_by_hand_shows_at_refresh(self, engine: Engine, iam: Any) -> None:
        """The default version is what counts."""
        inputs = engine.check(POLICY, {"name": "p", "policy": document()})
        arn, state = engine.create(POLICY, inputs)
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("s3:*"), SetAsDefault=False)
        assert engine.read(POLICY, arn, inputs, state) == (inputs, state)
        iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
        seen, _ = engine.read(POLICY, arn, inputs, state)
        assert "s3:*" in seen["policy"]

    def test_a_policy_is_deleted_with_all_its_versions(self, engine: Engine, iam: Any) -> None:
        """IAM deletes none that has more than the default one."""
        arn, state = engine.create(POLICY, {"name": "p", "policy": document()})
        state = engine.update(POLICY, arn, state, {"name": "p", "policy": document("s3:PutObject")})
        engine.delete(POLICY, arn, state)
        assert iam.list_policies(Scope="Local")["Policies"] == []
        assert engine.read(POLICY, arn) is None
        engine.delete(POLICY, arn, state)


@pytest.mark.parametrize("kind", ["user", "role", "group"])
class TestAttachment:
    """A managed policy on a user, a role or a group."""

    @staticmethod
    def token(kind: str) -> str:
        """Return the resource type for that kind of principal."""
        return f"aws:iam/{kind}PolicyAttachment:{kind.title()}PolicyAttachment"

    @staticmethod
    def make(iam: Any, kind: str) -> str:
        """Make the principal and a policy by hand; return the policy's ARN."""
        more = {"AssumeRolePolicyDocument": trust()} if kind == "role" else {}
        getattr(iam, f"create_{kind}")(**{f"{kind.title()}Name": "p1", **more})
        return str(iam.create_policy(PolicyName="p", PolicyDocument=document())["Policy"]["Arn"])

    def test_a_policy_is_attached_seen_and_detached(self, engine: Engine, iam: Any, kind: str) -> None:
        """Its id names both; a second detach is no fault."""
        arn = self.make(iam, kind)
        inputs = {kind: "p1", "policyArn": arn}
        identifier, state = engine.create(self.token(kind), inputs)
        attached = getattr(iam, f"list_attached_{kind}_policies")(**{f"{kind.title()}Name": "p1"})
        assert [item["PolicyArn"] for item in attached["AttachedPolicies"]] == [arn]
        assert identifier == f"p1/{arn}"
        assert engine.read(self.token(kind), identifier, inputs, state) == (inputs, inputs)
        engine.delete(self.token(kind), identifier, state)
        assert engine.read(self.token(kind), identifier, inputs, state) is None
        engine.delete(self.token(kind), identifier, state)

    def test_one_removed_by_hand_is_gone(self, engine: Engine, iam: Any, kind: str) -> None:
        """So the next preview shows that it will be made again."""
        inputs = {kind: "p1", "policyArn": self.make(iam, kind)}
        identifier, state = engine.create(self.token(kind), inputs)
        getattr(iam, f"detach_{kind}_policy")(
            **{f"{kind.title()}Name": "p1", "PolicyArn": inputs["policyArn"]}
        )
        assert engine.read(self.token(kind), identifier, inputs, state) is None

    def test_one_of_a_principal_that_is_gone_is_gone(self, engine: Engine, iam: Any, kind: str) -> None:
        """Its principal went, and it with it."""
        arn = self.make(iam, kind)
        assert engine.read(self.token(kind), f"nobody/{arn}") is None

    def test_one_for_a_principal_that_does_not_exist_is_refused(
        self, engine: Engine, iam: Any, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After some patience: IAM may just not know a new one yet."""
        monkeypatch.setattr("sandbox.provider.account._PAUSES_SECONDS", (0.0,))
        arn = self.make(iam, kind)
        with pytest.raises(StandInError, match=rf"^NoSuchEntity: .* \(Attach{kind.title()}Policy\)"):
            engine.create(self.token(kind), {kind: "nobody", "policyArn": arn})

    def test_it_is_imported_by_its_id(self, engine: Engine, iam: Any, kind: str) -> None:
        """And an id of another form is told the right one."""
        arn = self.make(iam, kind)
        engine.create(self.token(kind), {kind: "p1", "policyArn": arn})
        assert engine.read(self.token(kind), f"p1/{arn}")[0] == {kind: "p1", "policyArn": arn}
        with pytest.raises(StandInError, match=f"{kind.upper()}/POLICY_ARN, not p1"):
            engine.read(self.token(kind), "p1")


def test_a_refusal_of_aws_is_not_taken_for_absence(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh without the right to read must not drop the resource from the state."""

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "GetRole")

    monkeypatch.setattr(engine.provider._account().iam, "get_role", refuse)
    with pytest.raises(StandInError, match=r"^AccessDenied: not authorized \(GetRole\)"):
        engine.read(ROLE, "r", {"name": "r"})
