"""A comparison as JSON for programs: documented in `docs/diff-json.md`, and stable within a version."""

from collections.abc import Iterable, Mapping

from crossaccess.compare.change import Change, Comparison, Example
from crossaccess.compare.verdict import tally
from crossaccess.report.diff import wording
from crossaccess.report.diff.order import actions_in_order, ordered
from crossaccess.report.diff.wording import BRIEF
from crossaccess.report.plain_data import indented, plain
from crossaccess.report.sentence import told

VERSION = 1
"""Counted up where a key goes away or changes its meaning; new keys may come without it."""


def render(comparison: Comparison, more: Mapping[str, object] | None = None) -> str:
    """The comparison as a JSON document, ASCII only, the same for the same comparison.

    `more` are further keys of the document.
    """
    return indented({**_document(comparison), **(more or {})}) + "\n"


def _document(comparison: Comparison) -> dict[str, object]:
    counts = tally(comparison)
    rewritten = sorted(comparison.rewritten, key=lambda one: (one.name, one.account or ""))
    unclear = sorted(comparison.unclear, key=lambda one: (one.name, one.reason))
    return {
        "version": VERSION,
        "titles": list(comparison.titles),
        "actionsAsOf": comparison.actions_as_of or None,
        "summary": {"gained": counts.gained, "lost": counts.lost, "unknown": counts.unknown},
        "changes": [_change(change) for change in ordered(comparison.changes)],
        "rewritten": [{"name": one.name, "account": one.account} for one in rewritten],
        "unclear": [{"name": one.name, "reason": one.reason} for one in unclear],
        "notes": list(comparison.notes),
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "effect": change.effect.value,
        "standing": change.standing.value,
        "shift": change.shift.value if change.shift else None,
        "public": change.public,
        "subject": {"name": change.subject.name, "account": change.subject.account},
        "target": change.target,
        "actions": list(actions_in_order(change.actions)),
        "resources": _each(change.resources),
        "spared": _each(change.spared),
        "conditions": list(change.conditions),
        "before": list(change.before),
        "way": change.way,
        "takers": None if change.takers is None else _each(change.takers),
        "awaitsOwner": change.awaits_owner,
        "reason": change.reason,
        "statements": _each(change.statements),
        "examples": [_example(example) for example in change.examples],
        "sentence": told(wording.sentence(change, BRIEF)),
    }


def _example(example: Example) -> dict[str, object]:
    return {"request": plain(example.request), "old": example.old, "new": example.new}


def _each(texts: Iterable[str]) -> list[str]:
    return sorted(set(texts))
