"""A comparison for people at a terminal, or in a log."""

from typing import TextIO

from crossaccess.compare.change import Change, Comparison, Effect
from crossaccess.report.diff import wording
from crossaccess.report.diff.about import CHANGE, About
from crossaccess.report.diff.order import by_target
from crossaccess.report.diff.wording import BRIEF, WHOLE, Brevity
from crossaccess.report.plain_data import compact
from crossaccess.report.sentence import Sentence, name, phrase, verbatim, words
from crossaccess.report.terminal import Screen

_COLOURS = {Effect.GAIN: "bold green", Effect.LOSS: "bold red", Effect.UNKNOWN: "bold yellow"}
_DETAIL = 6


def render(
    comparison: Comparison, *, verbose: bool = False, stream: TextIO | None = None, about: About = CHANGE
) -> str:
    """The comparison as lines, for a stream (its colours, its width) or as plain text without one.

    `verbose` names every action, and where each change comes from, with an example.
    """
    screen = Screen(stream)
    brevity = WHOLE if verbose else BRIEF
    if comparison.titles and (comparison.changes or comparison.unclear or verbose):
        screen.add(wording.compared(comparison, brevity))
        screen.add_line("")
    for target, changes in by_target(comparison.changes):
        screen.add((name(target, brevity.characters),), style="bold")
        for change in changes:
            sentence = wording.sentence(change, brevity, placed=True)
            screen.add(sentence, lead=wording.sign(change), colour=_COLOURS[change.effect], indent=2)
            if verbose:
                _add_details(screen, change, about)
        screen.add_line("")
    _add_unclear(screen, comparison, brevity, about)
    _add_notes(screen, comparison, brevity)
    if verbose and comparison.rewritten:
        screen.add_line("policies rewritten")
        for policy in sorted(comparison.rewritten, key=lambda one: (one.account or "", one.name)):
            screen.add(wording.rewritten(policy, brevity), indent=2)
        screen.add_line("")
    screen.add_line(wording.headline(comparison, about), "bold")
    if comparison.changes or comparison.unclear:
        screen.add(wording.basis(comparison))
    return screen.shown()


def _add_details(screen: Screen, change: Change, about: About) -> None:
    for statement in sorted(set(change.statements)):
        screen.add((words("from "), phrase(statement)), indent=_DETAIL)
    for example in change.examples:
        request = verbatim(compact(example.request))
        before: Sentence = (words(" — "), phrase(example.old), words(f" {about.old}, "))
        after: Sentence = (phrase(example.new), words(f" {about.new}"))
        screen.add((words("for example "), request, *before, *after), indent=_DETAIL)


def _add_unclear(screen: Screen, comparison: Comparison, brevity: Brevity, about: About) -> None:
    if comparison.unclear:
        screen.add_line(about.unknown, "bold")
        for entry in sorted(comparison.unclear, key=lambda one: (one.name, one.reason)):
            sentence = wording.unclear(entry, brevity, about)
            screen.add(sentence, lead="?", colour=_COLOURS[Effect.UNKNOWN], indent=2)
        screen.add_line("")


def _add_notes(screen: Screen, comparison: Comparison, brevity: Brevity) -> None:
    for note in comparison.notes:
        screen.add((phrase(note, None if brevity is WHOLE else 400),), lead="!", colour="bold")
    if comparison.notes:
        screen.add_line("")
