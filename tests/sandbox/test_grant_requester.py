"""The requester's side in full, by real calls: several owners, principals that it makes, split policies."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from sandbox.calls import Keys
from sandbox.running import Sandbox
from tests.support.gate import code_of
from tests.support.people import People
from tests.support.stacks import Settings, Stack, deployed, grant, owner, unknowns

pytestmark = pytest.mark.sandbox

FIRST, SECOND = "first-111111222222", "second-111111222222"
BUCKETS = {"first": FIRST, "second": SECOND}
REFUSED = "AccessDenied"
APP = "arn:aws:iam::112233445566:role/services/app"
MANY = [f"a-rather-long-name-of-a-place/where-some-team-has-its-files/{n:03}/" for n in range(90)]
OWNERS: dict[str, Settings] = {
    "owner-1": owner(
        FIRST,
        [
            grant("app", "role/services/app"),
            grant("app-role", "role/services/app", method="assume-role"),
            grant("newcomer", "user/newcomer"),
            grant("team", "user/carol"),
            grant("not-taken", "user/bob"),
        ],
    ),
    "owner-2": owner(
        SECOND,
        [
            grant("app", "role/services/app", access=["read", "write"]),
            grant("many", "user/bob", access=["read", "list"], prefixes=MANY),
        ],
    ),
}
REQUESTER: Settings = {
    "side": "requester",
    "ownerStacks": [
        {
            "stack": "owner-1",
            "onlyGrants": ["app", "app-role", "newcomer", "team"],
            "attachTo": {"team": ["group/made/team"]},
        },
        "owner-2",
    ],
    "create": [
        {"principal": "role/services/app", "assumedBy": ["user/bob"], "permissionsBoundary": "make"},
        {"principal": "user/newcomer"},
        {"principal": "group/made/team", "members": ["user/carol"]},
    ],
    "tags": {"team": "data"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Two owners' stacks and the requester's, deployed; Bob is allowed to assume the role that it made."""

    people: People
    requester: Stack
    owners: tuple[Stack, Stack]

    def get(self, who: str | Keys, key: str, *, bucket: str = FIRST) -> str:
        """Get an object; answer the error code, or `ok`."""
        return code_of(self.people.s3(who).get_object, Bucket=bucket, Key=key)

    def app(self) -> Keys:
        """Bob's session of the role that the requester made."""
        return self.people.assume("bob", APP)


@pytest.fixture(scope="module")
def house(sandbox: Sandbox) -> Iterator[House]:
    """Everything deployed, and an object under every prefix of both buckets."""
    people = People(cloud=sandbox.cloud)
    assuming = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": APP}
    settings = {**OWNERS, "requester": REQUESTER}
    with deployed(sandbox, settings, previewed=["requester"]) as stacks:
        for prefix in ("app/", "app-role/", "newcomer/", "team/", "not-taken/", "other/"):
            for bucket in BUCKETS.values():
                people.s3("account-a").put_object(Bucket=bucket, Key=f"{prefix}one", Body=b"x")
        for prefix in (MANY[0], MANY[45], MANY[-1]):
            people.s3("account-a").put_object(Bucket=SECOND, Key=f"{prefix}one", Body=b"x")
        # A role's trust lets its account decide who of it: that is said by hand, as for any role.
        with people.user_policy("bob", assuming, name="assumes-app"):
            yield House(
                people=people,
                requester=stacks["requester"],
                owners=(stacks["owner-1"], stacks["owner-2"]),
            )


def test_a_role_that_is_made_uses_the_buckets_of_both_owners(house: House) -> None:
    """Each as its own grant says, though both grants have the same name."""
    app = house.app()
    assert [house.get(app, "app/one", bucket=bucket) for bucket in (FIRST, SECOND)] == ["ok", "ok"]
    assert [house.get(app, "other/one", bucket=bucket) for bucket in (FIRST, SECOND)] == [REFUSED, REFUSED]
    s3 = house.people.s3(app)
    assert code_of(s3.put_object, Bucket=FIRST, Key="app/new", Body=b"x") == REFUSED
    assert code_of(s3.put_object, Bucket=SECOND, Key="app/new", Body=b"x") == "ok"


def test_a_role_that_is_made_is_assumed_by_whom_it_says(house: House) -> None:
    """Carol is not named, whatever her account allows her."""
    with house.people.may_do_anything("carol"):
        sts = house.people.sts("carol")
        assert code_of(sts.assume_role, RoleArn=APP, RoleSessionName="carol") == REFUSED


def test_a_role_that_is_made_assumes_the_owners_role(house: House) -> None:
    """By role chaining; what the session may do then is the grant's."""
    session = house.people.assume(house.app(), "arn:aws:iam::111111222222:role/crossaccess-app-role")
    assert house.get(session, "app-role/one") == "ok"
    assert house.get(session, "app/one") == REFUSED


@contextmanager
def everything_attached_by_hand(people: People) -> Iterator[None]:
    """Let the requester's administrator attach a policy to the role that allows everything."""
    iam = people.iam("account-b")
    text = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    made = iam.create_policy(PolicyName="everything", PolicyDocument=json.dumps(text))["Policy"]
    policy_arn = str(made.get("Arn"))
    iam.attach_role_policy(RoleName="app", PolicyArn=policy_arn)
    try:
        yield
    finally:
        iam.detach_role_policy(RoleName="app", PolicyArn=policy_arn)
        iam.delete_policy(PolicyArn=policy_arn)


def test_a_boundary_that_is_made_ends_at_what_the_grants_need(house: House) -> None:
    """IAM User Guide, "Permissions boundaries for IAM entities": attaching more by hand changes nothing."""
    app = house.app()
    iam = house.people.iam("account-b")
    with everything_attached_by_hand(house.people):
        assert house.get(app, "app/one") == "ok"
        assert code_of(house.people.s3(app).list_buckets) == REFUSED
        assert code_of(house.people.iam(app).list_users) == "AccessDenied"
        iam.delete_role_permissions_boundary(RoleName="app")
        try:
            assert code_of(house.people.s3(app).list_buckets) == "ok"
        finally:
            boundary = "arn:aws:iam::112233445566:policy/crossaccess-boundary-role-app"
            iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=boundary)


def test_a_user_that_is_made_gets_in(house: House) -> None:
    """With an access key, which is nobody's business but account B's."""
    with house.people.access_key("account-b", "newcomer") as newcomer:
        assert house.get(newcomer, "newcomer/one") == "ok"
        assert house.get(newcomer, "team/one") == REFUSED


def test_a_group_that_is_made_lets_its_members_in_whom_the_grant_names(house: House) -> None:
    """The grant is for Carol: Bob gets what the group has, and account A still refuses him."""
    assert house.get("carol", "team/one") == "ok"
    iam = house.people.iam("account-b")
    iam.add_user_to_group(GroupName="team", UserName="bob")
    try:
        assert house.get("bob", "team/one") == REFUSED
    finally:
        iam.remove_user_from_group(GroupName="team", UserName="bob")


def test_only_the_grants_that_are_named_are_taken_up(house: House) -> None:
    """The owner lets Bob in, and account B has not."""
    assert house.get("bob", "not-taken/one") == REFUSED
    with house.people.may_do_anything("bob"):
        assert house.get("bob", "not-taken/one") == "ok"


def test_a_policy_too_large_for_one_is_split_and_works_as_one(house: House) -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 6,144 characters each; first, middle and last prefix."""
    arns = house.requester.output("policy_arns")["user/bob"]
    assert len(arns) >= 2
    for prefix in (MANY[0], MANY[45], MANY[-1]):
        assert house.get("bob", f"{prefix}one", bucket=SECOND) == "ok"
        s3 = house.people.s3("bob")
        assert code_of(s3.list_objects_v2, Bucket=SECOND, Prefix=prefix) == "ok"
    assert house.get("bob", "other/one", bucket=SECOND) == REFUSED
    assert house.get("bob", "app/one", bucket=SECOND) == REFUSED


def test_the_sizes_of_all_documents_are_outputs(house: House) -> None:
    """Used and allowed, counted no lower than IAM and S3 count: the texts that are there are as long."""
    sizes = house.owners[1].output("sizes")
    (used,) = (one for name, one in sizes.items() if name == f"policy of the bucket {SECOND!r}")
    stored = house.people.s3("account-a").get_bucket_policy(Bucket=SECOND)["Policy"]
    assert (used["allowed"], used["unit"]) == (20_480, "bytes")
    assert len(stored.encode()) * 0.9 < used["used"] < 20_480
    ours = house.requester.output("sizes")
    boundaries = {name for name in ours if name.startswith("permissions boundary")}
    assert boundaries == {"permissions boundary of 'role/services/app'"}
    of_bob = [one["used"] for name, one in ours.items() if f"{SECOND}-user-bob" in name]
    assert len(of_bob) >= 2
    assert max(of_bob) <= 6_144


def test_grants_of_several_owners_are_told_apart_by_their_owner(house: House) -> None:
    """The output `grants` says which bucket each is for."""
    told = house.requester.output("grants")
    assert (told["owner-1:app"]["bucket"], told["owner-2:app"]["bucket"]) == (FIRST, SECOND)
    assert told["owner-2:many"]["bucket"] == SECOND


def test_what_is_made_bears_the_tags(house: House) -> None:
    """Users, roles and policies do; AWS has no tags for groups."""
    iam = house.people.iam("account-b")
    wanted = [{"Key": "team", "Value": "data"}]
    assert iam.list_role_tags(RoleName="app")["Tags"] == wanted
    assert iam.list_user_tags(UserName="newcomer")["Tags"] == wanted
    for policy_arn in house.requester.output("policy_arns")["role/services/app"]:
        assert iam.list_policy_tags(PolicyArn=policy_arn)["Tags"] == wanted


def test_every_policy_was_whole_at_the_very_first_preview(house: House) -> None:
    """Those of principals that are yet to be made, too."""
    assert unknowns(house.requester.first) == set()


def test_what_is_there_is_what_the_requesters_program_says(house: House) -> None:
    """A refresh finds nothing to change."""
    ended = house.requester.preview("--refresh", "--expect-no-changes")
    assert ended.status == 0, ended.text
