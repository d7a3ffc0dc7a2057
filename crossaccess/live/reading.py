"""Reading what an account holds now, by calls that write nothing."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from crossaccess.deployment.seen import Seen, SeenGroup, SeenPrincipal, Unread, Wanted
from crossaccess.live.asking import Asking
from crossaccess.live.reading_iam import Identities
from crossaccess.live.reading_storage import read_bucket, read_key
from crossaccess.live.sessions import Access
from crossaccess.policy.principal import PrincipalKind

AT_ONCE = 8
"""Calls under way at the same time: IAM throttles an account as a whole, its other users included."""
ATTEMPTS = 6
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def read(wanted: Wanted, access: Access, account: str) -> Seen:
    """Read what is wanted of an account, side by side.

    What may not be read is `Unread` in its place. Raises `LiveError` where no call can be answered.
    """
    asking = Asking(by=access.title)
    identities = Identities(access.iam(), asking)
    # boto3 makes clients in one thread at a time only.
    s3 = {region: replace(access, region=region or access.region).s3() for _, region in wanted.buckets}
    kms = {region: replace(access, region=region or access.region).kms() for _, region in wanted.keys}
    pool = _Pool()
    try:
        buckets = pool.each(
            wanted.buckets, lambda one: (one[0], read_bucket(s3[one[1]], asking, one[0], account))
        )
        keys = pool.each(wanted.keys, lambda one: (one[0], read_key(kms[one[1]], asking, one[0])))
        principals = _principals(pool, identities, wanted.principals)
        groups = pool.each(
            _groups(wanted.groups, principals.values()), lambda name: (name.lower(), identities.group(name))
        )
        policies = pool.each(
            dict.fromkeys((*wanted.policies, *_managed(principals.values(), groups.values()))),
            lambda arn: (arn, identities.policy(arn)),
        )
    finally:
        pool.leave()
    return Seen(
        account=account,
        by=access.title,
        buckets=buckets,
        keys=keys,
        principals=principals,
        groups=groups,
        policies=policies,
    )


def _principals(
    pool: "_Pool", identities: Identities, wanted: Sequence[tuple[PrincipalKind, str]]
) -> dict[tuple[PrincipalKind, str], SeenPrincipal]:
    sets = any(kind is PrincipalKind.PERMISSION_SET for kind, _ in wanted)
    roles = identities.reserved_roles() if sets else ()

    def one(who: tuple[PrincipalKind, str]) -> tuple[tuple[PrincipalKind, str], SeenPrincipal]:
        kind, name = who
        if kind is PrincipalKind.PERMISSION_SET:
            return (kind, name.lower()), identities.permission_set(name, roles)
        return (kind, name.lower()), identities.principal(kind, name)

    return pool.each(wanted, one)


def _groups(named: Iterable[str], principals: Iterable[SeenPrincipal]) -> Iterable[str]:
    """The groups that are asked about, and those that a user is in, each once."""
    joined = [name for one in principals if not isinstance(one.groups, Unread) for name in one.groups]
    return {name.lower(): name for name in (*named, *joined)}.values()


def _managed(principals: Iterable[SeenPrincipal], groups: Iterable[SeenGroup]) -> Iterable[str]:
    """The managed policies that somebody carries, or has for a boundary."""
    listed = tuple(principals)
    for carried in (*(one.carried for one in listed), *(one.carried for one in groups)):
        if not isinstance(carried.managed, Unread):
            yield from carried.managed
    yield from (one.boundary for one in listed if isinstance(one.boundary, str))


class _Pool:
    """Threads that make calls, a few at a time."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE)

    def each(
        self, things: Iterable[_Value], task: Callable[[_Value], tuple[_Key, "_Result"]]
    ) -> dict[_Key, "_Result"]:
        """What a task makes of each thing, by the name that it says."""
        return dict(self._threads.map(task, things))

    def leave(self) -> None:
        """Begin no other call. Those under way write nothing: nobody has to wait for them."""
        self._threads.shutdown(wait=False, cancel_futures=True)


_Result = TypeVar("_Result")
