"""The sandbox's commands as people use them: started, entered from another shell, demonstrated, stopped."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.demo import show
from sandbox.folder import PROJECT_ROOT
from sandbox.scene import Line, Operation, Scene

pytestmark = pytest.mark.sandbox

START_PATIENCE = 120
STOP_PATIENCE = 20


def command(*args: str | Path) -> list[str]:
    """Return a command of the sandbox."""
    return [sys.executable, "-m", "sandbox", *(str(arg) for arg in args)]


def processes_with(marker: str) -> list[str]:
    """Return the command lines and environments' owners that run for the sandbox of this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (process / "environ").read_bytes() + (process / "cmdline").read_bytes():
                found.append((process / "cmdline").read_text(encoding="utf-8").replace("\0", " "))
        except OSError:
            continue  # it has ended meanwhile
    return found


def listens(port: int) -> bool:
    """Say whether anybody listens on this port of the loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def port() -> int:
    """Return the port of the started sandbox."""
    return free_port()


@pytest.fixture
def started(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """Start a sandbox as `make sandbox` does and wait until it says how to use it."""
    with subprocess.Popen(
        command("start", "--folder", tmp_path, "--tls-port", str(port)),
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C stops it" in line:
                break
        assert f"https://127.0.0.1:{port}" in "".join(said)
        yield process
        process.kill()


def in_shell(folder: Path, script: str) -> "subprocess.CompletedProcess[str]":
    """Enter the sandbox from another shell, in the project's folder, and run a script there."""
    enter = f'eval "$({" ".join(command("env", "--folder", folder))})"'
    return subprocess.run(
        ["/bin/bash", "-euc", f"{enter}\n{script}"],
        cwd=PROJECT_ROOT,
        env=os.environ | {"AWS_PROFILE": "production", "PULUMI_STACK": "production"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_started_sandbox_is_used_by_hand_and_stops(
    started: "subprocess.Popen[str]", tmp_path: Path, port: int
) -> None:
    """The commands of its own instructions work in another shell; Ctrl-C ends it without a trace."""
    before = {file: file.read_bytes() for file in PROJECT_ROOT.glob("Pulumi*.yaml")}
    used = in_shell(
        tmp_path,
        "pulumi preview -s account-a --non-interactive\n"
        "aws s3 ls\n"
        "aws sts get-caller-identity --profile bob\n"
        "aws sts assume-role --role-arn arn:aws:iam::111111222222:role/account-a-role"
        " --role-session-name bob-bucket-access --profile bob || echo refused: $?",
    )
    assert used.returncode == 0, used.stderr
    assert "account-a-shared-111111222222" in used.stdout
    assert "arn:aws:iam::112233445566:user/bob" in used.stdout
    assert "AccessDenied" in used.stderr
    assert "refused: " in used.stdout
    assert {file: file.read_bytes() for file in PROJECT_ROOT.glob("Pulumi*.yaml")} == before

    second = subprocess.run(
        command("start", "--folder", tmp_path), cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "Another sandbox is running" in second.stderr

    started.send_signal(signal.SIGINT)
    started.communicate(timeout=STOP_PATIENCE)
    assert started.returncode == 0
    assert not listens(port)
    assert processes_with(str(tmp_path)) == []
    outside = in_shell(tmp_path, "true")
    assert "No sandbox is running here" in outside.stderr


def test_a_killed_sandbox_does_not_hinder_the_next(
    started: "subprocess.Popen[str]", tmp_path: Path, port: int
) -> None:
    """Its lock, its state and its port are free; the next start is a clean one."""
    started.kill()
    started.wait()
    with subprocess.Popen(
        command("start", "--folder", tmp_path, "--tls-port", str(port)),
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        assert any("Ctrl-C stops it" in line for line in following.stdout)
        stacks = in_shell(tmp_path, "pulumi stack ls --json")
        assert [(stack["name"], stack["resourceCount"]) for stack in json.loads(stacks.stdout)] == [
            ("account-a", 0),
            ("account-b", 0),
        ]
        following.terminate()
        following.communicate(timeout=STOP_PATIENCE)
    assert processes_with(str(tmp_path)) == []


def test_a_demo_that_is_stopped_in_the_middle_leaves_no_process(tmp_path: Path) -> None:
    """Neither the engine nor its plugins nor the accounts outlive it."""
    with subprocess.Popen(
        command("demo", "--folder", tmp_path), cwd=PROJECT_ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert any("… pulumi up" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOP_PATIENCE)
    assert process.returncode == 130
    deadline = time.monotonic() + STOP_PATIENCE
    while processes_with(str(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_with(str(tmp_path)) == []


def test_a_port_in_use_is_told_without_a_traceback(tmp_path: Path) -> None:
    """One message, and exit status 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        ended = subprocess.run(
            command("start", "--folder", tmp_path, "--tls-port", str(number)),
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert f"Port {number} of this machine cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_demo_shows_every_line_as_it_should_be(tmp_path: Path) -> None:
    """From nothing to nothing: all answers are as expected, work tree and machine are left clean."""
    before = {file: file.read_bytes() for file in PROJECT_ROOT.glob("Pulumi*.yaml")}
    ended = subprocess.run(
        command("demo", "--folder", tmp_path), cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Every answer is as it should be." in ended.stdout
    assert "✗" not in ended.stdout
    for shown in (
        "403 AccessDenied",
        "403 SignatureDoesNotMatch",
        "200 OK",
        "404 NoSuchBucket",
        "forged signature",
        "plain HTTP",
        "carol",
    ):
        assert shown in ended.stdout
    assert {file: file.read_bytes() for file in PROJECT_ROOT.glob("Pulumi*.yaml")} == before
    assert processes_with(str(tmp_path)) == []


def test_a_wrong_answer_is_marked_and_counts(scene: Scene) -> None:
    """A line whose answer is not the expected one makes the demonstration fail."""
    words = io.StringIO()
    wrong = Line(who="carol", operation=Operation.GET, key="notes.txt", expected="OK")
    assert not show(Console(file=words, width=120), "A mistake", scene, [wrong])
    assert "✗" in words.getvalue()
    assert "403 AccessDenied" in words.getvalue()
    assert show(Console(file=words), "As it should be", scene, [])
