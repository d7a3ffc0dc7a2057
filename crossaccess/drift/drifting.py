"""From the stacks and what AWS holds to what has drifted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from crossaccess.compare.comparing import compare
from crossaccess.deployment.picture import Bucket, Group, Key, Picture, Principal
from crossaccess.deployment.seen import OWNER, REQUESTER, Seen, SeenPrincipal, Wanted, wanted_of
from crossaccess.drift.estate import bucket_now, key_now
from crossaccess.drift.identities import GroupNow, Present, group_now
from crossaccess.drift.result import Drift, Ledger
from crossaccess.drift.settling import unheld
from crossaccess.policy.principal import PrincipalKind

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What the stacks deployed and what is there: two pictures that differ in what has drifted, no more.

    Policies that an account has beside the stacks' are in both, so that a change is told as what it does to
    somebody who has them.
    """

    old: Picture
    new: Picture


def drifted(
    picture: Picture, looked: Sequence[Seen], *, titles: Sequence[str] = (), notes: Sequence[str] = ()
) -> Drift:
    """What has drifted in the accounts that were looked at."""
    ledger = Ledger()
    pair = paired_pictures(picture, looked, ledger)
    found = compare(pair.old, pair.new, titles=titles)
    told = ledger.told
    return Drift(
        comparison=replace(
            found,
            unclear=(*found.unclear, *ledger.unclear),
            notes=(*(one.sentence for one in told), *ledger.notes, *notes),
        ),
        told=told,
    )


def paired_pictures(picture: Picture, looked: Sequence[Seen], ledger: Ledger) -> Pair:
    """The two pictures; what is found beside policies is in the ledger."""
    by_account = {one.account: one for one in looked}
    looking = _Looking(picture=picture, looked=by_account, ledger=ledger)
    looking.note_unlooked()
    buckets, keys, groups = looking.buckets(), looking.keys(), looking.groups()
    principals = looking.principals(groups)
    pairs = [(one.old, one.new) if isinstance(one, GroupNow) else (one, one) for one in groups]
    old = replace(
        picture,
        buckets=_there(old for old, _ in buckets),
        keys=_there(old for old, _ in keys),
        groups=_there(old for old, _ in pairs),
        principals=_there(old for old, _ in principals),
    )
    new = replace(
        picture,
        buckets=_there(new for _, new in buckets),
        keys=_there(new for _, new in keys),
        groups=_there(new for _, new in pairs),
        principals=_there(new for _, new in principals),
    )
    closed = unheld(picture)
    closed.note_in(old, ledger)
    return Pair(old=closed.left_out_of(old), new=closed.left_out_of(new))


def _there(things: Iterable[_Thing | None]) -> tuple[_Thing, ...]:
    return tuple(one for one in things if one is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looking:
    """Makes pairs of what is of accounts that were looked at; all else is as it was deployed."""

    picture: Picture
    looked: Mapping[str, Seen]
    ledger: Ledger

    def note_unlooked(self) -> None:
        """Say which accounts nobody has looked at, and what is of no account that anybody tells."""
        for account in sorted({*self.picture.accounts} - {*self.looked}):
            wanted = wanted_of(self.picture, account)
            if wanted != Wanted():
                side = OWNER if wanted.buckets or wanted.keys else REQUESTER
                self.ledger.note(f"account {account} was not looked at: name a profile of it by {side}")
        lost = [one.label for one in self.picture.principals if one.account is None]
        lost += [f"bucket {one.name}" for one in self.picture.buckets if one.account is None and one.held]
        for what in lost:
            self.ledger.note(f"{what} was not looked at: no source tells its account")

    def buckets(self) -> list[tuple[Bucket, Bucket | None]]:
        """Each bucket, and what has become of it."""
        found: list[tuple[Bucket, Bucket | None]] = []
        for one in self.picture.buckets:
            seen = self._seen(one.account)
            now = None if seen is None else seen.buckets.get(one.name)
            if seen is None or now is None:
                found.append((one, one))
            else:
                found.append(bucket_now(one, now, self.picture.keys, self.ledger, by=seen.by))
        return found

    def keys(self) -> list[tuple[Key | None, Key | None]]:
        """Each key, and what has become of it."""
        found: list[tuple[Key | None, Key | None]] = []
        for one in self.picture.keys:
            seen = self._seen(one.account)
            now = None if seen is None else seen.keys.get(one.arn or "")
            if seen is None or now is None:
                found.append((one, one))
            else:
                found.append(key_now(one, now, self.ledger, by=seen.by))
        return found

    def groups(self) -> list[GroupNow | Group]:
        """Each group, and what has become of it; one that nobody looked at as it is."""
        found: list[GroupNow | Group] = []
        for one in self.picture.groups:
            seen = self._seen(one.account)
            now = None if seen is None else seen.groups.get(one.name.lower())
            if seen is None or now is None or one.unknown is not None:
                found.append(one)
            else:
                found.append(group_now(one, now, seen, self.ledger))
        return found

    def principals(self, groups: Sequence[GroupNow | Group]) -> list[tuple[Principal, Principal | None]]:
        """Each principal, and what has become of it; at the end those that only grants name."""
        found: list[tuple[Principal, Principal | None]] = []
        presents = {account: self._present(seen, groups) for account, seen in self.looked.items()}
        told = set()
        for one in self.picture.principals:
            present = presents.get(one.account or "")
            who = (one.kind, one.name.lower())
            now = None if present is None or one.unknown else present.seen.principals.get(who)
            if present is None or now is None:
                found.append((one, one))
            else:
                told.add((one.account, *who))
                found.append(present.principal(one, now))
        for account, present in presents.items():
            for (kind, name), now in present.seen.principals.items():
                if (account, kind, name) not in told:
                    found += self._named(present, kind, name, now)
        return found

    def _seen(self, account: str | None) -> Seen | None:
        return None if account is None else self.looked.get(account)

    def _present(self, seen: Seen, groups: Iterable[GroupNow | Group]) -> Present:
        mine = [one for one in groups if isinstance(one, GroupNow) and one.group.account == seen.account]
        by_name = {one.group.name.lower(): one for one in mine}
        return Present(seen=seen, groups=by_name, ledger=self.ledger)

    def _named(
        self, present: Present, kind: PrincipalKind, name: str, now: SeenPrincipal
    ) -> Iterable[tuple[Principal, Principal | None]]:
        """Somebody whom no stack here gives anything: what they have is context, and no drift."""
        spelled, partition, grants = self._spelled(present.seen.account, kind, name)
        if now.there is not True:
            why = "is not there" if now.there is False else f"is not known: {now.there}"
            whom = f"{kind}/{spelled} of account {present.seen.account}, whom {grants} names,"
            self.ledger.note(f"{whom} {why}")
            return
        bare = Principal(
            kind=kind,
            name=spelled,
            account=present.seen.account,
            partition=partition,
            held=False,
            source=present.seen.by,
        )
        yield present.principal(replace(bare, path=now.path or "/"), now)

    def _spelled(self, account: str, kind: PrincipalKind, name: str) -> tuple[str, str, str]:
        """The name as grants spell it, their partition, and which they are."""
        found, partition, grants = name, "aws", []
        for grant in self.picture.grants:
            for label in grant.principals if grant.account == account else ():
                bare = label.rpartition("/")[2]
                if label.startswith(f"{kind}/") and bare.lower() == name:
                    found, partition = bare, grant.partition
                    grants.append(f"grant {grant.name}")
        return found, partition, " and ".join(dict.fromkeys(grants))
