"""Where the policies of a picture are: each once, read, with whose it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from crossaccess.decide import CompiledDocument
from crossaccess.decide.statement import CompiledStatement
from crossaccess.deployment.picture import Bucket, Key, Picture, Policy, Principal
from crossaccess.explain.held import read
from crossaccess.findings.finding import Finding, Rule
from crossaccess.policy.document import PolicyKind

_INLINE: Final = "inline policy "


class PlaceKind(Enum):
    """What a policy is attached to."""

    BUCKET = "bucket"
    KEY = "key"
    ROLE = "role"
    """The trust policy of a role."""
    PRINCIPAL = "principal"
    """What a user, role, group or permission set is allowed."""
    BOUNDARY = "boundary"


LETS_IN: Final = (PlaceKind.BUCKET, PlaceKind.KEY, PlaceKind.ROLE)
"""Those whose policies say who may come."""
_KINDS: Final = {
    PlaceKind.BUCKET: PolicyKind.RESOURCE,
    PlaceKind.KEY: PolicyKind.RESOURCE,
    PlaceKind.ROLE: PolicyKind.TRUST,
    PlaceKind.PRINCIPAL: PolicyKind.IDENTITY,
    PlaceKind.BOUNDARY: PolicyKind.BOUNDARY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One policy, and what it is attached to.

    `arn` is that of the bucket, the key or the principal, where it is known; `document` is `None` where
    nobody can read the policy, and `why` says so.
    """

    kind: PlaceKind
    about: str
    arn: str | None
    account: str | None
    partition: str
    policy: Policy
    document: CompiledDocument | None
    why: str

    @property
    def allowing(self) -> tuple[CompiledStatement, ...]:
        """The statements that allow something; none where the policy cannot be read."""
        return () if self.document is None else tuple(self.document.allowing)

    @property
    def denying(self) -> tuple[CompiledStatement, ...]:
        """The statements that deny something; none where the policy cannot be read."""
        return () if self.document is None else tuple(self.document.denying)

    @property
    def is_inline(self) -> bool:
        """Whether it is a principal's inline policy, as far as the source tells those from managed ones."""
        return self.policy.arn is None and self.policy.name.startswith(_INLINE)

    def finding(
        self,
        rule: Rule,
        message: str,
        statement: CompiledStatement | None = None,
        *,
        certain: bool = True,
    ) -> Finding:
        """What goes against a rule here."""
        return Finding(
            rule=rule,
            about=self.about,
            message=message,
            account=self.account,
            policy=self.policy.name,
            statement=None if statement is None else statement.label,
            source=self.policy.source,
            certain=certain,
        )


def places_of(picture: Picture) -> tuple[Place, ...]:
    """All policies, those that several principals have in common at the first of them."""
    found = [
        *(one for bucket in picture.buckets for one in _of_bucket(bucket)),
        *(one for key in picture.keys for one in _of_key(key)),
        # Before their users, whose policies theirs are too.
        *(
            _place(PlaceKind.PRINCIPAL, group.label, None, group.account, group.partition, policy)
            for group in picture.groups
            for policy in group.policies
        ),
        *(one for principal in picture.principals for one in _of_principal(principal)),
    ]
    return tuple(_once(found))


def bucket_label(bucket: Bucket) -> str:
    """How people call a bucket."""
    return f"bucket {bucket.name}"


def _of_bucket(bucket: Bucket) -> Iterator[Place]:
    # A bucket that a source only names has its policy elsewhere: that is no lack of this one.
    if bucket.held and bucket.policy is not None:
        about = bucket_label(bucket)
        yield _place(PlaceKind.BUCKET, about, bucket.arn, bucket.account, bucket.partition, bucket.policy)


def _of_key(key: Key) -> Iterator[Place]:
    if key.source and key.policy is not None:
        yield _place(PlaceKind.KEY, f"key {key.name}", key.arn, key.account, key.partition, key.policy)


def _of_principal(principal: Principal) -> Iterator[Place]:
    about, whose = principal.label, (principal.arn, principal.account, principal.partition)
    if principal.trust is not None:
        yield _place(PlaceKind.ROLE, about, *whose, principal.trust)
    for policy in principal.policies:
        yield _place(PlaceKind.PRINCIPAL, about, *whose, policy)
    if principal.boundary is not None:
        yield _place(PlaceKind.BOUNDARY, about, *whose, principal.boundary)


def _place(  # noqa: PLR0913, PLR0917 - what a place is made of
    kind: PlaceKind, about: str, arn: str | None, account: str | None, partition: str, policy: Policy
) -> Place:
    told = read(policy, _KINDS[kind])
    return Place(
        kind=kind,
        about=about,
        arn=arn,
        account=account,
        partition=partition,
        policy=policy,
        document=told.document,
        why=told.why,
    )


def _once(places: Iterable[Place]) -> Iterator[Place]:
    seen: set[object] = set()
    for one in places:
        policy = one.policy
        # A policy of a group is each of its users', under the same name.
        key = (one.kind, policy.arn or (policy.source, policy.name, one.account))
        if one.kind in LETS_IN or key not in seen:
            seen.add(key)
            yield one
