"""Two policy texts that mean the same are the same; others are not."""

import json

import pytest

from sandbox.provider.policies import policy_fault, policy_text, same_policy

BASE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "A",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::112233445566:root", "arn:aws:iam::112233445566:user/bob"]},
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::b/*",
            "Condition": {
                "Bool": {"aws:SecureTransport": "true"},
                "StringLike": {"s3:prefix": ["a/*", "b/*"]},
            },
        },
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
    ],
}


def changed(**elements: object) -> str:
    """Return the policy with elements of its first statement changed; None takes one out."""
    first = {**BASE["Statement"][0], **elements}  # type: ignore[dict-item] # the first statement is a dict
    first = {key: value for key, value in first.items() if value is not None}
    return json.dumps({**BASE, "Statement": [first, BASE["Statement"][1]]})


@pytest.mark.parametrize(
    "other",
    [
        json.dumps(BASE, indent=4),
        json.dumps(BASE, sort_keys=True),
        json.dumps({**BASE, "Statement": BASE["Statement"][::-1]}),
        changed(Action=["s3:PutObject", "s3:GetObject"]),
        changed(Resource=["arn:aws:s3:::b/*"]),
        changed(Principal={"AWS": ["arn:aws:iam::112233445566:user/bob", "112233445566"]}),
        changed(
            Condition={"StringLike": {"s3:prefix": ["b/*", "a/*"]}, "Bool": {"aws:SecureTransport": True}}
        ),
    ],
)
def test_formatting_order_and_short_forms_are_no_change(other: str) -> None:
    """AWS may give the policy back in any of these forms."""
    assert same_policy(json.dumps(BASE), other)


@pytest.mark.parametrize(
    "other",
    [
        changed(Effect="Deny"),
        changed(Sid="B"),
        changed(Action=["s3:GetObject"]),
        changed(Action=None, NotAction=["s3:GetObject", "s3:PutObject"]),
        changed(Resource="arn:aws:s3:::c/*"),
        changed(Principal="*"),
        changed(Principal={"AWS": ["arn:aws:iam::112233445566:root"]}),
        changed(Condition=None),
        changed(Condition={"Bool": {"aws:SecureTransport": "false"}}),
        json.dumps({**BASE, "Version": "2008-10-17"}),
        json.dumps({**BASE, "Statement": BASE["Statement"][:1]}),
        "not json",
        "[]",
    ],
)
def test_a_change_of_meaning_is_a_change(other: str) -> None:
    """Every one of these decides some request differently, or is no policy."""
    assert not same_policy(json.dumps(BASE), other)
    assert not same_policy(other, json.dumps(BASE))


def test_texts_that_are_no_policies_are_equal_only_to_themselves() -> None:
    """What cannot be parsed is compared as it is written."""
    assert same_policy("not json", "not json")
    assert not same_policy("not json", "not  json")


def test_a_policy_given_as_an_object_becomes_text() -> None:
    """boto3 decodes IAM's policies; the state holds text."""
    assert json.loads(policy_text(BASE)) == BASE
    assert policy_text('{ "a": 1 }') == '{ "a": 1 }'


@pytest.mark.parametrize(
    ("text", "part"), [("{", "is not JSON"), ("[]", "must be a JSON object"), (3, "must be")]
)
def test_what_is_no_policy_is_told(text: object, part: str) -> None:
    """The fault says what is wrong with the text."""
    fault = policy_fault(text)
    assert fault is not None
    assert part in fault


def test_a_policy_has_no_fault() -> None:
    """A JSON object passes; its meaning is AWS's matter."""
    assert policy_fault(json.dumps(BASE)) is None
