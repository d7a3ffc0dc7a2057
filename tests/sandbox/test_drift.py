"""`crossaccess drift` with the real engine and the gate: what is changed by hand, and what is said of it."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.accounts import OWNER_ACCOUNT, REQUESTER_ACCOUNT
from sandbox.environment import add_profile
from sandbox.running import Sandbox
from tests.support.drifting_sandbox import (
    Drift,
    Json,
    attached_to,
    auditor,
    bucket_policy,
    detached,
    document,
    key_arn,
    without_role,
)
from tests.support.people import People
from tests.support.stacks import Stack, deployed, grant, owner

pytestmark = pytest.mark.sandbox

BUCKET, ROLE = "drifting", "drifting-role"
OWNER, REQUESTER = "drift-owner", "drift-requester"
DORA, LOADER = "drift-dora", "drift-loader"
GRANTS = [
    grant("reader", "user/bob", access=["read", "list"]),
    grant("exact", f"user/{DORA}", trust="exact"),
    grant("loader", f"role/apps/{LOADER}", access=["write"]),
    grant("by-role", "user/bob", method="assume-role", roleName=ROLE, session=3600),
]
STACKS: Mapping[str, Mapping[str, object]] = {
    OWNER: {**owner(BUCKET, GRANTS), "encryption": {"type": "kms"}},
    REQUESTER: {
        "side": "requester",
        "ownerStack": OWNER,
        "create": [{"principal": f"role/apps/{LOADER}", "assumedBy": ["account"]}],
    },
}
BOB, BY_POLICY = f"user/bob ({REQUESTER_ACCOUNT})", "over TLS — by the bucket policy"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def people(sandbox: Sandbox) -> People:
    """Whoever calls the two accounts."""
    return People(cloud=sandbox.cloud)


@pytest.fixture(scope="module")
def stacks(sandbox: Sandbox, people: People) -> Iterator[Mapping[str, Stack]]:
    """Both stacks, deployed for users who are there."""
    iam = people.iam("account-b")
    iam.create_user(UserName=DORA)
    with deployed(sandbox, STACKS) as made:
        yield made
    iam.delete_user(UserName=DORA)


@pytest.fixture(scope="module")
def drift(
    stacks: Mapping[str, Stack], sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drift]:
    """The command; at the end nothing has drifted, so that every test has put right what it did."""
    folder = tmp_path_factory.mktemp("states")
    for name in stacks:
        told = sandbox.pulumi("stack", "export", "-s", name).checked(f"Exporting {name}").out
        (folder / f"{name}.json").write_text(told, encoding="utf-8")
    command = Drift(sandbox=sandbox, states=folder, stacks=tuple(STACKS))
    yield command
    assert command.told("--fail-on", "drift").status == 0


def test_nothing_has_drifted_right_after_the_deployment(drift: Drift, stacks: Mapping[str, Stack]) -> None:
    """Neither by exported states nor by the stacks themselves, in every format, whatever counts."""
    told = drift.told("--fail-on", "drift")
    assert told.status == 0
    assert [told.said[key] for key in ("changes", "rewritten", "unclear", "drift", "notes")] == [[]] * 5
    assert told.said["summary"] == {"gained": 0, "lost": 0, "unknown": 0}
    argv = [sys.executable, "-m", "crossaccess", "drift", "-C", str(drift.sandbox.folder.work)]
    for name in stacks:
        argv += ["-s", name]
    ended = drift.run([*argv, "--owner-profile", "account-a", "--profile", "account-b"])
    assert (ended.status, ended.out) == (0, "no policy differs from what was deployed\n"), ended.err


def widen(policy: Json) -> None:
    """Give a grant the whole bucket."""
    for one in policy["Statement"]:
        if one["Sid"] == "CrossAccessReaderObjects":
            one["Resource"] = f"arn:aws:s3:::{BUCKET}/*"


def test_a_widened_bucket_policy_is_access_gained(drift: Drift, people: People) -> None:
    """In the words of `diff`, in every format."""
    with bucket_policy(people, BUCKET, widen):
        told = drift.told()
        text = drift()
        markdown, page = (drift("--format", form) for form in ("markdown", "html"))
    sentence = (
        f"account {REQUESTER_ACCOUNT} may let user/bob use s3:GetObject on every object but not reader/* of "
        f"bucket {BUCKET}, over TLS — by the bucket policy"
    )
    assert (told.status, told.sentences) == (2, [f"+ {sentence}"])
    assert [one["name"] for one in told.said["rewritten"]] == [f"bucket policy of {BUCKET}"]
    assert "1 gained by hand since deployed" in text.out
    assert markdown.out.startswith(
        "<!-- crossaccess drift -->\n\n### Drift: 1 gained by hand since deployed\n"
    )
    assert "<h1>What has drifted</h1>" in page.out
    assert {text.status, markdown.status, page.status} == {2}


def test_who_has_other_policies_gains_it_at_once(drift: Drift, people: People) -> None:
    """Further policies of a user whom no stack made are no drift, and decide what a drift does to him."""
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    with people.user_policy("bob", reads, name="of-the-account"):
        assert drift.told("--fail-on", "drift").status == 0
        with bucket_policy(people, BUCKET, widen):
            told = drift.told()
    assert told.sentences == [
        f"+ {BOB} gains s3:GetObject on every object but not reader/* of bucket {BUCKET}, {BY_POLICY}"
    ]


def test_a_statement_that_was_taken_away_is_access_lost(drift: Drift, people: People) -> None:
    """A loss counts, unless only gains are looked for."""

    def drop(policy: Json) -> None:
        policy["Statement"] = [one for one in policy["Statement"] if one["Sid"] != "CrossAccessReaderObjects"]

    with bucket_policy(people, BUCKET, drop):
        told = drift.told()
        gains = drift.told("--fail-on", "gain")
    assert (told.status, gains.status) == (2, 0)
    assert told.sentences == [f"- {BOB} loses s3:GetObject on reader/* of bucket {BUCKET}, {BY_POLICY}"]


def test_a_policy_that_says_the_same_in_another_way_is_told_in_one_line(drift: Drift, people: People) -> None:
    """What AWS itself writes anew is nothing at all."""

    def turn(policy: Json) -> None:
        policy["Statement"].reverse()
        for one in policy["Statement"]:
            if isinstance(one["Action"], str):
                one["Action"] = [one["Action"]]

    def rename(policy: Json) -> None:
        for one in policy["Statement"]:
            one["Sid"] = f"Mine{one['Sid']}"

    with bucket_policy(people, BUCKET, turn):
        assert drift.told("--fail-on", "drift").status == 0
    with bucket_policy(people, BUCKET, rename):
        shown = drift()
        counted = drift("--fail-on", "drift")
    assert (shown.status, counted.status) == (0, 2)
    assert shown.out == "1 policy rewritten by hand since deployed, no access changed\n"


def test_a_bucket_without_its_policy_is_told_so(drift: Drift, people: People) -> None:
    """The policy is gone, and so is what it gave and what it kept out."""
    s3 = people.s3("account-a")
    before = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    s3.delete_bucket_policy(Bucket=BUCKET)
    try:
        told = drift.told()
    finally:
        s3.put_bucket_policy(Bucket=BUCKET, Policy=before)
    assert told.things == [("gone", f"bucket policy of {BUCKET}")]
    assert f"- {BOB} loses s3:GetObject on reader/* of bucket {BUCKET}, over TLS" in (
        "\n".join(told.sentences)
    )
    assert told.status == 2


def test_block_public_access_turned_off_counts(drift: Drift, people: People) -> None:
    """It gives nobody anything yet, and lets anybody be given it."""
    s3 = people.s3("account-a")
    before = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    s3.delete_public_access_block(Bucket=BUCKET)
    try:
        told = drift.told("--fail-on", "public")
        shown = drift()
    finally:
        s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=before)
    assert (told.status, told.sentences) == (2, [])
    assert told.things == [("changed", f"bucket {BUCKET}")] * 4
    assert (
        f"bucket {BUCKET} ({OWNER_ACCOUNT}) has BlockPublicPolicy of Block Public Access off now" in shown.out
    )


def test_the_bucket_s_encryption_is_looked_at(drift: Drift, people: People) -> None:
    """Another key, or none, is told."""
    s3 = people.s3("account-a")
    before = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    by_s3 = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=by_s3)  # type: ignore[arg-type]
    try:
        told = drift.told()
    finally:
        s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=before)
    assert (told.status, told.things) == (2, [("changed", f"bucket {BUCKET}")])
    assert "is encrypted by S3's own keys now" in told.said["notes"][0]


def test_an_edited_key_policy_is_access_lost(drift: Drift, people: People) -> None:
    """Who may no longer decrypt is named."""
    kms = people.kms("account-a")
    key = key_arn(people, BUCKET)
    before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    edited = json.loads(before)
    edited["Statement"] = [one for one in edited["Statement"] if "Reader" not in one.get("Sid", "")]
    assert len(edited["Statement"]) < len(json.loads(before)["Statement"]), before
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(edited))
    try:
        told = drift.told()
    finally:
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=before)
    assert told.status == 2
    assert [one for one in told.sentences if "user/bob" in one and "kms:Decrypt" in one and one[0] == "-"]


def test_a_key_that_was_disabled_is_told(drift: Drift, people: People) -> None:
    """Its policy is as it was, and it decrypts nothing."""
    kms = people.kms("account-a")
    kms.disable_key(KeyId=key_arn(people, BUCKET))
    try:
        told = drift.told()
    finally:
        kms.enable_key(KeyId=key_arn(people, BUCKET))
    assert (told.status, told.sentences, [kind for kind, _ in told.things]) == (2, [], ["changed"])
    assert "is in state Disabled" in told.said["notes"][0]


def test_whatever_is_added_to_the_owner_s_role_is_drift(drift: Drift, people: People) -> None:
    """The stack made it: an inline policy, an attached one, a boundary and a longer session are not its."""
    iam = people.iam("account-a")
    with ExitStack() as undoing:
        iam.put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=document(EVERYTHING))
        undoing.callback(iam.delete_role_policy, RoleName=ROLE, PolicyName="by-hand")
        made = iam.create_policy(PolicyName="drift-by-hand", PolicyDocument=document(EVERYTHING))
        arn = made["Policy"]["Arn"]
        undoing.callback(iam.delete_policy, PolicyArn=arn)
        iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
        undoing.callback(iam.detach_role_policy, RoleName=ROLE, PolicyArn=arn)
        iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=arn)
        undoing.callback(iam.delete_role_permissions_boundary, RoleName=ROLE)
        iam.update_role(RoleName=ROLE, MaxSessionDuration=7200)
        undoing.callback(iam.update_role, RoleName=ROLE, MaxSessionDuration=3600)
        told = drift.told()
    assert told.status == 2
    assert sorted(told.things) == [
        ("attached", f"inline policy by-hand of role/{ROLE}"),
        ("attached", f"policy drift-by-hand of role/{ROLE}"),
        ("changed", f"permissions boundary of role/{ROLE}"),
        ("changed", f"role/{ROLE}"),
    ]
    gains = [one for one in told.sentences if one.startswith(f"+ {BOB} gains")]
    assert [one for one in gains if "s3:PutObject" in one and f"by role {ROLE}" in one]


def test_an_edited_trust_is_access_gained(drift: Drift, people: People) -> None:
    """Whoever may assume the role now uses what it may."""
    iam = people.iam("account-a")
    before = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    opened = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{REQUESTER_ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
    }
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=document(opened))
    try:
        told = drift.told()
    finally:
        iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(before))
    assert told.status == 2
    assert [
        one
        for one in told.sentences
        if one.startswith(f"+ account {REQUESTER_ACCOUNT} may let") and ROLE in one
    ]


def test_a_role_that_was_deleted_is_gone(drift: Drift, people: People) -> None:
    """With all that it gave."""
    with without_role(people, ROLE):
        told = drift.told()
    assert (told.status, told.things) == (2, [("gone", f"role/{ROLE}")])
    losses = [one for one in told.sentences if one.startswith(f"- {BOB} loses")]
    assert [one for one in losses if "s3:GetObject on by-role/*" in one]


def test_a_policy_that_was_detached_is_told_and_its_access_lost(drift: Drift, people: People) -> None:
    """Both ways that it gave are lost; where another policy gives the same, nothing is."""
    with detached(people, "bob", BUCKET):
        told = drift.told()
        with people.user_policy("bob", EVERYTHING, name="of-the-account"):
            beside = drift.told()
            counted = drift.told("--fail-on", "drift")
    assert told.status == 2
    assert {kind for kind, _ in told.things} == {"detached"}
    losses = "\n".join(told.sentences)
    assert f"- {BOB} loses s3:GetObject on reader/* of bucket {BUCKET}" in losses
    assert f"- {BOB} loses s3:GetObject on by-role/*" in losses
    assert (beside.status, beside.sentences, beside.things) == (0, [], told.things)
    assert counted.status == 2


def test_an_edited_managed_policy_is_read_in_its_default_version(drift: Drift, people: People) -> None:
    """A version that is no default counts for nothing."""
    iam = people.iam("account-b")
    with ExitStack() as undoing:
        for arn in attached_to(people, "bob", BUCKET):
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            made = iam.create_policy_version(
                PolicyArn=arn, PolicyDocument=document({**EVERYTHING, "Effect": "Deny"}), SetAsDefault=False
            )["PolicyVersion"]["VersionId"]
            undoing.callback(iam.delete_policy_version, PolicyArn=arn, VersionId=made)
            undoing.callback(iam.set_default_policy_version, PolicyArn=arn, VersionId=version)
            assert drift.told("--fail-on", "drift").status == 0
            iam.set_default_policy_version(PolicyArn=arn, VersionId=made)
        told = drift.told()
    assert (told.status, told.things) == (2, [])
    assert f"- {BOB} loses s3:GetObject on reader/*" in "\n".join(told.sentences)


def test_a_user_who_was_deleted_is_gone_and_one_who_was_made_again_is_told(
    drift: Drift, people: People
) -> None:
    """Who is named exactly is in the bucket's policy by an id that nobody has any more."""
    iam, s3, kms = people.iam("account-b"), people.s3("account-a"), people.kms("account-a")
    key = key_arn(people, BUCKET)
    before = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    key_before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    with detached(people, DORA, BUCKET):
        iam.delete_user(UserName=DORA)
        try:
            gone = drift.told()
        finally:
            iam.create_user(UserName=DORA)
        again = drift.told()
    attached = drift.told()
    s3.put_bucket_policy(Bucket=BUCKET, Policy=before)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=key_before)
    assert (gone.status, again.status, attached.status) == (2, 2, 2)
    assert ("gone", f"user/{DORA}") in gone.things
    assert ("recreated", f"bucket policy of {BUCKET}") in gone.things
    assert [one[0] for one in again.things if one[0] != "recreated"] == ["detached"]
    assert {one[0] for one in attached.things} == {"recreated"}
    (first, *_) = [one["sentence"] for one in attached.said["drift"] if "bucket policy" in one["name"]]
    assert f"where it named user/{DORA} of {REQUESTER_ACCOUNT}" in first
    assert "AIDA" in first
    lost = f"- user/{DORA} ({REQUESTER_ACCOUNT}) loses s3:GetObject on exact/* of bucket {BUCKET}"
    for told in (gone, again, attached):
        assert lost in "\n".join(told.sentences)


def test_what_may_not_be_read_is_told_and_never_taken_for_empty(drift: Drift) -> None:
    """Bob may look at no policy of his account: nothing of it is known, and each permission is named."""
    told = drift.told(profiles=("account-a", "bob"))
    assert (told.status, told.sentences, told.things) == (3, [], [])
    reasons = {one["name"]: one["reason"] for one in told.said["unclear"]}
    assert "iam:GetUser got AccessDenied" in reasons["user/bob"]
    assert [one for one in reasons if one.startswith("policy ") and one.endswith("of user/bob")]
    assert "iam:ListAttachedUserPolicies" in "\n".join(reasons.values())
    assert f"role/apps/{LOADER}" in reasons


def permissions() -> Json:
    """What the page says that it takes."""
    page = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
    found: Json = json.loads(page.partition("```json\n")[2].partition("```")[0])
    return found


def test_the_permissions_on_the_page_are_enough(drift: Drift, people: People, sandbox: Sandbox) -> None:
    """All of both accounts is read with them; the key's policy leaves it to the account's own."""
    text = json.dumps(permissions())
    with (
        auditor(people, sandbox, "account-a", text) as owners,
        auditor(people, sandbox, "account-b", text) as requesters,
    ):
        told = drift.told("--fail-on", "drift", profiles=(owners, requesters))
    assert (told.status, told.said["unclear"], told.said["notes"]) == (0, [], [])


def test_who_may_read_a_part_is_told_the_other_part(drift: Drift, people: People, sandbox: Sandbox) -> None:
    """A drift that is sure counts before what is unknown."""
    unread = {"Effect": "Deny", "Action": "iam:GetPolicyVersion", "Resource": "*"}
    text = document(*permissions()["Statement"], unread)
    with auditor(people, sandbox, "account-b", text) as profile:
        told = drift.told(profiles=("account-a", profile))
        with detached(people, "bob", BUCKET):
            sure = drift.told(profiles=("account-a", profile))
    assert told.status == 3
    assert {"iam:GetPolicyVersion" in one["reason"] for one in told.said["unclear"]} == {True}
    assert (told.sentences, told.things) == ([], [])
    assert sure.status == 2


def test_a_side_without_a_profile_is_taken_as_it_was_deployed(drift: Drift, people: People) -> None:
    """And that is said."""
    with detached(people, "bob", BUCKET):
        owners = drift.told(profiles=("account-a", ""))
        requesters = drift.told(profiles=("", "account-b"))
    assert (owners.status, owners.said["changes"]) == (0, [])
    assert owners.said["notes"] == [
        f"account {REQUESTER_ACCOUNT} was not looked at: name a profile of it by --profile"
    ]
    assert requesters.status == 2
    assert (
        f"account {OWNER_ACCOUNT} was not looked at: name a profile of it by --owner-profile"
        in (requesters.said["notes"])
    )


@pytest.mark.parametrize(
    ("profiles", "more", "words"),
    [
        (("account-b", ""), (), f"of account {REQUESTER_ACCOUNT}, and that is the other side's"),
        (("", "account-a"), (), "name it by --owner-profile"),
        (("nobody", ""), (), "aws configure list-profiles"),
        (("account-a", ""), ("--endpoint-url", "https://127.0.0.1:9"), "nobody answers"),
    ],
)
def test_whoever_cannot_look_is_told_why(
    drift: Drift, profiles: tuple[str, str], more: tuple[str, ...], words: str
) -> None:
    """Before anything is compared."""
    ended = drift(*more, profiles=profiles)
    assert (ended.status, ended.out) == (1, "")
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_keys_that_aws_does_not_know_are_told(drift: Drift, people: People, sandbox: Sandbox) -> None:
    """Of a profile whose user is gone."""
    admin = people.iam("account-b")
    admin.create_user(UserName="drift-gone")
    with people.access_key("account-b", "drift-gone") as keys:
        add_profile(sandbox.folder, sandbox.cloud, "drift-gone", keys)
    admin.delete_user(UserName="drift-gone")
    ended = drift(profiles=("account-a", "drift-gone"))
    assert (ended.status, ended.out) == (1, "")
    assert "AWS does not know the credentials of the profile drift-gone" in ended.err


def explained(drift: Drift, *arguments: str) -> Json:
    """What `explain` says of Bob and an object that no grant of his is about."""
    return drift.beside("explain", *arguments, "bob", "s3:GetObject", f"s3://{BUCKET}/reader/x")


def test_explain_counts_the_account_s_other_policies(drift: Drift, people: People) -> None:
    """What the stacks say is allowed, and a policy that no stack holds denies."""
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/reader/*"}
    assert explained(drift)["status"] == 0
    assert explained(drift, "--profile", "account-b")["status"] == 0
    with people.user_policy("bob", deny, name="of-the-account"):
        stacks_alone = explained(drift)
        both = explained(drift, "--profile", "account-b")
    assert (stacks_alone["status"], both["status"]) == (0, 2)
    assert [one for one in both["notes"] if "inline policy of-the-account of user/bob" in one]


def test_explain_takes_what_may_not_be_read_for_unknown(drift: Drift) -> None:
    """Bob may not look at his own policies: they may deny anything."""
    told = explained(drift, "--profile", "bob")
    assert told["status"] == 3
    assert "iam:ListUserPolicies" in json.dumps(told)


def test_who_counts_the_account_s_other_policies(drift: Drift, people: People) -> None:
    """A policy that no stack holds takes what the stacks give, and is named among those that were known."""

    def told(*arguments: str) -> tuple[int, str]:
        found = drift.beside("who", "--action", "s3:GetObject", "--prefix", "reader/", *arguments)
        assert found["status"] == 0
        mine = [
            one
            for one in found["entries"]
            if one["principal"]["name"] == "user/bob" and one["standing"] == "effective"
        ]
        return len(mine), json.dumps(found["known"])

    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/reader/*"}
    with people.user_policy("bob", deny, name="of-the-account"):
        assert told()[0] == 1
        entries, known = told("--profile", "account-b")
    assert entries == 0
    assert "inline policy of-the-account of user/bob" in known
