"""`crossaccess drift` where others hold a part: an adopted bucket, and a permission set's role."""

import json
from collections.abc import Iterator, Mapping

import pytest

from sandbox.accounts import REQUESTER_ACCOUNT
from sandbox.permission_sets import provision, provisioned, remove
from sandbox.running import Sandbox
from tests.support.drifting_sandbox import Drift, Json, bucket_policy
from tests.support.people import People
from tests.support.stacks import Settings, deployed, grant

pytestmark = pytest.mark.sandbox

BUCKET, SET = "drifting-elsewhere", "Drifters"
OWNER, REQUESTER = "elsewhere-owner", "elsewhere-requester"
POLICY = f"crossaccess-{BUCKET}-permission-set-{SET}"
STACKS: Mapping[str, Settings] = {
    OWNER: {
        "side": "owner",
        "existingBucket": BUCKET,
        "grants": [grant("reports", f"permission-set/{SET}", access=["read", "list"])],
    },
    REQUESTER: {"side": "requester", "ownerStack": OWNER},
}
THEIRS: Json = {
    "Sid": "Theirs",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{REQUESTER_ACCOUNT}:user/carol"},
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/theirs/*",
}
_LOSES = f"- permission-set/{SET} ({REQUESTER_ACCOUNT}) loses"
LOST = [
    f"{_LOSES} s3:GetObject on reports/* of bucket {BUCKET}, over TLS — by the bucket policy",
    f"{_LOSES} s3:ListBucket on bucket {BUCKET}, over TLS, listing reports/* — by the bucket policy",
]


@pytest.fixture(scope="module")
def people(sandbox: Sandbox) -> People:
    """Whoever calls the two accounts."""
    return People(cloud=sandbox.cloud)


@pytest.fixture(scope="module")
def drift(sandbox: Sandbox, people: People, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drift]:
    """The command, on a bucket and its policy that were there before; the permission set has its policy."""
    s3 = people.s3("account-a")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [THEIRS]}))
    folder = tmp_path_factory.mktemp("states")
    with deployed(sandbox, STACKS):
        for name in STACKS:
            told = sandbox.pulumi("stack", "export", "-s", name).checked(f"Exporting {name}").out
            (folder / f"{name}.json").write_text(told, encoding="utf-8")
        put_in(sandbox, POLICY)
        command = Drift(sandbox=sandbox, states=folder, stacks=tuple(STACKS))
        yield command
        left = command.told("--fail-on", "drift")
        take_out(sandbox)
        assert left.status == 0
    assert json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"] == [THEIRS]
    s3.delete_bucket(Bucket=BUCKET)


def put_in(sandbox: Sandbox, *policies: str) -> None:
    """Whoever administers IAM Identity Center assigns the permission set, which references these policies."""
    provision(sandbox.cloud, "account-b", SET, people=["bob"], policies=policies)


def take_out(sandbox: Sandbox) -> None:
    """And takes it out again, so that its role is gone."""
    for arn in provisioned(sandbox.cloud, "account-b", SET):
        remove(sandbox.cloud, "account-b", arn)


def test_nothing_has_drifted(drift: Drift) -> None:
    """Neither of the bucket that the stack only adopted nor of the role that no stack made."""
    told = drift.told("--fail-on", "drift")
    assert (told.status, told.sentences, told.things, told.said["notes"]) == (0, [], [], [])


def test_of_an_adopted_buckets_policy_only_our_part_can_drift(drift: Drift, people: People) -> None:
    """What others change of theirs is a note; what they take out of ours is access lost."""

    def widened(policy: Json) -> None:
        for one in policy["Statement"]:
            if one["Sid"] == "Theirs":
                one["Resource"] = f"arn:aws:s3:::{BUCKET}/*"

    with bucket_policy(people, BUCKET, widened):
        told = drift.told("--fail-on", "drift")
    assert (told.status, told.sentences, told.things) == (0, [], [])
    note = f"bucket policy of {BUCKET}: statements of others have changed since deployed"
    assert told.said["notes"] == [f"{note}, which is no drift here"]

    def without_ours(policy: Json) -> None:
        policy["Statement"] = [one for one in policy["Statement"] if one["Sid"] == "Theirs"]

    with bucket_policy(people, BUCKET, without_ours):
        told = drift.told()
    assert (told.status, told.sentences) == (2, LOST)


@pytest.fixture
def instead(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The permission set is taken out for a while."""
    take_out(sandbox)
    yield sandbox
    take_out(sandbox)
    put_in(sandbox, POLICY)


def test_a_permission_set_that_references_the_policy_no_more_is_access_lost(
    drift: Drift, instead: Sandbox
) -> None:
    """No stack made its role, and the stack's policy is for nobody else."""
    put_in(instead)
    told = drift.told()
    assert (told.status, told.sentences) == (2, LOST)
    assert told.things == [("detached", f"policy {POLICY} of permission-set/{SET}")]


@pytest.mark.usefixtures("instead")
def test_a_permission_set_that_was_taken_out_is_gone(drift: Drift) -> None:
    """With its role, and with all that it could do."""
    told = drift.told()
    assert (told.status, told.sentences) == (2, LOST)
    assert told.things == [("gone", f"permission-set/{SET}")]
