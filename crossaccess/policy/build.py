"""The policies of both sides, built from grants.

Pure: the same grants make the same documents, whole, before anything is deployed. What a grant says
reaches both sides here and nowhere else, so that neither side can lose a part of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crossaccess.policy.access import Scope, in_scope
from crossaccess.policy.document import EVERYONE, Condition, Document, Effect, PrincipalName, Statement
from crossaccess.policy.grant import SID_PREFIX, Bucket, Grant, Method, Principal, Trust
from crossaccess.policy.kms import encryption_denials, key_administration, key_grant, key_use
from crossaccess.policy.names import principal_label, requester_policy_name
from crossaccess.policy.sizes import MANAGED_POLICY, size_of


def bucket_policy(bucket: Bucket, grants: Iterable[Grant]) -> Document:
    """The policy of the owner's bucket: TLS only, no foreign keys, and what `bucket-policy` grants allow."""
    statements = [_tls_only(bucket), *encryption_denials(bucket)]
    for grant in grants:
        if grant.method is Method.BUCKET_POLICY:
            principals, conditions = _requester(grant, partition=bucket.partition)
            statements += _s3_statements(bucket, grant, principals=principals, conditions=conditions)
    return Document(statements=tuple(statements))


def role_trust(grant: Grant, *, partition: str) -> Document:
    """Who may assume the role of an `assume-role` grant."""
    principals, conditions = _requester(grant, partition=partition)
    statement = Statement(
        sid=f"{SID_PREFIX}{grant.sid}AssumeRole",
        effect=Effect.ALLOW,
        principals=principals,
        actions=("sts:AssumeRole",),
        conditions=conditions,
    )
    return Document(statements=(statement,))


def role_policy(bucket: Bucket, grant: Grant) -> Document:
    """What the role of an `assume-role` grant may do in the bucket."""
    return Document(statements=(*_s3_statements(bucket, grant), *key_use(bucket, grant)))


def key_statements(bucket: Bucket, grants: Iterable[Grant]) -> tuple[Statement, ...]:
    """What the policy of the bucket's KMS key has to allow, so that the grants hold for encrypted objects."""
    statements: list[Statement] = []
    for grant in grants:
        if grant.role_name is None:
            principals, conditions = _requester(grant, partition=bucket.partition)
        else:
            # By a condition, since KMS takes no policy that names a role which is not there yet.
            arn = bucket.role_arn(grant.role_name)
            principals = (_account(bucket.account, partition=bucket.partition),)
            conditions = (Condition(operator="ArnEquals", key="aws:PrincipalArn", values=(arn,)),)
        statements += key_grant(bucket, grant, principals=principals, conditions=conditions)
    return tuple(statements)


def key_policy(bucket: Bucket, grants: Iterable[Grant]) -> Document:
    """The policy of a key that is made for the bucket: its account administers it, the grants use it."""
    return Document(statements=(key_administration(bucket), *key_statements(bucket, grants)))


def requester_statements(bucket: Bucket, grant: Grant) -> tuple[Statement, ...]:
    """What a principal of the requester's account has to be allowed by its own account for a grant.

    A bucket's ARN holds no account, so a condition says whose bucket is meant: a handover that names a
    bucket of the requester's own would open it otherwise (IAM User Guide, "AWS global condition context
    keys", `aws:ResourceAccount`).
    """
    if grant.role_name is None:
        owner = Condition(operator="StringEquals", key="aws:ResourceAccount", values=(bucket.account,))
        return (*_s3_statements(bucket, grant, conditions=(owner,)), *key_use(bucket, grant))
    statement = Statement(
        sid=f"{SID_PREFIX}{grant.sid}AssumeRole",
        effect=Effect.ALLOW,
        actions=("sts:AssumeRole",),
        resources=(bucket.role_arn(grant.role_name),),
    )
    return (statement,)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalPolicy:
    """What one principal of the requester's account is allowed for the grants that name it.

    `name` is the managed policy's, `label` tells it from the other policies for the same bucket, and
    `grants` are the names of those that it serves.
    """

    name: str
    label: str
    principal: Principal
    grants: tuple[str, ...]
    document: Document

    def arn(self, *, partition: str, account: str) -> str:
        """The ARN that the managed policy has in the requester's account."""
        return f"arn:{partition}:iam::{account}:policy/{self.name}"


def requester_policies(bucket: Bucket, grants: Sequence[Grant]) -> tuple[PrincipalPolicy, ...]:
    """Make as few policies for each principal as hold what its grants need.

    A principal can have few policies, and a policy for each grant would use them up. Principals stand
    in the order in which the grants name them; a statement that no policy can hold gets one of its own,
    for `check_size` to find.
    """
    principals = dict.fromkeys(principal for grant in grants for principal in grant.principals)
    statements = {grant.name: requester_statements(bucket, grant) for grant in grants}
    policies: list[PrincipalPolicy] = []
    for principal in principals:
        own = [grant.name for grant in grants if principal in grant.principals]
        packed = _pack([(name, statement) for name in own for statement in statements[name]])
        for part, held in enumerate(packed, start=1):
            policy = PrincipalPolicy(
                name=requester_policy_name(bucket, principal, part=part),
                label=principal_label(principal, part=part),
                principal=principal,
                grants=tuple(dict.fromkeys(name for name, _ in held)),
                document=Document(statements=tuple(statement for _, statement in held)),
            )
            policies.append(policy)
    return tuple(policies)


def _pack(statements: Iterable[tuple[str, Statement]]) -> list[list[tuple[str, Statement]]]:
    """Fill one managed policy after the other, in order."""
    empty = size_of(Document(statements=()), MANAGED_POLICY)
    packed: list[list[tuple[str, Statement]]] = []
    room = 0
    for name, statement in statements:
        comma = 1
        needed = size_of(Document(statements=(statement,)), MANAGED_POLICY) - empty + comma
        if needed > room:
            packed.append([])
            room = MANAGED_POLICY.maximum - empty + comma
        packed[-1].append((name, statement))
        room -= needed
    return packed


def _tls_only(bucket: Bucket) -> Statement:
    """Amazon S3 User Guide, "Security best practices": refuse requests that do not come over TLS.

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


def _requester(grant: Grant, *, partition: str) -> tuple[tuple[PrincipalName, ...], tuple[Condition, ...]]:
    """Name the grant's principals in a policy of the owner, in the form that its `trust` asks for."""
    arns = tuple(one.arn(partition=partition, account=grant.account) for one in grant.principals)
    if grant.trust is Trust.EXACT:
        return tuple(PrincipalName(type="AWS", value=arn) for arn in arns), ()
    account = _account(grant.account, partition=partition)
    return (account,), (Condition(operator="ArnEquals", key="aws:PrincipalArn", values=arns),)


def _account(account: str, *, partition: str) -> PrincipalName:
    return PrincipalName(type="AWS", value=f"arn:{partition}:iam::{account}:root")


def _s3_statements(
    bucket: Bucket,
    grant: Grant,
    *,
    principals: tuple[PrincipalName, ...] | None = None,
    conditions: tuple[Condition, ...] = (),
) -> tuple[Statement, ...]:
    """The statements that allow a grant's actions, the same for whichever side they stand on."""
    objects = tuple(f"{bucket.arn}/{prefix}*" for prefix in grant.prefixes or ("",))
    listing: tuple[Condition, ...] = ()
    if grant.prefixes:
        patterns = tuple(f"{prefix}*" for prefix in grant.prefixes)
        listing = (Condition(operator="StringLike", key="s3:prefix", values=patterns),)
    parts = (
        ("Objects", in_scope(grant.actions, Scope.OBJECTS), objects, ()),
        ("List", in_scope(grant.actions, Scope.LISTING), (bucket.arn,), listing),
        ("Bucket", in_scope(grant.actions, Scope.BUCKET, Scope.ALL_KEYS), (bucket.arn,), ()),
    )
    return tuple(
        Statement(
            sid=f"{SID_PREFIX}{grant.sid}{part}",
            effect=Effect.ALLOW,
            principals=principals,
            actions=actions,
            resources=resources,
            conditions=(*conditions, *narrowing),
        )
        for part, actions, resources, narrowing in parts
        if actions
    )
