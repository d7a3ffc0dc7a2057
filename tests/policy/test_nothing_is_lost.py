"""What a grant asks reaches every policy of both sides that AWS tells of it."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from crossaccess.policy.build import bucket_policy, key_statements, role_policy, role_trust
from crossaccess.policy.conditions import Conditions, Mfa
from crossaccess.policy.document import Document, Effect
from crossaccess.policy.encryption import any_key
from crossaccess.policy.grant import SID_PREFIX, Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.grants import requester_policies

PLAIN = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
BUCKET = dataclasses.replace(PLAIN, key_arn=any_key(PLAIN))
BY_POLICY = Grant(
    name="a-grant",
    account="112233445566",
    principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:PutObject"),
    prefixes=("reports/",),
)
BY_ROLE = dataclasses.replace(BY_POLICY, method=Method.ASSUME_ROLE, role_name="the-role")
ENDS = dt.datetime(2027, 1, 31, tzinfo=dt.UTC)

# Condition, method; the key that it becomes; in which documents each statement about S3 or STS, and about
# KMS, has to ask for it. The rest of the documents must not have it: AWS does not tell of it there.
OWNER, REQUESTER, TRUST, ROLE = (
    "the bucket's policy",
    "the requester's policy",
    "the role's trust",
    "the role's",
)
KEY = "the key's policy"
POLICY, ASSUME = BY_POLICY, BY_ROLE
TABLE = [
    (Conditions(mfa=Mfa()), POLICY, "aws:MultiFactorAuthPresent", {OWNER, REQUESTER}, set()),
    (Conditions(mfa=Mfa(max_age=900)), POLICY, "aws:MultiFactorAuthAge", {OWNER, REQUESTER}, set()),
    (Conditions(source_ip=("203.0.113.0/24",)), POLICY, "aws:SourceIp", {OWNER, REQUESTER}, set()),
    (Conditions(s3_endpoints=("vpce-1",)), POLICY, "aws:SourceVpce", {OWNER, REQUESTER}, set()),
    (
        Conditions(organization="o-a1b2c3d4e5"),
        POLICY,
        "aws:PrincipalOrgID",
        {OWNER, REQUESTER},
        {REQUESTER, KEY},
    ),
    (Conditions(expires=ENDS), POLICY, "aws:CurrentTime", {OWNER, REQUESTER}, {REQUESTER, KEY}),
    (Conditions(external_id="acme"), ASSUME, "sts:ExternalId", {TRUST, REQUESTER}, set()),
    (Conditions(mfa=Mfa()), ASSUME, "aws:MultiFactorAuthPresent", {TRUST, REQUESTER}, set()),
    (Conditions(mfa=Mfa(max_age=900)), ASSUME, "aws:MultiFactorAuthAge", {TRUST, REQUESTER}, set()),
    (Conditions(source_ip=("203.0.113.0/24",)), ASSUME, "aws:SourceIp", {TRUST, REQUESTER, ROLE}, set()),
    (Conditions(s3_endpoints=("vpce-1",)), ASSUME, "aws:SourceVpce", {ROLE}, set()),
    (
        Conditions(s3_endpoints=("vpce-1",), sts_endpoints=("vpce-2",)),
        ASSUME,
        "aws:SourceVpce",
        {TRUST, REQUESTER, ROLE},
        set(),
    ),
    (Conditions(organization="o-a1b2c3d4e5"), ASSUME, "aws:PrincipalOrgID", {TRUST, REQUESTER}, set()),
    (Conditions(expires=ENDS), ASSUME, "aws:CurrentTime", {TRUST, REQUESTER, ROLE}, {ROLE, KEY}),
    (Conditions(source_identity=("bob",)), ASSUME, "sts:SourceIdentity", {TRUST, REQUESTER}, set()),
    (
        Conditions(session_tags=(("team", ("data",)),)),
        ASSUME,
        "aws:RequestTag/team",
        {TRUST, REQUESTER},
        set(),
    ),
    (Conditions(session_tags=(("team", ("data",)),)), ASSUME, "aws:TagKeys", {TRUST, REQUESTER}, set()),
]
EVERY_CONDITION = pytest.mark.parametrize(
    ("conditions", "grant", "key", "where", "where_of_key"),
    TABLE,
    ids=[f"{key}-{grant.method}-{number}" for number, (_, grant, key, _, _) in enumerate(TABLE)],
)


def documents(grant: Grant) -> dict[str, Document]:
    """Every document that the grant makes, by where it stands."""
    found: dict[str, Document] = {
        OWNER: bucket_policy(BUCKET, [grant]),
        KEY: Document(statements=key_statements(BUCKET, [grant])),
    }
    if grant.role_name is not None:
        found |= {TRUST: role_trust(BUCKET, grant), ROLE: role_policy(BUCKET, grant)}
    (policy,) = requester_policies(BUCKET, [grant])
    return found | {REQUESTER: policy.document}


def asking(grant: Grant, key: str, about: Callable[[str], bool]) -> dict[str, set[bool]]:
    """Of each document's statements about such actions that allow, whether they ask for a condition key."""
    found: dict[str, set[bool]] = {}
    for where, document in documents(grant).items():
        for statement in document.statements:
            actions = statement.actions or ()
            if statement.effect is Effect.ALLOW and all(about(action) for action in actions):
                asked = key in {condition.key for condition in statement.conditions}
                found.setdefault(where, set()).add(asked)
    return found


@EVERY_CONDITION
def test_every_statement_of_both_sides_asks_for_a_condition(
    conditions: Conditions, grant: Grant, key: str, where: set[str], where_of_key: set[str]
) -> None:
    """A condition that one statement missed could be gone around by it.

    IAM User Guide, "AWS global condition context keys"; AWS KMS Developer Guide, "AWS global condition keys".
    """
    asked = dataclasses.replace(grant, conditions=conditions)
    # What goes along with assuming asks for its own: sts:AssumeRole, without which it is nothing, for all.
    found = asking(asked, key, lambda action: action.startswith("s3:") or action == "sts:AssumeRole")
    assert {place for place, answers in found.items() if answers == {True}} == where
    of_key = asking(asked, key, lambda action: action.startswith("kms:"))
    assert {place for place, answers in of_key.items() if answers == {True}} == where_of_key
    for place, answers in (found | of_key).items():
        assert len(answers) == 1, place


@EVERY_CONDITION
def test_nothing_is_asked_that_no_condition_says(
    conditions: Conditions, grant: Grant, key: str, where: set[str], where_of_key: set[str]
) -> None:
    """Without its condition, the key stands nowhere: so the table above can fail."""
    del conditions, where, where_of_key
    found = asking(grant, key, lambda _: True)
    assert {answer for answers in found.values() for answer in answers} == {False}


def test_the_table_has_every_condition_for_every_method_that_takes_it() -> None:
    """A condition that is added later has to be added here."""
    fields = {field.name for field in dataclasses.fields(Conditions)}
    tried = {
        method: {
            name
            for conditions, grant, *_ in TABLE
            if grant.method is method
            for name in fields
            if getattr(conditions, name)
        }
        for method in Method
    }
    assert tried[Method.ASSUME_ROLE] == fields
    of_assuming = {"external_id", "source_identity", "session_tags", "sts_endpoints"}
    assert tried[Method.BUCKET_POLICY] == fields - of_assuming


@pytest.mark.parametrize("grant", [BY_POLICY, BY_ROLE], ids=["bucket-policy", "assume-role"])
def test_addresses_and_endpoints_are_two_statements_everywhere(grant: Grant) -> None:
    """In one statement they would let nobody in: no request has both."""
    both = Conditions(source_ip=("203.0.113.0/24",), s3_endpoints=("vpce-1",))
    if grant.method is Method.ASSUME_ROLE:
        both = dataclasses.replace(both, sts_endpoints=("vpce-2",))
    asked = dataclasses.replace(grant, conditions=both)
    for document in documents(asked).values():
        for statement in document.statements:
            if statement.effect is not Effect.ALLOW or (statement.actions or ("",))[0].startswith("kms:"):
                continue
            keys = {condition.key for condition in statement.conditions}
            assert len(keys & {"aws:SourceIp", "aws:SourceVpce"}) == 1
            assert (statement.sid or "").endswith(("Addresses", "Endpoints"))


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity"])
def test_what_goes_along_with_assuming_stands_on_both_sides(action: str) -> None:
    """Each has an action of its own, beside the one that assumes the role.

    IAM User Guide, "Pass session tags in AWS STS" and "Monitor and control actions taken with assumed roles".
    """
    conditions = Conditions(source_identity=("bob",), session_tags=(("team", ("data",)),))
    found = documents(dataclasses.replace(BY_ROLE, conditions=conditions))
    assert {
        where
        for where, document in found.items()
        if any(statement.actions == (action,) for statement in document.statements)
    } == {TRUST, REQUESTER}
    without = documents(BY_ROLE)
    assert all(action not in (one.actions or ()) for doc in without.values() for one in doc.statements)


@pytest.mark.parametrize("grant", [BY_POLICY, BY_ROLE], ids=["bucket-policy", "assume-role"])
def test_every_id_is_ours_and_stands_once(grant: Grant) -> None:
    """IAM User Guide, "IAM JSON policy elements: Sid": letters and digits, unique in a document."""
    conditions = Conditions(
        source_ip=("203.0.113.0/24",), s3_endpoints=("vpce-1",), sts_endpoints=("vpce-2",), expires=ENDS
    )
    principals = (
        *grant.principals,
        Principal(kind=PrincipalKind.ORGANIZATION, name="o-a1b2c3d4e5"),
        Principal(kind=PrincipalKind.UNIT, name="o-z9y8x7w6v5/r-ab12/ou-ab12-11111111"),
        Principal(kind=PrincipalKind.UNIT, name="o-z9y8x7w6v6/r-ab12/ou-ab12-11111111"),
    )
    asked = dataclasses.replace(grant, conditions=conditions, principals=principals)
    found = {
        OWNER: bucket_policy(BUCKET, [asked]),
        KEY: Document(statements=key_statements(BUCKET, [asked])),
        TRUST: role_trust(BUCKET, asked),
        ROLE: role_policy(BUCKET, asked),
    }
    for document in found.values():
        ids = [statement.sid or "" for statement in document.statements]
        assert len(set(ids)) == len(ids) > 0
        assert all(sid.startswith(SID_PREFIX) and sid.isalnum() and sid.isascii() for sid in ids)
