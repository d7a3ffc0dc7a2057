"""A requester's stack that is there already: what the real engine does to it when something changes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.running import Sandbox
from tests.support.gate import code_of
from tests.support.people import People
from tests.support.stacks import Settings, Stack, deployed, grant, owner

pytestmark = pytest.mark.sandbox

BUCKET = "changes-111111222222"
GRANTS = [grant("bob", "user/bob"), grant("team", "user/carol"), grant("app", "account")]


def requester(path: str) -> Settings:
    """The settings of a stack that makes a role under a path, and a group."""
    role = f"role/{path}/app"
    return {
        "side": "requester",
        "ownerStack": "changes-owner",
        "attachTo": {"team": ["group/team"], "app": [role]},
        "create": [
            {"principal": role, "assumedBy": ["user/bob"]},
            {"principal": "group/team", "members": ["user/carol"]},
        ],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Both stacks, deployed."""

    people: People
    requester: Stack

    def get(self, who: str, key: str) -> str:
        """Get an object; answer the error code, or `ok`."""
        return code_of(self.people.s3(who).get_object, Bucket=BUCKET, Key=key)

    def get_as_app(self, path: str) -> str:
        """Get the application's object as its role, which Bob assumes."""
        role_arn = f"arn:aws:iam::112233445566:role/{path}/app"
        assuming = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn}
        with self.people.user_policy("bob", assuming, name="assumes-app"):
            app = self.people.s3(self.people.assume("bob", role_arn))
            return code_of(app.get_object, Bucket=BUCKET, Key="app/one")


@pytest.fixture(scope="module")
def house(sandbox: Sandbox) -> Iterator[House]:
    """An object under every grant's prefix."""
    people = People(cloud=sandbox.cloud)
    settings = {"changes-owner": owner(BUCKET, GRANTS), "changes-requester": requester("services")}
    with deployed(sandbox, settings) as stacks:
        for one in GRANTS:
            people.s3("account-a").put_object(Bucket=BUCKET, Key=f"{one['name']}/one", Body=b"x")
        yield House(people=people, requester=stacks["changes-requester"])


def test_a_stack_with_former_names_keeps_all_that_it_has(house: House, tmp_path: Path) -> None:
    """IAM API Reference, "CreatePolicy": a name is taken once, so nothing may be made anew beside the old."""
    stack, state = house.requester, tmp_path / "state.json"
    run = stack.sandbox.pulumi
    run("stack", "export", "--file", str(state), "-s", stack.name).checked("Reading the state")
    now = state.read_text(encoding="utf-8")
    former = now.replace(f"::requester-{BUCKET}-", "::requester-").replace(
        "group-team:carol", "group-team-carol"
    )
    assert former.count("::requester-user-bob-policy") > 0 < former.count("::requester-group-team-carol")
    state.write_text(former, encoding="utf-8")
    run("stack", "import", "--file", str(state), "-s", stack.name).checked("Writing the state")
    ended = run("up", "--yes", "--skip-preview", "--expect-no-changes", "-s", stack.name)
    assert ended.status == 0, ended.text
    assert [house.get("bob", "bob/one"), house.get("carol", "team/one")] == ["ok", "ok"]
    run("stack", "export", "--file", str(state), "-s", stack.name).checked("Reading the state")
    after = {one["urn"] for one in json.loads(state.read_text(encoding="utf-8"))["deployment"]["resources"]}
    assert after == {one["urn"] for one in json.loads(now)["deployment"]["resources"]}


def test_a_role_that_moves_to_another_path_takes_its_policy_along(house: House) -> None:
    """IAM API Reference, "DeleteRole": refused while a policy is attached, so that one goes first."""
    assert house.get_as_app("services") == "ok"
    house.requester.configure(requester("moved"))
    house.requester.up()
    assert house.get_as_app("moved") == "ok"
