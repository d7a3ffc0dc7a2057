"""Rules in the places where they belong, and what is said there."""

import pytest

from crossaccess.deployment.picture import Picture, Policy
from tests.support.found import (
    BOB,
    OWNER,
    ROOT,
    URN,
    allow,
    bucket,
    found,
    grant,
    key,
    may,
    names,
    picture,
    policy,
    role,
    trusting,
    user,
)


def test_a_finding_says_where_it_stands() -> None:
    """The thing, its account, the policy, the statement and the source."""
    (one,) = found(picture(bucket(allow(ROOT, Sid="All"))))
    assert one.rule.name == "whole-account"
    assert (one.about, one.account) == ("bucket lake", OWNER)
    assert (one.policy, one.statement) == ("bucket policy of lake", "statement 2 (All)")
    assert one.source == f"{URN}policy"
    assert one.certain


@pytest.mark.parametrize(
    "looked_at",
    [
        picture(),
        picture(bucket()),
        picture(bucket(allow({"AWS": OWNER})), key(), role(trusting({"AWS": OWNER}))),
        picture(bucket(allow({"AWS": BOB})), user(may()), grant()),
    ],
)
def test_what_is_as_it_should_be_has_no_findings(looked_at: Picture) -> None:
    """The own account is trusted everywhere, and a key's administers it."""
    assert found(looked_at) == ()


def test_a_policy_that_several_share_is_looked_at_once() -> None:
    """A managed policy of many roles would be told as often."""
    shared = policy(
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], arn="arn:aws:iam::x:policy/p"
    )
    looked_at = picture(user(policies=[shared]), user(name="carol", policies=[shared]))
    assert [one.rule.name for one in found(looked_at)] == ["allow-not-action"]


def test_a_policy_that_a_folder_adds_is_no_longer_unread() -> None:
    """A stack names what it attaches, and the folder has the text."""
    named = Policy(name="policy p of user/bob", unknown="no stack holds it", arn="arn:aws:iam::x:policy/p")
    assert names(picture(user(policies=[named]))) == {"identity-policy-unreadable"}
    assert names(picture(user(may(), policies=[named]))) == set()


def test_a_default_key_policy_is_known() -> None:
    """KMS writes it, for the key's own account."""
    left = Policy(name="key policy", unknown="the program leaves it to AWS", source=URN)
    assert found(picture(key(policy=left))) == ()
