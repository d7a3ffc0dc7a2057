"""Whom the policy of a resource can let in: classes of callers, one for all whom no policy tells apart."""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final

from crossaccess.compare.callers import PRINCIPAL_ARN, CallerClass, kinds_of_account
from crossaccess.compare.effort import TooHardError
from crossaccess.compare.shapes import digits, glob, literal
from crossaccess.compare.statements import Numbered
from crossaccess.compare.texts import Texts
from crossaccess.decide.caller import CallerKind
from crossaccess.decide.principal import Named, entry_of
from crossaccess.policy.document import PrincipalName, Statement

OTHER: Final = "any other account"
_ACCOUNT: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_KEYS: Final = frozenset({PRINCIPAL_ARN, "aws:principalaccount", "kms:calleraccount"})
_WILDCARD: Final = re.compile(r"[*?]")
_PLACE_IN_ARN: Final = 4
_MOST_PATTERNS: Final = 4
_LENGTH: Final = 12


def outsiders(
    statements: Iterable[Numbered], changed: Iterable[Numbered], *, owner: str | None, partition: str
) -> tuple[CallerClass, ...]:
    """The classes of callers whom the changed statements may touch.

    Accounts that no statement names are alike to all of them: one of them stands for all, and where a
    pattern tells them apart by their digits, one for each way to do so. Raises `TooHardError` where patterns
    do it in too many ways.
    """
    listed = tuple(statements)
    named = _accounts(listed) | ({owner} if owner else set())
    unnamed = _unnamed(named, _patterns(listed))
    wanted: set[str] = set()
    callers: dict[CallerClass, None] = {}
    for one in changed:
        touched = _touched(one.statement)
        if touched is None:
            # Whoever else a statement names can be touched by this one, too.
            wanted |= named | unnamed.keys()
            callers |= dict.fromkeys(_without_accounts(listed, partition))
        else:
            wanted |= touched
            callers |= dict.fromkeys(_without_account(one.statement, partition))
    for account in sorted(wanted):
        callers |= dict.fromkeys(kinds_of_account(account, partition, stands_for=unnamed.get(account)))
    return tuple(callers)


def _accounts(statements: Iterable[Numbered]) -> set[str]:
    found: set[str] = set()
    for one in statements:
        texts = [name.value for name in _names(one.statement)]
        texts += [value for condition in one.statement.conditions for value in condition.values]
        found |= {account for text in texts for account in _ACCOUNT.findall(text)}
    return found


def _patterns(statements: Iterable[Numbered]) -> tuple[str, ...]:
    """What conditions on the caller say of the digits of its account, where they do not name it whole."""
    found: dict[str, None] = {}
    for one in statements:
        for condition in one.statement.conditions:
            if condition.key.lower() in _KEYS:
                found |= dict.fromkeys(pattern for value in condition.values if (pattern := _digits(value)))
    if len(found) > _MOST_PATTERNS:
        raise TooHardError("the policies tell accounts apart by too many patterns")
    return tuple(found)


def _digits(value: str) -> str | None:
    """The pattern of an account's digits in a value; `None` where all or none or one of the accounts fits."""
    parts = value.split(":")
    if len(parts) > _PLACE_IN_ARN:
        place = parts[_PLACE_IN_ARN]
    elif value.partition("/")[0].strip("*?").isdigit() or not any(map(str.isdigit, value.partition("/")[0])):
        place = value.partition("/")[0] if ":" not in value else "*"
    else:
        raise TooHardError(f"{value!r} does not say which of its digits are those of an account")
    told = place.strip("*?")
    return place if _WILDCARD.search(place) and told else None


def _unnamed(named: set[str], patterns: Sequence[str]) -> dict[str, str]:
    """Accounts that no policy names, one for each way to tell them apart by patterns, and what they are."""
    found: dict[str, str] = {}
    for fits in product((False, True), repeat=len(patterns)):
        within = [glob(one) for one, fit in zip(patterns, fits, strict=True) if fit]
        without = [glob(one) for one, fit in zip(patterns, fits, strict=True) if not fit]
        accounts = Texts(
            within=((digits(_LENGTH),), *((shape,) for shape in within)),
            without=(*without, *map(literal, sorted(named))),
        )
        example = accounts.example()
        if example is not None:
            like = " and ".join(shape.text for shape in within)
            found[example] = f"any account like {like}" if like else OTHER
    return found


def _names(statement: Statement) -> tuple[PrincipalName, ...]:
    return (*(statement.principals or ()), *(statement.not_principals or ()))


def _touched(statement: Statement) -> set[str] | None:
    """The accounts whose callers a statement can apply to; `None` for any."""
    if statement.principals is None:
        return None
    found: set[str] = set()
    for name in statement.principals:
        entry = entry_of(name.type, name.value)
        if entry.names in (Named.SERVICE, Named.PROVIDER) and name.value != "*":
            continue
        if not entry.account:
            return None
        found.add(entry.account)
    return found


def _without_accounts(statements: Sequence[Numbered], partition: str) -> Iterable[CallerClass]:
    """Callers who belong to no account: those that are named, nobody in particular, and any other service."""
    named = [caller for one in statements for caller in _without_account(one.statement, partition)]
    yield from named
    yield CallerClass(kind=CallerKind.ANONYMOUS, partition=partition)
    services = {caller.arn for caller in named if caller.kind is CallerKind.SERVICE}
    name = next(name for count in range(len(services) + 1) if (name := _service(count)) not in services)
    yield CallerClass(kind=CallerKind.SERVICE, partition=partition, arn=name, stands_for="any other service")


def _service(count: int) -> str:
    return f"service{count or ''}.amazonaws.com"


def _without_account(statement: Statement, partition: str) -> Iterable[CallerClass]:
    for name in _names(statement):
        entry = entry_of(name.type, name.value)
        if entry.names is Named.SERVICE and name.value != "*":
            yield CallerClass(kind=CallerKind.SERVICE, partition=partition, arn=name.value)
        elif entry.names is Named.PROVIDER:
            yield CallerClass(kind=CallerKind.PROVIDER, partition=partition, arn=name.value)
