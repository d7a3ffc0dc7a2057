"""All that the owner's side needs for its grants, checked against AWS's limits."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossaccess.policy.arn import parse_arn
from crossaccess.policy.build import bucket_policy, key_policy, key_statements, role_policy, role_trust
from crossaccess.policy.document import Document
from crossaccess.policy.encryption import Encryption, check_key_place
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.kms import leaves_administrator
from crossaccess.policy.sizes import BUCKET_POLICY, KEY_POLICY, ROLE_POLICY, TRUST_POLICY, Used, measured


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
    sizes: Sequence[Used]
    """What each document uses of its limit; an adopted bucket's policy is measured where it is whole."""
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
        _check_crosses(bucket, grant, f"grants[{index}]", faults)
    sizes: list[Used] = []
    policy = bucket_policy(bucket, grants)
    if not bucket.adopted:
        name = f"policy of the bucket {bucket.name!r}"
        sizes.append(measured(policy, BUCKET_POLICY, name=name, faults=faults))
    roles = {
        grant.name: GrantRole(
            grant=grant,
            name=grant.role_name,
            arn=bucket.role_arn(grant.role_name),
            trust=role_trust(bucket, grant),
            policy=role_policy(bucket, grant),
        )
        for grant in grants
        if grant.role_name is not None
    }
    for role in roles.values():
        of_role = f"of the role {role.name!r} (grant {role.grant.name!r})"
        sizes.append(measured(role.trust, TRUST_POLICY, name=f"trust policy {of_role}", faults=faults))
        sizes.append(measured(role.policy, ROLE_POLICY, name=f"policy {of_role}", faults=faults))
    of_key, used = _key_policy(bucket, grants, encryption, faults)
    return OwnerSide(
        bucket=bucket, bucket_policy=policy, roles=roles, key_policy=of_key, sizes=(*sizes, *used)
    )


def _check_crosses(bucket: Bucket, grant: Grant, key: str, faults: Faults) -> None:
    """Note a grant that stays in the owner's account, and a boundary that is not there to be found."""
    if grant.account == bucket.account:
        mend = "name the requester's account: a grant leads to another account than the bucket's own"
        faults.add(f"{key}.account", f"is {grant.account!r}, the bucket's own account", mend)
    boundary = None if grant.permissions_boundary is None else parse_arn(grant.permissions_boundary)
    if boundary is None:
        return
    if (boundary.partition, boundary.account) not in (
        (bucket.partition, bucket.account),
        (bucket.partition, "aws"),
    ):
        mend = (
            f"name a policy of the bucket's account {bucket.account} ({bucket.partition}), where the role is"
        )
        faults.add(f"{key}.permissionsBoundary", f"is {str(boundary)!r}", mend)


def _key_policy(
    bucket: Bucket, grants: Sequence[Grant], encryption: Encryption, faults: Faults
) -> tuple[Document | None, tuple[Used, ...]]:
    if encryption.key_arn is not None:
        check_key_place(encryption.key_arn, "encryption.keyArn", faults, bucket=bucket)
        return Document(statements=key_statements(bucket, grants)), ()
    if not encryption.makes_key:
        return None, ()
    policy, name = key_policy(bucket, grants), f"policy of the key of the bucket {bucket.name!r}"
    used = measured(policy, KEY_POLICY, name=name, faults=faults)
    if not leaves_administrator(policy, partition=bucket.partition, account=bucket.account):
        mend = f"allow the account {bucket.account} kms:PutKeyPolicy without conditions"
        faults.add(f"the {name}", "would leave nobody who can change it", mend)
    return policy, (used,)
