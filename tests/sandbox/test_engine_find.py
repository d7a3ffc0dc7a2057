"""Which engine is taken, and what is said where there is none."""

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.engine import build as building
from sandbox.engine import find as finding
from sandbox.engine.engine import BUILT_VERSION, LANGUAGE_HOST, Engine, engine_in, is_fit, version_of
from sandbox.engine.find import engine_on_path, find_engine
from sandbox.errors import SandboxError
from sandbox.progress import Progress


class Told:
    """A progress whose words can be read."""

    def __init__(self) -> None:
        self._words = io.StringIO()
        self.progress = Progress(Console(file=self._words, width=400))

    @property
    def text(self) -> str:
        """All that was told."""
        return self._words.getvalue()


@pytest.fixture
def told() -> Told:
    """Return a progress whose words can be read."""
    return Told()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is, beside the shell's, the only one on PATH; the cache is an empty one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def script(file: Path, body: str) -> Path:
    """Write a program that is a shell script."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def engine_at(folder: Path, version: str) -> Path:
    """Put an engine that says it is of this version into a folder."""
    script(folder / LANGUAGE_HOST, "exit 0")
    return script(folder / "pulumi", f"echo {version}")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Pulumi's installer be out of reach."""

    def install(_cache: Path) -> Engine:
        raise SandboxError("Pulumi's installer is out of reach")

    monkeypatch.setattr(finding, "install", install)


def test_a_recent_engine_on_path_is_taken(path: Path, told: Told) -> None:
    """The user's own engine comes first, before any cache."""
    engine_at(path, "v3.272.0")
    assert find_engine(told.progress) == Engine(folder=path, version=(3, 272, 0), origin="on PATH")


@pytest.mark.parametrize("version", ["v3.258.9", "v2.300.0", "v4.0.0", "dev"])
def test_an_unfit_engine_on_path_is_passed_over_with_its_version(
    path: Path, told: Told, version: str
) -> None:
    """An engine that is too old, of another major version or of no version is named and not used."""
    command = engine_at(path, version)
    assert engine_on_path(told.progress) is None
    assert f"{command} " in told.text
    assert "v3.259.0 or a newer v3 is needed" in told.text


def test_an_engine_without_its_language_host_is_passed_over(path: Path, told: Told) -> None:
    """A `pulumi` that cannot run Python programs is no engine for this one."""
    engine_at(path, "v3.272.0")
    (path / LANGUAGE_HOST).unlink()
    assert engine_on_path(told.progress) is None
    assert LANGUAGE_HOST in told.text


def test_a_linked_engine_finds_its_language_host_where_it_really_lies(
    path: Path, tmp_path: Path, told: Told
) -> None:
    """Package managers put only a link to `pulumi` on PATH."""
    (path / "pulumi").symlink_to(engine_at(tmp_path / "opt", "v3.272.0"))
    engine = engine_on_path(told.progress)
    assert engine is not None
    assert engine.folder == path


def test_an_alpha_version_counts_as_its_release(path: Path) -> None:
    """What stands behind the three numbers does not matter."""
    assert version_of(engine_at(path, "v3.260.0-alpha.x1b2c3")) == (3, 260, 0)


def test_the_version_that_the_modules_build_is_fit() -> None:
    """The oldest fit version is the one that is built."""
    assert is_fit(BUILT_VERSION)


def test_a_program_that_cannot_be_started_has_no_version(tmp_path: Path) -> None:
    """A broken file is no engine, and no error either."""
    broken = tmp_path / "pulumi"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    assert version_of(broken) is None


@pytest.mark.usefixtures("no_network", "path")
def test_without_go_and_pulumi_it_says_what_to_install(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear message names both ways out."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SandboxError) as caught:
        find_engine(told.progress)
    message = str(caught.value)
    assert "pulumi v3.259.0 or newer: https://www.pulumi.com/docs/install/" in message
    assert "Go 1.26 or newer: https://go.dev/doc/install" in message


@pytest.mark.usefixtures("no_network")
def test_an_engine_that_was_built_is_found_again(path: Path, told: Told, tmp_path: Path) -> None:
    """The second run neither installs nor builds."""
    folder = building.built_folder(tmp_path / "cache" / "crossaccess" / "engine")
    engine_at(folder, "v3.259.0")
    script(path / "go", "exit 1")
    assert find_engine(told.progress).folder == folder
    assert told.text == ""


@pytest.mark.usefixtures("no_network")
def test_what_the_installer_lacks_is_built(path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason for the longer way is told."""
    script(path / "go", "exit 0")
    built = Engine(folder=path, version=(3, 259, 0), origin="built")
    monkeypatch.setattr(finding, "build", lambda _cache, _progress: built)
    assert find_engine(told.progress) is built
    assert "out of reach" in told.text


def test_a_folder_with_half_an_engine_holds_none(tmp_path: Path) -> None:
    """Both programs are needed, and the version has to fit."""
    script(tmp_path / "pulumi", "echo v3.259.0")
    assert engine_in(tmp_path, "tried") is None
    engine_at(tmp_path, "v3.1.0")
    assert engine_in(tmp_path, "tried") is None
    engine_at(tmp_path, "v3.259.1")
    assert engine_in(tmp_path, "tried") == Engine(folder=tmp_path, version=(3, 259, 1), origin="tried")
