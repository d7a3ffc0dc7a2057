"""Who gets in as JSON for programs: documented in `docs/who.md`, and stable within a version."""

from collections.abc import Iterable

from crossaccess.compare.change import Standing
from crossaccess.deployment.picture import Grant
from crossaccess.explain.result import Known
from crossaccess.report.diff.order import actions_in_order
from crossaccess.report.plain_data import indented, plain
from crossaccess.report.sentence import told
from crossaccess.report.who import wording
from crossaccess.who.matrix import Entry, Matrix

VERSION = 1
"""Counted up where a key goes away or changes its meaning; new keys may come without it."""


def render(matrix: Matrix) -> str:
    """The matrix as a JSON document, ASCII only, the same for the same matrix."""
    unclear = sorted(matrix.unclear, key=lambda one: (one.name, one.reason))
    document = {
        "version": VERSION,
        "titles": list(matrix.titles),
        "asked": list(matrix.asked),
        "actionsAsOf": matrix.actions_as_of or None,
        "summary": _summary(matrix),
        "entries": [_entry(entry) for entry in matrix.entries],
        "grants": [_grant(grant, matrix) for grant in matrix.grants],
        "known": [_known(known) for known in matrix.known],
        "unclear": [{"name": one.name, "reason": one.reason} for one in unclear],
        "notes": list(matrix.notes),
    }
    return indented(document) + "\n"


def _summary(matrix: Matrix) -> dict[str, int]:
    sure = [one for one in matrix.entries if one.is_sure]
    return {
        "principals": len({one.subject for one in matrix.entries}),
        "effective": sum(one.standing is Standing.EFFECTIVE for one in sure),
        "delegated": sum(one.standing is Standing.DELEGATED for one in sure),
        "unknown": len(matrix.entries) - len(sure),
        "unmentioned": len(matrix.unmentioned),
        "public": sum(one.public for one in matrix.entries),
    }


def _entry(entry: Entry) -> dict[str, object]:
    place = entry.place
    return {
        "principal": {"name": entry.subject.name, "account": entry.subject.account},
        "place": {"label": place.label, "kind": place.kind, "arn": place.arn, "account": place.account},
        "access": list(entry.access),
        "actions": list(actions_in_order(entry.actions)),
        "resources": _each(entry.resources),
        "spared": _each(entry.spared),
        "listing": _each(entry.listing),
        "conditions": list(entry.conditions),
        "standing": entry.standing.value,
        "awaitsOwner": entry.awaits_owner,
        "method": None if entry.method is None else entry.method.value,
        "role": entry.role,
        "public": entry.public,
        "takers": None if entry.takers is None else _each(entry.takers),
        "reason": entry.reason,
        "grants": list(entry.grants),
        "mentioned": entry.is_mentioned,
        "statements": _each(entry.statements),
        "examples": [plain(example.request) for example in entry.examples],
        "sentence": told(wording.sentence(entry)),
    }


def _grant(grant: Grant, matrix: Matrix) -> dict[str, object]:
    return {
        "name": grant.name,
        "bucket": grant.bucket,
        "owner": grant.owner,
        "account": grant.account,
        "principals": list(grant.principals),
        "method": grant.method,
        "idle": grant in matrix.idle,
    }


def _known(known: Known) -> dict[str, object]:
    return {
        "whose": known.whose,
        "account": known.account,
        "read": list(known.read),
        "unread": [{"policy": policy, "why": why} for policy, why in known.unread],
        "whole": known.whole,
    }


def _each(texts: Iterable[str]) -> list[str]:
    return sorted(set(texts))
