"""The policies of both stacks let happen what the grants say: no more, no less, and nothing in doubt.

Random grants are read as the program reads them, both sides are built as the stacks build them, and what the
decision core says of them is held against `tests.support.meaning`, which knows the grants alone.

`pytest --hypothesis-profile=hard` tries many more.
"""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given, settings

from crossaccess.decide import Answer, Decision
from crossaccess.policy.access import ACTIONS, Scope
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.grant import Method
from tests.support.both_sides import BUCKET
from tests.support.cast import BOB, CALLERS, ORGANIZATION, REQUESTER, REQUESTERS, UNIT
from tests.support.grant_strategies import CHOICES, Case, cases, made
from tests.support.meaning import (
    NEEDED_OF_KEY,
    Choice,
    Circumstances,
    Question,
    at_s3,
    at_sts,
    holds,
    opens_key,
)
from tests.support.questions import KEYS, LISTED

# Each example asks many questions.
many = settings(max_examples=settings().max_examples // 4)
KEY_ACTIONS = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")


def assert_agree(answers: Answer | Iterable[Answer], expected: bool, *about: object) -> None:
    """All answers together allow what is expected to be, refuse all else, and none is in doubt."""
    several = [answers] if isinstance(answers, Answer) else list(answers)
    found = [answer.decision for answer in several]
    allowed = all(decision is Decision.ALLOWED for decision in found)
    agreed = allowed is expected and Decision.UNKNOWN not in found
    assert agreed, (about, f"expected {expected}", found, [answer.reasons for answer in several])


@many
@given(cases())
def test_callers_may_do_by_themselves_what_the_grants_say(case: Case) -> None:
    """Method bucket-policy: IAM User Guide, "Cross-account policy evaluation logic"."""
    for asked in case.questions:
        assert_agree(case.sides.use(asked), case.meaning.may_use(asked), asked)


@many
@given(cases())
def test_callers_may_do_through_roles_what_the_grants_say(case: Case) -> None:
    """Method assume-role: the trust in A and the policy in B, and then what the role itself may do.

    A role gives what its own grant says and nothing of the others.
    """
    for asked, grant in itertools.product(case.questions, case.meaning.by_role):
        assert_agree(case.sides.assume(grant, asked), case.meaning.may_assume(grant, asked), grant, asked)
        assert_agree(case.sides.use_by_role(grant, asked), case.meaning.role_may(grant, asked), grant, asked)


@many
@given(cases(kms=True))
def test_the_key_opens_for_what_the_grants_give_and_for_nothing_else(case: Case) -> None:
    """AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key": both policies allow.

    Under a bucket key S3 names the bucket to KMS, else the object.
    """
    for asked in case.questions:
        keys = (None, asked.where) if ACTIONS[asked.action].scope is Scope.OBJECTS else (None,)
        for action, key in itertools.product(KEY_ACTIONS, keys):
            expected = case.meaning.may_use_key(asked, action, key)
            assert_agree(case.sides.use_key(asked, action, key), expected, action, key, asked)
            for grant in case.meaning.by_role:
                answer = case.sides.use_key_by_role(grant, asked, action, key)
                expected = opens_key(grant, asked, action, key, by_role=True)
                assert_agree(answer, expected, action, key, grant, asked)


@many
@given(cases(kms=True))
def test_whoever_may_read_or_write_an_object_may_use_the_key_for_it(case: Case) -> None:
    """Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)": S3 asks for both."""
    for asked in case.questions:
        needed = list(itertools.product(NEEDED_OF_KEY.get(asked.action, ()), (asked.where, None)))
        if needed and case.sides.use(asked).decision is Decision.ALLOWED:
            answers = [case.sides.use_key(asked, action, key) for action, key in needed]
            assert_agree(answers, True, asked)
        for grant in case.meaning.by_role if needed else ():
            if case.sides.use_by_role(grant, asked).decision is Decision.ALLOWED:
                answers = [case.sides.use_key_by_role(grant, asked, action, key) for action, key in needed]
                assert_agree(answers, True, grant, asked)


@many
@given(cases([one for one in CHOICES if one is not Choice.ADMINISTRATORS]))
def test_the_requesters_side_alone_keeps_to_the_grants(case: Case) -> None:
    """If the owner allowed everything, B's policies would still give what B took up, on its conditions.

    Nor do they open a bucket of B's own: a bucket's ARN holds no account, and an owner could name such a one.
    """
    for asked in case.questions:
        if asked.caller not in REQUESTERS or asked.caller.is_root:
            continue
        held = [one for one in case.meaning.grants if holds(case.meaning.choice, one, asked.caller)]
        expected = any(grant.method is Method.BUCKET_POLICY and at_s3(grant, asked) for grant in held)
        assert_agree(case.sides.use_if_owner_allowed_all(asked), expected, asked)
        assert_agree(case.sides.use_of_own_bucket(asked), False, asked)
        for grant in case.meaning.by_role:
            expected = grant in held and at_sts(grant.conditions, asked)
            assert_agree(case.sides.assume_if_owner_allowed_all(grant, asked), expected, grant, asked)


TABLE: list[dict[str, object]] = [
    {
        "name": "people",
        "account": REQUESTER,
        "principals": ["user/bob", "role/etl/loader", "permission-set/Data"],
        "method": "bucket-policy",
        "access": ["read", "list", "write"],
        "prefixes": ["a/b/", "ab/"],
    },
    {
        "name": "people-exactly",
        "account": REQUESTER,
        "principals": ["user/team/carol", "role/reader"],
        "method": "bucket-policy",
        "trust": "exact",
        "actions": ["s3:GetObjectVersion", "s3:ListBucketVersions", "s3:GetBucketLocation"],
        "prefixes": ["a/"],
    },
    {
        "name": "everyone",
        "account": REQUESTER,
        "principals": ["account"],
        "method": "bucket-policy",
        "actions": ["s3:ListBucketMultipartUploads", "s3:GetBucketTagging", "s3:GetObjectAttributes"],
    },
    {
        "name": "a-unit",
        "principals": [f"organizational-unit/{UNIT}"],
        "method": "bucket-policy",
        "access": ["delete"],
    },
    {
        "name": "an-organization",
        "principals": [f"organization/{ORGANIZATION}"],
        "method": "bucket-policy",
        "actions": ["s3:GetObjectTagging"],
        "prefixes": ["a-b/", "b a/"],
    },
    {
        "name": "by-role",
        "account": REQUESTER,
        "principals": ["user/bob", "permission-set/Data_Team"],
        "method": "assume-role",
        "access": ["read", "list", "write", "delete"],
        "prefixes": ["a/b/"],
    },
]


@pytest.mark.parametrize(
    "choice",
    [Choice.ALL_WHO_MAY, Choice.ADMINISTRATORS],
    ids=lambda choice: choice.name.lower(),
)
def test_each_caller_action_and_key_is_answered_as_the_grants_say(choice: Choice) -> None:
    """The whole table of some plain grants, cell by cell: every action that a grant can name."""
    case = made(TABLE, choice, bucket=BUCKET, encryption=Encryption(kms=True))
    assert case is not None
    places = {Scope.OBJECTS: KEYS[:6], Scope.LISTING: LISTED, Scope.BUCKET: (None,), Scope.ALL_KEYS: (None,)}
    cells = [(action.name, where) for action in ACTIONS.values() for where in places[action.scope]]
    (grant,) = case.meaning.by_role
    for caller, (action, where) in itertools.product(CALLERS, cells):
        asked = Question(caller=caller, action=action, where=where, how=Circumstances())
        assert_agree(case.sides.use(asked), case.meaning.may_use(asked), asked)
    for caller in CALLERS:
        asked = Question(caller=caller, action="s3:GetObject", where="a/b/x", how=Circumstances())
        assert_agree(case.sides.assume(grant, asked), case.meaning.may_assume(grant, asked), asked)
    for action, where in cells:
        asked = Question(caller=BOB, action=action, where=where, how=Circumstances())
        assert_agree(case.sides.use_by_role(grant, asked), case.meaning.role_may(grant, asked), asked)
