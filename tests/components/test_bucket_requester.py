"""The requester's component, used directly."""

import dataclasses
import json

import pulumi
import pytest

from components.bucket_requester import BucketRequester, OwnerArgs
from crossaccess.policy.grant import Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.pulumi_program import REQUESTER_ACCOUNT, Account, component
from tests.support.requester import BUCKET, REQUESTER, requester, told

BOB = Principal(kind=PrincipalKind.USER, name="bob", path="/staff/")
LOADER = Principal(kind=PrincipalKind.ROLE, name="loader")
BY_POLICY = Grant(
    name="by-policy",
    account=REQUESTER_ACCOUNT,
    principals=(BOB, LOADER),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)
BY_ROLE = Grant(
    name="by-role",
    account=REQUESTER_ACCOUNT,
    principals=(BOB,),
    method=Method.ASSUME_ROLE,
    actions=("s3:GetObject",),
    role_name="the-role",
)
FOREIGN = Grant(
    name="foreign",
    account="998877665544",
    principals=(BOB,),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)


def test_users_and_roles_get_their_own_policy_attached() -> None:
    """A principal is attached by its name: IAM's interface takes no path there."""
    ran = requester(BY_POLICY)
    user = ran.one("aws:iam/userPolicyAttachment:UserPolicyAttachment").inputs
    role = ran.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment").inputs
    beginning = "arn:aws:iam::112233445566:policy/crossaccess-shared"
    assert user == {"user": "bob", "policyArn": f"{beginning}-user-bob"}
    assert role == {"role": "loader", "policyArn": f"{beginning}-role-loader"}
    names = [one.inputs["name"] for one in ran.of_type("aws:iam/policy:Policy")]
    assert names == ["crossaccess-shared-role-loader", "crossaccess-shared-user-bob"]


def test_all_parts_belong_to_the_component_and_bear_its_name() -> None:
    """Two owners in one program do not meet, nor do two components."""
    ran = requester(BY_POLICY, BY_ROLE)
    assert {one.parent for one in ran.made} == {"it"}
    assert sorted(one.name for one in ran.made) == [
        "it-shared-role-loader-attachment",
        "it-shared-role-loader-policy",
        "it-shared-user-bob-attachment",
        "it-shared-user-bob-policy",
    ]


def test_a_stack_that_knows_its_parts_without_the_bucket_keeps_them() -> None:
    """IAM takes a policy's name once: the engine has to change the old one, not make another beside it."""
    ran = requester(BY_POLICY, BY_ROLE)
    assert {one.name: one.aliases for one in ran.made} == {
        f"it-shared-{whose}-{what}": (f"it-{whose}-{what}",)
        for whose in ("user-bob", "role-loader")
        for what in ("policy", "attachment")
    }


def test_a_name_that_another_part_has_is_no_alias() -> None:
    """Where a bucket is called like a user, the engine would take one policy for the other."""
    named = [Principal(kind=PrincipalKind.USER, name=name) for name in ("bob", "x-user-bob")]
    grant = dataclasses.replace(BY_POLICY, principals=tuple(named))
    ran = requester(grant, bucket=dataclasses.replace(BUCKET, name="user-x"))
    aliases = {one.name: one.aliases for one in ran.of_type("aws:iam/policy:Policy")}
    assert aliases == {
        "it-user-x-user-bob-policy": ("it-user-bob-policy",),
        "it-user-x-user-x-user-bob-policy": (),
    }


def test_grants_of_other_accounts_are_left_alone() -> None:
    """The owner hands over all its grants; a requester takes its own."""
    ran = requester(FOREIGN, BY_ROLE)
    assert ran.failure is None
    assert list(ran.outputs["grants"]) == ["by-role"]
    assert "foreign" not in json.dumps([dict(one.inputs) for one in ran.made])


def test_the_outputs_say_how_to_use_each_grant() -> None:
    """With them a person needs nobody else to get at the objects."""
    outputs = requester(BY_POLICY, BY_ROLE).outputs
    assert outputs["grants"]["by-role"] == {
        "method": "assume-role",
        "bucket": "shared",
        "region": "eu-central-1",
        "principals": ["user/staff/bob"],
        "actions": ["s3:GetObject"],
        "prefixes": [],
        "role_arn": "arn:aws:iam::111111222222:role/the-role",
        "session": 3_600,
    }
    assert "role_arn" not in outputs["grants"]["by-policy"]
    assert outputs["policy_arns"] == {
        "user/staff/bob": ["arn:aws:iam::112233445566:policy/crossaccess-shared-user-bob"],
        "role/loader": ["arn:aws:iam::112233445566:policy/crossaccess-shared-role-loader"],
    }


def test_policies_that_were_split_are_all_attached_and_told() -> None:
    """A principal with much to do gets a second policy, and both are its own."""
    grants = [
        Grant(
            name=f"grant-{number}",
            account=REQUESTER_ACCOUNT,
            principals=(LOADER,),
            method=Method.BUCKET_POLICY,
            actions=("s3:GetObject",),
            prefixes=(f"{'x' * 900}{number}/",),
        )
        for number in range(8)
    ]
    ran = requester(*grants)
    (arns,) = ran.outputs["policy_arns"].values()
    attached = [
        one.inputs["policyArn"] for one in ran.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    ]
    assert len(arns) == 2
    assert sorted(arns) == sorted(attached)


def test_only_the_grants_that_were_asked_for_are_taken_up() -> None:
    """A requester need not take all that it is offered."""
    ran = requester(BY_POLICY, BY_ROLE, only_grants=["by-role"])
    assert list(ran.outputs["grants"]) == ["by-role"]
    assert [one.name for one in ran.of_type("aws:iam/policy:Policy")] == ["it-shared-user-bob-policy"]


def test_grants_that_were_asked_for_and_are_not_there_are_told() -> None:
    """A grant of another account and a misspelt one are different mistakes."""
    message = told(requester(BY_ROLE, FOREIGN, only_grants=["foreign", "by-rolle"]))
    assert "onlyGrants[0] is 'foreign', a grant for account 998877665544" in message
    assert "onlyGrants[1] is 'by-rolle', which is not handed over: did you mean 'by-role'?" in message


@pytest.mark.parametrize(
    ("grants", "whose"),
    [((FOREIGN,), "its grants are for account 998877665544"), ((), "its grants are for nobody")],
)
def test_no_grant_for_this_account_is_told(grants: tuple[Grant, ...], whose: str) -> None:
    """The message names the account that asked, and the accounts that would be let in."""
    message = told(requester(*grants))
    assert "grants nothing to account 112233445566" in message
    assert whose in message


def test_the_owners_own_account_is_no_requester() -> None:
    """With the wrong profile, the message points at the profile."""
    message = told(requester(BY_ROLE, account=Account(account=BUCKET.account)))
    assert "which owns the bucket 'shared'" in message
    assert "aws:profile" in message


def test_another_partition_cannot_be_crossed() -> None:
    """IAM User Guide, "Cross account resource access in IAM": accounts of one partition only."""
    account = Account(account=REQUESTER_ACCOUNT, partition="aws-cn", region="cn-north-1")
    assert "AWS lets nobody cross" in told(requester(BY_ROLE, account=account))


def test_policies_that_are_too_many_make_nothing() -> None:
    """Sizes are known at preview, before anything is deployed."""
    grant = Grant(
        name="large",
        account=REQUESTER_ACCOUNT,
        principals=(BOB,),
        method=Method.BUCKET_POLICY,
        actions=("s3:GetObject",),
        prefixes=tuple(f"{number:0200d}/" for number in range(400)),
    )
    message = told(requester(grant, preview=True))
    assert message.startswith("The grants cannot be deployed in account 112233445566:")
    assert "the principal 'user/staff/bob' would need" in message
    assert "managed policies, and AWS attaches 10" in message


def test_a_handover_that_is_an_output_is_told_how_to_await_it() -> None:
    """Which policies there are cannot hang on a value that is not known yet."""

    def make() -> BucketRequester:
        return BucketRequester("it", {"owners": [{"handover": pulumi.Output.from_input({})}]})

    assert "get_output_details" in told(component(make, account=REQUESTER))


def test_a_wrong_handover_registers_not_even_the_component() -> None:
    """What comes from outside is read before anything else happens."""
    owner = OwnerArgs(handover={"version": 7})
    ran = component(lambda: BucketRequester("it", {"owners": [owner]}), account=REQUESTER)
    assert "has version 7" in told(ran)
    assert ran.resources == []
