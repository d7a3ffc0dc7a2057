"""`crossaccess check`: what is wrong, or may be, with how accounts share their buckets."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import put, put_text
from crossaccess.commands.sources import Sources, of_everybody, sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossaccess.commands.gathering import Gathered
    from crossaccess.deployment.picture import Picture
    from crossaccess.findings.finding import Finding

# Names only: what they stand for is imported when the command runs. A test holds them together.
FORMATS: Final = ("text", "json", "sarif")
FAIL_ON: Final = ("info", "low", "medium", "high", "critical", "none")
FOUND: Final = 2
"""The exit status where something is as bad as `--fail-on` says."""


@click.command(short_help="Look for what is wrong with how accounts share buckets.")
@sources("the principals")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="high",
    show_default=True,
    help="From which severity on findings end with status 2.",
)
@options.output(FORMATS)
def check(
    given: Sources,
    fail_on: str,
    form: str,
    output: Path | None,
) -> None:
    """Look for what is wrong, or may be, with how accounts share their buckets.

    \b
      crossaccess check A.json B.json
      crossaccess check -s account-a -s account-b

    PATHs are exported states, saved previews and folders of policies; of a preview, what will be counts.
    One account's stack is enough; with both, grants are held against both sides.

    \b
    Exit status:
      0    nothing is as bad as --fail-on says
      2    something is, or may be
      1    a wrong use, or a failure
    """  # noqa: D301 - click's own sign for lines that stay as they are
    # The process is short, and what it makes is kept to its end: looking for garbage is a tenth of the time.
    gc.disable()
    with told_plainly():
        gathered = given.gather(of_everybody)
        found = _checked(given.picture(gathered))
        _tell(found, gathered, form, output, given.cwd)
    if _fails(found, fail_on):
        raise SystemExit(FOUND)


def _checked(picture: "Picture") -> "Sequence[Finding]":
    # Start-up counts.
    import datetime as dt  # noqa: PLC0415

    from crossaccess.findings.checking import check as checked  # noqa: PLC0415

    return checked(picture, now=dt.datetime.now(dt.UTC))


def _fails(found: "Sequence[Finding]", fail_on: str) -> bool:
    if fail_on == "none":
        return False
    from crossaccess.findings.finding import Severity  # noqa: PLC0415 - start-up counts

    return any(one.severity.reaches(Severity(fail_on)) for one in found)


def _tell(
    found: "Sequence[Finding]", gathered: "Gathered", form: str, output: Path | None, program: Path | None
) -> None:
    # Each format is imported when it is used.
    if form == "json":
        from crossaccess.report.findings.data import render as data  # noqa: PLC0415

        put(data(found, gathered.notes, gathered.titles), output)
        return
    if form == "sarif":
        from crossaccess.report.findings.sarif import render as sarif  # noqa: PLC0415

        put(sarif(found, Path.cwd(), program), output)
        return
    from crossaccess.report.findings.text import render as text  # noqa: PLC0415

    put_text(lambda stream: text(found, gathered.notes, stream), output)
