"""Starting the programs that the sandbox is made of, and never leaving one behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

PATIENCE = 5.0
"""Seconds that a program gets to end by itself once it was asked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A program that has ended."""

    argv: tuple[str, ...]
    status: int
    """Its exit status: 0 is success, negative the number of the signal that ended it."""
    out: str
    err: str

    @property
    def text(self) -> str:
        """All that it wrote, standard output first."""
        return f"{self.out}{self.err}"

    def checked(self, doing: str) -> "Finished":
        """Return self where the program succeeded; else raise `SandboxError` that says what was `doing`."""
        if self.status == 0:
            return self
        said = self.text.strip() or "it said nothing"
        raise SandboxError(f"{doing} failed (exit status {self.status} of `{' '.join(self.argv)}`):\n{said}")


def run(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float | None = None,
) -> Finished:
    """Run a program to its end and collect what it wrote.

    It gets a process group of its own: when this call is interrupted, or `timeout` seconds have passed
    (`subprocess.TimeoutExpired`), the whole group is ended, so that none of its children stays.
    """
    command = tuple(str(part) for part in argv)
    with subprocess.Popen(  # noqa: S603 - the programs are the sandbox's own, no shell takes part
        command,
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            _end_group(process)
            raise
    return Finished(argv=command, status=process.returncode, out=out, err=err)


def _end_group(process: "subprocess.Popen[str]") -> None:
    """Ask the process and its children to end, and make them where they do not."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
