"""Whom the policy of a resource can let in: classes of callers, one for all whom no policy tells apart."""

import re
from collections.abc import Iterable
from typing import Final

from crossaccess.compare.callers import CallerClass, kinds_of_account
from crossaccess.compare.statements import Numbered
from crossaccess.decide.caller import CallerKind
from crossaccess.decide.principal import Named, entry_of
from crossaccess.policy.document import PrincipalName, Statement

_ACCOUNT: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


def outsiders(
    statements: Iterable[Numbered], changed: Iterable[Numbered], *, owner: str | None, partition: str
) -> tuple[tuple[CallerClass, ...], str]:
    """The classes of callers whom the changed statements may touch, and the account of all others.

    Accounts that no statement names are alike to all of them: one of them stands for all.
    """
    named = _accounts(statements)
    other = _unnamed(named | ({owner} if owner else set()))
    wanted: set[str] = set()
    callers: dict[CallerClass, None] = {}
    for one in changed:
        touched = _touched(one.statement)
        wanted |= named | {other} | ({owner} if owner else set()) if touched is None else touched
        callers |= dict.fromkeys(_without_account(one.statement, partition))
    for account in sorted(wanted):
        callers |= dict.fromkeys(kinds_of_account(account, partition))
    return tuple(callers), other


def _accounts(statements: Iterable[Numbered]) -> set[str]:
    found: set[str] = set()
    for one in statements:
        texts = [name.value for name in _names(one.statement)]
        texts += [value for condition in one.statement.conditions for value in condition.values]
        found |= {account for text in texts for account in _ACCOUNT.findall(text)}
    return found


def _unnamed(named: set[str]) -> str:
    """An account that nobody names."""
    return (
        next(account for account in (str(number) * 12 for number in range(9, 0, -1)) if account not in named)
        if len(named) < 9
        else str(max(map(int, named)) % (10**12 - 1) + 1).zfill(12)
    )


def _names(statement: Statement) -> tuple[PrincipalName, ...]:
    return (*(statement.principals or ()), *(statement.not_principals or ()))


def _touched(statement: Statement) -> set[str] | None:
    """The accounts whose callers a statement can apply to; `None` for any."""
    if statement.principals is None:
        return None
    found: set[str] = set()
    for name in statement.principals:
        entry = entry_of(name.type, name.value)
        if entry.names in (Named.SERVICE, Named.PROVIDER):
            continue
        if not entry.account:
            return None
        found.add(entry.account)
    return found


def _without_account(statement: Statement, partition: str) -> Iterable[CallerClass]:
    if statement.principals is None:
        yield CallerClass(kind=CallerKind.ANONYMOUS, partition=partition)
    for name in statement.principals or ():
        entry = entry_of(name.type, name.value)
        if entry.names is Named.EVERYONE:
            yield CallerClass(kind=CallerKind.ANONYMOUS, partition=partition)
        elif entry.names is Named.SERVICE:
            yield CallerClass(kind=CallerKind.SERVICE, partition=partition, arn=name.value)
        elif entry.names is Named.PROVIDER:
            yield CallerClass(kind=CallerKind.PROVIDER, partition=partition, arn=name.value)
