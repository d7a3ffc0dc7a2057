"""Which bucket policies S3 takes to be public."""

import pytest

from crossaccess.policy.document import Document, PolicyKind, parse_document
from crossaccess.policy.public import is_public, is_public_statement


def _document(names: dict[str, object], condition: object = None, effect: str = "Allow") -> Document:
    """A policy of one statement."""
    more = {} if condition is None else {"Condition": condition}
    statement = {"Effect": effect, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **names, **more}
    return parse_document({"Statement": statement}, PolicyKind.RESOURCE)


@pytest.mark.parametrize(
    ("principal", "condition", "public"),
    [
        ("*", None, True),
        ({"AWS": "*"}, None, True),
        ({"AWS": ["arn:aws:iam::111111222222:root", "*"]}, None, True),
        ({"AWS": "arn:aws:iam::111111222222:root"}, None, False),
        ({"AWS": "arn:aws:iam::111111222222:user/x"}, {"StringLike": {"aws:username": "*"}}, False),
        ({"Service": "logging.s3.amazonaws.com"}, None, False),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}, False),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-*"]}}, True),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/org}"}}, True),
        ("*", {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ("*", {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, True),
        ("*", {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ("*", {"StringEquals": {"aws:PrincipalOrgPaths": "o-1/r/ou/"}}, True),
        ("*", {"StringEquals": {"aws:Referer": "https://example.com/"}}, True),
        ("*", {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111222222:user/x"}}, False),
        ("*", {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ("*", {"IpAddress": {"aws:SourceIp": "10.0.0.0/7"}}, True),
        ("*", {"IpAddress": {"aws:SourceIp": ["10.0.0.1", "0.0.0.0/0"]}}, True),
        ("*", {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, False),
        ("*", {"IpAddress": {"aws:SourceIp": "2001::/31"}}, True),
        ("*", {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ("*", {"StringEquals": {"aws:SourceVpce": "vpce-1"}, "Bool": {"aws:SecureTransport": "true"}}, False),
        ("*", {"Bool": {"aws:SecureTransport": "true"}}, True),
    ],
)
def test_a_policy_is_public_unless_it_is_shown_not_to_be(
    principal: object, condition: object, public: bool
) -> None:
    """S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of 'public'"."""
    assert is_public(_document({"Principal": principal}, condition)) is public
    assert is_public(_document({"Principal": principal}, condition, effect="Deny")) is False


def test_everyone_but_somebody_is_public() -> None:
    """IAM User Guide, "AWS JSON policy elements: NotPrincipal": with Allow it is nearly everyone."""
    assert is_public(_document({"NotPrincipal": {"AWS": "111111222222"}})) is True


def test_one_public_statement_makes_a_policy_public() -> None:
    """Whatever the others say."""
    closed, opened = (_document({"Principal": one}) for one in ({"AWS": "111111222222"}, "*"))
    both = Document(statements=(*closed.statements, *opened.statements))
    assert is_public(both) is True
    assert [is_public_statement(one) for one in both.statements] == [False, True]
