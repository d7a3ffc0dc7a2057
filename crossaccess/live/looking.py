"""Looking at what is in the accounts of a picture, with the profiles that lead to them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from crossaccess.deployment.picture import Picture
from crossaccess.deployment.seen import OWNER, REQUESTER, Seen, Wanted
from crossaccess.live.errors import LiveError
from crossaccess.live.reading import AT_ONCE, ATTEMPTS, read
from crossaccess.live.sessions import Access, open_access


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """Profiles of owners' accounts and of requesters', and where AWS is, if not where they say."""

    owners: tuple[str, ...] = ()
    requesters: tuple[str, ...] = ()
    endpoint_url: str | None = None


def look(
    picture: Picture,
    profiles: Profiles,
    wanted: Callable[[str], Wanted],
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Seen, ...]:
    """Read what is `wanted` of each account that a profile leads to. `tell` shows progress to a person.

    Raises `LiveError` where a profile cannot be used, or leads to an account that is none of its side's.
    """
    owners, requesters = owners_of(picture), requesters_of(picture)
    ways: dict[str, Access] = {}
    for option, names, accounts in (
        (OWNER, profiles.owners, owners),
        (REQUESTER, profiles.requesters, requesters),
    ):
        for name in names:
            access = open_access(name, region=None, endpoint_url=profiles.endpoint_url, connections=AT_ONCE)
            identity = access.identity()
            if identity.account not in accounts:
                other = (REQUESTER, requesters) if option == OWNER else (OWNER, owners)
                raise LiveError(_wrong(option, access, identity.arn, identity.account, accounts, other))
            # Where nobody answers, that is known sooner than where IAM asks for patience.
            ways.setdefault(identity.account, replace(access, attempts=ATTEMPTS))
    found = []
    for account, access in ways.items():
        tell(f"Reading account {account} with {access.title}")
        found.append(read(wanted(account), access, account))
    return tuple(found)


def owners_of(picture: Picture) -> frozenset[str]:
    """The accounts that own buckets."""
    held = [one.account for one in picture.buckets if one.account is not None]
    return frozenset((*held, *(one.owner for one in picture.grants)))


def requesters_of(picture: Picture) -> frozenset[str]:
    """The other accounts that a picture tells of."""
    named = [one.account for one in picture.grants if one.account is not None]
    return frozenset((*picture.accounts, *named)) - owners_of(picture)


def _wrong(  # noqa: PLR0913, PLR0917 - what the sentence is made of
    option: str,
    access: Access,
    arn: str,
    account: str,
    accounts: Iterable[str],
    other: tuple[str, Iterable[str]],
) -> str:
    article, side = ("an", "owner's") if option == OWNER else ("a", "requester's")
    there = ", ".join(sorted(accounts))
    right = (
        f"the {side} account is {there}: name a profile of it by {option}"
        if there
        else f"no source here is of {article} {side} account: give its stack, too"
    )
    if account in other[1]:
        right = f"that is the other side's: name it by {other[0]}; {right}"
    return f"{access.title} is {arn} of account {account}, and {right}"
