"""`crossaccess prove`: nothing new is allowed, or something never is."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import put

if TYPE_CHECKING:
    from crossaccess.commands.gathering import Gathered

FORMATS: Final = ("text", "json")
STATUSES: Final = {"proven": 0, "counterexample": 2, "unknown": 3}
"""The exit status of each end, by its name. A test holds them together."""
_EXCEPT: Final = Path("except")


@click.command(short_help="Prove that nothing new, or something never, is allowed.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=options.FILE)
@click.option("--no-new-access", is_flag=True, help="Prove that the new state allows nothing new.")
@click.option(
    "--never",
    metavar="'ACTION on ARN'",
    help="Prove that nobody can do this. Both may hold * and ?; commas stand between several actions.",
)
@click.option(
    "--except",
    "but",
    metavar="PRINCIPAL",
    multiple=True,
    help="With --never: who may; an ARN, user/NAME, role/NAME or an account; may be repeated.",
)
@click.option(
    "--with",
    "beside",
    metavar="PATH",
    multiple=True,
    type=options.FILE,
    help="With --no-new-access: the other account's stack; may be repeated.",
)
@options.output(FORMATS)
def prove(  # noqa: PLR0913, PLR0917 - an option each
    paths: tuple[Path, ...],
    no_new_access: bool,
    never: str | None,
    but: tuple[str, ...],
    beside: tuple[Path, ...],
    form: str,
    output: Path | None,
) -> None:
    """Prove something for all requests there can be, or show a request that speaks against it.

    \b
      crossaccess prove --no-new-access OLD NEW
      crossaccess prove --no-new-access PREVIEW.json
      crossaccess prove --never 's3:DeleteObject on arn:aws:s3:::BUCKET/*' PATH...
      crossaccess prove --never 's3:* on arn:aws:s3:::BUCKET/*' PATH... except user/bob

    OLD and NEW are exported states or folders of policies. With --never, the PATHs are one picture
    together: states, folders, and previews, of which what will be counts. Who may is named behind the
    word except, in the sentence or after the PATHs.

    \b
    Exit status:
      0    proven
      2    there is a counterexample
      3    it cannot be told, and the reasons are given
      1    a wrong use, or a failure
    """  # noqa: D301 - click's own sign for lines that stay as they are
    paths, spared = _parted(paths)
    but += spared
    if not paths:
        raise click.UsageError("Give the PATHs of what holds the policies, in front of the word except.")
    if no_new_access == (never is not None):
        raise click.UsageError("Give one of --no-new-access and --never.")
    if no_new_access and but:
        raise click.UsageError("--except belongs to --never.")
    if never is not None and beside:
        raise click.UsageError("--with belongs to --no-new-access: to --never, give all as PATHs.")
    if no_new_access and len(paths) > 2:
        raise click.UsageError("Give OLD and NEW, or one PREVIEW; others come in by --with.")
    # The process is short, and what it makes is kept to its end: looking for garbage is a tenth of the time.
    gc.disable()
    with told_plainly():
        from crossaccess.commands import gathering  # noqa: PLC0415 - start-up counts

        if never is not None:
            gathered = gathering.compared(gathering.of_one(paths))
            status, report = _never(never, but, gathered, form)
        elif len(paths) == 2:
            gathered = gathering.compared(gathering.of_states(*paths, beside))
            status, report = _no_new_access(gathered, form)
        else:
            gathered = gathering.compared(gathering.of_previews(paths, beside))
            status, report = _no_new_access(gathered, form)
        put(report, output)
    if status:
        raise SystemExit(status)


def _parted(words: tuple[Path, ...]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The paths, and the principals behind the word `except`."""
    if _EXCEPT not in words:
        return words, ()
    at = words.index(_EXCEPT)
    return words[:at], tuple(one.strip(",") for one in map(str, words[at + 1 :]))


def _no_new_access(gathered: "Gathered", form: str) -> tuple[int, str]:
    # Start-up counts.
    from crossaccess.compare.prove import no_new_access  # noqa: PLC0415
    from crossaccess.report.proof import Question, render  # noqa: PLC0415

    question = Question(
        holds="the new state allows nothing that the old one does not",
        fails="the new state allows what the old one does not",
        changes=True,
    )
    proof = no_new_access(gathered.old, gathered.new)
    return STATUSES[proof.kind.value], render(proof, question, gathered.notes, form)


def _never(sentence: str, but: tuple[str, ...], gathered: "Gathered", form: str) -> tuple[int, str]:
    # Start-up counts.
    from crossaccess.commands.invariant import read_invariant  # noqa: PLC0415
    from crossaccess.report.proof import render  # noqa: PLC0415

    invariant = read_invariant(sentence, but, gathered.new)
    proof = invariant.proof(gathered.new)
    return STATUSES[proof.kind.value], render(proof, invariant.question, gathered.notes, form)
