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
    """It names the side, the policy, the statement and what it missed, of both sides."""
    stacks = lake(run_stacks)
    with pytest.raises(AssertionError) as failed:
        stacks.assert_allows("bob", "s3:GetObject", "secrets/a")
    told = str(failed.value)
    assert "s3:GetObject on arn:aws:s3:::lake-111111222222/secrets/a is not allowed" in told
    assert "users, policy crossaccess-lake-111111222222-user-bob" in told
    assert "lake, bucket policy of lake-111111222222: no resource policy allows it" in told
    assert "statement 1 (CrossAccessReportsObjects)" in told


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
    with pytest.raises(AssertionError, match=r"by the role .*crossaccess-everyone"):
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
    with pytest.raises(StackError, match="does not say one bucket"):
        stacks.assert_denies("bob", "s3:GetObject", "arn:aws:s3:::other/a")


def test_the_plugin_loads_nothing_heavy() -> None:
    """Who has it and does not use it pays nothing."""
    program = (
        "import sys, crossaccess.testing\n"
        "heavy = ('pulumi', 'pulumi_aws', 'boto3', 'yaml', 'crossaccess.decide', 'crossaccess.deployment')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
