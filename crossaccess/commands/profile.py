"""`crossaccess profile`: AWS profiles for the roles of grants."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from crossaccess.commands.group import harmless, told_plainly
from crossaccess.commands.output import STANDARD_OUTPUT, put

if TYPE_CHECKING:
    from crossaccess.deployment.picture import Grant

_FILE: Final = click.Path(path_type=Path)
_OWN_ONLY: Final = 0o600


@click.command(short_help="Write AWS profiles for the roles of grants.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=_FILE)
@click.option("--grant", "wanted", metavar="NAME", multiple=True, help="This grant only; may be repeated.")
@click.option(
    "--source-profile",
    metavar="NAME",
    default="default",
    show_default=True,
    help="The profile whose credentials assume the role.",
)
@click.option(
    "--session-name",
    metavar="NAME",
    help="The session's name, which the owner's trail shows; by default the user's, or the grant's.",
)
@click.option("-o", "--output", metavar="FILE", type=_FILE, help="Add the profiles to this AWS config file.")
@click.option("--force", is_flag=True, help="With -o: replace profiles that are there, as a whole.")
def profile(  # noqa: PLR0913, PLR0917 - an option each
    paths: tuple[Path, ...],
    wanted: tuple[str, ...],
    source_profile: str,
    session_name: str | None,
    output: Path | None,
    force: bool,
) -> None:
    """Write a profile for the role of each grant, and the command that assumes it by hand.

    Each PATH is a stack's exported state or preview, the owner's or the requester's, or a handover
    (pulumi stack output handover --json). Without -o everything is printed, as lines for
    ~/.aws/config. With -o the profiles go into that file, whose other lines stay as they are, and
    the commands are printed.

    An external id is no secret (AWS says so): it is printed, for those grants that ask for one.
    """
    if force and output is None:
        raise click.UsageError("--force belongs to -o FILE.")
    with told_plainly():
        from crossaccess.deployment.errors import SourceError  # noqa: PLC0415 - start-up counts
        from crossaccess.profiles.config_file import with_profiles  # noqa: PLC0415 - the same
        from crossaccess.profiles.profile import profiles_of  # noqa: PLC0415 - the same

        found = list(
            profiles_of(
                _grants(paths), wanted=wanted, source_profile=source_profile, session_name=session_name
            )
        )
        if not found:
            raise SourceError("no grant with a role stands there (method assume-role), as far as it is known")
        for one in found:
            if one.only_by_hand is not None:
                click.echo(f"{one.name}: no profile can say {one.only_by_hand}: assume it by hand", err=True)
            if one.conditions.mfa is not None:
                click.echo(f"{one.name}: asks for MFA: add your device to the profile, mfa_serial", err=True)
        written = [one for one in found if one.only_by_hand is None]
        if output is None or output == STANDARD_OUTPUT:
            blocks = [one.block for one in written]
            lines = [f"# By hand, {one.name}:\n# {one.by_hand}\n" for one in found]
            put("\n".join([*blocks, *lines]), None)
            return
        if written:
            before = output.read_bytes() if output.is_file() else b""
            put(with_profiles(before, written, force=force, where=str(output)), output, mode=_OWN_ONLY)
        click.echo(harmless("\n".join(one.by_hand for one in found)))


def _grants(paths: tuple[Path, ...]) -> "tuple[Grant, ...]":
    from crossaccess.deployment.grants import first_hand, handovers  # noqa: PLC0415 - start-up counts
    from crossaccess.deployment.source import read_object, read_source  # noqa: PLC0415 - the same

    found: list[Grant] = []
    for path in paths:
        data = {} if path.is_dir() else read_object(path)
        handed = list(handovers({"handover": data, **data}))
        if handed:
            found += [grant for one in handed for grant in one.grants]
        else:
            found += read_source(path).new.grants
    return first_hand(found)
