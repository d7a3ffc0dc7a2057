"""Options that several commands have, the same in each."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

FILE: Final = click.Path(path_type=Path)
_Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]  # Any: as click has it


def stacks(does: str) -> _Decorator:
    """`-s` and `-C`: the stacks that a command looks at itself. `does` is what it does with each."""
    named = click.option(
        "-s",
        "--stack",
        "stacks",
        metavar="STACK",
        multiple=True,
        help=f"{does} this stack now; may be repeated.",
    )
    where = click.option(
        "-C",
        "--cwd",
        metavar="FOLDER",
        type=FILE,
        help="With -s: the folder of the program, by default this one.",
    )
    return lambda command: named(where(command))


def policies() -> _Decorator:
    """`--policies`: folders of what no stack holds."""
    return click.option(
        "--policies",
        metavar="DIR",
        multiple=True,
        type=FILE,
        help="A folder of policies that no stack holds; may be repeated.",
    )


def output(formats: Sequence[str]) -> _Decorator:
    """`--format` and `-o`: how and where to tell it."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default="text",
        show_default=True,
        help="How to tell it.",
    )
    place = click.option(
        "-o", "--output", metavar="FILE", type=FILE, help="Write to this file instead of standard output."
    )
    return lambda command: form(place(command))


def profiles(does: str) -> _Decorator:
    """`--owner-profile` and `--profile`: whom to read each side's accounts with. `does` is what for."""
    owners = click.option(
        "--owner-profile",
        "owners",
        metavar="NAME",
        multiple=True,
        help=f"A profile of the bucket's account, {does}; may be repeated.",
    )
    requesters = click.option(
        "--profile",
        "requesters",
        metavar="NAME",
        multiple=True,
        help=f"A profile of a requester's account, {does}; may be repeated.",
    )
    endpoint = click.option(
        "--endpoint-url",
        metavar="URL",
        help="With a profile: where AWS is, by default as the AWS CLI finds it.",
    )
    return lambda command: owners(requesters(endpoint(command)))
