"""`crossaccess who`: who may do what, where, by which method and on which conditions?"""

import datetime as dt
import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import put, put_text
from crossaccess.commands.sources import Sources, of_everybody, sources

if TYPE_CHECKING:
    from crossaccess.commands.gathering import Gathered
    from crossaccess.deployment.picture import Picture
    from crossaccess.who.matrix import Matrix

FORMATS: Final = ("text", "json")


@click.command(short_help="List who may do what, where and how.")
@sources("the principals")
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
    given: Sources,
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
    # The process is short, and what it makes is kept to its end: looking for garbage is a tenth of the time.
    gc.disable()
    with told_plainly():
        from crossaccess.commands.gathering import compared  # noqa: PLC0415 - start-up counts

        gathered = compared(given.gather(of_everybody))
        matrix = _found(given.picture(gathered), gathered, actions, prefix)
        _tell(matrix, form, output, verbose=verbose)


def _found(
    picture: "Picture", gathered: "Gathered", actions: tuple[str, ...], prefix: str | None
) -> "Matrix":
    # Start-up counts.
    from crossaccess.who.asking import read_asked  # noqa: PLC0415
    from crossaccess.who.finding import who as found  # noqa: PLC0415
    from crossaccess.who.lasting import over  # noqa: PLC0415

    notes = (*gathered.notes, *over(picture, dt.datetime.now(dt.UTC)))
    return found(picture, read_asked(actions, prefix), titles=gathered.titles, notes=notes)


def _tell(matrix: "Matrix", form: str, output: Path | None, *, verbose: bool) -> None:
    if form == "json":
        from crossaccess.report.who.data import render as data  # noqa: PLC0415 - start-up counts

        put(data(matrix), output)
        return
    from crossaccess.report.who.text import render as text  # noqa: PLC0415 - start-up counts

    put_text(lambda stream: text(matrix, verbose=verbose, stream=stream), output)
