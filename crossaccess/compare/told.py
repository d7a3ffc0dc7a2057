"""From sets of requests to what people are told of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.change import Change, Effect, Example, Shift, Standing, Subject
from crossaccess.compare.deltas import Delta
from crossaccess.compare.phrases import conditions_of, patterns_of
from crossaccess.compare.subjects import ANY, ANY_PRINCIPAL, ELSEWHERE, subjects_of
from crossaccess.compare.targets import Target, TargetKind
from crossaccess.decide.caller import CallerKind

_ANY_RESOURCE = "*"
_HOLDS_DOUBT = "the policies hold something that cannot be decided for all requests, such as a variable"
_ALLOWED, _NOT_ALLOWED = "allowed", "not allowed"


def changes_of(  # noqa: PLR0913 - what a delta is told by
    delta: Delta,
    effect: Effect,
    standing: Standing,
    spelling: Mapping[str, str],
    *,
    other: str | None = None,
    way: str | None = None,
) -> tuple[Change, ...]:
    """A change for each subject of a delta. `other` is the account that stands for all others."""
    shift = shift_of(delta, effect)
    told = delta.box if shift is None else delta.whole
    if not delta.sure and effect is Effect.GAIN:
        effect = Effect.UNKNOWN
    resources, spared = _places(delta.box, delta.target)
    example = () if delta.request is None else (_example(delta, effect),)
    return tuple(
        Change(
            effect=effect,
            standing=standing,
            subject=subject,
            target=delta.target.label,
            actions=delta.actions,
            resources=resources,
            spared=spared,
            conditions=(*conditions_of(told, spelling), *_exceptions(delta, spelling)),
            shift=shift,
            before=() if shift is None or delta.before is None else conditions_of(delta.before, spelling),
            way=way or _way(delta.target),
            public=_is_public(delta, other),
            reason=None if delta.sure else _HOLDS_DOUBT,
            statements=delta.statements,
            examples=example,
        )
        for subject in subjects_of(delta.box, delta.caller, other=other)
    )


def shift_of(delta: Delta, effect: Effect) -> Shift | None:
    """Whether the change is one of conditions: the other state allowed the same on others."""
    if delta.before is None:
        return None
    return Shift.LOOSENED if effect is Effect.GAIN else Shift.TIGHTENED


def _example(delta: Delta, effect: Effect) -> Example:
    gained = effect is not Effect.LOSS
    request = delta.request or {}
    # What is said to be sure was found to be allowed by the one state and not by the other.
    return Example(
        request=request,
        old=_NOT_ALLOWED if gained else _ALLOWED,
        new=_ALLOWED if gained else _NOT_ALLOWED,
    )


def _way(target: Target) -> str | None:
    return {TargetKind.BUCKET: "by the bucket policy", TargetKind.KEY: "by the key policy"}.get(target.kind)


def _is_public(delta: Delta, other: str | None) -> bool:
    """Whether it is for callers without credentials, or of any account there is."""
    caller = delta.caller
    return caller.kind is CallerKind.ANONYMOUS or (other is not None and caller.account == other)


def _places(box: Box, target: Target) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of a bucket: patterns of its objects' keys."""
    if target.kind is not TargetKind.BUCKET:
        return (), ()
    keys = box.sides.get(RESOURCE)
    if keys is None:
        return (_ANY_RESOURCE,), ()
    patterns, without = patterns_of(keys)
    inner = [_inside(pattern, target) for pattern in patterns if pattern != target.arn]
    spared = [_inside(pattern, target) for pattern in without]
    return tuple(dict.fromkeys(inner)), tuple(dict.fromkeys(spared))


def _inside(pattern: str, target: Target) -> str:
    return pattern.removeprefix(target.objects) if pattern.startswith(target.objects) else pattern


def _exceptions(delta: Delta, spelling: Mapping[str, str]) -> Iterable[str]:
    for box in delta.spared:
        said = [*conditions_of(box, spelling)]
        resources, _ = _places(box, delta.target) if RESOURCE in box.sides else ((), ())
        if resources:
            said.insert(0, f"on {' or '.join(resources)}")
        yield f"but not {' and '.join(said) or 'where other statements say so'}"


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
    users, roles = ANY[CallerKind.USER], ANY[CallerKind.SESSION]
    kept = dict(same)
    for tail in ("", f" {ELSEWHERE}"):
        if users + tail in kept and roles + tail in kept:
            first = kept[users + tail]
            for name in ANY.values():
                kept.pop(name + tail, None)
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
        change.public,
        _set(change.takers),
        change.awaits_owner,
        change.reason,
    )


def _set(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(texts)

