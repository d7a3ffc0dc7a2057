"""What SSE-KMS asks of the policies: as documents, and as the decision core understands them."""

import dataclasses
import json
from typing import Any

import pytest

from crossaccess.decide import Decision, Policies, Request, compile_document, decide
from crossaccess.policy.build import bucket_policy, key_policy, key_statements, role_policy
from crossaccess.policy.document import (
    Condition,
    Document,
    Effect,
    PolicyKind,
    PrincipalName,
    Statement,
    canonical_json,
    parse_document,
)
from crossaccess.policy.encryption import Encryption, any_key
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant, Method, Trust
from crossaccess.policy.kms import key_actions, key_administration, key_grant, leaves_administrator
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.sides import owner_side
from tests.support.grants import requester_policies

PLAIN = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
BUCKET = dataclasses.replace(PLAIN, key_arn=any_key(PLAIN))
KEY = "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY.replace("1234", "5678")
FOREIGN_KEY = KEY.replace("111111222222", "112233445566")
EXISTING = dataclasses.replace(PLAIN, key_arn=KEY)
BOB = "arn:aws:iam::112233445566:user/bob"
CAROL = "arn:aws:iam::112233445566:user/carol"
ROLE = "arn:aws:iam::111111222222:role/the-role"
GRANT = Grant(
    name="a-grant",
    account="112233445566",
    principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject", "s3:PutObject"),
    prefixes=("reports/",),
)
BY_ROLE = dataclasses.replace(GRANT, method=Method.ASSUME_ROLE, role_name="the-role")
NARROWED = {
    "StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"},
    "StringLike": {
        "kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::shared", "arn:aws:s3:::shared/reports/*"]
    },
}


def statements(document: Document) -> list[Any]:
    """The statements of a document as JSON has them."""
    found: list[Any] = json.loads(canonical_json(document))["Statement"]
    return found


def keyed(document: Document) -> Any:  # Any: a statement, as JSON has it
    """The only statement about a key."""
    (found,) = (one for one in statements(document) if one["Sid"].endswith("Key"))
    return found


def test_one_grant_is_written_in_the_keys_policy_and_in_bobs() -> None:
    """Both are narrowed to S3 and to the grant's objects, with and without a bucket key."""
    (policy,) = requester_policies(BUCKET, [GRANT])
    assert keyed(policy.document) == {
        "Sid": "CrossAccessAGrantKey",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": "arn:aws:kms:eu-central-1:111111222222:key/*",
        "Condition": NARROWED,
    }
    assert keyed(key_policy(BUCKET, [GRANT])) == {
        "Sid": "CrossAccessAGrantKey",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::112233445566:root"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": BOB}, **NARROWED},
    }


def test_a_role_gets_the_key_in_its_own_policy_and_in_the_keys() -> None:
    """The requester needs nothing of the key then: in the role the calls are the owner's."""
    assert keyed(role_policy(BUCKET, BY_ROLE))["Condition"] == NARROWED
    in_key = keyed(key_policy(BUCKET, [BY_ROLE]))
    assert in_key["Principal"] == {"AWS": "arn:aws:iam::111111222222:root"}
    assert in_key["Condition"] == {"ArnEquals": {"aws:PrincipalArn": ROLE}, **NARROWED}
    (policy,) = requester_policies(BUCKET, [BY_ROLE])
    assert "kms:" not in canonical_json(policy.document)


def test_exact_trust_names_bob_in_the_keys_policy() -> None:
    """As in the bucket's policy."""
    exact = dataclasses.replace(GRANT, trust=Trust.EXACT)
    assert keyed(key_policy(BUCKET, [exact]))["Principal"] == {"AWS": BOB}


def test_an_existing_key_is_named_itself() -> None:
    """Its ARN is known, so policies name nothing else."""
    (policy,) = requester_policies(EXISTING, [GRANT])
    assert keyed(policy.document)["Resource"] == KEY


def test_without_kms_no_policy_speaks_of_it() -> None:
    """SSE-S3 asks nothing of anybody."""
    (policy,) = requester_policies(PLAIN, [GRANT])
    for document in (bucket_policy(PLAIN, [GRANT]), role_policy(PLAIN, BY_ROLE), policy.document):
        assert '"kms:' not in canonical_json(document)
        assert ":kms:" not in canonical_json(document)


@pytest.mark.parametrize(
    ("actions", "needed"),
    [
        (("s3:GetObject",), ("kms:Decrypt",)),
        (("s3:GetObjectVersion",), ("kms:Decrypt",)),
        (("s3:GetObjectAttributes",), ("kms:Decrypt",)),
        (("s3:PutObject",), ("kms:Decrypt", "kms:GenerateDataKey")),
        (("s3:ListBucket", "s3:DeleteObject", "s3:GetObjectTagging"), ()),
    ],
)
def test_only_who_reads_or_writes_contents_needs_the_key(
    actions: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    """Writers decrypt, too.

    Amazon S3 User Guide, "Uploading and copying objects using multipart upload in Amazon S3".
    """
    assert key_actions(actions) == needed


def test_a_grant_that_needs_no_key_is_in_no_policy_of_one() -> None:
    """A list is not encrypted."""
    listing = dataclasses.replace(GRANT, actions=("s3:ListBucket",))
    assert key_statements(BUCKET, [listing]) == ()
    assert "kms" not in canonical_json(requester_policies(BUCKET, [listing])[0].document)


def test_addresses_and_endpoints_do_not_reach_the_keys_policy() -> None:
    """KMS sees S3's address, and such a condition would refuse everybody."""
    conditions = (
        Condition(operator="ArnEquals", key="aws:PrincipalArn", values=(BOB,)),
        Condition(operator="IpAddress", key="aws:SourceIp", values=("192.0.2.0/24",)),
        Condition(operator="StringEquals", key="aws:SourceVpce", values=("vpce-1",)),
    )
    (part,) = key_grant(BUCKET, GRANT, principals=(), conditions=conditions)
    keys = {condition.key for condition in part.statement.conditions}
    assert keys == {"aws:PrincipalArn", "kms:ViaService", "kms:EncryptionContext:aws:s3:arn"}


@pytest.mark.parametrize(
    ("partition", "region", "hosts"),
    [
        ("aws", "eu-central-1", "s3.eu-central-1.amazonaws.com"),
        ("aws-us-gov", "us-gov-west-1", "s3.us-gov-west-1.amazonaws.com"),
        ("aws-cn", "cn-north-1", ["s3.cn-north-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn"]),
    ],
)
def test_other_partitions_have_their_own_arns_and_hosts(partition: str, region: str, hosts: object) -> None:
    """In China the name of the service may have another ending."""
    bucket = Bucket(name="shared", account="111111222222", partition=partition, region=region)
    side = owner_side(bucket, [GRANT, BY_ROLE_TOO], Faults(), encryption=Encryption(kms=True))
    assert side.key_policy is not None
    (policy,) = requester_policies(side.bucket, [GRANT])
    documents = [side.bucket_policy, side.key_policy, side.roles["by-role"].policy, policy.document]
    for document in documents:
        text = canonical_json(document)
        assert text.count("arn:aws") == text.count(f"arn:{partition}:") > 0
    assert keyed(policy.document)["Condition"]["StringEquals"]["kms:ViaService"] == hosts
    assert keyed(policy.document)["Resource"] == f"arn:{partition}:kms:{region}:111111222222:key/*"


BY_ROLE_TOO = dataclasses.replace(BY_ROLE, name="by-role")


def judged(document: Document, kind: PolicyKind) -> Any:  # Any: the core's compiled document
    """A document as the decision core takes it, read back from the text that would be deployed."""
    return compile_document(parse_document(canonical_json(document), kind))


def use_of_key(
    *,
    principal: str = BOB,
    action: str = "kms:Decrypt",
    via: str | None = "s3.eu-central-1.amazonaws.com",
    context: str = "arn:aws:s3:::shared",
) -> Decision:
    """Ask both sides whether S3 may use the key for somebody."""
    (policy,) = requester_policies(BUCKET, [GRANT])
    given = {"kms:EncryptionContext:aws:s3:arn": [context], "aws:PrincipalArn": [principal]}
    request = Request(
        principal=principal,
        action=action,
        resource=KEY,
        resource_account="111111222222",
        context={**given, **({} if via is None else {"kms:ViaService": [via]})},
        context_complete=True,
    )
    sides = Policies(
        identity=[judged(policy.document, PolicyKind.IDENTITY)],
        resource=judged(key_policy(BUCKET, [GRANT]), PolicyKind.RESOURCE),
    )
    return decide(request, sides).decision


def test_both_sides_let_bob_use_the_key_for_his_objects() -> None:
    """With a bucket key, and without one under his prefix."""
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert use_of_key(action=action) is Decision.ALLOWED
        assert use_of_key(action=action, context="arn:aws:s3:::shared/reports/x") is Decision.ALLOWED


@pytest.mark.parametrize(
    "more",
    [
        {"principal": CAROL},
        {"action": "kms:CreateGrant"},
        {"action": "kms:PutKeyPolicy"},
        {"via": None},
        {"via": "s3.us-east-1.amazonaws.com"},
        {"via": "sqs.eu-central-1.amazonaws.com"},
        {"context": "arn:aws:s3:::another"},
        {"context": "arn:aws:s3:::shared/private/x"},
        {"context": "arn:aws:s3:::shared-too"},
    ],
)
def test_the_key_opens_for_nothing_else(more: dict[str, Any]) -> None:
    """No other person, action, service, bucket or prefix."""
    assert use_of_key(**more) is Decision.NOT_ALLOWED


def put(bucket: Bucket, **headers: str) -> Decision:
    """Ask both sides whether Bob may put an object with these headers."""
    (policy,) = requester_policies(bucket, [GRANT])
    names = {
        "algorithm": "s3:x-amz-server-side-encryption",
        "key": "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "customer": "s3:x-amz-server-side-encryption-customer-algorithm",
    }
    context = {names[name]: [value] for name, value in headers.items()}
    request = Request(
        principal=BOB,
        action="s3:PutObject",
        resource="arn:aws:s3:::shared/reports/x",
        resource_account="111111222222",
        context={"aws:SecureTransport": ["true"], "aws:PrincipalArn": [BOB], **context},
        context_complete=True,
    )
    sides = Policies(
        identity=[judged(policy.document, PolicyKind.IDENTITY)],
        resource=judged(bucket_policy(bucket, [GRANT]), PolicyKind.RESOURCE),
    )
    return decide(request, sides).decision


@pytest.mark.parametrize("bucket", [BUCKET, EXISTING], ids=["a made key", "an existing key"])
def test_writers_say_nothing_about_encryption_or_name_the_buckets_key(bucket: Bucket) -> None:
    """The refusals leave requests without those headers alone."""
    assert put(bucket) is Decision.ALLOWED
    assert put(bucket, algorithm="aws:kms", key=KEY) is Decision.ALLOWED


@pytest.mark.parametrize("bucket", [BUCKET, EXISTING], ids=["a made key", "an existing key"])
@pytest.mark.parametrize(
    "headers",
    [
        {"algorithm": "aws:kms", "key": FOREIGN_KEY},
        {"algorithm": "aws:kms", "key": KEY.replace("eu-central-1", "us-east-1")},
        {"algorithm": "aws:kms", "key": "1234abcd-12ab-34cd-56ef-1234567890ab"},
        {"algorithm": "aws:kms", "key": "alias/aws/s3"},
        {"key": FOREIGN_KEY},
        {"algorithm": "aws:kms"},
        {"algorithm": "AES256"},
        {"algorithm": "aws:kms:dsse", "key": KEY},
        {"customer": "AES256"},
    ],
)
def test_writers_cannot_encrypt_so_that_the_owner_cannot_read(
    bucket: Bucket, headers: dict[str, str]
) -> None:
    """Amazon S3 User Guide, "Specifying server-side encryption with AWS KMS (SSE-KMS)": the headers."""
    assert put(bucket, **headers) is Decision.DENIED


def test_beside_an_existing_key_no_other_key_of_the_account_is_taken() -> None:
    """Its ARN is known, so the refusal is exact."""
    assert put(EXISTING, algorithm="aws:kms", key=OTHER_KEY) is Decision.DENIED


def test_the_policy_of_a_key_leaves_its_account_as_administrator() -> None:
    """AWS KMS Developer Guide, "Default key policy"."""
    policy = key_policy(BUCKET, [GRANT, BY_ROLE_TOO])
    assert leaves_administrator(policy, partition="aws", account="111111222222")


@pytest.mark.parametrize(
    "statement",
    [
        dataclasses.replace(key_administration(BUCKET), actions=("kms:Decrypt",)),
        dataclasses.replace(key_administration(BUCKET), effect=Effect.DENY),
        dataclasses.replace(
            key_administration(BUCKET),
            conditions=(Condition(operator="Bool", key="aws:MultiFactorAuthPresent", values=("true",)),),
        ),
        dataclasses.replace(
            key_administration(BUCKET), principals=(PrincipalName(type="AWS", value="112233445566"),)
        ),
        dataclasses.replace(key_administration(BUCKET), principals=(PrincipalName(type="AWS", value=ROLE),)),
    ],
    ids=["only use", "a deny", "a condition", "another account", "a role that can be deleted"],
)
def test_a_policy_that_only_somebody_else_can_change_leaves_no_administrator(statement: Statement) -> None:
    """Nobody but AWS's support could mend such a key."""
    document = Document(statements=(statement,))
    assert not leaves_administrator(document, partition="aws", account="111111222222")


def test_a_deny_that_may_catch_the_administrators_leaves_none() -> None:
    """Whatever its conditions: they may hold one day."""
    administration = key_administration(BUCKET)
    for deny in (
        Statement(effect=Effect.DENY, principals=administration.principals, not_actions=("kms:Decrypt",)),
        Statement(effect=Effect.DENY, not_principals=administration.principals, actions=("kms:*",)),
        Statement(
            effect=Effect.DENY,
            principals=(PrincipalName(type="*", value="*"),),
            actions=("kms:PutKeyPolicy",),
            resources=("*",),
        ),
    ):
        document = Document(statements=(administration, deny))
        assert not leaves_administrator(document, partition="aws", account="111111222222")


def test_a_key_policy_over_its_size_is_told() -> None:
    """AWS KMS Developer Guide, "Resource quotas": 32,768 bytes."""
    faults = Faults()
    grants = [
        dataclasses.replace(
            BY_ROLE, name=f"g{number}", role_name=f"r{number}", prefixes=(f"{'p' * 900}{number}/",)
        )
        for number in range(40)
    ]
    owner_side(PLAIN, grants, faults, encryption=Encryption(kms=True))
    assert "the policy of the key of the bucket 'shared' would have" in str(faults.all()[0])
