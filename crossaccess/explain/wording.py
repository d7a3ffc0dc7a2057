"""What missed, what denies and what cannot be told, in words. Foreign text in them is as it is."""

import re
from collections.abc import Iterable, Sequence

from crossaccess.decide.condition import CompiledCondition
from crossaccess.decide.context import ABSENT, PRESENT, UNKNOWN
from crossaccess.decide.pattern import glob_of
from crossaccess.decide.principal import Named, entry_of
from crossaccess.decide.request import Facts
from crossaccess.decide.statement import CompiledStatement
from crossaccess.decide.tri import MAYBE
from crossaccess.explain.nearest import PRINCIPAL_ARN, Element, elements
from crossaccess.policy.document import PrincipalName

GONE = "a principal that no longer exists"
_VARIABLE = re.compile(r"\$\{([^}*?$,]+)\}")
_TIMES = ("aws:currenttime", "aws:epochtime")


def missed(facts: Facts, statement: CompiledStatement, element: Element) -> str:
    """What an element says that the request is not."""
    source = statement.source
    if element.condition is not None:
        return _condition(facts, element.condition)
    if element.name == "Principal":
        return _principal(facts, source.principals or ())
    if element.name == "NotPrincipal":
        return f"its NotPrincipal spares {_listed(one.value for one in source.not_principals or ())}"
    if element.name == "Action":
        return f"its action is {_listed(source.actions or ())}"
    if element.name == "NotAction":
        return f"it is about everything but {_listed(source.not_actions or ())}"
    names = source.resources if element.name == "Resource" else source.not_resources
    shown = _listed(short(one, facts.resource) for one in names or ()) + _void(facts, statement, names or ())
    return f"its resource is {shown}" if element.name == "Resource" else f"it is about everything but {shown}"


def denies(statement: CompiledStatement) -> str:
    """On which condition a statement denies."""
    if refuses_plain_http(statement):
        return "since it is without TLS"
    told = [_asked(one) for one in statement.conditions]
    return f"on the condition {' and '.join(told)}" if told else "without any condition"


def refuses_plain_http(statement: CompiledStatement) -> bool:
    """Whether the statement is about requests without TLS, and about nothing else."""
    return bool(statement.conditions) and all(map(_is_tls, statement.conditions))


def open_elements(
    facts: Facts, statement: CompiledStatement, *, bounded: bool
) -> tuple[str, tuple[str, ...]]:
    """What of a statement cannot be told, and the condition keys that would tell."""
    told: list[str] = []
    ask: list[str] = []
    for element in elements(facts, statement, bounded=bounded):
        if element.fits != MAYBE:
            continue
        condition = element.condition
        if condition is None:
            open_keys = _variables(facts, statement, element.name)
            hangs = f": it hangs on {_listed(open_keys)}, of which nobody said anything" if open_keys else ""
            told.append(f"whether its {element.name} takes this in cannot be told{hangs}")
            ask += [key for key in open_keys if key.lower() != PRINCIPAL_ARN]
            if element.name in ("Principal", "NotPrincipal"):
                ask += ["aws:userid"] if _by_id(statement) else []
            continue
        found = facts.lookup(condition.key)
        if condition.key == PRINCIPAL_ARN and found is PRESENT:
            told.append(
                f"it asks for {_asked(condition)}, and no source holds the session's role, whose ARN it is"
            )
        elif (found is UNKNOWN or found is PRESENT) and condition.can_be_told:
            told.append(f"it asks for {_asked(condition)}, and nobody said what {condition.source.key} is")
            ask.append(condition.source.key)
        else:
            told.append(condition.why_unknown(facts))
    return "; ".join(told), tuple(dict.fromkeys(ask))


def _variables(facts: Facts, statement: CompiledStatement, element: str) -> list[str]:
    """The keys that an element's variables hang on, and of which nobody said anything."""
    source = statement.source
    names = {"Resource": source.resources, "NotResource": source.not_resources}.get(element)
    if not statement.reads_variables:
        return []
    return [key for key in _named_in(names or ()) if facts.lookup(key.lower()) in (UNKNOWN, PRESENT)]


def _void(facts: Facts, statement: CompiledStatement, names: Sequence[str]) -> str:
    """Why what looks as if it matched does not: variables, and wildcards before a colon of a key.

    IAM User Guide, "IAM JSON policy elements: Version", "IAM policy elements: Variables and tags" and "IAM
    JSON policy elements: Resource".
    """
    keys = _named_in(names)
    if keys and not statement.reads_variables:
        return " (without variables: its policy is not of Version 2012-10-17)"
    absent = [key for key in keys if facts.lookup(key.lower()) == ABSENT]
    if absent:
        return f" ({_listed(absent)} has no value here)"
    crossing = any(glob_of(one).matches(facts.resource) for one in names)
    return (
        " (its wildcards would have to run over a colon, which AWS does not say that they do)"
        if crossing
        else ""
    )


def _named_in(names: Iterable[str]) -> list[str]:
    """The keys of variables, without those that have a default; the three characters are none."""
    return list(dict.fromkeys(key for one in names for key in _VARIABLE.findall(one)))


def short(name: str, resource: str) -> str:
    """An ARN as people read it: of the bucket that is asked about the key alone."""
    bucket = resource.split("/", maxsplit=1)[0]
    if resource.startswith("arn:") and ":s3:::" in bucket and name.startswith(f"{bucket}/"):
        return name.removeprefix(f"{bucket}/")
    return name


def _by_id(statement: CompiledStatement) -> bool:
    names = (*(statement.source.principals or ()), *(statement.source.not_principals or ()))
    return any(entry_of(one.type, one.value).names is Named.UNIQUE_ID for one in names)


def _principal(facts: Facts, names: Sequence[PrincipalName]) -> str:
    entries = [entry_of(one.type, one.value) for one in names]
    gone = [one.value for one in entries if one.names is Named.UNIQUE_ID]
    if gone:
        return f"it names {GONE} ({_listed(gone)})"
    account = facts.caller.account
    accounts = [one.account for one in entries if one.account]
    if accounts and account not in accounts:
        return f"it names {_listed(one.value for one in names)}: another account than {account}"
    return f"it names {_listed(one.value for one in names)}"


def _condition(facts: Facts, condition: CompiledCondition) -> str:
    source, key = condition.source, condition.key
    values = _listed(source.values)
    found = facts.lookup(key)
    has = f"this one has {_listed(found)}" if isinstance(found, tuple) and any(found) else "this one has none"
    if key == "aws:securetransport" and _is_tls_wanted(condition):
        return "it is for requests over TLS only"
    if key in _TIMES and source.operator.startswith(("DateLessThan", "NumericLessThan")):
        return f"it ended on {values}"
    if key in _TIMES and source.operator.startswith(("DateGreaterThan", "NumericGreaterThan")):
        return f"it begins on {values} only"
    if key == "sts:externalid":
        return f"it asks for the external id {values}, and {has}"
    if key == PRINCIPAL_ARN:
        return f"its condition on {source.key} names {values}"
    if key in ("aws:sourceip", "aws:sourcevpce", "aws:sourcevpc"):
        return f"it is for requests from {values} only, and {has}"
    if key == "s3:prefix":
        return (
            f"it is for lists under {_listed(one or 'an empty prefix' for one in source.values)}, and {has}"
        )
    if key == "kms:encryptioncontext:aws:s3:arn":
        shown = _listed(one.partition(":::")[2] or one for one in source.values)
        return f"it is for what S3 encrypts under {shown}"
    return f"it asks for {_asked(condition)}, and {has}"


def _asked(condition: CompiledCondition) -> str:
    source = condition.source
    return f"{source.operator} {source.key} {_listed(source.values)}"


def _is_tls(condition: CompiledCondition) -> bool:
    """Whether a condition is about requests without TLS."""
    source = condition.source
    return (
        condition.key == "aws:securetransport"
        and source.operator in ("Bool", "BoolIfExists")
        and [one.lower() for one in source.values] == ["false"]
    )


def _is_tls_wanted(condition: CompiledCondition) -> bool:
    source = condition.source
    return source.operator.startswith("Bool") and [one.lower() for one in source.values] == ["true"]


def _listed(texts: Iterable[str], most: int = 4) -> str:
    found = list(texts)
    shown = ", ".join(found[:most]) or "nothing"
    return shown if len(found) <= most else f"{shown} and {len(found) - most} more"
