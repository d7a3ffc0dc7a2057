"""All that the requester's side needs: several owners, boundaries, what would meet."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pytest

from crossaccess.policy.document import Document, PolicyKind, canonical_json, parse_document
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.requester_side import RequesterSide, Taken, requester_side

SHARED = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
LAKE = Bucket(name="lake", account="333333444444", partition="aws", region="eu-west-1")
BOB = Principal(kind=PrincipalKind.USER, name="bob")
LOADER = Principal(kind=PrincipalKind.ROLE, name="loader")
DEVS = Principal(kind=PrincipalKind.GROUP, name="devs")
GRANT = Grant(
    name="a-grant",
    account="112233445566",
    principals=(BOB, LOADER),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)
BY_ROLE = dataclasses.replace(
    GRANT, name="b-grant", principals=(BOB,), method=Method.ASSUME_ROLE, role_name="the-role"
)


def taken(bucket: Bucket, *grants: Grant, to: Mapping[str, tuple[Principal, ...]] | None = None) -> Taken:
    """What is taken from the owner of a bucket."""
    attached = {grant.name: grant.principals for grant in grants} | dict(to or {})
    return Taken(owner=f"stack-of-{bucket.name}", bucket=bucket, grants=grants, attached=attached)


def built(*owners: Taken, **more: Any) -> tuple[RequesterSide, list[str]]:  # Any: the other arguments
    """The side, and what is told about it."""
    faults = Faults()
    return requester_side(owners, faults, **more), [str(fault) for fault in faults.all()]


def statements(document: Document) -> list[dict[str, Any]]:  # Any: JSON values
    """The statements of an identity policy as JSON has them."""
    text = canonical_json(document)
    parse_document(text, PolicyKind.IDENTITY)
    found: list[dict[str, Any]] = json.loads(text)["Statement"]
    return found


def test_each_owners_bucket_has_policies_of_its_own() -> None:
    """So that an owner who goes takes nothing of another's along."""
    side, faults = built(taken(SHARED, GRANT), taken(LAKE, GRANT))
    assert faults == []
    assert [(bucket.name, policy.name) for bucket, policy in side.policies] == [
        ("shared", "crossaccess-shared-user-bob"),
        ("shared", "crossaccess-shared-role-loader"),
        ("lake", "crossaccess-lake-user-bob"),
        ("lake", "crossaccess-lake-role-loader"),
    ]
    for bucket, policy in side.policies:
        (allowed,) = statements(policy.document)
        assert allowed["Resource"] == f"arn:aws:s3:::{bucket.name}/*"
        assert allowed["Condition"]["StringEquals"] == {"aws:ResourceAccount": bucket.account}


def test_policies_of_all_owners_count_for_a_principal() -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 10 managed policies, whoever asked for them."""
    buckets = [dataclasses.replace(SHARED, name=f"bucket-{number}") for number in range(11)]
    assert built(*(taken(bucket, BY_ROLE) for bucket in buckets[:10]))[1] == []
    _, (fault,) = built(*(taken(bucket, BY_ROLE) for bucket in buckets))
    assert fault.startswith("the principal 'user/bob' would need 11 managed policies")


def test_a_grant_that_nobody_is_attached_to_needs_nothing() -> None:
    """It waits for `attachTo`."""
    side, faults = built(taken(SHARED, GRANT, to={"a-grant": ()}))
    assert (side.policies, faults) == ((), [])


def test_a_boundary_lets_through_what_all_owners_grants_need() -> None:
    """IAM User Guide, "Permissions boundaries for IAM entities": what it does not allow is refused."""
    side, faults = built(taken(SHARED, GRANT, BY_ROLE), taken(LAKE, GRANT), bounded=[BOB])
    assert faults == []
    assert list(side.boundaries) == [BOB]
    found = statements(side.boundaries[BOB])
    assert [(one["Action"], one["Resource"]) for one in found] == [
        ("s3:GetObject", "arn:aws:s3:::shared/*"),
        ("sts:AssumeRole", "arn:aws:iam::111111222222:role/the-role"),
        ("s3:GetObject", "arn:aws:s3:::lake/*"),
    ]
    # Grants of two owners may bear the same name, and IAM takes no id twice.
    assert all("Sid" not in one for one in found)
    assert side.sizes[-1].document == "permissions boundary of 'user/bob'"


def test_a_boundary_ends_where_the_principals_own_grants_end() -> None:
    """Another principal's are not its."""
    side, _ = built(taken(SHARED, GRANT, BY_ROLE), bounded=[LOADER])
    assert [one["Action"] for one in statements(side.boundaries[LOADER])] == ["s3:GetObject"]


def test_a_boundary_of_a_groups_member_lets_through_what_the_group_gets() -> None:
    """IAM User Guide, "Permissions boundaries for IAM entities": it cuts what comes by groups, too."""
    owner = taken(SHARED, GRANT, BY_ROLE, to={"a-grant": (DEVS,), "b-grant": (LOADER,)})
    side, faults = built(owner, bounded=[BOB], members={DEVS: (BOB,)})
    assert faults == []
    assert [one["Action"] for one in statements(side.boundaries[BOB])] == ["s3:GetObject"]


def test_a_boundary_that_is_too_large_is_told() -> None:
    """It is one managed policy, where the principal has several."""
    prefixes = tuple(f"{number:0200d}/" for number in range(60))
    _, (fault,) = built(taken(SHARED, dataclasses.replace(GRANT, prefixes=prefixes)), bounded=[BOB])
    assert fault.startswith("the permissions boundary of 'user/bob' would have")
    assert "a boundary of your own by its ARN" in fault


def test_what_each_policy_uses_of_its_limit_is_told() -> None:
    """By the policy's name and the grants that it serves."""
    side, _ = built(taken(SHARED, GRANT, BY_ROLE))
    assert [used.document for used in side.sizes] == [
        "policy 'crossaccess-shared-user-bob' (grants a-grant, b-grant)",
        "policy 'crossaccess-shared-role-loader' (grants a-grant)",
    ]
    for used, (_, policy) in zip(side.sizes, side.policies, strict=True):
        assert used.used == len(canonical_json(policy.document))


def test_one_bucket_of_two_stacks_is_told() -> None:
    """A stack that is named twice, once in full, would deploy everything twice."""
    again = dataclasses.replace(taken(SHARED, GRANT), owner="acme/crossaccess/account-a")
    _, (fault,) = built(taken(SHARED, GRANT), again)
    assert fault.startswith(
        "the bucket 'shared' is handed over by stack-of-shared and acme/crossaccess/account-a"
    )


@pytest.mark.parametrize("name", ["bob-user-x", "Bob-User-X"])
def test_names_that_run_together_are_told(name: str) -> None:
    """IAM API Reference, "CreatePolicy": names are unique in an account, without regard to capitals."""
    first = Principal(kind=PrincipalKind.USER, name=name)
    second = Principal(kind=PrincipalKind.USER, name="x")
    other = dataclasses.replace(SHARED, name="shared-user-bob")
    owners = [
        taken(SHARED, GRANT, to={"a-grant": (first,)}),
        taken(other, GRANT, to={"a-grant": (second,)}),
    ]
    _, (fault,) = built(*owners)
    assert fault.startswith("the policy 'crossaccess-shared-user-bob-user-x' would be needed for user/")


def test_a_bucket_that_is_called_boundary_does_not_meet_a_boundary() -> None:
    """Their policies would have the same name."""
    bucket = dataclasses.replace(SHARED, name="boundary")
    assert built(taken(bucket, GRANT))[1] == []
    _, (fault,) = built(taken(bucket, GRANT), bounded=[BOB])
    assert fault.startswith(
        "the policy 'crossaccess-boundary-user-bob' would be needed for user/bob in boundary"
    )
