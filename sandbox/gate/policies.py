"""The policies of both sides of a need, collected out of the emulator and the gate's own memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from crossaccess.decide import CompiledDocument, compile_document
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import Document, PolicyKind, parse_document
from crossaccess.policy.public import is_public
from sandbox.gate.callers import Caller, CallerKind
from sandbox.gate.calls import Need
from sandbox.gate.estate import (
    boundary_of,
    find_bucket,
    find_key,
    iam,
    role_by_arn,
    user_by_arn,
)
from sandbox.gate.organization import scp_levels
from sandbox.gate.principals import restore
from sandbox.gate.world import World

if TYPE_CHECKING:
    from moto.iam.models import Group, ManagedPolicy, Role, User

_ADMINISTRATOR = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
# IAM Identity Center User Guide, "Using service-linked roles for IAM Identity Center": what it may do.
_IDENTITY_CENTER = (
    '{"Version":"2012-10-17","Statement":['
    '{"Effect":"Allow","Action":"iam:*","Resource":"arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*"},'
    '{"Effect":"Allow","Action":["iam:GetPolicy","iam:ListPolicies"],"Resource":"*"}]}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy, as it was parsed and as it is decided by."""

    document: Document
    compiled: CompiledDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """All policies that decide a need. `None`: the caller has no boundary, no session policy.

    `scp` are those of each level of the caller's organization.
    """

    identity: Sequence[Policy] = ()
    boundary: Sequence[Policy] | None = None
    session: Sequence[Policy] | None = None
    resource: Policy | None = None
    scp: Sequence[Sequence[Policy]] = ()

    @property
    def documents(self) -> Iterable[Document]:
        """All documents of both sides."""
        both = (*self.identity, *(self.boundary or ()), *(self.session or ()))
        yield from (policy.document for policy in both)
        yield from (policy.document for level in self.scp for policy in level)
        if self.resource is not None:
            yield self.resource.document


@lru_cache(maxsize=1024)
def read_policy(text: str, kind: PolicyKind) -> Policy:
    """Parse and compile a policy once. Raises `PolicyError` where it is none."""
    document = parse_document(text, kind)
    return Policy(document=document, compiled=compile_document(document))


def collect(world: World, caller: Caller, need: Need) -> Sides:
    """Collect the policies of the caller and of the resource that a need is about.

    Raises `PolicyError` where one of them cannot be read, which saving it should have prevented.
    """
    identity: list[str] = []
    boundary = None
    if caller.kind is CallerKind.USER:
        user = user_by_arn(caller.principal_arn or "")
        if user is not None:
            identity = _of_user(user)
            boundary = _boundary(user)
    elif caller.is_identity_center:
        identity = [_IDENTITY_CENTER]
    elif caller.kind is CallerKind.SESSION:
        role = role_by_arn(caller.principal_arn or "")
        if role is not None:
            identity = _of_entity(role)
            boundary = _boundary(role)
    elif caller.kind is CallerKind.ROOT:
        identity = [_ADMINISTRATOR]
    return Sides(
        identity=_read(identity, PolicyKind.IDENTITY),
        boundary=None if boundary is None else _read(boundary, PolicyKind.BOUNDARY),
        session=_of_session(caller),
        resource=_of_resource(world, need),
        scp=[_read(level, PolicyKind.SCP) for level in scp_levels(world, caller.account)],
    )


def bucket_policy(world: World, bucket: str) -> Policy | None:
    """Return a bucket's policy, with the principals that its ids mean now."""
    stored = world.bucket_policies.get(bucket)
    return None if stored is None else read_policy(restore(world, stored), PolicyKind.RESOURCE)


def restricted(world: World, caller: Caller, need: Need) -> bool:
    """Whether `RestrictPublicBuckets` keeps the caller out: the policy is public, the caller an outsider."""
    arn = parse_arn(need.resource)
    if arn is None or arn.service != "s3" or caller.account == need.owner:
        return False
    name = arn.resource.partition("/")[0]
    bucket = find_bucket(name)
    block = None if bucket is None else bucket.public_access_block
    if block is None or str(block.restrict_public_buckets).lower() != "true":
        return False
    policy = bucket_policy(world, name)
    return policy is not None and is_public(policy.document)


def _of_user(user: "User") -> list[str]:
    found = _of_entity(user)
    for group in iam(str(user.account_id)).groups.values():
        if any(member.id == user.id for member in group.users):
            found += _of_entity(group)
    return found


def _of_entity(entity: "User | Group | Role") -> list[str]:
    attached = [_default_version(policy) for policy in entity.managed_policies.values()]
    return [*entity.policies.values(), *attached]


def _default_version(policy: "ManagedPolicy") -> str:
    return next(str(version.document) for version in policy.versions if version.is_default)


def _boundary(entity: "User | Role") -> list[str] | None:
    arn = boundary_of(entity)
    if arn is None:
        return None
    policy = iam(str(entity.account_id)).managed_policies.get(arn)
    # A boundary whose policy is gone allows nothing.
    return [] if policy is None else [_default_version(policy)]


def _of_session(caller: Caller) -> Sequence[Policy] | None:
    session = caller.session
    if session is None or (session.policies is None and not session.policy_arns):
        return None
    held = iam(session.account).managed_policies
    managed = [_default_version(held[arn]) for arn in session.policy_arns if arn in held]
    return _read([*(session.policies or ()), *managed], PolicyKind.SESSION)


def _of_resource(world: World, need: Need) -> Policy | None:
    arn = parse_arn(need.resource)
    if arn is None:
        return None
    if arn.service == "s3":
        return bucket_policy(world, arn.resource.partition("/")[0])
    if arn.service == "iam" and need.action.startswith("sts:"):
        role = role_by_arn(need.resource)
        text = None if role is None else restore(world, str(role.assume_role_policy_document))
        return None if text is None else read_policy(text, PolicyKind.TRUST)
    if arn.service == "kms" and arn.resource.startswith("key/"):
        key = find_key(arn.account, arn.region, need.resource)
        return None if key is None else read_policy(restore(world, str(key.policy)), PolicyKind.RESOURCE)
    return None


def _read(texts: Iterable[str], kind: PolicyKind) -> tuple[Policy, ...]:
    return tuple(read_policy(text, kind) for text in texts)
