"""Whether the conditions of a deny hold for a caller of a grant, as far as that can be told beforehand.

IAM User Guide, "IAM JSON policy elements: Condition operators"; "AWS global condition context keys".
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from crossaccess.policy.arn import parse_arn
from crossaccess.policy.document import Condition
from crossaccess.policy.globs import covered, has_variable


class Holds(enum.Enum):
    """The answer of a question that cannot always be told beforehand."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whether conditions hold, and the context keys of those of which it cannot be told."""

    holds: Holds
    keys: tuple[str, ...] = ()


_LIKE = frozenset({"stringlike", "arnlike", "arnequals"})
_EQUALS = frozenset({"stringequals", "stringequalsignorecase"})
_NEGATED = {
    "stringnotlike": "stringlike",
    "arnnotlike": "arnlike",
    "arnnotequals": "arnequals",
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
}


def holds_for(conditions: Iterable[Condition], caller: str) -> Judged:
    """Judge all conditions of a statement for a caller: an IAM principal, over TLS.

    Told are conditions on the caller's ARN, account, and on TLS; all others may hold.
    """
    doubtful = []
    for condition in conditions:
        holds = _holds(condition, caller)
        if holds is Holds.NO:
            return Judged(holds=Holds.NO)
        if holds is Holds.MAYBE:
            doubtful.append(condition.key)
    keys = tuple(dict.fromkeys(doubtful))
    return Judged(holds=Holds.MAYBE if keys else Holds.YES, keys=keys)


def _holds(condition: Condition, caller: str) -> Holds:
    operator = condition.operator.lower().removesuffix("ifexists")
    value = _value_of(condition.key.lower(), caller)
    if value is None or ":" in operator or not condition.values or any(map(has_variable, condition.values)):
        return Holds.MAYBE
    if operator == "null":
        # The keys that are told are there in every such request.
        return _if_all_one(_decided(text.lower() == "false") for text in condition.values)
    if operator == "bool":
        return _if_any(_decided(text.lower() == value) for text in condition.values)
    if operator in _NEGATED:
        return _opposite(_matches(_NEGATED[operator], condition.values, value))
    return _matches(operator, condition.values, value)


def _value_of(key: str, caller: str) -> str | None:
    """What a context key is in the caller's requests: a text or a pattern; `None` where it cannot be told."""
    if key == "aws:securetransport":
        return "true"
    if key == "aws:principalisawsservice":
        return "false"
    if key == "aws:principalarn":
        return caller
    arn = parse_arn(caller)
    if key == "aws:principalaccount" and arn is not None and not _is_pattern(arn.account):
        return arn.account
    return None


def _matches(operator: str, patterns: Iterable[str], value: str) -> Holds:
    listed = tuple(patterns)
    if operator in _EQUALS:
        if _is_pattern(value):
            return Holds.MAYBE
        if operator == "stringequalsignorecase":
            return _decided(value.lower() in {text.lower() for text in listed})
        return _decided(value in listed)
    if operator not in _LIKE:
        return Holds.MAYBE
    if operator.startswith("arn"):
        return _if_any(_arn_matches(pattern, value) for pattern in listed)
    return _if_any(_part_matches(pattern, value) for pattern in listed)


def _arn_matches(pattern: str, value: str) -> Holds:
    """Each of the six parts is matched on its own."""
    theirs, ours = pattern.split(":", 5), value.split(":", 5)
    if len(theirs) != 6 or len(ours) != 6:
        return Holds.MAYBE if _is_pattern(value) else Holds.NO
    parts = [_part_matches(one, other) for one, other in zip(theirs, ours, strict=True)]
    if Holds.NO in parts:
        return Holds.NO
    return Holds.MAYBE if Holds.MAYBE in parts else Holds.YES


def _part_matches(pattern: str, value: str) -> Holds:
    if covered(value, [pattern]):
        return Holds.YES
    return Holds.MAYBE if _is_pattern(value) else Holds.NO


def _if_any(found: Iterable[Holds]) -> Holds:
    answers = set(found)
    return Holds.YES if Holds.YES in answers else Holds.MAYBE if Holds.MAYBE in answers else Holds.NO


def _if_all_one(found: Iterable[Holds]) -> Holds:
    answers = set(found)
    return answers.pop() if len(answers) == 1 else Holds.MAYBE


def _opposite(holds: Holds) -> Holds:
    return {Holds.YES: Holds.NO, Holds.NO: Holds.YES}.get(holds, Holds.MAYBE)


def _decided(yes: bool) -> Holds:
    return Holds.YES if yes else Holds.NO


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text
