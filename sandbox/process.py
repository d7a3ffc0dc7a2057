"""Starting the programs that the sandbox is made of, and never leaving one behind."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

_PROCESSES = Path("/proc")
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

    It gets a session of its own: when this call is interrupted, or `timeout` seconds have passed
    (`subprocess.TimeoutExpired`), all that is of the session is ended, so that none of its children stays.
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
            _end_session(process)
            raise
    return Finished(argv=command, status=process.returncode, out=out, err=err)


def _end_session(process: "subprocess.Popen[str]") -> None:
    """Ask the process and its children to end, and make them where they do not.

    The engine puts its plugins into groups of their own and ends them by itself; one that it is just about to
    start it forgets.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    for pid in _of_session(process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _of_session(session: int) -> Iterator[int]:
    """The processes of a session that still run."""
    for pid in _running():
        with suppress(ProcessLookupError, PermissionError):
            if os.getsid(pid) == session:
                yield pid


def _running() -> Iterator[int]:
    """All processes: where Linux lists them, else as `ps` does, which small systems lack."""
    if _PROCESSES.is_dir():
        yield from (int(one.name) for one in _PROCESSES.iterdir() if one.name.isdecimal())
        return
    with suppress(FileNotFoundError):
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid="],  # noqa: S607 - wherever the system has it
            capture_output=True,
            text=True,
            check=False,
        )
        yield from map(int, listed.stdout.split())
