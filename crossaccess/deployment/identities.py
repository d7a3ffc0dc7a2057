"""The principals and groups of one stack, put together from the resources that say something of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crossaccess.deployment.accounts import Accounts
from crossaccess.deployment.managed import ManagedPolicies
from crossaccess.deployment.picture import Group, Policy, Principal
from crossaccess.deployment.resources import Resource, Snapshot
from crossaccess.deployment.types import (
    ATTACHMENTS,
    GROUP_USERS,
    INLINE,
    POLICY,
    POLICY_ATTACHMENT,
    PRINCIPALS,
    USER_GROUPS,
)
from crossaccess.deployment.values import NOT_KNOWN, mapping_of, number_of, policy_of, text_of
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.principal import PrincipalKind

_LISTS = {"users": PrincipalKind.USER, "roles": PrincipalKind.ROLE, "groups": PrincipalKind.GROUP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whose something is; IAM's names are unique in an account, by their kind and whatever their path."""

    kind: PrincipalKind
    name: str
    account: str | None


@dataclass(slots=True, kw_only=True)
class Entry:
    """What is known of a principal or a group so far."""

    who: Who
    partition: str
    path: str | None = None
    policies: list[Policy] = field(default_factory=list)
    boundary: Policy | None = None
    trust: Policy | None = None
    groups: list[Who] = field(default_factory=list)
    members_told: bool = False
    seconds: int | None = None
    unknown: str | None = None
    source: str | None = None

    @property
    def label(self) -> str:
        """How people call it."""
        return f"{self.who.kind}{self.path or '/'}{self.who.name}"


class Identities:
    """Collects the principals and groups of a snapshot."""

    def __init__(self, snapshot: Snapshot, accounts: Accounts) -> None:
        self._snapshot = snapshot
        self._accounts = accounts
        self._by_urn = {one.urn: one for one in snapshot.resources}
        self._managed = ManagedPolicies(snapshot, accounts)
        self._entries: dict[Who, Entry] = {}
        self._paths = dict(_paths(snapshot.outputs))
        for one in snapshot.resources:
            if one.type in PRINCIPALS:
                self._hold(one)
        for one in snapshot.resources:
            self._attach(one)
        self._permission_sets()

    def principals(self) -> tuple[Principal, ...]:
        """The users, roles and permission sets."""
        return tuple(
            Principal(
                kind=one.who.kind,
                name=one.who.name,
                path=one.path or "/",
                path_told=one.path is not None,
                account=one.who.account,
                partition=one.partition,
                policies=(*one.policies, *(p for g in one.groups for p in self._entries[g].policies)),
                boundary=one.boundary,
                trust=one.trust,
                groups=tuple(group.name for group in one.groups),
                max_session_seconds=one.seconds,
                unknown=one.unknown,
                held=one.source is not None,
                source=one.source or "",
            )
            for one in self._entries.values()
            if one.who.kind is not PrincipalKind.GROUP
        )

    def groups(self) -> tuple[Group, ...]:
        """The groups."""
        return tuple(
            Group(
                name=one.who.name,
                path=one.path or "/",
                path_told=one.path is not None,
                account=one.who.account,
                partition=one.partition,
                policies=tuple(one.policies),
                members=tuple(user.label for user in self._entries.values() if one.who in user.groups),
                members_told=one.members_told,
                unknown=one.unknown,
                held=one.source is not None,
                source=one.source or "",
            )
            for one in self._entries.values()
            if one.who.kind is PrincipalKind.GROUP
        )

    def _hold(self, resource: Resource) -> None:
        """A principal that the stack itself holds."""
        kind = PRINCIPALS[resource.type]
        entry = self._entry(self._who(resource, kind, resource.text("name") or resource.id), resource)
        if resource.text("name") is None and resource.id is None:
            entry.unknown = NOT_KNOWN
        entry.source = resource.urn
        entry.path = resource.text("path") or "/"
        entry.seconds = number_of(resource.values.get("maxSessionDuration"))
        if kind is PrincipalKind.ROLE:
            entry.trust = policy_of(
                resource.values.get("assumeRolePolicy"),
                name=f"trust policy of {entry.label}",
                source=resource.urn,
            )
        boundary = resource.values.get("permissionsBoundary")
        if boundary not in (None, ""):
            entry.boundary = self._managed.named(
                resource, "permissionsBoundary", boundary, label=f"permissions boundary of {entry.label}"
            )
        for one in _list(resource.values.get("inlinePolicies")):
            name = text_of(mapping_of(one).get("name"))
            if name is not None:
                self._inline(entry, name, mapping_of(one).get("policy"), resource)
        for arn in _list(resource.values.get("managedPolicyArns")):
            self._add(entry, self._managed.attached(resource, "managedPolicyArns", arn, whose=entry.label))

    def _attach(self, resource: Resource) -> None:
        """What a resource attaches to principals, or who is in a group by it."""
        kind = INLINE.get(resource.type)
        if kind is not None:
            for entry in self._named(resource, str(kind), kind):
                name = resource.text("name") or resource.name
                self._inline(entry, name, resource.values.get("policy"), resource)
        kind = ATTACHMENTS.get(resource.type)
        if kind is not None:
            self._attached(resource, self._named(resource, str(kind), kind))
        if resource.type == POLICY_ATTACHMENT:
            for name, one in _LISTS.items():
                self._attached(resource, self._named(resource, name, one))
        if resource.type in (USER_GROUPS, GROUP_USERS):
            self._join(resource)

    def _join(self, resource: Resource) -> None:
        """Put users into groups, by the resource that says so of a user or of a group."""
        of_user = resource.type == USER_GROUPS
        groups = tuple(self._named(resource, "groups" if of_user else "group", PrincipalKind.GROUP))
        for user in self._named(resource, "user" if of_user else "users", PrincipalKind.USER):
            user.groups += [group.who for group in groups if group.who not in user.groups]
        for group in groups:
            group.members_told = group.members_told or not of_user

    def _attached(self, resource: Resource, entries: Iterable[Entry]) -> None:
        for entry in entries:
            arn = resource.values.get("policyArn")
            self._add(entry, self._managed.attached(resource, "policyArn", arn, whose=entry.label))

    def _inline(self, entry: Entry, name: str, value: object, resource: Resource) -> None:
        label = f"inline policy {name} of {entry.label}"
        if all(one.name != label for one in entry.policies):
            entry.policies.append(policy_of(value, name=label, source=resource.urn))

    def _add(self, entry: Entry, policy: Policy) -> None:
        if policy.arn is None or all(one.arn != policy.arn for one in entry.policies):
            entry.policies.append(policy)

    def _named(self, resource: Resource, name: str, kind: PrincipalKind) -> Iterator[Entry]:
        """The principals that a property names, by name, by ARN or by the resources that it comes from."""
        value = resource.values.get(name)
        known = [text for one in _list(value) if (text := text_of(one)) is not None]
        for text in known:
            yield self._entry(self._who(resource, kind, text), resource)
        if len(known) == len(_list(value)):
            return
        makers = [self._by_urn[urn] for urn in resource.sources.get(name, ()) if urn in self._by_urn]
        made = [one for one in makers if PRINCIPALS.get(one.type) is kind]
        for maker in made:
            found = self._entry(self._who(maker, kind, maker.text("name") or maker.id), maker)
            if found.who.name not in known:
                yield found
        if not made:
            entry = self._entry(self._who(resource, kind, None), resource)
            entry.unknown = NOT_KNOWN
            yield entry

    def _who(self, resource: Resource, kind: PrincipalKind, name: str | None) -> Who:
        account, _ = self._accounts.of(resource)
        arn = parse_arn(name or "")
        if arn is not None:
            account, name = arn.account, arn.resource.rpartition("/")[2]
        # A name that nobody knows yet is no name in IAM: those hold no parentheses.
        return Who(kind=kind, name=name or f"({resource.name})", account=account)

    def _entry(self, who: Who, resource: Resource) -> Entry:
        found = self._entries.get(who)
        if found is None:
            _, partition = self._accounts.of(resource)
            path = self._paths.get((who.kind, who.name))
            found = self._entries[who] = Entry(who=who, partition=partition, path=path)
        return found

    def _permission_sets(self) -> None:
        """Permission sets, which reference policies by their names; the requester's stack tells which."""
        held = {one.text("name"): one for one in self._snapshot.resources if one.type == POLICY}
        for name, listed in mapping_of(self._snapshot.outputs.get("permission_set_policies")).items():
            for policy in _list(listed):
                one = held.get(text_of(policy))
                if one is not None:
                    entry = self._entry(self._who(one, PrincipalKind.PERMISSION_SET, name), one)
                    self._add(entry, self._managed.of(one, whose=entry.label))


def _paths(outputs: Mapping[str, object]) -> Iterator[tuple[tuple[PrincipalKind, str], str]]:
    """The paths of principals that a requester's stack did not make, out of its output `policy_arns`."""
    for label in mapping_of(outputs.get("policy_arns")):
        kind, slash, rest = label.partition("/")
        path, _, name = f"/{rest}".rpartition("/")
        if slash and name and kind in {one.value for one in PrincipalKind}:
            yield (PrincipalKind(kind), name), f"{path}/"


def _list(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
