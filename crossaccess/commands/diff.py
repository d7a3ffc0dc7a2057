"""`crossaccess diff`: who gains and who loses what by a change."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import put, put_text

if TYPE_CHECKING:
    from crossaccess.commands.gathering import Gathered

# Names only: what they stand for is imported when a command runs. A test holds them together.
FORMATS: Final = ("text", "markdown", "json", "html")
FAIL_ON: Final = ("gain", "any", "public", "none")
GAINED: Final = 2
"""The exit status where access is gained."""


@click.command(short_help="Tell who gains and who loses what by a change.")
@click.argument("previews", metavar="[PREVIEW]...", nargs=-1, type=options.FILE)
@options.stacks("Preview")
@click.option("--refresh", is_flag=True, help="With -s: look first at what is really deployed.")
@click.option("--old", metavar="PATH", type=options.FILE, help="With --new: an exported state or a folder.")
@click.option("--new", metavar="PATH", type=options.FILE, help="The same after the change.")
@click.option(
    "--with",
    "beside",
    metavar="PATH",
    multiple=True,
    type=options.FILE,
    help="The other account's stack: a state, a preview or a folder; may be repeated.",
)
@options.output(FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="gain",
    show_default=True,
    help="What ends with status 2. any: losses too; public: what opens a resource to everyone.",
)
@click.option(
    "--verbose", is_flag=True, help="Text only: name every action, and where each change comes from."
)
def diff(  # noqa: PLR0913, PLR0917 - an option each
    previews: tuple[Path, ...],
    stacks: tuple[str, ...],
    cwd: Path | None,
    refresh: bool,
    old: Path | None,
    new: Path | None,
    beside: tuple[Path, ...],
    form: str,
    output: Path | None,
    fail_on: str,
    verbose: bool,
) -> None:
    """Tell who gains and who loses which access by a change, for all requests there can be.

    The change is one of these:

    \b
      crossaccess diff -s STACK         the preview of a stack, made now
      crossaccess diff PREVIEW.json     one that was saved:
                                        pulumi preview --json --show-sames > PREVIEW.json
      crossaccess diff --old A --new B  two exported states, or two folders of policies

    Add the other account's stack by --with, and what both sides allow is told, not only what one of
    them would let the other have.

    \b
    Exit status:
      0    nothing is gained, as far as --fail-on looks
      2    access is gained, or cannot be told not to be
      1    a wrong use, or a failure
    """  # noqa: D301 - click's own sign for lines that stay as they are
    ways = [bool(previews), bool(stacks), old is not None or new is not None]
    if ways.count(True) != 1:
        raise click.UsageError("Give one of these: -s STACK, a PREVIEW, or both --old and --new.")
    if (old is None) != (new is None):
        raise click.UsageError("--old and --new belong together.")
    if not stacks and (cwd is not None or refresh):
        raise click.UsageError("--cwd and --refresh belong to -s STACK.")
    # The process is short, and what it makes is kept to its end: looking for garbage is a tenth of the time.
    gc.disable()
    with told_plainly():
        from crossaccess.commands import gathering  # noqa: PLC0415 - start-up counts

        if old is not None and new is not None:
            gathered = gathering.of_states(old, new, beside)
        elif stacks:
            gathered = gathering.of_stacks(
                stacks, beside, cwd=cwd, refresh=refresh, meanwhile=lambda: _load(form)
            )
        else:
            gathered = gathering.of_previews(previews, beside)
        failed = _tell(gathering.compared(gathered), form, output, fail_on, verbose=verbose)
    if failed:
        raise SystemExit(GAINED)


def _load(form: str) -> None:
    """Import what compares and tells: the engine takes longer to make a preview than that takes."""
    # Start-up counts.
    import crossaccess.compare.comparing  # noqa: F401, PLC0415 - imported for later
    from crossaccess.report.diff.formats import load  # noqa: PLC0415

    load(form)


def _tell(gathered: "Gathered", form: str, output: Path | None, fail_on: str, *, verbose: bool) -> bool:
    """Compare, write the report, and answer whether it fails."""
    # Start-up counts.
    from crossaccess.compare.comparing import compare  # noqa: PLC0415
    from crossaccess.compare.verdict import FailOn, gained  # noqa: PLC0415
    from crossaccess.report.diff.formats import Options, render  # noqa: PLC0415

    comparison = compare(gathered.old, gathered.new, titles=gathered.titles, notes=gathered.notes)
    if form == "text":
        put_text(lambda stream: render(comparison, form, Options(verbose=verbose, stream=stream)), output)
    else:
        put(render(comparison, form), output)
    return gained(comparison, FailOn(fail_on))
