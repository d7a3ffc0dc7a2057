"""Each condition of a grant, met and unmet, by what the decision core says of both sides together."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

import pytest

from crossaccess.decide import Decision, Policies, Request, compile_document, decide
from crossaccess.policy.build import bucket_policy, role_policy, role_trust
from crossaccess.policy.conditions import Conditions, Mfa
from crossaccess.policy.document import PolicyKind, canonical_json, parse_document
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.requester import requester_policies

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
BOB = "arn:aws:iam::112233445566:user/bob"
ROLE = "arn:aws:iam::111111222222:role/the-role"
ROLE_SESSION = "arn:aws:sts::111111222222:assumed-role/the-role/run"
USER = Principal(kind=PrincipalKind.USER, name="bob")
BY_POLICY = Grant(
    name="a-grant",
    account="112233445566",
    principals=(USER,),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)
BY_ROLE = dataclasses.replace(BY_POLICY, method=Method.ASSUME_ROLE, role_name="the-role")
ENDS = dt.datetime(2027, 1, 31, tzinfo=dt.UTC)
BEFORE, AFTER = "2027-01-30T23:59:59Z", "2027-01-31T00:00:00Z"
Context = Mapping[str, Sequence[str]]


def lets_in(grant: Grant, context: Context, *, principal: str = BOB, action: str | None = None) -> Decision:
    """What both sides say: of the object by a bucket's policy, of the role by the other method."""
    attached = {grant.name: (USER,)}
    identity = [compile_document(one.document) for one in requester_policies(BUCKET, [grant], attached)]
    by_role = grant.method is Method.ASSUME_ROLE
    resource, kind = (
        (role_trust(BUCKET, grant), PolicyKind.TRUST)
        if by_role
        else (
            bucket_policy(BUCKET, [grant]),
            PolicyKind.RESOURCE,
        )
    )
    request = Request(
        principal=principal,
        action=action or ("sts:AssumeRole" if by_role else "s3:GetObject"),
        resource=ROLE if by_role else f"{BUCKET.arn}/reports/1",
        resource_account=BUCKET.account,
        context={"aws:SecureTransport": ["true"], **context},
    )
    read = compile_document(parse_document(canonical_json(resource), kind))
    return decide(request, Policies(identity=identity, resource=read)).decision


def session_may(grant: Grant, context: Context) -> Decision:
    """What the role's session may do once it is there."""
    request = Request(
        principal=ROLE_SESSION,
        action="s3:GetObject",
        resource=f"{BUCKET.arn}/reports/1",
        resource_account=BUCKET.account,
        context={"aws:SecureTransport": ["true"], "aws:PrincipalArn": [ROLE], **context},
    )
    policy = compile_document(role_policy(BUCKET, grant))
    bucket = compile_document(bucket_policy(BUCKET, [grant]))
    return decide(request, Policies(identity=[policy], resource=bucket)).decision


BY_BOTH: list[tuple[Conditions, list[Context], list[Context]]] = [
    (
        Conditions(mfa=Mfa(max_age=900)),
        [{"aws:MultiFactorAuthPresent": ["true"], "aws:MultiFactorAuthAge": ["900"]}],
        [
            {},
            {"aws:MultiFactorAuthPresent": ["false"]},
            {"aws:MultiFactorAuthPresent": ["true"]},
            {"aws:MultiFactorAuthPresent": ["true"], "aws:MultiFactorAuthAge": ["901"]},
        ],
    ),
    (
        Conditions(source_ip=("203.0.113.0/24",)),
        [{"aws:SourceIp": ["203.0.113.9"]}],
        [{}, {"aws:SourceIp": ["198.51.100.9"]}, {"aws:SourceVpce": ["vpce-1"]}],
    ),
    (
        Conditions(organization="o-a1b2c3d4e5"),
        [{"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}],
        [{}, {"aws:PrincipalOrgID": ["o-z9y8x7w6v5"]}],
    ),
    (
        Conditions(expires=ENDS),
        [{"aws:CurrentTime": [BEFORE]}],
        [{"aws:CurrentTime": [AFTER]}, {"aws:CurrentTime": ["2028-01-01T00:00:00Z"]}],
    ),
]
BY_BUCKET_POLICY: list[tuple[Conditions, list[Context], list[Context]]] = [
    (
        Conditions(s3_endpoints=("vpce-1",)),
        [{"aws:SourceVpce": ["vpce-1"]}],
        [{}, {"aws:SourceVpce": ["vpce-2"]}, {"aws:SourceIp": ["203.0.113.9"]}],
    ),
    (
        Conditions(source_ip=("203.0.113.0/24",), s3_endpoints=("vpce-1",)),
        [{"aws:SourceVpce": ["vpce-1"]}, {"aws:SourceIp": ["203.0.113.9"]}],
        [{}, {"aws:SourceVpce": ["vpce-2"]}, {"aws:SourceIp": ["198.51.100.9"]}],
    ),
]
BY_ASSUMING: list[tuple[Conditions, list[Context], list[Context]]] = [
    (
        Conditions(external_id="acme"),
        [{"sts:ExternalId": ["acme"]}],
        [{}, {"sts:ExternalId": ["Acme"]}, {"sts:ExternalId": [""]}],
    ),
    (
        Conditions(s3_endpoints=("vpce-1",), sts_endpoints=("vpce-2",)),
        [{"aws:SourceVpce": ["vpce-2"]}],
        [{}, {"aws:SourceVpce": ["vpce-1"]}],
    ),
    (
        Conditions(source_identity=("alice", "bob")),
        [{"sts:SourceIdentity": ["bob"]}],
        [{}, {"sts:SourceIdentity": ["carol"]}],
    ),
    (
        Conditions(session_tags=(("cost", ("7",)), ("team", ("apps", "data")))),
        [{"aws:RequestTag/cost": ["7"], "aws:RequestTag/team": ["data"], "aws:TagKeys": ["cost", "team"]}],
        [
            {},
            {"aws:RequestTag/team": ["data"], "aws:TagKeys": ["team"]},
            {"aws:RequestTag/cost": ["7"], "aws:RequestTag/team": ["x"], "aws:TagKeys": ["cost", "team"]},
            {
                "aws:RequestTag/cost": ["7"],
                "aws:RequestTag/team": ["data"],
                "aws:RequestTag/admin": ["yes"],
                "aws:TagKeys": ["admin", "cost", "team"],
            },
        ],
    ),
]
CASES = [
    *[(BY_POLICY, *case) for case in (*BY_BOTH, *BY_BUCKET_POLICY)],
    *[(BY_ROLE, *case) for case in (*BY_BOTH, *BY_ASSUMING)],
]


@pytest.mark.parametrize(("grant", "conditions", "met", "unmet"), CASES)
def test_a_condition_lets_in_where_it_is_met_and_nowhere_else(
    grant: Grant, conditions: Conditions, met: list[Context], unmet: list[Context]
) -> None:
    """IAM User Guide, "AWS global condition context keys"; STS API Reference, "AssumeRole"."""
    asked = dataclasses.replace(grant, conditions=conditions)
    for context in met:
        assert lets_in(asked, context) is Decision.ALLOWED
        assert lets_in(grant, context) is Decision.ALLOWED
    for context in unmet:
        assert lets_in(asked, context) is Decision.NOT_ALLOWED, context
        assert lets_in(grant, context) is Decision.ALLOWED


@pytest.mark.parametrize(
    ("conditions", "context", "expected"),
    [
        (Conditions(expires=ENDS), {"aws:CurrentTime": [BEFORE]}, Decision.ALLOWED),
        (Conditions(expires=ENDS), {"aws:CurrentTime": [AFTER]}, Decision.NOT_ALLOWED),
        (Conditions(source_ip=("203.0.113.0/24",)), {"aws:SourceIp": ["203.0.113.9"]}, Decision.ALLOWED),
        (Conditions(source_ip=("203.0.113.0/24",)), {"aws:SourceIp": ["198.51.100.9"]}, Decision.NOT_ALLOWED),
        (Conditions(s3_endpoints=("vpce-1",)), {"aws:SourceVpce": ["vpce-1"]}, Decision.ALLOWED),
        (Conditions(s3_endpoints=("vpce-1",)), {"aws:SourceIp": ["203.0.113.9"]}, Decision.NOT_ALLOWED),
        (Conditions(mfa=Mfa()), {}, Decision.ALLOWED),
        (Conditions(organization="o-a1b2c3d4e5"), {}, Decision.ALLOWED),
    ],
)
def test_a_running_session_ends_and_stays_where_its_grant_does(
    conditions: Conditions, context: Context, expected: Decision
) -> None:
    """A session outlives its trust by up to twelve hours; of MFA it tells nothing.

    IAM User Guide, "Secure API access with MFA", "Update the maximum session duration for a role".
    """
    assert session_may(dataclasses.replace(BY_ROLE, conditions=conditions), context) is expected


TAGGED = dataclasses.replace(
    BY_ROLE, conditions=Conditions(session_tags=(("team", ("data",)),), source_identity=("bob",))
)


@pytest.mark.parametrize(
    ("action", "context", "expected"),
    [
        ("sts:TagSession", {"aws:RequestTag/team": ["data"], "aws:TagKeys": ["team"]}, Decision.ALLOWED),
        ("sts:TagSession", {"aws:RequestTag/team": ["x"], "aws:TagKeys": ["team"]}, Decision.NOT_ALLOWED),
        ("sts:SetSourceIdentity", {"sts:SourceIdentity": ["bob"]}, Decision.ALLOWED),
        ("sts:SetSourceIdentity", {"sts:SourceIdentity": ["carol"]}, Decision.NOT_ALLOWED),
    ],
)
def test_what_goes_along_with_assuming_is_allowed_within_its_values(
    action: str, context: Context, expected: Decision
) -> None:
    """Each has an action of its own, beside the one that assumes the role.

    IAM User Guide, "Pass session tags in AWS STS" and "Monitor and control actions taken with assumed roles".
    """
    assert lets_in(TAGGED, context, action=action) is expected


UNIT = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"
RESERVED = "arn:aws:iam::112233445566:role/aws-reserved/sso.amazonaws.com"
SSO = "AWSReservedSSO_Readers_0123456789abcdef"


@pytest.mark.parametrize("grant", [BY_POLICY, BY_ROLE], ids=["bucket-policy", "assume-role"])
@pytest.mark.parametrize(
    ("kind", "name", "principal", "context", "expected"),
    [
        (PrincipalKind.ACCOUNT, "", BOB, {}, Decision.ALLOWED),
        (PrincipalKind.ACCOUNT, "", BOB.replace("112233445566", "998877665544"), {}, Decision.NOT_ALLOWED),
        (
            PrincipalKind.PERMISSION_SET,
            "Readers",
            f"arn:aws:sts::112233445566:assumed-role/{SSO}/ann",
            {"aws:PrincipalArn": [f"{RESERVED}/eu-central-1/{SSO}"]},
            Decision.ALLOWED,
        ),
        (
            PrincipalKind.PERMISSION_SET,
            "Readers",
            f"arn:aws:sts::112233445566:assumed-role/{SSO}/ann",
            {"aws:PrincipalArn": [f"arn:aws:iam::112233445566:role/{SSO}"]},
            Decision.NOT_ALLOWED,
        ),
        (
            PrincipalKind.ORGANIZATION,
            "o-a1b2c3d4e5",
            BOB,
            {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]},
            Decision.ALLOWED,
        ),
        (
            PrincipalKind.ORGANIZATION,
            "o-a1b2c3d4e5",
            BOB,
            {"aws:PrincipalOrgID": ["o-z9y8x7w6v5"]},
            Decision.NOT_ALLOWED,
        ),
        (PrincipalKind.ORGANIZATION, "o-a1b2c3d4e5", BOB, {}, Decision.NOT_ALLOWED),
        (
            PrincipalKind.UNIT,
            UNIT,
            BOB,
            {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"], "aws:PrincipalOrgPaths": [f"{UNIT}/"]},
            Decision.ALLOWED,
        ),
        (
            PrincipalKind.UNIT,
            UNIT,
            BOB,
            {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"], "aws:PrincipalOrgPaths": [f"{UNIT}/ou-ab12-2222/"]},
            Decision.ALLOWED,
        ),
        (
            PrincipalKind.UNIT,
            UNIT,
            BOB,
            {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"], "aws:PrincipalOrgPaths": [f"{UNIT}2/"]},
            Decision.NOT_ALLOWED,
        ),
    ],
)
def test_each_kind_of_principal_is_let_in_and_no_other(
    grant: Grant, *, kind: PrincipalKind, name: str, principal: str, context: Context, expected: Decision
) -> None:
    """IAM User Guide, "AWS global condition context keys": organizations; "IAM identifiers": the others."""
    asked = dataclasses.replace(grant, principals=(Principal(kind=kind, name=name),))
    assert lets_in(asked, context, principal=principal) is expected


def test_the_owners_own_principals_gain_nothing_by_an_organizations_grant() -> None:
    """Without the exception they would need no policy of their own.

    IAM User Guide, "Cross-account policy evaluation logic".
    """
    grant = dataclasses.replace(
        BY_POLICY,
        account=None,
        principals=(Principal(kind=PrincipalKind.ORGANIZATION, name="o-a1b2c3d4e5"),),
    )
    request = Request(
        principal="arn:aws:iam::111111222222:user/alice",
        action="s3:GetObject",
        resource=f"{BUCKET.arn}/reports/1",
        resource_account=BUCKET.account,
        context={"aws:SecureTransport": ["true"], "aws:PrincipalOrgID": ["o-a1b2c3d4e5"]},
    )
    policies = Policies(resource=compile_document(bucket_policy(BUCKET, [grant])))
    assert decide(request, policies).decision is Decision.NOT_ALLOWED
