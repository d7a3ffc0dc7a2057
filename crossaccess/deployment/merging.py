"""Several pictures as one: the owner's stack and the requesters'.

What one source holds wins over what others only name. Two sources that both hold a thing, and say different
of it, cannot be one picture.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.picture import Bucket, Grant, Group, Key, Picture, Policy, Principal
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
        grants=_together((one.grants for one in pictures), _grant_name, lambda one, _: one),
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


def _grant_name(grant: Grant) -> object:
    return grant.owner, grant.bucket, grant.name


def _same_bucket(one: Bucket, other: Bucket) -> Bucket:
    if one.held and other.held:
        if one != replace(other, source=one.source, policy=one.policy) or not _alike(
            one.policy, other.policy
        ):
            raise _clash(f"the bucket {one.name!r}", one.policy or other.policy)
        return one
    kept, named = (one, other) if one.held or not other.held else (other, one)
    return replace(
        kept,
        account=kept.account or named.account,
        region=kept.region or named.region,
        key=kept.key or named.key,
    )


def _same_key(one: Key, other: Key) -> Key:
    if one.source and other.source and not _alike(one.policy, other.policy):
        raise _clash(f"the key {one.name!r}", one.policy)
    return one if one.source or not other.source else other


def _same_principal(one: Principal, other: Principal) -> Principal:
    if one.held and other.held and one.trust != other.trust and not _alike(one.trust, other.trust):
        raise _clash(f"{one.label} of account {one.account}", one.trust)
    kept, named = (one, other) if one.held or not other.held else (other, one)
    return replace(
        kept,
        path=kept.path if kept.path_told else named.path,
        path_told=kept.path_told or named.path_told,
        policies=_policies(kept.policies, named.policies),
        groups=tuple(dict.fromkeys((*kept.groups, *named.groups))),
    )


def _same_group(one: Group, other: Group) -> Group:
    kept, named = (one, other) if one.held or not other.held else (other, one)
    return replace(
        kept,
        policies=_policies(kept.policies, named.policies),
        members=tuple(dict.fromkeys((*kept.members, *named.members))),
        members_told=kept.members_told or named.members_told,
    )


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


def _alike(one: Policy | None, other: Policy | None) -> bool:
    return (one and (one.text, one.unknown)) == (other and (other.text, other.unknown))


def _clash(what: str, policy: Policy | None) -> SourceError:
    where = f" ({policy.source})" if policy is not None and policy.source else ""
    return SourceError(
        f"{what} stands in two of the sources{where}, and they say different things of it: give each stack "
        "once, and stacks that are deployed side by side"
    )
