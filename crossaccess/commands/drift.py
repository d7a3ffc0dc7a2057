"""`crossaccess drift`: what is deployed now, against what the stacks deployed."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import check_place, put, put_text

if TYPE_CHECKING:
    from crossaccess.commands.gathering import Gathered
    from crossaccess.drift.result import Drift, Told
    from crossaccess.live.looking import Profiles

# Names only: what they stand for is imported when a command runs. A test holds them together.
FORMATS: Final = ("text", "markdown", "json", "html")
FAIL_ON: Final = ("any", "gain", "public", "drift", "none")
STATUSES: Final = {"no drift": 0, "drifted": 2, "cannot be told": 3}
"""The exit status of each end, by its name. A test holds them together."""


@click.command(short_help="Tell what has changed by hand since the stacks were deployed.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=options.FILE)
@options.stacks("Read")
@options.profiles("to look at it")
@options.output(FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="any",
    show_default=True,
    help="What ends with status 2. any: access gained or lost; public: what opens a resource to everyone, or "
    "lets it be opened; drift: whatever differs, though it changes no access.",
)
@click.option(
    "--verbose", is_flag=True, help="Text only: name every action, and where each change comes from."
)
def drift(  # noqa: PLR0913, PLR0917 - an option each
    paths: tuple[Path, ...],
    stacks: tuple[str, ...],
    cwd: Path | None,
    owners: tuple[str, ...],
    requesters: tuple[str, ...],
    endpoint_url: str | None,
    form: str,
    output: Path | None,
    fail_on: str,
    verbose: bool,
) -> None:
    """Tell who has gained and who has lost access since the stacks were deployed, and what is gone.

    \b
      crossaccess drift -s account-a -s account-b --owner-profile account-a --profile account-b
      crossaccess drift A.json B.json --owner-profile account-a --profile account-b

    PATHs are states of the stacks, as pulumi stack export writes them. Each account is read with a profile
    that leads to it, by calls that write nothing; one without a profile is taken as it was deployed.

    What the stacks made is held against what is there. Further policies of users and roles that they did not
    make are no drift. What may not be read is told, and never taken for empty.

    \b
    Exit status:
      0    nothing has drifted, as far as --fail-on looks
      2    it has
      3    it cannot be told
      1    a wrong use, or a failure
    """  # noqa: D301 - click's own sign for lines that stay as they are
    if not paths and not stacks:
        raise click.UsageError("Give the stacks: by -s STACK, or as the PATHs of their exported states.")
    if cwd is not None and not stacks:
        raise click.UsageError("--cwd belongs to -s STACK.")
    if not owners and not requesters:
        raise click.UsageError("Name whom to look with: --owner-profile, --profile, or both.")
    # The process is short, and what it makes is kept to its end: looking for garbage is a tenth of the time.
    gc.disable()
    with told_plainly():
        check_place(output)
        from crossaccess.commands import gathering  # noqa: PLC0415 - start-up counts

        gathered = gathering.of_states_now(stacks, paths, cwd=cwd)
        from crossaccess.live.looking import Profiles  # noqa: PLC0415 - start-up counts

        found = _found(gathered, Profiles(owners=owners, requesters=requesters, endpoint_url=endpoint_url))
        _tell(found, form, output, verbose=verbose)
    # Start-up counts.
    from crossaccess.drift.verdict import FailOn, outcome  # noqa: PLC0415

    status = STATUSES[outcome(found, FailOn(fail_on)).value]
    if status:
        raise SystemExit(status)


def _found(gathered: "Gathered", profiles: "Profiles") -> "Drift":
    # Start-up counts.
    from crossaccess.commands.further import looked_at  # noqa: PLC0415
    from crossaccess.deployment.seen import wanted_of  # noqa: PLC0415
    from crossaccess.drift.drifting import drifted  # noqa: PLC0415

    # Of a preview, what was deployed before it.
    picture = gathered.old
    looked = looked_at(picture, profiles, lambda account: wanted_of(picture, account))
    titles = (*gathered.titles, *(f"account {seen.account} by {seen.by}" for seen in looked))
    return drifted(picture, looked, titles=titles, notes=gathered.notes)


def _tell(found: "Drift", form: str, output: Path | None, *, verbose: bool) -> None:
    # Start-up counts.
    from dataclasses import replace  # noqa: PLC0415

    from crossaccess.report.diff.about import DRIFT  # noqa: PLC0415
    from crossaccess.report.diff.formats import Options, render  # noqa: PLC0415

    wanted = Options(
        verbose=verbose,
        about=replace(DRIFT, besides=len(found.told)),
        more={"drift": [_data(one) for one in found.told]},
    )
    if form == "text":
        put_text(lambda stream: render(found.comparison, form, replace(wanted, stream=stream)), output)
    else:
        put(render(found.comparison, form, wanted), output)


def _data(one: "Told") -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "name": one.name,
        "account": one.account,
        "effect": one.effect.value if one.effect else None,
        "sentence": one.sentence,
    }
