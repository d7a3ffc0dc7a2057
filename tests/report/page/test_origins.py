"""Which grants a statement is of: held against statements that the program builds."""

import pytest

from crossaccess.deployment.picture import Grant as Told
from crossaccess.policy.build import bucket_policy, key_statements, role_policy, role_trust
from crossaccess.policy.document import Effect, Statement
from crossaccess.policy.grant import SID_PREFIX, Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.report.page.origins import Origin, Origins

OWNER, REQUESTER = "111111222222", "112233445566"
LAKE = Bucket(
    name="lake",
    account=OWNER,
    partition="aws",
    region="eu-central-1",
    key_arn=f"arn:aws:kms:eu-central-1:{OWNER}:key/1234",
)


def grant(name: str, user: str, *prefixes: str, method: Method = Method.BUCKET_POLICY) -> Grant:
    """A grant to read and list."""
    return Grant(
        name=name,
        account=REQUESTER,
        principals=(Principal(kind=PrincipalKind.USER, name=user),),
        method=method,
        actions=("s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"),
        prefixes=prefixes,
        role_name=f"{name}-role" if method is Method.ASSUME_ROLE else None,
    )


def told(one: Grant) -> Told:
    """The same as a handover tells it."""
    return Told(
        name=one.name,
        bucket=LAKE.name,
        owner=OWNER,
        account=one.account,
        principals=tuple(map(str, one.principals)),
        method=str(one.method),
        actions=one.actions,
        prefixes=one.prefixes,
        role_arn=None if one.role_name is None else LAKE.role_arn(one.role_name),
        sid=f"{SID_PREFIX}{one.sid}",
    )


GRANTS = (
    grant("audit", "bob", "audit/"),
    grant("audit-list", "bob", "lists/"),
    grant("exchange", "bob", "exchange/", method=Method.ASSUME_ROLE),
    grant("bucket", "ann", "bucket/"),
)
ORIGINS = Origins([told(one) for one in GRANTS])


def test_every_statement_that_a_grant_makes_is_linked_to_it() -> None:
    """Of buckets, keys, roles and trust policies; also where a name begins as another does."""
    for index, one in enumerate(GRANTS):
        documents = [bucket_policy(LAKE, (one,))]
        if one.role_name is not None:
            documents += [role_policy(LAKE, one), role_trust(LAKE, one)]
        statements = [statement for document in documents for statement in document.statements]
        statements += key_statements(LAKE, (one,))
        own = [
            statement
            for statement in statements
            if (statement.sid or "").startswith(f"{SID_PREFIX}{one.sid}")
        ]
        assert len(own) >= 2
        for statement in own:
            assert ORIGINS.of(statement) == Origin(grants=(index,)), statement.sid


@pytest.mark.parametrize(
    "sid", [None, "", "CrossAccessTlsOnly", "ByHand", "AuditObjects", "CrossAccessAuditor"]
)
def test_a_statement_of_no_grant_is_linked_to_none(sid: str | None) -> None:
    """Neither one for the whole bucket, nor one of others, nor one whose id only begins as a grant's does."""
    assert ORIGINS.of(Statement(sid=sid, effect=Effect.ALLOW)) == Origin()


def shared(*grants: Grant) -> list[Origin]:
    """The origins of the statements that several grants share."""
    origins = Origins([told(one) for one in grants])
    statements = bucket_policy(LAKE, grants).statements
    return [origins.of(one) for one in statements if "More" in (one.sid or "")]


def test_statements_that_grants_share_are_linked_to_all_of_them() -> None:
    """The same person under several prefixes, or several people under one."""
    by_prefix = shared(grant("a", "bob", "a/"), grant("b", "bob", "b/"), grant("c", "ann", "c/"))
    # What is under prefixes is bob's; what is of the bucket itself all of them have in common.
    assert by_prefix == [Origin(grants=(0, 1)), Origin(grants=(0, 1)), Origin(grants=(0, 1, 2))]
    by_person = shared(grant("a", "bob", "a/"), grant("b", "ann", "a/"))
    assert by_person == [Origin(grants=(0, 1))] * 3


def test_where_it_cannot_be_told_who_shares_a_statement_only_the_number_is() -> None:
    """A grant that fits as well as those that share it may be none of them."""
    one, other, third = (told(grant(name, "bob", "a/")) for name in ("a", "b", "c"))
    statement = Statement(
        sid="CrossAccessAObjectsAnd1More",
        effect=Effect.ALLOW,
        resources=("arn:aws:s3:::lake/a/*",),
    )
    assert Origins([one, other]).of(statement) == Origin(grants=(0, 1))
    assert Origins([one, other, third]).of(statement) == Origin(grants=(0,), more=1)
