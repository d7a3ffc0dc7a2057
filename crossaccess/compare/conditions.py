"""Conditions as sets: which values of its key, or which absence, fulfil a condition.

The same rules as in `crossaccess.decide.condition`, for all values at once. Each answer comes twice: what
surely fulfils the condition, and what may, so that nobody takes a doubt for a yes or a no.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from crossaccess.compare import key_set
from crossaccess.compare.key_set import ABSENT, KeySet
from crossaccess.compare.keys import line_of
from crossaccess.compare.line import Line
from crossaccess.compare.realm import NOW, thing_of
from crossaccess.compare.shapes import Shape, arn, arn_of_parts, beyond_ascii, folded, glob, literal
from crossaccess.compare.spans import Spans, matched_by, nothing
from crossaccess.compare.texts import ALL, of
from crossaccess.compare.value_set import Names, Values, rest
from crossaccess.decide.condition import CompiledCondition
from crossaccess.decide.context import Lookup
from crossaccess.decide.operators import NULL, OPERATORS, Form, Operator
from crossaccess.decide.pattern import arn_parts
from crossaccess.decide.request import Facts, Request
from crossaccess.decide.template import (
    ANY,
    NoValueError,
    Piece,
    UnresolvedError,
    pieces_of,
    resolve,
    resolve_loosely,
)
from crossaccess.decide.tri import NO, YES
from crossaccess.policy.document import Condition

Sets: TypeAlias = tuple[KeySet, ...]
LookUp: TypeAlias = Callable[[str], Lookup]
"""The values of a condition key that all requests share, as far as they do."""


class Fulfilled(NamedTuple):
    """What fulfils a condition, each as sets whose union it is: for sure, and perhaps."""

    sure: Sets
    perhaps: Sets


@dataclass(frozen=True, slots=True)
class _Matched:
    """Which values match any of a condition's: each as sets whose union it is."""

    sure: tuple[Values, ...]
    perhaps: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """An operator, how it takes several values together, and whether absence fulfils it."""

    sets: str
    operator: Operator
    if_exists: bool


def fulfilled(
    condition: Condition, whole: KeySet, lookup: LookUp, *, allows: bool, variables: bool
) -> Fulfilled:
    """What fulfils a condition whose key may be `whole`, and whose variables have the values of `lookup`.

    `allows`: its statement's effect is Allow.
    """
    found = _fulfilled(condition, whole, lookup, allows=allows, variables=variables)
    return Fulfilled(_within(found.sure, whole), _within(found.perhaps, whole))


def _within(sets: Sets, whole: KeySet) -> Sets:
    met = (key_set.meet(whole, keys) for keys in sets)
    return tuple(dict.fromkeys(keys for keys in met if keys is not None))


def _fulfilled(
    condition: Condition, whole: KeySet, lookup: LookUp, *, allows: bool, variables: bool
) -> Fulfilled:
    if condition.operator == NULL:
        return _null(condition.values, whole)
    asked = _asked(condition)
    if asked is None:
        return Fulfilled((), (whole,))
    if isinstance(whole.every, Names):
        return _tried(condition, whole.every, allows=allows, variables=variables)
    every: Values = ALL
    matched = _Matched((), ())
    if whole.every is not None:
        every = whole.every
        matched = _matched(condition, asked.operator, every, lookup, allows=allows, variables=variables)
    if asked.operator.negated:
        matched = _Matched(_outside(every, matched.perhaps), _outside(every, matched.sure))
    several = whole.several
    if asked.sets == "ForAllValues":
        # Each of several values can match in another way: what all of them may match is not one set.
        loose = (every,) if several and len(matched.perhaps) > 1 else matched.perhaps
        return Fulfilled(_all(matched.sure, several), _all(loose, several))
    if asked.sets == "ForAnyValue":
        return Fulfilled(_any(matched.sure, every, several), _any(matched.perhaps, every, several))
    absent = (ABSENT,) if asked.if_exists or asked.operator.negated else ()
    if several:
        # Several values without a set operator cannot be told, and one value alone is no set of ours.
        return Fulfilled(absent, (*absent, KeySet(absent=False, every=every, several=True)))
    return Fulfilled(
        (*absent, *(KeySet(absent=False, every=values) for values in matched.sure)),
        (*absent, *(KeySet(absent=False, every=values) for values in matched.perhaps)),
    )


def _asked(condition: Condition) -> _Asked | None:
    """Take an operator's name apart; `None` where there is no such operator, or nothing to compare with."""
    sets, colon, plain = condition.operator.partition(":")
    if not colon:
        sets, plain = "", condition.operator
    operator = OPERATORS.get(plain.removesuffix("IfExists"))
    if sets not in ("", "ForAllValues", "ForAnyValue") or operator is None or not condition.values:
        return None
    return _Asked(sets, operator, plain.endswith("IfExists"))


def _null(values: Sequence[str], whole: KeySet) -> Fulfilled:
    wanted = {value.lower() for value in values}
    if not wanted or not wanted <= {"true", "false"}:
        return Fulfilled((), (whole,))
    sets: list[KeySet] = []
    if "true" in wanted:
        sets.append(ABSENT)
    there = key_set.only_present(whole)
    if "false" in wanted and there is not None:
        sets.append(there)
    return Fulfilled(tuple(sets), tuple(sets))


def _all(matched: Sequence[Values], several: bool) -> Sets:
    """ForAllValues: absence fulfils it too, and so does a key that comes to an empty text."""
    sets = [KeySet(absent=True, every=values, several=several) for values in matched]
    return (*sets, ABSENT, KeySet(absent=False, every=of(literal("")), several=several))


def _any(matched: Sequence[Values], every: Values, several: bool) -> Sets:
    if not several:
        return tuple(KeySet(absent=False, every=values) for values in matched)
    return tuple(KeySet(absent=False, every=every, some=(values,), several=True) for values in matched)


def _outside(every: Values, matched: Sequence[Values]) -> tuple[Values, ...]:
    """The values that are in none of the sets."""
    left: tuple[Values, ...] = (every,)
    for values in matched:
        left = tuple(piece for one in left for piece in rest(one, values))
    return left


def _tried(condition: Condition, names: Names, *, allows: bool, variables: bool) -> Fulfilled:
    """A key of few values: each is tried, and absence."""
    compiled = CompiledCondition(condition, variables=variables, allows=allows)
    sure: list[KeySet] = []
    perhaps: list[KeySet] = []
    for values in ((), *((name,) for name in sorted(names.names))):
        held = compiled.holds(_facts(condition.key, values))
        keys = KeySet(absent=False, every=Names(frozenset(values))) if values else ABSENT
        if held == YES:
            sure.append(keys)
        if held != NO:
            perhaps.append(keys)
    return Fulfilled(_joined(sure), _joined(perhaps))


def _joined(sets: Sequence[KeySet]) -> Sets:
    names = frozenset(name for keys in sets if isinstance(keys.every, Names) for name in keys.every.names)
    absent = any(keys.absent for keys in sets)
    if not names:
        return (ABSENT,) if absent else ()
    return (KeySet(absent=absent, every=Names(names)),)


@lru_cache(maxsize=256)
def _facts(key: str, values: tuple[str, ...]) -> Facts:
    context = {key: values} if values else {}
    return Facts(Request(principal="*", action="s3:GetObject", resource="*", context=context))


def _matched(  # noqa: PLR0913 - what a condition is read by
    condition: Condition, operator: Operator, every: Values, lookup: LookUp, *, allows: bool, variables: bool
) -> _Matched:
    if isinstance(every, Spans):
        return _on_line(condition, every)
    if operator.form is Form.VALUE:
        # Texts that are compared as numbers, dates or addresses: not told apart here.
        return _Matched((), (ALL,))
    doubtful = allows and operator.negated
    unread = operator.form is Form.ARN and not (allows and not operator.negated)
    if variables and any("${" in value for value in condition.values):
        return _with_variables(condition.values, operator, lookup, doubtful=doubtful, unread=unread)
    return _plain(condition.values, operator.form, operator.fold, unread)


@lru_cache(maxsize=16_384)
def _on_line(condition: Condition, every: Spans) -> _Matched:
    name = condition.operator.rpartition(":")[2].removesuffix("IfExists")
    now = thing_of(condition.key) == NOW
    line = line_of(condition.key) if now else every.line
    matched = [matched_by(name, value, line or every.line) for value in condition.values]
    joined = nothing(every.line)
    for spans in matched:
        if spans is not None:
            # Of one clock's two names the values are written in two ways, and mean the same seconds.
            joined = joined.join(Spans(Line.MOMENT, spans.cuts) if now else spans)
    sure = () if joined.is_empty else (joined,)
    return _Matched(sure, (every,) if None in matched else sure)


@lru_cache(maxsize=16_384)
def _plain(values: tuple[str, ...], form: Form, fold: bool, unread: bool) -> _Matched:
    sure: list[Shape] = []
    extra: list[Values] = []
    doubt = False
    for value in values:
        if form is Form.ARN:
            shape = arn(value)
            if shape is None:
                doubt = True
            else:
                sure.append(shape)
        elif form is Form.GLOB:
            sure.append(glob(value))
        elif not fold:
            sure.append(literal(value))
        else:
            # AWS does not say which letters beyond ASCII it takes for one another.
            sure.append(folded(value) if value.isascii() else literal(value))
            extra.append(of(beyond_ascii()) if value.isascii() else ALL)
    if unread:
        # A value that is no ARN: whether it misses AWS does not say.
        extra += _no_arn()
    found: tuple[Values, ...] = (of(*sure),) if sure else ()
    return _Matched(found, (ALL,) if doubt else (*found, *extra))


@lru_cache(maxsize=1)
def _no_arn() -> tuple[Values, ...]:
    """The texts that have too few colons for an ARN."""
    return of(arn_of_parts([(ANY,)] * 6)).complement()


def _with_variables(
    values: tuple[str, ...], operator: Operator, lookup: LookUp, *, doubtful: bool, unread: bool
) -> _Matched:
    """`doubtful`: a variable without a value may let everything in."""
    sure: list[Values] = []
    perhaps: list[Values] = []
    for value in values:
        if "${" not in value:
            one = _plain((value,), operator.form, operator.fold, unread)
            sure += one.sure
            perhaps += one.perhaps
            continue
        pieces = pieces_of(value, wildcards=operator.form is not Form.TEXT, variables=True)
        try:
            found = _resolved(pieces, operator, lookup, unread=unread)
            sure += found.sure
            perhaps += found.perhaps
        except NoValueError:
            perhaps += (ALL,) if doubtful else ()
        except UnresolvedError:
            perhaps += _loosely(pieces, operator, lookup, doubtful=doubtful, unread=unread)
    return _Matched(tuple(sure), tuple(perhaps))


def _resolved(pieces: tuple[Piece, ...], operator: Operator, lookup: LookUp, *, unread: bool) -> _Matched:
    """Raises `NoValueError`, `UnresolvedError`."""
    if operator.form is Form.TEXT:
        text = "".join(piece for piece in resolve(pieces, lookup) if isinstance(piece, str))
        return _plain((text,), operator.form, operator.fold, unread)
    if operator.form is Form.GLOB:
        shape = glob(resolve(pieces, lookup))
    else:
        parts = arn_parts(pieces)
        if parts is None:
            return _Matched((), (ALL,))
        shape = arn_of_parts([resolve(part, lookup) for part in parts])
    extra = _no_arn() if unread else ()
    return _Matched((of(shape),), (of(shape), *extra))


def _loosely(
    pieces: tuple[Piece, ...], operator: Operator, lookup: LookUp, *, doubtful: bool, unread: bool
) -> tuple[Values, ...]:
    """What may match, whatever the variables hold that differ from request to request."""
    if doubtful or unread or operator.fold:
        return (ALL,)
    try:
        loose = resolve_loosely(pieces, lookup)
    except NoValueError:
        return ()
    # A value may hold colons, so the parts of an ARN are not told apart here.
    return (of(glob(loose)),)
