"""Pulumi's own installer: in bounded time, and with a reason where it fails."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine import install as installing
from sandbox.engine.install import install, installed_before, installed_folder
from sandbox.errors import SandboxError

DOWNLOADED = """
import os, sys
bin = sys.argv[1] + "/bin"
os.makedirs(bin)
for name in ("pulumi", "pulumi-language-python"):
    with open(f"{bin}/{name}", "w") as file:
        file.write("#!/bin/sh\\necho v3.272.0\\n")
    os.chmod(f"{bin}/{name}", 0o755)
"""


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Return a port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_refused_connection_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only package registries can be reached, the reason is one line."""
    monkeypatch.setattr(installing, "INSTALLER", "http://127.0.0.1:1/install.sh")
    with pytest.raises(SandboxError, match=r"out of reach \(http://127\.0\.0\.1:1/install\.sh: .*refused"):
        install(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_silent_network_costs_no_more_than_its_patience(
    tmp_path: Path, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firewall that swallows everything does not stop the start for long."""
    monkeypatch.setattr(installing, "INSTALLER", f"http://127.0.0.1:{silent_port}/install.sh")
    monkeypatch.setattr(installing, "REACH_PATIENCE", 0.2)
    start = time.monotonic()
    with pytest.raises(SandboxError, match="out of reach"):
        install(tmp_path)
    assert time.monotonic() - start < 5


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the installer's host answer."""
    monkeypatch.setattr(installing, "_reach", lambda _url: None)


@pytest.mark.usefixtures("reachable")
def test_an_installed_engine_is_kept_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installer fills the cache once."""
    monkeypatch.setattr(installing, "_INSTALL", DOWNLOADED)
    assert installed_before(tmp_path) is None
    engine = install(tmp_path)
    assert engine.folder == installed_folder(tmp_path) / "bin"
    assert installed_before(tmp_path) == engine


@pytest.mark.usefixtures("reachable")
@pytest.mark.parametrize(
    ("installer", "said"),
    [
        ("raise SystemExit('the download broke off')", "installer failed: the download broke off"),
        ("import time; time.sleep(60)", "took more than 1 s"),
        ("pass", "left no engine that runs"),
    ],
)
def test_a_failing_installer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installer: str, said: str
) -> None:
    """However it fails, the reason is told and no engine is claimed."""
    monkeypatch.setattr(installing, "_INSTALL", installer)
    monkeypatch.setattr(installing, "DOWNLOAD_PATIENCE", 1.0)
    with pytest.raises(SandboxError, match=said):
        install(tmp_path)
    assert installed_before(tmp_path) is None
