"""Every kind of principal that a grant can name, by real calls: who gets in by it, and who does not."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest

from sandbox.accounts import REQUESTER_ORGANIZATION_PATH
from sandbox.calls import Keys
from sandbox.permission_sets import provision, remove, sign_in
from sandbox.running import Sandbox
from tests.support.gate import code_of, trust
from tests.support.people import People
from tests.support.stacks import Settings, Stack, deployed, grant, owner

pytestmark = pytest.mark.sandbox

BUCKET = "principals-111111222222"
LOADER = "arn:aws:iam::112233445566:role/apps/data/loader"
UNIT = REQUESTER_ORGANIZATION_PATH.removesuffix("/")
OTHER_UNIT = "o-sandbox0001/r-sand/ou-sand-elsewhere"
REFUSED = "AccessDenied"
GRANTS: tuple[Settings, ...] = (
    grant("to-carol", "user/carol"),
    grant("to-dora", "user/teams/dora"),
    grant("to-loader", "role/apps/data/loader"),
    grant("to-loader-role", "role/apps/data/loader", method="assume-role"),
    grant("to-all", "account"),
    grant("to-nobody-yet", "account"),
    grant("to-set", "permission-set/Data_Readers"),
    grant("to-set-role", "permission-set/Data_Readers", method="assume-role"),
    grant("to-organization", "organization/o-sandbox0001"),
    grant("to-organization-role", "organization/o-sandbox0001", method="assume-role"),
    grant("to-unit", f"organizational-unit/{UNIT}"),
    grant("to-other-unit", f"organizational-unit/{OTHER_UNIT}"),
    grant("to-other-organization", "organization/o-elsewhere01"),
)
REQUESTER: Settings = {
    "side": "requester",
    "ownerStack": "principals-a",
    "organization": UNIT,
    "attachTo": {
        "to-all": ["group/analysts", "role/apps/data/loader"],
        "to-organization": ["user/carol"],
        "to-organization-role": ["user/carol"],
        "to-unit": ["user/carol"],
    },
}
ALLOWED = {
    "bob": set[str](),
    "carol": {"to-carol", "to-organization", "to-unit"},
    "dora": {"to-dora", "to-all"},
    "loader": {"to-loader", "to-all"},
    "set": {"to-set"},
    "set with a Region": {"to-set"},
    "set that begins alike": set[str](),
    "set that ends alike": set[str](),
    "anna": set[str](),
}
"""Who gets in by which grants as they are themselves. Anna is of account A; Dora is in the group analysts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Both stacks, deployed, and the keys of everyone who calls."""

    people: People
    stacks: tuple[Stack, Stack]
    keys: dict[str, str | Keys] = field(repr=False)

    def gets(self, who: str | Keys) -> set[str]:
        """The grants whose object somebody gets; all others are refused."""
        s3 = self.people.s3(who)
        answers = {
            str(one["name"]): code_of(s3.get_object, Bucket=BUCKET, Key=f"{one['name']}/one")
            for one in GRANTS
        }
        assert set(answers.values()) <= {"ok", REFUSED}
        return {name for name, answer in answers.items() if answer == "ok"}

    def assuming(self, who: str, name: str) -> str:
        """Assume the role of a grant; answer the error code, or `ok`."""
        sts = self.people.sts(self.keys[who])
        return code_of(sts.assume_role, RoleArn=arn(name), RoleSessionName="session")


def arn(name: str) -> str:
    """The ARN of a grant's role."""
    return f"arn:aws:iam::111111222222:role/crossaccess-{name}"


@contextmanager
def principals(people: People) -> Iterator[dict[str, Keys]]:
    """Make Dora and her group, the role of a loader, and Anna in account A; their keys."""
    ours, theirs = people.iam("account-a"), people.iam("account-b")
    with ExitStack() as undoing:
        theirs.create_user(UserName="dora", Path="/teams/")
        undoing.callback(theirs.delete_user, UserName="dora")
        dora = undoing.enter_context(people.access_key("account-b", "dora"))
        theirs.create_group(GroupName="analysts")
        undoing.callback(theirs.delete_group, GroupName="analysts")
        theirs.add_user_to_group(GroupName="analysts", UserName="dora")
        undoing.callback(theirs.remove_user_from_group, GroupName="analysts", UserName="dora")
        document = trust({"AWS": "arn:aws:iam::112233445566:user/bob"})
        theirs.create_role(RoleName="loader", Path="/apps/data/", AssumeRolePolicyDocument=document)
        undoing.callback(theirs.delete_role, RoleName="loader")
        ours.create_user(UserName="anna")
        undoing.callback(ours.delete_user, UserName="anna")
        anna = undoing.enter_context(people.access_key("account-a", "anna"))
        yield {"dora": dora, "anna": anna, "loader": people.assume("bob", LOADER)}


@pytest.fixture(scope="module")
def house(sandbox: Sandbox) -> Iterator[House]:
    """All the grants, in one pair of stacks; permission sets reference the policy that the second wrote."""
    people = People(cloud=sandbox.cloud)
    settings: dict[str, Settings] = {"principals-a": owner(BUCKET, GRANTS), "principals-b": REQUESTER}
    with principals(people) as made, deployed(sandbox, settings) as stacks, ExitStack() as undoing:
        for one in GRANTS:
            people.s3("account-a").put_object(Bucket=BUCKET, Key=f"{one['name']}/one", Body=b"x")
        (reference,) = stacks["principals-b"].output("permission_set_policies")["Data_Readers"]
        keys: dict[str, str | Keys] = {"bob": "bob", "carol": "carol", **made}
        for who, name, region in (
            ("set", "Data_Readers", None),
            ("set with a Region", "Data_Readers", "eu-central-1"),
            ("set that begins alike", "Data_Readers_Old", None),
            ("set that ends alike", "All_Data_Readers", None),
        ):
            role = provision(
                sandbox.cloud, "account-b", name, people=["bob"], policies=[reference], region=region
            )
            undoing.callback(remove, sandbox.cloud, "account-b", role)
            keys[who] = sign_in(sandbox.cloud, "bob", role).keys
        yield House(people=people, stacks=(stacks["principals-a"], stacks["principals-b"]), keys=keys)


@pytest.mark.parametrize("who", ALLOWED)
def test_a_grant_lets_in_whom_it_names_and_nobody_else(house: House, who: str) -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal"; "Cross-account policy evaluation logic"."""
    assert house.gets(house.keys[who]) == ALLOWED[who]


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("to-loader-role", {"loader"}),
        ("to-set-role", {"set", "set with a Region"}),
        ("to-organization-role", {"carol"}),
    ],
)
def test_a_role_is_assumed_by_whom_the_grant_names_and_nobody_else(
    house: House, name: str, who: set[str]
) -> None:
    """The same pages; who is a role's session already begins another one (role chaining)."""
    answers = {one: house.assuming(one, name) for one in ALLOWED}
    assert answers == {one: "ok" if one in who else REFUSED for one in ALLOWED}
    session = house.people.assume(house.keys[min(who)], arn(name))
    assert house.gets(session) == {name}


@pytest.mark.parametrize(
    ("who", "more"),
    [
        ("bob", {"to-all", "to-nobody-yet", "to-organization", "to-unit"}),
        ("carol", {"to-all", "to-nobody-yet"}),
    ],
)
def test_a_whole_account_is_let_in_as_far_as_its_administrators_allow(
    house: House, who: str, more: set[str]
) -> None:
    """The same pages: who is allowed everything at home comes in by these grants, and by no others."""
    with house.people.may_do_anything(who):
        assert house.gets(who) == ALLOWED[who] | more


def test_account_as_own_people_are_not_let_in_by_its_organization(house: House) -> None:
    """They would need no policy of their own: IAM User Guide, "Policy evaluation logic"."""
    assert house.gets(house.keys["anna"]) == set()
    assert house.assuming("anna", "to-organization-role") == REFUSED


def test_a_grant_to_everyone_goes_to_nobody_until_it_is_said(house: House) -> None:
    """The requester is warned of it, and not of those that it attaches."""
    warned = [line for line in house.stacks[1].told.splitlines() if "nobody here gets it" in line]
    assert len(warned) == len([line for line in warned if "'to-nobody-yet'" in line]) > 0
    assert all("warning:" in line and "attachTo" in line for line in warned)


def test_a_grant_to_another_unit_is_not_addressed_to_the_requester(house: House) -> None:
    """Nor one to another organization: they are not among its grants."""
    grants = house.stacks[1].output("grants").keys()
    assert {str(one["name"]) for one in GRANTS} - grants == {"to-other-unit", "to-other-organization"}


def test_a_permission_set_is_not_attached_to_but_told_what_to_reference(house: House) -> None:
    """IAM Identity Center User Guide, "Use IAM policies in permission sets": by the policy's name."""
    names = house.stacks[1].output("permission_set_policies")
    assert names == {"Data_Readers": [f"crossaccess-{BUCKET}-permission-set-Data_Readers"]}
    assert "The permission set 'Data_Readers' has to reference" in house.stacks[1].told


def test_the_policy_of_a_group_is_the_groups(house: House) -> None:
    """Dora has none of her own for it, and loses it with her membership."""
    iam = house.people.iam("account-b")
    attached = iam.list_attached_group_policies(GroupName="analysts")["AttachedPolicies"]
    assert [one.get("PolicyName") for one in attached] == [f"crossaccess-{BUCKET}-group-analysts"]
    iam.remove_user_from_group(GroupName="analysts", UserName="dora")
    try:
        assert house.gets(house.keys["dora"]) == {"to-dora"}
    finally:
        iam.add_user_to_group(GroupName="analysts", UserName="dora")


def test_everyone_is_named_with_an_organization_only_and_never_the_public(house: House) -> None:
    """The bucket's policy is not public.

    Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage".
    """
    s3 = house.people.s3("account-a")
    assert s3.get_bucket_policy_status(Bucket=BUCKET)["PolicyStatus"]["IsPublic"] is False
    document = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    allowing = [one for one in document["Statement"] if one["Effect"] == "Allow"]
    for statement in (one for one in allowing if one["Principal"] == "*"):
        assert statement["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": "111111222222"}
        assert statement["Condition"]["StringEquals"].keys() == {"aws:PrincipalOrgID"}


def test_what_is_there_is_what_the_program_says(house: House) -> None:
    """A refresh finds nothing to change on either side, whatever permission sets reference."""
    for stack in house.stacks:
        ended = stack.preview("--refresh", "--expect-no-changes")
        assert ended.status == 0, ended.text
