"""A comparison as a comment on a pull request, never longer than GitHub takes.

What does not fit is left out and counted: details first, then the names of rewritten policies, then losses,
then what is unknown; gains stay longest.
"""

from collections.abc import Callable, Iterator, Sequence

from crossaccess.compare.change import Change, Comparison, Effect
from crossaccess.report.diff import wording
from crossaccess.report.diff.about import CHANGE, About
from crossaccess.report.diff.order import EFFECTS, actions_in_order, ordered
from crossaccess.report.markup import LIMIT, Block, code, inline, literal, within
from crossaccess.report.plain_data import compact
from crossaccess.report.safe import cut
from crossaccess.report.sentence import counted, listed, name

MARKER = CHANGE.marker
"""The first line of a change's comment, by which a workflow finds its own."""

_HEADINGS = {Effect.GAIN: "Gained", Effect.LOSS: "Lost", Effect.UNKNOWN: "Unknown"}
_WORTH = {Effect.GAIN: 6, Effect.UNKNOWN: 5, Effect.LOSS: 4}
_NOTES, _REWRITTEN, _DETAILS = "Notes", "Policies rewritten", "Details"
_WORTH_OF_NOTES, _WORTH_OF_REWRITTEN, _WORTH_OF_DETAILS = 3, 2, 1
_LONGEST = 300
_MOST_ACTIONS = 200
_MOST_STATEMENTS = 10
# Room for headings, for what says how much is left out, and for the beginning and the end.
_FRAME = 6_000


def render(comparison: Comparison, about: About = CHANGE) -> str:
    """The comparison as GitHub Flavored Markdown."""
    blocks = tuple(_blocks(comparison, about))
    kept = within(blocks, LIMIT - _FRAME)
    parts = [about.marker, f"### {_verdict(comparison, about)}"]
    if comparison.titles:
        parts.append(inline(wording.compared(comparison)))
    for section in dict.fromkeys(block.section for block in blocks):
        parts += _SECTIONS.get(section, _open_section)(
            section,
            [block.text for block in kept if block.section == section],
            sum(block.section == section for block in blocks),
            about,
        )
    basis = wording.basis(comparison)
    if basis and (comparison.changes or comparison.unclear):
        parts.append(f"<sub>{inline(basis)}</sub>")
    return "\n\n".join(parts) + "\n"


def _verdict(comparison: Comparison, about: About) -> str:
    said = wording.headline(comparison, about)
    public = sum(change.public and change.effect is not Effect.LOSS for change in comparison.changes)
    opened = f", {public:,} open to everyone" if public else ""
    return f"{about.lead}: {said}{opened}"


def _blocks(comparison: Comparison, about: About) -> Iterator[Block]:
    changes = ordered(comparison.changes)
    for effect in EFFECTS:
        for change in changes:
            if change.effect is effect:
                line = f"- **`{wording.sign(change)}`** {inline(wording.sentence(change))}"
                yield Block(text=line, worth=_WORTH[effect], section=_HEADINGS[effect])
    for entry in sorted(comparison.unclear, key=lambda one: (one.name, one.reason)):
        line = f"- **`?`** {inline(wording.unclear(entry, about=about))}"
        yield Block(text=line, worth=_WORTH[Effect.UNKNOWN], section=_HEADINGS[Effect.UNKNOWN])
    for note in comparison.notes:
        yield Block(text=f"- {literal(note, _LONGEST)}", worth=_WORTH_OF_NOTES, section=_NOTES)
    if comparison.changes or comparison.unclear:
        for policy in sorted(comparison.rewritten, key=lambda one: (one.name, one.account or "")):
            line = f"- {inline(wording.rewritten(policy))}"
            yield Block(text=line, worth=_WORTH_OF_REWRITTEN, section=_REWRITTEN)
    for change in changes:
        yield Block(text=_details(change, about), worth=_WORTH_OF_DETAILS, section=_DETAILS)


def _details(change: Change, about: About) -> str:
    """One change in full, as an entry of a list with lists inside."""
    actions = actions_in_order(change.actions)
    lines = [
        f"- **`{wording.sign(change)}`** {inline(wording.sentence(change))}",
        f"  - actions: {inline(listed([name(action, 100) for action in actions], _MOST_ACTIONS))}",
    ]
    statements = [name(statement, _LONGEST) for statement in sorted(set(change.statements))]
    if statements:
        lines.append(f"  - from {inline(listed(statements, _MOST_STATEMENTS))}")
    for example in change.examples[:1]:
        decisions = f"{literal(example.old, 40)} {about.old}, {literal(example.new, 40)} {about.new}"
        lines.append(f"  - for example {code(cut(compact(example.request), 2 * _LONGEST))}: {decisions}")
    return "\n".join(lines)


def _open_section(title: str, lines: Sequence[str], of: int, about: About) -> list[str]:
    return [f"#### {title}", "\n".join([*lines, *_left_out(of - len(lines), about)])]


def _folded_section(title: str, lines: Sequence[str], of: int, about: About) -> list[str]:
    if not lines:
        return [f"_{title}: {counted(of, 'entry is', 'entries are')} left out here._"]
    entries = "\n".join([*lines, *_left_out(of - len(lines), about)])
    return [f"<details><summary>{title} ({of:,})</summary>", entries, "</details>"]


def _left_out(number: int, about: About) -> list[str]:
    if number == 0:
        return []
    return [f"- … {counted(number, 'entry is', 'entries are')} left out here; `{about.command}` tells all"]


_SECTIONS: dict[str, Callable[[str, Sequence[str], int, About], list[str]]] = {
    _REWRITTEN: _folded_section,
    _DETAILS: _folded_section,
}
