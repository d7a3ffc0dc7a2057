"""Whom a statement lets in: what narrows, and what only looks as if it did."""

import pytest

from crossaccess.decide import compile_document
from crossaccess.decide.statement import CompiledStatement
from crossaccess.findings.naming import (
    accounts_let_in,
    has_condition,
    is_of_an_organization,
    lets_everyone_in,
    may_let_outsiders_in,
    services_without_source,
    whole_accounts,
)
from crossaccess.policy.document import PolicyKind, parse_document
from tests.support.found import BOB, OWNER, REQUESTER, ROOT, STRANGER, allow

_SERVICE = {"Service": "logging.s3.amazonaws.com"}
_OF_ACCOUNT = f"arn:aws:iam::{REQUESTER}"


def read(principal: object, condition: object = None) -> CompiledStatement:
    """A statement that allows."""
    more = {} if condition is None else {"Condition": condition}
    document = parse_document({"Statement": allow(principal, **more)}, PolicyKind.RESOURCE)
    return compile_document(document).allowing[0]


@pytest.mark.parametrize(
    ("condition", "narrows"),
    [
        (None, False),
        ({"ArnEquals": {"aws:PrincipalArn": BOB}}, True),
        ({"ArnEquals": {"AWS:principalARN": BOB}}, True),
        ({"ArnLike": {"aws:PrincipalArn": [BOB, f"{_OF_ACCOUNT}:role/*"]}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"{_OF_ACCOUNT}:*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"{_OF_ACCOUNT}:u*"}}, False),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, False),
        ({"StringLike": {"aws:PrincipalArn": "*/bob"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"{_OF_ACCOUNT}:role/apps/*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"{_OF_ACCOUNT}:role/*/AWSReservedSSO_A_????????????????"}}, True),
        ({"ArnEqualsIfExists": {"aws:PrincipalArn": BOB}}, False),
        ({"ForAllValues:ArnEquals": {"aws:PrincipalArn": BOB}}, False),
        ({"ArnNotEquals": {"aws:PrincipalArn": BOB}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"{_OF_ACCOUNT}:user/${{aws:username}}"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"{_OF_ACCOUNT}:user/team-${{aws:username}}"}}, True),
        ({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, True),
        ({"StringLike": {"aws:userid": "*:*"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team}"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "data"}}, True),
        ({"StringLike": {"aws:PrincipalTag/team": "*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False),
        ({"StringEquals": {"sts:ExternalId": "x"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
    ],
)
@pytest.mark.parametrize("principal", [ROOT, {"AWS": REQUESTER}])
def test_an_account_is_whole_unless_a_condition_says_who_of_it(
    principal: object, condition: object, narrows: bool
) -> None:
    """Only what is asked for, and is there, takes anybody out."""
    assert whole_accounts(read(principal, condition).source) == (() if narrows else (REQUESTER,))


def test_a_principal_by_its_name_is_no_whole_account() -> None:
    """Whatever stands beside it."""
    assert whole_accounts(read({"AWS": [BOB, f"arn:aws:sts::{REQUESTER}:assumed-role/r/s"]}).source) == ()


@pytest.mark.parametrize(
    ("principal", "condition", "everyone"),
    [
        ("*", None, True),
        ({"AWS": "*"}, None, True),
        ({"AWS": [BOB, "*"]}, None, True),
        ({"Federated": "*"}, None, True),
        (ROOT, None, False),
        ("*", {"StringEquals": {"kms:CallerAccount": REQUESTER}}, False),
        ("*", {"StringLike": {"kms:CallerAccount": "1*"}}, True),
        ("*", {"ArnLike": {"aws:PrincipalArn": f"{_OF_ACCOUNT}:role/*"}}, False),
        ("*", {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/x", BOB]}}, True),
        ("*", {"ArnLikeIfExists": {"aws:PrincipalArn": BOB}}, True),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False),
        ("*", {"StringNotEquals": {"aws:PrincipalAccount": STRANGER}}, True),
        ("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}, False),
        ("*", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/r-ab12/*"}}, True),
    ],
)
def test_everyone_is_let_in_unless_a_condition_names_whose_they_are(
    principal: object, condition: object, everyone: bool
) -> None:
    """By fixed values, or by a pattern that names an account or an organization."""
    assert lets_everyone_in(read(principal, condition).source) is everyone


@pytest.mark.parametrize(
    ("condition", "narrows"),
    [
        ({"StringEquals": {"aws:SourceAccount": OWNER}}, True),
        ({"StringEqualsIfExists": {"aws:SourceAccount": OWNER}}, False),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{OWNER}:trail/*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::lake"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "${aws:SourceArn}"}}, False),
        ({"StringLike": {"aws:SourceOrgID": "o-*"}}, False),
        ({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": OWNER}}, False),
        (
            {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{OWNER}:*"}},
            True,
        ),
        ({"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "*"}}, False),
        (None, False),
    ],
)
def test_a_service_works_for_anybody_unless_a_condition_says_for_whom(
    condition: object, narrows: bool
) -> None:
    """The account, the resource or the organization that it works for."""
    assert services_without_source(read(_SERVICE, condition).source) == (
        () if narrows else ("logging.s3.amazonaws.com",)
    )


@pytest.mark.parametrize(
    ("condition", "bound"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "*"]}}, False),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}, True),
        ({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False),
    ],
)
def test_an_organization_has_to_be_named(condition: object, bound: bool) -> None:
    """A pattern of ids is any organization."""
    assert is_of_an_organization(read(ROOT, condition).source) is bound


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ({"StringEquals": {"sts:ExternalId": "x"}}, True),
        ({"StringLike": {"sts:ExternalId": "*"}}, False),
        ({"StringEquals": {"sts:ExternalId": "${sts:ExternalId}"}}, False),
        ({"StringLike": {"sts:ExternalId": ["x", "*"]}}, False),
        ({"StringEqualsIfExists": {"sts:ExternalId": "x"}}, False),
        ({"StringNotEquals": {"sts:ExternalId": "x"}}, False),
        ({"Null": {"sts:ExternalId": "false"}}, False),
    ],
)
def test_an_external_id_has_to_be_one(condition: object, asked: bool) -> None:
    """Any id at all is none."""
    assert has_condition(read(ROOT, condition).source, "sts:externalid") is asked


@pytest.mark.parametrize(
    ("principal", "condition", "accounts", "outside"),
    [
        (ROOT, None, (REQUESTER,), True),
        ({"AWS": OWNER}, None, (OWNER,), False),
        ("*", None, (), True),
        ("*", {"StringEquals": {"aws:PrincipalAccount": OWNER}}, (OWNER,), False),
        ("*", {"StringEquals": {"aws:PrincipalAccount": [OWNER, STRANGER]}}, (OWNER, STRANGER), True),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, (), True),
        (_SERVICE, None, (), False),
        (
            {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
            None,
            (),
            True,
        ),
    ],
)
def test_outsiders_are_those_of_any_other_account(
    principal: object, condition: object, accounts: tuple[str, ...], outside: bool
) -> None:
    """By their principals, or of everyone by a condition that names accounts."""
    statement = read(principal, condition)
    assert accounts_let_in(statement.source) == accounts
    assert may_let_outsiders_in(statement, OWNER) is outside
