"""Who is asked about: permission sets, grants by their name, and several at once."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from crossaccess.decide import Decision
from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.merging import merge
from crossaccess.deployment.picture import Picture, Policy, Principal
from crossaccess.explain.circumstances import Circumstances, read_told
from crossaccess.explain.explaining import explain
from crossaccess.explain.question import read_question
from crossaccess.explain.result import Explanation
from crossaccess.policy.principal import PrincipalKind
from crossaccess.testing.stacks import Stacks

ROLES = "arn:aws:iam::112233445566:role/aws-reserved/sso.amazonaws.com"
SESSION = "arn:aws:sts::112233445566:assumed-role/AWSReservedSSO_Analysts_0123456789abcdef/bob"
GRANTS: list[dict[str, Any]] = [
    {"name": "analysts", "principals": ["permission-set/Analysts"], "method": "bucket-policy"},
    {
        "name": "team",
        "principals": ["user/bob", "user/carol", "permission-set/Analysts"],
        "method": "bucket-policy",
    },
    {"name": "by-role", "principals": ["user/bob"], "method": "assume-role"},
    {"name": "everyone", "principals": ["account"], "method": "bucket-policy"},
]


@pytest.fixture(scope="module")
def both(run_stacks: Callable[[Mapping[str, Any]], Stacks]) -> Stacks:
    """Both stacks, each grant for a prefix of its own name."""
    usual = {"account": "112233445566", "access": ["read"]}
    owner = {
        "aws:allowedAccountIds": ["111111222222"],
        "crossaccess:side": "owner",
        "crossaccess:bucketName": "lake-111111222222",
        "crossaccess:grants": [{**usual, "prefixes": [f"{one['name']}/"], **one} for one in GRANTS],
    }
    requester = {
        "aws:allowedAccountIds": ["112233445566"],
        "crossaccess:side": "requester",
        "crossaccess:ownerStack": "acme/crossaccess/lake",
    }
    return run_stacks({"lake": owner, "users": requester})


def asked(both: Stacks, principal: str, key: str, told: Sequence[str] = ()) -> tuple[Explanation, ...]:
    """What is explained of a read."""
    circumstances = Circumstances(now=dt.datetime.now(dt.UTC), told=read_told(told))
    words = (principal, "s3:GetObject", f"s3://lake-111111222222/{key}")
    return explain(both.picture, read_question(both.picture, words, circumstances))


def test_a_deny_that_no_stack_holds_is_mended_in_the_account(both: Stacks) -> None:
    """Deploying the requester's stack would not take it away."""
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    mine = Policy(name="inline policy mine of user/bob", text=text, source="the profile b")
    bob = Principal(
        kind=PrincipalKind.USER, name="bob", account="112233445566", policies=(mine,), path_told=False
    )
    picture = merge([both.picture, Picture(principals=(bob,))])
    words = ("bob", "s3:GetObject", "s3://lake-111111222222/team/x")
    circumstances = Circumstances(now=dt.datetime.now(dt.UTC), told=read_told(()))
    (found,) = explain(picture, read_question(picture, words, circumstances))
    assert found.decision is Decision.DENIED
    mends = [
        one.mend
        for way in found.ways
        for step in way.steps
        for side in step.sides
        for one in side.findings
        if one.policy == mine.name
    ]
    assert mends
    assert all(mend and mend.startswith("in account 112233445566: nothing can") for mend in mends)


def decisions(found: Sequence[Explanation]) -> dict[str, str]:
    """The answers, by principal."""
    return {one.principal: one.decision.value for one in found}


@pytest.mark.parametrize(
    "principal",
    [
        "Analysts",
        "permission-set/Analysts",
        f"{ROLES}/AWSReservedSSO_Analysts_0123456789abcdef",
        f"{ROLES}/eu-central-1/AWSReservedSSO_Analysts_fedcba9876543210",
        SESSION,
    ],
)
def test_a_permission_set_is_any_of_the_roles_that_aws_makes_of_it(both: Stacks, principal: str) -> None:
    """By its name, by the ARN of a role, with a Region and without, or by that of a session."""
    assert decisions(asked(both, principal, "analysts/a")) == {"permission-set/Analysts": "allowed"}
    assert decisions(asked(both, principal, "by-role/a")) == {"permission-set/Analysts": "not allowed"}


def test_a_role_of_another_permission_set_is_none_of_them(both: Stacks) -> None:
    """Though its name begins alike."""
    (found,) = asked(both, f"{ROLES}/AWSReservedSSO_Analysts_EU_0123456789abcdef", "analysts/a")
    assert found.decision.value == "not allowed"


def test_what_misses_is_told_of_a_permission_set_as_of_others(both: Stacks) -> None:
    """With the grant that comes nearest, and the policy that the permission set has to reference."""
    (found,) = asked(both, "Analysts", "analyst/a")
    identity, bucket = found.ways[0].steps[0].sides
    assert identity.whose == "permission-set/Analysts"
    assert [one.element for side in (identity, bucket) for one in side.findings] == ["Resource", "Resource"]
    assert "let the grant analysts have the prefix analyst/" in (bucket.findings[0].mend or "")


def test_a_session_of_another_permission_set_is_none_of_them(both: Stacks) -> None:
    """Whose path in IAM no source tells, either."""
    (found,) = asked(both, SESSION.replace("Analysts", "Analysts_EU"), "analysts/a")
    assert found.principal == "role/AWSReservedSSO_Analysts_EU_0123456789abcdef"
    assert found.decision.value == "not allowed"


def test_a_session_of_a_role_is_not_the_user_of_that_name(both: Stacks) -> None:
    """Bob the user is let in, and some role that is called bob is not."""
    (found,) = asked(both, "arn:aws:sts::112233445566:assumed-role/bob/x", "team/a")
    assert (found.principal, found.decision.value) == ("role/bob", "not allowed")


@pytest.mark.parametrize("named", ["team", "grant/team"])
def test_a_grant_is_each_of_its_principals(both: Stacks, named: str) -> None:
    """In the order in which it names them."""
    found = decisions(asked(both, named, "team/a"))
    assert found == {"user/bob": "allowed", "user/carol": "allowed", "permission-set/Analysts": "allowed"}
    assert list(found) == ["user/bob", "user/carol", "permission-set/Analysts"]


def test_a_grant_is_asked_by_its_own_method(both: Stacks) -> None:
    """Bob gets at his team's objects as himself, and not by the role of another grant."""
    assert decisions(asked(both, "grant/by-role", "by-role/a")) == {"user/bob": "allowed"}
    (found,) = asked(both, "grant/by-role", "team/a")
    assert found.decision.value == "not allowed"
    assert {way.role for way in (*found.ways, *found.others)} == {
        "arn:aws:iam::111111222222:role/crossaccess-by-role"
    }


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("grant/teem", "no grant here is called 'teem': there are analysts, by-role, everyone, team"),
        ("grant/everyone", "the grant 'everyone' names nobody singly (account)"),
        ("grant/", "no grant here is called ''"),
        ("permission-set/Analyst", "is no principal and no grant"),
    ],
)
def test_a_name_that_is_nobodys_is_refused(both: Stacks, named: str, says: str) -> None:
    """Else it would be answered: not allowed."""
    with pytest.raises(SourceError) as refused:
        asked(both, named, "team/a")
    assert says in str(refused.value)
