"""Foreign denies that catch what a grant gives."""

import json

import pytest

from crossaccess.policy.build import role_policy
from crossaccess.policy.contradict import Allowed, Contradiction, allowed_by, contradictions
from crossaccess.policy.existing import read_existing
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
BOB = "arn:aws:iam::112233445566:user/bob"
ROLE = "arn:aws:iam::111111222222:role/shared-role"
SSO = "arn:aws:iam::112233445566:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data_????????????????"
READ = Allowed(
    grant="read-reports",
    callers=(BOB,),
    actions=("s3:GetObject",),
    resources=("arn:aws:s3:::shared/reports/*",),
)
DENY = {"Sid": "TheirDeny", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def found(elements: dict[str, object], allowed: Allowed = READ) -> Contradiction | None:
    """What is said of a deny of everything to everyone, with these elements instead."""
    raw = {name: value for name, value in {**DENY, **elements}.items() if value is not None}
    existing = read_existing(json.dumps({"Version": "2012-10-17", "Statement": [raw]}))
    listed = contradictions(existing.foreign, [allowed])
    assert len(listed) <= 1
    return listed[0] if listed else None


def by(caller: str) -> Allowed:
    """The same grant for another caller."""
    return Allowed(grant=READ.grant, callers=(caller,), actions=READ.actions, resources=READ.resources)


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"Action": "S3:getobject"},
        {"Action": ["s3:PutObject", "s3:Get*"]},
        {"Action": None, "NotAction": "s3:PutObject"},
        {"Resource": "arn:aws:s3:::shared/*"},
        {"Resource": ["arn:aws:s3:::shared/reports/*", "arn:aws:s3:::other/*"]},
        {"Resource": None, "NotResource": ["arn:aws:s3:::shared/public/*", "arn:aws:s3:::shared"]},
        {"Principal": {"AWS": BOB}},
        {"Principal": {"AWS": "112233445566"}},
        {"Principal": {"AWS": ["arn:aws:iam::112233445566:root", ROLE]}},
        {"Principal": {"AWS": "*"}},
        {"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::111111222222:root"}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Null": {"aws:PrincipalArn": "false"}}},
        {"Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111111222222"}}},
        {"Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::111111222222:role/*", ROLE]}}},
        {"Condition": {"StringLike": {"aws:PrincipalArn": "*:user/*"}}},
    ],
)
def test_a_deny_that_catches_all_of_a_grant_surely_denies(elements: dict[str, object]) -> None:
    """Without conditions, or with such that surely hold (IAM User Guide, "Policy evaluation logic")."""
    told = found(elements)
    assert told is not None
    assert (told.statement, told.grant, told.sure, told.keys) == (
        "statement 'TheirDeny'",
        "read-reports",
        True,
        (),
    )
    assert (told.actions, told.callers) == (("s3:GetObject",), (BOB,))


@pytest.mark.parametrize(
    ("elements", "keys"),
    [
        ({"Condition": {"StringEquals": {"aws:PrincipalArn": []}}}, ("aws:PrincipalArn",)),
        ({"Condition": {"DateLessThan": {"aws:PrincipalArn": "2027-01-01"}}}, ("aws:PrincipalArn",)),
        ({"Resource": "arn:aws:s3:::shared/reports/2026/*"}, ()),
        ({"Resource": "arn:aws:s3:::shared/*.csv"}, ()),
        ({"Resource": "arn:aws:s3:::shared/${aws:PrincipalTag/team}/*"}, ()),
        ({"Resource": None, "NotResource": "arn:aws:s3:::shared/reports/open/*"}, ()),
        ({"Resource": None, "NotResource": "arn:aws:s3:::shared/${aws:username}*"}, ()),
        ({"Principal": None, "NotPrincipal": {"AWS": [BOB, "112233445566"]}}, ()),
        ({"Principal": {"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}}, ()),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, ("aws:SourceIp",)),
        (
            {
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
                    "Null": {"aws:SourceVpce": "true"},
                }
            },
            ("aws:PrincipalOrgID", "aws:SourceVpce"),
        ),
        ({"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}, ("s3:TlsVersion",)),
        ({"Condition": {"StringNotLike": {"aws:PrincipalArn": "*/${aws:username}"}}}, ("aws:PrincipalArn",)),
    ],
)
def test_a_deny_that_catches_a_part_or_under_conditions_may_deny(
    elements: dict[str, object], keys: tuple[str, ...]
) -> None:
    """The keys of the conditions that cannot be told beforehand are named."""
    told = found(elements)
    assert told is not None
    assert (told.sure, told.keys) == (False, keys)
    assert "may deny" in str(told)
    assert all(key in str(told) for key in keys)


@pytest.mark.parametrize(
    "elements",
    [
        {"Effect": "Allow"},
        {"Action": "s3:PutObject"},
        {"Action": ["s3:Get?ucket*", "s3:*Acl"]},
        {"Action": None, "NotAction": ["s3:get*", "s3:List*"]},
        {"Resource": "arn:aws:s3:::shared"},
        {"Resource": "arn:aws:s3:::shared/Reports/*"},
        {"Resource": "arn:aws:s3:::shared/reports-private/*"},
        {"Resource": None, "NotResource": "arn:aws:s3:::shared/*"},
        {"Resource": None, "NotResource": ["arn:aws:s3:::shared/r*", "arn:aws:s3:::shared"]},
        {"Principal": {"AWS": "arn:aws:iam::112233445566:user/carol"}},
        {"Principal": {"AWS": "111111222222"}},
        {"Principal": {"AWS": "AIDAQWERTYUIOPASDFGHJ"}},
        {"Principal": {"Service": "logging.s3.amazonaws.com"}},
        {"Principal": {"Federated": "cognito-identity.amazonaws.com"}},
        {"Principal": None, "NotPrincipal": "*"},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Condition": {"BoolIfExists": {"aws:securetransport": False}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "::/0"}}},
        {"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}},
        {"Condition": {"Null": {"aws:PrincipalArn": "true"}}},
        {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::112233445566:user/*"}}},
        {"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalAccount": ["112233445566"]}}},
        {"Condition": {"StringEqualsIgnoreCase": {"aws:PrincipalArn": "arn:aws:iam::112233445566:user/eve"}}},
        {"Condition": {"ArnLike": {"aws:PrincipalArn": "*:user/*"}}},
    ],
)
def test_a_deny_that_surely_misses_is_left_out(elements: dict[str, object]) -> None:
    """Plain HTTP above all, which no grant allows."""
    assert found(elements) is None


@pytest.mark.parametrize(
    ("principal", "caller", "sure"),
    [
        (f"arn:aws:sts::111111222222:assumed-role/shared-role/{BOB[-3:]}", ROLE, False),
        ("arn:aws:iam::112233445566:root", SSO, True),
        (SSO.replace("?" * 16, "0123456789abcdef"), SSO, False),
        (BOB, "*", False),
        (BOB, "112233445566", False),
        ("112233445566", "arn:aws:iam::112233445566:root", True),
        (ROLE, ROLE, True),
    ],
)
def test_roles_patterns_and_whole_accounts_are_callers_too(principal: str, caller: str, sure: bool) -> None:
    """One of many callers, or one session of a role, is a part of what the grant gives."""
    told = found({"Principal": {"AWS": principal}}, by(caller))
    assert told is not None
    assert told.sure is sure


@pytest.mark.parametrize(
    ("principal", "caller"),
    [
        ({"AWS": "arn:aws:iam::111111222222:root"}, SSO),
        ({"AWS": "arn:aws:sts::111111222222:assumed-role/another/bob"}, ROLE),
        ({"AWS": "arn:aws:iam::112233445566:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data_0"}, SSO),
    ],
)
def test_a_principal_that_no_caller_can_be_is_left_out(principal: object, caller: str) -> None:
    """Another account, another role, another permission set."""
    assert found({"Principal": principal}, by(caller)) is None


def test_a_role_that_came_by_an_identity_provider_may_be_caught_as_federated() -> None:
    """Its sessions can be of that provider; a user's requests cannot."""
    told = found({"Principal": {"Federated": "cognito-identity.amazonaws.com"}}, by(ROLE))
    assert told is not None
    assert not told.sure


def test_a_condition_on_a_pattern_of_callers_may_hold() -> None:
    """Some of them may be meant, and some not."""
    for operator, value in (("ArnLike", f"{SSO[:-16]}a*"), ("StringEquals", f"{SSO[:-16]}0123456789abcdef")):
        told = found({"Condition": {operator: {"aws:PrincipalArn": value}}}, by(SSO))
        assert told is not None
        assert told.keys == ("aws:PrincipalArn",)


def test_the_statements_of_a_role_give_what_its_sessions_may_do() -> None:
    """By method assume-role the caller is the role of the bucket's account."""
    grant = Grant(
        name="by-role",
        account="112233445566",
        principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
        method=Method.ASSUME_ROLE,
        actions=("s3:GetObject", "s3:ListBucket"),
        prefixes=("reports/",),
        role_name="shared-role",
    )
    allowed = allowed_by(grant.name, role_policy(BUCKET, grant).statements, [ROLE])
    deny = DENY | {"Principal": {"AWS": ROLE}, "Action": "s3:List*", "Sid": None}
    text = json.dumps({"Statement": [{name: value for name, value in deny.items() if value is not None}]})
    (told,) = contradictions(read_existing(text).foreign, allowed)
    assert (told.statement, told.actions, told.callers) == ("statement 1", ("s3:ListBucket",), (ROLE,))


def test_a_message_says_who_loses_what_and_what_would_be_right() -> None:
    """In one sentence for each statement and grant, however many actions there are."""
    many = Allowed(
        grant="many",
        callers=(BOB,),
        actions=tuple(f"s3:Get{letter}" for letter in "ABCDEF"),
        resources=READ.resources,
    )
    told = found({}, many)
    assert str(told) == (
        "statement 'TheirDeny' of the bucket's policy denies what the grant 'many' gives: s3:GetA, s3:GetB, "
        f"s3:GetC, s3:GetD and 2 more for {BOB}. A deny wins over every grant: have it except these callers, "
        "by ArnNotLike on aws:PrincipalArn, or take the grant out"
    )
    partly = found({"Resource": "arn:aws:s3:::shared/*.csv"})
    assert "may deny what the grant 'read-reports' gives, for some of its callers or objects: " in str(partly)
    assert str(partly).endswith("unless it is meant to catch them")
