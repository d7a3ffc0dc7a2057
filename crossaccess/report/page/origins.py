"""Which grants a statement is of, as its id tells.

An id says who wrote a statement, and not what it does: access that no grant mentions is marked by what
policies allow, whatever their statements are called.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.deployment.picture import Grant
from crossaccess.policy.document import Statement

_WORDS: Final = re.compile(r"(?=Objects|List|Bucket|Key|AssumeRole|TagSession|SetSourceIdentity)")
"""What follows a grant's own part in the ids of its statements."""
_SHARED: Final = re.compile(r"And([1-9][0-9]{0,5})More(?:Part[0-9]+)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The grants that a statement is of, by their places in the list of all; `more` are not told apart."""

    grants: tuple[int, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """What statements of a grant name: its people by their ARNs, its role, and its place in the bucket."""

    people: frozenset[str]
    role: str | None
    bucket: str
    under: frozenset[str]
    listed: frozenset[str]
    actions: frozenset[str]


class Origins:
    """Finds the grants of statements."""

    def __init__(self, grants: Sequence[Grant]) -> None:
        self._names = tuple(grant.name for grant in grants)
        self._marks = tuple(map(_marks, grants))
        self._by_sid: dict[str, list[int]] = {}
        self._by_mark: dict[str, set[int]] = {}
        for index, grant in enumerate(grants):
            if grant.sid:
                self._by_sid.setdefault(grant.sid, []).append(index)
            marks = self._marks[index]
            for mark in (*marks.people, marks.role, marks.bucket):
                if mark is not None:
                    self._by_mark.setdefault(mark, set()).add(index)

    def of(self, statement: Statement) -> Origin:
        """The grant that the statement is named after, and those that share it."""
        sid = statement.sid or ""
        named = self._named(sid)
        if not named:
            return Origin()
        shared = _SHARED.search(sid)
        if shared is None:
            return Origin(grants=tuple(named[:1]), more=len(named) - 1)
        more = int(shared[1])
        others = sorted(set(self._fitting(statement)).difference(named))
        if len(others) == more:
            return Origin(grants=(named[0], *others))
        # Where more of them fit than share it, nobody can tell which.
        return Origin(grants=(named[0],), more=more)

    def name(self, index: int) -> str:
        """The name of a grant."""
        return self._names[index]

    def _named(self, sid: str) -> list[int]:
        """The grants of several buckets may have one name."""
        for found in reversed([*_WORDS.finditer(sid)]):
            if sid[: found.start()] in self._by_sid:
                return self._by_sid[sid[: found.start()]]
        return []

    def _fitting(self, statement: Statement) -> Iterator[int]:
        """The grants of whose people a statement is, and of whose role or prefixes."""
        asked = {one.key: one.values for one in statement.conditions}
        who, listed = asked.get("aws:PrincipalArn"), asked.get("s3:prefix")
        told = {*(statement.resources or ()), *asked.get("kms:EncryptionContext:aws:s3:arn", ())}
        actions = {*(statement.actions or ())}
        marks = told | {text.partition("/")[0] for text in told} if who is None else who
        for index in {index for mark in marks for index in self._by_mark.get(mark, ())}:
            one = self._marks[index]
            if who is not None and one.people.isdisjoint(who):
                continue
            # Of the bucket itself it is all of it, or what is listed under the prefixes.
            prefixes = listed is None or (bool(one.listed) and one.listed <= {*listed})
            itself = one.bucket in told and actions <= one.actions and prefixes
            if itself or one.under <= told or one.role in told:
                yield index


def _marks(grant: Grant) -> _Marks:
    bucket = f"arn:{grant.partition}:s3:::{grant.bucket}"
    return _Marks(
        people=frozenset(f"arn:{grant.partition}:iam::{grant.account}:{one}" for one in grant.principals),
        role=grant.role_arn,
        bucket=bucket,
        under=frozenset(f"{bucket}/{prefix}*" for prefix in grant.prefixes or ("",)),
        listed=frozenset(f"{prefix}*" for prefix in grant.prefixes),
        actions=frozenset(grant.actions),
    )
