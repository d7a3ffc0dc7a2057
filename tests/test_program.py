"""The program of both accounts, run as Pulumi runs it, with the committed stack files."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support.pulumi_program import ROOT, Account, Ran, run_main

BUCKET = "arn:aws:s3:::account-a-shared-111111222222"
BOB = "arn:aws:iam::112233445566:user/bob"
ROLE = "arn:aws:iam::111111222222:role/account-a-role"
REQUESTER = Account(account="112233445566")
BOTH_PHASES = pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])


def committed(stack: str) -> dict[str, Any]:
    """The config of a committed stack file."""
    config: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return config


def deploy_both(monkeypatch: pytest.MonkeyPatch, *, preview: bool = False) -> tuple[Ran, Ran]:
    """Run the owner's stack, then the requester's with what the owner's exported."""
    owner = run_main(monkeypatch, committed("account-a"), preview=preview)
    requester = run_main(
        monkeypatch,
        committed("account-b"),
        account=REQUESTER,
        stacks={"account-a": owner.outputs},
        preview=preview,
    )
    assert owner.failure is None
    assert requester.failure is None
    return owner, requester


def policies_of(ran: Ran) -> Iterator[tuple[str, Any]]:
    """Every policy document that a run would write, by its resource's name."""
    for one in ran.made:
        for key in ("policy", "assumeRolePolicy"):
            if key in one.inputs:
                yield one.name, one.inputs[key]


@BOTH_PHASES
def test_the_bucket_policy_lets_bob_in_and_refuses_plain_http(
    monkeypatch: pytest.MonkeyPatch, *, preview: bool
) -> None:
    """Account A's bucket policy names Bob for get and put in the whole bucket, and refuses plain HTTP.

    Nor does it take what Bob would encrypt so that account A cannot read it.
    """
    owner, _ = deploy_both(monkeypatch, preview=preview)
    algorithm = "s3:x-amz-server-side-encryption"
    assert owner.document("aws:s3/bucketPolicy:BucketPolicy") == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CrossAccessTlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [BUCKET, f"{BUCKET}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "CrossAccessOtherKey",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:PutObject", "s3:ReplicateObject"],
                "Resource": f"{BUCKET}/*",
                "Condition": {"Null": {f"{algorithm}-aws-kms-key-id": "false"}},
            },
            {
                "Sid": "CrossAccessOtherEncryption",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": f"{BUCKET}/*",
                "Condition": {"Null": {algorithm: "false"}, "StringNotEquals": {algorithm: "AES256"}},
            },
            {
                "Sid": "CrossAccessCustomerKey",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:PutObject", "s3:ReplicateObject"],
                "Resource": f"{BUCKET}/*",
                "Condition": {"Null": {f"{algorithm}-customer-algorithm": "false"}},
            },
            {
                "Sid": "CrossAccessBobBucketPolicyObjects",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::112233445566:root"},
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"{BUCKET}/*",
                "Condition": {"ArnEquals": {"aws:PrincipalArn": BOB}},
            },
        ],
    }


@BOTH_PHASES
def test_the_role_trusts_bob_and_may_get_and_put_under_its_prefix(
    monkeypatch: pytest.MonkeyPatch, *, preview: bool
) -> None:
    """`account-a-role` trusts Bob of account B, and reaches `reports/` and nothing else."""
    owner, _ = deploy_both(monkeypatch, preview=preview)
    role = owner.one("aws:iam/role:Role")
    assert role.inputs["name"] == "account-a-role"
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust == {
        "Sid": "CrossAccessBobAssumeRoleAssumeRole",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::112233445566:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": BOB}},
    }
    (allowed,) = owner.document("aws:iam/rolePolicy:RolePolicy")["Statement"]
    assert allowed == {
        "Sid": "CrossAccessBobAssumeRoleObjects",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": f"{BUCKET}/reports/*",
    }
    assert owner.one("aws:iam/rolePolicy:RolePolicy").inputs["role"] == "account-a-role"


@BOTH_PHASES
def test_account_b_lets_bob_use_bucket_and_role_of_account_a(
    monkeypatch: pytest.MonkeyPatch, *, preview: bool
) -> None:
    """Bob gets one managed policy with both: the bucket's objects, and the role to assume."""
    _, requester = deploy_both(monkeypatch, preview=preview)
    assert requester.document("aws:iam/policy:Policy")["Statement"] == [
        {
            "Sid": "CrossAccessBobBucketPolicyObjects",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": f"{BUCKET}/*",
            "Condition": {"StringEquals": {"aws:ResourceAccount": "111111222222"}},
        },
        {
            "Sid": "CrossAccessBobAssumeRoleAssumeRole",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": ROLE,
        },
    ]
    attachment = requester.one("aws:iam/userPolicyAttachment:UserPolicyAttachment")
    name = requester.one("aws:iam/policy:Policy").inputs["name"]
    assert attachment.inputs == {"user": "bob", "policyArn": f"arn:aws:iam::112233445566:policy/{name}"}
    assert "requester-account-a-shared-111111222222-user-bob-policy" in attachment.depends_on


def test_every_policy_is_whole_at_the_first_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first preview already writes the very documents that the update writes, without an unknown."""
    previewed = [dict(policies_of(ran)) for ran in deploy_both(monkeypatch, preview=True)]
    updated = [dict(policies_of(ran)) for ran in deploy_both(monkeypatch)]
    assert previewed == updated
    assert [len(documents) for documents in previewed] == [3, 1]


def test_no_input_and_no_output_is_unknown_at_the_first_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, ARNs and the handover are known before anything exists, so that previews can be judged."""
    for ran in deploy_both(monkeypatch, preview=True):
        assert [one.name for one in ran.resources if one.unknown] == []
        assert not ran.outputs_unknown


@BOTH_PHASES
def test_the_outputs_are_those_that_people_and_the_requester_need(
    monkeypatch: pytest.MonkeyPatch, *, preview: bool
) -> None:
    """The owner exports names, ARNs and the handover; the requester its policies and how to use them."""
    owner, requester = deploy_both(monkeypatch, preview=preview)
    assert set(owner.outputs) == {"bucket_name", "bucket_arn", "role_arns", "handover", "sizes"}
    assert owner.outputs["bucket_name"] == "account-a-shared-111111222222"
    assert owner.outputs["bucket_arn"] == BUCKET
    assert owner.outputs["role_arns"] == {"bob-assume-role": ROLE}
    assert owner.outputs["handover"]["version"] == 2
    assert requester.outputs["grants"]["bob-assume-role"]["role_arn"] == ROLE
    assert requester.outputs["grants"]["bob-bucket-policy"]["bucket"] == "account-a-shared-111111222222"
    assert list(requester.outputs["policy_arns"]) == ["user/bob"]


def test_the_requester_asks_sts_for_its_account_and_not_its_config(monkeypatch: pytest.MonkeyPatch) -> None:
    """With credentials of a third account nothing is taken up, whatever the config says."""
    owner = run_main(monkeypatch, committed("account-a"))
    ran = run_main(
        monkeypatch,
        committed("account-b"),
        account=Account(account="999999999999"),
        stacks={"account-a": owner.outputs},
    )
    assert "grants nothing to account 999999999999" in refused(ran)
    assert "112233445566" in refused(ran)


def test_the_requester_before_the_owner_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack without outputs hands nothing over, and the message says what to do."""
    ran = run_main(monkeypatch, committed("account-b"), account=REQUESTER, stacks={"account-a": {}})
    assert "hands nothing over" in refused(ran)
    assert "Deploy it first" in refused(ran)


def test_the_requester_with_the_owners_credentials_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile of account A in account B's stack is named as the mistake."""
    owner = run_main(monkeypatch, committed("account-a"))
    ran = run_main(monkeypatch, committed("account-b"), stacks={"account-a": owner.outputs})
    assert "which owns the bucket" in refused(ran)
    assert "aws:profile" in refused(ran)


def test_the_requesters_own_stack_is_no_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to a stack of side requester finds no handover."""
    _, requester = deploy_both(monkeypatch)
    ran = run_main(
        monkeypatch, committed("account-b"), account=REQUESTER, stacks={"account-a": requester.outputs}
    )
    assert "crossaccess:side has to be owner" in refused(ran)


def test_an_owner_with_the_requesters_credentials_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Account B cannot be granted access to what would be its own bucket."""
    ran = run_main(monkeypatch, committed("account-a"), account=REQUESTER)
    assert "grants[0].account is '112233445566', the bucket's own account" in refused(ran)
    assert "grants[1].account" in refused(ran)


@pytest.mark.parametrize("stack", ["account-a", "account-b"])
def test_a_provider_that_cannot_start_is_a_message(monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    """Credentials that AWS or `aws:allowedAccountIds` refuse make no traceback."""
    owner = run_main(monkeypatch, committed("account-a"))
    account = Account(refusal="the account is not allowed")
    ran = run_main(monkeypatch, committed(stack), account=account, stacks={"account-a": owner.outputs})
    assert "the account is not allowed" in refused(ran)
    assert "aws:allowedAccountIds" in refused(ran)


def test_faults_of_the_config_are_one_message_and_deploy_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several mistakes are told at once, and nothing is registered."""
    config = committed("account-a")
    config["crossaccess:grants"][0]["account"] = 112233445566
    config["crossaccess:grants"][1]["prefixes"] = ["reports"]
    config["crossaccess:protekt"] = True
    ran = run_main(monkeypatch, config)
    message = refused(ran)
    assert "crossaccess:grants[0].account is 112233445566 (a number): quote it" in message
    assert "crossaccess:grants[1].prefixes[0] is 'reports': close it with a slash" in message
    assert "crossaccess:protekt is no key that is known here: did you mean 'protect'?" in message
    assert ran.resources == []


def test_one_owners_reference_bears_its_keys_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no such stack, the engine's own message names the reference, and so the key."""
    _, requester = deploy_both(monkeypatch)
    assert requester.references == ["crossaccess:ownerStack"]


def lake(monkeypatch: pytest.MonkeyPatch) -> Ran:
    """A second owner's stack: another account, another bucket, the same grants."""
    config = committed("account-a") | {"crossaccess:bucketName": "lake-333333444444"}
    owner = run_main(monkeypatch, config, account=Account(account="333333444444"))
    assert owner.failure is None
    return owner


def test_grants_of_several_owners_are_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reference bears the name of its entry; the grants are told apart by their stacks."""
    first, second = run_main(monkeypatch, committed("account-a")), lake(monkeypatch)
    config = committed("account-b")
    del config["crossaccess:ownerStack"]
    config["crossaccess:ownerStacks"] = [
        "account-a",
        {
            "stack": "acme/lake/prod",
            "onlyGrants": ["bob-bucket-policy"],
            "attachTo": {"bob-bucket-policy": ["group/devs"]},
        },
    ]
    stacks = {"account-a": first.outputs, "acme/lake/prod": second.outputs}
    ran = run_main(monkeypatch, config, account=REQUESTER, stacks=stacks)
    assert ran.failure is None
    assert ran.references == ["crossaccess:ownerStacks[0]", "crossaccess:ownerStacks[1]"]
    assert set(ran.outputs["grants"]) == {
        "account-a:bob-bucket-policy",
        "account-a:bob-assume-role",
        "acme/lake/prod:bob-bucket-policy",
    }
    assert ran.outputs["policy_arns"] == {
        "user/bob": ["arn:aws:iam::112233445566:policy/crossaccess-account-a-shared-111111222222-user-bob"],
        "group/devs": ["arn:aws:iam::112233445566:policy/crossaccess-lake-333333444444-group-devs"],
    }


def test_an_owner_that_hands_nothing_over_is_named_among_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing of the others is deployed without it."""
    owner = run_main(monkeypatch, committed("account-a"))
    config = committed("account-b")
    del config["crossaccess:ownerStack"]
    config["crossaccess:ownerStacks"] = ["account-a", "lake"]
    stacks = {"account-a": owner.outputs, "lake": {}}
    ran = run_main(monkeypatch, config, account=REQUESTER, stacks=stacks)
    assert "The stack 'lake' hands nothing over" in refused(ran)


@BOTH_PHASES
def test_a_requester_makes_and_chooses_what_its_config_says(
    monkeypatch: pytest.MonkeyPatch, *, preview: bool
) -> None:
    """An organization's grant goes to a role that the stack makes, with a boundary, and to nobody else."""
    config = committed("account-a")
    config["crossaccess:grants"] = [
        {
            "name": "everyone",
            "principals": ["organization/o-a1b2c3d4e5"],
            "method": "assume-role",
            "access": ["read"],
            "conditions": {"externalId": "acme", "expires": "2999-12-31"},
            "session": 3_600,
        }
    ]
    owner = run_main(monkeypatch, config, preview=preview)
    assert owner.failure is None
    assert owner.one("aws:iam/role:Role").inputs["maxSessionDuration"] == 3_600
    taking = committed("account-b") | {
        "crossaccess:organization": "o-a1b2c3d4e5/r-ab12",
        "crossaccess:attachTo": {"everyone": ["role/app"]},
        "crossaccess:create": [
            {"principal": "role/app", "assumedBy": ["ecs-tasks.amazonaws.com"], "permissionsBoundary": "make"}
        ],
        "crossaccess:tags": {"team": "apps"},
    }
    stacks = {"account-a": owner.outputs}
    ran = run_main(monkeypatch, taking, account=REQUESTER, stacks=stacks, preview=preview)
    assert ran.failure is None
    assert (ran.errors, ran.warnings) == ([], [])
    assert not any(one.unknown for one in ran.made)
    role = ran.one("aws:iam/role:Role").inputs
    assert (role["name"], role["tags"]) == ("app", {"team": "apps"})
    assert role["permissionsBoundary"] == "arn:aws:iam::112233445566:policy/crossaccess-boundary-role-app"
    _, granted = ran.of_type("aws:iam/policy:Policy")
    (assume,) = json.loads(granted.inputs["policy"])["Statement"]
    assert assume["Resource"] == "arn:aws:iam::111111222222:role/crossaccess-everyone"
    assert assume["Condition"] == {
        "DateLessThan": {"aws:CurrentTime": "2999-12-31T00:00:00Z"},
        "StringEquals": {"sts:ExternalId": "acme"},
    }


def test_a_grant_that_has_ended_is_warned_of_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is deployed all the same: nobody gets in by it."""
    config = committed("account-a")
    config["crossaccess:grants"][0]["conditions"] = {"expires": "2020-01-31 00:00:00 +0000 UTC"}
    owner = run_main(monkeypatch, config)
    ran = run_main(
        monkeypatch, committed("account-b"), account=REQUESTER, stacks={"account-a": owner.outputs}
    )
    (warning,) = owner.warnings
    assert warning.startswith("The grant 'bob-bucket-policy' expired at 2020-01-31T00:00:00Z: take it out")
    assert ran.warnings == [warning]


def refused(ran: Ran) -> str:
    """The one message of a run that ended as Pulumi wants a told mistake to end."""
    assert isinstance(ran.failure, SystemExit)
    assert ran.failure.code == 32
    assert ran.made == []
    assert ran.outputs == {}
    (message,) = ran.errors
    assert "Traceback" not in message
    return message
