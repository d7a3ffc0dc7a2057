"""Whom and what the picture of the accounts shows, out of all that is known: a bounded number of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from crossaccess.compare.change import Subject
from crossaccess.deployment.picture import Bucket, Group, Key, Picture, Principal
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.principal import PrincipalKind
from crossaccess.report.page.flows import Stream
from crossaccess.report.page.scene import Account, Actor, Flow, Role, Scene, Standing, Store

FLOWS: Final = 10
"""How many flows are drawn."""
ACTORS: Final = 8
"""How many principals of an account are drawn."""
STORES: Final = 6
"""How many buckets are drawn beside those that something flows into."""
_URN: Final = "urn:pulumi:"
_KINDS: Final = {kind.value: kind for kind in PrincipalKind}


@dataclass(slots=True, kw_only=True)
class _Cast:
    """Everyone and everything that has a number so far."""

    stacks: Mapping[str, str]
    accounts: dict[str | None, int] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)
    numbers: dict[Subject, int] = field(default_factory=dict)
    roles: dict[tuple[str | None, str], int] = field(default_factory=dict)
    stores: dict[tuple[str | None, str], Store] = field(default_factory=dict)

    def account(self, number: str | None) -> int:
        """The number in the scene of an account."""
        return self.accounts.setdefault(number, len(self.accounts))

    def role(self, stream: Stream) -> int | None:
        """The number of the role that something comes through, if it is of the bucket's account."""
        parsed = None if stream.role is None else parse_arn(stream.role)
        if parsed is None or parsed.account != stream.owner:
            return None
        return self.roles.setdefault((stream.owner, parsed.resource), len(self.roles))

    def listed_accounts(self) -> tuple[Account, ...]:
        """All accounts, in their order."""
        return tuple(Account(number=one, stack=self.stacks.get(one or "")) for one in self.accounts)


def stage(picture: Picture, streams: Sequence[Stream]) -> Scene:
    """What is drawn of a picture, and of what flows in it."""
    drawn = drawn_of(streams)
    cast = _Cast(stacks=stacks_of(picture))
    _place_stores(picture, drawn, cast)
    _place_actors(drawn, cast)
    stores = list(cast.stores)
    flows = tuple(
        Flow(
            actors=tuple(dict.fromkeys(cast.numbers[subject] for subject in one.subjects)),
            store=stores.index((one.owner, one.bucket)),
            road=one.road,
            grants=one.grants,
            what=one.what,
            where=one.where,
            asks=one.asks,
            through=one.role,
            role=cast.role(one),
            standing=one.standing,
            note="open to everyone" if one.public and one.note is None else one.note,
        )
        for one in drawn
    )
    return Scene(
        roles=tuple(Role(account=cast.account(owner), label=label) for owner, label in cast.roles),
        accounts=cast.listed_accounts(),
        actors=tuple(cast.actors),
        flows=flows,
        stores=tuple(cast.stores.values()),
        left_out=len(streams) - len(drawn),
    )


def drawn_of(streams: Sequence[Stream]) -> tuple[Stream, ...]:
    """Those of them for which there is room, in their order; the ones that have to be seen first."""
    ranked = sorted(range(len(streams)), key=lambda index: _rank(streams[index]))
    return tuple(streams[index] for index in sorted(ranked[:FLOWS]))


def stacks_of(picture: Picture) -> dict[str, str]:
    """The stack that tells of each account, by the account; the URNs of its resources say so."""
    found: dict[str, dict[str, None]] = {}
    for account, source in _sources(picture):
        if account is not None and source.startswith(_URN):
            found.setdefault(account, {})[source.removeprefix(_URN).partition("::")[0]] = None
    return {account: _first(tuple(stacks)) for account, stacks in found.items()}


def _first(stacks: Sequence[str]) -> str:
    return stacks[0] if len(stacks) == 1 else f"{stacks[0]} and {len(stacks) - 1:,} more"


def _sources(picture: Picture) -> Iterator[tuple[str | None, str]]:
    things: tuple[Bucket | Key | Principal | Group, ...]
    things = (*picture.buckets, *picture.keys, *picture.principals, *picture.groups)
    for one in things:
        yield one.account, one.source
        if isinstance(one, Principal | Group):
            yield from ((one.account, policy.source) for policy in one.policies)


def _rank(stream: Stream) -> tuple[bool, bool, bool]:
    """What has to be seen comes first: what is public, what no grant mentions, what is open."""
    return not stream.public, bool(stream.grants), stream.standing is not Standing.OPEN


def _place_stores(picture: Picture, drawn: Sequence[Stream], cast: _Cast) -> None:
    """The buckets that something flows into, and some others."""
    known = {(one.account, one.name): one for one in picture.buckets}
    wanted = dict.fromkeys((one.owner, one.bucket) for one in drawn)
    others = [place for place in known if place not in wanted][:STORES]
    keys = {name: key for key in picture.keys for name in (key.arn, key.name) if name is not None}
    for account, name in (*wanted, *others):
        bucket = known.get((account, name))
        cast.stores[account, name] = Store(
            account=cast.account(account),
            name=name,
            region=None if bucket is None else bucket.region,
            key=None if bucket is None else _key(bucket, keys),
        )


def _key(bucket: Bucket, keys: Mapping[str, Key]) -> str | None:
    """What people call a bucket's key: by its alias, or its id."""
    if bucket.key is None:
        return None
    known = keys.get(bucket.key)
    if known is None:
        return bucket.key.rpartition("/")[2]
    return known.alias or known.name


def _place_actors(drawn: Sequence[Stream], cast: _Cast) -> None:
    """So many principals of each account as there is room for, and one in the place of the others."""
    of: dict[str | None, dict[Subject, None]] = {}
    for subject in (subject for one in drawn for subject in one.subjects):
        of.setdefault(subject.account, {})[subject] = None
    for account, subjects in of.items():
        number = cast.account(account)
        room = len(subjects) if len(subjects) <= ACTORS else ACTORS - 1
        for index, subject in enumerate(subjects):
            cast.numbers[subject] = len(cast.actors) if index <= room else len(cast.actors) - 1
            if index < room:
                kind = _KINDS.get(subject.name.partition("/")[0])
                cast.actors.append(Actor(account=number, label=subject.name, kind=kind))
            elif index == room:
                cast.actors.append(Actor(account=number, label="", more=len(subjects) - room))
