"""Principals that a requester's stack makes where it is told to."""

import json
from typing import Any

import pytest

from crossaccess.policy.document import PolicyKind, canonical_json, parse_document
from crossaccess.policy.faults import Faults
from crossaccess.policy.new_principal import MAKE, NewPrincipal, read_new_principals, trust_of
from crossaccess.policy.principal import Principal, PrincipalKind

BOUNDARY = "arn:aws:iam::112233445566:policy/boundary"


def read(*raw: object) -> tuple[tuple[NewPrincipal, ...], list[str]]:
    """Read what to make; answer it and the faults as they are told."""
    faults = Faults()
    return read_new_principals(list(raw), "create", faults), [str(fault) for fault in faults.all()]


def trust(*assuming: str, partition: str = "aws") -> list[dict[str, Any]]:  # Any: JSON values
    """The statements of the trust of a role that these may assume."""
    (new,), faults = read({"principal": "role/app", "assumedBy": list(assuming)})
    assert faults == []
    text = canonical_json(trust_of(new, partition=partition, account="112233445566"))
    parse_document(text, PolicyKind.TRUST)
    found: list[dict[str, Any]] = json.loads(text)["Statement"]
    return found


def test_nothing_is_made_by_default() -> None:
    """Principals are there already, unless config says otherwise."""
    assert read_new_principals(None, "create", Faults()) == ()


def test_each_kind_is_read_with_all_that_it_can_say() -> None:
    """A user, a role with its trust, a group with its members."""
    found, faults = read(
        {"principal": "user/staff/bob", "permissionsBoundary": BOUNDARY},
        {
            "principal": "role/app",
            "assumedBy": ["ecs-tasks.amazonaws.com", "user/bob", "account"],
            "permissionsBoundary": MAKE,
        },
        {"principal": "group/devs", "members": ["user/staff/bob", "user/carol"]},
    )
    assert faults == []
    bob = Principal(kind=PrincipalKind.USER, name="bob", path="/staff/")
    assert found == (
        NewPrincipal(principal=bob, boundary=BOUNDARY),
        NewPrincipal(
            principal=Principal(kind=PrincipalKind.ROLE, name="app"),
            services=("ecs-tasks.amazonaws.com",),
            assumed_by=(
                Principal(kind=PrincipalKind.USER, name="bob"),
                Principal(kind=PrincipalKind.ACCOUNT),
            ),
            boundary=MAKE,
        ),
        NewPrincipal(
            principal=Principal(kind=PrincipalKind.GROUP, name="devs"),
            members=(bob, Principal(kind=PrincipalKind.USER, name="carol")),
        ),
    )


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("user/bob", "create[0] is 'user/bob': write a mapping with the keys principal, assumedBy"),
        ({}, "create[0].principal is missing or empty: a principal is user/NAME, role/NAME, group/NAME"),
        ({"principal": "permission-set/x"}, "create[0].principal is 'permission-set/x': a principal is"),
        ({"principal": "account"}, "create[0].principal is 'account': a principal is"),
        ({"principal": "user/*"}, "create[0].principal is 'user/*': no wildcards"),
        ({"principal": "role/aws-service-role/x/y"}, "this role is managed by AWS"),
        ({"principal": "user/bob", "path": "/"}, "create[0].path is no key that is known here"),
        ({"principal": "role/app"}, "create[0].assumedBy is missing or empty: write a list"),
        ({"principal": "role/app", "assumedBy": []}, "create[0].assumedBy is an empty list"),
        (
            {"principal": "role/app", "assumedBy": ["*"]},
            "create[0].assumedBy[0] is '*': name a service, such as ecs-tasks.amazonaws.com, a user/NAME",
        ),
        (
            {"principal": "role/app", "assumedBy": ["ecs-tasks"]},
            "create[0].assumedBy[0] is 'ecs-tasks': name",
        ),
        ({"principal": "role/app", "assumedBy": ["evil.example.com"]}, "name a service, such as"),
        ({"principal": "role/app", "assumedBy": ["*.amazonaws.com"]}, "name a service, such as"),
        ({"principal": "role/app", "assumedBy": ["ecs.amazonaws.com.evil.com"]}, "name a service, such as"),
        (
            {"principal": "role/app", "assumedBy": ["user/*"]},
            "create[0].assumedBy[0] is 'user/*': no wildcards",
        ),
        ({"principal": "role/app", "assumedBy": ["group/devs"]}, "AWS takes no group as a principal"),
        ({"principal": "role/app", "assumedBy": ["organization/o-a1b2c3d4e5"]}, "a principal is user/NAME"),
        ({"principal": "role/app", "assumedBy": [7]}, "create[0].assumedBy[0] is 7 (a number): quote it"),
        (
            {"principal": "role/app", "assumedBy": ["arn:aws:iam::998877665544:root"]},
            "create[0].assumedBy[0] is 'arn:aws:iam::998877665544:root'",
        ),
        (
            {"principal": "user/bob", "assumedBy": ["account"]},
            "create[0].assumedBy is a list: take it out: a user has none",
        ),
        (
            {"principal": "user/bob", "members": ["user/carol"]},
            "create[0].members is a list: take it out: a user has none",
        ),
        (
            {"principal": "group/devs", "permissionsBoundary": MAKE},
            "create[0].permissionsBoundary is 'make': take it out: a group has none",
        ),
        (
            {"principal": "group/devs", "members": ["role/app"]},
            "create[0].members[0] is 'role/app': a principal",
        ),
        ({"principal": "group/devs", "members": []}, "create[0].members is an empty list"),
        (
            {"principal": "user/bob", "permissionsBoundary": "boundary"},
            "create[0].permissionsBoundary is 'boundary': write a managed policy's ARN",
        ),
    ],
)
def test_a_wrong_entry_is_named_with_its_key_and_its_mend(raw: object, told: str) -> None:
    """One fault for one mistake."""
    _, (fault,) = read(raw)
    assert told in fault


@pytest.mark.parametrize("other", ["user/bob", "user/staff/bob", "user/Bob"])
def test_two_of_one_name_are_told(other: str) -> None:
    """IAM User Guide, "IAM identifiers": one name of a kind in an account, whatever its path."""
    _, (fault,) = read({"principal": "user/bob"}, {"principal": other})
    assert "take one out" in fault
    assert fault.startswith("create[1]")


@pytest.mark.parametrize("other", ["user/staff/bob", "user/Bob"])
def test_two_members_of_one_name_are_told(other: str) -> None:
    """IAM User Guide, "IAM identifiers": it is one user, whatever path and capitals are written."""
    _, (fault,) = read({"principal": "group/devs", "members": ["user/bob", other]})
    assert fault.startswith(f"create[0].members[1] is '{other}': create[0].members[0] is 'user/bob', and an")


def test_a_list_is_asked_for() -> None:
    """With an example."""
    faults = Faults()
    assert read_new_principals({"principal": "user/bob"}, "create", faults) == ()
    (fault,) = faults.all()
    assert str(fault).startswith(
        "create is a mapping: write a list, such as [{principal: role/app, assumedBy:"
    )


def test_a_service_may_assume_a_role_that_is_made_for_it() -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal", service principals."""
    assert trust("ecs-tasks.amazonaws.com", "lambda.amazonaws.com") == [
        {
            "Sid": "CrossAccessServices",
            "Effect": "Allow",
            "Principal": {"Service": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_principals_of_the_account_are_compared_by_their_arn(partition: str) -> None:
    """So that they need not be there first; the account is this one, never another."""
    assert trust("user/a/bob", "role/ci", partition=partition) == [
        {
            "Sid": "CrossAccessPrincipals",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::112233445566:root"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "ArnEquals": {
                    "aws:PrincipalArn": [
                        f"arn:{partition}:iam::112233445566:role/ci",
                        f"arn:{partition}:iam::112233445566:user/a/bob",
                    ]
                }
            },
        }
    ]


def test_each_kind_of_assuming_has_its_statement() -> None:
    """The whole account stands alone, without a condition."""
    statements = trust("ec2.amazonaws.com.cn", "user/bob", "account", partition="aws-cn")
    assert [one["Sid"] for one in statements] == [
        "CrossAccessServices",
        "CrossAccessPrincipals",
        "CrossAccessAccount",
    ]
    assert "Condition" not in statements[2]
