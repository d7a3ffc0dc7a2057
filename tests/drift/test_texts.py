"""What AWS writes anew is the same policy; what means something else is another."""

import json

import pytest

from crossaccess.drift.texts import same

ONE = {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": "112233445566"}, "Action": ["s3:GetObject"]}
TWO = {"Sid": "B", "Effect": "Deny", "Principal": "*", "Action": ["s3:PutObject", "s3:GetObject"]}


def policy(*statements: object) -> str:
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (policy(ONE, TWO), policy(TWO, ONE)),
        (policy(ONE), policy({**ONE, "Action": "s3:GetObject"})),
        (policy(ONE), json.dumps({"Statement": ONE, "Version": "2012-10-17"}, indent=4)),
        (policy(TWO), policy({**TWO, "Action": ["s3:GetObject", "s3:PutObject"]})),
        (policy(ONE), policy({**ONE, "Principal": {"AWS": "arn:aws:iam::112233445566:root"}})),
        (policy(ONE), policy({**ONE, "Principal": {"AWS": ["arn:aws-cn:iam::112233445566:root"]}})),
        (
            policy({**ONE, "Condition": {"Bool": {"aws:SecureTransport": False}}}),
            policy({**ONE, "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}),
        ),
        ("no JSON at all", "no JSON at all"),
    ],
)
def test_the_same_in_another_way(one: str, other: str) -> None:
    """Order, lists of one, flags as texts, and an account as its root."""
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    "other",
    [
        policy(),
        policy(ONE, TWO),
        policy({**ONE, "Effect": "Deny"}),
        policy({**ONE, "Action": ["s3:GetObject", "s3:PutObject"]}),
        policy({**ONE, "Action": "s3:getobject"}),
        policy({**ONE, "Principal": {"AWS": "112233445567"}}),
        policy({**ONE, "Principal": {"AWS": "arn:aws:iam::112233445566:user/root"}}),
        policy({**ONE, "Principal": {"Service": "112233445566"}}),
        policy({**ONE, "NotPrincipal": ONE["Principal"]}),
        policy({**ONE, "Sid": "Another"}),
        json.dumps({"Version": "2008-10-17", "Statement": [ONE]}),
        "no JSON at all",
        '{"Statement": 1, "Statement": 2}',
        "[" * 100_000,
    ],
)
def test_another_policy(other: str) -> None:
    """Whatever differs is compared."""
    assert not same(policy(ONE), other)


def test_an_account_outside_of_a_principal_is_no_principal() -> None:
    """A key's value that looks like a root's ARN is a text."""
    values = ("112233445566", "arn:aws:iam::112233445566:root")
    one, other = (policy({**ONE, "Condition": {"StringEquals": {"aws:x": value}}}) for value in values)
    assert not same(one, other)
