"""Who gets in, for people at a terminal, or in a log."""

from itertools import groupby
from typing import TextIO

from crossaccess.report.diff.wording import BRIEF, WHOLE, Brevity
from crossaccess.report.plain_data import compact
from crossaccess.report.sentence import Sentence, listed, name, phrase, verbatim, words
from crossaccess.report.terminal import Screen
from crossaccess.report.who import wording
from crossaccess.who.matrix import Entry, Matrix

_COLOURS = {"+": "bold green", "~": "bold", "!": "bold red", "?": "bold yellow"}
_SIGNS = "+ gets in   ~ as soon as the other side allows it   ! no grant mentions it   ? nobody can tell"
_LINE, _DETAIL, _TEXT = 2, 6, 700


def render(matrix: Matrix, *, verbose: bool = False, stream: TextIO | None = None) -> str:
    """The matrix as lines, for a stream (its colours, its width) or as plain text without one.

    `verbose` names every action, and where each access comes from, with a request that is an example.
    """
    screen = Screen(stream)
    brevity = WHOLE if verbose else BRIEF
    _add_titles(screen, matrix, brevity)
    for one, entries in groupby(matrix.entries, key=lambda entry: entry.subject):
        screen.add(wording.subject(one, brevity), style="bold")
        for entry in entries:
            sign = wording.sign(entry)
            screen.add(wording.sentence(entry, brevity), lead=sign, colour=_COLOURS[sign], indent=_LINE)
            if verbose:
                _add_details(screen, entry)
        screen.add_line("")
    _add_rest(screen, matrix, brevity)
    screen.add_line(wording.headline(matrix), "bold")
    if matrix.entries:
        screen.add_line(_SIGNS)
    _add_known(screen, matrix)
    return screen.shown()


def _add_titles(screen: Screen, matrix: Matrix, brevity: Brevity) -> None:
    if matrix.titles:
        titles = listed([name(one, brevity.characters) for one in matrix.titles], brevity.conditions)
        screen.add((words("Read: "), *titles))
    if matrix.asked:
        asked = listed([phrase(one, brevity.characters) for one in matrix.asked])
        screen.add((words("Asked about: "), *asked))
    if matrix.titles or matrix.asked:
        screen.add_line("")


def _add_details(screen: Screen, entry: Entry) -> None:
    for statement in sorted(set(entry.statements)):
        screen.add((words("from "), phrase(statement)), indent=_DETAIL)
    for example in entry.examples:
        screen.add((words("for example "), verbatim(compact(example.request))), indent=_DETAIL)


def _add_rest(screen: Screen, matrix: Matrix, brevity: Brevity) -> None:
    """What gives nothing, and what nobody knows."""
    for idle in matrix.idle:
        sentence = (words("grant "), name(idle.name, brevity.characters), words(": nobody gets in by it"))
        screen.add(sentence, lead="-", colour="bold")
    for one in sorted(matrix.unclear, key=lambda one: (one.name, one.reason)):
        pieces = (phrase(one.name, _TEXT), words(" is not known: "), phrase(one.reason, _TEXT))
        screen.add(pieces, lead="?", colour=_COLOURS["?"])
    for note in matrix.notes:
        screen.add((phrase(note, _TEXT),), lead="*", colour="bold")
    if matrix.idle or matrix.unclear or matrix.notes:
        screen.add_line("")


def _add_known(screen: Screen, matrix: Matrix) -> None:
    screen.add_line("")
    screen.add_line("policies that were known:")
    for known in matrix.known:
        account = () if known.account is None else (words(" ("), name(known.account), words(")"))
        read = phrase(", ".join(known.read), _TEXT) if known.read else words("none")
        rest = words("" if known.whole else "; there may be others, which --policies and --profile add")
        screen.add((name(known.whose, 160), *account, words(": "), read, rest), indent=_LINE)
        for policy, why in known.unread:
            unread: Sentence = (phrase(policy, _TEXT), words(" is not known: "), phrase(why, _TEXT))
            screen.add(unread, lead="?", colour=_COLOURS["?"], indent=_DETAIL)
    screen.add_line(
        "not looked at: other principals of these accounts, and policies of organizations, of VPC endpoints "
        "and of sessions"
    )
    if matrix.actions_as_of:
        screen.add((words("Complete for AWS's list of actions of "), phrase(matrix.actions_as_of, 40)))
