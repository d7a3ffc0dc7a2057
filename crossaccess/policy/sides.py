"""All that each side needs for its grants: documents, roles and policies, checked against AWS's limits."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossaccess.policy.build import (
    PrincipalPolicy,
    bucket_policy,
    key_policy,
    key_statements,
    requester_policies,
    role_policy,
    role_trust,
)
from crossaccess.policy.document import Document
from crossaccess.policy.encryption import Encryption, check_key_place
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.kms import leaves_administrator
from crossaccess.policy.sizes import (
    BUCKET_POLICY,
    KEY_POLICY,
    MANAGED_POLICY,
    ROLE_POLICY,
    TRUST_POLICY,
    check_number_of_policies,
    check_size,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole:
    """The role in the owner's account that an `assume-role` grant brings along."""

    grant: Grant
    name: str
    arn: str
    trust: Document
    policy: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSide:
    """What the owner's account needs."""

    bucket: Bucket
    bucket_policy: Document
    roles: Mapping[str, GrantRole]
    """The roles, by the name of their grant."""
    key_policy: Document | None = None
    """The policy of a key that is made, or what has to be added to that of an existing one."""


def owner_side(
    bucket: Bucket, grants: Sequence[Grant], faults: Faults, *, encryption: Encryption | None = None
) -> OwnerSide:
    """Build the owner's side; notes documents that AWS would not take and grants that do not cross.

    Without an `encryption`, S3 encrypts by itself.
    """
    encryption = encryption or Encryption()
    bucket = dataclasses.replace(bucket, key_arn=encryption.key_in_policies(bucket))
    for index, grant in enumerate(grants):
        if grant.account == bucket.account:
            mend = "name the requester's account: a grant leads to another account than the bucket's own"
            faults.add(f"grants[{index}].account", f"is {grant.account!r}, the bucket's own account", mend)
    policy = bucket_policy(bucket, grants)
    check_size(policy, BUCKET_POLICY, key=f"the policy of the bucket {bucket.name!r}", faults=faults)
    roles = {
        grant.name: GrantRole(
            grant=grant,
            name=grant.role_name,
            arn=bucket.role_arn(grant.role_name),
            trust=role_trust(grant, partition=bucket.partition),
            policy=role_policy(bucket, grant),
        )
        for grant in grants
        if grant.role_name is not None
    }
    for role in roles.values():
        of_role = f"of the role {role.name!r} (grant {role.grant.name!r})"
        check_size(role.trust, TRUST_POLICY, key=f"the trust policy {of_role}", faults=faults)
        check_size(role.policy, ROLE_POLICY, key=f"the policy {of_role}", faults=faults)
    of_key = _key_policy(bucket, grants, encryption, faults)
    return OwnerSide(bucket=bucket, bucket_policy=policy, roles=roles, key_policy=of_key)


def _key_policy(
    bucket: Bucket, grants: Sequence[Grant], encryption: Encryption, faults: Faults
) -> Document | None:
    if encryption.key_arn is not None:
        check_key_place(encryption.key_arn, "encryption.keyArn", faults, bucket=bucket)
        return Document(statements=key_statements(bucket, grants))
    if not encryption.makes_key:
        return None
    policy, key = key_policy(bucket, grants), f"the policy of the key of the bucket {bucket.name!r}"
    check_size(policy, KEY_POLICY, key=key, faults=faults)
    if not leaves_administrator(policy, partition=bucket.partition, account=bucket.account):
        mend = f"allow the account {bucket.account} kms:PutKeyPolicy without conditions"
        faults.add(key, "would leave nobody who can change it", mend)
    return policy


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterSide:
    """What the requester's account needs, for the grants that are addressed to it."""

    bucket: Bucket
    grants: tuple[Grant, ...]
    policies: tuple[PrincipalPolicy, ...]


def requester_side(bucket: Bucket, grants: Sequence[Grant], faults: Faults) -> RequesterSide:
    """Build the requester's side; notes policies that AWS would not take, and too many of them."""
    policies = requester_policies(bucket, grants)
    for policy in policies:
        key = f"the policy {policy.name!r} (grants {', '.join(policy.grants)})"
        check_size(policy.document, MANAGED_POLICY, key=key, faults=faults)
    for principal, number in Counter(str(policy.principal) for policy in policies).items():
        check_number_of_policies(number, key=f"the principal {principal!r}", faults=faults)
    return RequesterSide(bucket=bucket, grants=tuple(grants), policies=policies)
