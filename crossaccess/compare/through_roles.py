"""What principals can do through a role: whoever may assume it can do what its sessions can."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crossaccess.compare.change import Change, Effect, Example, Standing

_ASSUMING = frozenset({"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"})
_ANY = "*"
_ALONG = frozenset({"sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """What changes about one role, and all that stands.

    `name` and `arn` are the role's. `assumes` are the changes of who may assume it, `does` those of what its
    sessions may do; `assumers` and `deeds` are all of them, in the new state for gains and in the old one for
    losses.
    """

    name: str
    arn: str
    assumes: Sequence[Change]
    does: Sequence[Change]
    assumers: Sequence[Change]
    deeds: Sequence[Change]


def through(role: Through) -> list[Change]:
    """The changes for those who come through the role, in place of those of the role and its sessions.

    All of one effect. Where nobody is known who may assume the role, its sessions' changes stay as they are.
    """
    found = [_along(one, deed, role) for one in role.assumes if _is_assuming(one) for deed in role.deeds]
    fresh = {(one.subject, one.standing) for one in role.assumes if _is_assuming(one) and one.shift is None}
    for deed in role.does:
        found += [
            _through(one, deed, role)
            for one in role.assumers
            if _is_assuming(one) and (one.subject, one.standing) not in fresh
        ]
    told = [one for one in role.assumes if not (_is_assuming(one) and role.deeds) or _does_more(one)]
    if not any(_is_assuming(one) for one in role.assumers):
        told += role.does
    return [*found, *told]


def _is_assuming(change: Change) -> bool:
    # What could not be told may be about any action.
    return _ANY in change.actions or not _ASSUMING.isdisjoint(change.actions)


def _does_more(change: Change) -> bool:
    return not set(change.actions) <= _ASSUMING | _ALONG


def _along(assumes: Change, deed: Change, role: Through) -> Change:
    """The change is in who may assume the role; what its sessions can do comes along."""
    return replace(
        deed,
        effect=_effect(assumes, deed),
        standing=_standing(assumes, deed),
        subject=assumes.subject,
        conditions=_both(assumes.conditions, deed.conditions),
        shift=assumes.shift,
        before=_both(assumes.before, deed.conditions) if assumes.shift is not None else (),
        way=f"by role {role.name}",
        role=role.arn,
        grants=_grants(assumes, deed),
        public=assumes.public,
        takers=assumes.takers,
        reason=assumes.reason or deed.reason,
        statements=_both(assumes.statements, deed.statements),
        examples=_differing_first(*assumes.examples, *deed.examples),
    )


def _through(assumer: Change, does: Change, role: Through) -> Change:
    """The change is in what the role's sessions can do; who may assume it can do so."""
    return replace(
        does,
        effect=_effect(does, assumer),
        standing=_standing(assumer, does),
        subject=assumer.subject,
        conditions=_both(assumer.conditions, does.conditions),
        before=_both(assumer.conditions, does.before) if does.shift is not None else (),
        way=f"by role {role.name}",
        role=role.arn,
        grants=_grants(assumer, does),
        public=assumer.public,
        takers=assumer.takers,
        reason=does.reason or assumer.reason,
        statements=_both(does.statements, assumer.statements),
        examples=_differing_first(*assumer.examples, *does.examples),
    )


def _differing_first(*examples: Example) -> tuple[Example, ...]:
    return tuple(sorted(examples, key=lambda one: one.old == one.new))


def _effect(change: Change, stands: Change) -> Effect:
    if Effect.UNKNOWN in (change.effect, stands.effect) and change.effect is not Effect.LOSS:
        return Effect.UNKNOWN
    return change.effect


def _standing(one: Change, other: Change) -> Standing:
    delegated = Standing.DELEGATED in (one.standing, other.standing)
    return Standing.DELEGATED if delegated else Standing.EFFECTIVE


def _both(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _grants(one: Change, other: Change) -> Sequence[str] | None:
    """Those that say both; of what is no grant's business those that say the other."""
    if one.grants is None or other.grants is None:
        return other.grants if one.grants is None else one.grants
    return tuple(name for name in one.grants if name in other.grants)
