"""What the steps of a preview make of the stack."""

import pytest

from crossaccess.deployment.source import source_of
from tests.support.engine_files import (
    ACCOUNT,
    UNKNOWN,
    bucket_of,
    policies,
    preview,
    principal,
    resource,
    state,
    step,
)

BUCKET, BUCKET_POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
TEXT = '{"Version":"2012-10-17","Statement":[]}'
OTHER_TEXT = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]}'
ARN = f"arn:aws:iam::{ACCOUNT}:policy/p"
BY_HAND = f"arn:aws:iam::{ACCOUNT}:policy/by-hand"


def bucket_policy(**more: object) -> dict[str, object]:
    """The deployed policy of a bucket."""
    return resource(BUCKET_POLICY, "p", {"bucket": "lake", "policy": TEXT}, outputs={}, **more)  # type: ignore[arg-type]


def test_a_policy_that_is_deleted_is_there_before_and_not_after() -> None:
    """The bucket stays, without one."""
    bucket = resource(BUCKET, "b", {"bucket": "lake"}, outputs={})
    source = source_of(preview(step("same", bucket, bucket), step("delete", bucket_policy())))
    assert bucket_of(source.old).policy is not None
    assert bucket_of(source.new).policy is None
    assert source.notes == ("bucket policy of lake is deleted",)


def test_a_policy_that_is_retained_stays_as_it_is() -> None:
    """The stack lets go of it, and AWS keeps it."""
    source = source_of(preview(step("delete", bucket_policy(retainOnDelete=True))))
    assert policies(source.new) == policies(source.old) == {"bucket policy of lake": TEXT}
    assert source.notes == ("bucket policy of lake is no longer managed by this stack: it stays as it is",)


def test_a_refresh_tells_nothing_by_itself() -> None:
    """The later step of the same resource has what the refresh found."""
    seen = resource(BUCKET_POLICY, "p", {"bucket": "lake", "policy": TEXT}, outputs={"policy": OTHER_TEXT})
    source = source_of(preview(step("refresh", bucket_policy(), seen), step("same", seen, bucket_policy())))
    assert policies(source.old) == {"bucket policy of lake": OTHER_TEXT}
    assert policies(source.new) == {"bucket policy of lake": TEXT}


def test_what_was_attached_by_hand_stays_and_what_the_stack_detaches_goes() -> None:
    """AWS tells all policies of a role, whoever attached them."""
    role = resource(
        ROLE,
        "r",
        {"name": "app", "assumeRolePolicy": TEXT},
        outputs={"arn": f"arn:aws:iam::{ACCOUNT}:role/app", "managedPolicyArns": [ARN, BY_HAND]},
    )
    attached = resource(ATTACHMENT, "a", {"role": "app", "policyArn": ARN}, outputs={})
    planned = resource(ROLE, "r", {"name": "app", "assumeRolePolicy": TEXT})
    source = source_of(preview(step("same", role, planned), step("delete", attached)))
    before, after = (principal(one, "role/app").policies for one in (source.old, source.new))
    assert [one.arn for one in before] == [ARN, BY_HAND]
    assert [one.arn for one in after] == [BY_HAND]


def test_a_role_that_lists_its_policies_has_no_others() -> None:
    """`managedPolicyArns` in the program takes away what is not in it."""
    inputs = {"name": "app", "assumeRolePolicy": TEXT, "managedPolicyArns": [ARN]}
    role = resource(ROLE, "r", inputs, outputs={"managedPolicyArns": [ARN, BY_HAND]})
    source = source_of(preview(step("update", role, resource(ROLE, "r", inputs))))
    assert [one.arn for one in principal(source.new, "role/app").policies] == [ARN]


def test_a_replaced_role_loses_what_aws_kept_of_the_old_one() -> None:
    """It is another role, with an ARN of its own."""
    old = resource(
        ROLE,
        "r",
        {"name": "app", "path": "/old/", "assumeRolePolicy": TEXT},
        outputs={"arn": f"arn:aws:iam::{ACCOUNT}:role/old/app", "managedPolicyArns": [BY_HAND]},
    )
    new = resource(ROLE, "r", {"name": "app", "path": "/new/", "assumeRolePolicy": TEXT})
    source = source_of(preview(step("replace", old, new)))
    role = principal(source.new, "role/new/app")
    assert role.arn == f"arn:aws:iam::{ACCOUNT}:role/new/app"
    assert role.policies == ()
    assert source.notes == ("role app is replaced",)


def test_a_boundary_that_the_program_drops_is_gone() -> None:
    """What AWS says of the old one does not stay."""
    old = resource(
        ROLE,
        "r",
        {"name": "app", "assumeRolePolicy": TEXT, "permissionsBoundary": ARN},
        outputs={"permissionsBoundary": ARN},
    )
    new = resource(ROLE, "r", {"name": "app", "assumeRolePolicy": TEXT})
    source = source_of(preview(step("update", old, new)))
    assert principal(source.old, "role/app").boundary is not None
    assert principal(source.new, "role/app").boundary is None


@pytest.mark.parametrize(
    ("kind", "inputs", "note"),
    [
        (BUCKET, {"bucket": "lake"}, "bucket lake is deleted: its objects are lost"),
        ("aws:kms/key:Key", {"keyId": "k"}, "key k is deleted: what it encrypted cannot be read any more"),
        ("aws:iam/user:User", {"name": "bob"}, "user bob is deleted"),
    ],
)
def test_a_note_says_what_is_lost(kind: str, inputs: dict[str, object], note: str) -> None:
    """Policies do not tell it."""
    source = source_of(preview(step("delete", resource(kind, "x", inputs, outputs={}))))
    assert source.notes == (note,)


def test_what_an_unfinished_replacement_left_is_there_still() -> None:
    """It may give access until the next deployment takes it away."""
    left = resource(ROLE, "r", {"name": "old", "assumeRolePolicy": TEXT}, outputs={}, delete=True)
    kept = resource(ROLE, "r", {"name": "new", "assumeRolePolicy": TEXT}, outputs={})
    source = source_of(state(left, kept, pending_operations=[{"type": "creating"}]))
    assert {one.label for one in source.new.principals} == {"role/old", "role/new"}
    assert len(source.notes) == 2


@pytest.mark.parametrize("text", [UNKNOWN, "no policy"])
def test_an_adopted_policy_that_cannot_be_read_is_taken_to_stay(text: str) -> None:
    """What of it is ours is nobody's knowledge then."""
    kind = "pulumi-python:dynamic/crossaccess:ExistingPolicy"
    adopted = resource(kind, "p", {"bucket": "lake", "account": ACCOUNT, "policy": text}, outputs={})
    readable = None if text == UNKNOWN else text
    for one in (preview(step("delete", adopted)), preview(step("create", new=adopted))):
        source = source_of(one)
        assert policies(source.old) == policies(source.new) == {"bucket policy of lake": readable}
        assert bucket_of(source.new).account == ACCOUNT


def test_a_policy_that_is_taken_over_is_told() -> None:
    """It is there before, and the stack does not show it."""
    source = source_of(preview(step("import", new=bucket_policy())))
    assert source.notes == ("bucket policy of lake is taken into this stack as it is",)
