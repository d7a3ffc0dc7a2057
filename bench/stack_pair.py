"""The exported states of owners' stacks and of a requester's, for grants, as the program deploys them.

Built from `crossaccess.policy` as both components are, so that they hold what a deployment holds, without
an engine.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from crossaccess.policy.attaching import attached_principals, is_addressed_to
from crossaccess.policy.conditions import write_conditions
from crossaccess.policy.document import canonical_json
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.faults import Faults, listed
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.requester_side import Taken, requester_side
from crossaccess.policy.sides import OwnerSide, owner_side

Json: TypeAlias = dict[str, object]
_ATTACHMENTS = {
    PrincipalKind.USER: ("aws:iam/userPolicyAttachment:UserPolicyAttachment", "user"),
    PrincipalKind.ROLE: ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role"),
    PrincipalKind.GROUP: ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "group"),
}
_KEY = "00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """One owner's stack: a bucket, how it is encrypted, and its grants."""

    bucket: Bucket
    grants: tuple[Grant, ...]
    encryption: Encryption = field(default_factory=Encryption)


class GrantsError(Exception):
    """The program would refuse these grants: some document would be too large."""


def states(owners: Sequence[Owned], *, requester: str, unknown: Collection[str] = frozenset()) -> list[Json]:
    """The states of the owners' stacks, one after the other, and last that of the requester's.

    `requester` is its account: each principal that a grant names gets the policies that it needs, but for
    the grants whose names are in `unknown`: the requester was deployed before them. Raises `GrantsError`
    where the program would deploy nothing.
    """
    faults = Faults()
    sides = [owner_side(one.bucket, one.grants, faults, encryption=one.encryption) for one in owners]
    taken = [
        _taken(one, side, faults, account=requester, but=unknown)
        for one, side in zip(owners, sides, strict=True)
    ]
    found = [
        _state(f"owner-{number}", _owner(one, side))
        for number, (one, side) in enumerate(zip(owners, sides, strict=True))
    ]
    found.append(_state("requester", _requester(taken, faults, account=requester)))
    if faults:
        raise GrantsError(listed("These grants cannot be deployed:", faults.all()))
    return found


def _taken(owned: Owned, side: OwnerSide, faults: Faults, *, account: str, but: Collection[str]) -> Taken:
    addressed = (one for one in owned.grants if one.name not in but)
    own = [one for one in addressed if is_addressed_to(one, account=account, organization=None)]
    return Taken(
        owner=owned.bucket.name,
        bucket=side.bucket,
        grants=tuple(own),
        attached={
            one.name: attached_principals(one, None, "attach", faults, account=account, organization=None)
            for one in own
        },
    )


def _owner(owned: Owned, side: OwnerSide) -> Iterator[Json]:
    bucket = side.bucket
    yield _resource("pulumi:pulumi:Stack", "stack", {}, outputs={"handover": _handover(bucket, owned.grants)})
    yield from _provider(bucket.account, bucket.region)
    place: Json = {"bucket": bucket.name, "region": bucket.region}
    yield _resource("aws:s3/bucket:Bucket", "bucket", place, outputs={**place, "arn": bucket.arn})
    if side.key_policy is not None:
        yield from _key(bucket, canonical_json(side.key_policy), place)
    policy = canonical_json(side.bucket_policy)
    yield _resource("aws:s3/bucketPolicy:BucketPolicy", "policy", {**place, "policy": policy})
    for role in side.roles.values():
        trust: Json = {"name": role.name, "path": "/", "assumeRolePolicy": canonical_json(role.trust)}
        yield _resource("aws:iam/role:Role", role.name, trust, outputs={**trust, "arn": role.arn})
        inline: Json = {
            "name": "crossaccess-bucket",
            "role": role.name,
            "policy": canonical_json(role.policy),
        }
        yield _resource("aws:iam/rolePolicy:RolePolicy", f"{role.name}-policy", inline)


def _key(bucket: Bucket, policy: str, place: Json) -> Iterator[Json]:
    """The key that is made for the bucket, and that it is the bucket's."""
    arn = f"arn:{bucket.partition}:kms:{bucket.region}:{bucket.account}:key/{_KEY}"
    made: Json = {"policy": policy, "region": bucket.region}
    yield _resource("aws:kms/key:Key", _KEY, made, outputs={**made, "arn": arn, "keyId": _KEY})
    default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": arn}
    rules = [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]
    kind = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    yield _resource(kind, "encryption", {**place, "rules": rules})


def _requester(taken: Iterable[Taken], faults: Faults, *, account: str) -> Iterator[Json]:
    yield _resource("pulumi:pulumi:Stack", "stack", {})
    yield from _provider(account, "eu-central-1")
    for bucket, policy in requester_side([*taken], faults).policies:
        name, arn = policy.name, policy.arn(partition=bucket.partition, account=account)
        made: Json = {"name": name, "path": "/", "policy": canonical_json(policy.document)}
        yield _resource("aws:iam/policy:Policy", name, made, outputs={**made, "arn": arn})
        # To a permission set, IAM Identity Center attaches it.
        if policy.principal.kind in _ATTACHMENTS:
            yield _attachment(policy.principal, name, arn)


def _attachment(principal: Principal, name: str, arn: str) -> Json:
    kind, key = _ATTACHMENTS[principal.kind]
    return _resource(kind, f"{name}-attachment", {key: principal.name, "policyArn": arn})


def _provider(account: str, region: str) -> Iterator[Json]:
    told: Json = {"allowedAccountIds": f'["{account}"]', "region": region}
    yield _resource("pulumi:providers:aws", "default", told)


def _handover(bucket: Bucket, grants: Sequence[Grant]) -> Json:
    return {
        "version": 2,
        "account": bucket.account,
        "partition": bucket.partition,
        "region": bucket.region,
        "bucket": {"name": bucket.name, "arn": bucket.arn},
        "grants": [_handed(bucket, grant) for grant in grants],
    }


def _handed(bucket: Bucket, grant: Grant) -> Json:
    handed: Json = {
        "name": grant.name,
        "account": grant.account,
        "principals": [str(one) for one in grant.principals],
        "method": grant.method.value,
        "actions": [*grant.actions],
        "prefixes": [*grant.prefixes],
        "conditions": write_conditions(grant.conditions),
    }
    if grant.role_name is not None:
        handed |= {"roleName": grant.role_name, "roleArn": bucket.role_arn(grant.role_name)}
    return handed


def _resource(kind: str, name: str, inputs: Mapping[str, object], *, outputs: Json | None = None) -> Json:
    custom = not kind.startswith("pulumi:pulumi:")
    made: Json = {"type": kind, "name": name, "custom": custom, "inputs": inputs}
    return {**made, "outputs": inputs if outputs is None else outputs, "id": name}


def _state(stack: str, resources: Iterable[Json]) -> Json:
    """As `pulumi stack export` writes it, each resource of the account's own provider."""
    found: list[Json] = []
    provider = f"urn:pulumi:{stack}::crossaccess::pulumi:providers:aws::default"
    for one in resources:
        kind, name = one["type"], one.pop("name")
        urn = f"urn:pulumi:{stack}::crossaccess::{kind}::{name}"
        of_aws = {"provider": f"{provider}::default"} if str(kind).startswith("aws:") else {}
        found.append({"urn": urn, **one, **of_aws})
    return {"version": 3, "deployment": {"manifest": {}, "resources": found}}
