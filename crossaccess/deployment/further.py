"""Policies that an account's principals have beside those that the stacks give them."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from crossaccess.deployment.picture import Picture, Policy, Principal
from crossaccess.deployment.seen import Carried, Seen, SeenPrincipal, Text, Unread
from crossaccess.policy.principal import PrincipalKind

_INLINE = "inline policy "


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """Further policies of somebody; `unlisted` names the kinds that could not be listed, and why."""

    policies: tuple[Policy, ...] = ()
    unlisted: tuple[tuple[str, Unread], ...] = ()


def inline_name(policy: Policy, label: str) -> str | None:
    """The name of a picture's inline policy; `None` for a managed one."""
    end = f" of {label}"
    if policy.arn is not None or not policy.name.startswith(_INLINE) or not policy.name.endswith(end):
        return None
    return policy.name.removeprefix(_INLINE).removesuffix(end)


def further_of(known: Iterable[Policy], now: Carried, seen: Seen, label: str) -> Further:
    """The policies that somebody carries beside the known ones.

    A policy whose text could not be read is among them, as an unknown one.
    """
    listed = tuple(known)
    arns = {one.arn for one in listed}
    names = {inline_name(one, label) for one in listed}
    found: list[Policy] = []
    unlisted: list[tuple[str, Unread]] = []
    if isinstance(now.managed, Unread):
        unlisted.append((f"managed policies of {label}", now.managed))
    else:
        for arn in now.managed:
            if arn not in arns:
                title = f"policy {arn.rpartition('/')[2]} of {label}"
                found.append(readable(title, seen.policy(arn), seen.by, arn=arn))
    if isinstance(now.inline, Unread):
        unlisted.append((f"inline policies of {label}", now.inline))
    else:
        for name, text in now.inline.items():
            if name not in names:
                found.append(readable(f"{_INLINE}{name} of {label}", text, seen.by))
    return Further(policies=tuple(found), unlisted=tuple(unlisted))


def readable(name: str, text: Text, by: str, *, arn: str | None = None) -> Policy:
    """A policy of an account, or the place of one that could not be read."""
    if isinstance(text, str):
        return Policy(name=name, text=text, arn=arn, source=by)
    why = "it is gone" if text is None else str(text)
    return Policy(name=name, unknown=why, arn=arn, source=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What an account adds to a picture, and sentences that say so."""

    picture: Picture
    notes: tuple[str, ...] = ()


def added(picture: Picture, pictures: Sequence[Picture], seen: Seen) -> Added:
    """What the principals of an account have that none of the pictures tells, to merge with one of them.

    The pictures are those before and after a change: what the stacks are about to take away is none of the
    account's own. What the picture only names is there with its text; what could not be read is there as an
    unknown policy.
    """
    found, notes = [], []
    each, own = [_by_name(one, seen) for one in pictures], _by_name(picture, seen)
    for who, now in seen.principals.items():
        told = [one for by_name in each for one in by_name.get(who, ())]
        whom = told[-1] if told else _named(pictures, seen, *who)
        whose = f"{whom.label} of account {seen.account}"
        if now.there is False:
            notes.append(f"{whose} is not there, as far as {seen.by} can see")
            continue
        one = _further(whom, told, now, seen, pictures)
        further = (*one.policies, *((one.boundary,) if one.boundary else ()))
        names = [policy.name for policy in further if policy.text is not None]
        hidden = [policy.name for policy in further if policy.text is None]
        if names or not hidden:
            notes.append(f"further policies of {whose}, read with {seen.by}: {', '.join(names) or 'none'}")
        if hidden:
            notes.append(f"further policies of {whose}, not read with {seen.by}: {', '.join(hidden)}")
        notes += [
            f"{name} of account {seen.account} counts as the stacks have it, and {seen.by} does not find it: "
            "crossaccess drift tells what was changed by hand"
            for name in _detached(each[0].get(who, ()), now.carried)
        ]
        mine = own.get(who, [])
        boundary = one.boundary or next((_filled(one.boundary, seen) for one in mine), None)
        named = [_filled(policy, seen) for one in mine for policy in one.policies]
        texts = [policy for policy in named if policy is not None]
        found.append(replace(one, policies=(*one.policies, *texts), boundary=boundary))
    return Added(picture=Picture(principals=tuple(found)), notes=tuple(notes))


def _detached(deployed: Iterable[Principal], now: Carried) -> Iterator[str]:
    """The policies that stacks have attached to somebody, and that are surely not there now."""
    for one in deployed:
        for policy in one.policies:
            name = inline_name(policy, one.label)
            there: Container[str | None] | Unread = now.managed if name is None else now.inline
            asked = policy.arn if name is None else name
            if asked is not None and not isinstance(there, Unread) and asked not in there:
                yield policy.name


def _by_name(picture: Picture, seen: Seen) -> dict[tuple[PrincipalKind, str], list[Principal]]:
    """The principals of the account, by kind and name in small letters."""
    found: dict[tuple[PrincipalKind, str], list[Principal]] = {}
    for one in picture.principals:
        if one.account == seen.account:
            found.setdefault((one.kind, one.name.lower()), []).append(one)
    return found


def _filled(policy: Policy | None, seen: Seen) -> Policy | None:
    """A policy that a stack only names, with its text; `None` where there is nothing to add."""
    if policy is None or policy.text is not None or policy.arn is None:
        return None
    text = seen.policy(policy.arn)
    return replace(policy, text=text, unknown=None) if isinstance(text, str) else None


def _further(
    whom: Principal, told: Sequence[Principal], now: SeenPrincipal, seen: Seen, pictures: Sequence[Picture]
) -> Principal:
    further = further_of((policy for one in told for policy in one.policies), now.carried, seen, whom.label)
    policies, unlisted = [*further.policies], [*further.unlisted]
    if isinstance(now.groups, Unread):
        unlisted.append((f"policies of the groups of {whom.label}", now.groups))
    else:
        for name in now.groups:
            group = _of_group(name, told, seen, pictures)
            policies += group.policies
            unlisted += group.unlisted
    policies += [Policy(name=name, unknown=str(why), source=seen.by) for name, why in unlisted]
    held = any(one.held for one in told)
    return Principal(
        kind=whom.kind,
        name=whom.name,
        path=now.path or whom.path,
        path_told=now.path is not None,
        account=seen.account,
        partition=whom.partition,
        policies=tuple(policies),
        boundary=None if held else _boundary(whom, now, seen),
        # Whatever could not be read stands among the policies, so that these are all.
        held=not held,
        source=seen.by,
    )


def _of_group(name: str, told: Sequence[Principal], seen: Seen, pictures: Sequence[Picture]) -> Further:
    """What a group gives beside what the stacks give by it."""
    joined = any(name.lower() == group.lower() for one in told for group in one.groups)
    known = [
        policy
        for picture in pictures
        for group in picture.groups
        if joined and (group.account, group.name.lower()) == (seen.account, name.lower())
        for policy in group.policies
    ]
    now = seen.groups.get(name.lower())
    return Further() if now is None else further_of(known, now.carried, seen, f"group/{name}")


def _boundary(whom: Principal, now: SeenPrincipal, seen: Seen) -> Policy | None:
    name = f"permissions boundary of {whom.label}"
    if isinstance(now.boundary, Unread):
        return Policy(name=name, unknown=str(now.boundary), source=seen.by)
    return (
        None if now.boundary is None else readable(name, seen.policy(now.boundary), seen.by, arn=now.boundary)
    )


def _named(pictures: Sequence[Picture], seen: Seen, kind: PrincipalKind, name: str) -> Principal:
    """Somebody whom no picture holds, spelled as grants do."""
    for grant in (grant for picture in pictures for grant in picture.grants if grant.account == seen.account):
        for label in grant.principals:
            spelled = label.rpartition("/")[2]
            if label.startswith(f"{kind}/") and spelled.lower() == name:
                return Principal(kind=kind, name=spelled, account=seen.account, partition=grant.partition)
    return Principal(kind=kind, name=name, account=seen.account)
