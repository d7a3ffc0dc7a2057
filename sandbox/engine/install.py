"""The engine by Pulumi's own installer, where the network lets it through."""

import subprocess
import sys
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

from sandbox.engine.cache import filled_at_once
from sandbox.engine.engine import Engine, engine_in
from sandbox.errors import SandboxError
from sandbox.process import run

INSTALLER = "https://get.pulumi.com/install.sh"
"""The script that `PulumiCommand.install` downloads first."""
ORIGIN = "installed by Pulumi's installer"
REACH_PATIENCE = 10.0
"""Seconds for the installer's host to answer at all."""
DOWNLOAD_PATIENCE = 600.0
"""Seconds for the whole installation: a download of some 150 MB."""

_INSTALL = "import sys; from pulumi.automation import PulumiCommand; PulumiCommand.install(root=sys.argv[1])"


def installed_folder(cache: Path) -> Path:
    """Return where in the cache the installer's engine of the SDK's version lies."""
    return cache / f"v{version('pulumi')}-installed"


def installed_before(cache: Path) -> Engine | None:
    """Return the engine that an earlier run installed."""
    return engine_in(installed_folder(cache) / "bin", ORIGIN)


def install(cache: Path) -> Engine:
    """Install the engine into the cache.

    Raises `SandboxError` with the reason in one line where the network does not allow it or the installer
    fails; a network that swallows what is sent to it costs `REACH_PATIENCE`, no more.
    """
    _reach(INSTALLER)
    target = installed_folder(cache)
    with filled_at_once(target) as folder:
        try:
            # A process of its own: the installer knows no time limit.
            installer = run([sys.executable, "-c", _INSTALL, folder], timeout=DOWNLOAD_PATIENCE)
        except subprocess.TimeoutExpired:
            raise SandboxError(f"Pulumi's installer took more than {DOWNLOAD_PATIENCE:.0f} s") from None
        if installer.status != 0:
            last = (installer.text.strip().splitlines() or ["it said nothing"])[-1]
            raise SandboxError(f"Pulumi's installer failed: {last}")
    engine = installed_before(cache)
    if engine is None:
        raise SandboxError(f"Pulumi's installer left no engine that runs in {target}")
    return engine


def _reach(url: str) -> None:
    """Raise `SandboxError` where `url` cannot be fetched within a short time."""
    try:
        with urllib.request.urlopen(url, timeout=REACH_PATIENCE):  # noqa: S310 - a fixed https address
            return
    except (OSError, urllib.error.URLError) as fault:
        why = getattr(fault, "reason", fault)
        raise SandboxError(f"Pulumi's installer is out of reach ({url}: {why})") from fault
