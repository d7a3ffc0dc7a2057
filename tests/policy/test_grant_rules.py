"""What AWS offers for which method and which principals."""

from typing import Any

import pytest

from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Grant, Method
from crossaccess.policy.read_grant import read_grants

ORGANIZATION = "o-a1b2c3d4e5"
UNIT = f"organizational-unit/{ORGANIZATION}/r-ab12/ou-ab12-11111111"
S3, STS = "vpce-0a1b2c3d", "vpce-1a1b2c3d"
USER, ROLE, SET, ACCOUNT = "user/bob", "role/loader", "permission-set/Readers", "account"
WHOLE = f"organization/{ORGANIZATION}"
POLICY, ASSUME = Method.BUCKET_POLICY, Method.ASSUME_ROLE


def read(
    method: Method,
    principal: str,
    conditions: dict[str, object] | None = None,
    **more: object,
) -> tuple[tuple[Grant, ...], list[str]]:
    """Read a grant to one principal; answer it and the faults as they are told."""
    raw: dict[str, Any] = {  # Any: config values
        "name": "a-grant",
        "principals": [principal],
        "method": method.value,
        "access": ["read"],
        "conditions": conditions,
        **more,
    }
    if not principal.startswith("organization"):
        raw["account"] = "112233445566"
    faults = Faults()
    return read_grants([raw], "grants", faults), [str(fault) for fault in faults.all()]


OFFERED = [
    *[
        (method, who, {"sourceIp": ["203.0.113.7"]})
        for method in Method
        for who in (USER, ROLE, ACCOUNT, WHOLE)
    ],
    *[(method, who, {"vpcEndpoints": {"s3": [S3]}}) for method in Method for who in (USER, SET, UNIT)],
    *[
        (method, who, {"organization": ORGANIZATION})
        for method in Method
        for who in (USER, ROLE, SET, ACCOUNT)
    ],
    *[
        (method, who, {"expires": "2027-01-31"})
        for method in Method
        for who in (USER, ROLE, SET, ACCOUNT, UNIT)
    ],
    *[(ASSUME, who, {"externalId": "acme"}) for who in (USER, ROLE, SET, ACCOUNT, WHOLE, UNIT)],
    *[(ASSUME, who, {"sourceIdentity": ["bob"]}) for who in (USER, ROLE, SET, ACCOUNT, WHOLE)],
    *[(ASSUME, who, {"sessionTags": {"team": ["data"]}}) for who in (USER, ROLE, SET, ACCOUNT, WHOLE)],
    (ASSUME, USER, {"vpcEndpoints": {"s3": [S3], "sts": [STS]}}),
    *[(ASSUME, who, {"mfa": True}) for who in (USER, ACCOUNT, WHOLE, UNIT)],
    (POLICY, USER, {"mfa": {"maxAgeSeconds": 900}}),
]


@pytest.mark.parametrize(("method", "principal", "conditions"), OFFERED)
def test_what_aws_offers_is_read(method: Method, principal: str, conditions: dict[str, object]) -> None:
    """IAM User Guide, "AWS global condition context keys"; STS API Reference, "AssumeRole"."""
    (grant,), faults = read(method, principal, conditions)
    assert faults == []
    assert grant.conditions


@pytest.mark.parametrize("principal", [USER, ROLE, SET, ACCOUNT, WHOLE, UNIT])
@pytest.mark.parametrize(
    ("name", "value"),
    [("externalId", "acme"), ("sourceIdentity", ["bob"]), ("sessionTags", {"team": ["data"]})],
)
def test_what_is_said_when_a_role_is_assumed_is_refused_in_a_bucket_policy(
    name: str, value: object, principal: str
) -> None:
    """STS API Reference, "AssumeRole": these keys are in requests to STS, never in those to S3."""
    _, (fault,) = read(POLICY, principal, {name: value})
    assert fault.startswith(f"grants[0].conditions.{name} is set for method bucket-policy: AWS asks for it")
    assert "use method assume-role" in fault


@pytest.mark.parametrize("endpoints", [{"sts": [STS]}, {"sts": [STS], "s3": [S3]}])
def test_endpoints_of_sts_are_refused_in_a_bucket_policy(endpoints: object) -> None:
    """A bucket's policy sees S3's endpoints, whose ids are others."""
    _, (fault,) = read(POLICY, USER, {"vpcEndpoints": endpoints})
    assert fault.startswith(
        "grants[0].conditions.vpcEndpoints.sts is set for method bucket-policy: take sts out"
    )


def test_endpoints_of_sts_alone_are_refused_for_a_role() -> None:
    """A session that was begun inside of a network could go on from anywhere."""
    _, (fault,) = read(ASSUME, USER, {"vpcEndpoints": {"sts": [STS]}})
    assert fault.startswith("grants[0].conditions.vpcEndpoints.s3 is missing or empty: name S3's endpoints")


@pytest.mark.parametrize("method", list(Method), ids=str)
@pytest.mark.parametrize("principal", [ROLE, SET])
def test_mfa_is_refused_of_who_calls_with_a_roles_session(method: Method, principal: str) -> None:
    """IAM User Guide, "Secure API access with MFA": a role's session carries no MFA context."""
    _, (fault,) = read(method, principal, {"mfa": True})
    assert fault.startswith(
        f"grants[0].conditions.mfa is asked for: take it out, since {principal} calls with a role's"
    )


@pytest.mark.parametrize("principal", [ACCOUNT, WHOLE, UNIT])
def test_mfa_is_refused_in_a_bucket_policy_of_all_but_users(principal: str) -> None:
    """IAM User Guide, "Secure API access with MFA": across accounts for `GetSessionToken` of users only."""
    _, (fault,) = read(POLICY, principal, {"mfa": True})
    assert fault.startswith(f"grants[0].conditions.mfa is asked for: name users instead of {principal}")
    assert "GetSessionToken" in fault


def test_mfa_of_one_role_among_users_is_told_once() -> None:
    """Everything in the list has to be able to meet the condition."""
    _, (fault,) = read(ASSUME, USER, {"mfa": True}, principals=[USER, ROLE, SET])
    assert "take it out, since role/loader calls" in fault


@pytest.mark.parametrize("method", list(Method), ids=str)
@pytest.mark.parametrize("principal", [WHOLE, UNIT])
def test_an_organization_is_not_asked_twice(method: Method, principal: str) -> None:
    """Two different ones would let nobody in."""
    _, (fault,) = read(method, principal, {"organization": "o-z9y8x7w6v5"})
    assert fault.startswith("grants[0].conditions.organization is 'o-z9y8x7w6v5': take it out: organization")


@pytest.mark.parametrize("principal", [ROLE, SET])
def test_a_role_that_assumes_a_role_has_an_hour(principal: str) -> None:
    """IAM User Guide, "Methods to assume a role": role chaining limits a session to one hour."""
    assert read(ASSUME, principal, session=3_600)[1] == []
    _, (fault,) = read(ASSUME, principal, session=3_601)
    assert fault.startswith(f"grants[0].session is 3601 (a number): {principal} is a role itself")
    assert "(role chaining) one hour at most: 3,600" in fault


@pytest.mark.parametrize("principal", [USER, ACCOUNT, WHOLE])
def test_others_may_have_a_session_of_half_a_day(principal: str) -> None:
    """IAM User Guide, "Update the maximum session duration for a role": 3,600 to 43,200 seconds."""
    (grant,), faults = read(ASSUME, principal, session=43_200)
    assert (grant.session_seconds, faults) == (43_200, [])


@pytest.mark.parametrize("session", [3_599, 43_201, 0, -1, 3_600.5, True, "3600", [3_600]])
def test_a_session_that_aws_would_not_take_is_told(session: object) -> None:
    """As above."""
    _, (fault,) = read(ASSUME, USER, session=session)
    assert fault.startswith("grants[0].session is ")
    assert "it is the longest session in seconds, from 3,600 to 43,200" in fault


@pytest.mark.parametrize(
    ("key", "value"),
    [("session", 3_600), ("permissionsBoundary", "arn:aws:iam::111111222222:policy/boundary")],
)
def test_what_is_about_a_role_is_refused_where_there_is_none(key: str, value: object) -> None:
    """It would be without effect."""
    _, (fault,) = read(POLICY, USER, None, **{key: value})
    assert fault.startswith(f"grants[0].{key} is ")
    assert "take it out: only method assume-role has" in fault


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111111222222:policy/boundary",
        "arn:aws:iam::111111222222:policy/team/boundary",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws-cn:iam::111111222222:policy/boundary",
    ],
)
def test_a_boundary_is_a_managed_policy(arn: str) -> None:
    """IAM User Guide, "Permissions boundaries for IAM entities": one's own, or AWS's."""
    (grant,), faults = read(ASSUME, USER, permissionsBoundary=arn)
    assert (grant.permissions_boundary, faults) == (arn, [])


@pytest.mark.parametrize(
    "wrong",
    [
        "boundary",
        "",
        7,
        "arn:aws:iam::111111222222:role/boundary",
        "arn:aws:s3:::policy/boundary",
        "arn:aws:iam::111111222222:policy/*",
        "arn:aws:iam::111111222222:policy/",
    ],
)
def test_what_is_no_managed_policy_is_told(wrong: object) -> None:
    """With what would be right."""
    _, (fault,) = read(ASSUME, USER, permissionsBoundary=wrong)
    assert fault.startswith("grants[0].permissionsBoundary is ")
    assert "write a managed policy's ARN, such as arn:aws:iam::111111222222:policy/boundary" in fault
