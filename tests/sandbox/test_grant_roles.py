"""Conditions of grants by a role, by real calls: what it takes to assume it, and what its sessions may do."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.calls import Keys
from sandbox.gate.network import S3_ENDPOINT, STS_ENDPOINT
from sandbox.running import Sandbox
from tests.support.gate import code_of
from tests.support.people import MFA_CODE, People
from tests.support.stacks import Settings, Stack, deployed, grant, owner, unknowns

pytestmark = pytest.mark.sandbox

BUCKET = "roles-111111222222"
BOUNDARY = "reads-only"
HERE, ELSEWHERE = "127.0.0.1/32", "203.0.113.0/24"
BOTH_ENDPOINTS = {"s3": [S3_ENDPOINT], "sts": [STS_ENDPOINT]}
LATER, PAST = "2099-01-31", "2026-01-31"
CONDITIONS: dict[str, Settings] = {
    "plain": {},
    "external": {"externalId": "customer-4711"},
    "mfa": {"mfa": True},
    "fresh-mfa": {"mfa": {"maxAgeSeconds": 600}},
    "address": {"sourceIp": [HERE]},
    "other-address": {"sourceIp": [ELSEWHERE]},
    "endpoint": {"vpcEndpoints": BOTH_ENDPOINTS},
    "either": {"sourceIp": [HERE], "vpcEndpoints": BOTH_ENDPOINTS},
    "organization": {"organization": "o-sandbox0001"},
    "other-organization": {"organization": "o-elsewhere01"},
    "lasting": {"expires": LATER},
    "identity": {"sourceIdentity": ["bob", "robert"]},
    "tagged": {"sessionTags": {"team": ["data", "science"], "cost": ["4711"]}},
    "everything": {
        "externalId": "customer-4711",
        "mfa": True,
        "sourceIp": [HERE],
        "sourceIdentity": ["bob"],
        "sessionTags": {"team": ["data"]},
    },
}


def tags(**given: str) -> dict[str, Any]:
    """Write the session tags of a call."""
    return {"Tags": [{"Key": key, "Value": value} for key, value in given.items()]}


EXTERNAL: dict[str, Any] = {"ExternalId": "customer-4711"}
CODE: dict[str, Any] = {"TokenCode": MFA_CODE}
WHOLE: dict[str, Any] = {**EXTERNAL, **CODE, "SourceIdentity": "bob", **tags(team="data")}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Both stacks, deployed; `begun` is a session of the role whose grant has ended since."""

    people: People
    stacks: tuple[Stack, Stack]
    serial: str
    begun: Keys = field(repr=False)
    before_the_end: str

    def shown(self, more: Mapping[str, Any]) -> dict[str, Any]:  # Any: a call's parameters
        """The same, with the device where there is a code of MFA."""
        return {**more, "SerialNumber": self.serial} if "TokenCode" in more else {**more}

    def assuming(self, name: str, more: Mapping[str, Any], *, inside: bool = False) -> str:
        """Assume the role of a grant as Bob; answer the error code, or `ok`."""
        return code_of(
            self.people.sts("bob", inside=inside).assume_role,
            RoleArn=arn(name),
            RoleSessionName="session",
            **self.shown(more),
        )

    def get(self, who: str | Keys, name: str, *, inside: bool = False) -> str:
        """Get the object of a grant; answer the error code, or `ok`."""
        return code_of(self.people.s3(who, inside=inside).get_object, Bucket=BUCKET, Key=f"{name}/one")


def arn(name: str) -> str:
    """The ARN of a grant's role."""
    return f"arn:aws:iam::111111222222:role/crossaccess-{name}"


def settings(ending: str) -> Settings:
    """The owner's settings; the grant `ending` ends then."""
    grants = [
        grant(name, "user/bob", method="assume-role", conditions=asked) for name, asked in CONDITIONS.items()
    ]
    boundary = f"arn:aws:iam::111111222222:policy/{BOUNDARY}"
    special: tuple[Settings, ...] = (
        grant("ending", "user/bob", method="assume-role", conditions={"expires": ending}),
        grant("long", "user/bob", method="assume-role", session=43_200),
        grant(
            "bounded",
            "user/bob",
            method="assume-role",
            access=["read", "write"],
            permissionsBoundary=boundary,
        ),
    )
    return owner(BUCKET, [*grants, *special])


@pytest.fixture(scope="module")
def house(sandbox: Sandbox) -> Iterator[House]:
    """All the grants, in one pair of stacks; one of them ends while a session of its role is running."""
    people = People(cloud=sandbox.cloud)
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": reading})
    boundary = people.iam("account-a").create_policy(PolicyName=BOUNDARY, PolicyDocument=text)["Policy"]
    both: dict[str, Settings] = {
        "roles-a": settings(LATER),
        "roles-b": {"side": "requester", "ownerStack": "roles-a"},
    }
    with people.mfa_device("bob") as serial, deployed(sandbox, both, previewed=both) as stacks:
        for name in (*CONDITIONS, "ending", "long", "bounded"):
            people.s3("account-a").put_object(Bucket=BUCKET, Key=f"{name}/one", Body=b"x")
        begun = people.assume("bob", arn("ending"))
        before = code_of(people.s3(begun).get_object, Bucket=BUCKET, Key="ending/one")
        stacks["roles-a"].configure(settings(PAST))
        stacks["roles-a"].up()
        yield House(
            people=people,
            stacks=(stacks["roles-a"], stacks["roles-b"]),
            serial=serial,
            begun=begun,
            before_the_end=before,
        )
    people.iam("account-a").delete_policy(PolicyArn=str(boundary.get("Arn")))


MET: list[tuple[str, dict[str, Any], bool]] = [
    ("plain", {}, False),
    ("external", EXTERNAL, False),
    ("mfa", CODE, False),
    ("fresh-mfa", CODE, False),
    ("address", {}, False),
    ("endpoint", {}, True),
    ("either", {}, False),
    ("either", {}, True),
    ("organization", {}, False),
    ("lasting", {}, False),
    *(("identity", {"SourceIdentity": one}, False) for one in ("bob", "robert")),
    *(("tagged", tags(team=one, cost="4711"), False) for one in ("data", "science")),
    ("everything", WHOLE, False),
]
UNMET: list[tuple[str, dict[str, Any], bool]] = [
    *(("plain", more, False) for more in (tags(team="data"), {"SourceIdentity": "bob"})),
    ("external", {}, False),
    ("external", {"ExternalId": "customer-4712"}, False),
    ("external", {"ExternalId": "CUSTOMER-4711"}, False),
    ("mfa", {}, False),
    ("fresh-mfa", {}, False),
    ("address", {}, True),
    *(("other-address", {}, inside) for inside in (False, True)),
    ("endpoint", {}, False),
    ("other-organization", {}, False),
    ("identity", {}, False),
    ("identity", {"SourceIdentity": "eve"}, False),
    ("tagged", {}, False),
    ("tagged", tags(team="data"), False),
    ("tagged", tags(team="sales", cost="4711"), False),
    ("tagged", tags(team="data", cost="4711", more="x"), False),
    *(
        ("everything", {name: value for name, value in WHOLE.items() if name != without}, False)
        for without in WHOLE
    ),
    ("everything", WHOLE, True),
    ("ending", {}, False),
]


@pytest.mark.parametrize(("name", "more", "inside"), MET)
def test_who_meets_the_conditions_assumes_the_role(
    house: House, name: str, more: dict[str, Any], *, inside: bool
) -> None:
    """STS API Reference, "AssumeRole"; the session then reads its prefix, and no other grant's."""
    other = "external" if name == "plain" else "plain"
    session = house.people.assume("bob", arn(name), inside=inside, **house.shown(more))
    assert house.get(session, name, inside=inside) == "ok"
    assert house.get(session, other, inside=inside) == "AccessDenied"


@pytest.mark.parametrize(("name", "more", "inside"), UNMET)
def test_who_misses_a_condition_does_not(
    house: House, name: str, more: dict[str, Any], *, inside: bool
) -> None:
    """The same page; so are tags and source identities that the grant does not know."""
    assert house.assuming(name, more, inside=inside) == "AccessDenied"


def test_the_trust_alone_asks_for_every_condition(house: House) -> None:
    """Whatever account B's administrators allow Bob, account A's conditions hold."""
    with house.people.may_do_anything("bob"):
        assert [case for case in UNMET if house.assuming(case[0], case[1], inside=case[2]) == "ok"] == []
        assert [case for case in MET if house.assuming(case[0], case[1], inside=case[2]) != "ok"] == []


def test_bobs_own_policy_alone_asks_for_every_condition(house: House) -> None:
    """Where account A opens a role to Bob by hand, his own account still asks for the conditions.

    All but the end of the grant, which account B has not deployed yet.
    """
    iam = house.people.iam("account-a")
    open_to_bob = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::112233445566:user/bob"},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": open_to_bob})
    for name, more, inside in (case for case in UNMET if case[0] != "ending"):
        role = f"crossaccess-{name}"
        before: Any = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]  # Any: boto3 parsed it
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=text)
        try:
            assert (name, more, house.assuming(name, more, inside=inside)) == (name, more, "AccessDenied")
        finally:
            iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))


@pytest.mark.parametrize(("name", "inside"), [("address", False), ("endpoint", True)])
def test_a_session_is_of_no_use_on_another_network(house: House, name: str, *, inside: bool) -> None:
    """IAM User Guide, "AWS global condition context keys": the role's own policy asks for it, too."""
    session = house.people.assume("bob", arn(name), inside=inside)
    assert house.get(session, name, inside=inside) == "ok"
    assert house.get(session, name, inside=not inside) == "AccessDenied"


def test_the_end_of_a_grant_ends_running_sessions(house: House) -> None:
    """IAM User Guide, "Revoke IAM role temporary security credentials": trust alone would leave them."""
    assert house.before_the_end == "ok"
    assert house.get(house.begun, "ending") == "AccessDenied"
    assert house.assuming("ending", {}) == "AccessDenied"


@pytest.mark.parametrize(
    ("name", "seconds", "answer"),
    [
        ("long", 43_200, "ok"),
        ("long", 43_201, "ValidationError"),
        ("plain", 3_600, "ok"),
        ("plain", 3_601, "ValidationError"),
    ],
)
def test_a_session_lasts_as_long_as_the_grant_says(
    house: House, name: str, seconds: int, answer: str
) -> None:
    """IAM User Guide, "Update the maximum session duration for a role"; an hour without `session`."""
    assert house.assuming(name, {"DurationSeconds": seconds}) == answer


def test_a_boundary_cuts_what_the_role_may_do(house: House) -> None:
    """IAM User Guide, "Permissions boundaries for IAM entities": the grant says write, the boundary not."""
    session = house.people.assume("bob", arn("bounded"))
    assert house.get(session, "bounded") == "ok"
    s3 = house.people.s3(session)
    assert code_of(s3.put_object, Bucket=BUCKET, Key="bounded/new", Body=b"x") == "AccessDenied"


def test_the_aws_command_assumes_with_an_external_id(house: House) -> None:
    """As the output `grants` says; without it, refused."""
    told, sandbox = house.stacks[1].output("grants")["external"], house.stacks[0].sandbox
    assert (told["role_arn"], told["conditions"]) == (arn("external"), {"externalId": "customer-4711"})
    assuming = ("sts", "assume-role", "--role-arn", arn("external"), "--role-session-name", "cli")
    given = sandbox.aws(*assuming, "--external-id", "customer-4711", "--profile", "bob")
    assert json.loads(given.checked("aws sts assume-role").out)["Credentials"]["SessionToken"]
    refused = sandbox.aws(*assuming, "--profile", "bob")
    assert refused.status != 0
    assert "AccessDenied" in refused.err


def test_every_policy_was_whole_at_the_very_first_preview(house: House) -> None:
    """Roles, their trust and their policies, and Bob's: before anything is there."""
    assert [unknowns(stack.first) for stack in house.stacks] == [set(), set()]


def test_what_is_there_is_what_the_owners_program_says(house: House) -> None:
    """A refresh finds nothing to change."""
    ended = house.stacks[0].preview("--refresh", "--expect-no-changes")
    assert ended.status == 0, ended.text


def test_the_requester_takes_over_the_new_end_and_nothing_else(house: House) -> None:
    """What the owner changed is all that a preview shows: Bob's policy, with the warning of the end."""
    ended = house.stacks[1].preview("--refresh", "--json").checked("preview")
    said = json.loads(ended.out)
    changed = {step["newState"]["type"] for step in said["steps"] if step["op"] not in ("same", "refresh")}
    assert {kind for kind in changed if kind.startswith("aws:")} == {"aws:iam/policy:Policy"}
    assert any("'ending' expired" in one["message"] for one in said["diagnostics"])
