"""Principals that a saved policy has lost, by policies as AWS returns them."""

import dataclasses
import json

import pytest

from crossaccess.policy.build import bucket_policy, role_trust
from crossaccess.policy.document import Statement
from crossaccess.policy.gone import Gone, gone_principals, message
from crossaccess.policy.grant import Bucket, Grant, Method, Trust
from crossaccess.policy.principal import Principal, PrincipalKind

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
GRANT = Grant(
    name="a-grant",
    account="112233445566",
    principals=(
        Principal(kind=PrincipalKind.USER, name="bob"),
        Principal(kind=PrincipalKind.ROLE, name="loader", path="/ci/"),
    ),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
    trust=Trust.EXACT,
)
BY_ROLE = dataclasses.replace(GRANT, method=Method.ASSUME_ROLE, role_name="the-role")
BOB = "arn:aws:iam::112233445566:user/bob"
LOADER = "arn:aws:iam::112233445566:role/ci/loader"
OLD_BOB = "AIDACKCEVSQ6C2EXAMPLE"
OLD_LOADER = "AROADBQP57FF2AEXAMPLE"
SID = "CrossAccessAGrantObjects"
POLICY = "the policy of the bucket 'shared'"


def ours(grant: Grant = GRANT) -> tuple[Statement, ...]:
    """The statements that we would write."""
    return bucket_policy(BUCKET, [grant]).statements


def saved(principal: object, *, sid: str = SID, element: str = "Principal") -> str:
    """A bucket's policy as S3 returns it, with one statement about objects, beside that of another tool."""
    other = {"Effect": "Allow", "Principal": {"AWS": "AIDAOTHERTOOLSEXAMPLE"}, "Action": "s3:*"}
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        element: principal,
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::shared/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [other, statement]})


def gone(text: str, grant: Grant = GRANT) -> tuple[Gone, ...]:
    """Who is gone from the bucket's policy."""
    return gone_principals(text, ours(grant), policy=POLICY)


def test_a_user_whose_bare_id_stands_there_is_gone() -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal": deleted, and maybe made again."""
    expected = Gone(policy=POLICY, sid=SID, kind=PrincipalKind.USER, ids=(OLD_BOB,), missing=(BOB,))
    assert gone(saved({"AWS": [OLD_BOB, LOADER]})) == (expected,)


def test_a_statement_that_other_grants_share_by_now_is_still_found() -> None:
    """The number of grants that a statement serves stands in its id, and changes with them."""
    (found,) = gone(saved({"AWS": [OLD_BOB, LOADER]}, sid=f"{SID}And12More"))
    assert (found.ids, found.missing) == ((OLD_BOB,), (BOB,))


def test_users_and_roles_are_told_apart_by_their_ids() -> None:
    """IAM User Guide, "IAM identifiers": `AIDA` begins users, `AROA` roles."""
    found = gone(saved({"AWS": [OLD_LOADER, OLD_BOB]}))
    assert [(one.ids, one.missing) for one in found] == [((OLD_BOB,), (BOB,)), ((OLD_LOADER,), (LOADER,))]
    (only,) = gone(saved({"AWS": OLD_LOADER}))
    assert (only.ids, only.missing) == ((OLD_LOADER,), (LOADER,))


def test_a_role_trust_loses_its_principals_too() -> None:
    """One statement without a list around it, as IAM keeps what it was given."""
    statement = {
        "Sid": "CrossAccessAGrantAssumeRole",
        "Effect": "Allow",
        "Principal": {"AWS": [BOB, OLD_LOADER]},
        "Action": "sts:AssumeRole",
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    trust = role_trust(BUCKET, BY_ROLE)
    (found,) = gone_principals(text, trust.statements, policy="the trust of the role 'the-role'")
    assert found.missing == (LOADER,)
    assert "the trust of the role 'the-role' holds only the old id AROADBQP57FF2AEXAMPLE" in message(found)


@pytest.mark.parametrize(
    "text",
    [
        saved({"AWS": [BOB, LOADER]}),
        saved({"AWS": [LOADER, BOB, OLD_BOB]}),
        saved({"AWS": LOADER}),
        saved({"AWS": [OLD_BOB, LOADER]}, sid="CrossAccessAnotherObjects"),
        saved({"AWS": [OLD_BOB, LOADER]}, sid="crossaccessagrantobjects"),
        saved({"AWS": [OLD_BOB, LOADER]}, element="NotPrincipal"),
        saved({"CanonicalUser": [OLD_BOB]}),
        saved("*"),
        "",
    ],
)
def test_nobody_is_gone_where_all_are_named_or_no_id_stands_in_our_statement(text: str) -> None:
    """An id beside all of ours is another's, and a principal without an id is only not added yet."""
    assert gone(text) == ()


def test_the_account_form_names_nobody_who_could_be_lost() -> None:
    """A principal of the same name that is made again keeps its access there."""
    by_account = dataclasses.replace(GRANT, trust=Trust.ACCOUNT)
    assert gone(saved({"AWS": [OLD_BOB]}), by_account) == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "AIDA",
        "AIDASHORT",
        "AIDA" + "A" * 125,
        "aidackcevsq6c2example",
        "AIDACKCEVSQ6C2EXAMPLE\nno access for anybody",
        "AIDACKCEVSQ6C2EXAMPLÉ",
        "AGPACKCEVSQ6C2EXAMPLE",
        "XAIDACKCEVSQ6C2EXAMPLE",
        7,
        None,
        ["AIDACKCEVSQ6C2EXAMPLE"],
        {"AWS": "AIDACKCEVSQ6C2EXAMPLE"},
    ],
)
def test_what_is_no_bare_id_is_passed_over(hostile: object) -> None:
    """Nothing of another's reaches a message but letters and digits."""
    assert gone(saved({"AWS": [hostile, LOADER]})) == ()


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "null",
        "7",
        "[]",
        "{}",
        '{"Statement": "x"}',
        '{"Statement": [null, 7, "x", [], {}]}',
        '{"Statement": {"Sid": 7, "Principal": {"AWS": "AIDACKCEVSQ6C2EXAMPLE"}}}',
        f'{{"Statement": {{"Sid": "{SID}", "Principal": ["AIDACKCEVSQ6C2EXAMPLE"]}}}}',
        f'{{"Statement": {{"Sid": "{SID}"}}}}',
        "[" * 100_000,
        "\ud800",
    ],
)
def test_a_text_that_is_no_policy_has_lost_nobody(text: str) -> None:
    """What AWS or somebody else returned instead is not this part's to report."""
    assert gone(text) == ()


def test_the_message_says_who_what_follows_and_what_to_do() -> None:
    """In words, with the id to look for."""
    (found,) = gone(saved({"AWS": [OLD_BOB, LOADER]}))
    assert message(found) == (
        "user/bob of account 112233445566 was deleted, and maybe made again: the policy of the bucket "
        "'shared' holds only the old id AIDACKCEVSQ6C2EXAMPLE (statement CrossAccessAGrantObjects). It gets "
        "no access until `pulumi up --refresh` saves the policy anew. A principal that is gone for good is "
        "refused by AWS then: take it out of the grant."
    )


@pytest.mark.parametrize(
    ("ids", "names", "told"),
    [
        (1, 2, "one of user/a of account 1, user/b of account 1 was deleted"),
        (2, 3, "2 of user/a of account 1, user/b of account 1, user/c of account 1 were deleted"),
        (2, 2, "user/a of account 1, user/b of account 1 were deleted"),
        (2, 1, "user/a of account 1 was deleted"),
    ],
)
def test_the_message_claims_no_more_than_is_known(ids: int, names: int, told: str) -> None:
    """Ids have no names: with new principals in the same grant, one of several is gone."""
    found = Gone(
        policy=POLICY,
        sid=SID,
        kind=PrincipalKind.USER,
        ids=tuple(f"AIDA{number:012}" for number in range(ids)),
        missing=tuple(f"arn:aws:iam::1:user/{name}" for name in "abc"[:names]),
    )
    assert message(found).startswith(told)
    assert ("Who is gone gets no access" in message(found)) is (names > ids)
    assert ("old ids AIDA" in message(found)) is (ids > 1)
