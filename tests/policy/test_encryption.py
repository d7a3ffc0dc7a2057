"""How a bucket's encryption is written, right and wrong."""

import pytest

from crossaccess.policy.encryption import (
    Encryption,
    any_key,
    check_key_place,
    read_encryption,
    read_handed_key,
)
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
ARN = "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def told(raw: object) -> list[str]:
    """What is told about an encryption that is not right."""
    faults = Faults()
    read_encryption(raw, "encryption", faults)
    return [str(fault) for fault in faults.all()]


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (None, Encryption()),
        ({"type": "sse-s3"}, Encryption()),
        ({"type": "kms"}, Encryption(kms=True)),
        ({"type": "kms", "keyArn": ARN}, Encryption(kms=True, key_arn=ARN)),
        (
            {"type": "kms", "alias": "alias/team/shared", "deletionWindowDays": 7},
            Encryption(kms=True, alias="alias/team/shared", deletion_days=7),
        ),
    ],
)
def test_every_kind_of_encryption_is_read(raw: object, read: Encryption) -> None:
    """Nothing at all is SSE-S3; a deleted key waits 30 days unless something else is said."""
    faults = Faults()
    assert read_encryption(raw, "encryption", faults) == read
    assert not faults


def test_a_key_of_several_regions_is_named_by_its_own_id() -> None:
    """AWS KMS Developer Guide, "Multi-Region keys in AWS KMS": their ids begin with `mrk-`."""
    arn = "arn:aws:kms:eu-central-1:111111222222:key/mrk-1234abcd12ab34cd56ef1234567890ab"
    assert told({"type": "kms", "keyArn": arn}) == []


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("kms", "encryption is 'kms': write a mapping"),
        ({}, "encryption.type is missing or empty: it can be sse-s3, kms"),
        ({"type": "KMS"}, "encryption.type is 'KMS': did you mean 'kms'?"),
        ({"type": "kms", "keyarn": ARN}, "encryption.keyarn is no key that is known here: did you mean"),
        ({"type": "sse-s3", "keyArn": ARN}, "take it out: sse-s3 has no key of yours"),
        ({"type": "sse-s3", "alias": "alias/x"}, "encryption.alias is 'alias/x': take it out"),
        ({"type": "kms", "keyArn": ARN, "alias": "alias/x"}, "take it out, or take keyArn out"),
        ({"type": "kms", "keyArn": ARN, "deletionWindowDays": 7}, "take it out, or take keyArn out"),
        ({"type": "kms", "keyArn": ""}, "encryption.keyArn is '': write the key's full ARN"),
        ({"type": "kms", "keyArn": 7}, "encryption.keyArn is 7 (a number): quote it; write the key's full"),
        ({"type": "kms", "keyArn": "1234abcd-12ab"}, "write the key's full ARN"),
        ({"type": "kms", "keyArn": "alias/mine"}, "an alias is looked up in the account of whoever writes"),
        ({"type": "kms", "keyArn": ARN.partition("key/")[0] + "alias/mine"}, "an alias is looked up"),
        ({"type": "kms", "keyArn": "alias/aws/s3"}, "AWS manages that key"),
        ({"type": "kms", "keyArn": ARN.partition("key/")[0] + "alias/aws/s3"}, "AWS manages that key"),
        ({"type": "kms", "keyArn": ARN.partition("key/")[0] + "key/*"}, "write the key's full ARN"),
        ({"type": "kms", "keyArn": f"{ARN}${{aws:username}}"}, "write the key's full ARN"),
        ({"type": "kms", "keyArn": ARN.replace(":kms:", ":s3:")}, "write the key's full ARN"),
        ({"type": "kms", "alias": "shared"}, "encryption.alias is 'shared': an alias is alias/ and"),
        ({"type": "kms", "alias": "alias/aws/shared"}, "aliases that begin with alias/aws/ are AWS's own"),
        ({"type": "kms", "alias": "alias/*"}, "encryption.alias is 'alias/*'"),
        ({"type": "kms", "deletionWindowDays": 6}, "is 6 (a number): it is a number of days from 7 to 30"),
        ({"type": "kms", "deletionWindowDays": 31}, "it is a number of days from 7 to 30"),
        ({"type": "kms", "deletionWindowDays": "7"}, "it is a number of days from 7 to 30"),
        ({"type": "kms", "deletionWindowDays": True}, "it is a number of days from 7 to 30"),
    ],
)
def test_every_mistake_is_told_with_its_mend(raw: object, message: str) -> None:
    """One line: the key, the value, what would be right."""
    (line,) = told(raw)
    assert message in line


def test_all_mistakes_are_told_at_once() -> None:
    """Nobody has to mend one to hear of the next."""
    assert len(told({"type": "kms", "alias": "x", "deletionWindowDays": 0, "rotate": True})) == 3


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        (ARN, None),
        (ARN.replace("eu-central-1", "us-east-1"), "keys of the bucket's own Region, 'eu-central-1'"),
        (ARN.replace("arn:aws:", "arn:aws-cn:"), "keys of the bucket's own Region"),
        (ARN.replace("111111222222", "112233445566"), "name a key of the bucket's account 111111222222"),
    ],
)
def test_a_key_is_of_the_buckets_account_and_region(arn: str, message: str | None) -> None:
    """S3 takes keys of the bucket's Region only, and the key's policy has to be ours to write.

    Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)".
    """
    faults = Faults()
    check_key_place(arn, "encryption.keyArn", faults, bucket=BUCKET)
    lines = [str(fault) for fault in faults.all()]
    assert (message is None and not lines) or (message is not None and message in lines[0])


def test_policies_name_a_key_that_is_made_by_what_is_known_before() -> None:
    """Its id is KMS's to choose: account and Region are what a preview knows."""
    assert Encryption(kms=True).key_in_policies(BUCKET) == ("arn:aws:kms:eu-central-1:111111222222:key/*")
    assert Encryption(kms=True, key_arn=ARN).key_in_policies(BUCKET) == ARN
    assert Encryption().key_in_policies(BUCKET) is None


@pytest.mark.parametrize(
    "raw",
    [
        "*",
        "arn:aws:kms:*:111111222222:key/*",
        "arn:aws:kms:eu-central-1:112233445566:key/*",
        "arn:aws:kms:eu-central-1:112233445566:key/1234abcd-12ab",
        "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-*",
        "arn:aws:kms:eu-central-1:111111222222:alias/shared",
        "arn:aws:s3:::shared",
        ["arn:aws:kms:eu-central-1:111111222222:key/*"],
        7,
        "",
    ],
)
def test_a_handed_over_key_can_only_be_one_of_the_owners(raw: object) -> None:
    """Another account's keys, the requester's own among them, cannot be opened by a handover."""
    faults = Faults()
    read_handed_key(raw, "handover.bucket.keyArn", faults, bucket=BUCKET)
    assert [fault.key for fault in faults.all()] == ["handover.bucket.keyArn"]


@pytest.mark.parametrize("raw", [ARN, any_key(BUCKET)])
def test_the_owners_keys_can_be_handed_over(raw: str) -> None:
    """One key, or those of the bucket's account and Region."""
    faults = Faults()
    assert read_handed_key(raw, "handover.bucket.keyArn", faults, bucket=BUCKET) == raw
    assert not faults
