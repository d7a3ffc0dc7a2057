"""Which engine to use: the first that is to be had, the quickest way first."""

import shutil
from pathlib import Path

from sandbox.engine.build import build, built_before
from sandbox.engine.cache import cache_folder, only_one
from sandbox.engine.engine import (
    BUILT_VERSION,
    LANGUAGE_HOST,
    PROGRAM,
    Engine,
    is_fit,
    version_of,
    written,
)
from sandbox.engine.install import install, installed_before
from sandbox.errors import SandboxError
from sandbox.progress import Progress


def find_engine(progress: Progress) -> Engine:
    """Return an engine: the one on `PATH`, one of the cache, a fresh installation, or a fresh build.

    Raises `SandboxError` that says what to install where none of these is possible.
    """
    engine = engine_on_path(progress)
    if engine is not None:
        return engine
    cache = cache_folder()
    return _kept(cache) or _made(cache, progress)


def engine_on_path(progress: Progress) -> Engine | None:
    """Return the user's own engine, or `None` (with a note that says why) where it does not serve."""
    found = shutil.which(PROGRAM)
    if found is None:
        return None
    command = Path(found)
    version = version_of(command)
    if version is None or not is_fit(version):
        has = "gives no version" if version is None else f"is {written(version)}"
        progress.note(f"{command} {has}; {written(BUILT_VERSION)} or a newer v3 is needed: another is used.")
        return None
    if shutil.which(LANGUAGE_HOST) is None and not (command.resolve().parent / LANGUAGE_HOST).exists():
        progress.note(f"{command} has no {LANGUAGE_HOST} beside it: another engine is used.")
        return None
    return Engine(folder=command.parent, version=version, origin="on PATH")


def _kept(cache: Path) -> Engine | None:
    return installed_before(cache) or built_before(cache)


def _made(cache: Path, progress: Progress) -> Engine:
    """Install or build an engine, unless another process just did."""
    with only_one(cache):
        engine = _kept(cache)
        if engine is not None:
            return engine
        try:
            with progress.step("Installing pulumi by its own installer"):
                return install(cache)
        except SandboxError as fault:
            progress.note(f"{fault}. It is built out of Go modules instead.")
        return build(cache, progress)
