"""What the policies of both sides allow in a realm, as sets of requests.

The same rules as in `crossaccess.decide.evaluate`: a request is allowed where one of a few products holds,
each of whose factors has to allow it, and where nothing denies it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from crossaccess.compare.box import EVERYTHING, Box
from crossaccess.compare.realm import Realm
from crossaccess.compare.statements import Actions, Applies, Numbered, Part, Source, applies, take
from crossaccess.decide.caller import CallerKind
from crossaccess.decide.principal import Way
from crossaccess.decide.statement import CompiledStatement
from crossaccess.policy.document import Effect, Statement

Factor: TypeAlias = tuple[Part, ...]
Product: TypeAlias = tuple[Factor, ...]

_SIGNED_ONLY = frozenset({"sts", "kms", "iam"})
_BUCKET_POLICY_ACTIONS = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})
_WHOEVER = Part(Way.EVERYONE, EVERYTHING, Source("", 0, Statement(effect=Effect.ALLOW)))


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The statements that count for a class of callers.

    `identity` are those of the callers' own policies: `None` where their account may let them do anything.
    `boundary`: `None` where they have none. `resource` are those of the resource's policy; `None` where
    its owner may let anybody do anything.
    """

    identity: tuple[Numbered, ...] | None = ()
    boundary: tuple[Numbered, ...] | None = None
    resource: tuple[Numbered, ...] | None = ()

    @cached_property
    def statements(self) -> frozenset[Numbered]:
        """All of them."""
        return frozenset((*(self.identity or ()), *(self.boundary or ()), *(self.resource or ())))

    @cached_property
    def sources(self) -> frozenset[Source]:
        """Where the statements of the resource's policy stand."""
        return frozenset(one.source for one in self.resource or ())

    @cached_property
    def allowing_own(self) -> frozenset[Actions]:
        """What actions the callers' own policies allow."""
        return frozenset(one.actions for one in self.identity or () if one.allows)

    @cached_property
    def allowing(self) -> frozenset[Actions]:
        """What actions the resource's policy allows."""
        return frozenset(one.actions for one in self.resource or () if one.allows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What is allowed for certain, and what at the most, with what is denied alike."""

    sure: tuple[Product, ...]
    perhaps: tuple[Product, ...]
    surely_denied: tuple[Part, ...]
    perhaps_denied: tuple[Part, ...]
    limited: tuple[Product, ...]
    """As `perhaps`, but that a boundary limits what is granted to everyone: AWS leaves that open."""

    @property
    def is_sure(self) -> bool:
        """Whether nothing is in doubt."""
        return self.sure == self.perhaps and self.surely_denied == self.perhaps_denied


NOTHING = Allowed(sure=(), perhaps=(), surely_denied=(), perhaps_denied=(), limited=())


def allowed(policies: Policies, realm: Realm) -> Allowed:
    """What the policies allow in a realm."""
    if _never(realm):
        return NOTHING
    bounded = policies.boundary is not None
    policies = _about(policies, realm.asked)
    statements = (*(policies.identity or ()), *(policies.boundary or ()), *(policies.resource or ()))
    read = {one: _applies(one, realm, bounded=bounded) for one in statements}
    denying = [read[one] for one in _denying(policies, realm)]
    perhaps = {one: found.perhaps for one, found in read.items()}
    most = _products(policies, realm, perhaps, limited=False)
    differ = bounded or _lacks_session_policy(policies, realm)
    limited = _products(policies, realm, perhaps, limited=True) if differ else most
    doubted = any(found.sure != found.perhaps for found in read.values())
    sure = {one: found.sure for one, found in read.items()}
    return Allowed(
        sure=_products(policies, realm, sure, limited=True) if doubted else limited,
        perhaps=most,
        limited=limited,
        surely_denied=tuple(part for found in denying for part in found.sure),
        perhaps_denied=tuple(part for found in denying for part in found.perhaps),
    )


def _about(policies: Policies, action: str) -> Policies:
    """The statements about one action: the others say nothing of it."""

    def taking(statements: Sequence[Numbered] | None) -> tuple[Numbered, ...] | None:
        return None if statements is None else tuple(one for one in statements if take(one.actions, action))

    return Policies(
        identity=taking(policies.identity),
        boundary=taking(policies.boundary),
        resource=taking(policies.resource),
    )


def _applies(one: Numbered, realm: Realm, *, bounded: bool) -> Applies:
    """What a statement applies to; both states of a change mostly hold the same ones."""
    key = (one, bounded)
    found = realm.read.get(key)
    if not isinstance(found, Applies):
        found = realm.read[key] = applies(one, realm, bounded=bounded)
    return found


def _denying(policies: Policies, realm: Realm) -> Iterable[Numbered]:
    own = (*(policies.identity or ()), *(policies.boundary or ()))
    if realm.caller.kind is CallerKind.ROOT or not realm.caller.has_identity_side:
        own = ()
    theirs = policies.resource or ()
    if (
        realm.asked in _BUCKET_POLICY_ACTIONS
        and realm.caller.kind is CallerKind.ROOT
        and realm.caller.account == realm.owner
    ):
        # The root user of the bucket's account may always read, set and delete the bucket's policy.
        theirs = ()
    return (one for one in (*own, *theirs) if not one.allows)


def _products(
    policies: Policies, realm: Realm, read: Mapping[Numbered, Factor], *, limited: bool
) -> tuple[Product, ...]:
    def factor(statements: Sequence[Numbered] | None) -> Factor:
        if statements is None:
            return (_WHOEVER,)
        return tuple(part for one in statements if one.allows for part in read[one])

    caller = realm.caller
    resource = factor(policies.resource)
    if not caller.has_identity_side:
        return _real((resource,))
    identity = factor(policies.identity)
    limits: Product = ()
    if caller.kind is CallerKind.ROOT:
        identity = (_WHOEVER,)
    elif policies.boundary is not None:
        limits = (factor(policies.boundary),)
    if _lacks_session_policy(policies, realm):
        limits = (*limits, ())
    if caller.account != realm.owner:
        return _real((identity, *limits, resource))
    if policies.resource is None:
        return _real((identity, *limits))
    own: Product = (identity, *limits)
    if _resource_must_allow(realm):
        own = (*own, tuple(part for part in resource if part.way is Way.ACCOUNT))
    pinned = _pinned(policies.resource)
    named = tuple(
        part
        for part in resource
        if part.way is Way.NAMED or (part.way is Way.EVERYONE and part.source in pinned)
    )
    roles = tuple(part for part in resource if part.way is Way.ROLE)
    everyone = tuple(part for part in resource if part.way is Way.EVERYONE and part.source not in pinned)
    # How far a boundary limits a grant to "*" AWS does not say.
    open_to_all = (everyone, *limits) if limited else (everyone,)
    return (*_real(own), *_real((named,)), *_real((roles, *limits)), *_real(open_to_all))


def _lacks_session_policy(policies: Policies, realm: Realm) -> bool:
    """Whether the callers are allowed only what the resource's policy lets them do by themselves.

    STS API Reference, "GetFederationToken": that is all that federated users have without a session policy,
    and none is known here, unless their account may let them do anything.
    """
    return realm.caller.kind is CallerKind.FEDERATED_USER and policies.identity is not None


def _real(product: Product) -> tuple[Product, ...]:
    """A product with an empty factor allows nothing."""
    return (product,) if all(product) else ()


def _pinned(statements: Iterable[Numbered]) -> frozenset[Source]:
    """The statements in which a condition on `aws:PrincipalArn` says who is meant."""
    return frozenset(
        one.source
        for one in statements
        if CompiledStatement(one.statement, one.source.number, variables=one.variables).pins_principal
    )


def _resource_must_allow(realm: Realm) -> bool:
    return realm.action.partition(":")[0].lower() in ("kms", "sts")


def _never(realm: Realm) -> bool:
    """What AWS allows nobody, whatever the policies say."""
    service = realm.action.partition(":")[0].lower()
    if realm.caller.kind is CallerKind.ANONYMOUS and service in _SIGNED_ONLY:
        return True
    action = realm.asked
    if realm.caller.kind is CallerKind.ROOT and action == "sts:assumerole":
        return True
    # STS API Reference: who has signed in at an identity provider calls these two, and nobody else does.
    federated = action in ("sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
    if realm.caller.kind is CallerKind.PROVIDER:
        return action == "sts:assumerole"
    return federated


def boxes(parts: Iterable[Part]) -> tuple[Box, ...]:
    """The requests of the parts."""
    return tuple(dict.fromkeys(part.box for part in parts))
