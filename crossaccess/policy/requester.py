"""The policies of the requester's side, built from the grants of one owner's bucket."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crossaccess.policy.build import along_with_assuming
from crossaccess.policy.document import Condition, Document, Effect, Statement
from crossaccess.policy.grant import SID_PREFIX, Bucket, Grant
from crossaccess.policy.kms import key_use
from crossaccess.policy.names import principal_label, requester_policy_name
from crossaccess.policy.narrowing import of_assuming, of_caller, until, ways
from crossaccess.policy.packing import packed
from crossaccess.policy.principal import Principal
from crossaccess.policy.s3_statements import s3_statements
from crossaccess.policy.share import Part, shared, statements_of
from crossaccess.policy.sizes import MANAGED_POLICY


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


def requester_parts(bucket: Bucket, grant: Grant) -> tuple[Part, ...]:
    """What a principal of the requester's account has to be allowed by its own account for a grant.

    A bucket's ARN holds no account, so a condition says whose bucket is meant: a handover that names a
    bucket of the requester's own would open it otherwise (IAM User Guide, "AWS global condition context
    keys", `aws:ResourceAccount`).
    """
    return _to_assume(bucket, grant) if grant.role_name is not None else _to_use(bucket, grant)


def _to_use(bucket: Bucket, grant: Grant) -> tuple[Part, ...]:
    conditions = grant.conditions
    owner = Condition(operator="StringEquals", key="aws:ResourceAccount", values=(bucket.account,))
    asked = (*of_caller(conditions), *until(conditions))
    using = [
        part
        for way in ways(conditions.source_ip, conditions.s3_endpoints)
        for part in s3_statements(bucket, grant, conditions=(owner, *way.conditions, *asked), label=way.label)
    ]
    return (*using, *key_use(bucket, grant, conditions=asked))


def _to_assume(bucket: Bucket, grant: Grant) -> tuple[Part, ...]:
    conditions = grant.conditions
    role = bucket.role_arn(grant.role_name or "")
    asked = (*of_caller(conditions), *until(conditions), *of_assuming(conditions))
    allowed: list[tuple[str, str, tuple[Condition, ...]]] = [
        (f"AssumeRole{way.label}", "sts:AssumeRole", (*way.conditions, *asked))
        for way in ways(conditions.source_ip, conditions.sts_endpoints)
    ]
    allowed += [
        (action.removeprefix("sts:"), action, needed) for action, needed in along_with_assuming(grant)
    ]
    return tuple(
        Part(
            grants=(grant.name,),
            statement=Statement(
                sid=f"{SID_PREFIX}{grant.sid}{label}",
                effect=Effect.ALLOW,
                actions=(action,),
                resources=(role,),
                conditions=needed,
            ),
        )
        for label, action, needed in allowed
    )


def requester_policies(
    bucket: Bucket, grants: Sequence[Grant], attached: Mapping[str, Sequence[Principal]]
) -> tuple[PrincipalPolicy, ...]:
    """Make as few policies for each principal as hold what its grants need.

    `attached` are the principals that each grant's policies go to, by the grant's name. A principal can have
    few policies, and a policy for each grant would use them up. Principals stand in the order in which the
    grants name them.
    """
    principals = dict.fromkeys(principal for grant in grants for principal in attached[grant.name])
    parts = {grant.name: requester_parts(bucket, grant) for grant in grants}
    own: dict[Principal, list[Part]] = {principal: [] for principal in principals}
    for grant in grants:
        for principal in attached[grant.name]:
            own[principal] += parts[grant.name]
    return tuple(
        PrincipalPolicy(
            name=requester_policy_name(bucket, principal, part=number),
            label=principal_label(principal, part=number),
            principal=principal,
            grants=tuple(dict.fromkeys(name for part in held for name in part.grants)),
            document=Document(statements=statements_of(held)),
        )
        for principal in principals
        for number, held in enumerate(packed(shared(own[principal]), MANAGED_POLICY), start=1)
    )


def boundary_of(policies: Iterable[PrincipalPolicy]) -> Document:
    """What a permissions boundary lets through that ends at these policies: the same, and nothing else.

    IAM User Guide, "Permissions boundaries for IAM entities".
    """
    # Without ids: grants of two owners may bear the same name, and IAM takes no id twice.
    statements = dict.fromkeys(
        dataclasses.replace(statement, sid=None)
        for policy in policies
        for statement in policy.document.statements
    )
    return Document(statements=tuple(statements))
