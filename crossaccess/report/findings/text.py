"""Findings for people at a terminal, or in a log: by rule, the worst first."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final, TextIO

from crossaccess.findings.finding import Finding, Rule, Severity
from crossaccess.report.sentence import Sentence, counted, name, phrase, strong, words
from crossaccess.report.terminal import Screen

_COLOURS: Final = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold",
    Severity.INFO: "bold",
}
_NAME, _TEXT = 160, 700
_INDENT, _MORE = 2, 4


def render(findings: Sequence[Finding], notes: Sequence[str], stream: TextIO | None = None) -> str:
    """The findings as lines, for a stream (its colours, its width) or as plain text without one."""
    screen = Screen(stream)
    for rule, listed in groupby(findings, key=lambda one: one.rule):
        _add(screen, rule, tuple(listed))
        screen.add_line("")
    for note in notes:
        screen.add((phrase(note, _TEXT),), lead="*", colour="bold")
    screen.add_line(summary(findings))
    return screen.shown()


def summary(findings: Sequence[Finding]) -> str:
    """How many there are: `3 findings: 1 high, 2 low`."""
    if not findings:
        return "no findings"
    listed = [one.severity for one in findings]
    counts = [f"{listed.count(one):,} {one.value}" for one in reversed(Severity) if one in listed]
    return f"{counted(len(findings), 'finding', 'findings')}: {', '.join(counts)}"


def _add(screen: Screen, rule: Rule, findings: Sequence[Finding]) -> None:
    head = (strong(f"{rule.id} {rule.name}"), words(f" — {rule.title}"))
    screen.add(head, lead=f"{rule.severity.value}:", colour=_COLOURS[rule.severity])
    for one in findings:
        sentence = (*_where(one), words(": "), phrase(one.message, _TEXT))
        sign, colour = ("-", "bold red") if one.certain else ("?", "bold yellow")
        screen.add(sentence, lead=sign, colour=colour, indent=_INDENT)
        if one.mend is not None:
            screen.add((phrase(one.mend, _TEXT),), lead="->", colour="bold", indent=_MORE)
    screen.add((words(rule.reason),), indent=_INDENT)
    screen.add((words(rule.mend),), lead="->", colour="bold", indent=_INDENT)
    screen.add((words(f"see {rule.page}"),), indent=_INDENT)


def _where(one: Finding) -> Sentence:
    found: Sentence = (name(one.about, _NAME),)
    if one.account is not None:
        found = (*found, words(" ("), name(one.account, _NAME), words(")"))
    for part in (one.policy, one.statement):
        if part is not None:
            found = (*found, words(", "), name(part, _NAME))
    return found
