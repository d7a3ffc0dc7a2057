"""What one picture is read from: arguments and options that all commands about a picture have."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from crossaccess.commands import options

if TYPE_CHECKING:
    from crossaccess.commands.gathering import Gathered
    from crossaccess.deployment.picture import Picture
    from crossaccess.deployment.seen import Wanted

WantedOf: TypeAlias = "Callable[[Picture, str], Wanted]"
"""Of whom, in an account, further policies are read."""
_Command: TypeAlias = Callable[..., None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the command line names: files, stacks, folders of policies, and profiles of both sides' accounts.

    `before` takes of previews what is there, and not what will be.
    """

    paths: tuple[Path, ...]
    stacks: tuple[str, ...]
    cwd: Path | None
    refresh: bool
    before: bool
    policies: tuple[Path, ...]
    owners: tuple[str, ...]
    requesters: tuple[str, ...]
    endpoint_url: str | None

    def check(self) -> None:
        """Raise `UsageError` where nothing is named, or an option without what it belongs to."""
        if not (self.paths or self.stacks or self.policies):
            raise click.UsageError("Give what holds the policies: a PATH, -s STACK or --policies DIR.")
        if self.endpoint_url is not None and not (self.owners or self.requesters):
            raise click.UsageError("--endpoint-url belongs to --profile and --owner-profile.")
        if not self.stacks and (self.cwd is not None or self.refresh):
            raise click.UsageError("--cwd and --refresh belong to -s STACK.")

    def gather(self, wanted: WantedOf) -> "Gathered":
        """Read all of it. Raises `SourceError`, and `ClickException` where a profile cannot be asked."""
        from crossaccess.commands import gathering  # noqa: PLC0415 - start-up counts

        files = (*self.paths, *self.policies)
        if self.stacks:
            gathered = gathering.of_stacks(self.stacks, files, cwd=self.cwd, refresh=self.refresh)
        else:
            gathered = gathering.of_one(files)
        if not (self.owners or self.requesters):
            return gathered
        # Start-up counts, and most questions ask nobody.
        from crossaccess.commands.further import with_further  # noqa: PLC0415
        from crossaccess.live.looking import Profiles  # noqa: PLC0415

        profiles = Profiles(owners=self.owners, requesters=self.requesters, endpoint_url=self.endpoint_url)
        picture = self.picture(gathered)
        return with_further(gathered, profiles, lambda account: wanted(picture, account))

    def picture(self, gathered: "Gathered") -> "Picture":
        """The picture that is asked about."""
        return gathered.old if self.before else gathered.new


def of_everybody(picture: "Picture", account: str) -> "Wanted":
    """All principals and groups of an account that a picture holds or names."""
    from dataclasses import replace  # noqa: PLC0415 - start-up counts

    from crossaccess.deployment.seen import wanted_of  # noqa: PLC0415 - start-up counts

    return replace(wanted_of(picture, account), buckets=(), keys=())


def sources(whose: str) -> Callable[[_Command], _Command]:
    """Give a command all of these, as its first argument. `whose` further policies its profiles read."""

    def decorated(command: _Command) -> _Command:
        @click.argument("paths", metavar="[PATH]...", nargs=-1, type=options.FILE)
        @options.stacks("Preview")
        @click.option("--refresh", is_flag=True, help="With -s: look first at what is really deployed.")
        @click.option("--before", is_flag=True, help="Of previews, take what is there, not what will be.")
        @options.policies()
        @options.profiles(f"to read further policies of {whose}")
        @functools.wraps(command)
        def with_sources(  # noqa: PLR0913 - an option each
            *,
            paths: tuple[Path, ...],
            stacks: tuple[str, ...],
            cwd: Path | None,
            refresh: bool,
            before: bool,
            policies: tuple[Path, ...],
            owners: tuple[str, ...],
            requesters: tuple[str, ...],
            endpoint_url: str | None,
            **own: Any,  # Any: the command's own
        ) -> None:
            told = Sources(
                paths=paths,
                stacks=stacks,
                cwd=cwd,
                refresh=refresh,
                before=before,
                policies=policies,
                owners=owners,
                requesters=requesters,
                endpoint_url=endpoint_url,
            )
            told.check()
            command(told, **own)

        return with_sources

    return decorated
