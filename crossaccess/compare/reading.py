"""The policies of a picture, read once: statements by whom or what they belong to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from crossaccess.compare.change import Unclear
from crossaccess.compare.realm import thing_of
from crossaccess.compare.statements import Numbered, numbered
from crossaccess.compare.targets import Target, targets_of
from crossaccess.deployment.picture import Group, Picture, Policy, Principal
from crossaccess.policy.document import PolicyError, PolicyKind, parse_document

Statements: TypeAlias = tuple[Numbered, ...]


@dataclass(slots=True)
class Readings:
    """Documents that were read, how they spell condition keys, and what could not be read."""

    spelling: dict[str, str] = field(default_factory=dict)
    _unclear: dict[str, str] = field(default_factory=dict)
    _read: dict[tuple[str, str, PolicyKind], Statements | None] = field(default_factory=dict)

    @property
    def unclear(self) -> tuple[Unclear, ...]:
        """The policies that could not be read, and why."""
        return tuple(Unclear(name=name, reason=reason) for name, reason in self._unclear.items())

    def statements(self, policy: Policy, kind: PolicyKind) -> Statements | None:
        """The statements of a policy; `None` where nobody can read it."""
        if policy.text is None:
            self._unclear[policy.name] = policy.unknown or "its text is not known"
            return None
        key = (policy.name, policy.text, kind)
        if key not in self._read:
            self._read[key] = self._parse(policy, policy.text, kind)
        return self._read[key]

    def _parse(self, policy: Policy, text: str, kind: PolicyKind) -> Statements | None:
        try:
            found = numbered(parse_document(text, kind), policy.name)
        except PolicyError as error:
            self._unclear[policy.name] = f"AWS would refuse it: {error}"
            return None
        for one in found:
            for condition in one.statement.conditions:
                self.spelling.setdefault(thing_of(condition.key), condition.key)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A principal's own policies.

    `closed` are the names of those that nobody can read; `boundary` is `None` where it has none.
    """

    identity: Statements
    boundary: Statements | None
    closed: frozenset[str]


class Stand:
    """What a picture says of targets and principals."""

    def __init__(self, picture: Picture, readings: Readings) -> None:
        self.targets: Mapping[str, Target] = targets_of(picture)
        self.principals: Mapping[tuple[str, str], Principal] = {
            (one.account or "", one.label): one for one in picture.principals if one.unknown is None
        }
        self.groups: Mapping[tuple[str, str], Group] = {
            (one.account, one.label): one
            for one in picture.groups
            if one.unknown is None and one.account is not None and not one.members_told
        }
        """Those whose members nobody told, or not all of them."""
        self._readings = readings

    def is_readable(self, target: Target) -> bool:
        """Whether the policy of the target, if it is there and has one, can be read."""
        mine = self.targets.get(target.arn)
        if mine is None or mine.policy is None:
            return True
        return self._readings.statements(mine.policy, mine.policy_kind) is not None

    def resource(self, target: Target) -> Statements | None:
        """The statements of the target's policy; `None` where there is no such target."""
        mine = self.targets.get(target.arn)
        if mine is None:
            return None
        return () if mine.policy is None else self._readings.statements(mine.policy, mine.policy_kind) or ()

    def own(self, key: tuple[str, str]) -> Own | None:
        """The principal's own policies; `None` where there is no such principal."""
        principal = self.principals.get(key)
        if principal is None:
            return None
        statements, closed = self._identity(principal.policies)
        boundary: Statements | None = None
        if principal.boundary is not None:
            boundary = self._readings.statements(principal.boundary, PolicyKind.BOUNDARY)
            if boundary is None:
                closed.add(principal.boundary.arn or principal.boundary.name)
        return Own(identity=statements, boundary=boundary, closed=frozenset(closed))

    def of_group(self, key: tuple[str, str]) -> Own | None:
        """What a group gives its members; `None` where there is no such group."""
        group = self.groups.get(key)
        if group is None:
            return None
        statements, closed = self._identity(group.policies)
        return Own(identity=statements, boundary=None, closed=frozenset(closed))

    def _identity(self, policies: Iterable[Policy]) -> tuple[Statements, set[str]]:
        statements: dict[Numbered, None] = {}
        closed: set[str] = set()
        for policy in policies:
            found = self._readings.statements(policy, PolicyKind.IDENTITY)
            if found is None:
                closed.add(policy.arn or policy.name)
            statements |= dict.fromkeys(found or ())
        return tuple(statements), closed


def policies_of(picture: Picture) -> Iterator[tuple[Policy, str | None]]:
    """All policies of a picture, with the account that each belongs to."""
    for bucket in picture.buckets:
        if bucket.policy is not None:
            yield bucket.policy, bucket.account
    for key in picture.keys:
        if key.policy is not None:
            yield key.policy, key.account
    for group in picture.groups:
        for policy in group.policies:
            yield policy, group.account
    for principal in picture.principals:
        for own in (*principal.policies, principal.trust, principal.boundary):
            if own is not None:
                yield own, principal.account
