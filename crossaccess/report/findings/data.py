"""Findings as JSON for programs: documented in `docs/findings.md`, and stable within a version."""

from collections.abc import Sequence

from crossaccess.findings.finding import Finding, Rule, Severity
from crossaccess.report.plain_data import indented

VERSION = 1
"""Counted up where a key goes away or changes its meaning; new keys and rules may come without it."""


def render(findings: Sequence[Finding], notes: Sequence[str], titles: Sequence[str]) -> str:
    """The findings as a JSON document, ASCII only, the same for the same findings."""
    severities = [one.severity for one in findings]
    document = {
        "version": VERSION,
        "titles": list(titles),
        "summary": {one.value: severities.count(one) for one in reversed(Severity)},
        "findings": [_finding(one) for one in findings],
        "rules": [_rule(one) for one in dict.fromkeys(one.rule for one in findings)],
        "notes": list(notes),
    }
    return indented(document) + "\n"


def _finding(one: Finding) -> dict[str, object]:
    return {
        "rule": one.rule.id,
        "severity": one.severity.value,
        "certain": one.certain,
        "about": one.about,
        "account": one.account,
        "policy": one.policy,
        "statement": one.statement,
        "source": one.source or None,
        "message": one.message,
        "mend": one.mend,
    }


def _rule(one: Rule) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "severity": one.severity.value,
        "title": one.title,
        "reason": one.reason,
        "page": one.page,
        "mend": one.mend,
    }
