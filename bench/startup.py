"""What the command costs before it does anything."""

import subprocess
import sys

from bench.measure import Measured, best_of

_WANTED = 6.0


def command() -> Measured:
    """Start the command and let it tell its version, beside an interpreter that does nothing."""
    told = [sys.executable, "-m", "crossaccess", "--version"]
    seconds = best_of(5, lambda: _run(told))
    empty = best_of(5, lambda: _run([sys.executable, "-c", "pass"]))
    ratio = seconds / empty
    return Measured(
        what="start-up of the command",
        value=f"{seconds * 1000:.0f} ms",
        beside=f"{ratio:.1f} times an empty Python program",
        wanted=f"{_WANTED:.0f} times at most",
        ok=ratio <= _WANTED,
    )


def _run(words: list[str]) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own interpreter
