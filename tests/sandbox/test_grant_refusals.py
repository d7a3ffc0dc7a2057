"""Grants that AWS would not take, told by the real engine: one message at preview, and nothing deployed."""

import json
from collections.abc import Iterator

import pytest

from sandbox.accounts import OWNER_ACCOUNT, REQUESTER_ACCOUNT
from sandbox.running import Sandbox
from tests.support.stacks import Settings, Stack, grant, new_stack, owner

pytestmark = pytest.mark.sandbox

LONG = "a-rather-long-name-of-a-place/where-some-team-has-its-files"
BY_ROLE: Settings = {"method": "assume-role"}


def refusal(stack: Stack) -> str:
    """Try to deploy a stack, which is refused at its preview; the one message that a person gets."""
    ended = stack.sandbox.pulumi("up", "--yes", "-s", stack.name)
    assert ended.status != 0, ended.text
    assert "Traceback" not in ended.text
    assert "Updating (" not in ended.text
    state = stack.sandbox.pulumi("stack", "export", "-s", stack.name).checked("Reading the state").out
    assert json.loads(state)["deployment"].get("resources", []) == []
    message = ended.text.partition("Diagnostics:")[2]
    assert message.count("error:") == 1, ended.text
    return " ".join(message.split())


# The grant, the key within it that is named, and what else the message has to say.
MISTAKES: dict[str, tuple[Settings, str, tuple[str, ...]]] = {
    "mfa of a role": (
        grant("mfa-of-a-role", "role/app", conditions={"mfa": True}),
        "conditions.mfa",
        ("role/app calls with a role's session", "never tell of MFA"),
    ),
    "mfa of a role that assumes a role": (
        grant("mfa-of-a-chain", "role/app", conditions={"mfa": True}, **BY_ROLE),
        "conditions.mfa",
        ("where that role is assumed",),
    ),
    "mfa of a permission set": (
        grant("mfa-of-a-set", "permission-set/Readers", conditions={"mfa": True}, **BY_ROLE),
        "conditions.mfa",
        ("permission-set/Readers calls with a role's session",),
    ),
    "mfa of an account in a bucket's policy": (
        grant("mfa-of-all", "account", conditions={"mfa": True}),
        "conditions.mfa",
        ("name users instead of account",),
    ),
    "a session of a role over an hour": (
        grant("long-chain", "role/app", session=7_200, **BY_ROLE),
        "session",
        ("7200", "role chaining", "3,600"),
    ),
    "a session over twelve hours": (
        grant("too-long", "user/bob", session=43_201, **BY_ROLE),
        "session",
        ("43201", "43,200"),
    ),
    "an external id in a bucket's policy": (
        grant("external", "user/bob", conditions={"externalId": "customer-4711"}),
        "conditions.externalId",
        ("is set for method bucket-policy", "use method assume-role"),
    ),
    "session tags in a bucket's policy": (
        grant("tagged", "user/bob", conditions={"sessionTags": {"team": ["data"]}}),
        "conditions.sessionTags",
        ("is set for method bucket-policy",),
    ),
    "endpoints of STS in a bucket's policy": (
        grant("sts", "user/bob", conditions={"vpcEndpoints": {"sts": ["vpce-0a1b2c3d4e5f60718"]}}),
        "conditions.vpcEndpoints.sts",
        ("S3's endpoints only",),
    ),
    "endpoints of STS alone": (
        grant("sts-alone", "user/bob", conditions={"vpcEndpoints": {"sts": ["vpce-0a1b2c3d"]}}, **BY_ROLE),
        "conditions.vpcEndpoints.s3",
        ("is missing", "from anywhere otherwise"),
    ),
    "exact trust of a permission set": (
        grant("exact-set", "permission-set/Readers", trust="exact"),
        "trust",
        ("is 'exact'", "no wildcards in Principal"),
    ),
    "an address that AWS never sees": (
        grant("private", "user/bob", conditions={"sourceIp": ["10.1.0.0/16"]}),
        "conditions.sourceIp[0]",
        ("10.1.0.0/16",),
    ),
    "an organization beside an organization": (
        grant("twice", "organization/o-sandbox0001", conditions={"organization": "o-sandbox0001"}),
        "conditions.organization",
        ("organization/o-sandbox0001 says already",),
    ),
    "a unit without its path": (
        grant("unit", "organizational-unit/ou-sand-requester"),
        "principals[0]",
        ("the whole path from the organization down",),
    ),
    "a group": (
        grant("group", "group/analysts"),
        "principals[0]",
        ("AWS takes no group as a principal",),
    ),
    "a boundary in a bucket's policy": (
        grant("bounded", "user/bob", permissionsBoundary=f"arn:aws:iam::{OWNER_ACCOUNT}:policy/boundary"),
        "permissionsBoundary",
        ("only method assume-role has a role",),
    ),
    "a day that no calendar has": (
        grant("ends", "user/bob", conditions={"expires": "2027-02-30"}),
        "conditions.expires",
        ("'2027-02-30'", "in quotes"),
    ),
}


@pytest.fixture(scope="module")
def told(sandbox: Sandbox) -> str:
    """What is told of a config with every mistake in it."""
    grants = [one for one, _, _ in MISTAKES.values()]
    return refusal(new_stack(sandbox, "mistaken", owner("mistaken-111111222222", grants)))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_aws_does_not_offer_is_told_with_its_key_and_its_mend(told: str, mistake: str) -> None:
    """Together with all others, before anything is asked of AWS."""
    _, key, words = MISTAKES[mistake]
    said = told.partition(f"crossaccess:grants[{list(MISTAKES).index(mistake)}].{key} ")[2]
    assert said, told
    fault = said.partition("crossaccess:grants[")[0]
    assert [word for word in words if word not in fault] == [], fault


TOO_LARGE: tuple[Settings, ...] = (
    grant("wide", "user/bob", prefixes=[f"{LONG}/{n:03}/" for n in range(300)]),
    grant("wide-role", "user/bob", prefixes=[f"{LONG}/{n:03}/" for n in range(150)], **BY_ROLE),
    grant("crowd", *(f"user/some-person-with-a-long-name-{n:02}" for n in range(40)), **BY_ROLE),
    grant(
        "foreign",
        "user/bob",
        permissionsBoundary=f"arn:aws:iam::{REQUESTER_ACCOUNT}:policy/boundary",
        **BY_ROLE,
    ),
)


@pytest.fixture(scope="module")
def told_of_sizes(sandbox: Sandbox) -> str:
    """What is told of grants that are right, and whose policies AWS would not take."""
    return refusal(new_stack(sandbox, "too-large", owner("too-large-111111222222", TOO_LARGE)))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            "the policy of the bucket 'too-large-111111222222'",
            ("20,480 for a bucket policy", "method assume-role"),
        ),
        (
            "the policy of the role 'crossaccess-wide-role' (grant 'wide-role')",
            ("10,240 for all inline policies of a role", "fewer prefixes"),
        ),
        (
            "the trust policy of the role 'crossaccess-crowd' (grant 'crowd')",
            ("2,048 for the trust policy of a role", "fewer principals", "two grants"),
        ),
        ("grants[3].permissionsBoundary", (REQUESTER_ACCOUNT, f"account {OWNER_ACCOUNT}")),
    ],
)
def test_a_policy_over_its_limit_is_told_with_its_size_and_what_helps(
    told_of_sizes: str, document: str, words: tuple[str, ...]
) -> None:
    """IAM User Guide, "IAM and AWS STS quotas": AWS would refuse it in the middle of a deployment."""
    said = told_of_sizes.partition(f"{document} ")[2]
    assert said, told_of_sizes
    assert [word for word in words if word not in said] == [], said


@pytest.fixture
def requester(sandbox: Sandbox, numbers: Iterator[int]) -> Stack:
    """A requester's stack that is told nothing but its side yet."""
    return new_stack(sandbox, f"refused-{next(numbers)}", {"side": "requester"})


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"attachTo": {"bob-bucket-policy": ["user/carol"]}},
            ("attachTo.bob-bucket-policy[0]", "'user/carol'", "is for user/bob"),
        ),
        (
            {"create": [{"principal": "role/app", "assumedBy": ["account"]}]},
            ("create[0].principal", "'role/app'", "no grant needs"),
        ),
    ],
    ids=["attached to another", "made for nothing"],
)
def test_what_a_requester_could_not_use_is_told(
    requester: Stack, said: Settings, words: tuple[str, ...]
) -> None:
    """The owner named Bob: a policy for anybody else would lead nowhere."""
    requester.configure({"side": "requester", "ownerStack": "account-a", **said})
    message = refusal(requester)
    assert [word for word in words if word not in message] == [], message
