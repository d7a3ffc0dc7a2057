"""The policies that somebody carries: those of the stacks, and further ones."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from crossaccess.deployment.further import further_of, inline_name
from crossaccess.deployment.picture import Policy
from crossaccess.deployment.seen import Carried, Seen, Text, Unread
from crossaccess.drift.result import Kind, Ledger
from crossaccess.drift.texts import paired


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whoever carries policies. `held` is whether a stack made them, so that all their policies are its."""

    label: str
    account: str | None
    partition: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """Policies as deployed and as they are; `whole` is whether all of the present ones are among them."""

    old: tuple[Policy, ...] = ()
    new: tuple[Policy, ...] = ()
    whole: bool = True

    def __add__(self, other: "Both") -> "Both":
        """Both of both."""
        return Both(
            old=_once((*self.old, *other.old)),
            new=_once((*self.new, *other.new)),
            whole=self.whole and other.whole,
        )


def carried_now(deployed: Iterable[Policy], now: Carried, seen: Seen, holder: Holder, ledger: Ledger) -> Both:
    """The stacks' policies of a holder beside what it carries now.

    Of a holder whom no stack made, the account's further policies are no drift: they hold before and after.
    """
    listed = tuple(deployed)
    both = Both()
    for policy in listed:
        both += _one(policy, now, seen, holder, ledger)
    return both + _further(listed, now, seen, holder, ledger)


def _one(policy: Policy, now: Carried, seen: Seen, holder: Holder, ledger: Ledger) -> Both:
    """One policy of the stacks."""
    name = inline_name(policy, holder.label)
    there, text = _there(policy, name, now, seen)
    if isinstance(there, Unread):
        ledger.unread(policy.name, there)
        kept = (policy,) if policy.text is not None else ()
        return Both(old=kept, new=kept, whole=False)
    if not there:
        # An inline policy is nowhere else, and a managed one that is gone is attached to nobody.
        kind, says = (Kind.GONE, "is gone") if text is None else (Kind.DETACHED, "is no longer attached")
        ledger.tell(kind, policy.name, holder.account, says)
        if policy.text is None and isinstance(text, str):
            # The stacks only attach it, and what it says is what is lost.
            policy = replace(policy, text=text, unknown=None)
        text = None
    old, new = paired(policy, text, ledger, policy.name, by=seen.by)
    return Both(old=() if old is None else (old,), new=() if new is None else (new,))


def _there(policy: Policy, name: str | None, now: Carried, seen: Seen) -> tuple[bool | Unread, Text]:
    """Whether a policy is carried, and the text that it has now, carried or not."""
    if name is not None:
        if isinstance(now.inline, Unread):
            return now.inline, now.inline
        return name in now.inline, now.inline.get(name)
    if policy.arn is None:
        nameless = Unread(permission="a name", reason=f"none: {policy.unknown}")
        return nameless, nameless
    if isinstance(now.managed, Unread):
        return now.managed, now.managed
    return policy.arn in now.managed, seen.policy(policy.arn)


def _further(known: Iterable[Policy], now: Carried, seen: Seen, holder: Holder, ledger: Ledger) -> Both:
    found = further_of(known, now, seen, holder.label)
    if holder.held:
        for one in found.policies:
            ledger.tell(Kind.ATTACHED, one.name, holder.account, "was attached, by none of these stacks")
        for name, why in found.unlisted:
            ledger.unread(name, why)
        return Both(new=found.policies, whole=not found.unlisted)
    read = tuple(one for one in found.policies if one.text is not None)
    closed = [(one.name, one.unknown) for one in found.policies if one.text is None]
    for name, reason in (*closed, *found.unlisted):
        ledger.note(f"{name} of account {holder.account}, further ones: not counted, since {reason}")
    return Both(old=read, new=read, whole=not (closed or found.unlisted))


def _once(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """Each once: one that comes by a group as well as directly has one text."""
    found: dict[object, Policy] = {}
    for one in policies:
        found.setdefault(one.arn or one.name, one)
    return tuple(found.values())
