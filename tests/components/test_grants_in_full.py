"""What a grant can say, as the owner's component deploys it."""

import datetime as dt
import json

import pytest

from components.bucket_owner import BucketOwner, BucketOwnerArgs
from components.errors import InputError
from components.grant_args import (
    ConditionsArgs,
    GrantArgs,
    MfaArgs,
    VpcEndpointsArgs,
    grant_args,
    read_grant_args,
)
from components.handover import read_handover
from crossaccess.policy.conditions import Conditions, Mfa
from tests.support.pulumi_program import Ran, component

ROLE = "aws:iam/role:Role"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
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
EVERYTHING = GrantArgs(
    name="by-role",
    account="112233445566",
    principals=["user/bob"],
    method="assume-role",
    actions=("s3:GetObject",),
    prefixes=("reports/",),
    role_name="the-role",
    session=7_200,
    permissions_boundary="arn:aws:iam::111111222222:policy/boundary",
    trust="account",
    conditions=ConditionsArgs(
        external_id="acme",
        mfa=MfaArgs(max_age_seconds=900),
        source_ip=("203.0.113.0/24",),
        vpc_endpoints=VpcEndpointsArgs(s3=("vpce-0a1b2c3d",), sts=("vpce-1a1b2c3d",)),
        expires="2999-01-31T18:00:00Z",
        source_identity=("bob",),
        session_tags={"team": ("data",)},
    ),
)


def owner(*grants: GrantArgs, preview: bool = False) -> Ran:
    """Make a component named `it`."""
    args: BucketOwnerArgs = {"bucket_name": "shared", "grants": grants}
    return component(lambda: BucketOwner("it", args), preview=preview)


def ending(grant: GrantArgs, *, days: int) -> GrantArgs:
    """The grant with an end so many days from now."""
    expires = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    conditions = ConditionsArgs(expires=expires.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return GrantArgs(**{**grant, "conditions": conditions})


def test_arguments_say_what_config_says() -> None:
    """Nothing is lost between config and component."""
    (grant,) = read_grant_args([EVERYTHING])
    again = grant_args(grant)
    assert {**again, "principals": list(again["principals"])} == EVERYTHING
    assert read_grant_args([again]) == (grant,)


def test_any_mfa_is_an_empty_mapping() -> None:
    """Pulumi's types know no "true or a mapping"."""
    args = GrantArgs(**BY_ROLE, conditions=ConditionsArgs(mfa=MfaArgs()))
    (grant,) = read_grant_args([args])
    assert grant.conditions == Conditions(mfa=Mfa())
    assert grant_args(grant)["conditions"] == {"mfa": {}}


def test_wrong_conditions_are_told_in_the_words_of_config() -> None:
    """The same message, wherever they come from."""
    args = GrantArgs(**BY_POLICY, conditions=ConditionsArgs(external_id="acme", source_ip=["203.0.113.7"]))
    ran = owner(args)
    assert isinstance(ran.failure, InputError)
    assert "grants[0].conditions.externalId is set for method bucket-policy" in str(ran.failure)
    assert ran.made == []


def test_a_roles_session_and_boundary_are_deployed() -> None:
    """IAM API Reference, "CreateRole": `MaxSessionDuration` in seconds, the boundary by its ARN."""
    ran = owner(EVERYTHING)
    assert ran.failure is None
    role = ran.one(ROLE).inputs
    assert role["maxSessionDuration"] == 7_200
    assert role["permissionsBoundary"] == "arn:aws:iam::111111222222:policy/boundary"
    (handed,) = ran.outputs["handover"]["grants"]
    assert handed["session"] == 7_200
    assert "permissionsBoundary" not in handed


def test_a_role_has_aws_defaults_where_nothing_is_said() -> None:
    """An hour, and no boundary."""
    role = owner(BY_ROLE).one(ROLE).inputs
    assert not {"maxSessionDuration", "permissionsBoundary"} & role.keys()


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::112233445566:policy/boundary", "arn:aws-cn:iam::111111222222:policy/boundary"]
)
def test_a_boundary_that_the_role_cannot_have_is_told(arn: str) -> None:
    """The role is of the bucket's account, and so is its boundary."""
    ran = owner(GrantArgs(**BY_ROLE, permissions_boundary=arn))
    assert isinstance(ran.failure, InputError)
    assert f"grants[0].permissionsBoundary is '{arn}': name a policy of the bucket's account" in str(
        ran.failure
    )
    assert ran.made == []


def test_a_role_for_many_units_has_a_description_that_iam_takes() -> None:
    """IAM API Reference, "CreateRole": 1,000 characters, of Latin letters."""
    units = [f"organizational-unit/o-a1b2c3d4e5/r-ab12/ou-ab12-{number:08d}" for number in range(25)]
    grant = GrantArgs(**BY_ROLE)
    del grant["account"]
    ran = owner(GrantArgs(**{**grant, "principals": units}))
    assert ran.failure is None
    description = ran.one(ROLE).inputs["description"]
    assert 900 < len(description) <= 1_000
    assert description.isascii()


def test_what_is_handed_over_is_read_as_it_was_granted() -> None:
    """All that the requester has to know; the rest of the grant is the owner's own."""
    ran = owner(EVERYTHING, BY_POLICY)
    received = read_handover(json.loads(json.dumps(ran.outputs["handover"])), source="account-a")
    granted = read_grant_args([EVERYTHING, BY_POLICY])
    for one, other in zip(received.grants, granted, strict=True):
        for field in ("name", "account", "principals", "method", "actions", "prefixes", "conditions"):
            assert getattr(one, field) == getattr(other, field), field
        assert (one.role_name, one.session_seconds) == (other.role_name, other.session_seconds)


def test_numbers_that_became_floats_on_the_way_are_read() -> None:
    """Pulumi's wire format knows one kind of number."""
    handover = json.loads(json.dumps(owner(EVERYTHING).outputs["handover"]))
    (handed,) = handover["grants"]
    handed["session"] = 7_200.0
    handed["conditions"]["mfa"]["maxAgeSeconds"] = 900.0
    (grant,) = read_handover(handover, source="account-a").grants
    assert (grant.session_seconds, grant.conditions.mfa) == (7_200, Mfa(max_age=900))


def test_an_organization_is_handed_over_without_an_account() -> None:
    """It has none."""
    grant = GrantArgs(**BY_POLICY)
    del grant["account"]
    ran = owner(GrantArgs(**{**grant, "principals": ["organization/o-a1b2c3d4e5"]}))
    assert ran.failure is None
    (handed,) = ran.outputs["handover"]["grants"]
    assert "account" not in handed
    *_, allowed = ran.document(BUCKET_POLICY)["Statement"]
    assert allowed["Principal"] == "*"
    assert allowed["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
        "StringNotEquals": {"aws:PrincipalAccount": "111111222222"},
    }


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("days", "words"), [(-1, "expired at"), (10, "in 9 days: nobody gets in after that"), (30, None)]
)
def test_an_end_that_is_near_or_past_is_warned_of(days: int, words: str | None, *, preview: bool) -> None:
    """At preview already; the grant is deployed as it is."""
    ran = owner(BY_ROLE, ending(BY_POLICY, days=days), preview=preview)
    assert ran.failure is None
    if words is None:
        assert ran.warnings == []
    else:
        (warning,) = ran.warnings
        assert warning.startswith("The grant 'by-policy' expire")
        assert words in warning
    *_, allowed = ran.document(BUCKET_POLICY)["Statement"]
    assert "aws:CurrentTime" in allowed["Condition"]["DateLessThan"]


def test_grants_that_differ_in_one_thing_share_a_statement() -> None:
    """A bucket's policy has little room; the id says how many more grants it serves."""
    second = GrantArgs(**{**BY_POLICY, "name": "by-policy-too", "principals": ["user/carol"]})
    *_, allowed = owner(BY_POLICY, second).document(BUCKET_POLICY)["Statement"]
    assert allowed["Sid"] == "CrossAccessByPolicyObjectsAnd1More"
    assert len(allowed["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == 2


def test_the_outputs_say_how_much_room_is_left() -> None:
    """For each policy, in AWS's own unit."""
    ran = owner(BY_POLICY, BY_ROLE)
    sizes = ran.outputs["sizes"]
    assert {name: (one["allowed"], one["unit"]) for name, one in sizes.items()} == {
        "policy of the bucket 'shared'": (20_480, "bytes"),
        "trust policy of the role 'the-role' (grant 'by-role')": (2_048, "characters"),
        "policy of the role 'the-role' (grant 'by-role')": (10_240, "characters"),
    }
    written = {
        "policy of the bucket 'shared'": ran.one(BUCKET_POLICY).inputs["policy"],
        "trust policy of the role 'the-role' (grant 'by-role')": ran.one(ROLE).inputs["assumeRolePolicy"],
        "policy of the role 'the-role' (grant 'by-role')": ran.one("aws:iam/rolePolicy:RolePolicy").inputs[
            "policy"
        ],
    }
    assert {name: one["used"] for name, one in sizes.items()} == {
        name: len(text) for name, text in written.items()
    }
