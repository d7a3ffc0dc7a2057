"""Policy documents: what is read, what is refused, and how one is written."""

import json

import pytest

from crossaccess.policy.document import (
    Condition,
    Document,
    Effect,
    PolicyError,
    PolicyKind,
    PrincipalName,
    Statement,
    canonical_json,
    parse_document,
)

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def document(*statements: object, **elements: object) -> dict[str, object]:
    """A document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements), **elements}


def test_a_document_is_read_into_values() -> None:
    """Every element of a statement arrives, single values as lists of one."""
    source = {
        "Version": "2012-10-17",
        "Id": "example",
        "Statement": {
            "Sid": "One",
            "Effect": "Deny",
            "NotPrincipal": {"AWS": ["arn:aws:iam::111111222222:root"], "Service": "s3.amazonaws.com"},
            "NotAction": "s3:GetObject",
            "NotResource": ["a", "b"],
            "Condition": {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"s3:max-keys": 10}},
        },
    }
    assert parse_document(json.dumps(source), PolicyKind.RESOURCE) == Document(
        id="example",
        statements=(
            Statement(
                effect=Effect.DENY,
                sid="One",
                not_principals=(
                    PrincipalName(type="AWS", value="arn:aws:iam::111111222222:root"),
                    PrincipalName(type="Service", value="s3.amazonaws.com"),
                ),
                not_actions=("s3:GetObject",),
                not_resources=("a", "b"),
                conditions=(
                    Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),
                    Condition(operator="NumericLessThan", key="s3:max-keys", values=("10",)),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("source", "kind", "told"),
    [
        ("{", PolicyKind.IDENTITY, "not JSON"),
        (b"\xff{}", PolicyKind.IDENTITY, "not UTF-8"),
        ("[]", PolicyKind.IDENTITY, "an empty list"),
        ("[" * 100_000, PolicyKind.IDENTITY, "nested too deeply"),
        ('{"Statement": ' + "1" * 5000 + "}", PolicyKind.IDENTITY, "number that is too long"),
        ('{"Statement": NaN}', PolicyKind.IDENTITY, "NaN"),
        ('{"Statement": [], "Statement": []}', PolicyKind.IDENTITY, "'Statement' stands twice"),
        ({"Version": "2012-10-17"}, PolicyKind.IDENTITY, "Statement is missing"),
        (document(READ, Extra=1), PolicyKind.IDENTITY, "unknown element 'Extra'"),
        (document(READ, Version="2020-01-01"), PolicyKind.IDENTITY, "2012-10-17"),
        (document(READ, Id=7), PolicyKind.IDENTITY, "Id is 7"),
        ({"Statement": "x"}, PolicyKind.IDENTITY, "Statement is 'x'"),
        (document("x"), PolicyKind.IDENTITY, "statement 1"),
        (document({**READ, "effect": "Allow"}), PolicyKind.IDENTITY, "unknown element 'effect'"),
        (document({**READ, "Effect": "allow"}), PolicyKind.IDENTITY, "'Allow' or 'Deny'"),
        (document({**READ, "Sid": 1}), PolicyKind.IDENTITY, "Sid is 1"),
        (document({**READ, "NotAction": "s3:*"}), PolicyKind.IDENTITY, "Action and NotAction"),
        (document({"Effect": "Allow", "Action": "s3:*"}), PolicyKind.IDENTITY, "Resource and NotResource"),
        (document({**READ, "Principal": "*"}), PolicyKind.IDENTITY, "names no principals"),
        (document(READ), PolicyKind.RESOURCE, "Principal and NotPrincipal"),
        (document({**READ, "Principal": "*"}), PolicyKind.TRUST, "a trust policy has no Resource"),
        (document({**READ, "Principal": "bob"}), PolicyKind.RESOURCE, "Principal is 'bob'"),
        (document({**READ, "Principal": {}}), PolicyKind.RESOURCE, "an empty object"),
        (document({**READ, "Principal": {"Aws": "*"}}), PolicyKind.RESOURCE, "the type 'Aws'"),
        (document({**READ, "NotPrincipal": "*"}), PolicyKind.RCP, "NotPrincipal is not allowed"),
        (document({**READ, "Action": []}), PolicyKind.IDENTITY, "empty list"),
        (document({**READ, "Action": [1]}), PolicyKind.IDENTITY, "Action holds 1"),
        (document({**READ, "Action": None}), PolicyKind.IDENTITY, "Action is null"),
        (document({**READ, "Condition": []}), PolicyKind.IDENTITY, "Condition is an empty list"),
        (document({**READ, "Condition": {"Bool": True}}), PolicyKind.IDENTITY, "Condition Bool is true"),
        (document({**READ, "Condition": {"Bool": {"k": None}}}), PolicyKind.IDENTITY, "Bool k holds null"),
    ],
)
def test_what_aws_would_refuse_is_refused_with_the_place(source: object, kind: PolicyKind, told: str) -> None:
    """The message says what is wrong and where."""
    with pytest.raises(PolicyError) as caught:
        parse_document(source, kind)  # type: ignore[arg-type]  # people hand in anything
    assert told in str(caught.value)


def test_the_order_of_lists_and_elements_does_not_show_in_what_is_written() -> None:
    """The same policy is the same text, so that an unchanged policy never shows as a change."""
    one = document({**READ, "Action": ["s3:PutObject", "s3:GetObject", "s3:GetObject"]})
    two = document(
        {"Resource": ["arn:aws:s3:::b/*"], "Action": ["s3:GetObject", "s3:PutObject"], "Effect": "Allow"}
    )
    written = {canonical_json(parse_document(source, PolicyKind.IDENTITY)) for source in (one, two)}
    (text,) = written
    assert text == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],'
        '"Resource":"arn:aws:s3:::b/*"}]}'
    )


def test_everyone_is_written_as_the_bare_star() -> None:
    """A star among other principals takes them all in."""
    source = document({**READ, "Principal": "*"})
    assert '"Principal":"*"' in canonical_json(parse_document(source, PolicyKind.RESOURCE))


def test_conditions_with_the_same_operator_are_written_together() -> None:
    """Several keys of one operator share its block."""
    statement = Statement(
        effect=Effect.ALLOW,
        actions=("s3:ListBucket",),
        resources=("arn:aws:s3:::b",),
        conditions=(
            Condition(operator="StringLike", key="s3:prefix", values=("b/*", "a/*")),
            Condition(operator="StringLike", key="aws:username", values=("bob",)),
        ),
    )
    written = json.loads(canonical_json(Document(statements=(statement,), id="x")))
    assert written["Id"] == "x"
    assert written["Statement"][0]["Condition"] == {
        "StringLike": {"aws:username": "bob", "s3:prefix": ["a/*", "b/*"]}
    }


def test_a_long_value_is_shortened_in_the_message() -> None:
    """A message stays readable whatever it is about."""
    with pytest.raises(PolicyError) as caught:
        parse_document(document("x" * 10_000), PolicyKind.IDENTITY)
    assert len(str(caught.value)) < 200
