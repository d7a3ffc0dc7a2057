"""Where a command's result goes: standard output, or a file that is never half there."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STANDARD_OUTPUT = Path("-")


def put(text: str, path: Path | None) -> None:
    """Write a text to a file, in place of the one that is there; without a path to standard output.

    Raises `OSError`, and leaves the file as it was then.
    """
    # Foreign names may hold halves of characters, which no encoding knows.
    raw = text.encode("utf-8", "backslashreplace")
    if path is None or path == STANDARD_OUTPUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file():
        # A device or a pipe, such as /dev/stderr, is written to and never replaced.
        path.write_bytes(raw)
    else:
        try:
            _replace(path.resolve(), raw)
        except OSError as error:
            # Told of the file that was asked for, not of the one beside it.
            raise OSError(error.errno, error.strerror, str(path)) from None


def _replace(target: Path, raw: bytes) -> None:
    with _beside(target) as draft:
        draft.write_bytes(raw)
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file in the target's folder, gone in the end unless it was renamed."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    draft = Path(name)
    try:
        os.close(handle)
        # The usual rights of a new file: what is made for the moment only is its owner's alone.
        mask = os.umask(0)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)
        yield draft
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
