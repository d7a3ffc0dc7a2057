"""Statements compiled: does one apply to a request?"""

from collections.abc import Iterable

from crossaccess.decide.condition import CompiledCondition
from crossaccess.decide.pattern import (
    Pattern,
    completed_arn,
    filled_up,
    glob,
    glob_of,
    resource_pattern,
    resource_pattern_of,
)
from crossaccess.decide.principal import NOBODY, CompiledPrincipals, Ways
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
from crossaccess.policy.document import Document, Effect, Statement

_WITH_VARIABLES = "2012-10-17"
_ARN_COLONS = 5


class CompiledStatement:
    """One statement, ready to be asked. Its parts are compiled when a request first gets that far."""

    __slots__ = (
        "_actions",
        "_conditions",
        "_not_action",
        "_not_resource",
        "_principals",
        "_resources",
        "_variables",
        "allows",
        "number",
        "source",
    )

    def __init__(self, source: Statement, number: int, *, variables: bool) -> None:
        self.source = source
        self.number = number
        self.allows = source.effect is Effect.ALLOW
        self._variables = variables
        self._not_action = source.not_actions is not None
        self._not_resource = source.not_resources is not None
        self._actions: tuple[Pattern, ...] | None = None
        self._resources: tuple[Pattern | tuple[Piece, ...], ...] | None = None
        self._conditions: tuple[CompiledCondition, ...] | None = None
        self._principals: CompiledPrincipals | None = None

    @property
    def label(self) -> str:
        """How to name the statement to a person."""
        return f"statement {self.number}" + (f" ({self.source.sid})" if self.source.sid else "")

    @property
    def conditions(self) -> tuple[CompiledCondition, ...]:
        """The conditions, compiled."""
        if self._conditions is None:
            self._conditions = tuple(
                CompiledCondition(condition, variables=self._variables, allows=self.allows)
                for condition in self.source.conditions
            )
        return self._conditions

    @property
    def reads_variables(self) -> bool:
        """Whether `${…}` is a variable in it, as the policy's Version says."""
        return self._variables

    @property
    def _names_principals(self) -> bool:
        """Whether it is one of a policy that names principals, and so is none of an identity's."""
        return self.source.principals is not None or self.source.not_principals is not None

    @property
    def pins_principal(self) -> bool:
        """Whether a condition on `aws:PrincipalArn` says which principals are meant."""
        return any(condition.pins_principal for condition in self.conditions)

    def applies(self, facts: Facts) -> Tri:
        """Whether action, resource and condition fit the request, whoever calls."""
        if not self.action_fits(facts):
            return NO
        resource = self.resource_fits(facts)
        if resource == NO:
            return NO
        return min(resource, self.conditions_hold(facts))

    def ways(self, facts: Facts, *, bounded: bool) -> Ways:
        """Whether the statement applies, by the way in which it names the caller."""
        if not self.action_fits(facts):
            return NOBODY
        named = self.principals_fit(facts, bounded=bounded)
        if named == NOBODY:
            return NOBODY
        rest = self.resource_fits(facts)
        if rest != NO:
            rest = min(rest, self.conditions_hold(facts))
        if rest == NO:
            return NOBODY
        if rest == YES:
            return named
        return (min(named[0], rest), min(named[1], rest), min(named[2], rest), min(named[3], rest))

    def action_fits(self, facts: Facts) -> bool:
        """Whether the action is one of the statement's. Actions have no case."""
        if self._actions is None:
            names = self.source.not_actions if self._not_action else self.source.actions
            self._actions = tuple(glob_of(name.lower()) for name in names or ())
        return any(pattern.matches(facts.action) for pattern in self._actions) != self._not_action

    def resource_fits(self, facts: Facts) -> Tri:
        """Whether the resource is one of the statement's. A trust policy has none: it is about its role."""
        names = self.source.not_resources if self._not_resource else self.source.resources
        if names is None:
            return YES
        if self._resources is None:
            whole = names if self._names_principals else map(completed_arn, names)
            self._resources = tuple(_compile_resource(name, self._variables) for name in whole)
        fits = _any_resource(self._resources, facts)
        if fits == NO and self.allows == self._not_resource:
            # A miss would let the request through here: see `_possible`.
            fits = max(_possible(p, facts, not_resource=self._not_resource) for p in self._resources)
            if fits == NO:
                fits = _possibly_filled_up(names, facts)
        return negate(fits) if self._not_resource else fits

    def conditions_hold(self, facts: Facts) -> Tri:
        """Whether all conditions hold."""
        outcome: Tri = YES
        for condition in self.conditions:
            held = condition.holds(facts)
            if held == NO:
                return NO
            outcome = min(outcome, held)
        return outcome

    def principals_fit(self, facts: Facts, *, bounded: bool) -> Ways:
        """How the statement names the caller; only for policies that name principals."""
        if self._principals is None:
            excepted = self.source.not_principals is not None
            names = (self.source.not_principals if excepted else self.source.principals) or ()
            self._principals = CompiledPrincipals(names, excepted=excepted, allows=self.allows)
        return self._principals.ways(facts, bounded=bounded)


class CompiledDocument:
    """A policy document, ready to be asked many times."""

    __slots__ = ("allowing", "denying", "source")

    def __init__(self, source: Document) -> None:
        variables = source.version == _WITH_VARIABLES
        compiled = [
            CompiledStatement(statement, number, variables=variables)
            for number, statement in enumerate(source.statements, start=1)
        ]
        self.source = source
        self.allowing = tuple(statement for statement in compiled if statement.allows)
        self.denying = tuple(statement for statement in compiled if not statement.allows)


def compile_document(document: Document) -> CompiledDocument:
    """Make a document ready to be asked: worth it once for many decisions."""
    return CompiledDocument(document)


def _compile_resource(text: str, variables: bool) -> Pattern | tuple[Piece, ...]:
    """Variables count behind the fifth colon only; before it `${` is text like any other."""
    if not variables or "${" not in text:
        return resource_pattern_of(text)
    head, tail = _behind_fifth_colon(text)
    return (
        *pieces_of(head, wildcards=True, variables=False),
        *pieces_of(tail, wildcards=True, variables=True),
    )


def _behind_fifth_colon(text: str) -> tuple[str, str]:
    parts = text.split(":", 5)
    return (text, "") if len(parts) < 6 else (":".join([*parts[:5], ""]), parts[5])


def _any_resource(patterns: Iterable[Pattern | tuple[Piece, ...]], facts: Facts) -> Tri:
    best: Tri = NO
    for pattern in patterns:
        if isinstance(pattern, Pattern):
            fits = tri(pattern.matches(facts.resource))
        else:
            fits = _variable_resource(pattern, facts)
        if fits == YES:
            return YES
        best = max(best, fits)
    return best


def _variable_resource(pieces: tuple[Piece, ...], facts: Facts) -> Tri:
    try:
        return tri(resource_pattern(resolve(pieces, facts.lookup)).matches(facts.resource))
    except NoValueError:
        return NO
    except UnresolvedError:
        return _could_match(pieces, facts)


def _could_match(pieces: tuple[Piece, ...], facts: Facts) -> Tri:
    """Whether the resource could be matched, whatever the variables hold that nobody told."""
    try:
        return MAYBE if glob(resolve_loosely(pieces, facts.lookup)).matches(facts.resource) else NO
    except NoValueError:
        return NO


def _possible(pattern: Pattern | tuple[Piece, ...], facts: Facts, *, not_resource: bool) -> Tri:
    """Whether a pattern that missed might match for all that AWS says.

    Two places where its pages leave room: whether a wildcard stops at a colon behind the fifth, as in an
    object's key; and a variable without a value in `NotResource`, which may make the statement invalid.
    """
    if isinstance(pattern, Pattern):
        return MAYBE if pattern.matches_leniently(facts.resource) else NO
    try:
        return MAYBE if glob(resolve_loosely(pattern, facts.lookup)).matches(facts.resource) else NO
    except NoValueError:
        return MAYBE if not_resource else NO


def _possibly_filled_up(names: Iterable[str], facts: Facts) -> Tri:
    """Whether an ARN of fewer than six parts may match, although no page says that AWS fills it up."""
    whole = (filled_up(name) for name in names if name.count(":") < _ARN_COLONS)
    return MAYBE if any(resource_pattern_of(one).matches(facts.resource) for one in whole) else NO
