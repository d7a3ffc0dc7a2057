"""`crossaccess report`: one page that shows who may do what, by which policies, and what is wrong."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import put

if TYPE_CHECKING:
    from crossaccess.commands.gathering import Gathered


@click.command(short_help="Write one page that shows who may do what.")
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
    "-o", "--output", metavar="FILE", type=options.FILE, help="Write to this file instead of standard output."
)
def report(  # noqa: PLR0913, PLR0917 - an option each
    paths: tuple[Path, ...],
    stacks: tuple[str, ...],
    cwd: Path | None,
    refresh: bool,
    before: bool,
    policies: tuple[Path, ...],
    output: Path | None,
) -> None:
    """Write one page of HTML that shows who may do what, by which policies, and what is wrong with them.

    \b
      crossaccess report A.json B.json -o report.html
      crossaccess report -s account-a -s account-b -o report.html

    PATHs are exported states, saved previews and folders of policies; of a preview, what will be counts.
    The page stands alone: one file that loads nothing, and that can be read, filtered and printed anywhere.

    \b
    Exit status:
      0    the page is written, whatever is found
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
        put(_page(gathered, before=before), output)


def _page(gathered: "Gathered", *, before: bool) -> str:
    # Start-up counts.
    import datetime as dt  # noqa: PLC0415

    from crossaccess.findings.checking import check  # noqa: PLC0415
    from crossaccess.report.page.page import render  # noqa: PLC0415
    from crossaccess.who.finding import who  # noqa: PLC0415

    picture = gathered.old if before else gathered.new
    now = dt.datetime.now(dt.UTC)
    matrix = who(picture, titles=gathered.titles, notes=gathered.notes)
    return render(picture, matrix, check(picture, now=now), now=now)
