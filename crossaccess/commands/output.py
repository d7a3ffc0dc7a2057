"""Where a command's result goes: standard output, or a file that is never half there."""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

STANDARD_OUTPUT = Path("-")


def check_place(path: Path | None) -> None:
    """Raise `OSError` where nothing can be written: sooner than what is to be written is there.

    Calls in accounts take their time, and are not made again for want of a folder.
    """
    if path is None or path == STANDARD_OUTPUT:
        standard_output()
        return
    if path.exists() and not (path.is_file() or path.is_dir()):
        return
    folder = path.resolve().parent
    found = None
    if path.is_dir():
        found = errno.EISDIR
    elif not folder.is_dir():
        found = errno.ENOENT
    elif not os.access(folder, os.W_OK):
        found = errno.EACCES
    if found is not None:
        raise OSError(found, os.strerror(found), str(path))


def put(text: str | bytes, path: Path | None, *, mode: int = 0o666) -> None:
    """Write a text to a file, in place of the one that is there; without a path to standard output.

    `mode` are the rights of a file that is not there yet, less what the umask takes. Raises `OSError`, and
    leaves the file as it was then.
    """
    # Foreign names may hold halves of characters, which no encoding knows.
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    if path is None or path == STANDARD_OUTPUT:
        stream = standard_output()
        stream.flush()
        stream.buffer.write(raw)
        stream.buffer.flush()
        return
    try:
        if path.exists() and not path.is_file():
            # A device or a pipe, such as /dev/stderr, is written to and never replaced.
            path.write_bytes(raw)
        else:
            _replace(path.resolve(), raw, mode)
    except OSError as error:
        # Told of the file that was asked for, not of the one beside it; a device's error tells of none.
        raise OSError(error.errno, error.strerror, str(path)) from None


def put_text(render: Callable[[TextIO | None], str], path: Path | None) -> None:
    """Write what is for people: with the colours and the width of standard output where it goes there.

    `render` makes the text for that stream, or for none. Raises `OSError` as `put` does.
    """
    if path is None or path == STANDARD_OUTPUT:
        stream = standard_output()
        stream.write(render(stream))
        stream.flush()
    else:
        put(render(None), path)


def standard_output() -> TextIO:
    """Standard output. Raises `OSError` where whoever started the program has closed it (`>&-`)."""
    found: TextIO | None = sys.stdout
    if found is None:
        raise OSError(errno.EBADF, "standard output is closed, and there is nowhere to write to")
    return found


def _replace(target: Path, raw: bytes, mode: int) -> None:
    """Write a file beside the target, with its rights where it is there, and let it take its place."""
    draft = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(raw)
        if target.exists():
            draft.chmod(target.stat().st_mode & 0o7777)
        draft.replace(target)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
