"""The policies of the owner's side, built from grants.

Pure: the same grants make the same documents, whole, before anything is deployed. What a grant says
reaches the owner's side here, the requester's in `requester`, and neither can lose a part of it.
"""

from collections.abc import Iterable

from crossaccess.policy.document import EVERYONE, Condition, Document, Effect, PrincipalName, Statement
from crossaccess.policy.grant import SID_PREFIX, Bucket, Grant, Method
from crossaccess.policy.kms import encryption_denials, key_administration, key_grant, key_use
from crossaccess.policy.narrowing import (
    of_assuming,
    of_caller,
    of_session_tags,
    of_source_identity,
    until,
    ways,
)
from crossaccess.policy.requesters import by_arn, named
from crossaccess.policy.s3_statements import s3_statements
from crossaccess.policy.share import Part, shared, statements_of

_TLS = Condition(operator="Bool", key="aws:SecureTransport", values=("true",))


def bucket_policy(bucket: Bucket, grants: Iterable[Grant]) -> Document:
    """The policy of the owner's bucket: TLS only, no foreign keys, and what `bucket-policy` grants allow.

    An adopted bucket has other users, too: there, TLS is asked of our grants and of nobody else.
    """
    denials = () if bucket.adopted else (_tls_only(bucket),)
    parts = [
        part for grant in grants if grant.method is Method.BUCKET_POLICY for part in _by_policy(bucket, grant)
    ]
    return Document(statements=(*denials, *encryption_denials(bucket), *statements_of(shared(parts))))


def bucket_statements(bucket: Bucket, grant: Grant) -> tuple[Statement, ...]:
    """What the bucket's policy has to allow for one `bucket-policy` grant, before it shares with others."""
    return statements_of([*_by_policy(bucket, grant)])


def role_trust(bucket: Bucket, grant: Grant) -> Document:
    """Who may assume the role of an `assume-role` grant, from where, and what they have to say."""
    conditions = grant.conditions
    statements: list[Statement] = []
    for who in named(bucket, grant):
        for way in ways(conditions.source_ip, conditions.sts_endpoints):
            asked = (*who.conditions, *way.conditions, *of_caller(conditions), *until(conditions))
            statements.append(
                _trusting(
                    grant,
                    f"AssumeRole{who.label}{way.label}",
                    "sts:AssumeRole",
                    who.principals,
                    (*asked, *of_assuming(conditions)),
                )
            )
        # Both count beside sts:AssumeRole only, which asks for all the rest.
        for action, asked in along_with_assuming(grant):
            label = f"{action.removeprefix('sts:')}{who.label}"
            statements.append(_trusting(grant, label, action, who.principals, (*who.conditions, *asked)))
    return Document(statements=tuple(statements))


def along_with_assuming(grant: Grant) -> tuple[tuple[str, tuple[Condition, ...]], ...]:
    """What has to be allowed beside `sts:AssumeRole`, with its conditions, on both sides."""
    found = []
    if tags := of_session_tags(grant.conditions):
        found.append(("sts:TagSession", tags))
    if identity := of_source_identity(grant.conditions):
        found.append(("sts:SetSourceIdentity", identity))
    return tuple(found)


def _trusting(
    grant: Grant,
    label: str,
    action: str,
    principals: tuple[PrincipalName, ...],
    conditions: tuple[Condition, ...],
) -> Statement:
    return Statement(
        sid=f"{SID_PREFIX}{grant.sid}{label}",
        effect=Effect.ALLOW,
        principals=principals,
        actions=(action,),
        conditions=conditions,
    )


def role_policy(bucket: Bucket, grant: Grant) -> Document:
    """What the role of an `assume-role` grant may do in the bucket.

    The end of the grant and its networks stand here too: a session outlives the trust that began it.
    """
    conditions = grant.conditions
    secure = (_TLS,) if bucket.adopted else ()
    parts = [
        part
        for way in ways(conditions.source_ip, conditions.s3_endpoints)
        for part in s3_statements(
            bucket,
            grant,
            conditions=(*secure, *way.conditions, *until(conditions)),
            label=way.label,
        )
    ]
    return Document(statements=statements_of((*parts, *key_use(bucket, grant, conditions=until(conditions)))))


def key_statements(bucket: Bucket, grants: Iterable[Grant]) -> tuple[Statement, ...]:
    """What the policy of the bucket's KMS key has to allow, so that the grants hold for encrypted objects."""
    parts: list[Part] = []
    for grant in grants:
        ending = until(grant.conditions)
        if grant.role_name is not None:
            # By a condition, since KMS takes no policy that names a role which is not there yet.
            role = by_arn(bucket.account, (bucket.role_arn(grant.role_name),), partition=bucket.partition)
            parts += key_grant(
                bucket, grant, principals=role.principals, conditions=(*role.conditions, *ending)
            )
            continue
        for who in named(bucket, grant):
            asked = (*who.conditions, *of_caller(grant.conditions), *ending)
            parts += key_grant(bucket, grant, principals=who.principals, conditions=asked, label=who.label)
    return statements_of(shared(parts))


def key_policy(bucket: Bucket, grants: Iterable[Grant]) -> Document:
    """The policy of a key that is made for the bucket: its account administers it, the grants use it."""
    return Document(statements=(key_administration(bucket), *key_statements(bucket, grants)))


def _by_policy(bucket: Bucket, grant: Grant) -> Iterable[Part]:
    conditions = grant.conditions
    secure = (_TLS,) if bucket.adopted else ()
    for who in named(bucket, grant):
        for way in ways(conditions.source_ip, conditions.s3_endpoints):
            yield from s3_statements(
                bucket,
                grant,
                principals=who.principals,
                conditions=(
                    *who.conditions,
                    *secure,
                    *way.conditions,
                    *of_caller(conditions),
                    *until(conditions),
                ),
                label=f"{who.label}{way.label}",
            )


def _tls_only(bucket: Bucket) -> Statement:
    """Amazon S3 User Guide, "Security best practices for Amazon S3": refuse requests that come without TLS.

    The one place where `s3:*` is right: a refusal has to name everything.
    """
    return Statement(
        sid=f"{SID_PREFIX}TlsOnly",
        effect=Effect.DENY,
        principals=(EVERYONE,),
        actions=("s3:*",),
        resources=(bucket.arn, f"{bucket.arn}/*"),
        conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
    )
