"""Where engines are kept once they were had: a folder of the user's cache, never the work tree."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.lock import held

UNFINISHED = ".unfinished-"
"""How the folders begin that are still being filled."""


def cache_folder() -> Path:
    """Return the folder of all engines, after the XDG base directory rule."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    return cache / "crossaccess" / "engine"


@contextmanager
def only_one(cache: Path) -> Iterator[None]:
    """Fill the cache alone: a second process waits here until the first is through.

    What a killed process left half done is taken away.
    """
    with held(cache / "lock", wait=True):
        for leftover in cache.glob(f"{UNFINISHED}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield


@contextmanager
def filled_at_once(target: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; it becomes `target` when all went well, and vanishes when not.

    The renaming is atomic, so `target` is either not there or whole.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=target.parent))
    try:
        yield unfinished
        if target.exists():
            shutil.rmtree(target)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
