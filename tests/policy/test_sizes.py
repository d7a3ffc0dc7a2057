"""How large policies may be."""

import dataclasses

import pytest

from crossaccess.policy.document import Document, Effect, Statement, canonical_json
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.sides import owner_side
from crossaccess.policy.sizes import (
    BUCKET_POLICY,
    MANAGED_POLICY,
    ROLE_POLICY,
    TRUST_POLICY,
    Limit,
    measured,
    size_of,
)
from tests.support.grants import requester_side

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
GRANT = Grant(
    name="a-grant",
    account="112233445566",
    principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)
BY_ROLE = dataclasses.replace(GRANT, method=Method.ASSUME_ROLE, role_name="a-role")


def document(resource: str) -> Document:
    """A document whose size is led by one resource."""
    statement = Statement(effect=Effect.ALLOW, actions=("s3:GetObject",), resources=(resource,))
    return Document(statements=(statement,))


def many_prefixes(number: int) -> tuple[str, ...]:
    """Prefixes of 100 characters."""
    return tuple(f"{index:099d}/" for index in range(number))


@pytest.mark.parametrize(
    ("limit", "maximum"),
    [(BUCKET_POLICY, 20_480), (MANAGED_POLICY, 6_144), (ROLE_POLICY, 10_240), (TRUST_POLICY, 2_048)],
    ids=lambda value: value.document if isinstance(value, Limit) else "",
)
def test_a_document_of_the_limit_passes_and_one_more_does_not(limit: Limit, maximum: int) -> None:
    """IAM User Guide, "IAM and AWS STS quotas".

    Amazon S3 User Guide, "Adding a bucket policy by using the Amazon S3 console".
    """
    room = maximum - size_of(document(""), limit)
    faults = Faults()
    assert measured(document("x" * room), limit, name="it", faults=faults).used == maximum
    assert not faults
    measured(document("x" * (room + 1)), limit, name="it", faults=faults)
    (fault,) = faults.all()
    assert fault.found == (
        f"would have {maximum + 1:,} {limit.unit}, and AWS takes {maximum:,} for {limit.document}"
    )


def test_a_bucket_policy_is_counted_in_bytes_and_the_others_in_characters() -> None:
    """A letter outside of ASCII takes two bytes of a bucket's policy."""
    text = document("Ü")
    assert size_of(text, BUCKET_POLICY) == size_of(text, MANAGED_POLICY) + 1 == len(canonical_json(text)) + 1


def test_a_bucket_policy_that_is_too_large_is_named_with_what_helps() -> None:
    """The message says which document, how large, the limit, and the other method."""
    faults = Faults()
    owner_side(BUCKET, [dataclasses.replace(GRANT, prefixes=many_prefixes(200))], faults)
    (fault,) = faults.all()
    assert str(fault).startswith("the policy of the bucket 'shared' would have ")
    assert "AWS takes 20,480" in str(fault)
    assert "assume-role" in str(fault)


def test_policies_of_a_role_that_are_too_large_are_both_named() -> None:
    """Trust and policy of a role have limits of their own."""
    principals = tuple(Principal(kind=PrincipalKind.USER, name=f"user-{n:020d}") for n in range(40))
    faults = Faults()
    owner_side(
        BUCKET, [dataclasses.replace(BY_ROLE, prefixes=many_prefixes(100), principals=principals)], faults
    )
    trust, policy = map(str, faults.all())
    assert trust.startswith("the trust policy of the role 'a-role' (grant 'a-grant') would have")
    assert policy.startswith("the policy of the role 'a-role' (grant 'a-grant') would have")


def test_a_grant_that_no_managed_policy_holds_is_split_over_several() -> None:
    """Every prefix is in one of them, each fits, and none could be spared."""
    faults = Faults()
    prefixes = many_prefixes(100)
    side = requester_side(BUCKET, [dataclasses.replace(GRANT, prefixes=prefixes)], faults)
    assert not faults
    documents = [policy.document for _, policy in side.policies]
    allowed = [
        one
        for document in documents
        for statement in document.statements
        for one in statement.resources or ()
    ]
    assert sorted(allowed) == [f"arn:aws:s3:::shared/{prefix}*" for prefix in sorted(prefixes)]
    sizes = [size_of(document, MANAGED_POLICY) for document in documents]
    assert max(sizes) <= MANAGED_POLICY.maximum
    assert sum(sizes) > MANAGED_POLICY.maximum * (len(sizes) - 1)


def test_more_policies_than_a_principal_can_have_are_named() -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 10 managed policies attached to a user."""

    def faults_of(number: int) -> Faults:
        faults = Faults()
        grant = dataclasses.replace(GRANT, prefixes=many_prefixes(number))
        requester_side(BUCKET, [grant], faults)
        return faults

    assert not faults_of(450)
    (fault,) = faults_of(500).all()
    assert str(fault).startswith(
        "the principal 'user/bob' would need 11 managed policies, and AWS attaches 10"
    )


def test_what_a_policy_uses_of_its_limit_is_told() -> None:
    """A reviewer sees how much room is left, before it is used up."""
    side = owner_side(BUCKET, [GRANT, dataclasses.replace(BY_ROLE, name="b-grant")], Faults())
    assert [used.document for used in side.sizes] == [
        "policy of the bucket 'shared'",
        "trust policy of the role 'a-role' (grant 'b-grant')",
        "policy of the role 'a-role' (grant 'b-grant')",
    ]
    used = side.sizes[0]
    assert used.used == size_of(side.bucket_policy, BUCKET_POLICY)
    assert used.as_output() == {
        "used": used.used,
        "allowed": 20_480,
        "unit": "bytes",
        "percent": round(used.used / 204.8, 1),
    }


def test_a_grant_for_the_buckets_own_account_is_named() -> None:
    """A grant crosses accounts: within one there is nothing for the other side to do."""
    faults = Faults()
    owner_side(BUCKET, [GRANT, dataclasses.replace(BY_ROLE, account=BUCKET.account)], faults)
    (fault,) = faults.all()
    assert fault.key == "grants[1].account"
    assert "the bucket's own account" in fault.found


def test_roles_are_told_by_their_grant() -> None:
    """Only grants by role bring a role along, under the ARN that it will have."""
    side = owner_side(BUCKET, [GRANT, dataclasses.replace(BY_ROLE, name="b-grant")], Faults())
    assert {name: role.arn for name, role in side.roles.items()} == {
        "b-grant": "arn:aws:iam::111111222222:role/a-role"
    }


def test_half_of_a_character_is_counted() -> None:
    """JSON of others may hold it, and looking at it must not fail."""
    statement = Statement(effect=Effect.ALLOW, actions=("s3:GetObject",), resources=("\ud800",))
    text = canonical_json(Document(statements=(statement,)))
    assert size_of(Document(statements=(statement,)), BUCKET_POLICY) == len(text) + 2
