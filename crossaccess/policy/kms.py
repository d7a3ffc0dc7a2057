"""What SSE-KMS asks of the policies: who may use the key, and that nobody writes under another one.

Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)" and "Reducing the cost of
SSE-KMS with Amazon S3 Bucket Keys"; AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS
key".
"""

from collections.abc import Iterable

from crossaccess.policy.document import EVERYONE, Condition, Document, Effect, PrincipalName, Statement
from crossaccess.policy.grant import SID_PREFIX, Bucket, Grant
from crossaccess.policy.narrowing import of_a_key
from crossaccess.policy.share import Part

_READING = frozenset(
    {
        "s3:GetObject",
        "s3:GetObjectAnnotation",
        "s3:GetObjectAttributes",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionAnnotation",
        "s3:GetObjectVersionAttributes",
    }
)
_WRITING = frozenset({"s3:PutObject", "s3:PutObjectAnnotation", "s3:PutObjectVersionAnnotation"})
_REPLICATING = frozenset({"s3:ReplicateObject"})
_ALGORITHM = "s3:x-amz-server-side-encryption"
_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_CUSTOMER = "s3:x-amz-server-side-encryption-customer-algorithm"


def key_actions(actions: Iterable[str]) -> tuple[str, ...]:
    """What somebody who may do these S3 actions needs of the key.

    Writers decrypt, too: the parts of an upload are read again when they are put together. Replication into
    the bucket encrypts (Amazon S3 User Guide, "Replicating encrypted objects (SSE-S3, SSE-KMS, DSSE-KMS,
    SSE-C)"). Notes on an object are encrypted as the object is (Amazon S3 API Reference,
    "PutObjectAnnotation").
    """
    given = frozenset(actions)
    needed = (
        ("kms:Decrypt", _READING | _WRITING),
        ("kms:Encrypt", _REPLICATING),
        ("kms:GenerateDataKey", _WRITING | _REPLICATING),
    )
    return tuple(action for action, by in needed if given & by)


def key_conditions(bucket: Bucket, grant: Grant) -> tuple[Condition, ...]:
    """Narrow the use of the key to S3, and to the objects of the grant.

    S3 tells KMS what it encrypts: the bucket's ARN with a bucket key, the object's without. Objects of
    both kinds can be in the bucket, so both forms are let through.
    """
    objects = tuple(f"{bucket.arn}/{prefix}*" for prefix in grant.prefixes or ("",))
    return (
        Condition(operator="StringEquals", key="kms:ViaService", values=_s3_hosts(bucket)),
        Condition(
            operator="StringLike", key="kms:EncryptionContext:aws:s3:arn", values=(bucket.arn, *objects)
        ),
    )


def key_use(bucket: Bucket, grant: Grant, *, conditions: Iterable[Condition] = ()) -> tuple[Part, ...]:
    """What lets a principal use the bucket's key for a grant, in a policy that is attached to it."""
    actions = key_actions(grant.actions)
    if bucket.key_arn is None or not actions:
        return ()
    statement = Statement(
        sid=f"{SID_PREFIX}{grant.sid}Key",
        effect=Effect.ALLOW,
        actions=actions,
        resources=(bucket.key_arn,),
        conditions=(*of_a_key(conditions), *key_conditions(bucket, grant)),
    )
    return (Part(grants=(grant.name,), statement=statement),)


def key_grant(
    bucket: Bucket,
    grant: Grant,
    *,
    principals: tuple[PrincipalName, ...],
    conditions: Iterable[Condition],
    label: str = "",
) -> tuple[Part, ...]:
    """What lets these principals use the key for a grant, in the key's own policy."""
    actions = key_actions(grant.actions)
    if not actions:
        return ()
    statement = Statement(
        sid=f"{SID_PREFIX}{grant.sid}Key{label}",
        effect=Effect.ALLOW,
        principals=principals,
        actions=actions,
        # In a key's policy this means the key itself.
        resources=("*",),
        conditions=(*of_a_key(conditions), *key_conditions(bucket, grant)),
    )
    return (Part(grants=(grant.name,), statement=statement),)


def key_administration(bucket: Bucket) -> Statement:
    """Let the account's own policies say who administers the key, so that it never is without anybody.

    AWS KMS Developer Guide, "Default key policy".
    """
    account = PrincipalName(type="AWS", value=f"arn:{bucket.partition}:iam::{bucket.account}:root")
    return Statement(
        sid=f"{SID_PREFIX}Administration",
        effect=Effect.ALLOW,
        principals=(account,),
        actions=("kms:*",),
        resources=("*",),
    )


def leaves_administrator(policy: Document, *, partition: str, account: str) -> bool:
    """Whether a key's policy lets the account go on changing it: without conditions, and undenied.

    Only the account itself counts, since a user or role that is deleted would leave the key to nobody
    (AWS KMS Developer Guide, "Default key policy").
    """
    names = {f"arn:{partition}:iam::{account}:root", account, "*"}

    def is_about(statement: Statement) -> bool:
        named = statement.principals is None or any(one.value in names for one in statement.principals)
        return named and _covers(statement, "kms:putkeypolicy")

    allowed = any(
        statement.effect is Effect.ALLOW
        and statement.principals is not None
        and is_about(statement)
        and statement.resources is not None
        and "*" in statement.resources
        and not statement.conditions
        for statement in policy.statements
    )
    return allowed and not any(
        statement.effect is Effect.DENY and is_about(statement) for statement in policy.statements
    )


def _covers(statement: Statement, action: str) -> bool:
    """Whether the action may be among the statement's: what excepts actions counts as naming it."""
    if statement.actions is None:
        return statement.effect is Effect.DENY
    return any(one.lower() in ("*", "kms:*", "kms:put*", action) for one in statement.actions)


def encryption_denials(bucket: Bucket) -> tuple[Statement, ...]:
    """Refuse writes under another encryption than the bucket's, and under a customer's own key.

    The owner could not read them. A request that says nothing about encryption gets the bucket's default
    and is left alone: each statement asks for a header to be there. Where S3 encrypts an adopted bucket by
    itself, whoever else writes there may have reasons of their own.
    """
    if bucket.key_arn is None and bucket.adopted:
        return ()
    # What S3 replicates comes with the headers of its new key, or of the key of its source's writer.
    writes, replicas = ("s3:PutObject",), ("s3:PutObject", "s3:ReplicateObject")
    there = "false"
    usual = "AES256" if bucket.key_arn is None else "aws:kms"
    named = Condition(operator="Null", key=_KEY, values=(there,))
    other: tuple[Condition, ...] = (named,)
    if bucket.key_arn is not None:
        compare = "StringNotLike" if bucket.key_arn.endswith("*") else "StringNotEquals"
        other = (named, Condition(operator=compare, key=_KEY, values=(bucket.key_arn,)))
    unusual = (
        Condition(operator="Null", key=_ALGORITHM, values=(there,)),
        Condition(operator="StringNotEquals", key=_ALGORITHM, values=(usual,)),
    )
    refusals = [("OtherKey", replicas, other), ("OtherEncryption", writes, unusual)]
    if bucket.key_arn is not None:
        # "aws:kms" without a key's ARN may mean the key that AWS manages, which nobody can share.
        unnamed = (
            Condition(operator="StringEquals", key=_ALGORITHM, values=("aws:kms",)),
            Condition(operator="Null", key=_KEY, values=("true",)),
        )
        refusals.append(("UnnamedKey", writes, unnamed))
    customers = (Condition(operator="Null", key=_CUSTOMER, values=(there,)),)
    refusals.append(("CustomerKey", replicas, customers))
    return tuple(
        Statement(
            sid=f"{SID_PREFIX}{name}",
            effect=Effect.DENY,
            principals=(EVERYONE,),
            actions=actions,
            resources=(f"{bucket.arn}/*",),
            conditions=conditions,
        )
        for name, actions, conditions in refusals
    )


def _s3_hosts(bucket: Bucket) -> tuple[str, ...]:
    """How KMS calls S3 of the bucket's Region (AWS KMS Developer Guide, "AWS KMS condition keys").

    In China the documentation has the name with both endings, and both mean the same service.
    """
    host = f"s3.{bucket.region}.amazonaws.com"
    return (host, f"{host}.cn") if bucket.partition == "aws-cn" else (host,)
