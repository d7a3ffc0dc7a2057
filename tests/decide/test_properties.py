"""What must hold of every decision, whatever the policies: found out with random ones."""

import dataclasses
import json
import random
from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossaccess.decide import Decision
from crossaccess.policy.document import PolicyKind, canonical_json, parse_document
from tests.decide import reference
from tests.decide.strategies import (
    Json,
    Situation,
    actions,
    contexts,
    documents,
    situations,
    statements,
    targets,
    users,
)

many = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32).map(random.Random)


def _with(document: Json, change: Callable[[list[Json]], list[Json]]) -> Json:
    old = document["Statement"]
    assert isinstance(old, list)
    return {**document, "Statement": change(old)}


Change = Callable[[list[Json], bool], list[Json]]


def _each(sources: tuple[Json, ...] | None, change: Change) -> Iterator[tuple[Json, ...]]:
    for index, source in enumerate(sources or ()):
        changed = _with(source, lambda old: change(old, False))
        yield (*(sources or ())[:index], changed, *(sources or ())[index + 1 :])


def _variants(where: Situation, change: Change) -> Iterator[Situation]:
    """The situation with one document changed at a time; `change` is told whether it has principals."""
    for identity in _each(where.identity, change):
        yield dataclasses.replace(where, identity=identity)
    for boundary in _each(where.boundary, change):
        yield dataclasses.replace(where, boundary=boundary)
    for session in _each(where.session, change):
        yield dataclasses.replace(where, session=session)
    for level in _each(where.scp[0] if where.scp else None, change):
        yield dataclasses.replace(where, scp=(level,))
    if where.resource is not None:
        yield dataclasses.replace(where, resource=_with(where.resource, lambda old: change(old, True)))
    if where.endpoint is not None:
        yield dataclasses.replace(where, endpoint=_with(where.endpoint, lambda old: change(old, True)))


# Whether a change that can only take away has only taken away: (before, after) pairs that it may not make.
_GAINS = {
    (before, Decision.ALLOWED) for before in (Decision.DENIED, Decision.NOT_ALLOWED, Decision.UNKNOWN)
} | {(Decision.DENIED, after) for after in (Decision.NOT_ALLOWED, Decision.UNKNOWN)}


@many
@given(situations(), statements(effect="Deny"))
def test_adding_a_deny_never_allows_more(where: Situation, deny: Json) -> None:
    """One more Deny, in whichever document, leaves what was refused refused."""
    before = where.answer().decision

    def added(old: list[Json], with_principal: bool) -> list[Json]:
        return [*old, {**deny, "Principal": "*"} if with_principal else deny]

    for after in _variants(where, added):
        assert (before, after.answer().decision) not in _GAINS


@many
@given(situations(), st.integers(0, 2))
def test_removing_an_allow_never_allows_more(where: Situation, index: int) -> None:
    """One Allow less, in whichever document, leaves what was refused refused."""
    before = where.answer().decision

    def removed(old: list[Json], _with_principal: bool) -> list[Json]:
        allows = [place for place, statement in enumerate(old) if statement["Effect"] == "Allow"]
        if not allows or len(old) == 1:
            return old
        gone = allows[index % len(allows)]
        return [statement for place, statement in enumerate(old) if place != gone]

    for after in _variants(where, removed):
        assert (before, after.answer().decision) not in _GAINS


@many
@given(situations(), documents(), documents(principal=True))
def test_one_more_limiting_layer_never_allows_more(where: Situation, plain: Json, endpoint: Json) -> None:
    """A boundary, session policy, SCP level or endpoint policy where there was none only takes away."""
    before = where.answer().decision
    limited = [dataclasses.replace(where, scp=(*where.scp, (plain,)))]
    if where.boundary is None:
        limited.append(dataclasses.replace(where, boundary=(plain,)))
    if where.session is None:
        limited.append(dataclasses.replace(where, session=(plain,)))
    if where.endpoint is None:
        limited.append(dataclasses.replace(where, endpoint=endpoint))
    for after in limited:
        assert (before, after.answer().decision) not in _GAINS


def _shuffled(value: object, by: random.Random) -> object:
    """The same JSON with every list in another order; the order of a policy's lists means nothing."""
    if isinstance(value, dict):
        pairs = [(key, _shuffled(entry, by)) for key, entry in value.items()]
        by.shuffle(pairs)
        return dict(pairs)
    if isinstance(value, list):
        items = [_shuffled(item, by) for item in value]
        by.shuffle(items)
        return items
    return value


@many
@given(situations(), seeds)
def test_the_order_of_statements_and_of_lists_does_not_matter(where: Situation, by: random.Random) -> None:
    """Statements, actions, resources, principals, values and documents may stand in any order."""

    def other(sources: tuple[Json, ...] | None) -> tuple[Json, ...] | None:
        if sources is None:
            return None
        changed = _shuffled(list(sources), by)
        assert isinstance(changed, list)
        return tuple(changed)

    def one(source: Json | None) -> Json | None:
        return None if source is None else dict(_shuffled(source, by))  # type: ignore[call-overload]

    after = dataclasses.replace(
        where,
        identity=other(where.identity) or (),
        boundary=other(where.boundary),
        session=other(where.session),
        resource=one(where.resource),
        endpoint=one(where.endpoint),
        scp=tuple(other(level) or () for level in where.scp),
        rcp=tuple(other(level) or () for level in where.rcp),
    )
    assert after.answer().decision is where.answer().decision


@many
@given(situations(), contexts())
def test_what_is_decided_with_keys_missing_stays_decided_when_they_come(
    where: Situation, rest: dict[str, list[str]]
) -> None:
    """A decision on an incomplete context holds for every context that completes it.

    Only a refusal may turn from nobody allowing it into an explicit deny.
    """
    early = dataclasses.replace(where, complete=False).answer().decision
    late = dataclasses.replace(where, context={**rest, **where.context}).answer().decision
    if early is Decision.NOT_ALLOWED:
        assert late in {Decision.NOT_ALLOWED, Decision.DENIED}
    elif early is not Decision.UNKNOWN:
        assert late is early


@many
@given(situations())
def test_every_decision_has_reasons(where: Situation) -> None:
    """Whatever was parsed is decided without an error, with a reason or more."""
    answer = where.answer()
    assert answer.decision in set(Decision)
    assert answer.reasons


@many
@given(situations(), st.integers(0, 2**20))
def test_the_case_of_actions_does_not_matter(where: Situation, bits: int) -> None:
    """An action and the pattern that names it may differ in case."""
    mixed = "".join(
        letter.swapcase() if bits >> place & 1 else letter for place, letter in enumerate(where.action)
    )
    assert dataclasses.replace(where, action=mixed).answer().decision is where.answer().decision


_plain_documents = documents(conditional=False)


@many
@given(
    users,
    actions,
    targets,
    _plain_documents,
    documents(principal=True, conditional=False),
)
def test_two_accounts_are_decided_as_the_slow_evaluator_decides(
    caller: str, action: str, target: str, identity: Json, bucket: Json
) -> None:
    """Statements without conditions of both sides, held against an evaluator that shares no code."""
    found = Situation(
        caller=caller, action=action, target=target, context={}, identity=(identity,), resource=bucket
    ).answer()
    own, theirs = identity["Statement"], bucket["Statement"]
    assert isinstance(own, list)
    assert isinstance(theirs, list)
    expected = reference.across_accounts(own, theirs, caller=caller, action=action, target=target)
    assert found.decision.value == expected


@many
@given(situations(), st.integers(0, 2))
def test_a_wider_resource_never_takes_an_allow_away(where: Situation, index: int) -> None:
    """An Allow on everything allows whatever it allowed on less."""

    def widened(old: list[Json], _with_principal: bool) -> list[Json]:
        statement = old[index % len(old)]
        if statement["Effect"] != "Allow":
            return old
        wider = {key: value for key, value in statement.items() if key != "NotResource"} | {"Resource": "*"}
        return [wider if item is statement else item for item in old]

    if where.answer().decision is Decision.ALLOWED:
        for after in _variants(where, widened):
            assert after.answer().decision is Decision.ALLOWED


@many
@given(st.booleans().flatmap(lambda principal: st.tuples(st.just(principal), documents(principal=principal))))
def test_parsing_what_was_written_changes_nothing(drawn: tuple[bool, Json]) -> None:
    """A canonical text, read and written again, is the same text; so is the document it stands for."""
    principal, source = drawn
    kind = PolicyKind.RESOURCE if principal else PolicyKind.IDENTITY
    text = canonical_json(parse_document(source, kind))
    again = parse_document(text, kind)
    assert canonical_json(again) == text
    assert parse_document(canonical_json(again), kind) == again


@many
@given(situations())
def test_a_canonical_document_decides_as_the_one_it_was_written_from(where: Situation) -> None:
    """Writing loses nothing: principals, conditions and versions decide as before."""
    if where.resource is None:
        return
    text = canonical_json(parse_document(where.resource, PolicyKind.RESOURCE))
    after = dataclasses.replace(where, resource=json.loads(text))
    assert after.answer().decision is where.answer().decision


@many
@given(statements(principal=True), seeds)
def test_the_canonical_text_does_not_depend_on_the_order_of_lists_and_keys(
    statement: Json, by: random.Random
) -> None:
    """A policy whose lists or elements stand in another order is the same text."""
    source = {"Version": "2012-10-17", "Statement": [statement]}
    other = {"Statement": [_shuffled(statement, by)], "Version": "2012-10-17"}
    assert canonical_json(parse_document(source, PolicyKind.RESOURCE)) == canonical_json(
        parse_document(other, PolicyKind.RESOURCE)
    )
