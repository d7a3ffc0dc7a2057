"""`crossaccess explain`: may somebody do something, by which way, and if not, which side is missing?"""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands import options
from crossaccess.commands.group import told_plainly
from crossaccess.commands.output import put, put_text
from crossaccess.commands.sources import Sources, sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crossaccess.commands.gathering import Gathered
    from crossaccess.deployment.picture import Picture
    from crossaccess.deployment.seen import Wanted
    from crossaccess.explain.result import Explanation

FORMATS: Final = ("text", "json")
STATUSES: Final = {"allowed": 0, "denied": 2, "not allowed": 2, "unknown": 3}
"""The exit status of each decision, by its name. A test holds them together."""


@click.command(short_help="Say whether somebody gets in, and if not, which side is missing.")
@click.argument("principal", metavar="PRINCIPAL")
@click.argument("action", metavar="ACTION")
@click.argument("resource", metavar="RESOURCE")
@sources("those who are asked about")
@click.option(
    "--context",
    metavar="KEY=VALUE",
    multiple=True,
    help="What a condition key of the request holds, such as aws:SourceIp=203.0.113.7; KEY= says that it is "
    "not there. May be repeated.",
)
@click.option(
    "--key",
    metavar="KEY",
    help="The KMS key that encrypts the objects, by ARN or id; by default the bucket's.",
)
@options.output(FORMATS)
def explain(  # noqa: PLR0913, PLR0917 - an option each
    given: Sources,
    principal: str,
    action: str,
    resource: str,
    context: tuple[str, ...],
    key: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Say whether somebody gets in, by which way, and if not, which side is missing and what of it.

    \b
      crossaccess explain bob s3:GetObject s3://BUCKET/reports/q1.csv A.json B.json
      crossaccess explain bob s3:GetObject s3://BUCKET/reports/q1.csv -s account-a -s account-b

    PRINCIPAL is a name (bob, user/bob), an ARN or a grant (reports, grant/reports). RESOURCE is
    s3://BUCKET/KEY or an ARN; for lists the key is the prefix. PATHs are exported states, saved previews
    and folders of policies, of both accounts; of a preview, what will be counts.

    The request comes now and over TLS, with no header or parameter that --context does not tell. Every
    other key that a policy asks about is unknown until --context tells it.

    \b
    Exit status:
      0    allowed
      2    not allowed, or denied
      3    unknown: it cannot be told
      1    a wrong use, or a failure
    Of several principals, the one that gets in least counts.
    """  # noqa: D301 - click's own sign for lines that stay as they are
    # The process is short, and what it makes is kept to its end: looking for garbage is a tenth of the time.
    gc.disable()
    with told_plainly():
        asked = (principal, action, resource)
        gathered = given.gather(lambda picture, account: _wanted(picture, account, asked))
        found = _explained(given.picture(gathered), asked, context, key)
        _tell(found, gathered, form, output)
    status = max((STATUSES[one.decision.value] for one in found), key=(0, 3, 2).index)
    if status:
        raise SystemExit(status)


def _wanted(picture: "Picture", account: str, asked: tuple[str, str, str]) -> "Wanted":
    """Those who are asked about, and the roles on their way."""
    # Start-up counts.
    import datetime as dt  # noqa: PLC0415

    from crossaccess.explain.asked import wanted_of  # noqa: PLC0415
    from crossaccess.explain.circumstances import Circumstances  # noqa: PLC0415
    from crossaccess.explain.question import read_question  # noqa: PLC0415

    question = read_question(picture, asked, Circumstances(now=dt.datetime.now(dt.UTC)))
    return wanted_of(question, picture, account)


def _explained(
    picture: "Picture", asked: tuple[str, str, str], context: tuple[str, ...], key: str | None
) -> "Sequence[Explanation]":
    # Start-up counts.
    import datetime as dt  # noqa: PLC0415

    from crossaccess.explain.circumstances import Circumstances, read_told  # noqa: PLC0415
    from crossaccess.explain.explaining import explain as explained  # noqa: PLC0415
    from crossaccess.explain.question import read_question  # noqa: PLC0415

    circumstances = Circumstances(now=dt.datetime.now(dt.UTC), told=read_told(context))
    return explained(picture, read_question(picture, asked, circumstances, key=key))


def _tell(found: "Sequence[Explanation]", gathered: "Gathered", form: str, output: Path | None) -> None:
    if form == "json":
        from crossaccess.report.explain.data import render as data  # noqa: PLC0415 - start-up counts

        put(data(found, gathered.notes, gathered.titles), output)
        return
    from crossaccess.report.explain.text import render as text  # noqa: PLC0415 - start-up counts

    put_text(lambda stream: text(found, gathered.notes, stream), output)
