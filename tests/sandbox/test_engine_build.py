"""Building the engine: with a Go that only says what it is asked, and never half done."""

import io
import json
import os
import threading
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.engine.build import MODULES, build, built_folder
from sandbox.engine.cache import cache_folder, filled_at_once, only_one
from sandbox.errors import SandboxError
from sandbox.progress import Progress

GO = """
case "$1 $2" in
"env GOVERSION") {version} ;;
"build -mod=readonly")
    while [ "$1" != -o ]; do shift; done
    echo "build $(basename "$PWD") $CGO_ENABLED $GOWORK $3" >> {log}
    {built}
    printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"; chmod +x "$2" ;;
"mod download") echo '{download}' ;;
esac
"""


def fake_go(
    folder: Path, *, version: str = "echo go1.26.8", built: str = "", path: pytest.MonkeyPatch
) -> Path:
    """Put a Go on PATH that builds scripts; return the log of what it was asked to build."""
    sdk = folder / "sdk"
    for script in ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"):
        (sdk / script).parent.mkdir(parents=True)
        (sdk / script).write_text("#!/bin/sh\n", encoding="utf-8")
    log = folder / "asked"
    go = folder / "go"
    text = GO.format(version=version, built=built, log=log, download=json.dumps({"Dir": str(sdk)}))
    go.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    go.chmod(0o755)
    path.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return log


@pytest.fixture
def progress() -> Progress:
    """Return a progress that tells nobody."""
    return Progress(Console(file=io.StringIO()))


def test_all_parts_are_built_out_of_the_committed_modules(
    tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine, its host and its scripts end in one folder, built free of C and of the user's workspace."""
    log = fake_go(tmp_path, path=monkeypatch)
    engine = build(tmp_path / "cache", progress)
    assert {file.name for file in engine.folder.iterdir()} == {
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    }
    assert log.read_text(encoding="utf-8").splitlines() == [
        "build pulumi 0 off github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        "build language 0 off github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
    ]
    assert os.access(engine.folder / "pulumi-language-python-exec", os.X_OK)


def test_a_failed_build_leaves_nothing_and_says_why(
    tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Go said reaches the user; no half engine is found by the next start."""
    fake_go(tmp_path, built="echo 'no space left on device' >&2; exit 1", path=monkeypatch)
    cache = tmp_path / "cache"
    with pytest.raises(SandboxError, match="no space left on device"):
        build(cache, progress)
    assert list(cache.iterdir()) == []


def test_an_old_go_is_told_which_one_is_needed(
    tmp_path: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Go's own words are shown, and what would be right."""
    fake_go(
        tmp_path, version="echo 'go.mod requires go >= 1.26 (running go 1.22)' >&2; exit 1", path=monkeypatch
    )
    with pytest.raises(SandboxError) as caught:
        build(tmp_path / "cache", progress)
    message = str(caught.value)
    assert "running go 1.22" in message
    assert "Install Go 1.26 or newer" in message
    assert "GOTOOLCHAIN=auto" in message


def test_the_key_changes_with_the_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another pin means another folder: an engine of older pins is not taken for the new one."""
    before = built_folder(tmp_path)
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read_bytes(file) + b"// pinned anew")
    assert built_folder(tmp_path).name.startswith("v3.259.0-")
    assert built_folder(tmp_path) != before


def test_both_modules_pin_everything_by_checksum() -> None:
    """Each module that is asked for has its sum."""
    for module in ("pulumi", "language"):
        wanted = [
            line.split()[:2]
            for line in (MODULES / module / "go.mod").read_text(encoding="utf-8").splitlines()
            if line.startswith("\t")
        ]
        sums = (MODULES / module / "go.sum").read_text(encoding="utf-8")
        assert wanted
        missing = [name for name, version in wanted if f"{name} {version}" not in sums]
        assert set(missing) <= {"github.com/atotto/clipboard"}  # replaced by another module


def test_the_cache_lies_where_the_user_wants_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`XDG_CACHE_HOME` counts where it is an absolute path, as its specification says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "crossaccess" / "engine"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache_folder() == Path("/home/someone/.cache/crossaccess/engine")


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """It is filled under another name; an older one of the same name gives way."""
    target = tmp_path / "engine"
    for text in ("first", "second"):
        with filled_at_once(target) as folder:
            (folder / "file").write_text(text, encoding="utf-8")
            assert not target.exists() or (target / "file").read_text(encoding="utf-8") != text
        assert (target / "file").read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_build_left_is_taken_away(tmp_path: Path) -> None:
    """The next one that fills the cache cleans it first."""
    (tmp_path / ".unfinished-x").mkdir()
    with only_one(tmp_path):
        assert not (tmp_path / ".unfinished-x").exists()


def test_two_builds_wait_for_each_other(tmp_path: Path) -> None:
    """The second one begins when the first is through."""
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with only_one(tmp_path):
            order.append("second")

    waiting = threading.Thread(target=second)
    waiting.start()
    with only_one(tmp_path):
        inside.set()
        waiting.join(0.2)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]
