"""Whom a statement lets in, as far as its own words say.

IAM User Guide, "AWS JSON policy elements: Principal" and "IAM JSON policy elements: Condition operators": an
operator that ends in `IfExists`, and `ForAllValues`, are met by a request that lacks the key, so that they
narrow nothing.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from crossaccess.decide.pattern import glob_of
from crossaccess.decide.principal import Named, entry_of
from crossaccess.decide.statement import CompiledStatement
from crossaccess.policy.arn import is_account_id, parse_arn
from crossaccess.policy.document import Condition, Statement
from crossaccess.policy.public import is_public_statement

_POSITIVE: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
_PRINCIPAL_ARN: Final = "aws:principalarn"
_OF_ACCOUNT: Final = frozenset({"aws:principalaccount", "kms:calleraccount"})
_OF_ORGANIZATION: Final = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
_OF_SOURCE: Final = frozenset(
    {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"}
)
_OF_PRINCIPAL: Final = ("aws:principaltag/", "aws:userid", "aws:username")
_ENCRYPTION_CONTEXT: Final = "kms:encryptioncontext:"
_ACCOUNT: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])", re.ASCII)
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}(/.*)?", re.ASCII)
_ANYBODY: Final = tuple(map("{}/nobody-in-particular-7q".format, ("user", "role", "assumed-role")))
"""Whoever a pattern means by all of a kind, it means these."""
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_WILD: Final = frozenset("*?")


def accounts_let_in(statement: Statement) -> tuple[str, ...]:
    """The accounts that a statement names, by its principals or, of everyone, by its conditions."""
    found: dict[str, None] = {}
    for name in statement.principals or ():
        entry = entry_of(name.type, name.value)
        if entry.account:
            found[entry.account] = None
        elif entry.names is Named.EVERYONE:
            found |= dict.fromkeys(_accounts_in_conditions(statement))
    return tuple(found)


def whole_accounts(statement: Statement) -> tuple[str, ...]:
    """The accounts that a statement names as a whole, and of which no condition takes anybody out."""
    if any(map(_narrows_within_account, statement.conditions)):
        return ()
    entries = [entry_of(name.type, name.value) for name in statement.principals or ()]
    return tuple(dict.fromkeys(one.account for one in entries if one.names is Named.ACCOUNT))


def lets_everyone_in(statement: Statement) -> bool:
    """Whether anybody of any account is meant, and no condition narrows it.

    S3's own judgement goes first; beside it, a pattern narrows that names an account or an organization.
    """
    if statement.principals is None or not is_public_statement(statement):
        return False
    everyone = any(one.value == "*" and one.type != "Service" for one in statement.principals)
    if not everyone or is_of_an_organization(statement):
        return False
    return not any(map(_binds_an_account, statement.conditions))


def has_condition(statement: Statement, key: str) -> bool:
    """Whether a request has to hold something of its own under a key: not just anything, and not nothing."""
    return any(
        one.key.lower() == key and holds_of_every_value(one, _is_more_than_wildcards)
        for one in statement.conditions
    )


def is_of_an_organization(statement: Statement) -> bool:
    """Whether only principals of named organizations are let in."""
    return any(
        one.key.lower() in _OF_ORGANIZATION and holds_of_every_value(one, _names_organization)
        for one in statement.conditions
    )


def services_without_source(statement: Statement) -> tuple[str, ...]:
    """The services that are let in, whoever they work for."""
    if any(map(_names_source, statement.conditions)):
        return ()
    return tuple(one.value for one in statement.principals or () if one.type == "Service")


def deleted(statement: Statement) -> tuple[str, ...]:
    """The unique ids that stand in the place of principals."""
    named = (*(statement.principals or ()), *(statement.not_principals or ()))
    ids = [one.value for one in named if entry_of(one.type, one.value).names is Named.UNIQUE_ID]
    return tuple(dict.fromkeys(ids))


def may_let_outsiders_in(statement: CompiledStatement, own: str | None) -> bool:
    """Whether a statement may be about principals of another account than its own."""
    source = statement.source
    if source.principals is None:
        return True
    entries = [entry_of(one.type, one.value) for one in source.principals]
    if any(one.names is Named.CANONICAL for one in entries):
        return True
    accounts = accounts_let_in(source)
    if any(one.names is Named.EVERYONE for one in entries) and not accounts:
        return True
    return any(account != own for account in accounts)


def holds_of_every_value(condition: Condition, fits: Callable[[str], bool]) -> bool:
    """Whether a request meets a condition only by values that fit: it has to have the key, then.

    Of what a variable stands for, nothing is known.
    """
    # What a variable stands for is up to who asks.
    values = [_VARIABLE.sub("*", value) for value in condition.values]
    return _is_positive(condition) and bool(values) and all(map(fits, values))


def _accounts_in_conditions(statement: Statement) -> Iterator[str]:
    for one in statement.conditions:
        if _binds_an_account(one):
            yield from (account for value in one.values for account in _ACCOUNT.findall(value))


def _binds_an_account(condition: Condition) -> bool:
    """Whether only principals of accounts that the condition names meet it."""
    key = condition.key.lower()
    if key in _OF_ACCOUNT:
        return holds_of_every_value(condition, is_account_id)
    return key == _PRINCIPAL_ARN and holds_of_every_value(condition, _says_account)


def _narrows_within_account(condition: Condition) -> bool:
    """Whether not all principals of an account meet it."""
    key = condition.key.lower()
    if key == _PRINCIPAL_ARN:
        return holds_of_every_value(condition, _names_somebody)
    return key.startswith(_OF_PRINCIPAL) and holds_of_every_value(condition, _is_more_than_wildcards)


def _names_source(condition: Condition) -> bool:
    key = condition.key.lower()
    if key.startswith(_ENCRYPTION_CONTEXT):
        return holds_of_every_value(condition, lambda value: _ACCOUNT.search(value) is not None)
    return key in _OF_SOURCE and holds_of_every_value(condition, _is_fixed_or_has_account)


def _is_positive(condition: Condition) -> bool:
    return condition.operator.lower().removeprefix("foranyvalue:") in _POSITIVE


def _is_more_than_wildcards(value: str) -> bool:
    # The colon is between a role's id and the name of a session, and says nothing.
    return bool(set(value) - _WILD - {":"})


def _is_fixed_or_has_account(value: str) -> bool:
    return not _WILD & set(value) or _ACCOUNT.search(value) is not None


def _says_account(value: str) -> bool:
    arn = parse_arn(value)
    return arn is not None and is_account_id(arn.account)


def _names_somebody(value: str) -> bool:
    """Whether a pattern of `aws:PrincipalArn` says something of a name or of a path."""
    parts = value.split(":", 5)
    if len(parts) < 6:
        return False
    resource = glob_of(parts[5])
    return not any(map(resource.matches, _ANYBODY))


def _names_organization(value: str) -> bool:
    return _ORGANIZATION.fullmatch(value) is not None
