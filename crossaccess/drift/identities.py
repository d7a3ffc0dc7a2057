"""Users, roles, permission sets and groups: as deployed, and as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from crossaccess.deployment.further import readable
from crossaccess.deployment.picture import Group, Policy, Principal
from crossaccess.deployment.seen import Seen, SeenGroup, SeenPrincipal, Unread
from crossaccess.drift.carried import Both, Holder, carried_now
from crossaccess.drift.recreated import living_trust
from crossaccess.drift.result import Kind, Ledger
from crossaccess.drift.texts import paired
from crossaccess.policy.principal import PrincipalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNow:
    """A group that a stack tells of, and its policies."""

    group: Group
    policies: Both
    gone: bool = False

    @property
    def old(self) -> Group:
        """As it was deployed."""
        return replace(self.group, policies=self.policies.old)

    @property
    def new(self) -> Group | None:
        """As it is; `None` where it is gone."""
        return None if self.gone else replace(self.group, policies=self.policies.new)


def group_now(deployed: Group, now: SeenGroup, seen: Seen, ledger: Ledger) -> GroupNow:
    """A group of the stacks."""
    if now.there is False:
        ledger.tell(Kind.GONE, deployed.label, deployed.account, "is gone")
        return GroupNow(group=deployed, policies=Both(old=deployed.policies), gone=True)
    holder = Holder(
        label=deployed.label, account=deployed.account, partition=deployed.partition, held=deployed.held
    )
    return GroupNow(
        group=deployed, policies=carried_now(deployed.policies, now.carried, seen, holder, ledger)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Makes pairs of the principals of one account. `groups` are by their names in small letters."""

    seen: Seen
    groups: Mapping[str, GroupNow]
    ledger: Ledger

    def principal(self, deployed: Principal, now: SeenPrincipal) -> tuple[Principal, Principal | None]:
        """A principal as it was deployed and as it is; `None` where it is gone."""
        if now.there is False:
            self.ledger.tell(Kind.GONE, deployed.label, deployed.account, "is gone")
            return replace(deployed, policies=tuple(self._with_text(deployed.policies))), None
        if isinstance(now.there, Unread):
            self.ledger.unread(deployed.label, now.there)
        holder = Holder(
            label=deployed.label, account=deployed.account, partition=deployed.partition, held=deployed.held
        )
        by_groups = self._of_groups(deployed)
        direct = [one for one in deployed.policies if one not in by_groups]
        both = carried_now(direct, now.carried, self.seen, holder, self.ledger) + self._joined(deployed, now)
        boundaries = self._boundary(deployed, now)
        trusts = self._trust(deployed, now)
        self._tell_seconds(deployed, now)
        whole = deployed.held or (both.whole and not isinstance(now.boundary, Unread))
        old_path, new_path = self._paths(deployed, now)
        old = replace(
            deployed, policies=both.old, boundary=boundaries[0], trust=trusts[0], held=whole, path=old_path
        )
        new = replace(old, policies=both.new, boundary=boundaries[1], trust=trusts[1], path=new_path)
        return old, new

    def _with_text(self, policies: Iterable[Policy]) -> Iterable[Policy]:
        """The policies whose texts are known, those that a stack only attaches with what AWS says of them."""
        for one in policies:
            text = self.seen.policy(one.arn) if one.text is None and one.arn is not None else one.text
            if isinstance(text, str):
                yield replace(one, text=text, unknown=None)

    def _known(self, policy: Policy | None) -> Policy | None:
        return None if policy is None else next(iter(self._with_text((policy,))), None)

    def _of_groups(self, deployed: Principal) -> dict[Policy, None]:
        """The policies that it has by the groups that the stacks put it into."""
        found = (self.groups.get(name.lower()) for name in deployed.groups)
        return dict.fromkeys(policy for one in found if one is not None for policy in one.group.policies)

    def _joined(self, deployed: Principal, now: SeenPrincipal) -> Both:
        """What its groups give it."""
        if isinstance(now.groups, Unread):
            name = f"groups of {deployed.label}"
            if deployed.groups or deployed.held:
                self.ledger.unread(name, now.groups)
            else:
                self.ledger.note(f"{name} of account {deployed.account}: not counted, since {now.groups}")
            kept = tuple(self._with_text(self._of_groups(deployed)))
            return Both(old=kept, new=kept, whole=False)
        present = {name.lower() for name in now.groups}
        both = Both()
        for name in deployed.groups:
            group = self.groups.get(name.lower())
            policies = Both() if group is None else group.policies
            if name.lower() in present:
                both += policies
                continue
            both += Both(old=policies.old)
            says = f"is no longer in the group {name}"
            self.ledger.tell(Kind.DETACHED, deployed.label, deployed.account, says)
        mine = {name.lower() for name in deployed.groups}
        for name in now.groups:
            if name.lower() not in mine:
                both += self._further_group(deployed, name)
        return both

    def _further_group(self, deployed: Principal, name: str) -> Both:
        """What a group gives into which no stack has put the principal."""
        group = self.groups.get(name.lower())
        if group is not None:
            policies = group.policies
        else:
            bare = Group(name=name, account=deployed.account, partition=deployed.partition, held=False)
            now = self.seen.groups.get(name.lower())
            if now is None or now.there is False:
                # It has gone while the account was read.
                return Both(whole=False)
            policies = group_now(bare, now, self.seen, self.ledger).policies
        if not deployed.held:
            return policies
        says = f"was put into the group {name}, by none of these stacks"
        self.ledger.tell(Kind.ATTACHED, deployed.label, deployed.account, says)
        return replace(policies, old=())

    def _boundary(self, deployed: Principal, now: SeenPrincipal) -> tuple[Policy | None, Policy | None]:
        name, before = f"permissions boundary of {deployed.label}", deployed.boundary
        if isinstance(now.boundary, Unread):
            if deployed.held or before is not None:
                self.ledger.unread(name, now.boundary)
            return before, before
        if now.boundary is None:
            if before is not None:
                self.ledger.tell(Kind.DETACHED, name, deployed.account, "is gone")
            return self._known(before), None
        text = self.seen.policy(now.boundary)
        if before is not None and before.arn == now.boundary:
            return paired(before, text, self.ledger, name, by=self.seen.by)
        found = readable(name, text, self.seen.by, arn=now.boundary)
        if before is None and not deployed.held:
            if found.text is None:
                self.ledger.note(f"{name} of account {deployed.account} is not counted: {found.unknown}")
                return None, None
            return found, found
        self.ledger.tell(Kind.CHANGED, name, deployed.account, f"is {now.boundary} now")
        return self._known(before), found

    def _trust(self, deployed: Principal, now: SeenPrincipal) -> tuple[Policy | None, Policy | None]:
        if deployed.trust is None:
            return None, None
        old, new = paired(deployed.trust, now.trust, self.ledger, deployed.trust.name, by=self.seen.by)
        return old, living_trust(old, new, self.ledger, deployed.account)

    def _tell_seconds(self, deployed: Principal, now: SeenPrincipal) -> None:
        was = deployed.max_session_seconds
        if None in (was, now.seconds) or was == now.seconds:
            return
        says = f"gives sessions of up to {now.seconds} seconds now, and {was} were deployed"
        self.ledger.tell(Kind.CHANGED, deployed.label, deployed.account, says)

    def _paths(self, deployed: Principal, now: SeenPrincipal) -> tuple[str, str]:
        """A path that no stack tells is what AWS says; one that changed makes another ARN."""
        if now.path is None or deployed.kind is PrincipalKind.PERMISSION_SET:
            return deployed.path, deployed.path
        if not deployed.held or now.path == deployed.path:
            return now.path, now.path
        says = f"has the path {now.path} now, and so another ARN"
        self.ledger.tell(Kind.CHANGED, deployed.label, deployed.account, says)
        return deployed.path, now.path
