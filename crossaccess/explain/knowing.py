"""Which policies an answer knew, and of whom."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from crossaccess.explain.held import Attached, Held, Level, Owned, Read
from crossaccess.explain.question import Question, ResourceKind, Who
from crossaccess.explain.result import Known, Way
from crossaccess.policy.kms import key_actions


def known(held: Held, question: Question, who: Who, ways: Sequence[Way]) -> tuple[Known, ...]:
    """The policies that were looked at, each principal, resource and organization once."""
    roles = [way.role for way in ways if way.role is not None]
    callers = [held.attached(arn) for arn in (who.arn, *roles)]
    owned = [*map(held.role, roles), *_owned(held, question)]
    return _together(
        [*map(_of_caller, callers), *map(_of_resource, owned), *_of_organizations(callers, owned)]
    )


def key_uses(action: str) -> tuple[str, ...]:
    """What one plain request needs of the key."""
    found = key_actions((action,))
    return found if len(found) < 2 else tuple(one for one in found if one != "kms:Decrypt")


def key_uses_in_parts(action: str) -> tuple[str, ...]:
    """What an upload in parts needs of the key beside that: the parts are read again.

    S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)": permissions of multipart
    uploads.
    """
    return tuple(one for one in key_actions((action,)) if one not in key_uses(action))


def _owned(held: Held, question: Question) -> Iterator[Owned]:
    resource = question.resource
    if resource.bucket is not None:
        yield held.bucket(resource.bucket, resource.partition)
    bucket = next((one for one in held.picture.buckets if one.name == resource.bucket), None)
    key = question.key or (None if bucket is None else bucket.key)
    if key is not None and key_uses(question.action):
        yield held.key(key, None, resource.partition, None)
    if resource.kind is ResourceKind.ROLE:
        yield held.role(resource.arn)
    if resource.kind is ResourceKind.KEY:
        yield held.key(resource.arn, None, resource.partition, None)


def _of_caller(one: Attached) -> Known:
    reads = (*one.identity, *((one.boundary,) if one.boundary else ()))
    missing = () if one.missing is None else ((f"policies of {one.label}", one.missing),)
    return _known(one.label, one.account, reads, missing, whole=one.held)


def _of_resource(one: Owned) -> Known:
    return _known(one.label, one.account, () if one.policy is None else (one.policy,), whole=True)


def _of_organizations(callers: Iterable[Attached], owned: Iterable[Owned]) -> Iterator[Known]:
    for one in callers:
        yield from _of_levels("service control policies", one.account, one.scp)
    for thing in owned:
        yield from _of_levels("resource control policies", thing.account, thing.rcp)


def _of_levels(what: str, account: str | None, levels: Iterable[Level]) -> Iterator[Known]:
    for one in levels:
        yield replace(_known(f"{what} at {one.name}", account, one.policies, whole=True), levelled=True)


def _known(
    whose: str,
    account: str | None,
    reads: Iterable[Read],
    missing: Sequence[tuple[str, str]] = (),
    *,
    whole: bool,
) -> Known:
    listed = tuple(reads)
    unread = [(one.name, one.why) for one in listed if one.document is None]
    read = tuple(one.name for one in listed if one.document is not None)
    return Known(whose=whose, account=account, read=read, unread=(*unread, *missing), whole=whole)


def _together(listed: Iterable[Known]) -> tuple[Known, ...]:
    """Each once, with all of its policies."""
    found: dict[tuple[str, str | None], Known] = {}
    for one in listed:
        key = (one.whose, one.account)
        was = found.get(key)
        found[key] = one if was is None else _joined(was, one)
    return tuple(found.values())


def _joined(one: Known, other: Known) -> Known:
    return replace(
        one,
        read=tuple(dict.fromkeys((*one.read, *other.read))),
        unread=tuple(dict.fromkeys((*one.unread, *other.unread))),
        whole=one.whole and other.whole,
    )
