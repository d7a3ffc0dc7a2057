"""What is allowed, and what of it is too much."""

import pytest

from tests.support.found import (
    BOB,
    KEY,
    LAKE,
    OWNER,
    URN,
    allow,
    bucket,
    found,
    key,
    may,
    names,
    picture,
    policy,
    role,
    trusting,
    user,
)


def test_what_another_account_gets_by_a_role_counts_as_given_to_it() -> None:
    """The role's own policies, as far as outsiders may assume it."""
    wide = policy([may("s3:*", "*")], name="inline policy x of role/reader", source=URN)
    inside = {"StringEquals": {"sts:ExternalId": "x"}}
    open_to = picture(bucket(), role(trusting({"AWS": BOB}, Condition=inside), policies=[wide]))
    closed = picture(bucket(), role(trusting({"AWS": OWNER}), policies=[wide]))
    assert names(open_to) == {"policy-given-away"}
    assert names(closed) == set()


def test_who_may_write_the_policy_of_a_key_has_it() -> None:
    """Under whatever name the action comes."""
    for action in ("kms:*", "KMS:putkeypolicy", "*", "kms:Put*"):
        assert "policy-given-away" in names(picture(key(allow({"AWS": BOB}, action, Resource="*"))))
    assert "policy-given-away" not in names(picture(key(allow({"AWS": BOB}, "kms:Decrypt", Resource="*"))))


def test_a_resource_with_a_variable_may_be_the_bucket() -> None:
    """What it stands for nobody knows."""
    statement = allow({"AWS": BOB}, "s3:PutBucketPolicy", Resource="arn:aws:s3:::${aws:username}")
    assert "policy-given-away" in names(picture(bucket(statement)))


def test_a_boundary_allows_nothing_by_itself() -> None:
    """It is usual to write one by what it leaves out."""
    boundary = policy([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], name="a boundary")
    assert found(picture(user(may(), boundary=boundary))) == ()


@pytest.mark.parametrize(
    ("elements", "given_away"),
    [
        ({"Action": "s3:PutBucketPolicy", "Resource": LAKE}, True),
        ({"Action": ["s3:GetObject", "S3:putbucketpolicy"], "Resource": "*"}, True),
        ({"Action": "s3:PutBucketPolicy", "Resource": f"{LAKE}/*"}, False),
        ({"Action": "s3:PutBucketAcl", "Resource": LAKE}, False),
        ({"NotAction": "s3:Get*", "Resource": LAKE}, True),
        ({"NotAction": ["s3:Get*", "s3:Put*"], "Resource": LAKE}, False),
        ({"Action": "s3:PutBucketPolicy", "NotResource": "arn:aws:s3:::pond"}, True),
        ({"Action": "s3:PutBucketPolicy", "NotResource": ["arn:aws:s3:::pond", LAKE]}, False),
    ],
)
def test_the_policy_is_given_away_by_whatever_may_be_about_it(
    elements: dict[str, object], given_away: bool
) -> None:
    """By name, by a wildcard, or by what is not excepted."""
    statement = {"Effect": "Allow", "Principal": {"AWS": BOB}, **elements}
    assert ("policy-given-away" in names(picture(bucket(statement)))) is given_away


@pytest.mark.parametrize(
    ("action", "wild"),
    [
        ("*", True),
        ("*:*", True),
        ("s3:*", True),
        ("S?:GetObject", True),
        ("kms:Decryp?", True),
        ("s3:GetObject", False),
        ("sqs:*", False),
    ],
)
def test_a_wildcard_counts_for_what_is_shared_here(action: str, wild: bool) -> None:
    """By a role, a company gives other things as well."""
    given = policy([may(action)], name="inline policy x of role/reader", source=URN)
    inside = {"StringEquals": {"sts:ExternalId": "x"}}
    looked_at = picture(role(trusting({"AWS": BOB}, Condition=inside), policies=[given]))
    assert names(looked_at) == ({"wildcard-actions"} if wild else set())


def test_a_key_without_an_arn_yet_may_be_any_key() -> None:
    """As long as it is not made."""
    statement = allow({"AWS": BOB}, "kms:PutKeyPolicy", Resource=KEY)
    assert "policy-given-away" in names(picture(key(statement, arn=None)))


def test_what_is_given_away_is_in_doubt_where_nobody_tells_whose_it_is() -> None:
    """It may be given to its own account."""
    for action in ("s3:PutBucketPolicy", "s3:Get*"):
        statement = allow({"AWS": OWNER}, action, Resource=LAKE)
        told = [
            one for one in found(picture(bucket(statement, account=None))) if one.rule.id.startswith("XA3")
        ]
        assert [one.certain for one in told] == [False]


def test_many_actions_are_told_by_the_first_of_them() -> None:
    """All of them stand in the statement."""
    told = {
        number: next(one.message for one in found(picture(bucket(allow({"AWS": BOB}, actions)))))
        for number, actions in (
            (4, ["s3:A*", "s3:B*", "s3:C*", "s3:D*"]),
            (6, [f"s3:{one}*" for one in "ABCDEF"]),
        )
    }
    assert told == {
        4: "another account is allowed s3:A*, s3:B*, s3:C*, s3:D*",
        6: "another account is allowed s3:A*, s3:B*, s3:C*, s3:D* and 2 more",
    }
