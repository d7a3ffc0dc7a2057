"""What follows from what an existing bucket is like, and from what config changes about it."""

from collections.abc import Mapping

import pytest

from components.existing_bucket import ExistingBucket, Ownership
from components.existing_notes import Changes, blocks_policy, notes
from components.existing_s3 import BucketAt
from components.existing_settings import Adopting
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.grant import Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind

ACCOUNT = "111111222222"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/{KEY_ID}"
OTHER_KEY = KEY.replace("1234abcd", "99999999")
ALL_BLOCKED = frozenset({"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"})
WRITER = Grant(
    name="bob-writes",
    account="112233445566",
    principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
    method=Method.BUCKET_POLICY,
    actions=("s3:PutObject",),
)
BY_S3, BY_KEY, BY_NEW_KEY = Encryption(), Encryption(kms=True, key_arn=KEY), Encryption(kms=True)
LEFT_ALONE = Adopting(bucket="shared")
UNDER_KEY = {"algorithm": "aws:kms", "kms_key": KEY}
OF_AWS = {"algorithm": "aws:kms"}


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


def told(
    found: ExistingBucket,
    encryption: Encryption | None = None,
    *grants: Grant,
    adopting: Adopting = LEFT_ALONE,
    denies_there: bool = False,
) -> tuple[str, ...]:
    """What is said of a bucket and of what config changes about it."""
    changes = Changes(adopting=adopting, encryption=encryption, denies_there=denies_there)
    return notes(found, grants, changes)


def test_nothing_is_said_of_a_bucket_as_aws_makes_them_today() -> None:
    """Warnings are for what somebody should look at."""
    assert told(bucket(), None, WRITER) == told(bucket(), BY_S3, WRITER) == ()
    assert told(bucket(algorithm=None), BY_S3, WRITER) == ()


@pytest.mark.parametrize("named", [KEY, KEY_ID])
def test_nothing_is_said_of_a_key_that_is_the_buckets_already(named: str) -> None:
    """Neither of an existing key, by its ARN or id, nor of one that an earlier deployment made."""
    found = bucket(algorithm="aws:kms", kms_key=named)
    assert told(found, BY_KEY, WRITER, denies_there=True) == ()
    assert told(found, BY_NEW_KEY, WRITER, denies_there=True) == ()


@pytest.mark.parametrize(
    ("differently", "said"),
    [
        ({"ownership": Ownership.WRITER}, "bob-writes belong to the requester's account, whatever ACL"),
        ({"ownership": Ownership.PREFERRED}, "unless they are written with the ACL bucket-owner-full"),
        (UNDER_KEY, "which encryption does not name"),
        (OF_AWS, "the grants bob-writes give no access to objects under it"),
        ({"algorithm": "aws:kms:dsse", "kms_key": "alias/aws/s3"}, "which cannot be shared"),
        ({"blocked": frozenset({"BlockPublicAcls"})}, "IgnorePublicAcls, BlockPublicPolicy, Restrict"),
        (
            {"public": True, "blocked": ALL_BLOCKED - {"RestrictPublicBuckets"}},
            "S3 will refuse to save it again",
        ),
        ({"public": True}, "S3 refuses every other account"),
    ],
)
def test_what_follows_from_a_bucket_that_is_left_alone_is_said(
    differently: Mapping[str, object], said: str
) -> None:
    """Each in a sentence of its own that names the bucket."""
    sentences = told(bucket(**differently), None, WRITER)
    assert sum(said in note for note in sentences) == 1
    assert all("bucket 'shared'" in note for note in sentences)


@pytest.mark.parametrize(
    ("differently", "encryption", "change", "old"),
    [
        ({}, BY_KEY, f"from S3's own keys to the KMS key {KEY}", "stay as they are, and the grants open"),
        ({}, BY_NEW_KEY, "from S3's own keys to a KMS key that is made", "stay as they are"),
        (UNDER_KEY, BY_S3, f"from the KMS key {KEY} to S3's own keys", "the grants do not open it"),
        (
            {"algorithm": "aws:kms", "kms_key": OTHER_KEY},
            BY_KEY,
            f"from the KMS key {OTHER_KEY} to the KMS key {KEY}",
            "the grants do not open it",
        ),
        (UNDER_KEY, BY_NEW_KEY, f"from the KMS key {KEY} to a KMS key that is", "the grants do not open it"),
        (
            {"algorithm": "aws:kms", "kms_key": "alias/own"},
            BY_KEY,
            "from the KMS key alias/own to",
            "where that is another one",
        ),
        (OF_AWS, BY_KEY, "from the KMS key that AWS manages to", "no grant by method bucket-policy opens"),
        (OF_AWS, BY_S3, "from the KMS key that AWS manages to S3's own keys", "cannot be shared"),
        (UNDER_KEY | {"algorithm": "aws:kms:dsse"}, BY_KEY, "(twice: aws:kms:dsse) to", "needs that key"),
    ],
)
def test_a_change_of_the_default_encryption_is_said_with_what_becomes_of_older_objects(
    differently: Mapping[str, object], encryption: Encryption, change: str, old: str
) -> None:
    """Amazon S3 User Guide, "Setting default server-side encryption behavior for Amazon S3 buckets"."""
    (note, *_) = told(bucket(**differently), encryption, WRITER)
    assert "default encryption of the bucket 'shared' changes for everybody who writes there" in note
    assert change in note
    assert old in note
    assert "It stays so when this stack is destroyed" in note


def test_a_key_of_aws_is_no_key_of_an_earlier_deployment() -> None:
    """Somebody has changed the default encryption since: the deployment changes it back."""
    (note,) = told(bucket(**OF_AWS), BY_NEW_KEY, denies_there=True)
    assert "changes for everybody" in note


def test_writers_who_are_not_ours_are_said_to_be_bound_to_the_key() -> None:
    """The denies of other encryption name everyone: said once, before they are there."""
    found = bucket(**UNDER_KEY)
    (note,) = told(found, BY_KEY)
    assert "nobody can write under another key" in note
    assert "requests of others, too" in note
    assert told(found, BY_KEY, denies_there=True) == ()


def test_a_key_that_is_made_is_said_to_stay_after_destroy() -> None:
    """The bucket goes on being encrypted by it."""
    assert any("stays when this stack is destroyed" in note for note in told(bucket(), BY_NEW_KEY))
    assert not any("stays when this stack is destroyed" in note for note in told(bucket(), BY_KEY))


def test_acls_without_grants_that_write_are_said_as_well() -> None:
    """Who has an ACL gets in beside the grants."""
    (note,) = told(bucket(ownership=Ownership.WRITER))
    assert "ACLs may give access beside the grants" in note


def test_the_key_of_aws_is_said_without_grants_too() -> None:
    """For the grants to come."""
    (note,) = told(bucket(**OF_AWS))
    assert "method bucket-policy would give no access" in note


def test_acls_that_config_switches_off_are_said_as_a_loss() -> None:
    """Nothing is said of what will not be: writers do not own their objects any more."""
    enforcing = Adopting(bucket="shared", enforce_ownership=True)
    (note,) = told(bucket(ownership=Ownership.WRITER), None, WRITER, adopting=enforcing)
    assert "enforceOwnership switches them off: whoever has access by an ACL only loses it" in note
    assert told(bucket(), None, WRITER, adopting=enforcing) == ()


def test_public_access_that_config_blocks_is_said_as_a_loss() -> None:
    """It names the flags that change, and not those that are on."""
    blocking = Adopting(bucket="shared", block_public_access=True)
    (note,) = told(bucket(blocked=frozenset({"BlockPublicAcls"})), adopting=blocking)
    assert "switches IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets on" in note
    assert "left as it is" not in note
    assert told(bucket(), adopting=blocking) == ()


def test_a_public_policy_that_config_cuts_off_is_said_to_let_no_other_account_in() -> None:
    """Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage" (`RestrictPublicBuckets`)."""
    blocking = Adopting(bucket="shared", block_public_access=True)
    found = bucket(public=True, blocked=frozenset())
    assert any("S3 refuses every other account" in note for note in told(found, adopting=blocking))
    assert not any("S3 refuses every other account" in note for note in told(found))


@pytest.mark.parametrize(
    ("public", "flags", "asked", "refused"),
    [
        (True, ALL_BLOCKED, False, True),
        (True, frozenset(), True, True),
        (True, frozenset({"RestrictPublicBuckets"}), False, False),
        (False, ALL_BLOCKED, True, False),
    ],
)
def test_a_public_policy_is_saved_only_while_nothing_blocks_it(
    *, public: bool, flags: frozenset[str], asked: bool, refused: bool
) -> None:
    """By a flag that is on, or that config switches on."""
    adopting = Adopting(bucket="shared", block_public_access=asked)
    assert blocks_policy(bucket(public=public, blocked=flags), adopting) is refused
