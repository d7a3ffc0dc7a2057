"""From what a command line names to the pictures before and after.

Of a preview both are read, and of everything else one, which is the same before and after: so the other
account's stack can be brought in as whatever there is of it.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.merging import merge
from crossaccess.deployment.picture import Picture
from crossaccess.deployment.preview import COMMAND
from crossaccess.deployment.source import Source, SourceKind, read_source

_NO_CHANGE = "has nothing before and after it, and no change can be told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The pictures before and after; `titles` are what they were read from, `notes` sentences for people."""

    old: Picture
    new: Picture
    titles: tuple[str, ...]
    notes: tuple[str, ...]


def of_previews(paths: Sequence[Path], beside: Sequence[Path]) -> Gathered:
    """Saved previews, with the sources beside them. Raises `SourceError`."""
    sources = [read_source(path) for path in paths]
    for path, source in zip(paths, sources, strict=True):
        if source.kind is not SourceKind.PREVIEW:
            raise SourceError(
                f"{path} is a {source.kind.value}, which {_NO_CHANGE}: give a preview ({COMMAND}), or two "
                "of its kind, the old one and the new one"
            )
    return _gathered([*sources, *map(read_source, beside)])


def of_stacks(
    stacks: Sequence[str],
    beside: Sequence[Path],
    *,
    cwd: Path | None,
    refresh: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> Gathered:
    """Previews that the engine makes now, one after the other. Raises `SourceError`.

    `refresh` has the engine look first at what is there; `meanwhile` is what to do while it is at work.
    """
    from crossaccess.deployment.running import run_preview  # noqa: PLC0415 - saved files need no engine

    others = [read_source(path) for path in beside]
    more = ("--refresh",) if refresh else ()
    sources = []
    for stack in stacks:
        if sys.stderr.isatty():
            sys.stderr.write(f"Previewing {stack} …\n")
        sources.append(run_preview(stack, cwd=cwd, more=more, meanwhile=meanwhile))
    return _gathered([*sources, *others])


def of_states(old: Path, new: Path, beside: Sequence[Path]) -> Gathered:
    """Two states or folders, with the same sources beside each. Raises `SourceError`."""
    before, after = read_source(old), read_source(new)
    for path, source in ((old, before), (new, after)):
        if source.kind is SourceKind.PREVIEW:
            raise SourceError(f"{path} is a preview, which holds what is old and what is new: give it alone")
    others = [read_source(path) for path in beside]
    return Gathered(
        old=merge([before.old, *(one.old for one in others)]),
        new=merge([after.new, *(one.new for one in others)]),
        titles=(
            f"{_title(before, old)} as the old one",
            f"{_title(after, new)} as the new one",
            *(one.title for one in others),
        ),
        notes=_notes([before, after, *others]),
    )


def of_states_now(stacks: Sequence[str], paths: Sequence[Path], *, cwd: Path | None) -> Gathered:
    """Stacks as the engine exports them now, with sources beside them. Raises `SourceError`."""
    from crossaccess.deployment.running import run_export  # noqa: PLC0415 - saved files need no engine

    others = [read_source(path) for path in paths]
    return _gathered([*(run_export(stack, cwd=cwd) for stack in stacks), *others])


def of_one(paths: Sequence[Path]) -> Gathered:
    """Sources that are one picture together; of previews what will be. Raises `SourceError`."""
    return _gathered([read_source(path) for path in paths])


def compared(gathered: Gathered) -> Gathered:
    """The same for a comparison of requests, which counts no policies of organizations.

    They only take access away: as long as they stay as they are, whoever gains nothing without them gains
    nothing with them. Raises `SourceError` where they do not stay.
    """
    if not (gathered.old.levels or gathered.new.levels):
        return gathered
    if _attached(gathered.old) != _attached(gathered.new):
        raise SourceError(
            "the policies of the organization (scp, rcp) are not the same before and after, and what their "
            "change gives or takes is not told: give those that will be by --with, and leave them out of "
            "--old and --new"
        )
    note = (
        "policies of organizations (scp, rcp) are not counted here, and may refuse what is told as allowed: "
        "crossaccess explain counts them"
    )
    return replace(gathered, notes=(*gathered.notes, note))


def _attached(picture: Picture) -> set[tuple[str, ...]]:
    """What organizations attach, wherever it was read from."""
    return {
        (level.kind.value, level.account, level.name, policy.name, policy.text or "")
        for level in picture.levels
        for policy in level.policies
    }


def _gathered(sources: Sequence[Source]) -> Gathered:
    return Gathered(
        old=merge([one.old for one in sources]),
        new=merge([one.new for one in sources]),
        titles=tuple(dict.fromkeys(one.title for one in sources)),
        notes=_notes(sources),
    )


def _title(source: Source, path: Path) -> str:
    return source.title if source.kind is SourceKind.FOLDER else f"{source.title} ({path.name})"


def _notes(sources: Iterable[Source]) -> tuple[str, ...]:
    """What the sources say, and what of them may give access and is not read."""
    listed = tuple(sources)
    told = [note for one in listed for note in one.notes]
    unread = [what for one in listed for picture in (one.old, one.new) for what in picture.unread]
    told += [f"not read, and it may give or take access: {what}" for what in unread]
    return tuple(dict.fromkeys(told))
