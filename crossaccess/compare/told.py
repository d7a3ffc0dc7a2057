"""From sets of requests to what people are told of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.callers import PRINCIPAL_ARN
from crossaccess.compare.change import Change, Effect, Shift, Standing, Subject
from crossaccess.compare.deltas import Delta
from crossaccess.compare.effort import OVERLAP
from crossaccess.compare.key_set import KeySet
from crossaccess.compare.phrases import conditions_of, groups_of, patterns_of
from crossaccess.compare.shapes import Shape
from crossaccess.compare.spans import Spans
from crossaccess.compare.subjects import ANY, ANY_PRINCIPAL, OF_ACCOUNTS, subjects_of
from crossaccess.compare.targets import Target, TargetKind
from crossaccess.compare.texts import Texts
from crossaccess.decide.caller import CallerKind

_ANY_RESOURCE = "*"
_USER_ID: Final = "aws:userid"
_PREFIX: Final = "s3:prefix"
_NARROWING: Final = frozenset(
    {
        PRINCIPAL_ARN,
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        _USER_ID,
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Keys whose fixed values keep a policy from being public."""
_WIDEST: Final = {4: 8, 6: 32}
"""How many bits of an address have to be fixed."""
HOLDS_DOUBT = "its statements hold something that cannot be decided for all requests"
COLONS = "AWS does not say whether a wildcard inside of a pattern stands for colons, too"


def changes_of(
    delta: Delta,
    effect: Effect,
    standing: Standing,
    spelling: Mapping[str, str],
    takers: Sequence[str] | None = None,
) -> tuple[Change, ...]:
    """A change for each subject of a delta. `takers` are who can use it so far."""
    shift = shift_of(delta, effect)
    mine = conditions_of(delta.whole if shift is not None else delta.box, spelling)
    theirs = () if shift is None or delta.before is None else conditions_of(delta.before, spelling)
    if shift is None:
        mine = (*mine, *_exceptions(delta, spelling))
    before, conditions = (mine, theirs) if shift is Shift.TIGHTENED else (theirs, mine)
    if not delta.sure and effect is Effect.GAIN:
        effect = Effect.UNKNOWN
    resources, spared, also = _places(delta.box, delta.target)
    reason = None if delta.sure else OVERLAP if delta.hard else HOLDS_DOUBT
    # A pattern less itself: what it matches only where its wildcards mind no colons.
    doubted = [one for one in spared if one in resources]
    if doubted and not delta.sure:
        reason = COLONS
        spared = tuple(one for one in spared if one not in doubted)
        of_some = "" if set(doubted) == set(resources) else f"of {' or '.join(doubted)} only "
        also = (*also, f"{of_some}where a wildcard stands for a colon")
    conditions = (*conditions, *also)
    if shift is not None:
        before = (*before, *also)
    return tuple(
        Change(
            effect=effect,
            standing=standing,
            subject=subject,
            target=delta.target.label,
            actions=delta.actions,
            resources=resources,
            spared=spared,
            listing=_listing(delta.box),
            conditions=conditions,
            shift=shift,
            before=before,
            way=_way(delta),
            public=_is_public(delta),
            reason=reason,
            statements=delta.statements,
            takers=takers,
            examples=() if delta.example is None else (delta.example,),
        )
        for subject in subjects_of(delta.box, delta.caller)
    )


def shift_of(delta: Delta, effect: Effect) -> Shift | None:
    """Whether the change is one of conditions: the other state allowed the same on others."""
    if delta.before is None:
        return None
    return Shift.LOOSENED if effect is Effect.GAIN else Shift.TIGHTENED


def _way(delta: Delta) -> str | None:
    """By which policy callers of other accounts get there; those of the owner's may have several ways."""
    if delta.caller.account == delta.target.account:
        return None
    ways = {TargetKind.BUCKET: "by the bucket policy", TargetKind.KEY: "by the key policy"}
    return ways.get(delta.target.kind)


def _is_public(delta: Delta) -> bool:
    """Whether it is for callers without credentials or of any account there is, with nothing to narrow them.

    Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public".
    """
    caller = delta.caller
    anybody = caller.kind is CallerKind.ANONYMOUS or caller.stands_for is not None
    return anybody and not any(_narrows(thing, keys) for thing, keys in delta.box.sides.items())


def _narrows(thing: str, keys: KeySet) -> bool:
    if keys.absent or thing not in _NARROWING:
        return False
    if isinstance(keys.every, Spans):
        networks = keys.every.networks()
        return all(network.prefixlen >= _WIDEST[network.version] for network in networks)
    sets = [keys.every, *keys.some]
    return any(
        isinstance(values, Texts)
        and any(all(_is_fixed(shape, thing) for shape in group) for group in values.within)
        for values in sets
    )


def _is_fixed(shape: Shape, thing: str) -> bool:
    """Whether a shape is one value; of the ids of a role's sessions, those of one role."""
    return shape.is_literal or (thing == _USER_ID and shape.prefix.endswith(":"))


def _places(
    box: Box, target: Target, told: Sequence[Sequence[Shape]] = ()
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What of a bucket: patterns of its objects' keys, those that are left out, and what else they must be.

    Without what was told already.
    """
    if target.kind is not TargetKind.BUCKET:
        return (), (), ()
    keys = box.sides.get(RESOURCE)
    if keys is None:
        return (_ANY_RESOURCE,), (), ()
    groups, without = groups_of(keys, told)
    patterns, *others = groups or ((),)
    inner = [_inside(pattern, target) for pattern in patterns if pattern != target.arn]
    spared = [_inside(pattern, target) for pattern in without]
    also = [_also(group, target) for group in others]
    return tuple(dict.fromkeys(inner)), tuple(dict.fromkeys(spared)), tuple(dict.fromkeys(also))


def _also(group: Sequence[str], target: Target) -> str:
    """What an object's key has to match as well: of a pair of patterns, not what only one of them says."""
    return f"where the key is also {' or '.join(dict.fromkeys(_inside(one, target) for one in group))}"


def _listing(box: Box) -> tuple[str, ...]:
    """The prefixes that may be listed, as patterns; none where any may, or none has to be said."""
    keys = box.sides.get(_PREFIX)
    return () if keys is None or keys.absent else patterns_of(keys)[0]


def _inside(pattern: str, target: Target) -> str:
    return pattern.removeprefix(target.objects) if pattern.startswith(target.objects) else pattern


def _exceptions(delta: Delta, spelling: Mapping[str, str]) -> Iterable[str]:
    """What is left out of the box, but for single principals of a class: they are told apart."""
    own = PRINCIPAL_ARN in delta.box.sides
    main, _, _ = _places(delta.box, delta.target)
    keys = delta.box.sides.get(RESOURCE)
    told = keys.every.within if keys is not None and isinstance(keys.every, Texts) else ()
    for box in delta.spared:
        if PRINCIPAL_ARN in box.sides and not own:
            continue
        resources, _, _ = _places(box, delta.target, told) if RESOURCE in box.sides else ((), (), ())
        said = [*conditions_of(box, spelling)]
        places = [place for place in resources if place not in (*main, _ANY_RESOURCE)]
        if places:
            yield " and ".join([f"but not on {' or '.join(places)}", *said])
        elif said:
            yield f"but not where {' and '.join(said)}"


def joined(changes: Iterable[Change]) -> list[Change]:
    """Changes that differ in their subjects alone, as one where the subjects are all kinds of principals.

    And those that differ in actions or in what proves them alone, as one.
    """
    by_kind: dict[object, dict[str, Change]] = {}
    for change in changes:
        by_kind.setdefault(_but_for_subject(change), {})[change.subject.name] = change
    found: list[Change] = []
    for same in by_kind.values():
        found += _one_for_all(same)
    merged: dict[object, Change] = {}
    for change in found:
        key = _but_for_actions(change)
        merged[key] = _together(merged[key], change) if key in merged else change
    return list(merged.values())


def _one_for_all(same: Mapping[str, Change]) -> list[Change]:
    """Where users and roles alike gain or lose, all principals of the account do."""
    kept = dict(same)
    users, roles = ANY[CallerKind.USER], ANY[CallerKind.SESSION]
    for most in [name for name in same if name.startswith(users)]:
        # Such as `any user of any other account`, or `any user but user/bob`.
        tail = most.removeprefix(users)
        place = tail if tail.startswith(OF_ACCOUNTS) else ""
        if most in kept and roles + place in kept:
            first = kept.pop(most)
            for name in ANY.values():
                kept.pop(name + place, None)
            subject = Subject(name=ANY_PRINCIPAL + tail, account=first.subject.account)
            kept[subject.name] = replace(first, subject=subject)
    return list(kept.values())


def _together(one: Change, other: Change) -> Change:
    return replace(
        one,
        actions=tuple(dict.fromkeys((*one.actions, *other.actions))),
        statements=tuple(dict.fromkeys((*one.statements, *other.statements))),
        examples=one.examples or other.examples,
    )


def _but_for_subject(change: Change) -> object:
    return (change.subject.account, *_but_for_actions(change)[1:], frozenset(change.actions))


def _but_for_actions(change: Change) -> tuple[object, ...]:
    return (
        change.subject,
        change.effect,
        change.standing,
        change.target,
        _set(change.resources),
        _set(change.spared),
        _set(change.conditions),
        change.shift,
        _set(change.before),
        change.way,
        change.role,
        None if change.grants is None else _set(change.grants),
        change.public,
        None if change.takers is None else _set(change.takers),
        change.awaits_owner,
        change.reason,
    )


def _set(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(texts)
