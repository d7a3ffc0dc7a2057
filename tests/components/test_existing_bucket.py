"""What an existing bucket is like, and what follows from it."""

from collections.abc import Mapping

import pytest

from components.caller import Caller
from components.errors import InputError
from components.existing_bucket import ExistingBucket, Ownership, look_at, notes
from components.existing_s3 import BucketAt
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.grant import Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.existing_bucket import ACCOUNT, FakeS3, s3

__all__ = ["s3"]

CALLER = Caller(
    arn=f"arn:aws:iam::{ACCOUNT}:user/admin", account=ACCOUNT, partition="aws", region="eu-central-1"
)
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/{KEY_ID}"
ALL_BLOCKED = frozenset({"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"})
WRITER = Grant(
    name="bob-writes",
    account="112233445566",
    principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
    method=Method.BUCKET_POLICY,
    actions=("s3:PutObject",),
)
BY_S3, BY_KEY = Encryption(), Encryption(kms=True, key_arn=KEY)


def bucket(**differently: object) -> ExistingBucket:
    """A bucket as AWS makes them today, but for what is said."""
    usual: dict[str, object] = {
        "at": BucketAt(bucket="shared", account=ACCOUNT, region="eu-central-1", profile=None),
        "policy": None,
        "ownership": Ownership.ENFORCED,
        "algorithm": "AES256",
        "kms_key": None,
        "blocked": ALL_BLOCKED,
        "versioned": False,
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
        "get_bucket_versioning": {"Status": "Enabled"},
        "get_bucket_policy_status": {"PolicyStatus": {"IsPublic": True}},
    }
    assert look_at("shared", CALLER, profile="account-a") == bucket(
        at=BucketAt(bucket="shared", account=ACCOUNT, region="eu-central-1", profile="account-a"),
        policy="{}",
        ownership=Ownership.PREFERRED,
        algorithm="aws:kms",
        kms_key=KEY,
        blocked=frozenset({"BlockPublicAcls"}),
        versioned=True,
        public=True,
    )
    assert set(s3.profiles) == {("eu-central-1", "account-a")}


def test_an_old_bucket_with_nothing_set_has_acls_on_and_blocks_nothing(s3: FakeS3) -> None:
    """Object ownership came later than S3 (Amazon S3 User Guide, "Controlling ownership of objects")."""
    s3.answers = {"get_bucket_location": {"LocationConstraint": "EU"}}
    caller = Caller(arn=CALLER.arn, account=ACCOUNT, partition="aws", region="eu-west-1")
    found = look_at("shared", caller)
    assert (found.policy, found.algorithm, found.blocked, found.versioned) == (None, None, frozenset(), False)
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
            {"get_bucket_versioning": "SlowDown"},
            "AWS refuses s3:GetBucketVersioning on the bucket 'shared': Slow",
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


def test_nothing_is_said_of_a_bucket_as_aws_makes_them_today() -> None:
    """Warnings are for what somebody should look at."""
    assert notes(bucket(), [WRITER], BY_S3) == ()
    kms = {"algorithm": "aws:kms"}
    assert notes(bucket(kms_key=KEY, **kms), [WRITER], BY_KEY) == ()
    assert notes(bucket(kms_key=KEY_ID, **kms), [WRITER], BY_KEY) == ()


@pytest.mark.parametrize(
    ("differently", "encryption", "said"),
    [
        (
            {"ownership": Ownership.WRITER},
            BY_S3,
            "bob-writes belong to the requester's account, whatever ACL",
        ),
        ({"ownership": Ownership.PREFERRED}, BY_S3, "unless they are written with the ACL bucket-owner-full"),
        ({"algorithm": "aws:kms", "kms_key": KEY}, BY_S3, "which encryption does not name"),
        ({"algorithm": "aws:kms", "kms_key": "alias/own"}, BY_KEY, f"and encryption names {KEY}"),
        ({"algorithm": "aws:kms", "kms_key": KEY}, Encryption(kms=True), "names a key that is made"),
        ({}, BY_KEY, "is encrypted by S3, and encryption names a KMS key"),
        ({"algorithm": "aws:kms"}, BY_KEY, "the grants bob-writes give no access to objects under it"),
        ({"algorithm": "aws:kms:dsse", "kms_key": "alias/aws/s3"}, BY_S3, "which cannot be shared"),
        ({"blocked": frozenset({"BlockPublicAcls"})}, BY_S3, "IgnorePublicAcls, BlockPublicPolicy, Restrict"),
        (
            {"public": True, "blocked": ALL_BLOCKED - {"RestrictPublicBuckets"}},
            BY_S3,
            "S3 will refuse to save it again",
        ),
        ({"public": True}, BY_S3, "S3 then refuses every other account"),
    ],
)
def test_what_follows_from_the_bucket_is_said(
    differently: Mapping[str, object], encryption: Encryption, said: str
) -> None:
    """Each in a sentence of its own that names the bucket."""
    told = notes(bucket(**differently), [WRITER], encryption)
    assert sum(said in note for note in told) == 1
    assert all("bucket 'shared'" in note for note in told)


def test_acls_without_grants_that_write_are_said_as_well() -> None:
    """Who has an ACL gets in beside the grants."""
    (note,) = notes(bucket(ownership=Ownership.WRITER), [], BY_S3)
    assert "ACLs may give access beside the grants" in note


def test_the_key_of_aws_is_said_without_grants_too() -> None:
    """For the grants to come."""
    (note,) = notes(bucket(algorithm="aws:kms"), [], BY_S3)
    assert "method bucket-policy would give no access" in note
