"""`crossaccess who`: who may do what, where, by which method and on which conditions?"""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import STANDARD_OUTPUT, put

if TYPE_CHECKING:
    from crossaccess.commands.gathering import Gathered
    from crossaccess.who.matrix import Matrix

FORMATS: Final = ("text", "json")


@click.command(short_help="List who may do what, where and how.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=options.FILE)
@options.stacks("Preview")
@click.option("--refresh", is_flag=True, help="With -s: look first at what is really deployed.")
@click.option("--before", is_flag=True, help="Of previews, take what is there, not what will be.")
@click.option(
    "--policies",
    metavar="DIR",
    multiple=True,
    type=options.FILE,
    help="A folder of policies that no stack holds; may be repeated.",
)
@click.option(
    "--action",
    "actions",
    metavar="ACTION",
    multiple=True,
    help="List only what has to do with this action, such as s3:GetObject or s3:Get*, or with read, write, "
    "list or delete; may be repeated.",
)
@click.option(
    "--prefix",
    metavar="PREFIX",
    help="List only what has to do with objects whose keys begin so, such as reports/.",
)
@click.option(
    "--verbose", is_flag=True, help="Text only: name every action, and where each access comes from."
)
@options.output(FORMATS)
def who(  # noqa: PLR0913, PLR0917 - an option each
    paths: tuple[Path, ...],
    stacks: tuple[str, ...],
    cwd: Path | None,
    refresh: bool,
    before: bool,
    policies: tuple[Path, ...],
    actions: tuple[str, ...],
    prefix: str | None,
    verbose: bool,
    form: str,
    output: Path | None,
) -> None:
    """List who may do what, where, by which method and on which conditions, over all requests there can be.

    \b
      crossaccess who A.json B.json
      crossaccess who -s account-a -s account-b --action read --prefix reports/

    PATHs are exported states, saved previews and folders of policies, of both accounts; of a preview, what
    will be counts. What only one side allows so far is listed too, and so is what nobody can tell. Access
    that no grant mentions is marked, whatever its statements are called.

    \b
    Exit status:
      0    it was listed, whatever there is
      1    a wrong use, or a failure
    """  # noqa: D301 - click's own sign for lines that stay as they are
    if not (paths or stacks or policies):
        raise click.UsageError("Give what holds the policies: a PATH, -s STACK or --policies DIR.")
    if not stacks and (cwd is not None or refresh):
        raise click.UsageError("--cwd and --refresh belong to -s STACK.")
    # The process is short, and what it makes is kept to its end: looking for garbage is a tenth of the time.
    gc.disable()
    with told_plainly():
        from crossaccess.commands import gathering  # noqa: PLC0415 - start-up counts

        sources = (*paths, *policies)
        if stacks:
            gathered = gathering.of_stacks(stacks, sources, cwd=cwd, refresh=refresh)
        else:
            gathered = gathering.of_one(sources)
        _tell(_found(gathered, actions, prefix, before=before), form, output, verbose=verbose)


def _found(gathered: "Gathered", actions: tuple[str, ...], prefix: str | None, *, before: bool) -> "Matrix":
    # Start-up counts.
    from crossaccess.who.asking import read_asked  # noqa: PLC0415
    from crossaccess.who.finding import who as found  # noqa: PLC0415

    picture = gathered.old if before else gathered.new
    return found(picture, read_asked(actions, prefix), titles=gathered.titles, notes=gathered.notes)


def _tell(matrix: "Matrix", form: str, output: Path | None, *, verbose: bool) -> None:
    if form == "json":
        from crossaccess.report.who.data import render as data  # noqa: PLC0415 - start-up counts

        put(data(matrix), output)
        return
    from crossaccess.report.who.text import render as text  # noqa: PLC0415 - start-up counts

    shown = output in (None, STANDARD_OUTPUT)
    report = text(matrix, verbose=verbose, stream=sys.stdout if shown else None)
    if shown:
        sys.stdout.write(report)
        sys.stdout.flush()
    else:
        put(report, output)
