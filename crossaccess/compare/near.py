"""Which principals can have to do with a target at all: most pairs of very many are plain to see as apart.

What is passed over could only be answered: nothing. Whoever may not be plainly apart is asked about.
"""

from collections.abc import Iterable

from crossaccess.compare.apart import is_open, targets_named
from crossaccess.compare.known import Known
from crossaccess.compare.statements import Numbered
from crossaccess.compare.targets import Target
from crossaccess.decide.principal import Named, entry_of
from crossaccess.policy.document import Statement


class Near:
    """Principals by what the policies of their own let them do something with."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._known = tuple(known)
        self._by_arn: dict[str, set[int]] = {}
        self._anywhere: set[int] = set()
        self._of_account: dict[str | None, set[int]] = {}
        for index, one in enumerate(self._known):
            self._of_account.setdefault(one.caller.account, set()).add(index)
            for named in map(targets_named, _allowing(one)):
                if named is None:
                    self._anywhere.add(index)
                for arn in named or ():
                    self._by_arn.setdefault(arn, set()).add(index)

    def at(self, target: Target, statements: Iterable[Numbered]) -> tuple[Known, ...]:
        """Those who may do something at a target whose policy has these statements: all others can not.

        Of other accounts those whose own policies say so; of the target's its own policy may be enough.
        """
        if is_open(target.arn):
            return self._known
        found = self._anywhere | self._by_arn.get(target.arn, set())
        if any(one.allows and _may_mean(one.statement, target.account) for one in statements):
            found |= self._of_account.get(target.account, set())
        return tuple(self._known[index] for index in sorted(found))


class Single:
    """Principals one by one, by their ARNs; those of a permission set have none that is known."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._known = tuple(known)
        self._by_arn: dict[str | None, list[int]] = {}
        for index, one in enumerate(self._known):
            self._by_arn.setdefault(one.caller.arn, []).append(index)

    def among(self, arns: frozenset[str] | None) -> tuple[Known, ...]:
        """Those who may have one of these ARNs; all of them, where it may be any."""
        if arns is None:
            return self._known
        found = (index for arn in (*arns, None) for index in self._by_arn.get(arn, ()))
        return tuple(self._known[index] for index in sorted(found))


def _allowing(known: Known) -> Iterable[Numbered]:
    states = (own for own in (known.old, known.new) if own is not None)
    return (one for own in states for one in own.identity if one.allows)


def _may_mean(statement: Statement, account: str | None) -> bool:
    """Whether principals of the account may be among those that a statement names."""
    if statement.principals is None or account is None:
        return True
    entries = [entry_of(name.type, name.value) for name in statement.principals]
    return any(
        one.names not in (Named.SERVICE, Named.PROVIDER) and (not one.account or one.account == account)
        for one in entries
    )
