"""Explanations as JSON for programs: documented in `docs/explain.md`, and stable within a version."""

from collections.abc import Sequence

from crossaccess.explain.result import Explanation, Finding, Known, Side, Step, Way
from crossaccess.report.plain_data import indented

VERSION = 1
"""Counted up where a key goes away or changes its meaning; new keys may come without it."""


def render(explanations: Sequence[Explanation], notes: Sequence[str], titles: Sequence[str]) -> str:
    """The explanations as a JSON document, ASCII only, the same for the same explanations."""
    document = {
        "version": VERSION,
        "titles": list(titles),
        "answers": [_answer(one) for one in explanations],
        "notes": list(notes),
    }
    return indented(document) + "\n"


def _answer(one: Explanation) -> dict[str, object]:
    return {
        "principal": {"name": one.principal, "account": one.account},
        "action": one.action,
        "resource": one.resource,
        "prefix": one.prefix,
        "decision": one.decision.value,
        "ways": [_way(way) for way in one.ways],
        "otherWays": [_short(way) for way in one.others],
        "ask": list(one.ask),
        "assumed": list(one.assumed),
        "keyless": one.keyless,
        "known": [_known(known) for known in one.known],
    }


def _way(way: Way) -> dict[str, object]:
    return {**_short(way), "steps": [_step(step) for step in way.steps]}


def _short(way: Way) -> dict[str, object]:
    return {
        "method": way.method.value,
        "role": way.role,
        "grants": list(way.grants),
        "decision": way.decision.value,
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "caller": step.caller,
        "action": step.action,
        "resource": step.resource,
        "decision": step.decision.value,
        "rule": step.rule,
        "onlyFor": step.only_for,
        "sides": [_side(side) for side in step.sides],
    }


def _side(side: Side) -> dict[str, object]:
    return {
        "part": side.part.value,
        "whose": side.whose,
        "account": side.account,
        "stack": side.stack,
        "standing": side.standing.value,
        "findings": [_finding(finding) for finding in side.findings],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "text": finding.text,
        "policy": finding.policy,
        "statement": finding.statement,
        "element": finding.element,
        "source": finding.source or None,
        "mend": finding.mend,
        "ask": list(finding.ask),
    }


def _known(known: Known) -> dict[str, object]:
    return {
        "whose": known.whose,
        "account": known.account,
        "read": list(known.read),
        "unread": [{"policy": policy, "why": why} for policy, why in known.unread],
        "whole": known.whole,
    }
