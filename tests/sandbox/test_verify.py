"""`crossaccess verify` with the real engine and the gate: what it sees, and what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.accounts import REQUESTER_ACCOUNT
from sandbox.environment import add_profile
from sandbox.process import Finished, run
from sandbox.running import Sandbox
from tests.support.people import People
from tests.support.stacks import Stack, deployed, grant, owner

pytestmark = pytest.mark.sandbox

KEPT, PLAIN, CIPHERED = "verify-kept", "verify-plain", "verify-ciphered"
"""Buckets: one that keeps versions, one that does not, one with a KMS key."""
ALL = ["read", "write", "list", "delete"]
ID = "our-contract-17"
BUCKETS = {
    KEPT: [
        grant("kept-writer", "user/bob", access=["read", "write"]),
        grant("kept-all", "user/bob", access=ALL),
    ],
    PLAIN: [
        grant("all", "user/bob", access=ALL),
        grant("writer", "user/bob", access=["write"]),
        grant("reader", "user/bob", access=["read", "list"]),
        grant("role", "user/bob", method="assume-role", access=ALL, conditions={"externalId": ID}),
        grant("others", "user/carol"),
        grant("loader", "role/apps/loader", access=ALL),
    ],
    CIPHERED: [
        grant("secret", "user/bob", access=ALL),
        grant("secret-role", "user/bob", method="assume-role", access=["read", "write"]),
    ],
}
OWNERS = tuple(BUCKETS)
REQUESTER = "verify-requester"


def settings(bucket: str) -> Mapping[str, object]:
    """The owner's settings for one of the buckets."""
    more: dict[str, object] = {"versioning": bucket == KEPT}
    if bucket == CIPHERED:
        more["encryption"] = {"type": "kms"}
    return {**owner(bucket, BUCKETS[bucket]), **more}


@pytest.fixture(scope="module")
def people(sandbox: Sandbox) -> People:
    """Whoever calls the two accounts."""
    return People(cloud=sandbox.cloud)


@pytest.fixture(scope="module")
def stacks(sandbox: Sandbox) -> Iterator[Mapping[str, Stack]]:
    """All of it, deployed."""
    loader = {"principal": "role/apps/loader", "assumedBy": ["account"]}
    requester = {"side": "requester", "ownerStacks": list(OWNERS), "create": [loader]}
    with deployed(sandbox, {**{name: settings(name) for name in OWNERS}, REQUESTER: requester}) as made:
        yield made


@pytest.fixture(scope="module")
def states(stacks: Mapping[str, Stack], sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported states of all stacks, by the name of the stack."""
    folder = tmp_path_factory.mktemp("states")
    for name in stacks:
        told = sandbox.pulumi("stack", "export", "-s", name).checked(f"Exporting {name}").out
        (folder / f"{name}.json").write_text(told, encoding="utf-8")
    return folder


class Verify:
    """The command as people type it, in the sandbox's environment."""

    def __init__(self, sandbox: Sandbox, states: Path) -> None:
        self._sandbox = sandbox
        self._states = states

    def __call__(self, *arguments: str, profile: str = "bob", stack: str = PLAIN) -> Finished:
        """Run it on the states of an owner's stack and the requester's."""
        argv = [*self.argv(stack), "--profile", profile, "--wait", "0", *arguments]
        environment = self._sandbox.environment.over(os.environ)
        return run(argv, env=environment, cwd=self._sandbox.project_root, timeout=120)

    def argv(self, stack: str) -> list[str]:
        """The command line, without options."""
        paths = [self._states / f"{stack}.json", self._states / f"{REQUESTER}.json"]
        return [sys.executable, "-m", "crossaccess", "verify", *map(str, paths)]

    def told(self, *arguments: str, **more: str) -> dict[str, Any]:  # Any: JSON
        """What it says as JSON, with its exit status as `status`."""
        ended = self(*arguments, "--format", "json", **more)
        assert ended.out, ended.err
        return {**json.loads(ended.out), "status": ended.status}


@pytest.fixture(scope="module")
def verify(sandbox: Sandbox, states: Path) -> Verify:
    """The command."""
    return Verify(sandbox, states)


def not_agreeing(told: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The lines on which AWS and the stacks do not agree."""
    return [
        (
            one["grant"],
            one["by"],
            one["call"],
            one["under"],
            one["verdict"],
            str(one["answer"]),
            str(one["reason"]),
        )
        for one in told["lines"]
        if one["verdict"] != "agrees"
    ]


def objects(people: People, bucket: str) -> list[tuple[str, str]]:
    """Keys and versions of all that is in a bucket, delete markers too."""
    told = people.s3("account-a").list_object_versions(Bucket=bucket)
    listed = [*told.get("Versions", []), *told.get("DeleteMarkers", [])]
    return [(str(one.get("Key")), str(one.get("VersionId"))) for one in listed]


@pytest.mark.parametrize("stack", OWNERS)
def test_what_is_deployed_well_agrees_on_every_line(verify: Verify, stack: str, people: People) -> None:
    """Both methods, with and without versions and a key; nothing is left."""
    told = verify.told("--owner-profile", "account-a", stack=stack)
    assert not_agreeing(told) == []
    assert (told["status"], told["result"], told["left"]) == (0, "agrees", [])
    assert {one["answer"]["reply"] for one in told["lines"]} == {"allowed", "refused"}
    assert objects(people, stack) == []


def test_a_role_is_verified_in_its_session(verify: Verify, people: People, sandbox: Sandbox) -> None:
    """Its ARN has lost the role's path, which the grant tells."""
    keys = people.assume("account-b", f"arn:aws:iam::{REQUESTER_ACCOUNT}:role/apps/loader")
    add_profile(sandbox.folder, sandbox.cloud, "loader", keys)
    told = verify.told("--owner-profile", "account-a", profile="loader")
    assert not_agreeing(told) == []
    assert (told["status"], {one["grant"] for one in told["lines"]}) == (0, {"loader"})
    assert keys.secret_access_key not in json.dumps(told)


@contextmanager
def without_policy_of(people: People, bucket: str) -> Iterator[None]:
    """Detach what the requester's stack attached to Bob for a bucket, by hand."""
    iam = people.iam("account-b")
    attached = iam.list_attached_user_policies(UserName="bob")["AttachedPolicies"]
    (arn,) = [one["PolicyArn"] for one in attached if bucket in one["PolicyArn"]]
    iam.detach_user_policy(UserName="bob", PolicyArn=arn)
    try:
        yield
    finally:
        iam.attach_user_policy(UserName="bob", PolicyArn=arn)


@contextmanager
def bob_may_not(people: People, action: str) -> Iterator[None]:
    """Deny Bob an action by hand."""
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = people.iam("account-b")
    iam.put_user_policy(UserName="bob", PolicyName="by-hand", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_user_policy(UserName="bob", PolicyName="by-hand")


def emptied(people: People, bucket: str) -> None:
    """Delete all that is in a bucket."""
    for key, version in objects(people, bucket):
        people.s3("account-a").delete_object(Bucket=bucket, Key=key, VersionId=version)


def calls(sandbox: Sandbox) -> list[str]:
    """The calls that the gate has seen."""
    lines = sandbox.cloud.gate_log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["call"] for line in lines]


def test_a_side_that_was_taken_away_by_hand_is_seen_with_both_reasons(verify: Verify, people: People) -> None:
    """What the stacks allow and AWS refuses differs, and is shown with our statement and AWS's message."""
    with without_policy_of(people, PLAIN):
        told = verify.told("--owner-profile", "account-a")
        shown = verify("--owner-profile", "account-a")
    differing = {(one["grant"], one["call"]) for one in told["lines"] if one["verdict"] == "differs"}
    assert told["status"] == shown.status == 2
    assert {("all", "put"), ("all", "get"), ("all", "list"), ("all", "delete")} <= differing
    assert {("role", "assume the role"), ("writer", "upload in parts")} <= differing
    assert ("writer", "get") not in differing
    after = shown.out.partition("DIFFERS: all, by own keys: put under all/")[2]
    assert after.splitlines()[1:3] == [
        "  ours: allowed",
        "    s3:PutObject: " + after.splitlines()[2].partition(": ")[2],
    ]
    assert "identity policy" in after
    assert "AccessDenied" in after
    assert objects(people, PLAIN) == []


def test_what_was_given_by_hand_is_seen(verify: Verify, people: People) -> None:
    """A refusal that does not come differs as well; what it let be written is taken away."""
    s3 = people.s3("account-a")
    before = s3.get_bucket_policy(Bucket=PLAIN)["Policy"]
    document = json.loads(before)
    given = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::112233445566:user/bob"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{PLAIN}/*",
    }
    s3.put_bucket_policy(
        Bucket=PLAIN, Policy=json.dumps(document | {"Statement": [*document["Statement"], given]})
    )
    iam = people.iam("account-b")
    own = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    iam.put_user_policy(
        UserName="bob",
        PolicyName="by-hand",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [own]}),
    )
    try:
        told = verify.told("--owner-profile", "account-a")
    finally:
        s3.put_bucket_policy(Bucket=PLAIN, Policy=before)
        iam.delete_user_policy(UserName="bob", PolicyName="by-hand")
    differing = {(one["grant"], one["call"]) for one in told["lines"] if one["verdict"] == "differs"}
    assert differing == {("all", "get"), ("writer", "get"), ("reader", "get"), ("role", "get")}
    assert {one["shows"] for one in told["lines"] if one["verdict"] == "differs"} == {
        "another prefix",
        "another method",
        "what the grant does not give",
    }
    assert objects(people, PLAIN) == []


@pytest.mark.parametrize("stack", [KEPT, PLAIN])
def test_what_the_requester_cannot_remove_is_named(verify: Verify, people: People, stack: str) -> None:
    """In a bucket that keeps versions, or did, each version and marker that is left is told, and no other."""
    told = verify.told(stack=stack)
    assert {one["verdict"] for one in told["lines"]} <= {"agrees", "cannot be told"}
    left = [(one["key"], one["version"] or "null") for one in told["left"]]
    assert left
    assert sorted(left) == sorted(objects(people, stack))
    assert all(".crossaccess-probe/" in key for key, _ in left)
    shown = verify(stack=stack).out
    assert f"left behind: s3://{stack}/" in shown
    assert "probeCleanup" in shown
    emptied(people, stack)


def test_read_only_writes_nothing(verify: Verify, people: People, sandbox: Sandbox) -> None:
    """Neither an object nor any call that could change something; what is there is read by one byte."""
    there = [f"{name}/theirs.txt" for name in ("all", "reader", "role")]
    for key in there:
        people.s3("account-a").put_object(Bucket=PLAIN, Key=key, Body=b"theirs")
    before, seen = objects(people, PLAIN), len(calls(sandbox))
    told = verify.told("--read-only", "--owner-profile", "account-a")
    made = set(calls(sandbox)[seen:])
    assert not_agreeing(told) == []
    assert told["status"] == 0
    assert objects(people, PLAIN) == before
    # The gate has no name for the call to assume a role that is not there.
    assert made == {
        "?",
        "sts.GetCallerIdentity",
        "sts.AssumeRole",
        "s3.GetObject",
        "s3.HeadObject",
        "s3.ListObjectsV2",
    }
    emptied(people, PLAIN)


def test_without_an_object_a_read_cannot_be_told(verify: Verify) -> None:
    """A missing key is refused to who may not list the whole bucket, as a forbidden one is."""
    told = verify.told("--read-only", "--grant", "reader")
    assert told["status"] == 3
    (line,) = [one for one in told["lines"] if one["verdict"] == "cannot be told"]
    assert (line["call"], line["under"]) == ("get", "reader/")
    assert "no object was there" in line["reason"]


@pytest.mark.parametrize(
    ("ending", "owner_profile"),
    [(signal.SIGINT, "account-a"), (signal.SIGTERM, "account-a"), (signal.SIGINT, None)],
)
def test_an_interrupted_run_leaves_nothing_untold(
    verify: Verify, people: People, ending: signal.Signals, owner_profile: str | None, sandbox: Sandbox
) -> None:
    """While it waits for IAM, probes are there; after Ctrl-C or a polite end they are not, or are named."""
    more = [] if owner_profile is None else ["--owner-profile", owner_profile]
    with (
        bob_may_not(people, "s3:ListBucket"),
        subprocess.Popen(
            [*verify.argv(KEPT), "--profile", "bob", "--wait", "60", *more],
            env=sandbox.environment.over(os.environ),
            cwd=sandbox.project_root,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        assert process.stderr is not None
        assert "not as expected yet" in process.stderr.readline()
        assert objects(people, KEPT)
        process.send_signal(ending)
        rest = process.stderr.read()
    assert process.returncode == 130, rest
    assert "Traceback" not in rest
    there = objects(people, KEPT)
    assert bool(there) == (owner_profile is None)
    assert [(key, version) for key, version in there if f"{KEPT}/{key} version {version}: " not in rest] == []
    emptied(people, KEPT)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--profile", "nobody"), "(nobody) could not be found"),
        (("--profile", "account-a"), "of account 111111222222, the owner's own; the grants are for account"),
        (("--profile", "account-b"), "no grant names arn:aws:iam::112233445566:user/admin"),
        (("--grant", "al"), "no grant is called al: there are all, kept-all"),
        (("--endpoint-url", "http://127.0.0.1:9"), "nobody answers: "),
        (("--endpoint-url", "nonsense"), "cannot be used: Invalid endpoint: nonsense"),
        (("--owner-profile", "account-b"), "and the bucket is of account 111111222222"),
        (("--context", "nonsense"), "is no KEY=VALUE"),
    ],
)
def test_what_keeps_it_from_calling_is_told_plainly(
    verify: Verify, arguments: tuple[str, ...], told: str
) -> None:
    """With what would be right, and without a traceback."""
    ended = verify(*arguments)
    assert ended.status == 1
    assert told in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_the_table_holds_no_secret(verify: Verify, sandbox: Sandbox) -> None:
    """Neither keys nor tokens are shown, whatever is shown."""
    ended = verify("--owner-profile", "account-a")
    assert ended.status == 0, ended.text
    assert "AWS and the stacks agree on all of" in ended.out
    assert "others is for user/carol" in ended.out
    for one in sandbox.cloud.credentials.values():
        assert one.secret_access_key not in ended.text
        assert one.access_key_id not in ended.text


def test_a_bucket_that_another_account_has_taken_is_left_alone(verify: Verify, people: People) -> None:
    """Its policy would let Bob write there; S3 refuses what is asked of another account's bucket."""
    ours, theirs = people.s3("account-a"), people.s3("account-b")
    policy = ours.get_bucket_policy(Bucket=PLAIN)["Policy"]
    ours.delete_bucket(Bucket=PLAIN)
    place: Any = {"LocationConstraint": "eu-central-1"}  # Any: boto3 names the Regions one by one
    theirs.create_bucket(Bucket=PLAIN, CreateBucketConfiguration=place)
    # Whatever is written stays, then, as a version.
    theirs.put_bucket_versioning(Bucket=PLAIN, VersioningConfiguration={"Status": "Enabled"})
    try:
        told = verify.told()
        written = theirs.list_object_versions(Bucket=PLAIN)
    finally:
        theirs.delete_bucket(Bucket=PLAIN)
        ours.create_bucket(Bucket=PLAIN, CreateBucketConfiguration=place)
        ours.put_bucket_policy(Bucket=PLAIN, Policy=policy)
    assert written.get("Versions", []) == []
    calls = [one for one in told["lines"] if "assume" not in one["call"]]
    assert {one["answer"]["reply"] for one in calls} <= {"refused", "not made"}
    assert (told["status"], told["left"]) == (2, [])
