"""The group of commands: how each of them ends.

A script tells the end by the exit status: 1 is a wrong use or a failure, whichever command it was, and 130
is Ctrl-C. Other statuses are the command's own answer.
"""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TextIO

import click

from crossaccess.deployment.errors import SourceError

FAILED = 1
INTERRUPTED = 130
"""What shells say of a program that Ctrl-C ended."""


COMMANDS: Final = (
    "check",
    "decide",
    "diff",
    "drift",
    "explain",
    "profile",
    "prove",
    "report",
    "verify",
    "who",
)
"""The commands, each in a module of its name, which is imported when the command is asked for."""


class Commands(click.Group):
    """A group whose wrong uses end with the status of a failure.

    Click has 2 for them, which is a gain here.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """The names of all commands."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """The command of a name; `None` where there is none."""
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(f"crossaccess.commands.{cmd_name}"), cmd_name)
        return found if isinstance(found, click.Command) else None

    def main(self, *args: Any, **extra: Any) -> Any:  # Any: click's own signature, handed through
        """Run the command that the arguments name, and end the process with its status."""
        _have_streams()
        try:
            status = super().main(*args, **{**extra, "standalone_mode": False})
            stream: TextIO | None = sys.stdout
            if stream is not None:
                stream.flush()
        except click.ClickException as error:
            error.show()
            status = FAILED
        except (click.Abort, KeyboardInterrupt):
            click.echo("Interrupted", err=True)
            status = INTERRUPTED
            _leave_calls(status)
        except BrokenPipeError:
            # Who read the output has gone; Python would complain once more when it closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = FAILED
        # At its end Python looks once more through all that was made, for nothing: the process ends.
        gc.freeze()
        sys.exit(status)


def _leave_calls(status: int) -> None:
    """End the process where threads still wait for answers: Python would wait for them, for minutes.

    What has to be waited for, such as a call that writes, its command has waited for by now.
    """
    if threading.active_count() > 1:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(status)


def _have_streams() -> None:
    """Begin with somewhere to write messages to: Python has `None` for a stream that was closed (`2>&-`).

    They may be lost, and the next file that is opened must not take their place.
    """
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the process's end


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what is wrong with the user's files into a message of the command."""
    try:
        yield
    except SourceError as error:
        raise click.ClickException(harmless(str(error))) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(harmless(f"{about}{error.strerror or error}")) from None
    except RecursionError:
        raise click.ClickException("what is to be read is nested too deeply") from None


def harmless(text: str) -> str:
    """The text without what could steer a terminal: names out of other accounts' files stand in it."""
    return "".join(one if one.isprintable() or one in "\n\t" else "\N{REPLACEMENT CHARACTER}" for one in text)
