"""Grants of every kind of principal and of several owners, as the requester's component takes them up."""

import dataclasses
import datetime as dt
import json

import pytest

from components.bucket_requester import BucketRequester, BucketRequesterArgs, OwnerArgs
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.pulumi_program import REQUESTER_ACCOUNT, Ran, component
from tests.support.requester import REQUESTER, handed, requester, told

ORGANIZATION = "o-a1b2c3d4e5"
UNIT = f"{ORGANIZATION}/r-ab12/ou-ab12-11111111"
POLICY = "aws:iam/policy:Policy"
ATTACHMENTS = [
    f"aws:iam/{kind}PolicyAttachment:{kind.capitalize()}PolicyAttachment"
    for kind in ("user", "role", "group")
]
BOB = Principal(kind=PrincipalKind.USER, name="bob")
GRANT = Grant(
    name="a-grant",
    account=REQUESTER_ACCOUNT,
    principals=(BOB,),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)
TO_SET = dataclasses.replace(
    GRANT, principals=(Principal(kind=PrincipalKind.PERMISSION_SET, name="Data_Readers"),)
)
TO_ACCOUNT = dataclasses.replace(GRANT, principals=(Principal(kind=PrincipalKind.ACCOUNT),))
TO_ORGANIZATION = dataclasses.replace(
    GRANT, account=None, principals=(Principal(kind=PrincipalKind.ORGANIZATION, name=ORGANIZATION),)
)
TO_UNIT = dataclasses.replace(
    GRANT, account=None, principals=(Principal(kind=PrincipalKind.UNIT, name=UNIT),)
)
LAKE = Bucket(name="lake", account="333333444444", partition="aws", region="eu-west-1")


def attachments(ran: Ran) -> list[str]:
    """The resources that attach a policy to somebody."""
    return [one.name for token in ATTACHMENTS for one in ran.of_type(token)]


def test_a_group_gets_what_a_grant_needs() -> None:
    """Its users are those whom the owner named: the owner's side keeps the others out."""
    ran = requester(GRANT, attach_to={"a-grant": ["group/team/devs"]})
    assert ran.failure is None
    assert ran.one("aws:iam/groupPolicyAttachment:GroupPolicyAttachment").inputs == {
        "group": "devs",
        "policyArn": "arn:aws:iam::112233445566:policy/crossaccess-shared-group-devs",
    }
    assert attachments(ran) == ["it-shared-group-devs-attachment"]
    assert list(ran.outputs["policy_arns"]) == ["group/team/devs"]


def test_a_permission_set_is_told_which_policy_to_reference() -> None:
    """Customer managed policies are referenced by their name.

    IAM Identity Center User Guide, "Custom permissions for AWS managed and customer managed policies". AWS
    lets nobody attach a policy to the roles that it makes of a permission set.
    """
    ran = requester(TO_SET)
    assert ran.failure is None
    assert ran.one(POLICY).inputs["name"] == "crossaccess-shared-permission-set-Data_Readers"
    assert attachments(ran) == []
    assert ran.outputs["permission_set_policies"] == {
        "Data_Readers": ["crossaccess-shared-permission-set-Data_Readers"]
    }
    (message,) = [info for info in ran.infos if "permission set" in info]
    assert "'Data_Readers' has to reference" in message
    assert "crossaccess-shared-permission-set-Data_Readers" in message


@pytest.mark.parametrize(
    ("grant", "place"), [(TO_ACCOUNT, None), (TO_ORGANIZATION, ORGANIZATION), (TO_UNIT, f"{UNIT}/")]
)
def test_a_grant_to_everyone_is_for_nobody_until_config_says_who(grant: Grant, place: str | None) -> None:
    """The stack warns, and makes nothing for it."""
    ran = requester(grant, organization=place)
    assert ran.failure is None
    assert ran.made == []
    (warning,) = ran.warnings
    assert warning.startswith(
        f"The grant 'a-grant' of 'account-a' is for {grant.whose} as a whole: nobody here"
    )
    assert "attachTo: {a-grant: [role/app]}" in warning
    assert list(ran.outputs["grants"]) == ["a-grant"]


@pytest.mark.parametrize(
    ("grant", "place"), [(TO_ACCOUNT, None), (TO_ORGANIZATION, UNIT), (TO_UNIT, f"{UNIT}/ou-ab12-22222222")]
)
def test_a_grant_to_everyone_goes_to_those_whom_config_names(grant: Grant, place: str | None) -> None:
    """Any user, role, group or permission set of the account may be chosen."""
    ran = requester(
        grant,
        organization=place,
        attach_to={"a-grant": ["user/bob", "role/app", "group/devs", "permission-set/Readers"]},
    )
    assert ran.failure is None
    assert ran.warnings == []
    assert len(attachments(ran)) == 3
    assert len(ran.of_type(POLICY)) == 4


def test_an_organizations_grant_asks_where_the_account_is() -> None:
    """Nobody can be asked for it: a member account need not see its organization."""
    message = told(requester(TO_ORGANIZATION))
    assert "crossaccess:organization is not set" in message
    assert f"its grants are for organization/{ORGANIZATION}" in message
    elsewhere = told(requester(TO_UNIT, organization=f"{ORGANIZATION}/r-ab12/ou-ab12-99999999"))
    assert "crossaccess:organization is 'o-a1b2c3d4e5/r-ab12/ou-ab12-99999999'" in elsewhere


@pytest.mark.parametrize("place", ["a1b2c3d4e5", "o-*", f"{ORGANIZATION}/ou-ab12-11111111", ""])
def test_a_place_that_is_none_is_told(place: str) -> None:
    """With what would be right."""
    message = told(requester(TO_ORGANIZATION, organization=place))
    assert "organization is " in message
    assert "write the organization's id, such as o-a1b2c3d4e5, or the path" in message


def test_somebody_whom_the_owner_does_not_let_in_is_told() -> None:
    """And so is a grant that is not taken up."""
    message = told(requester(GRANT, attach_to={"a-grant": ["role/app"], "b-grant": ["user/bob"]}))
    assert (
        "attachTo.a-grant[0] is 'role/app': the grant 'a-grant' is for user/bob: name one of these" in message
    )
    assert "attachTo.b-grant names no grant that is taken up: did you mean 'a-grant'?" in message


def both(*, second: Bucket = LAKE, **more: object) -> Ran:
    """A component that takes the grant of two owners."""
    owners = [
        OwnerArgs(handover=handed(GRANT), stack="account-a"),
        OwnerArgs(handover=handed(GRANT, bucket=second), stack="account-c"),
    ]
    args: BucketRequesterArgs = {"owners": owners}
    args.update(more)  # type: ignore[typeddict-item] # some of its own keys
    return component(lambda: BucketRequester("it", args), account=REQUESTER)


def test_the_grants_of_several_owners_are_told_apart() -> None:
    """By the owner's stack, and by the bucket in every resource's name."""
    ran = both()
    assert ran.failure is None
    assert [one.name for one in ran.of_type(POLICY)] == [
        "it-lake-user-bob-policy",
        "it-shared-user-bob-policy",
    ]
    assert {one.aliases for one in ran.made} == {()}
    assert {name: use["bucket"] for name, use in ran.outputs["grants"].items()} == {
        "account-a:a-grant": "shared",
        "account-c:a-grant": "lake",
    }
    assert ran.outputs["policy_arns"] == {
        "user/bob": [
            "arn:aws:iam::112233445566:policy/crossaccess-shared-user-bob",
            "arn:aws:iam::112233445566:policy/crossaccess-lake-user-bob",
        ]
    }


def test_what_a_second_owner_hands_over_renames_no_grant_of_the_first() -> None:
    """With several owners a grant has its owner's name, whether another bears the same one or not."""
    owners = [
        OwnerArgs(handover=handed(GRANT), stack="account-a"),
        OwnerArgs(
            handover=handed(dataclasses.replace(GRANT, name="b-grant"), bucket=LAKE), stack="account-c"
        ),
    ]
    ran = component(lambda: BucketRequester("it", {"owners": owners}), account=REQUESTER)
    assert set(ran.outputs["grants"]) == {"account-a:a-grant", "account-c:b-grant"}


def test_one_stack_under_two_names_is_told() -> None:
    """Everything of it would be made twice."""
    message = told(
        both(second=Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1"))
    )
    assert "the bucket 'shared' is handed over by account-a and account-c" in message


def test_every_owners_handover_has_to_be_right() -> None:
    """The message names the stack."""
    owners = [
        OwnerArgs(handover=handed(GRANT), stack="account-a"),
        OwnerArgs(handover=None, stack="account-c"),
    ]
    ran = component(lambda: BucketRequester("it", {"owners": owners}), account=REQUESTER)
    assert "The stack 'account-c' hands nothing over" in told(ran)


@pytest.mark.parametrize(
    ("owners", "message"),
    [
        ([], "owners is an empty list: name at least one"),
        ([OwnerArgs(handover={}, stack="a b")], "owners[0].stack is 'a b': name the owner's stack"),
        ([OwnerArgs(handover={}, only_grants=[])], "owners[0].onlyGrants is an empty list"),
        (
            [OwnerArgs(handover={}, attach_to={"a-grant": ["account"]})],
            "owners[0].attachTo.a-grant[0] is 'account': a principal is user/NAME",
        ),
    ],
)
def test_what_is_said_of_an_owner_is_checked(owners: list[OwnerArgs], message: str) -> None:
    """By the rules of a stack's config."""
    ran = component(lambda: BucketRequester("it", {"owners": owners}), account=REQUESTER)
    assert message in told(ran)
    assert ran.resources == []


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "expired at"), (3, "in 2 days: nobody gets in after that"), (30, None)]
)
def test_an_end_that_is_near_is_warned_of(days: int, words: str | None) -> None:
    """The requester hears of it as the owner does."""
    expires = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    conditions = Conditions(expires=expires.replace(microsecond=0))
    ran = requester(dataclasses.replace(GRANT, conditions=conditions))
    assert ran.failure is None
    if words is None:
        assert ran.warnings == []
    else:
        (warning,) = ran.warnings
        assert "'a-grant' expire" in warning
        assert words in warning


def test_the_outputs_say_on_which_conditions_a_grant_holds_and_how_long_a_session_is() -> None:
    """A person who is refused can see why."""
    by_role = dataclasses.replace(
        GRANT,
        method=Method.ASSUME_ROLE,
        role_name="the-role",
        session_seconds=7_200,
        conditions=Conditions(external_id="acme"),
    )
    (usage,) = requester(by_role).outputs["grants"].values()
    assert usage["conditions"] == {"externalId": "acme"}
    assert usage["session"] == 7_200


@pytest.mark.parametrize(
    ("chosen", "session"),
    [(["user/bob", "group/devs"], 43_200), (["user/bob", "role/app"], 3_600), (["permission-set/x"], 3_600)],
)
def test_a_session_is_told_to_be_no_longer_than_aws_gives(chosen: list[str], session: int) -> None:
    """IAM User Guide, "Methods to assume a role": role chaining ends after one hour."""
    grant = dataclasses.replace(
        TO_ACCOUNT, method=Method.ASSUME_ROLE, role_name="the-role", session_seconds=43_200
    )
    ran = requester(grant, attach_to={"a-grant": chosen})
    assert ran.failure is None
    assert ran.outputs["grants"]["a-grant"]["session"] == session
    told_of = [f"AWS refuses {chosen[-1]} one of more than 3,600" in warning for warning in ran.warnings]
    assert told_of == ([] if session == 43_200 else [True])


def test_the_outputs_say_how_much_room_is_left() -> None:
    """Counted as IAM counts it: without white space, in characters."""
    ran = requester(GRANT)
    (used,) = ran.outputs["sizes"].items()
    name, size = used
    assert name == "policy 'crossaccess-shared-user-bob' (grants a-grant)"
    assert (size["allowed"], size["unit"]) == (6_144, "characters")
    assert size["used"] == len(json.dumps(ran.document(POLICY), separators=(",", ":")))
