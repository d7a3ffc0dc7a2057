"""The owner's component with each kind of encryption."""

import json
from typing import Any

import pytest

from components.bucket_encryption import EncryptionArgs
from components.bucket_owner import BucketOwner, BucketOwnerArgs
from components.bucket_requester import BucketRequester
from components.errors import InputError
from components.grant_args import GrantArgs
from tests.support.pulumi_program import Account, Ran, component

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ARN = "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
GRANT = GrantArgs(
    name="by-policy",
    account="112233445566",
    principals=["user/bob"],
    method="bucket-policy",
    access=["read"],
)
BY_ROLE = GrantArgs(
    name="by-role",
    account="112233445566",
    principals=["user/bob"],
    method="assume-role",
    access=["write"],
)
KEY_ARN = "arn:aws:kms:eu-central-1:111111222222:key/63fac444-b045-50fb-a139-58f17ac91168"


def owner(
    encryption: EncryptionArgs | None,
    *grants: GrantArgs,
    preview: bool = False,
    account: Account | None = None,
    **more: Any,  # Any: the other arguments
) -> Ran:
    """Make a component named `it`."""
    args: BucketOwnerArgs = {"bucket_name": "shared", "grants": grants, "encryption": encryption}
    args.update(more)  # type: ignore[typeddict-item] # some of its own keys
    return component(lambda: BucketOwner("it", args), preview=preview, account=account)


def told(ran: Ran) -> str:
    """The message of a component that refused its arguments, having made nothing."""
    assert isinstance(ran.failure, InputError)
    assert ran.made == []
    return str(ran.failure)


@pytest.mark.parametrize("encryption", [None, {"type": "sse-s3"}])
def test_without_kms_there_is_no_key(encryption: EncryptionArgs | None) -> None:
    """S3 encrypts by itself."""
    ran = owner(encryption, GRANT)
    assert ran.of_type(KEY) == ran.of_type(ALIAS) == []
    default = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    assert ran.one(ENCRYPTION).inputs["rules"] == [default]
    assert not {"key_arn", "key_statements"} & ran.outputs.keys()
    assert "keyArn" not in ran.outputs["handover"]["bucket"]


def test_a_key_comes_with_the_bucket() -> None:
    """Rotated, with an alias that bears the bucket's name, and a month to change one's mind."""
    ran = owner({"type": "kms"}, GRANT)
    key = ran.one(KEY)
    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)
    alias = ran.one(ALIAS).inputs
    assert alias["name"] == "alias/crossaccess-shared"
    assert ran.one(ENCRYPTION).inputs["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {
                "sseAlgorithm": "aws:kms",
                "kmsMasterKeyId": KEY_ARN,
            },
            "bucketKeyEnabled": True,
        }
    ]
    assert ran.outputs["key_arn"] == KEY_ARN
    assert "key_statements" not in ran.outputs


def test_alias_and_window_can_be_chosen() -> None:
    """Both are arguments."""
    ran = owner({"type": "kms", "alias": "alias/ours", "deletion_window_days": 7})
    assert ran.one(ALIAS).inputs["name"] == "alias/ours"
    assert ran.one(KEY).inputs["deletionWindowInDays"] == 7


def test_the_key_is_kept_as_the_bucket_is() -> None:
    """Without its key the bucket's objects are lost."""
    assert owner({"type": "kms"}).one(KEY).protect
    assert not owner({"type": "kms"}, protect=False).one(KEY).protect


def test_one_grant_reaches_key_role_and_requester() -> None:
    """The three places are written from the same grants."""
    ran = owner({"type": "kms"}, GRANT, BY_ROLE)
    sids = [one["Sid"] for one in ran.document(KEY)["Statement"]]
    assert sids == ["CrossAccessAdministration", "CrossAccessByPolicyKey", "CrossAccessByRoleKey"]
    *_, of_role = ran.document("aws:iam/rolePolicy:RolePolicy")["Statement"]
    assert of_role["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    handover = json.loads(json.dumps(ran.outputs["handover"]))
    requester = component(
        lambda: BucketRequester("it", {"owners": [{"handover": handover}]}),
        account=Account(account="112233445566"),
    )
    assert requester.failure is None
    of_bob = [one["Sid"] for one in requester.document("aws:iam/policy:Policy")["Statement"]]
    assert of_bob == [
        "CrossAccessByPolicyObjects",
        "CrossAccessByPolicyKey",
        "CrossAccessByRoleAssumeRole",
    ]


def test_policies_and_handover_are_whole_before_the_key_is_there() -> None:
    """At the first preview the key has no ARN yet, and no policy waits for it."""
    first = owner({"type": "kms"}, GRANT, BY_ROLE, preview=True)
    later = owner({"type": "kms"}, GRANT, BY_ROLE)
    assert first.one(ENCRYPTION).unknown
    for token in (KEY, "aws:s3/bucketPolicy:BucketPolicy", "aws:iam/rolePolicy:RolePolicy"):
        assert not first.one(token).unknown
        assert first.document(token) == later.document(token)
    assert first.outputs["handover"] == later.outputs["handover"]


def test_an_existing_key_is_used_and_its_statements_are_told() -> None:
    """Its policy is somebody's else to write: the stack warns, and says what to add."""
    ran = owner({"type": "kms", "key_arn": ARN}, GRANT)
    assert ran.failure is None
    assert ran.of_type(KEY) == ran.of_type(ALIAS) == []
    (rule,) = ran.one(ENCRYPTION).inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == ARN
    assert ran.outputs["key_arn"] == ran.outputs["handover"]["bucket"]["keyArn"] == ARN
    assert [one["Sid"] for one in ran.outputs["key_statements"]] == ["CrossAccessByPolicyKey"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"keyManager": "AWS"}, "is a key that AWS manages: AWS shares it with no other account"),
        ({"enabled": False, "keyState": "PendingDeletion"}, "is a key in the state 'PendingDeletion'"),
        ({"keyUsage": "SIGN_VERIFY", "keySpec": "RSA_2048"}, "is a key for SIGN_VERIFY (RSA_2048)"),
    ],
)
def test_a_key_that_cannot_encrypt_the_bucket_is_told(changed: dict[str, object], message: str) -> None:
    """KMS is asked at preview, before anything is made."""
    account = Account(key=changed)
    assert message in told(owner({"type": "kms", "key_arn": ARN}, preview=True, account=account))


def test_a_key_that_cannot_be_looked_up_is_told() -> None:
    """With the reason that KMS gives."""
    account = Account(key=None)
    message = told(owner({"type": "kms", "key_arn": ARN}, preview=True, account=account))
    assert "cannot be looked up" in message
    assert "NotFoundException" in message


def test_a_wrong_encryption_is_told_and_makes_nothing() -> None:
    """By the rules of a stack's config."""
    assert "encryption.type is 'KMS'" in told(owner({"type": "KMS"}))
    assert "encryption.keyArn is 'x'" in told(owner({"type": "kms", "key_arn": "x"}))
    elsewhere = owner({"type": "kms", "key_arn": ARN.replace("eu-central-1", "us-east-1")})
    assert "encryption.keyArn is a key of 'us-east-1'" in told(elsewhere)
