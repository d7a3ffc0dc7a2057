"""Both sides' policies out of grants."""

import dataclasses
import json
from typing import Any

import pytest

from crossaccess.policy.build import bucket_policy, role_policy, role_trust
from crossaccess.policy.document import Document, PolicyKind, canonical_json, parse_document
from crossaccess.policy.grant import Bucket, Grant, Method, Trust
from crossaccess.policy.principal import Principal, PrincipalKind
from tests.support.grants import requester_policies

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
ARN = "arn:aws:s3:::shared"
BOB = Principal(kind=PrincipalKind.USER, name="bob")
LOADER = Principal(kind=PrincipalKind.ROLE, name="loader", path="/etl/")
BOB_ARN = "arn:aws:iam::112233445566:user/bob"
LOADER_ARN = "arn:aws:iam::112233445566:role/etl/loader"
ACCOUNT_B = {"AWS": "arn:aws:iam::112233445566:root"}

BY_POLICY = Grant(
    name="by-policy",
    account="112233445566",
    principals=(BOB,),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject",),
)
BY_ROLE = dataclasses.replace(
    BY_POLICY, name="by-role", method=Method.ASSUME_ROLE, role_name="a-role", prefixes=("reports/",)
)


def statements(document: Document) -> list[Any]:
    """The statements of a document as JSON has them."""
    found: list[Any] = json.loads(canonical_json(document))["Statement"]
    return found


def test_without_grants_the_bucket_refuses_plain_http_and_what_its_owner_could_not_read() -> None:
    """Everything is denied where TLS is missing, and so are writes under an encryption of another's choice.

    Amazon S3 User Guide, "Security best practices for Amazon S3" and "Specifying server-side encryption with
    Amazon S3 managed keys (SSE-S3)".
    """
    algorithm = "s3:x-amz-server-side-encryption"
    customer = f"{algorithm}-customer-algorithm"
    assert statements(bucket_policy(BUCKET, [])) == [
        {
            "Sid": "CrossAccessTlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [ARN, f"{ARN}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "CrossAccessOtherKey",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:PutObject", "s3:ReplicateObject"],
            "Resource": f"{ARN}/*",
            "Condition": {"Null": {f"{algorithm}-aws-kms-key-id": "false"}},
        },
        {
            "Sid": "CrossAccessOtherEncryption",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"{ARN}/*",
            "Condition": {"Null": {algorithm: "false"}, "StringNotEquals": {algorithm: "AES256"}},
        },
        {
            "Sid": "CrossAccessCustomerKey",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:PutObject", "s3:ReplicateObject"],
            "Resource": f"{ARN}/*",
            "Condition": {"Null": {customer: "false"}},
        },
    ]


def test_an_adopted_bucket_that_s3_encrypts_is_left_to_its_other_writers() -> None:
    """They may name keys of their own: only what config says of encryption binds everybody."""
    assert statements(bucket_policy(dataclasses.replace(BUCKET, adopted=True), [])) == []


def test_a_grant_names_the_account_and_narrows_it_to_its_principals() -> None:
    """A role is named with its path: that is the `aws:PrincipalArn` of its sessions."""
    grant = dataclasses.replace(BY_POLICY, principals=(LOADER, BOB))
    *_, allowed = statements(bucket_policy(BUCKET, [grant]))
    assert allowed["Principal"] == ACCOUNT_B
    assert allowed["Condition"] == {"ArnEquals": {"aws:PrincipalArn": [LOADER_ARN, BOB_ARN]}}


def test_exact_trust_names_the_principals_themselves() -> None:
    """`trust: exact` writes ARNs into `Principal`, in the bucket's policy and in a role's trust."""
    by_policy, by_role = (
        dataclasses.replace(grant, principals=(LOADER, BOB), trust=Trust.EXACT)
        for grant in (BY_POLICY, BY_ROLE)
    )
    *_, allowed = statements(bucket_policy(BUCKET, [by_policy]))
    (trusted,) = statements(role_trust(BUCKET, by_role))
    for statement in (allowed, trusted):
        assert statement["Principal"] == {"AWS": [LOADER_ARN, BOB_ARN]}
        assert "Condition" not in statement


def test_prefixes_narrow_objects_by_resource_and_lists_by_condition_on_both_sides() -> None:
    """Amazon S3 User Guide, "Bucket policy examples using condition keys": `s3:prefix` limits lists."""
    grant = dataclasses.replace(
        BY_POLICY, actions=("s3:GetObject", "s3:ListBucket"), prefixes=("reports/", "raw/2026/")
    )
    (policy,) = requester_policies(BUCKET, [grant])
    owner = [one for one in statements(bucket_policy(BUCKET, [grant])) if one["Effect"] == "Allow"]
    requester = statements(policy.document)
    for objects, listing in (owner, requester):
        assert objects["Action"] == "s3:GetObject"
        assert objects["Resource"] == [f"{ARN}/raw/2026/*", f"{ARN}/reports/*"]
        assert listing["Action"] == "s3:ListBucket"
        assert listing["Resource"] == ARN
        assert listing["Condition"]["StringLike"] == {"s3:prefix": ["raw/2026/*", "reports/*"]}
    assert [one["Condition"].get("ArnEquals") for one in owner[1:]] == [{"aws:PrincipalArn": BOB_ARN}]
    assert requester[0]["Condition"] == {"StringEquals": {"aws:ResourceAccount": BUCKET.account}}


def test_a_list_of_the_whole_bucket_has_no_condition_of_its_own() -> None:
    """Without prefixes everything can be listed."""
    (listing,) = statements(role_policy(BUCKET, dataclasses.replace(BY_POLICY, actions=("s3:ListBucket",))))
    assert "Condition" not in listing


def test_actions_that_tell_nothing_of_keys_are_asked_on_the_bucket() -> None:
    """Service Authorization Reference: `s3:GetBucketLocation` takes the bucket's ARN, prefix or not."""
    grant = dataclasses.replace(BY_ROLE, actions=("s3:GetBucketLocation", "s3:GetObject"))
    assert [one["Resource"] for one in statements(role_policy(BUCKET, grant))] == [f"{ARN}/reports/*", ARN]


def test_a_role_is_trusted_with_being_assumed_and_nothing_else() -> None:
    """IAM User Guide, "Cross-account policy evaluation logic": the trust names the requester."""
    (trusted,) = statements(role_trust(BUCKET, BY_ROLE))
    assert trusted == {
        "Sid": "CrossAccessByRoleAssumeRole",
        "Effect": "Allow",
        "Principal": ACCOUNT_B,
        "Action": "sts:AssumeRole",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": BOB_ARN}},
    }


def test_an_assume_role_grant_leaves_the_bucket_policy_alone() -> None:
    """The role is of the bucket's own account: its own policy is enough."""
    assert bucket_policy(BUCKET, [BY_ROLE]) == bucket_policy(BUCKET, [])


def test_each_principal_gets_one_policy_with_what_its_grants_need() -> None:
    """Grants of one principal share a policy; a principal sees nothing of another's grants."""
    grants = [BY_POLICY, dataclasses.replace(BY_ROLE, principals=(BOB, LOADER))]
    bob, loader = requester_policies(BUCKET, grants)
    assert (bob.principal, bob.grants) == (BOB, ("by-policy", "by-role"))
    assert [one["Action"] for one in statements(bob.document)] == ["s3:GetObject", "sts:AssumeRole"]
    assert (loader.principal, loader.grants) == (LOADER, ("by-role",))
    (assume,) = statements(loader.document)
    assert assume["Resource"] == "arn:aws:iam::111111222222:role/a-role"


def test_what_does_not_fit_into_one_managed_policy_goes_on_in_the_next() -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 6,144 characters; no statement is lost or doubled."""
    grants = [
        dataclasses.replace(BY_POLICY, name=f"grant-{number}", prefixes=(f"{'x' * 900}{number}/",))
        for number in range(14)
    ]
    policies = requester_policies(BUCKET, grants)
    assert [policy.name for policy in policies] == [
        "crossaccess-shared-user-bob",
        "crossaccess-shared-user-bob-2",
        "crossaccess-shared-user-bob-3",
    ]
    allowed = [
        resource
        for policy in policies
        for statement in policy.document.statements
        for resource in statement.resources or ()
    ]
    assert allowed == [f"{ARN}/{grant.prefixes[0]}*" for grant in grants]
    assert {name for policy in policies for name in policy.grants} == {grant.name for grant in grants}
    assert all(5_000 < len(canonical_json(policy.document)) <= 6_144 for policy in policies[:-1])


def test_a_policy_that_is_filled_to_the_last_character_is_not_split() -> None:
    """The room is counted as AWS counts it: 6,144 characters fit, 6,145 do not."""

    def two(length: int) -> list[Grant]:
        return [
            BY_POLICY,
            dataclasses.replace(BY_POLICY, name="by-policy-2", prefixes=(f"{'x' * length}/",)),
        ]

    def parts(length: int) -> list[int]:
        return [len(canonical_json(one.document)) for one in requester_policies(BUCKET, two(length))]

    (empty,) = parts(1)
    assert parts(6_144 - empty + 1) == [6_144]
    assert len(parts(6_144 - empty + 2)) == 2


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_arn_is_of_the_buckets_partition(partition: str) -> None:
    """No partition is taken for granted."""
    bucket = dataclasses.replace(BUCKET, partition=partition)
    documents = [
        bucket_policy(bucket, [BY_POLICY]),
        role_trust(bucket, BY_ROLE),
        role_policy(bucket, BY_ROLE),
        *(one.document for one in requester_policies(bucket, [BY_POLICY, BY_ROLE])),
    ]
    for document in documents:
        text = canonical_json(document)
        assert text.count("arn:") == text.count(f"arn:{partition}:") > 0


def test_what_is_built_is_what_aws_takes() -> None:
    """Each document reads back as the kind of policy that it is meant to be."""
    for document, kind in (
        (bucket_policy(BUCKET, [BY_POLICY]), PolicyKind.RESOURCE),
        (role_trust(BUCKET, BY_ROLE), PolicyKind.TRUST),
        (role_policy(BUCKET, BY_ROLE), PolicyKind.IDENTITY),
        (requester_policies(BUCKET, [BY_POLICY])[0].document, PolicyKind.IDENTITY),
    ):
        assert canonical_json(parse_document(canonical_json(document), kind)) == canonical_json(document)


def test_the_order_of_a_grants_lists_does_not_change_the_policies() -> None:
    """A list that was sorted by hand is no change of the policy."""
    one = dataclasses.replace(
        BY_POLICY, actions=("s3:PutObject", "s3:GetObject"), prefixes=("b/", "a/"), principals=(BOB, LOADER)
    )
    other = dataclasses.replace(
        BY_POLICY, actions=("s3:GetObject", "s3:PutObject"), prefixes=("a/", "b/"), principals=(LOADER, BOB)
    )
    assert canonical_json(bucket_policy(BUCKET, [one])) == canonical_json(bucket_policy(BUCKET, [other]))
