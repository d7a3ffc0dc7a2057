"""The owner's component, used directly."""

from typing import Any

import pulumi
import pytest

from components.bucket_owner import BucketOwner, BucketOwnerArgs
from components.errors import InputError
from components.grant_args import GrantArgs
from crossaccess.policy.document import EVERYONE, Document, Effect, Statement
from tests.support.pulumi_program import Account, Ran, component

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
    principals=["role/loader"],
    method="assume-role",
    actions=["s3:GetObject"],
    prefixes=["reports/"],
    role_name="the-role",
)
PROTECTIONS = [
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
]


def owner(
    *grants: GrantArgs,
    preview: bool = False,
    account: Account | None = None,
    bucket_name: pulumi.Input[str] = "shared",
    **more: Any,  # Any: the other arguments
) -> Ran:
    """Make a component named `it`."""
    args: BucketOwnerArgs = {"bucket_name": bucket_name, "grants": grants}
    args.update(more)  # type: ignore[typeddict-item] # some of its own keys
    return component(lambda: BucketOwner("it", args), preview=preview, account=account)


def told(ran: Ran) -> str:
    """The message of a component that refused its arguments, having made nothing."""
    assert isinstance(ran.failure, InputError)
    assert ran.made == []
    return str(ran.failure)


def test_the_bucket_is_closed_before_anybody_is_let_in() -> None:
    """Each protection follows the one before, and the policy that lets people in follows all of them."""
    ran = owner(BY_POLICY)
    before = "it-bucket"
    for token in PROTECTIONS:
        assert before in ran.one(token).depends_on
        before = ran.one(token).name
    assert before in ran.one("aws:s3/bucketPolicy:BucketPolicy").depends_on


def test_a_grant_that_is_renamed_keeps_its_role() -> None:
    """A second role of that name cannot be made, so the engine has to take it for the same resource."""
    renamed = GrantArgs(**{**BY_ROLE, "name": "renamed"})
    before, after = (
        [(made.type, made.name, made.inputs.get("name")) for made in owner(grant).made if "iam" in made.type]
        for grant in (BY_ROLE, renamed)
    )
    assert len(before) == 2
    assert before == after


def test_a_role_may_do_nothing_before_the_bucket_refuses_plain_http() -> None:
    """What the role may do is said after the bucket's own policy stands."""
    policy = owner(BY_ROLE).one("aws:iam/rolePolicy:RolePolicy")
    assert "it-policy" in policy.depends_on
    assert (policy.inputs["role"], policy.inputs["name"]) == ("the-role", "crossaccess-bucket")


def test_the_protections_are_all_on() -> None:
    """Public access is blocked four ways, ACLs are off, objects are encrypted and versions kept."""
    ran = owner()
    block, ownership, encryption, versioning, _ = (ran.one(token).inputs for token in PROTECTIONS)
    assert {key for key, value in block.items() if value is True} == {
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
        "skipDestroy",
    }
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert encryption["rules"] == [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
    assert versioning["versioningConfiguration"] == {"status": "Enabled"}


def test_the_bucket_and_its_objects_are_kept_by_default() -> None:
    """Pulumi refuses to delete the bucket, and would not empty it."""
    bucket = owner().one("aws:s3/bucket:Bucket")
    assert bucket.protect
    assert bucket.inputs == {"bucket": "shared", "forceDestroy": False}


def test_only_the_bucket_is_protected() -> None:
    """Access can always be taken away."""
    ran = owner(BY_POLICY, BY_ROLE)
    assert [one.name for one in ran.resources if one.protect] == ["it-bucket"]


def test_the_protection_can_be_given_up() -> None:
    """For buckets that come and go, as in the sandbox."""
    bucket = owner(protect=False, force_destroy=True).one("aws:s3/bucket:Bucket")
    assert not bucket.protect
    assert bucket.inputs["forceDestroy"] is True


def test_all_parts_belong_to_the_component_and_bear_its_name() -> None:
    """Two components in one program do not meet."""
    ran = owner(BY_POLICY, BY_ROLE)
    (root,) = ran.of_type("crossaccess:index:BucketOwner")
    assert root.name == "it"
    assert {one.parent for one in ran.made} == {"it"}
    assert all(one.name.startswith("it-") for one in ran.made)


def test_a_grant_without_a_role_name_gets_one_that_bears_its_own() -> None:
    """Names are derived, never random: policies are whole at the first preview."""
    grant = BY_ROLE.copy()
    del grant["role_name"]
    ran = owner(grant)
    assert ran.one("aws:iam/role:Role").inputs["name"] == "crossaccess-by-role"
    assert ran.outputs["role_arns"] == {"by-role": "arn:aws:iam::111111222222:role/crossaccess-by-role"}


@pytest.mark.parametrize("preview", [True, False])
def test_a_bucket_name_that_is_an_output_makes_the_same_policies(*, preview: bool) -> None:
    """A name that another resource knows already is as good as a text."""
    plain = owner(BY_POLICY, BY_ROLE, preview=preview)

    def make() -> BucketOwner:
        name = pulumi.Output.from_input("shared")
        return BucketOwner("it", {"bucket_name": name, "grants": [BY_POLICY, BY_ROLE]})

    later = component(make, preview=preview)
    assert later.failure is None
    assert {one.name: one.inputs for one in later.made} == {one.name: one.inputs for one in plain.made}
    assert later.outputs == plain.outputs


def test_partition_and_region_come_from_the_provider() -> None:
    """In China every ARN is of `aws-cn`, and the handover says so."""
    ran = owner(BY_POLICY, BY_ROLE, account=Account(partition="aws-cn", region="cn-north-1"))
    for token, key in (
        ("aws:s3/bucketPolicy:BucketPolicy", "policy"),
        ("aws:iam/role:Role", "assumeRolePolicy"),
        ("aws:iam/rolePolicy:RolePolicy", "policy"),
    ):
        text = ran.one(token).inputs[key]
        assert text.count("arn:") == text.count("arn:aws-cn:") > 0
    assert ran.outputs["bucket_arn"] == "arn:aws-cn:s3:::shared"
    assert (ran.outputs["handover"]["partition"], ran.outputs["handover"]["region"]) == (
        "aws-cn",
        "cn-north-1",
    )


def test_wrong_grants_are_told_all_at_once_and_make_nothing() -> None:
    """The component checks its own arguments: it is used without the stack's config too."""
    grants = (BY_POLICY | {"account": "7"}, BY_ROLE | {"prefixes": ["x"]})
    message = told(owner(*grants))
    assert "grants[0].account is '7'" in message
    assert "grants[1].prefixes[0] is 'x'" in message


def test_a_wrong_bucket_name_makes_nothing() -> None:
    """The name is checked before the first resource."""
    assert "bucketName is 'A'" in told(owner(BY_POLICY, bucket_name="A"))


def test_a_wrong_bucket_name_out_of_an_output_is_told_too() -> None:
    """The message is the same, though it comes when the name is known."""

    def make() -> BucketOwner:
        name = pulumi.Output.from_input("A")
        return BucketOwner("it", {"bucket_name": name, "grants": []})

    ran = component(make, preview=True)
    assert isinstance(ran.failure, InputError)
    assert "bucketName is 'A'" in str(ran.failure)


def test_policies_that_are_too_large_make_nothing() -> None:
    """Sizes are known at preview, before anything is deployed."""
    prefixes = [f"{number:0200d}/" for number in range(100)]
    message = told(owner(BY_POLICY | {"prefixes": prefixes}, preview=True))
    assert "the policy of the bucket 'shared' would have" in message


def test_a_policy_that_would_lock_the_deployer_out_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the account's root user could change it again: it is refused at preview."""
    everything = Statement(
        sid="Oops", effect=Effect.DENY, principals=(EVERYONE,), actions=("s3:*",), resources=("*",)
    )
    document = Document(statements=(everything,))
    monkeypatch.setattr("crossaccess.policy.sides.bucket_policy", lambda *_: document)
    message = told(owner(BY_POLICY, preview=True))
    assert "has a deny (Oops) that would catch arn:aws:iam::111111222222:user/admin" in message


def test_a_key_policy_that_leaves_nobody_in_charge_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS alone could mend such a key: it is refused at preview."""
    monkeypatch.setattr("crossaccess.policy.sides.key_policy", lambda *_: Document(statements=()))
    message = told(owner(BY_POLICY, preview=True, encryption={"type": "kms"}))
    assert "the policy of the key of the bucket 'shared' would leave nobody who can change it" in message
