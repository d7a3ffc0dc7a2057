"""What a user waits for: the commands that compare and prove, on documents at AWS's limits."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import limits
from bench.errors import BenchError
from bench.layouts import APART, OVERLAPPING, STATEMENTS, Layout
from bench.measure import Measured, medians_of

_ROUNDS = 5
_DIFF_SECONDS = 0.3
_PROVE_SECONDS = 0.1
_ENGINE_SECONDS = 1
"""What the engine takes for a preview of a few resources at least."""
_PATIENCE = 60
"""Seconds after which a command is stopped."""
_STATUSES = (0, 2)
"""Nothing gained or proven; access gained or a counterexample. Everything else is a failure."""


def commands() -> Iterator[Measured]:
    """Compare both stacks' previews; prove over folders: nothing new, and what is never allowed."""
    for layout in (APART, OVERLAPPING):
        with tempfile.TemporaryDirectory() as name:
            yield from _of(layout, Path(name))


def _of(layout: Layout, folder: Path) -> Iterator[Measured]:
    bucket, wider = (limits.bucket_policy(layout, widened=widened) for widened in (False, True))
    attached = [limits.managed_policy(layout, number) for number in range(limits.ATTACHED)]
    owner, requester = limits.write_previews(folder, bucket, wider, attached)
    old = limits.write_folder(folder / "old", bucket, attached)
    turned = [limits.turned(document) for document in attached]
    rewritten = limits.write_folder(folder / "rewritten", limits.turned(bucket), turned)
    widened = limits.write_folder(folder / "widened", wider, attached)
    size = f"{STATEMENTS} statements and {limits.ATTACHED} managed policies, {layout.name}"
    yield row(
        f"diff of two previews, {size}",
        ["diff", str(owner), "--with", str(requester)],
        wanted=_DIFF_SECONDS,
    )
    yield _beside_a_preview(f"diff beside the preview that it waits for, {size}", folder, owner, requester)
    for what, words in (
        ("no new access by a rewrite", ["--no-new-access", str(old), str(rewritten)]),
        ("no new access, in vain", ["--no-new-access", str(old), str(widened)]),
        ("never", ["--never", layout.never, str(old)]),
    ):
        yield row(f"prove {what}, {size}", ["prove", *words], wanted=_PROVE_SECONDS)


def row(what: str, words: Sequence[str], *, wanted: float) -> Measured:
    """The whole command, start-up included, in turn with one that does nothing but start."""
    limit = f"under {wanted * 1000:.0f} ms"
    try:
        own, least = medians_of(_ROUNDS, lambda: _run(words), lambda: _run(["--version"]))
    except BenchError as fault:
        return Measured(what=what, value="none", beside=str(fault), wanted=limit, ok=False)
    return Measured(
        what=what,
        value=f"{own * 1000:.0f} ms",
        beside=f"{least * 1000:.0f} ms of it start-up, {(own - least) * 1000:.0f} ms its own work",
        wanted=limit,
        ok=own < wanted,
    )


def _beside_a_preview(what: str, folder: Path, owner: Path, requester: Path) -> Measured:
    """The same by `-s`, less what the engine takes: here one that waits and then tells the saved preview."""
    engine = folder / "pulumi"
    engine.write_text(f"#!/bin/sh\nsleep {_ENGINE_SECONDS}\nexec cat {owner}\n", encoding="utf-8")
    engine.chmod(0o700)
    path = f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    limit = f"under {_DIFF_SECONDS * 1000:.0f} ms"
    words = ["diff", "-s", "owner", "--with", str(requester)]
    try:
        own, least = medians_of(_ROUNDS, lambda: _run(words, path), lambda: _wait(engine))
    except BenchError as fault:
        return Measured(what=what, value="none", beside=str(fault), wanted=limit, ok=False)
    return Measured(
        what=what,
        value=f"{(own - least) * 1000:.0f} ms",
        beside=f"{least * 1000:.0f} ms for the preview itself",
        wanted=limit,
        ok=own - least < _DIFF_SECONDS,
    )


def _wait(engine: Path) -> None:
    subprocess.run([engine], check=True, stdout=subprocess.DEVNULL, timeout=_PATIENCE)  # noqa: S603 - our own


def _usual() -> dict[str, str]:
    """The environment, but that modules are compiled once, as they are wherever nobody forbids it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _run(words: Sequence[str], path: str | None = None) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "crossaccess", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
            env=_usual() if path is None else {**_usual(), "PATH": path},
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"crossaccess {words[0]} did not end within {_PATIENCE} s") from None
    # A wrong use may end with the same status as a gain, but then it says nothing on standard output.
    if done.returncode not in _STATUSES or not done.stdout.strip():
        said = done.stderr.strip().splitlines() or ["it says nothing"]
        raise BenchError(f"crossaccess {words[0]}: {said[-1]}")
