"""Principals that a saved policy has lost: who is told, and who is not, by the owner's component."""

import json
from collections.abc import Mapping

import pytest

from components.bucket_owner import BucketOwner, BucketOwnerArgs
from components.grant_args import GrantArgs
from tests.support.existing_bucket import FakeS3, s3
from tests.support.pulumi_program import Account, component

__all__ = ["s3"]

BOB = "arn:aws:iam::112233445566:user/bob"
LOST = "AIDAIOSFODNN7EXAMPLE"
BY_POLICY = GrantArgs(
    name="by-policy",
    account="112233445566",
    principals=["user/bob"],
    method="bucket-policy",
    access=["read"],
    trust="exact",
)
BY_ROLE = GrantArgs(
    name="by-role",
    account="112233445566",
    principals=["user/bob"],
    method="assume-role",
    access=["read"],
    role_name="the-role",
    trust="exact",
)


def saved(sid: str, principal: str) -> str:
    """A policy as AWS returns it, with one statement of ours."""
    statement = {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


OF_BUCKET = "CrossAccessByPolicyObjects"
OF_ROLE = "CrossAccessByRoleAssumeRole"


def warnings(
    *grants: GrantArgs,
    policies: Mapping[str, str] | None = None,
    unreadable: str | None = None,
    preview: bool = True,
) -> list[str]:
    """What the owner of a new bucket is warned of."""
    account = Account(saved=policies or {}, unreadable=unreadable)
    args: BucketOwnerArgs = {"bucket_name": "shared", "grants": grants}
    ran = component(lambda: BucketOwner("it", args), account=account, preview=preview)
    assert ran.failure is None
    return ran.warnings


@pytest.mark.parametrize("preview", [True, False])
def test_a_first_deployment_has_lost_nobody(*, preview: bool) -> None:
    """There is no policy and no role yet."""
    assert warnings(BY_POLICY, BY_ROLE, preview=preview) == []


def test_principals_that_are_still_there_are_not_told() -> None:
    """AWS shows their ARNs."""
    policies = {"shared": saved(OF_BUCKET, BOB), "the-role": saved(OF_ROLE, BOB)}
    assert warnings(BY_POLICY, BY_ROLE, policies=policies) == []


def test_who_is_gone_from_the_buckets_policy_is_told_by_name() -> None:
    """The bare id is all that AWS shows (IAM User Guide, "AWS JSON policy elements: Principal")."""
    (told,) = warnings(BY_POLICY, policies={"shared": saved(OF_BUCKET, LOST)})
    assert told.startswith("user/bob of account 112233445566 was deleted, and maybe made again")
    assert "the policy of the bucket 'shared' holds only the old id AIDAIOSFODNN7EXAMPLE" in told


def test_who_is_gone_from_a_roles_trust_is_told_by_name() -> None:
    """By the role's name."""
    policies = {"shared": saved(OF_BUCKET, BOB), "the-role": saved(OF_ROLE, LOST)}
    (told,) = warnings(BY_POLICY, BY_ROLE, policies=policies)
    assert "the trust policy of the role 'the-role' holds only the old id" in told


def test_trust_by_account_has_nobody_to_lose_and_asks_for_nothing() -> None:
    """It names no principal, so that nothing need be readable."""
    grants = [GrantArgs(**{**one, "trust": "account"}) for one in (BY_POLICY, BY_ROLE)]
    assert warnings(*grants, unreadable="AccessDenied: not you") == []


def test_a_policy_that_may_not_be_read_is_told_and_stops_nothing() -> None:
    """What cannot be told is said, with AWS's own words."""
    told = warnings(BY_POLICY, BY_ROLE, unreadable="AccessDenied: not you")
    assert [one.partition(" are gone: ")[0] for one in told] == [
        "It cannot be told whether principals of the policy of the bucket 'shared'",
        "It cannot be told whether principals of the trust policy of the role 'the-role'",
    ]
    assert all("AccessDenied: not you" in one for one in told)


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"Statement": 7}'])
def test_a_saved_text_that_is_no_policy_of_ours_is_passed_over(text: str) -> None:
    """It is about to be written anew."""
    assert warnings(BY_POLICY, policies={"shared": text}) == []


def test_an_adopted_bucket_is_not_asked_twice(s3: FakeS3) -> None:
    """Its policy was read by boto3, before anything was planned."""
    s3.policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": OF_BUCKET,
                    "Effect": "Allow",
                    "Principal": {"AWS": LOST},
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::shared/*",
                }
            ],
        }
    )
    args: BucketOwnerArgs = {"existing_bucket": {"name": "shared"}, "grants": [BY_POLICY]}
    ran = component(lambda: BucketOwner("it", args), account=Account(unreadable="AccessDenied: not you"))
    assert ran.failure is None
    assert sum("user/bob of account 112233445566 was deleted" in one for one in ran.warnings) == 1
    assert not any("cannot be told" in one for one in ran.warnings)
