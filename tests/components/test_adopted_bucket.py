"""The owner's component over a bucket that was there before."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from components.bucket_encryption import EncryptionArgs
from components.bucket_owner import BucketOwner, BucketOwnerArgs
from components.errors import InputError
from components.existing_settings import ExistingBucketArgs
from components.grant_args import GrantArgs
from tests.support.existing_bucket import ACCOUNT, FakeS3, s3
from tests.support.pulumi_program import Ran, component, run_main

__all__ = ["s3"]

POLICY = "pulumi-python:dynamic/crossaccess:ExistingPolicy"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
COMPONENT = "crossaccess:index:BucketOwner"

BY_POLICY = GrantArgs(
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
    access=["read"],
    role_name="the-role",
)
ARN = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
EXISTING_KEY: EncryptionArgs = {"type": "kms", "key_arn": ARN}
THEIRS = {
    "Sid": "Theirs",
    "Effect": "Allow",
    "Principal": {"AWS": ACCOUNT},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::shared/*",
}
OTHERS_ADDRESS = {
    "Sid": "OfficeOnly",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::shared", "arn:aws:s3:::shared/*"],
    "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
}


def policy(*statements: Mapping[str, object]) -> str:
    """A policy's text, written as nobody but its writer would."""
    return json.dumps({"Statement": list(statements), "Id": "theirs", "Version": "2012-10-17"}, indent=2)


def adopted(
    *grants: GrantArgs,
    existing: ExistingBucketArgs | None = None,
    preview: bool = False,
    **more: Any,  # Any: the other arguments
) -> Ran:
    """Make a component named `it` over the bucket `shared`."""
    args: BucketOwnerArgs = {"existing_bucket": existing or {"name": "shared"}, "grants": grants}
    args.update(more)  # type: ignore[typeddict-item] # some of its own keys
    return component(lambda: BucketOwner("it", args), preview=preview)


def made(ran: Ran) -> list[str]:
    """The types of what is made, sorted, the component aside."""
    assert ran.failure is None
    return sorted(one.type for one in ran.resources if one.type != COMPONENT)


def refused(ran: Ran) -> str:
    """The message of a component that made nothing."""
    assert isinstance(ran.failure, InputError)
    assert made_nothing(ran)
    return str(ran.failure)


def made_nothing(ran: Ran) -> bool:
    """Whether nothing but the component itself was registered."""
    return all(one.type == COMPONENT for one in ran.resources)


def written(ran: Ran) -> list[dict[str, Any]]:  # Any: statements, as JSON has them
    """The statements of the bucket's policy."""
    found: list[dict[str, Any]] = ran.document(POLICY)["Statement"]
    return found


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("grants", "existing", "encryption", "types"),
    [
        ([], {}, None, []),
        ([BY_POLICY], {}, None, [POLICY]),
        ([BY_ROLE], {}, None, [ROLE, ROLE_POLICY]),
        ([BY_POLICY, BY_ROLE], {}, None, [ROLE, ROLE_POLICY, POLICY]),
        ([], {"enforce_ownership": True}, None, [OWNERSHIP]),
        ([], {"block_public_access": True}, None, [BLOCK]),
        ([], {"enforce_ownership": False, "block_public_access": False}, None, []),
        ([], {"versioning": True}, None, [VERSIONING]),
        ([], {"versioning": False}, None, [VERSIONING]),
        ([], {}, {"type": "sse-s3"}, [ENCRYPTION]),
        ([BY_POLICY], {}, EXISTING_KEY, [ENCRYPTION, POLICY]),
        ([BY_POLICY], {}, {"type": "kms"}, [ALIAS, KEY, ENCRYPTION, POLICY]),
        ([], {}, EXISTING_KEY, [ENCRYPTION, POLICY]),
    ],
    ids=[
        "nothing",
        "a grant by the bucket's policy",
        "a grant by a role",
        "a grant of each kind",
        "ACLs off",
        "public access blocked",
        "both left alone",
        "versions kept",
        "no more versions",
        "encrypted by S3",
        "encrypted by an existing key",
        "encrypted by a key that is made",
        "encrypted without grants",
    ],
)
def test_only_what_config_asks_for_is_made(
    grants: Sequence[GrantArgs],
    existing: Mapping[str, Any],  # Any: arguments by name
    encryption: EncryptionArgs | None,
    types: Sequence[str],
    *,
    preview: bool,
) -> None:
    """Never a bucket, nor any setting that nobody named: others rely on what is there."""
    args: ExistingBucketArgs = {"name": "shared", **existing}  # type: ignore[typeddict-item] # its own keys
    ran = adopted(*grants, existing=args, encryption=encryption, preview=preview)
    assert made(ran) == sorted(types)


@pytest.mark.usefixtures("s3")
def test_settings_follow_each_other_then_the_policy_and_what_roles_may_do_last() -> None:
    """S3 takes one change of a bucket at a time, and nobody is let in before all of them."""
    existing: ExistingBucketArgs = {
        "name": "shared",
        "enforce_ownership": True,
        "block_public_access": True,
        "versioning": True,
    }
    ran = adopted(BY_POLICY, BY_ROLE, existing=existing, encryption={"type": "sse-s3"})
    order = [BLOCK, OWNERSHIP, ENCRYPTION, VERSIONING, POLICY, ROLE_POLICY]
    for before, after in pairwise(order):
        assert ran.one(before).name in ran.one(after).depends_on
    assert ran.one(BLOCK).depends_on == ()
    assert {ran.one(token).parent for token in order} == {"it"}


@pytest.mark.usefixtures("s3")
def test_without_a_policy_of_ours_a_role_waits_for_the_settings() -> None:
    """The last of them, and for nothing where there are none."""
    ran = adopted(BY_ROLE, existing={"name": "shared", "enforce_ownership": True})
    assert ran.one(OWNERSHIP).name in ran.one(ROLE_POLICY).depends_on
    assert adopted(BY_ROLE).one(ROLE_POLICY).depends_on == ("it-the-role-role",)


@pytest.mark.usefixtures("s3")
def test_the_settings_are_those_that_config_names() -> None:
    """All four flags, and ACLs off."""
    existing: ExistingBucketArgs = {
        "name": "shared",
        "enforce_ownership": True,
        "block_public_access": True,
        "versioning": False,
    }
    ran = adopted(existing=existing, encryption=EXISTING_KEY)
    flags = {name for name, value in ran.one(BLOCK).inputs.items() if value is True}
    assert flags == {"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"}
    assert ran.one(OWNERSHIP).inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert ran.one(VERSIONING).inputs["versioningConfiguration"] == {"status": "Suspended"}
    (rule,) = ran.one(ENCRYPTION).inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == ARN
    assert {ran.one(token).inputs["bucket"] for token in (BLOCK, OWNERSHIP, VERSIONING)} == {"shared"}


@pytest.mark.usefixtures("s3")
def test_our_statements_ask_for_tls_and_refuse_nobody_elses_plain_http() -> None:
    """The bucket has other users: no deny of ours names them, and no grant works over plain HTTP."""
    ran = adopted(BY_POLICY, BY_ROLE)
    for statement in (*written(ran), *ran.document(ROLE_POLICY)["Statement"]):
        assert statement["Effect"] == "Allow"
        assert statement["Condition"]["Bool"] == {"aws:SecureTransport": "true"}


def test_statements_of_others_stand_first_as_they_were(s3: FakeS3) -> None:
    """With the document's own version and id; a deployment leaves ours in the place of our older ones."""
    older = THEIRS | {"Sid": "CrossAccessOlder"}
    s3.policy = policy(older, THEIRS)
    ran = adopted(BY_POLICY)
    first, *ours = written(ran)
    assert first == THEIRS
    assert [one["Sid"] for one in ours] == ["CrossAccessByPolicyObjects"]
    assert (ran.document(POLICY)["Id"], ran.document(POLICY)["Version"]) == ("theirs", "2012-10-17")


def test_the_bucket_is_reached_by_the_providers_profile(s3: FakeS3) -> None:
    """By the program and later by the engine."""
    ran = adopted(BY_POLICY, existing={"name": "shared", "profile": "account-a"})
    inputs = ran.one(POLICY).inputs
    place = {name: inputs[name] for name in ("bucket", "account", "region", "profile")}
    assert place == {
        "bucket": "shared",
        "account": ACCOUNT,
        "region": "eu-central-1",
        "profile": "account-a",
    }
    assert set(s3.profiles) == {("eu-central-1", "account-a")}


def test_the_size_of_the_policy_counts_what_others_wrote(s3: FakeS3) -> None:
    """A budget that leaves them out would be too good to be true; no policy has no size."""
    s3.policy = policy(THEIRS)
    ran = adopted(BY_POLICY)
    used = ran.outputs["sizes"]["policy of the bucket 'shared'"]["used"]
    assert used == len(ran.one(POLICY).inputs["policy"].encode())
    s3.policy = None
    assert adopted(BY_ROLE).outputs["sizes"]["policy of the bucket 'shared'"]["used"] == 0


@pytest.mark.usefixtures("s3")
def test_the_outputs_are_those_of_a_bucket_that_is_made() -> None:
    """A requester does not see the difference."""
    ran = adopted(BY_POLICY, BY_ROLE)
    assert (ran.outputs["bucket_name"], ran.outputs["bucket_arn"]) == ("shared", "arn:aws:s3:::shared")
    assert ran.outputs["role_arns"] == {"by-role": f"arn:aws:iam::{ACCOUNT}:role/the-role"}
    assert {one["name"] for one in ran.outputs["handover"]["grants"]} == {"by-policy", "by-role"}


@pytest.mark.usefixtures("s3")
def test_the_statements_for_an_existing_key_are_put_out() -> None:
    """Its policy is not ours, as the bucket is not."""
    ran = adopted(BY_POLICY, encryption=EXISTING_KEY)
    assert [one["Sid"] for one in ran.outputs["key_statements"]] == ["CrossAccessByPolicyKey"]
    assert any("key_statements" in warning for warning in ran.warnings)


@pytest.mark.usefixtures("s3")
def test_a_key_that_is_made_for_an_adopted_bucket_stays_with_it() -> None:
    """The bucket stays when the stack goes, and its objects need their key: AWS keeps both."""
    ran = adopted(BY_POLICY, encryption={"type": "kms"})
    assert [one.type for one in ran.resources if one.protect] == []
    kept = {one.type for one in ran.resources if one.retained}
    assert {KEY, "aws:kms/alias:Alias"} <= kept
    assert any("stays when this stack is destroyed" in warning for warning in ran.warnings)


def test_a_bucket_with_nothing_to_say_about_is_quiet(s3: FakeS3) -> None:
    """With statements of others, too, that are about nobody of ours."""
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.answers = {
        "get_public_access_block": {"PublicAccessBlockConfiguration": dict.fromkeys(flags, True)},
        "get_bucket_ownership_controls": {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        },
    }
    s3.policy = policy(THEIRS)
    assert adopted(BY_POLICY, BY_ROLE).warnings == []


def test_what_follows_from_the_bucket_is_warned_of(s3: FakeS3) -> None:
    """An old bucket: ACLs on, public access open, a deny that catches a grant, and a grant near its end."""
    s3.policy = policy(
        {
            "Sid": "Closed",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::shared/*",
        }
    )
    ending = GrantArgs(**{**BY_POLICY, "name": "ended", "conditions": {"expires": "2020-01-31"}})
    warned = adopted(BY_POLICY, ending, preview=True).warnings
    for words in (
        "In the bucket 'shared', statement 'Closed' of the bucket's policy denies what the grant 'by-policy'",
        "has ACLs on (object ownership ObjectWriter)",
        "does not block public access in full",
        "ended",
    ):
        assert any(words in one for one in warned), warned


def test_an_encryption_that_config_names_is_warned_of_as_a_change(s3: FakeS3) -> None:
    """Without one, what is there stays, and is warned of as it is."""
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": ARN}}
    s3.answers = {"get_bucket_encryption": {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}}
    changing = adopted(BY_POLICY, encryption={"type": "sse-s3"}).warnings
    assert any(f"changes for everybody who writes there, from the KMS key {ARN}" in one for one in changing)
    kept = adopted(BY_POLICY)
    assert any("which encryption does not name" in one for one in kept.warnings)
    assert kept.of_type(ENCRYPTION) == []


def test_denies_that_are_there_since_an_earlier_deployment_are_not_warned_of_again(s3: FakeS3) -> None:
    """The second preview is quiet about what the first one said."""
    first = adopted(BY_POLICY, encryption=EXISTING_KEY)
    assert any("nobody can write under another key" in one for one in first.warnings)
    s3.policy = first.one(POLICY).inputs["policy"]
    again = adopted(BY_POLICY, encryption=EXISTING_KEY)
    assert not any("nobody can write under another key" in one for one in again.warnings)


def test_a_bare_id_in_a_statement_of_others_is_refused_by_name(s3: FakeS3) -> None:
    """AWS saves no policy that holds one (IAM User Guide, "AWS JSON policy elements: Principal")."""
    s3.policy = policy(THEIRS | {"Principal": {"AWS": "AIDAIOSFODNN7EXAMPLE"}})
    message = refused(adopted(BY_POLICY))
    assert "the policy of the bucket 'shared': statement 'Theirs' names 'AIDAIOSFODNN7EXAMPLE'" in message


def test_a_policy_that_grows_over_the_limit_with_ours_is_refused(s3: FakeS3) -> None:
    """20,480 bytes for all statements together.

    Amazon S3 User Guide, "Adding a bucket policy by using the Amazon S3 console".
    """
    s3.policy = policy(*(THEIRS | {"Sid": f"Theirs{number}"} for number in range(200)))
    message = refused(adopted(BY_POLICY))
    assert "with the statements that are there already" in message
    assert "20,480" in message


@pytest.mark.parametrize("text", ["{}", '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}', "?"])
def test_a_policy_that_cannot_be_read_is_refused(s3: FakeS3, text: str) -> None:
    """Nothing is written beside what is not understood."""
    s3.policy = text
    assert "cannot be read, so that nothing is written beside it" in refused(adopted(BY_POLICY))


def test_a_deny_of_others_that_locks_the_deployer_out_is_refused(s3: FakeS3) -> None:
    """By address, where none from which deployments come is spared."""
    s3.policy = policy(OTHERS_ADDRESS)
    message = refused(adopted(BY_POLICY, deployer_addresses=["198.51.100.1"]))
    assert "the policy of the bucket 'shared': statement 'OfficeOnly' is a deny that catches arn:" in message
    assert "deployerAddresses" in message


def test_a_deny_of_others_that_may_lock_the_deployer_out_is_warned_of(s3: FakeS3) -> None:
    """It let them through just now; nothing is said where all known addresses are spared."""
    s3.policy = policy(OTHERS_ADDRESS)
    for addresses in ([], ["203.0.113.7", "198.51.100.1"]):
        ran = adopted(BY_POLICY, deployer_addresses=addresses)
        assert POLICY in made(ran)
        assert any("'OfficeOnly' is a deny that may catch" in one for one in ran.warnings)
    quiet = adopted(BY_POLICY, deployer_addresses=["203.0.113.7"])
    assert POLICY in made(quiet)
    assert not any("OfficeOnly' is a deny" in one for one in quiet.warnings)


@pytest.mark.parametrize("user_id", ["AIDAADMIN", "AIDAANOTHER"])
def test_a_deny_of_others_by_user_id_is_judged_by_the_callers(s3: FakeS3, user_id: str) -> None:
    """STS tells it (IAM User Guide, "AWS global condition context keys", aws:userid)."""
    condition = {"StringNotLike": {"aws:userId": [user_id]}}
    s3.policy = policy(OTHERS_ADDRESS | {"Condition": condition})
    assert (adopted(BY_POLICY).failure is None) is (user_id == "AIDAADMIN")


def test_a_public_policy_that_s3_would_not_save_is_refused(s3: FakeS3) -> None:
    """Where something of it changes; what stays as it is needs no saving."""
    s3.policy = policy(THEIRS | {"Principal": "*"})
    s3.answers = {
        "get_bucket_policy_status": {"PolicyStatus": {"IsPublic": True}},
        "get_public_access_block": {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}},
    }
    message = refused(adopted(BY_POLICY))
    assert "the policy of the bucket 'shared' is public by statements of others" in message
    assert adopted(BY_ROLE).failure is None
    s3.answers["get_public_access_block"] = {"PublicAccessBlockConfiguration": {}}
    assert adopted(BY_POLICY).failure is None
    blocking: ExistingBucketArgs = {"name": "shared", "block_public_access": True}
    assert "public by statements of others" in refused(adopted(BY_POLICY, existing=blocking))


def test_a_grant_that_could_widen_itself_by_acls_is_refused(s3: FakeS3) -> None:
    """By either method, while ACLs are on (Amazon S3 User Guide, "Access control list (ACL) overview")."""
    acls = ["s3:PutObject", "s3:PutObjectAcl"]
    by_policy, by_role = (GrantArgs(**{**one, "actions": acls}) for one in (BY_POLICY, BY_ROLE))
    message = refused(adopted(by_policy, by_role))
    for name in ("by-policy", "by-role"):
        assert f"the grant '{name}' gives s3:PutObjectAcl in a bucket that has ACLs on" in message
    assert adopted(by_policy, existing={"name": "shared", "enforce_ownership": True}).failure is None
    s3.answers["get_bucket_ownership_controls"] = {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    }
    assert adopted(by_policy, by_role).failure is None


def test_several_faults_are_told_at_once(s3: FakeS3) -> None:
    """Of the grants and of what is there."""
    s3.policy = policy(OTHERS_ADDRESS, THEIRS | {"Principal": {"AWS": "AROAIOSFODNN7EXAMPLE"}})
    own = GrantArgs(**{**BY_ROLE, "account": ACCOUNT})
    message = refused(adopted(BY_POLICY, own, deployer_addresses=["198.51.100.1"]))
    for words in ("OfficeOnly", "AROAIOSFODNN7EXAMPLE", "the bucket's own account"):
        assert words in message


def test_a_bucket_that_is_not_there_is_one_message(s3: FakeS3) -> None:
    """Before anything is made."""
    s3.refuses = {"get_bucket_location": "NoSuchBucket"}
    assert "There is no bucket 'shared'" in refused(adopted(BY_POLICY))


@pytest.mark.parametrize("args", [{}, {"bucket_name": "shared", "existing_bucket": {"name": "shared"}}])
def test_a_bucket_is_either_made_or_adopted(args: Mapping[str, Any]) -> None:  # Any: arguments by name
    """Not both, and not neither."""
    both: BucketOwnerArgs = {"grants": [], **args}  # type: ignore[typeddict-item] # its own keys
    ran = component(lambda: BucketOwner("it", both))
    assert "Give bucket_name for a new bucket, or existing_bucket" in refused(ran)
    assert ran.resources == []


def test_the_arguments_are_read_by_the_rules_of_config() -> None:
    """With all faults, before anything is looked at."""
    wrong: Any = {"name": "Shared", "enforce_ownership": "yes", "versioning": 7}  # Any: none of its types
    message = refused(adopted(existing=wrong))
    for key in ("existingBucket", "enforceOwnership", "versioning"):
        assert f"existing_bucket.{key} is" in message


@pytest.mark.usefixtures("s3")
def test_the_program_adopts_what_its_config_names(monkeypatch: pytest.MonkeyPatch, s3: FakeS3) -> None:
    """With the provider's profile, and addresses and settings as they stand there."""
    s3.policy = policy(OTHERS_ADDRESS)
    config = {
        "aws:profile": "account-a",
        "crossaccess:side": "owner",
        "crossaccess:existingBucket": "shared",
        "crossaccess:enforceOwnership": True,
        "crossaccess:deployerAddresses": ["203.0.113.0/25"],
        "crossaccess:tags": {"team": "data"},
        "crossaccess:grants": [
            {
                "name": "bob",
                "account": "112233445566",
                "principals": ["user/bob"],
                "method": "assume-role",
                "access": ["read"],
            }
        ],
    }
    ran = run_main(monkeypatch, config)
    assert made(ran) == sorted([OWNERSHIP, ROLE, ROLE_POLICY])
    assert ran.one(ROLE).inputs["tags"] == {"team": "data"}
    assert set(s3.profiles) == {("eu-central-1", "account-a")}
    assert ran.outputs["bucket_name"] == "shared"


@pytest.mark.parametrize(
    ("existing", "more", "told"),
    [
        ({"name": "shared", "enforce_ownerships": True}, {}, "existing_bucket.enforce_ownerships is no key"),
        ({}, {}, "existing_bucket.existingBucket is missing"),
        ({"name": "shared"}, {"force_destroy": True}, "force_destroy stands beside existing_bucket"),
        ({"name": "shared"}, {"protect": True}, "protect stands beside existing_bucket"),
        (
            {"name": "shared"},
            {"settings": {"access_log": {"bucket": "logs", "prefix": "a/"}}},
            "settings.access_log stands beside existing_bucket",
        ),
    ],
    ids=["misspelt", "no name", "force_destroy", "protect", "a log"],
)
def test_arguments_that_an_adopted_bucket_cannot_have_are_told(
    existing: Any, more: dict[str, Any], told: str
) -> None:
    """Nothing that somebody wrote is passed over in silence."""
    args: Any = {"existing_bucket": existing, "grants": [BY_POLICY], **more}
    assert told in refused(component(lambda: BucketOwner("it", args)))
