"""Does the condition of a statement hold?

IAM User Guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued
context keys". All operators and all keys must hold; of one key's values one is enough.
"""

import enum
from collections.abc import Iterable

from crossaccess.decide.context import ABSENT, PRESENT, UNKNOWN, Lookup
from crossaccess.decide.operators import NULL, OPERATORS, Form, Operator
from crossaccess.decide.pattern import Pattern, arn_matches, arn_parts, arn_patterns_of, glob, glob_of
from crossaccess.decide.request import Facts
from crossaccess.decide.template import (
    NoValueError,
    Piece,
    UnresolvedError,
    pieces_of,
    resolve,
    resolve_loosely,
)
from crossaccess.decide.tri import MAYBE, NO, YES, Tri, negate, tri
from crossaccess.policy.document import Condition

_IF_EXISTS = "IfExists"
_SETS = {"ForAllValues": True, "ForAnyValue": False}
_PRINCIPAL_ARN = "aws:principalarn"
_ARN_COLONS = 5


class _Sets(enum.Enum):
    """How the several values that a request may have for a key are taken together."""

    NONE = "one value"
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


class CompiledCondition:
    """One operator and key, ready to be asked."""

    __slots__ = ("_if_exists", "_no_value", "_operator", "_policy", "_sets", "_unread", "key", "source")

    def __init__(self, source: Condition, *, variables: bool, allows: bool) -> None:
        """`allows`: the statement's effect is Allow, which nothing that is in doubt may widen."""
        self.source = source
        self.key = source.key.lower()
        name = source.operator
        self._sets = _Sets.NONE
        prefix, colon, rest = name.partition(":")
        if colon and prefix in _SETS:
            self._sets = _Sets.ALL if _SETS[prefix] else _Sets.ANY
            name = rest
        self._if_exists = name.endswith(_IF_EXISTS)
        if self._if_exists:
            name = name.removesuffix(_IF_EXISTS)
        self._operator: Operator | None = OPERATORS.get(name)
        # A variable without a value matches nothing. Turned around that would let everything in, and
        # "Variables and tags" says that it may also make the statement invalid.
        doubtful = allows and self._operator is not None and self._operator.negated
        self._no_value: Tri = MAYBE if doubtful else NO
        # A value of the request that is not of the operator's kind equals nothing; what that makes of a
        # negated operator or a Deny AWS does not say.
        sure = allows and self._operator is not None and not self._operator.negated
        self._unread: Tri = NO if sure else MAYBE
        self._policy: tuple[_PolicyValue, ...] | None = None
        if self._operator is not None:
            self._policy = tuple(_PolicyValue(self._operator, value, variables) for value in source.values)

    @property
    def is_null_test(self) -> bool:
        """Whether the operator is `Null`, which asks for absence and has no variants."""
        return self.source.operator == NULL

    @property
    def can_be_told(self) -> bool:
        """Whether it says something of any request: AWS has the operator, and there are values."""
        return (self.is_null_test or self._operator is not None) and bool(self.source.values)

    @property
    def pins_principal(self) -> bool:
        """Whether only principals with a certain `aws:PrincipalArn` can fulfil this condition."""
        operator = self._operator
        return (
            self.key == _PRINCIPAL_ARN
            and operator is not None
            and operator.form is not Form.VALUE
            and not operator.negated
            and not self._if_exists
            and self._sets is not _Sets.ALL
        )

    def holds(self, facts: Facts) -> Tri:
        """Whether the request fulfils this condition."""
        found = facts.lookup(self.key)
        if self.is_null_test:
            return self._null(found)
        operator = self._operator
        if operator is None or self._policy is None or not self._policy:
            return MAYBE
        if found is UNKNOWN or found is PRESENT:
            return MAYBE
        if found == ABSENT:
            return self._absent(operator)
        if self._sets is _Sets.NONE:
            return self._one(operator, found[0], facts) if len(found) == 1 else MAYBE
        if self._sets is _Sets.ALL:
            # The same page: a key that comes to nothing, such as an empty string, counts as empty.
            return YES if found == ("",) else min(self._one(operator, value, facts) for value in found)
        return max(self._one(operator, value, facts) for value in found)

    def why_unknown(self, facts: Facts) -> str:
        """Say why `holds` could not tell."""
        name, key = self.source.operator, self.source.key
        found = facts.lookup(self.key)
        if self._operator is None and not self.is_null_test:
            return f"the operator {name!r} is not known"
        if not self.source.values:
            return f"{name} on {key} names no values"
        if found is UNKNOWN:
            return f"nobody said whether {key} is in the request, nor its value"
        if found is PRESENT:
            return f"the value of {key} is not known"
        if self._sets is _Sets.NONE and len(found) > 1:
            return f"{key} has several values, and {name} has no ForAnyValue or ForAllValues"
        return f"{name} on {key} cannot compare {_quoted(found)} with {_quoted(self.source.values)}"

    def why_missed(self, facts: Facts) -> str:
        """Say what the condition asks for and what the request has instead."""
        found = facts.lookup(self.key)
        has = _quoted(found) if isinstance(found, tuple) and found else "not in the request"
        wanted = f"{self.source.operator} {self.source.key} {_quoted(self.source.values)}"
        return f"it asks for {wanted}, which is {has}"

    def _null(self, found: Lookup) -> Tri:
        if found is UNKNOWN:
            return MAYBE
        absent = found == ABSENT
        wanted = [value.lower() for value in self.source.values]
        if not wanted or any(value not in ("true", "false") for value in wanted):
            return MAYBE
        return tri(any((value == "true") == absent for value in wanted))

    def _absent(self, operator: Operator) -> Tri:
        if self._sets is _Sets.ALL:
            return YES
        if self._sets is _Sets.ANY:
            return NO
        return tri(self._if_exists or operator.negated)

    def _one(self, operator: Operator, value: str, facts: Facts) -> Tri:
        policy = self._policy or ()
        if operator.form is Form.VALUE:
            matched = _value_matches(operator, policy, value, self._unread)
        elif operator.form is Form.ARN and value.count(":") < _ARN_COLONS:
            matched = self._unread
        else:
            matched = _text_matches_any(operator, policy, value, facts, self._no_value)
        return negate(matched) if operator.negated else matched


class _PolicyValue:
    """One value of the policy, read as its operator reads it."""

    __slots__ = ("parts", "patterns", "pieces", "read", "text")

    def __init__(self, operator: Operator, text: str, variables: bool) -> None:
        self.text = text
        self.read: object | None = None
        self.pieces: tuple[Piece, ...] | None = None
        self.parts: tuple[tuple[Piece, ...], ...] | None = None
        self.patterns: tuple[Pattern, ...] | None = None
        form = operator.form
        if form is Form.VALUE:
            self.read = operator.read_policy(text) if operator.read_policy else None
        elif form is Form.ARN:
            if variables and "${" in text:
                self.parts = arn_parts(pieces_of(text, wildcards=True, variables=True))
            else:
                self.patterns = arn_patterns_of(text)
        elif variables and "${" in text:
            self.pieces = pieces_of(text, wildcards=form is Form.GLOB, variables=True)


def _text_matches_any(
    operator: Operator, policy: Iterable[_PolicyValue], value: str, facts: Facts, no_value: Tri
) -> Tri:
    best: Tri = NO
    for entry in policy:
        try:
            matched = _text_matches(operator, entry, value, facts)
        except NoValueError:
            matched = no_value
        except UnresolvedError:
            matched = _could_match(operator, entry, value, facts)
        if matched == YES:
            return YES
        best = max(best, matched)
    return best


def _value_matches(operator: Operator, policy: Iterable[_PolicyValue], value: str, unread: Tri) -> Tri:
    request = operator.read_request(value) if operator.read_request else None
    if request is None or operator.holds is None:
        return unread
    best: Tri = NO
    for entry in policy:
        if entry.read is None:
            best = MAYBE
        elif operator.holds(request, entry.read):
            return YES
    return best


def _text_matches(operator: Operator, entry: _PolicyValue, value: str, facts: Facts) -> Tri:
    if operator.form is Form.ARN:
        if entry.patterns is not None:
            return tri(arn_matches(entry.patterns, value))
        if entry.parts is None:
            return MAYBE
        return tri(arn_matches([glob(resolve(part, facts.lookup)) for part in entry.parts], value))
    if operator.form is Form.GLOB:
        pattern = glob_of(entry.text) if entry.pieces is None else glob(resolve(entry.pieces, facts.lookup))
        return tri(pattern.matches(value))
    text = entry.text if entry.pieces is None else _joined(entry.pieces, facts)
    return _same_but_for_case(text, value) if operator.fold else tri(text == value)


def _same_but_for_case(one: str, other: str) -> Tri:
    """AWS does not say by which rules it takes letters beyond ASCII for one another."""
    if one.casefold() != other.casefold():
        return NO
    return YES if one == other or (one.isascii() and other.isascii()) else MAYBE


def _could_match(operator: Operator, entry: _PolicyValue, value: str, facts: Facts) -> Tri:
    """Whether a value could be matched, whatever the variables hold that nobody told."""
    try:
        if entry.parts is not None:
            parts = [glob(resolve_loosely(part, facts.lookup)) for part in entry.parts]
            return MAYBE if arn_matches(parts, value) else NO
        pattern = glob(resolve_loosely(entry.pieces or (), facts.lookup))
    except NoValueError:
        return NO
    # Ignoring case, a text that differs in case only could be matched too: not worth an exact answer.
    return MAYBE if operator.fold or pattern.matches(value) else NO


def _joined(pieces: tuple[Piece, ...], facts: Facts) -> str:
    return "".join(piece for piece in resolve(pieces, facts.lookup) if isinstance(piece, str))


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(repr(value) for value in values)
