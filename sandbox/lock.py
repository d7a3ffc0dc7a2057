"""One at a time: locks that end with the process that holds them, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock file at `path`; yield whether it is ours.

    With `wait` the answer is always true, sooner or later. The operating system frees the lock of a killed
    process, so no leftover has to be cleaned away by hand.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def is_held(path: Path) -> bool:
    """Say whether some process holds the lock file at `path` just now."""
    if not path.exists():
        return False
    with held(path, wait=False) as ours:
        return not ours
