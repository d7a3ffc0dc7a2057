"""The pytest plugin: what tests of one's own grants ask, and what they are told."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from crossaccess.testing import StackError
from crossaccess.testing.stacks import Stacks

ROOT = Path(__file__).parents[2]
Run = Callable[[Mapping[str, Any]], Stacks]
OWNER: dict[str, Any] = {
    "aws:allowedAccountIds": ["111111222222"],
    "crossaccess:side": "owner",
    "crossaccess:bucketName": "lake-111111222222",
}
REQUESTER: dict[str, Any] = {
    "aws:allowedAccountIds": ["112233445566"],
    "crossaccess:side": "requester",
    "crossaccess:ownerStack": "acme/crossaccess/lake",
}


def lake(run: Run, more: Mapping[str, Any] | None = None, **grant: object) -> Stacks:
    """Both stacks with one grant to Bob, to read `reports/`."""
    usual = {
        "name": "reports",
        "account": "112233445566",
        "principals": ["user/bob"],
        "method": "bucket-policy",
        "access": ["read", "list"],
        "prefixes": ["reports/"],
    }
    owner = OWNER | {"crossaccess:grants": [usual | grant]} | dict(more or {})
    return run({"lake": owner, "users": REQUESTER})


def told(assertion: Callable[..., None], *asked: str) -> str:
    """What a test that is wrong is told."""
    with pytest.raises(AssertionError) as failed:
        assertion(*asked)
    return str(failed.value)


@pytest.mark.parametrize("principal", ["bob", "user/bob", "arn:aws:iam::112233445566:user/bob"])
def test_the_committed_stacks_let_bob_in(
    assert_allows: Callable[..., None], assert_denies: Callable[..., None], principal: str
) -> None:
    """By name, with its kind, and by ARN; an object by its key."""
    assert_allows(principal, "s3:GetObject", "elsewhere/a")
    assert_denies(principal, "s3:DeleteObject", "elsewhere/a")


def test_a_grant_s_name_asks_by_its_own_method(stacks: Stacks) -> None:
    """The role reaches its prefix only, though Bob himself gets everywhere."""
    stacks.assert_allows("bob-assume-role", "s3:GetObject", "reports/a")
    stacks.assert_denies("bob-assume-role", "s3:GetObject", "elsewhere/a")
    stacks.assert_allows("bob-bucket-policy", "s3:GetObject", "elsewhere/a")


def test_a_failure_is_the_explanation(run_stacks: Run) -> None:
    """Of each stack: the policy, the nearest statement, what of it missed, and what to change where."""
    lines = told(lake(run_stacks).assert_allows, "bob", "s3:GetObject", "secrets/a").splitlines()
    asked = "s3:GetObject on arn:aws:s3:::lake-111111222222/secrets/a"
    assert lines[0] == f"not allowed: user/bob (112233445566) — {asked}"
    users = next(at for at, line in enumerate(lines) if line.lstrip().startswith("- users: "))
    mine, _, theirs, mend = (line.strip() for line in lines[users : users + 4])
    assert mine.endswith(
        "nearest is policy crossaccess-lake-111111222222-user-bob of user/bob, statement 1 "
        "(CrossAccessReportsObjects): its resource is reports/*"
    )
    assert theirs.startswith("- lake: no statement lets user/bob use s3:GetObject on this object")
    assert theirs.endswith("(CrossAccessReportsObjects): its resource is reports/*")
    assert mend == "-> in stack lake (account 111111222222): let the grant reports have the prefix secrets/"


def test_a_failure_tells_those_alone_who_fail_the_test(run_stacks: Run) -> None:
    """Of a grant's principals Carol is left out, by the config that the message names."""
    owner = OWNER | {
        "crossaccess:grants": [
            {
                "name": "reports",
                "account": "112233445566",
                "principals": ["user/bob", "user/carol"],
                "method": "bucket-policy",
                "access": ["read"],
            }
        ]
    }
    attached = {"crossaccess:attachTo": {"reports": ["user/bob"]}}
    stacks = run_stacks({"lake": owner, "users": REQUESTER | attached})
    text = told(stacks.assert_allows, "reports", "s3:GetObject", "a")
    assert text.startswith("not allowed: user/carol (112233445566)")
    assert "user/bob" not in text
    assert "let its config give the grant reports to user/carol: crossaccess:attachTo leaves them out" in text


@pytest.mark.parametrize("assertion", ["assert_allows", "assert_denies"])
def test_what_cannot_be_told_fails_every_test(run_stacks: Run, assertion: str) -> None:
    """And says what the test would have to tell, as tests tell it."""
    stacks = lake(run_stacks, conditions={"sourceIp": ["203.0.113.0/24"]})
    text = told(getattr(stacks, assertion), "bob", "s3:GetObject", "reports/a")
    assert text.startswith("unknown: user/bob")
    assert 'to know, ask again with context={"aws:SourceIp": "…"}' in text
    assert "--" not in text
    stacks.assert_denies("bob", "s3:GetObject", "reports/a", context={"aws:SourceIp": ()})
    stacks.assert_allows("bob", "s3:GetObject", "reports/a", context={"AWS:sourceip": "203.0.113.7"})


def test_a_key_of_no_stack_leaves_a_read_open_and_nothing_else(run_stacks: Run) -> None:
    """The bucket refuses whatever the key's policy says; what hangs on it alone no test can ask."""
    key = "arn:aws:kms:us-east-1:111111222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    stacks = lake(run_stacks, {"crossaccess:encryption": {"type": "kms", "keyArn": key}})
    stacks.assert_denies("bob", "s3:GetObject", "secrets/a")
    for assertion in (stacks.assert_allows, stacks.assert_denies):
        with pytest.raises(StackError, match=r"what key policy of 1234abcd.* says is not known"):
            assertion("bob", "s3:GetObject", "reports/a")


def test_an_owner_alone_does_not_say_what_the_requester_allows(run_stacks: Run) -> None:
    """A denial would be true only since nobody looked."""
    grant = {
        "name": "reports",
        "account": "112233445566",
        "principals": ["user/bob"],
        "method": "bucket-policy",
        "access": ["read"],
    }
    stacks = run_stacks({"lake": OWNER | {"crossaccess:grants": [grant]}})
    stacks.assert_denies("bob", "s3:DeleteObject", "a")
    with pytest.raises(StackError, match=r"of account 112233445566\n.*only what the stacks in stack_configs"):
        stacks.assert_denies("bob", "s3:GetObject", "a")


def test_a_permission_set_is_asked_by_its_name(run_stacks: Run) -> None:
    """Whatever AWS calls the roles of it."""
    stacks = lake(run_stacks, principals=["permission-set/Analysts"])
    for name in ("Analysts", "permission-set/Analysts", "reports"):
        stacks.assert_allows(name, "s3:GetObject", "reports/a")
        stacks.assert_denies(name, "s3:GetObject", "secrets/a")


def test_the_bucket_and_roles_can_be_asked_about(run_stacks: Run) -> None:
    """The bucket by no key at all, all else by its ARN."""
    stacks = lake(run_stacks, method="assume-role", actions=["s3:GetBucketLocation"])
    stacks.assert_allows("bob", "s3:GetBucketLocation", "")
    with pytest.raises(StackError, match="s3:GetBucketLocation is asked on the bucket"):
        stacks.assert_allows("bob", "s3:GetBucketLocation", "reports/")
    role = "arn:aws:iam::111111222222:role/crossaccess-reports"
    stacks.assert_allows("bob", "sts:AssumeRole", role)
    stacks.assert_denies("arn:aws:iam::112233445566:user/eve", "sts:AssumeRole", role)


def test_what_is_allowed_fails_a_denial_with_the_statements(run_stacks: Run) -> None:
    """So that it can be seen which grant let somebody in."""
    with pytest.raises(AssertionError, match=r"CrossAccessReportsObjects.* allows it"):
        lake(run_stacks).assert_denies("bob", "s3:GetObject", "reports/a")


def test_plain_http_and_an_ended_grant_are_refused(run_stacks: Run) -> None:
    """A request comes by TLS and now, unless the test says otherwise."""
    stacks = lake(run_stacks, conditions={"expires": "2999-01-31"})
    stacks.assert_allows("bob", "s3:GetObject", "reports/a")
    stacks.assert_denies("bob", "s3:GetObject", "reports/a", context={"aws:SecureTransport": "false"})
    stacks.assert_denies(
        "bob", "s3:GetObject", "reports/a", context={"aws:CurrentTime": "2999-02-01T00:00:00Z"}
    )


def test_a_role_asks_for_its_external_id(run_stacks: Run) -> None:
    """Only who says it may assume the role."""
    stacks = lake(run_stacks, method="assume-role", conditions={"externalId": "acme"})
    stacks.assert_denies("bob", "s3:GetObject", "reports/a")
    stacks.assert_allows("bob", "s3:GetObject", "reports/a", context={"sts:ExternalId": "acme"})


def test_a_way_that_no_grant_names_counts_too(run_stacks: Run) -> None:
    """Who gets in by a role that is open to the whole account is not denied."""
    owner = OWNER | {
        "crossaccess:grants": [
            {
                "name": "everyone",
                "account": "112233445566",
                "principals": ["account"],
                "method": "assume-role",
                "access": ["read"],
            }
        ]
    }
    attached = {"crossaccess:attachTo": {"everyone": ["user/bob"]}}
    stacks = run_stacks({"lake": owner, "users": REQUESTER | attached})
    stacks.assert_allows("bob", "s3:GetObject", "reports/a")
    with pytest.raises(AssertionError, match=r"by role .*crossaccess-everyone: allowed"):
        stacks.assert_denies("bob", "s3:GetObject", "reports/a")


@pytest.mark.parametrize("method", ["bucket-policy", "assume-role"])
def test_lists_are_asked_by_their_prefix(run_stacks: Run, method: str) -> None:
    """The resource of a list is the prefix that is listed."""
    stacks = lake(run_stacks, method=method)
    stacks.assert_allows("reports", "s3:ListBucket", "reports/")
    stacks.assert_denies("reports", "s3:ListBucket", "")


@pytest.mark.parametrize("method", ["bucket-policy", "assume-role"])
def test_a_bucket_s_key_has_to_allow_as_well(run_stacks: Run, method: str) -> None:
    """The made key opens to the grant's principals."""
    lake(run_stacks, {"crossaccess:encryption": {"type": "kms"}}, method=method).assert_allows(
        "bob", "s3:GetObject", "reports/a"
    )


def test_a_stack_that_is_refused_tells_the_program_s_message(run_stacks: Run) -> None:
    """As a preview would."""
    with pytest.raises(StackError, match="close it with a slash"):
        lake(run_stacks, prefixes=["reports"])


@pytest.mark.parametrize(
    ("stacks", "said"),
    [
        ({"users": REQUESTER}, "not among those that are run"),
        ({"lake": OWNER | {"aws:allowedAccountIds": [111111222222]}}, "in quotes"),
        ({"lake": OWNER | {"crossaccess:existingBucket": "lake"}}, "adopts a bucket"),
        ({"lake": "Pulumi.no-such.yaml"}, "cannot be read"),
        ({"lake": {}}, "has no config"),
    ],
)
def test_stacks_that_cannot_be_run_are_told(run_stacks: Run, stacks: Mapping[str, Any], said: str) -> None:
    """Each with what would be right."""
    with pytest.raises(StackError, match=said):
        run_stacks(stacks)


def test_a_question_about_nobody_is_no_refusal(stacks: Stacks) -> None:
    """A misspelt name must not pass as a denial."""
    with pytest.raises(StackError, match="'bbo' is no principal"):
        stacks.assert_denies("bbo", "s3:GetObject", "reports/a")
    with pytest.raises(StackError, match="no source here tells of a bucket 'other'"):
        stacks.assert_denies("bob", "s3:GetObject", "arn:aws:s3:::other/a")
    with pytest.raises(StackError, match="no action is called s3:GetObjekt"):
        stacks.assert_denies("bob", "s3:GetObjekt", "reports/a")
    with pytest.raises(StackError, match="s3:GetObject is asked on an object: give its key"):
        stacks.assert_denies("bob", "s3:GetObject", "")
    with pytest.raises(StackError, match="the context's 'SourceIp' is no condition key"):
        stacks.assert_denies("bob", "s3:GetObject", "reports/a", context={"SourceIp": "203.0.113.7"})


def test_a_name_of_several_or_in_several_buckets_is_no_question(run_stacks: Run) -> None:
    """Two accounts have a Bob, and each bucket has such a key; a grant's name says its bucket."""
    grant = {
        "name": "reports",
        "account": "112233445566",
        "principals": ["user/bob"],
        "method": "bucket-policy",
        "access": ["read"],
    }
    theirs = grant | {"name": "theirs", "account": "223344556677"}
    other = {"crossaccess:bucketName": "pond-111111222222", "crossaccess:grants": [grant | {"name": "pond"}]}
    both = {"crossaccess:ownerStacks": ["acme/crossaccess/lake", "acme/crossaccess/pond"]}
    users = {key: value for key, value in REQUESTER.items() if key != "crossaccess:ownerStack"} | both
    stacks = run_stacks(
        {"lake": OWNER | {"crossaccess:grants": [grant, theirs]}, "pond": OWNER | other, "users": users}
    )
    with pytest.raises(
        StackError, match=r"'bob' is several principals: give one of arn:.*:user/bob, arn:.*:user/bob"
    ):
        stacks.assert_allows("bob", "s3:GetObject", "s3://lake-111111222222/a")
    with pytest.raises(
        StackError, match=r"'a' does not say one bucket of these stacks: give an ARN in .*pond"
    ):
        stacks.assert_allows("arn:aws:iam::112233445566:user/bob", "s3:GetObject", "a")
    stacks.assert_allows("reports", "s3:GetObject", "a")
    stacks.assert_allows("pond", "s3:GetObject", "s3://pond-111111222222/a")


def test_the_plugin_loads_nothing_heavy() -> None:
    """Who has it and does not use it pays nothing."""
    program = (
        "import sys, crossaccess.testing\n"
        "heavy = ('pulumi', 'pulumi_aws', 'boto3', 'yaml', 'rich', 'crossaccess.decide',\n"
        "    'crossaccess.deployment', 'crossaccess.explain', 'crossaccess.report')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
