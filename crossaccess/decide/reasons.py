"""Why: the statements that decided, and for a side that failed the one that came nearest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crossaccess.decide.caller import CallerKind
from crossaccess.decide.evaluate import Decision, Layer, LayerVerdict, Verdict
from crossaccess.decide.principal import best
from crossaccess.decide.request import Facts
from crossaccess.decide.statement import CompiledDocument, CompiledStatement
from crossaccess.decide.tri import MAYBE, NO, YES, Tri, tri
from crossaccess.policy.document import PrincipalName


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason. `layer` is where it stands (`None`: a rule of AWS), `document` counts from 1 within it.

    `statement` is the statement's label; `element` the element that missed or could not be told.
    """

    text: str
    layer: Layer | None = None
    level: int | None = None
    document: int | None = None
    statement: str | None = None
    element: str | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class _Fit:
    """One statement of a layer, and how far it fits. `bounded`: the caller has a permissions boundary."""

    facts: Facts
    bounded: bool
    document: int
    statement: CompiledStatement

    @property
    def outcome(self) -> Tri:
        """Whether the statement applies."""
        source = self.statement.source
        if source.principals is None and source.not_principals is None:
            return self.statement.applies(self.facts)
        return best(self.statement.ways(self.facts, bounded=self.bounded))

    @property
    def elements(self) -> tuple[tuple[str, Tri, str], ...]:
        """Each element in the order in which people read: its name, whether it fits, what it says."""
        return tuple(_elements(self.facts, self.statement, bounded=self.bounded))

    @property
    def nearness(self) -> tuple[int, int]:
        """Statements that miss fewer elements are nearer; of these, one that misses a later element."""
        elements = self.elements
        missed = [index for index, (_, value, _) in enumerate(elements) if value == NO]
        return (-len(missed), missed[0] if missed else len(elements))


def explain(facts: Facts, verdict: Verdict) -> tuple[Reason, ...]:
    """Say why the verdict is what it is."""
    if verdict.decision is Decision.ALLOWED:
        return tuple(_allowing(facts, verdict))
    if verdict.decision is Decision.DENIED:
        return tuple(_denying(facts, verdict))
    rule = () if verdict.rule is None else (Reason(text=verdict.rule),)
    if verdict.decision is Decision.NOT_ALLOWED:
        return rule or tuple(_missing(facts, verdict))
    return (*rule, *_unknown(facts, verdict))


def _allowing(facts: Facts, verdict: Verdict) -> Iterator[Reason]:
    if verdict.rule is not None:
        yield Reason(text=verdict.rule)
    elif facts.caller.kind is CallerKind.ROOT:
        yield Reason(text="the root user of an account has all its permissions")
    for layer in verdict.layers:
        for fit in _fits(facts, verdict, layer, allowing=True):
            if fit.outcome == YES:
                yield _reason(layer, fit, f"{_where(layer, fit)} allows it")


def _denying(facts: Facts, verdict: Verdict) -> Iterator[Reason]:
    for layer in verdict.layers:
        if layer.denies == YES:
            for fit in _fits(facts, verdict, layer, allowing=False):
                if fit.outcome == YES:
                    yield _reason(layer, fit, f"{_where(layer, fit)} denies it")


def _missing(facts: Facts, verdict: Verdict) -> Iterator[Reason]:
    """One reason for each layer that does not allow, and for a resource policy that is not there."""
    seen = {layer.layer for layer in verdict.layers}
    if verdict.identity_is_enough:
        seen.add(Layer.RESOURCE)
    for layer in verdict.layers:
        if layer.layer is Layer.RESOURCE and verdict.identity_is_enough:
            continue
        if layer.allows == NO:
            yield _not_allowing(facts, verdict, layer)
        elif layer.allows == MAYBE:
            yield from _undecided(facts, verdict, layer, allowing=True)
    if Layer.RESOURCE not in seen:
        yield Reason(text="the resource has no policy that allows it", layer=Layer.RESOURCE)
    for layer in verdict.layers:
        if layer.denies == MAYBE:
            yield from _undecided(facts, verdict, layer, allowing=False)


def _unknown(facts: Facts, verdict: Verdict) -> Iterator[Reason]:
    told = verdict.rule is not None
    for layer in verdict.layers:
        if layer.denies == MAYBE:
            told = True
            yield from _undecided(facts, verdict, layer, allowing=False)
        if layer.allows == MAYBE:
            told = True
            yield from _undecided(facts, verdict, layer, allowing=True)
    if not told:
        yield Reason(
            text="the resource policy allows everyone, and AWS does not say how far a permissions boundary "
            "or session policy that merely does not allow limits that",
            layer=Layer.RESOURCE,
        )


def _not_allowing(facts: Facts, verdict: Verdict, layer: LayerVerdict) -> Reason:
    name = _layer_name(layer)
    fits = list(_fits(facts, verdict, layer, allowing=True))
    if not fits:
        return Reason(text=f"{name}: nothing is allowed by it", layer=layer.layer, level=layer.level)
    nearest = max(fits, key=lambda fit: fit.nearness)
    missed = [(element, text) for element, value, text in nearest.elements if value != YES]
    texts = "; ".join(text for _, text in missed)
    return _reason(
        layer,
        nearest,
        f"no {name} allows it; nearest is {_where(layer, nearest)}: {texts}",
        element=missed[0][0] if missed else None,
    )


def _undecided(facts: Facts, verdict: Verdict, layer: LayerVerdict, *, allowing: bool) -> Iterator[Reason]:
    verb = "allows" if allowing else "denies"
    told = False
    for fit in _fits(facts, verdict, layer, allowing=allowing):
        if fit.outcome == MAYBE:
            told = True
            open_elements = [(element, text) for element, value, text in fit.elements if value == MAYBE]
            texts = "; ".join(text for _, text in open_elements)
            text = f"whether {_where(layer, fit)} {verb} it is unknown: {texts}"
            yield _reason(layer, fit, text, element=open_elements[0][0])
    if not told:
        why = "the role's path is not known"
        if layer.layer is Layer.ENDPOINT:
            why = "an account as principal means its root user at a gateway endpoint, and all of it elsewhere"
        text = f"whether the {_layer_name(layer)} {verb} it is unknown: {why}"
        yield Reason(text=text, layer=layer.layer, level=layer.level)


def _fits(facts: Facts, verdict: Verdict, layer: LayerVerdict, *, allowing: bool) -> Iterator[_Fit]:
    for number, document in enumerate(layer.documents, start=1):
        for statement in _side(document, allowing=allowing):
            yield _Fit(facts, verdict.bounded, number, statement)


def _side(document: CompiledDocument, *, allowing: bool) -> Iterable[CompiledStatement]:
    return document.allowing if allowing else document.denying


def _elements(facts: Facts, statement: CompiledStatement, *, bounded: bool) -> Iterator[tuple[str, Tri, str]]:
    source = statement.source
    names = source.principals if source.principals is not None else source.not_principals
    if names is not None:
        element = "Principal" if source.principals is not None else "NotPrincipal"
        named = best(statement.principals_fit(facts, bounded=bounded))
        told = f"its {element} is {_listed(_principal_text(name) for name in names)}"
        if named == MAYBE:
            told += f", and whether that takes in {facts.caller.arn} cannot be told"
            if facts.caller.role_name is not None and facts.caller.role_arn is None:
                told += " without aws:PrincipalArn: a session's ARN has lost the path of its role"
        yield element, named, told
    element = "Action" if source.actions is not None else "NotAction"
    fits = statement.action_fits(facts)
    yield element, tri(fits), f"its {element} is {_listed(source.actions or source.not_actions or ())}"
    if source.resources is not None or source.not_resources is not None:
        element = "Resource" if source.resources is not None else "NotResource"
        listed = _listed(source.resources or source.not_resources or ())
        yield element, statement.resource_fits(facts), f"its {element} is {listed}"
    for condition in statement.conditions:
        held = condition.holds(facts)
        told = condition.why_unknown(facts) if held == MAYBE else condition.why_missed(facts)
        yield "Condition", held, told


def _principal_text(name: PrincipalName) -> str:
    return name.value if name.type in ("*", "AWS") else f"{name.type} {name.value}"


def _listed(texts: Iterable[str], most: int = 4) -> str:
    listed = list(texts)
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} and {len(listed) - most} more"


def _layer_name(layer: LayerVerdict) -> str:
    return layer.layer.value if layer.level is None else f"{layer.layer.value} of level {layer.level}"


def _where(layer: LayerVerdict, fit: _Fit) -> str:
    several = len(layer.documents) > 1
    number = f" {fit.document}" if several else ""
    return f"{_layer_name(layer)}{number}, {fit.statement.label}"


def _reason(layer: LayerVerdict, fit: _Fit, text: str, element: str | None = None) -> Reason:
    return Reason(
        text=text,
        layer=layer.layer,
        level=layer.level,
        document=fit.document,
        statement=fit.statement.label,
        element=element,
    )
