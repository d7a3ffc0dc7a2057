"""Having the engine make a preview: `pulumi preview`, as the user would type it."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.preview import messages
from crossaccess.deployment.source import Source, load_object, source_of

_MOST_LINES = 40
"""Lines of the engine's own words that an error repeats, the last ones."""
_PATIENCE = 20.0
"""Seconds that the engine gets to end by itself after Ctrl-C: it gives the stack's lock back then."""


def run_preview(
    stack: str,
    *,
    cwd: Path | None = None,
    more: Sequence[str] = (),
    command: str = "pulumi",
    meanwhile: Callable[[], None] | None = None,
) -> Source:
    """Preview a stack of the program in `cwd`, by default the working directory, and read what comes of it.

    `more` are further arguments of `pulumi preview`, such as `--refresh`. Warnings go to standard error.
    `meanwhile` is what to do in another thread while the engine is at work.
    Nothing is asked: who is not logged in, or gives no passphrase, is told so. The plan, which may hold
    secrets, lies in a folder that only this user can look into, and is gone afterwards.
    Raises `SourceError` where there is no engine, or no preview comes of it.
    """
    with tempfile.TemporaryDirectory(prefix="crossaccess-") as folder:
        plan = Path(folder) / "plan.json"
        arguments = ("preview", "--json", "--show-sames", "--save-plan", str(plan), "--stack", stack)
        argv = [command, *arguments, "--non-interactive", "--color=never", *more]
        status, out, err = _run(argv, cwd, meanwhile)
        return _read(stack, status, out, err, plan)


def run_export(stack: str, *, cwd: Path | None = None, command: str = "pulumi") -> Source:
    """Export the state of a stack of the program in `cwd`, and read it. Secrets stay encrypted in it.

    Raises `SourceError` where there is no engine, or no such stack.
    """
    argv = [command, "stack", "export", "--stack", stack, "--non-interactive", "--color=never"]
    status, out, err = _run(argv, cwd)
    if status != 0:
        lines = [_plain(line) for line in err.splitlines() if line.strip()][-_MOST_LINES:]
        told = "\n".join(f"  {line}" for line in lines) or "  it said nothing"
        raise SourceError(f"the state of {stack} cannot be exported (exit status {status}):\n{told}")
    return source_of(load_object(out))


def _run(
    argv: Sequence[str], cwd: Path | None, meanwhile: Callable[[], None] | None = None
) -> tuple[int, bytes, str]:
    """Run a command to its end; its exit status and what it wrote. Standard input is empty."""
    if cwd is not None and not cwd.is_dir():
        raise SourceError(f"{cwd} is no folder: give the one that holds Pulumi.yaml")
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command, and no shell takes part
            argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except FileNotFoundError:
        raise SourceError(
            f"the command {argv[0]} was not found: install Pulumi (https://www.pulumi.com/docs/install/) and "
            "put it on the PATH, or give a saved preview, "
            "pulumi preview --json --show-sames -s STACK > PREVIEW.json"
        ) from None
    except OSError as error:
        raise SourceError(f"the command {argv[0]} cannot be started: {error.strerror}") from None
    with process:
        try:
            with _beside(meanwhile):
                out, err = process.communicate()
        except BaseException:
            _end(process)
            raise
    return process.returncode, out, err.decode(errors="replace")


@contextmanager
def _beside(work: Callable[[], None] | None) -> Iterator[None]:
    """Do some work in a thread of its own, and wait for its end; it raises what the work raises.

    Not in this one, which Ctrl-C interrupts: where code is made at that moment, as it is by imports, Python
    ends the process by the signal, although it was handled.
    """
    if work is None:
        yield
        return
    with ThreadPoolExecutor(max_workers=1) as pool:
        done = pool.submit(work)
        yield
        done.result()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let the engine end, which Ctrl-C has told as well; make it where it does not."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_PATIENCE)
        return
    process.kill()
    process.communicate()


def _read(stack: str, status: int, out: bytes, err: str, plan: Path) -> Source:
    try:
        data = load_object(out)
    except SourceError:
        data = {}
    errors = messages(data, "error")
    if errors or status != 0 or not data:
        said = [*errors, err] if data else [err, out.decode(errors="replace")]
        raise SourceError(_failed(stack, status, "\n".join(said)))
    for line in (*messages(data, "warning"), *err.splitlines()):
        sys.stderr.write(f"{_plain(line)}\n")
    return source_of(data, plan=load_object(plan.read_bytes()) if plan.exists() else None)


def _failed(stack: str, status: int, said: str) -> str:
    lines = [_plain(line) for line in said.splitlines() if line.strip()][-_MOST_LINES:]
    told = "\n".join(f"  {line}" for line in lines) or "  it said nothing"
    return f"the preview of {stack} failed (exit status {status} of pulumi preview):\n{told}"


def _plain(text: str) -> str:
    """The text without what could steer a terminal: names and policies of others stand in it."""
    return "".join(one if one.isprintable() or one == "\t" else "�" for one in text)
