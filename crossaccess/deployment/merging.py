"""Several pictures as one: the owner's stack and the requesters'.

What one source holds wins over what others only name. Two sources that both hold a thing, and say different
of it, cannot be one picture.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.grants import first_hand
from crossaccess.deployment.picture import Bucket, Group, Key, OrganizationLevel, Picture, Policy, Principal
from crossaccess.policy.document import PolicyError, load_json
from crossaccess.policy.principal import PrincipalKind

_Thing = TypeVar("_Thing")


def merge(pictures: Sequence[Picture]) -> Picture:
    """Make one picture of several. Raises `SourceError` where two of them hold different things as one."""
    if len(pictures) == 1:
        return pictures[0]
    groups = _together((one.groups for one in pictures), _group_name, _same_group)
    paths = dict(_told_paths(pictures))
    principals = [_with_path(one, paths) for picture in pictures for one in picture.principals]
    merged = _together([principals], _principal_name, _same_principal)
    return Picture(
        buckets=_together((one.buckets for one in pictures), _bucket_name, _same_bucket),
        keys=_together((one.keys for one in pictures), _key_name, _same_key),
        principals=tuple(_with_groups(one, groups) for one in merged),
        groups=groups,
        grants=first_hand(grant for one in pictures for grant in one.grants),
        levels=_together((one.levels for one in pictures), _level_name, _same_level),
        stacks=tuple(dict.fromkeys(name for one in pictures for name in one.stacks)),
        unread=tuple(dict.fromkeys(name for one in pictures for name in one.unread)),
    )


def _together(
    listed: Iterable[Iterable[_Thing]],
    name: Callable[[_Thing], object],
    same: Callable[[_Thing, _Thing], _Thing],
) -> tuple[_Thing, ...]:
    found: dict[object, _Thing] = {}
    for things in listed:
        for one in things:
            key = name(one)
            found[key] = same(found[key], one) if key in found else one
    return tuple(found.values())


def _bucket_name(bucket: Bucket) -> object:
    return bucket.partition, bucket.name, bucket.source if bucket.unknown is not None else ""


def _key_name(key: Key) -> object:
    return key.arn or key.source


def _principal_name(principal: Principal) -> object:
    # IAM tells no names of a kind apart by their path or capitals (IAM User Guide, "IAM identifiers").
    return principal.kind, principal.name.lower(), principal.account or principal.source, principal.unknown


def _group_name(group: Group) -> object:
    return group.name.lower(), group.account or group.source, group.unknown


def _level_name(level: OrganizationLevel) -> object:
    return level.kind, level.account, level.name


def _same_level(one: OrganizationLevel, other: OrganizationLevel) -> OrganizationLevel:
    """The level that both are: what one says more may deny, or allow, more."""
    texts = [{policy.name: policy.text or "" for policy in level.policies} for level in (one, other)]
    first, second = texts
    if first.keys() != second.keys() or not all(_same_text(first[name], second[name]) for name in first):
        raise SourceError(
            f"the level {one.name!r} of account {one.account} has other policies ({one.kind.name}) in one of "
            "the sources than in another: give the folder that holds all that is attached there, once"
        )
    return one


def _same_bucket(one: Bucket, other: Bucket) -> Bucket:
    what = f"the bucket {one.name!r}"
    kept, named = (one, other) if one.held or not other.held else (other, one)
    policy = _one_policy(kept.policy, named.policy, what) if kept.held == named.held else kept.policy
    return replace(
        kept,
        account=_one_account(kept.account, named.account, what),
        region=kept.region or named.region,
        policy=policy,
        public_access_block=kept.public_access_block or named.public_access_block,
        key=kept.key or named.key,
    )


def _same_key(one: Key, other: Key) -> Key:
    kept, named = (one, other) if one.source or not other.source else (other, one)
    both = bool(named.source)
    policy = _one_policy(kept.policy, named.policy, f"the key {one.name!r}") if both else kept.policy
    return replace(kept, policy=policy, alias=kept.alias or named.alias)


def _same_principal(one: Principal, other: Principal) -> Principal:
    kept, named = (one, other) if one.held or not other.held else (other, one)
    what = f"{kept.label} of account {kept.account}"
    return replace(
        kept,
        path=kept.path if kept.path_told else named.path,
        path_told=kept.path_told or named.path_told,
        policies=_policies(kept.policies, named.policies),
        boundary=_one_policy(kept.boundary, named.boundary, what),
        trust=_one_policy(kept.trust, named.trust, what),
        groups=tuple(dict.fromkeys((*kept.groups, *named.groups))),
        max_session_seconds=kept.max_session_seconds or named.max_session_seconds,
    )


def _same_group(one: Group, other: Group) -> Group:
    kept, named = (one, other) if one.held or not other.held else (other, one)
    return replace(
        kept,
        policies=_policies(kept.policies, named.policies),
        members=tuple(dict.fromkeys((*kept.members, *named.members))),
        members_told=kept.members_told or named.members_told,
    )


def _one_policy(one: Policy | None, other: Policy | None, what: str) -> Policy | None:
    """The policy that both are: the one that is there, the one that can be read."""
    if one is None or other is None:
        return one or other
    if one.text is None or other.text is None:
        return one if other.text is None else other
    if not _same_text(one.text, other.text):
        where = " and ".join(source for source in (one.source, other.source) if source)
        raise SourceError(
            f"{what} has two different policies ({where}): give each stack once, and no folder of policies "
            "that says something else"
        )
    return one


def _same_text(one: str, other: str) -> bool:
    try:
        return one == other or load_json(one) == load_json(other)
    except (PolicyError, RecursionError):
        return False


def _one_account(one: str | None, other: str | None, what: str) -> str | None:
    if one is not None and other is not None and one != other:
        raise SourceError(
            f"{what} is of account {one} in one of the sources and of account {other} in another: a name of "
            "a bucket is one bucket in all of AWS, so give sources that belong together"
        )
    return one or other


def _policies(first: Iterable[Policy], second: Iterable[Policy]) -> tuple[Policy, ...]:
    """Both, each once: by its ARN, or by where it stands; one that can be read wins."""
    found: dict[object, Policy] = {}
    for one in (*first, *second):
        key = one.arn or (one.source, one.name)
        if key not in found or found[key].text is None:
            found[key] = one
    return tuple(found.values())


def _told_paths(pictures: Iterable[Picture]) -> Iterable[tuple[tuple[str | None, str], str]]:
    """The paths of principals, out of the grants that name them with it."""
    for picture in pictures:
        for grant in picture.grants:
            for label in grant.principals:
                kind, _, rest = label.partition("/")
                path, _, name = f"/{rest}".rpartition("/")
                if kind in (PrincipalKind.USER, PrincipalKind.ROLE):
                    yield (grant.account, f"{kind}/{name}"), f"{path}/"


def _with_path(principal: Principal, paths: dict[tuple[str | None, str], str]) -> Principal:
    told = paths.get((principal.account, f"{principal.kind}/{principal.name}"))
    if principal.path_told or told is None:
        return principal
    return replace(principal, path=told, path_told=True)


def _with_groups(principal: Principal, groups: Sequence[Group]) -> Principal:
    """The principal, with the policies that its groups have by another source."""
    if not principal.groups:
        return principal
    whose = [one for one in groups if one.account == principal.account and one.name in principal.groups]
    theirs = [policy for group in whose for policy in group.policies]
    return replace(principal, policies=_policies(principal.policies, theirs))
