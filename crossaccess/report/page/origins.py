"""Which grants a statement is of, as its id tells.

An id says who wrote a statement, and not what it does: access that no grant mentions is marked by what
policies allow, whatever their statements are called.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.deployment.picture import Grant
from crossaccess.policy.document import Statement

_WORDS: Final = ("Objects", "List", "Bucket", "Key", "AssumeRole", "TagSession", "SetSourceIdentity")
"""What follows a grant's own part in the ids of its statements."""
_SHARED: Final = re.compile(r"And([1-9][0-9]{0,5})More(?:Part[0-9]+)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The grants that a statement is of, by their places in the list of all; `more` are not told apart."""

    grants: tuple[int, ...] = ()
    more: int = 0


class Origins:
    """Finds the grants of statements."""

    def __init__(self, grants: Sequence[Grant]) -> None:
        self._grants = grants
        self._by_sid: dict[str, list[int]] = {}
        for index, grant in enumerate(grants):
            if grant.sid:
                self._by_sid.setdefault(grant.sid, []).append(index)

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
        others = [
            index for index in range(len(self._grants)) if index not in named and self._fits(index, statement)
        ]
        # Where more of them fit than share it, nobody can tell which.
        return (
            Origin(grants=(named[0], *others))
            if len(others) == more
            else Origin(grants=(named[0],), more=more)
        )

    def name(self, index: int) -> str:
        """The name of a grant."""
        return self._grants[index].name

    def _named(self, sid: str) -> list[int]:
        """The grants of several buckets may have one name."""
        ends = {len(sid) - len(rest) for word in _WORDS for rest in _from(sid, word)}
        for end in sorted(ends, reverse=True):
            if sid[:end] in self._by_sid:
                return self._by_sid[sid[:end]]
        return []

    def _fits(self, index: int, statement: Statement) -> bool:
        """Whether a statement is about one of a grant's principals, and its role or all of its prefixes."""
        grant = self._grants[index]
        asked = {one.key: one.values for one in statement.conditions}
        who = asked.get("aws:PrincipalArn")
        people = {f"arn:{grant.partition}:iam::{grant.account}:{one}" for one in grant.principals}
        if who is not None and people.isdisjoint(who):
            return False
        bucket = f"arn:{grant.partition}:s3:::{grant.bucket}"
        told = {*(statement.resources or ()), *asked.get("kms:EncryptionContext:aws:s3:arn", ())}
        if {f"{bucket}/{prefix}*" for prefix in grant.prefixes or ("",)} <= told or grant.role_arn in told:
            return True
        if bucket not in told or not {*(statement.actions or ())} <= {*grant.actions}:
            return False
        listed = asked.get("s3:prefix")
        if listed is None:
            return True
        return bool(grant.prefixes) and {f"{prefix}*" for prefix in grant.prefixes} <= {*listed}


def _from(sid: str, word: str) -> list[str]:
    """What the id has from each place on where the word stands."""
    return [sid[found.start() :] for found in re.finditer(word, sid)]
