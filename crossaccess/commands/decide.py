"""`crossaccess decide`: cases as lines of JSON."""

from typing import BinaryIO

import click

from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import standard_output


@click.command(short_help="Decide cases, one on each line.")
@click.option(
    "--batch",
    "source",
    required=True,
    type=click.File("rb"),
    metavar="FILE",
    help="JSON lines, one case a line; - reads standard input.",
)
def decide(source: BinaryIO) -> None:
    """Decide cases: may this principal do this, given the policies of both sides?

    Each line is {"name", "request", "policies"}; each answer, in the same order, is a line
    {"name", "decision", "reasons"}, where the decision is allowed, denied, not allowed or unknown.

    A line that is no case is answered with {"name", "error"}; the others are answered all the same,
    and the exit status is 1.
    """
    from crossaccess.decide.batch import answer_lines, write_answer  # noqa: PLC0415 - start-up counts

    failed = False
    with told_plainly():
        stream = standard_output()
        for answer in answer_lines(source):
            failed = failed or "error" in answer
            stream.write(write_answer(answer) + "\n")
        stream.flush()
    if failed:
        raise SystemExit(1)
