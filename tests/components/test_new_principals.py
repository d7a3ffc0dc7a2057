"""Principals that the requester's component makes where it is told to."""

import json

import pytest

from components.new_principals import NewPrincipalArgs, new_principal_args, read_new_principal_args
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.pulumi_program import REQUESTER_ACCOUNT, Ran
from tests.support.requester import requester, told

USER, ROLE, GROUP = "aws:iam/user:User", "aws:iam/role:Role", "aws:iam/group:Group"
POLICY = "aws:iam/policy:Policy"
MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"
GRANT = Grant(
    name="a-grant",
    account=REQUESTER_ACCOUNT,
    principals=(
        Principal(kind=PrincipalKind.USER, name="bob", path="/staff/"),
        Principal(kind=PrincipalKind.ROLE, name="app"),
    ),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)
BOB = NewPrincipalArgs(principal="user/staff/bob")
APP = NewPrincipalArgs(principal="role/app", assumed_by=["ecs-tasks.amazonaws.com", "user/ci"])


def created(*create: NewPrincipalArgs, to: list[str] | None = None, preview: bool = False) -> Ran:
    """Make a component that makes principals, and attaches the grant to some."""
    attach_to = None if to is None else {"a-grant": to}
    return requester(GRANT, create=create, attach_to=attach_to, tags={"team": "apps"}, preview=preview)


def test_a_user_is_made_with_its_path_and_what_it_gets_waits_for_it() -> None:
    """IAM attaches no policy to a user that is not there."""
    ran = created(BOB)
    assert ran.failure is None
    user = ran.one(USER)
    assert (user.inputs["name"], user.inputs["path"], user.inputs["tags"]) == (
        "bob",
        "/staff/",
        {"team": "apps"},
    )
    assert "permissionsBoundary" not in user.inputs
    assert user.name == "it-user-bob"
    assert user.name in ran.one("aws:iam/userPolicyAttachment:UserPolicyAttachment").depends_on


@pytest.mark.parametrize(
    ("new", "to", "kind"),
    [
        (BOB, None, "user"),
        (APP, None, "role"),
        (NewPrincipalArgs(principal="group/devs"), ["group/devs"], "group"),
    ],
)
@pytest.mark.parametrize("preview", [True, False])
def test_what_is_attached_to_a_principal_that_is_made_takes_its_name_from_it(
    new: NewPrincipalArgs, to: list[str] | None, kind: str, *, preview: bool
) -> None:
    """IAM deletes no role that a policy is attached to: the engine has to take the attachment away before."""
    ran = created(new, to=to, preview=preview)
    whose = kind.capitalize()
    made = ran.one(f"aws:iam/{kind}:{whose}")
    attached = ran.one(f"aws:iam/{kind}PolicyAttachment:{whose}PolicyAttachment")
    assert attached.by_property[kind] == (made.name,)
    assert attached.inputs[kind] == made.inputs["name"]
    assert not any(one.unknown for one in ran.made)


def test_a_role_is_made_with_its_trust() -> None:
    """Whoever may assume it stands in config, and nobody else."""
    ran = created(APP)
    role = ran.one(ROLE)
    assert (role.inputs["name"], role.inputs["path"]) == ("app", "/")
    assert role.name in ran.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment").depends_on
    services, principals = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert services["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert principals["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{REQUESTER_ACCOUNT}:user/ci"}
    }


def test_a_group_is_made_with_its_members() -> None:
    """A member that is made, too, is there before it becomes one."""
    devs = NewPrincipalArgs(principal="group/devs", members=["user/staff/bob", "user/carol"])
    ran = created(devs, BOB, to=["group/devs"])
    assert ran.failure is None
    assert ran.one(GROUP).inputs["name"] == "devs"
    bob, carol = sorted(ran.of_type(MEMBERSHIP), key=lambda one: str(one.inputs["user"]))
    assert bob.inputs == {"user": "bob", "groups": ["devs"]}
    assert bob.by_property == {"user": ("it-user-bob",), "groups": ("it-group-devs",)}
    assert carol.inputs == {"user": "carol", "groups": ["devs"]}
    attachment = ran.one("aws:iam/groupPolicyAttachment:GroupPolicyAttachment")
    assert attachment.inputs["group"] == "devs"
    assert "it-group-devs" in attachment.depends_on


def test_memberships_of_groups_with_like_names_do_not_meet() -> None:
    """Hyphens may stand in the names of groups and of users; the engine takes a resource's name once."""
    groups = [
        NewPrincipalArgs(principal="group/a-b", members=["user/c"]),
        NewPrincipalArgs(principal="group/a", members=["user/b-c"]),
    ]
    ran = created(*groups, to=["group/a-b", "group/a"])
    aliases = {one.name: one.aliases for one in ran.of_type(MEMBERSHIP)}
    assert aliases == {"it-group-a-b:c": (), "it-group-a:b-c": ()}


def test_a_stack_that_knows_a_membership_by_hyphens_alone_keeps_it() -> None:
    """Made anew, it would be ended again with the old one: IAM knows a membership once."""
    ran = created(NewPrincipalArgs(principal="group/devs", members=["user/carol"]), to=["group/devs"])
    assert ran.one(MEMBERSHIP).aliases == ("it-group-devs-carol",)


@pytest.mark.parametrize("preview", [True, False])
def test_a_boundary_is_made_where_it_is_asked_for(*, preview: bool) -> None:
    """It lets through what the grants need, and nothing else; whole at the first preview."""
    ran = created(NewPrincipalArgs(**APP, permissions_boundary="make"), preview=preview)
    assert ran.failure is None
    (boundary,) = [one for one in ran.of_type(POLICY) if "boundary" in one.name]
    role = ran.one(ROLE)
    assert boundary.inputs["name"] == "crossaccess-boundary-role-app"
    arn = f"arn:aws:iam::{REQUESTER_ACCOUNT}:policy/crossaccess-boundary-role-app"
    assert role.inputs["permissionsBoundary"] == arn
    assert boundary.name in role.depends_on
    (allowed,) = json.loads(boundary.inputs["policy"])["Statement"]
    (granted,) = [one for one in ran.of_type(POLICY) if one.inputs["name"] == "crossaccess-shared-role-app"]
    (given,) = json.loads(granted.inputs["policy"])["Statement"]
    assert allowed == {key: value for key, value in given.items() if key != "Sid"}
    assert not any(one.unknown for one in ran.made)
    assert "permissions boundary of 'role/app'" in ran.outputs["sizes"]


def test_a_boundary_that_is_there_is_taken_by_its_arn() -> None:
    """A policy of this account, or one of AWS's."""
    arns = (
        f"arn:aws:iam::{REQUESTER_ACCOUNT}:policy/team/boundary",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
    )
    for arn in arns:
        ran = created(NewPrincipalArgs(**APP, permissions_boundary=arn))
        assert ran.one(ROLE).inputs["permissionsBoundary"] == arn
        assert not any("boundary" in one.name for one in ran.of_type(POLICY))


@pytest.mark.parametrize(
    "arn",
    ["arn:aws:iam::111111222222:policy/boundary", f"arn:aws-cn:iam::{REQUESTER_ACCOUNT}:policy/boundary"],
)
def test_a_boundary_of_another_account_or_partition_is_told(arn: str) -> None:
    """IAM would refuse it in the middle of a deployment."""
    message = told(created(NewPrincipalArgs(**APP, permissions_boundary=arn)))
    assert (
        f"create[0].permissionsBoundary is '{arn}': name a policy of this account, 112233445566 (aws)"
        in message
    )


@pytest.mark.parametrize("principal", ["user/bob", "user/carol", "group/devs"])
def test_a_principal_that_no_grant_needs_is_not_made(principal: str) -> None:
    """A slip in its name or its path would make somebody whom the owner does not know."""
    message = told(created(NewPrincipalArgs(principal=principal)))
    assert f"create[0].principal is '{principal}', which no grant needs: attach a grant to it" in message


def test_a_member_of_a_group_that_a_grant_needs_is_needed() -> None:
    """It gets the grant by its group."""
    devs = NewPrincipalArgs(principal="group/devs", members=["user/staff/bob"])
    assert created(devs, BOB, to=["group/devs"]).failure is None
    assert "create[1].principal is 'user/staff/bob'" in told(
        created(NewPrincipalArgs(principal="group/devs"), BOB, to=["group/devs"])
    )


def test_a_members_boundary_lets_through_what_its_group_gets() -> None:
    """An empty one would be refused by IAM, and let nobody in."""
    devs = NewPrincipalArgs(principal="group/devs", members=["user/staff/bob"])
    ran = created(devs, NewPrincipalArgs(**BOB, permissions_boundary="make"), to=["group/devs"])
    (boundary,) = [one for one in ran.of_type(POLICY) if "boundary" in one.name]
    (allowed,) = json.loads(boundary.inputs["policy"])["Statement"]
    assert allowed["Action"] == "s3:GetObject"


def test_what_is_wrong_is_told_with_its_key_and_makes_nothing() -> None:
    """By the rules of a stack's config."""
    message = told(created(NewPrincipalArgs(principal="role/app"), NewPrincipalArgs(principal="user/*")))
    assert "create[0].assumedBy is missing or empty" in message
    assert "create[1].principal is 'user/*'" in message


@pytest.mark.parametrize(
    "args",
    [
        BOB,
        NewPrincipalArgs(**BOB, permissions_boundary="make"),
        NewPrincipalArgs(principal="role/app", assumed_by=["lambda.amazonaws.com", "account"]),
        NewPrincipalArgs(principal="group/devs", members=["user/bob"]),
    ],
)
def test_arguments_say_what_config_says(args: NewPrincipalArgs) -> None:
    """Nothing is lost between config and component."""
    faults = Faults()
    (new,) = read_new_principal_args([args], faults)
    assert not faults
    assert new_principal_args(new) == args
