"""Programs that are started, watched and ended; locks; and what is told meanwhile."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

from sandbox import control as controlling
from sandbox import progress as progressing
from sandbox.control import check_free
from sandbox.errors import SandboxError
from sandbox.folder import SandboxFolder
from sandbox.lock import held, is_held
from sandbox.process import run
from sandbox.progress import Progress


def is_alive(pid: int) -> bool:
    """Say whether a process runs (one that only waits to be reaped does not)."""
    state = subprocess.run(
        ["/bin/ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def test_a_failure_is_told_with_what_the_program_said() -> None:
    """The message names the step, the command, its exit status and its words."""
    ended = run(["/bin/sh", "-c", "echo heard; echo seen >&2; exit 3"])
    with pytest.raises(SandboxError) as caught:
        ended.checked("Trying")
    assert str(caught.value).startswith("Trying failed (exit status 3 of `/bin/sh -c ")
    assert str(caught.value).endswith("heard\nseen")


def test_a_success_is_passed_on() -> None:
    """Checking a program that succeeded gives it back."""
    ended = run(["/bin/sh", "-c", "echo fine"])
    assert ended.checked("Trying") is ended
    assert ended.out == "fine\n"


_GROUPED = (
    "import os, sys, time; os.setpgid(0, 0); open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
)
_CHILDREN = {
    "of its group": "sleep 60 & echo $! > {file}; wait",
    # As the engine starts its plugins.
    "of a group of its own": f'{sys.executable} -c "{_GROUPED}" {{file}} & wait',
}


@pytest.mark.parametrize("child", _CHILDREN.values(), ids=_CHILDREN)
def test_a_program_that_takes_too_long_is_ended_with_its_children(tmp_path: Path, child: str) -> None:
    """No grandchild survives, either, whatever group it is of."""
    pid_file = tmp_path / "pid"
    with pytest.raises(subprocess.TimeoutExpired):
        run(["/bin/sh", "-c", child.format(file=pid_file)], timeout=2)
    pid = int(pid_file.read_text(encoding="utf-8"))
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def test_one_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    """Whoever comes second is told so; afterwards it is free."""
    lock = tmp_path / "folder" / "lock"
    assert not is_held(lock)
    with held(lock, wait=False) as first, held(lock, wait=False) as second:
        assert (first, second) == (True, False)
        assert is_held(lock)
    assert not is_held(lock)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    """Nobody has to clean up by hand after a kill."""
    lock = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from sandbox.lock import held\n"
        "with held(Path(sys.argv[1]), wait=True): print('held', flush=True); time.sleep(60)"
    )
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert is_held(lock)
        holder.kill()
        holder.wait()
    assert not is_held(lock)


def test_a_new_sandbox_starts_in_a_clean_folder(tmp_path: Path) -> None:
    """Whatever a killed one left is gone, but for the lock that the new one holds; the user's files stay."""
    folder = SandboxFolder(root=tmp_path / "sandbox")
    kept = tmp_path / "kept"
    kept.mkdir()
    folder.state.mkdir(parents=True)
    (folder.state / "stale.json").write_text("{}", encoding="utf-8")
    folder.environment.write_text("{}", encoding="utf-8")
    folder.work.symlink_to(kept)
    (kept / "mine").touch()
    (folder.root / "mine").touch()
    with held(folder.lock, wait=False):
        assert folder.cleared() is folder
        assert is_held(folder.lock)
    assert not folder.environment.exists()
    assert not folder.work.is_symlink()
    assert list(folder.state.iterdir()) == []
    assert (folder.root / "mine").exists()
    assert (kept / "mine").exists()


def test_a_port_in_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which port, and what to do."""
    monkeypatch.setattr(controlling, "PORT_PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(SandboxError, match=rf"Port {port} .*in use.*Choose another"):
            check_free(port)
    check_free(port)
    check_free(0)


def test_a_port_that_becomes_free_is_waited_for() -> None:
    """A killed sandbox's accounts may still be ending when the next one starts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ending = threading.Timer(0.3, server.close)
        ending.start()
        check_free(port)
        ending.join()


def told_by(terminal: bool, *, fails: bool = False) -> str:
    """Run one slow step and return what was told."""
    words = io.StringIO()
    progress = Progress(Console(file=words, force_terminal=terminal, width=100))
    with suppress(SandboxError), progress.step("Building [all] of it"):
        time.sleep(0.15)
        if fails:
            raise SandboxError("no")
    return words.getvalue()


def test_a_log_hears_of_a_step_that_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is announced, told again while it lasts, and told when it is over, with its time."""
    monkeypatch.setattr(progressing, "FIRST_WORD_AFTER", 0.01)
    monkeypatch.setattr(progressing, "NEXT_WORD_AFTER", 0.05)
    lines = told_by(terminal=False).splitlines()
    assert lines[0] == "… Building [all] of it"
    assert lines[1].startswith("… Building [all] of it: still at it (0.")
    assert lines[-1].startswith("✓ Building [all] of it (0.")


def test_a_log_hears_of_a_short_step_once() -> None:
    """One line is enough for what takes no time."""
    assert len(told_by(terminal=False).splitlines()) == 1


@pytest.mark.parametrize("terminal", [True, False])
def test_a_step_that_fails_is_marked(terminal: bool) -> None:
    """A failed step never looks like one that went well."""
    told = told_by(terminal=terminal, fails=True)
    assert "✗" in told
    assert "✓" not in told


def test_a_terminal_shows_a_clock_while_it_waits() -> None:
    """The spinner has the step's words and the time so far."""
    assert "0:00:00" in told_by(terminal=True)
