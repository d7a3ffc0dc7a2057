"""Explanations for people at a terminal, or in a log."""

from collections.abc import Sequence
from typing import TextIO

from crossaccess.decide import Decision
from crossaccess.explain.hints import COMMAND_LINE, Hints
from crossaccess.explain.result import Explanation, Known, Method, Side, Standing, Step, Way
from crossaccess.report.sentence import Sentence, counted, name, phrase, strong, words
from crossaccess.report.terminal import Screen

_COLOURS = {
    Decision.ALLOWED: "bold green",
    Decision.DENIED: "bold red",
    Decision.NOT_ALLOWED: "bold red",
    Decision.UNKNOWN: "bold yellow",
}
_SIGNS = {
    Standing.ALLOWS: ("+", "bold green"),
    Standing.DENIES: ("-", "bold red"),
    Standing.DOES_NOT_ALLOW: ("-", "bold red"),
    Standing.UNKNOWN: ("?", "bold yellow"),
    Standing.NOT_NEEDED: ("=", ""),
}
_NAME, _TEXT = 160, 700
_STEP, _SIDE, _MORE = 2, 4, 6
_MOST = 8


def render(
    explanations: Sequence[Explanation],
    notes: Sequence[str],
    stream: TextIO | None = None,
    hints: Hints = COMMAND_LINE,
) -> str:
    """The explanations as lines, for a stream (its colours, its width) or as plain text without one."""
    screen = Screen(stream)
    for index, one in enumerate(explanations):
        if index:
            screen.add_line("")
        _add(screen, one, hints)
    for note in notes:
        screen.add((phrase(note, _TEXT),), lead="*", colour="bold")
    return screen.shown()


def _add(screen: Screen, one: Explanation, hints: Hints) -> None:
    account = () if one.account is None else (words(" ("), name(one.account), words(")"))
    asked = (name(one.action), words(" on "), name(one.resource, _NAME))
    under = (words(", under "), name(one.prefix, _NAME)) if one.prefix else ()
    sentence = (name(one.principal, _NAME), *account, words(" — "), *asked, *under)
    screen.add(sentence, lead=f"{one.decision.value}:", colour=_COLOURS[one.decision])
    for way in one.ways:
        _add_way(screen, way)
    if one.others:
        screen.add_line("")
    for way in one.others[:_MOST]:
        screen.add((*_title(way), words(f": {way.decision.value}")))
    if len(one.others) > _MOST:
        more = counted(len(one.others) - _MOST, "other way", "other ways")
        screen.add((words(f"and {more}"),))
    if one.ask:
        keys = hints.context([(key, "…") for key in one.ask])
        screen.add((words("to know, ask again with "), phrase(keys, _TEXT)), lead="?", colour="bold yellow")
    screen.add_line("")
    _add_known(screen, one, hints)


def _add_way(screen: Screen, way: Way) -> None:
    screen.add_line("")
    screen.add((*_title(way), words(f": {way.decision.value}")), style="bold")
    for step in way.steps:
        _add_step(screen, step)


def _title(way: Way) -> Sentence:
    title: Sentence = (strong(way.method.value),)
    if way.method is Method.ROLE and way.role is not None:
        title = (*title, words(" "), name(way.role, _NAME))
    for index, grant in enumerate(way.grants[:4]):
        title = (*title, words(", " if index else " — grant "), name(grant, _NAME))
    return title


def _add_step(screen: Screen, step: Step) -> None:
    asked = (name(step.action), words(" on "), name(step.resource, _NAME))
    only = () if step.only_for is None else (words(", for "), phrase(step.only_for, _TEXT), words(" only"))
    screen.add((*asked, words(f": {step.decision.value}"), *only), indent=_STEP)
    if step.rule is not None:
        screen.add((phrase(step.rule, _TEXT),), lead="-", colour="bold red", indent=_SIDE)
    for side in step.sides:
        _add_side(screen, side)


def _add_side(screen: Screen, side: Side) -> None:
    sign, colour = _SIGNS[side.standing]
    where: Sentence = () if side.account is None else (words("account "), name(side.account))
    if side.stack is not None:
        where = (name(side.stack, _NAME),)
    start = (*where, words(": " if where else ""))
    if side.standing is Standing.NOT_NEEDED:
        told = (words(f"the {side.part.value} need not allow it: all is of one account"),)
        screen.add((*start, *told), lead=sign, colour=colour, indent=_SIDE)
    for one in side.findings:
        screen.add((*start, phrase(one.text, _TEXT)), lead=sign, colour=colour, indent=_SIDE)
        if one.mend is not None:
            screen.add((phrase(one.mend, _TEXT),), lead="->", colour="bold", indent=_MORE)


def _add_known(screen: Screen, one: Explanation, hints: Hints) -> None:
    keyless = "no KMS key, of which nothing here tells: --key names one" if one.keyless else ""
    taken = (", ".join(one.assumed), "headers as of a plain request", keyless)
    screen.add((words("taken for granted: "), phrase("; ".join(filter(None, taken)), _TEXT)))
    screen.add_line("policies that were known:")
    for known in one.known:
        screen.add(_known(known, hints), indent=_STEP)
        for policy, why in known.unread:
            sentence = (phrase(policy, _TEXT), words(" is not known: "), phrase(why, _TEXT))
            screen.add(sentence, lead="?", colour="bold yellow", indent=_SIDE)
    organizations = ""
    if not any(known.levelled for known in one.known):
        organizations = "of organizations, "
    beside = "and roles that are assumed by other roles"
    screen.add_line(f"not looked at: policies {organizations}of VPC endpoints and of sessions, {beside}")


def _known(known: Known, hints: Hints) -> Sentence:
    account = () if known.account is None else (words(" ("), name(known.account), words(")"))
    read = phrase(", ".join(known.read), _TEXT) if known.read else words("none")
    rest = words("" if known.whole else f"; {hints.others}")
    return (name(known.whose, _NAME), *account, words(": "), read, rest)
