"""The peer of the prover: iamprover from PyPI (Z3), in an environment and a process of its own."""

import filecmp
import json
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.families import BOB, Question

_SOURCE = Path(__file__).parent / "iamprover"
_LOCK = "requirements.txt"
_FOLDER = Path(__file__).resolve().parents[1] / ".bench" / "iamprover"
"""Where it is installed: apart from our own code, and ignored by git."""
_INSTALL_SECONDS = 300.0
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A prover's answer to one question, and the seconds that it took.

    `holds` is `None` where it gave none: where `over` is set, because its time was up by then.
    """

    holds: bool | None
    seconds: float
    over: bool = False


class Peer:
    """A process that answers one question after another. It is started anew after each that it left open."""

    def __init__(self, command: list[str]) -> None:
        """Take the command that starts it: see `bench/iamprover/worker.py` for what it reads and writes."""
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self.start_up = 0.0
        """Seconds from the start of the process until it could take a question."""

    def ask(self, question: Question, *, seconds: float) -> Told:
        """Ask one question, for so many seconds at most. Raises `BenchError` where the process fails."""
        process = self._process or self._start()
        line = {
            "principal": BOB,
            "documents": question.documents,
            "action": question.action,
            "resource": question.resource,
        }
        if process.stdin is None:
            raise BenchError("iamprover takes no questions")
        try:
            process.stdin.write(json.dumps(line).encode() + b"\n")
            process.stdin.flush()
        except OSError as fault:
            raise BenchError(f"iamprover takes no questions: {fault}") from fault
        answer = _line_of(process, seconds)
        if answer is None:
            self.stop()
            return Told(holds=None, seconds=seconds, over=True)
        return Told(holds=bool(answer["holds"]), seconds=_number(answer["seconds"]))

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> "subprocess.Popen[bytes]":
        begun = time.perf_counter()
        try:
            process = subprocess.Popen(  # noqa: S603 - what its lock file names
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        except OSError as fault:
            raise BenchError(f"iamprover does not start: {fault}") from fault
        self._process = process
        if _line_of(process, _START_SECONDS) is None:
            self.stop()
            raise BenchError("iamprover does not start")
        self.start_up = time.perf_counter() - begun
        return process


@contextmanager
def running_peer() -> Iterator[Peer]:
    """The peer as long as the context lasts, installed if need be. Raises `BenchError` without it."""
    _install()
    peer = Peer([str(_python()), str(_SOURCE / "worker.py")])
    try:
        yield peer
    finally:
        peer.stop()


def _line_of(process: "subprocess.Popen[bytes]", seconds: float) -> Mapping[str, object] | None:
    """The next line that the process writes, as JSON; `None` where none comes in time."""
    if process.stdout is None:
        raise BenchError("iamprover answers nothing")
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    if not ready:
        return None
    line = process.stdout.readline()
    if not line:
        raise BenchError(f"iamprover ended with status {process.wait()}")
    found: dict[str, object] = json.loads(line)
    return found


def _number(value: object) -> float:
    if not isinstance(value, float):
        raise BenchError(f"iamprover tells {value!r} where seconds should be")
    return value


def _install() -> None:
    """Install what the lock file names, by its hashes, once."""
    installed = _FOLDER / _LOCK
    if installed.exists() and filecmp.cmp(_SOURCE / _LOCK, installed, shallow=False):
        return
    _run([sys.executable, "-m", "venv", "--clear", str(_FOLDER)])
    quiet = ["--disable-pip-version-check", "--quiet"]
    _run([str(_python()), "-m", "pip", *quiet, "install", "--require-hashes", "-r", str(_SOURCE / _LOCK)])
    # Written last: it says that the rest is there.
    shutil.copyfile(_SOURCE / _LOCK, installed)


def _python() -> Path:
    return _FOLDER / "bin" / "python"


def _run(words: list[str]) -> None:
    try:
        subprocess.run(  # noqa: S603 - Python, and what the lock file names
            words, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as fault:
        said = (getattr(fault, "stderr", None) or str(fault)).strip().splitlines()
        raise BenchError(
            f"iamprover cannot be installed: {said[-1] if said else 'no reason told'}"
        ) from fault
