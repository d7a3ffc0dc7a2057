"""A comparison as one self-contained page."""

from collections.abc import Iterator
from dataclasses import dataclass

from crossaccess.compare.change import Change, Comparison, Effect, Example, Standing
from crossaccess.report.diff import wording
from crossaccess.report.diff.about import CHANGE, About
from crossaccess.report.diff.order import EFFECTS, actions_in_order, by_target
from crossaccess.report.diff.wording import BRIEF
from crossaccess.report.pages import render_page
from crossaccess.report.plain_data import indented, plain
from crossaccess.report.sentence import Sentence, name, phrase, words

_LABELS = {Effect.GAIN: "Gained", Effect.LOSS: "Lost", Effect.UNKNOWN: "Unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of the table of counts."""

    label: str
    kind: str
    effective: int
    delegated: int
    all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """An example: what was decided, and the request as JSON."""

    decisions: Sentence
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    """One change."""

    sign: str
    kind: str
    label: str
    badges: tuple[str, ...]
    sentence: Sentence
    lists: tuple[tuple[str, tuple[Sentence, ...]], ...]
    statements: tuple[Sentence, ...]
    examples: tuple[_Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The changes of one target."""

    target: Sentence
    cards: tuple[_Card, ...]


def render(comparison: Comparison, about: About = CHANGE) -> str:
    """The comparison as HTML."""
    headline = wording.headline(comparison, about)
    headline = headline[:1].upper() + headline[1:]
    found = bool(comparison.changes or comparison.unclear)
    return render_page(
        "diff.html.jinja",
        title=f"{about.title}: {headline}",
        heading=about.title,
        unknown=about.unknown,
        command=about.command,
        headline=headline,
        compared=wording.compared(comparison),
        counts=tuple(_counts(comparison, about)) if found else (),
        notes=[(phrase(note),) for note in comparison.notes],
        groups=tuple(_groups(comparison, about)),
        unclear=[
            wording.unclear(entry, about=about)
            for entry in sorted(comparison.unclear, key=lambda one: (one.name, one.reason))
        ],
        rewritten=[
            wording.rewritten(policy)
            for policy in sorted(comparison.rewritten, key=lambda one: (one.name, one.account or ""))
        ],
        basis=wording.basis(comparison),
    )


def _counts(comparison: Comparison, about: About) -> Iterator[_Row]:
    for effect in EFFECTS:
        standings = [change.standing for change in comparison.changes if change.effect is effect]
        yield _Row(
            label=_LABELS[effect],
            kind=effect.value,
            effective=standings.count(Standing.EFFECTIVE),
            delegated=standings.count(Standing.DELEGATED),
            all=len(standings),
        )
    if comparison.unclear:
        number, label = len(comparison.unclear), about.unknown.capitalize()
        yield _Row(label=label, kind=Effect.UNKNOWN.value, effective=0, delegated=0, all=number)


def _groups(comparison: Comparison, about: About) -> Iterator[_Group]:
    for target, changes in by_target(comparison.changes):
        cards = tuple(_card(change, about) for change in changes)
        yield _Group(target=(name(target, BRIEF.characters),), cards=cards)


def _card(change: Change, about: About) -> _Card:
    badges = [change.standing.value]
    if change.shift is not None:
        badges.append(change.shift.value)
    if change.public:
        badges.append("public")
    return _Card(
        sign=wording.sign(change),
        kind=change.effect.value,
        label=_LABELS[change.effect],
        badges=tuple(badges),
        sentence=wording.sentence(change, placed=True),
        lists=tuple(_lists(change)),
        statements=tuple((phrase(statement),) for statement in sorted(set(change.statements))),
        examples=tuple(_shown(example, about) for example in change.examples),
    )


def _lists(change: Change) -> Iterator[tuple[str, tuple[Sentence, ...]]]:
    """All actions; and all of what the sentence shortened."""
    yield "Actions", tuple((name(action),) for action in actions_in_order(change.actions))
    if wording.is_shortened(change):
        for term, texts in (
            ("Who", (change.subject.name,)),
            ("Objects", sorted(set(change.resources))),
            ("Left out", sorted(set(change.spared))),
            ("Conditions", change.conditions),
            ("Conditions before", change.before),
            ("So far", sorted(set(change.takers or ()))),
        ):
            if texts:
                yield term, tuple((name(text),) for text in texts)


def _shown(example: Example, about: About) -> _Shown:
    old, new = phrase(example.old), phrase(example.new)
    request = indented(plain(example.request))
    return _Shown(decisions=(old, words(f" {about.old}, "), new, words(f" {about.new}")), request=request)
