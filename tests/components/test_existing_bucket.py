"""What an existing bucket is like."""

import pytest

from components.caller import Caller
from components.errors import InputError
from components.existing_bucket import ExistingBucket, Ownership, look_at
from components.existing_s3 import BucketAt
from tests.support.existing_bucket import ACCOUNT, FakeS3, s3

__all__ = ["s3"]

CALLER = Caller(
    arn=f"arn:aws:iam::{ACCOUNT}:user/admin", account=ACCOUNT, partition="aws", region="eu-central-1"
)
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/{KEY_ID}"
ALL_BLOCKED = frozenset({"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"})


def bucket(**differently: object) -> ExistingBucket:
    """A bucket as AWS makes them today, but for what is said."""
    usual: dict[str, object] = {
        "at": BucketAt(bucket="shared", account=ACCOUNT, region="eu-central-1", profile=None),
        "policy": None,
        "ownership": Ownership.ENFORCED,
        "algorithm": "AES256",
        "kms_key": None,
        "blocked": ALL_BLOCKED,
        "public": False,
    }
    return ExistingBucket(**{**usual, **differently})  # type: ignore[arg-type] # fields by name


def test_all_that_is_set_is_told(s3: FakeS3) -> None:
    """Through the profile and in the Region of the stack."""
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
    s3.policy = "{}"
    s3.answers = {
        "get_bucket_location": {"LocationConstraint": "eu-central-1"},
        "get_bucket_encryption": {"ServerSideEncryptionConfiguration": {"Rules": [rule]}},
        "get_bucket_ownership_controls": {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
        },
        "get_public_access_block": {
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "RestrictPublicBuckets": False}
        },
        "get_bucket_policy_status": {"PolicyStatus": {"IsPublic": True}},
    }
    assert look_at("shared", CALLER, profile="account-a") == bucket(
        at=BucketAt(bucket="shared", account=ACCOUNT, region="eu-central-1", profile="account-a"),
        policy="{}",
        ownership=Ownership.PREFERRED,
        algorithm="aws:kms",
        kms_key=KEY,
        blocked=frozenset({"BlockPublicAcls"}),
        public=True,
    )
    assert set(s3.profiles) == {("eu-central-1", "account-a")}


def test_an_old_bucket_with_nothing_set_has_acls_on_and_blocks_nothing(s3: FakeS3) -> None:
    """Object ownership came later than S3.

    Amazon S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
    """
    s3.answers = {"get_bucket_location": {"LocationConstraint": "EU"}}
    caller = Caller(arn=CALLER.arn, account=ACCOUNT, partition="aws", region="eu-west-1")
    found = look_at("shared", caller)
    assert (found.policy, found.algorithm, found.blocked) == (None, None, frozenset())
    assert (found.ownership, found.acls_on, found.key_of_aws) == (Ownership.WRITER, True, False)


@pytest.mark.parametrize(
    ("refuses", "said"),
    [
        ({"get_bucket_location": "NoSuchBucket"}, "There is no bucket 'shared'"),
        (
            {"get_bucket_policy": "AccessDenied"},
            "may not do s3:GetBucketPolicy there, or the bucket does not",
        ),
        ({"get_bucket_policy": "MethodNotAllowed"}, f"does not belong to account {ACCOUNT}"),
        ({"get_bucket_encryption": "AccessDenied"}, "s3:GetEncryptionConfiguration"),
        ({"get_bucket_ownership_controls": "AccessDenied"}, "s3:GetBucketOwnershipControls"),
        ({"get_public_access_block": "AccessDenied"}, "s3:GetBucketPublicAccessBlock"),
        (
            {"get_bucket_ownership_controls": "SlowDown"},
            "AWS refuses s3:GetBucketOwnershipControls on the bucket 'shared': Slow",
        ),
        ({"get_bucket_policy": "OperationAborted"}, "Somebody else changes the bucket 'shared' just now"),
    ],
)
def test_a_bucket_that_cannot_be_looked_at_is_one_message(
    s3: FakeS3, refuses: dict[str, str], said: str
) -> None:
    """It names the action that is needed."""
    s3.answers, s3.refuses = {"get_bucket_location": {"LocationConstraint": "eu-central-1"}}, refuses
    with pytest.raises(InputError) as raised:
        look_at("shared", CALLER)
    assert str(raised.value).startswith("The bucket 'shared' of existingBucket cannot be adopted: ")
    assert said in str(raised.value)


def test_a_bucket_of_another_account_is_refused(s3: FakeS3) -> None:
    """Each call names the account that the bucket has to belong to."""
    s3.answers = {"get_bucket_location": {"LocationConstraint": "eu-central-1"}}
    stranger = Caller(
        arn=CALLER.arn, account="999999999999", partition="aws", region="eu-central-1"
    )  # credentials that may read it
    with pytest.raises(InputError, match="does not belong to account 999999999999"):
        look_at("shared", stranger)


@pytest.mark.parametrize("constraint", [None, "eu-west-1"])
def test_a_bucket_of_another_region_is_refused(s3: FakeS3, constraint: str | None) -> None:
    """Its key and the conditions on it would be of the wrong Region; no constraint is us-east-1."""
    s3.answers = {"get_bucket_location": {"LocationConstraint": constraint}}
    with pytest.raises(InputError, match=f"Region '{constraint or 'us-east-1'}'.*Set aws:region"):
        look_at("shared", CALLER)


def test_missing_credentials_are_one_message(s3: FakeS3) -> None:
    """It names the profile."""
    s3.no_credentials = True
    with pytest.raises(InputError, match="with the credentials of profile 'nobody': Unable to locate"):
        look_at("shared", CALLER, profile="nobody")
