"""Which statement came nearest to allowing a request, and what of it missed.

Each element of each statement is tested by the decision core's compiled statement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crossaccess.decide import CompiledDocument
from crossaccess.decide.condition import CompiledCondition
from crossaccess.decide.principal import Named, best, entry_of
from crossaccess.decide.request import Facts
from crossaccess.decide.statement import CompiledStatement
from crossaccess.decide.tri import NO, Tri, tri
from crossaccess.policy.arn import parse_arn

PRINCIPAL_ARN = "aws:principalarn"
_SUBJECTS = frozenset({"kms:encryptioncontext:aws:s3:arn", "s3:prefix"})
_NAMING = frozenset({PRINCIPAL_ARN, "aws:principalaccount", "aws:userid"})
ABOUT_WHOM_OR_WHAT = (
    _SUBJECTS
    | _NAMING
    | frozenset({"aws:principaltype", "aws:username", "aws:resourceaccount", "s3:resourceaccount"})
)
"""The condition keys that say who asks, and on what: another request of theirs on it is no different."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of a statement, and whether it fits. `condition` is the one, where it is one."""

    name: str
    fits: Tri
    condition: CompiledCondition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A statement of the document of that number (from 0), and the elements that missed."""

    document: int
    statement: CompiledStatement
    missed: tuple[Element, ...]

    def misses(self, *names: str) -> bool:
        """Whether one of the elements of these names missed."""
        return any(one.name in names for one in self.missed)

    def is_near(self, action: str) -> bool:
        """Whether it is about the action, or about others of the same service on the same resource."""
        source = self.statement.source
        if not self.misses("Action", "NotAction"):
            return True
        if source.resources is None and source.not_resources is None:
            return False
        services = {one.partition(":")[0].lower() for one in source.actions or ("*",)}
        return not self.misses("Resource", "NotResource") and not services.isdisjoint(
            {"*", action.partition(":")[0]}
        )


def elements(facts: Facts, statement: CompiledStatement, *, bounded: bool) -> Iterator[Element]:
    """The elements in the order in which people read them."""
    source = statement.source
    if source.principals is not None or source.not_principals is not None:
        name = "Principal" if source.principals is not None else "NotPrincipal"
        yield Element(name=name, fits=best(statement.principals_fit(facts, bounded=bounded)))
    name = "Action" if source.actions is not None else "NotAction"
    yield Element(name=name, fits=tri(statement.action_fits(facts)))
    if source.resources is not None or source.not_resources is not None:
        name = "Resource" if source.resources is not None else "NotResource"
        yield Element(name=name, fits=statement.resource_fits(facts))
    for condition in statement.conditions:
        yield Element(name="Condition", fits=condition.holds(facts), condition=condition)


def nearest(facts: Facts, documents: Sequence[CompiledDocument], *, bounded: bool) -> Near | None:
    """The statement that misses least; `None` where there is none that allows anything."""
    found = [
        Near(document=number, statement=statement, missed=_missed(facts, statement, bounded=bounded))
        for number, document in enumerate(documents)
        for statement in document.allowing
    ]
    return max(found, key=lambda one: _nearness(facts, one), default=None)


def _missed(facts: Facts, statement: CompiledStatement, *, bounded: bool) -> tuple[Element, ...]:
    missed = [one for one in elements(facts, statement, bounded=bounded) if one.fits == NO]
    if any(one.name == "Principal" for one in missed):
        # Who is not named at all is not named by a condition either: that is one thing to mend.
        missed = [one for one in missed if one.condition is None or one.condition.key not in _NAMING]
    return tuple(missed)


def _nearness(facts: Facts, one: Near) -> tuple[bool, int, bool, bool, bool, bool, int]:
    """What is about something else is far; then fewer misses, the same principal, action and resource.

    A statement that fits but for a principal that is gone, or that is called alike in another account, was
    meant for this one.
    """
    return (
        one.is_near(facts.action),
        -len(one.missed),
        _was_meant(facts, one),
        not one.misses("Principal", "NotPrincipal"),
        not one.misses("Action", "NotAction"),
        _is_about_it(one),
        likeness(facts.resource, one.statement),
    )


def _is_about_it(one: Near) -> bool:
    """Whether a statement is about the resource, which of keys and of lists a condition says."""
    asked = {missed.condition.key for missed in one.missed if missed.condition is not None}
    return not one.misses("Resource", "NotResource") and asked.isdisjoint(_SUBJECTS)


def _was_meant(facts: Facts, one: Near) -> bool:
    names = one.statement.source.principals or ()
    if not one.misses("Principal"):
        return False
    if any(entry_of(name.type, name.value).names is Named.UNIQUE_ID for name in names):
        return True
    caller = parse_arn(facts.caller.role_arn or facts.caller.arn)
    told = [name.value for name in names]
    told += [value for c in one.statement.conditions if c.key == PRINCIPAL_ARN for value in c.source.values]
    alike = (arn for text in told if (arn := parse_arn(text)) is not None)
    return caller is not None and any(arn.resource == caller.resource for arn in alike)


def likeness(resource: str, statement: CompiledStatement) -> int:
    """How many characters of the resource one of the statement's begins with."""
    names = statement.source.resources or ()
    return max((shared(name, resource) for name in names), default=0)


def shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
