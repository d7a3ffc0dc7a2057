"""The policies that accounts have beside the stacks', as `--profile` and `--owner-profile` bring them in."""

import sys
from collections.abc import Callable
from dataclasses import replace

import click

from crossaccess.commands.gathering import Gathered
from crossaccess.commands.group import harmless
from crossaccess.deployment.further import added
from crossaccess.deployment.merging import merge
from crossaccess.deployment.picture import Picture
from crossaccess.deployment.seen import Seen, Wanted
from crossaccess.live.errors import LiveError
from crossaccess.live.looking import Profiles, look


def looked_at(picture: Picture, profiles: Profiles, wanted: Callable[[str], Wanted]) -> tuple[Seen, ...]:
    """Read what is wanted of the profiles' accounts. Raises `ClickException` where nobody can be asked."""
    try:
        return look(picture, profiles, wanted, _progress)
    except LiveError as error:
        raise click.ClickException(harmless(str(error))) from None


def with_further(gathered: Gathered, profiles: Profiles, wanted: Callable[[str], Wanted]) -> Gathered:
    """The pictures with the further policies of the principals that are wanted of each account.

    What the stacks say of a principal stays theirs: it is what will be, where AWS knows what is. The notes
    name what was added. Raises `ClickException` where nobody can be asked.
    """
    looked = looked_at(gathered.new, profiles, wanted)
    pictures = (gathered.old, gathered.new)
    olds = [added(gathered.old, pictures, seen) for seen in looked]
    news = [added(gathered.new, pictures, seen) for seen in looked]
    notes = [note for one in news for note in one.notes]
    notes += [f"of account {seen.account}, nobody was asked about" for seen in looked if not seen.principals]
    return replace(
        gathered,
        old=merge([gathered.old, *(one.picture for one in olds)]),
        new=merge([gathered.new, *(one.picture for one in news)]),
        titles=(*gathered.titles, *(f"account {seen.account} by {seen.by}" for seen in looked)),
        notes=tuple(dict.fromkeys((*gathered.notes, *notes))),
    )


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(harmless(text), err=True)
