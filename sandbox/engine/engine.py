"""What an engine is, and how to ask one for its version."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.process import run

BUILT_VERSION = (3, 259, 0)
"""The version that the committed Go modules build, and the oldest that the program is tried with."""

PROGRAM = "pulumi"
LANGUAGE_HOST = "pulumi-language-python"
LANGUAGE_EXECUTOR = "pulumi-language-python-exec"
DYNAMIC_PROVIDER = "pulumi-resource-pulumi-python"

VERSION_PATIENCE = 60.0
"""Seconds for `pulumi version` to answer: a cold disk is slow, a hanging program is not an engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A `pulumi` command with its Python language host."""

    folder: Path
    """Holds `pulumi` and its helpers; it goes on `PATH`."""
    version: tuple[int, int, int]
    origin: str
    """Where it comes from, in words."""

    @property
    def command(self) -> Path:
        """The `pulumi` command itself."""
        return self.folder / PROGRAM

    def __str__(self) -> str:
        """Name version and origin."""
        return f"pulumi {written(self.version)} ({self.origin})"


def written(version: tuple[int, int, int]) -> str:
    """Return a version as people write it: `v3.259.0`."""
    return "v" + ".".join(str(part) for part in version)


def version_of(command: Path) -> tuple[int, int, int] | None:
    """Ask a `pulumi` command for its version; `None` where it gives no sensible answer."""
    quiet = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = run([command, "version"], env=quiet, timeout=VERSION_PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.out.strip())
    if answer.status != 0 or match is None:
        return None
    major, minor, patch = (int(part) for part in match.groups())
    return major, minor, patch


def is_fit(version: tuple[int, int, int]) -> bool:
    """Say whether the program can be expected to run on an engine of this version."""
    return version[0] == BUILT_VERSION[0] and version >= BUILT_VERSION


def engine_in(folder: Path, origin: str) -> Engine | None:
    """Return the engine in `folder`, or `None` where there is none that is whole and recent enough."""
    path = str(folder)
    if shutil.which(PROGRAM, path=path) is None or shutil.which(LANGUAGE_HOST, path=path) is None:
        return None
    version = version_of(folder / PROGRAM)
    if version is None or not is_fit(version):
        return None
    return Engine(folder=folder, version=version, origin=origin)
