"""`crossaccess report`: one page that shows who may do what, by which policies, and what is wrong."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import put
from crossaccess.commands.sources import Sources, of_everybody, sources

if TYPE_CHECKING:
    from crossaccess.commands.gathering import Gathered
    from crossaccess.deployment.picture import Picture


@click.command(short_help="Write one page that shows who may do what.")
@sources("the principals")
@click.option(
    "-o", "--output", metavar="FILE", type=options.FILE, help="Write to this file instead of standard output."
)
def report(
    given: Sources,
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
    # The process is short, and what it makes is kept to its end: looking for garbage is a tenth of the time.
    gc.disable()
    with told_plainly():
        from crossaccess.commands.gathering import compared  # noqa: PLC0415 - start-up counts

        gathered = compared(given.gather(of_everybody))
        put(_page(given.picture(gathered), gathered), output)


def _page(picture: "Picture", gathered: "Gathered") -> str:
    # Start-up counts.
    import datetime as dt  # noqa: PLC0415

    from crossaccess.findings.checking import check  # noqa: PLC0415
    from crossaccess.report.page.page import render  # noqa: PLC0415
    from crossaccess.who.finding import who  # noqa: PLC0415

    now = dt.datetime.now(dt.UTC)
    matrix = who(picture, titles=gathered.titles, notes=gathered.notes)
    return render(picture, matrix, check(picture, now=now), now=now)
