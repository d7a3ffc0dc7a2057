"""`crossaccess verify`: act as the requester, and see whether AWS does what the stacks say."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands import options
from crossaccess.commands.group import harmless, told_plainly
from crossaccess.commands.output import check_place, put, put_text

if TYPE_CHECKING:
    from types import FrameType

    from crossaccess.commands.gathering import Gathered
    from crossaccess.live.verifying import Options

FORMATS: Final = ("text", "json")
STATUSES: Final = {"agrees": 0, "differs": 2, "cannot be told": 3}
"""The exit status of each end, by its name. A test holds them together."""


@click.command(short_help="Act as the requester, and see whether AWS does as it should.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=options.FILE)
@options.stacks("Read")
@options.policies()
@click.option("--profile", metavar="NAME", help="The requester's profile, by default the environment's.")
@click.option(
    "--owner-profile",
    metavar="NAME",
    help="A profile of the bucket's account: makes probes where the requester cannot, and removes them.",
)
@click.option("--endpoint-url", metavar="URL", help="Where AWS is, by default as the AWS CLI finds it.")
@click.option("--grant", "only", metavar="NAME", multiple=True, help="Only this grant; may be repeated.")
@click.option("--read-only", is_flag=True, help="Make no call that could write or delete.")
@click.option(
    "--plain-http",
    is_flag=True,
    help="Try plain HTTP, too, where a listener sees a signed request; in the sandbox it is tried anyway.",
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(min=0, max=3600),
    default=60.0,
    show_default=True,
    help="How long to try again while IAM's changes spread.",
)
@click.option(
    "--context",
    "context",
    metavar="KEY=VALUE",
    multiple=True,
    help="What the requests say that no stack knows, as in aws:SourceIp=203.0.113.7; may be repeated.",
)
@options.output(FORMATS)
def verify(  # noqa: PLR0913, PLR0917 - an option each
    paths: tuple[Path, ...],
    stacks: tuple[str, ...],
    cwd: Path | None,
    policies: tuple[Path, ...],
    profile: str | None,
    owner_profile: str | None,
    endpoint_url: str | None,
    only: tuple[str, ...],
    read_only: bool,
    plain_http: bool,
    wait: float,
    context: tuple[str, ...],
    form: str,
    output: Path | None,
) -> None:
    """Make real calls as the requester, and hold AWS's answers against what the stacks say.

    \b
      crossaccess verify -s account-a -s account-b --profile bob
      crossaccess verify A.json B.json --profile bob

    PATHs are states of both stacks, as pulumi stack export writes them, and folders of policies. For each
    grant that names the requester: what it gives has to work, and what it does not give has to be refused.
    Objects are written under names of their own, .crossaccess-probe/, and taken away again; no other object
    is changed.

    \b
    Exit status:
      0    AWS and the stacks agree on every line
      2    they differ
      3    of a line it cannot be told, and none differs
      1    a wrong use, or a failure
    """  # noqa: D301 - click's own sign for lines that stay as they are
    if not paths and not stacks:
        raise click.UsageError("Give both stacks: by -s STACK, or as the PATHs of their exported states.")
    if cwd is not None and not stacks:
        raise click.UsageError("--cwd belongs to -s STACK.")
    told = _context(context)
    with told_plainly():
        check_place(output)
        # Start-up counts. All of it is there before a signal is handled: what a handler raises while a module
        # is imported may be lost in the importing itself.
        from crossaccess.commands import gathering  # noqa: PLC0415
        from crossaccess.live.errors import LiveError  # noqa: PLC0415
        from crossaccess.live.verifying import Options  # noqa: PLC0415

        options = Options(
            profile=profile,
            owner_profile=owner_profile,
            endpoint_url=endpoint_url,
            only=only,
            read_only=read_only,
            plain_http=plain_http,
            wait=wait,
            context=told,
        )
        try:
            with _ended_by_signals():
                gathered = gathering.of_states_now(stacks, (*paths, *policies), cwd=cwd)
                status = _verify(gathered, options, form, output)
        except LiveError as error:
            raise click.ClickException(harmless(str(error))) from None
    if status:
        raise SystemExit(status)


def _verify(gathered: "Gathered", options: "Options", form: str, output: Path | None) -> int:
    # Start-up counts.
    from dataclasses import replace  # noqa: PLC0415

    from crossaccess.live import verifying  # noqa: PLC0415
    from crossaccess.report.verification import render  # noqa: PLC0415

    found = verifying.verify(gathered.new, options, _tell)
    found = replace(found, notes=(*found.notes, *gathered.notes))
    if form == "text":
        put_text(lambda stream: render(found, form, stream=stream), output)
    else:
        put(render(found, form), output)
    return STATUSES[found.verdict.value]


def _tell(text: str) -> None:
    click.echo(harmless(text), err=True)


def _context(given: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or ":" not in key:
            raise click.UsageError(f"--context {one!r} is no KEY=VALUE such as aws:SourceIp=203.0.113.7.")
        found[key] = (*found.get(key, ()), value)
    return found


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Have what ends a process politely end it as Ctrl-C does: what was made is taken away first."""

    def interrupt(_signal: int, _frame: "FrameType | None") -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
