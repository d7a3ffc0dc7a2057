"""The engine built out of Go modules: the way where just package registries can be reached.

Three programs make the engine: `pulumi` itself, the Python language host (the last version that lives in a
Go module of its own), and the executor script that the host starts, which lies in the SDK's module. The two
modules beside this file pin all of it by checksum.
"""

import hashlib
import json
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from sandbox.engine.cache import filled_at_once
from sandbox.engine.engine import (
    BUILT_VERSION,
    DYNAMIC_PROVIDER,
    LANGUAGE_EXECUTOR,
    LANGUAGE_HOST,
    PROGRAM,
    Engine,
    engine_in,
    written,
)
from sandbox.errors import SandboxError
from sandbox.process import Finished, run
from sandbox.progress import Progress

MODULES = Path(__file__).resolve().parent
"""The folder that holds the two Go modules."""
GO_NEEDED = "1.26"
"""The Go version that the modules ask for."""
ORIGIN = "built out of Go modules"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
WITHOUT_GO = (
    "There is no Pulumi engine here and no Go to build one. Install one of the two:\n"
    f"  - pulumi {written(BUILT_VERSION)} or newer: https://www.pulumi.com/docs/install/\n"
    f"  - Go {GO_NEEDED} or newer: https://go.dev/doc/install"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One program of the engine that Go builds."""

    name: str
    module: Path
    """The folder with its `go.mod` and `go.sum`."""
    package: str
    stamps: tuple[str, ...] = ()
    """Variables to set at link time: `IMPORT/PATH.NAME=VALUE`."""
    takes: str
    """How long it takes on two cores, in words."""


PARTS = (
    Part(
        name=PROGRAM,
        module=MODULES / "pulumi",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        stamps=(f"{SDK_MODULE}/go/common/version.Version={written(BUILT_VERSION)}",),
        takes="about 4 minutes on 2 cores, once",
    ),
    Part(
        name=LANGUAGE_HOST,
        module=MODULES / "language",
        package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
        takes="about 40 seconds, once",
    ),
)


def built_folder(cache: Path) -> Path:
    """Return where in the cache the engine of these very modules for this kind of machine lies."""
    digest = hashlib.sha256()
    for part in PARTS:
        for name in ("go.mod", "go.sum"):
            digest.update((part.module / name).read_bytes())
    machine = f"{platform.system()}-{platform.machine()}".lower()
    return cache / f"{written(BUILT_VERSION)}-{machine}-{digest.hexdigest()[:12]}"


def built_before(cache: Path) -> Engine | None:
    """Return the engine that an earlier run built."""
    return engine_in(built_folder(cache), ORIGIN)


def build(cache: Path, progress: Progress) -> Engine:
    """Build the engine into the cache. Raises `SandboxError` where Go is missing, too old, or fails."""
    go = shutil.which("go")
    if go is None:
        raise SandboxError(WITHOUT_GO)
    _check_go(go)
    with filled_at_once(built_folder(cache)) as folder:
        for part in PARTS:
            with progress.step(f"Building {part.name} out of Go modules ({part.takes})"):
                _build_part(go, part, folder)
        with progress.step("Taking the Python executor out of the SDK's module"):
            _take_scripts(go, folder)
    engine = built_before(cache)
    if engine is None:
        raise SandboxError(f"What was built in {built_folder(cache)} does not run")
    return engine


def _go(go: str, *args: str, module: Path) -> Finished:
    """Run Go in a module, free of the user's workspaces and flags that change what is built."""
    env = os.environ | {"GOWORK": "off", "CGO_ENABLED": "0"}
    return run([go, *args], env=env, cwd=module)


def _check_go(go: str) -> None:
    """Raise `SandboxError` where this Go can neither build the modules nor fetch a toolchain that can."""
    # Inside a module Go first chooses the toolchain that go.mod asks for, or says why it cannot.
    asked = _go(go, "env", "GOVERSION", module=PARTS[0].module)
    if asked.status == 0:
        return
    raise SandboxError(
        f"The Go on PATH ({go}) cannot build the engine, which needs Go {GO_NEEDED}:\n{asked.err.strip()}\n"
        f"Install Go {GO_NEEDED} or newer (https://go.dev/doc/install), let Go fetch it "
        f"(`GOTOOLCHAIN=auto`), or install pulumi {written(BUILT_VERSION)} or newer (https://www.pulumi.com/docs/install/)."
    )


def _build_part(go: str, part: Part, folder: Path) -> None:
    """Build one program into `folder`."""
    stamps = " ".join(f"-X {stamp}" for stamp in part.stamps)
    _go(
        go,
        "build",
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        f"-ldflags=-s -w {stamps}".strip(),
        "-o",
        str(folder / part.name),
        part.package,
        module=part.module,
    ).checked(f"Building {part.name}")


def _take_scripts(go: str, folder: Path) -> None:
    """Copy the scripts that the language host starts out of the SDK's module; Go checks that module's sum."""
    asked = _go(
        go, "mod", "download", "-json", f"{SDK_MODULE}@{written(BUILT_VERSION)}", module=PARTS[0].module
    )
    sdk = Path(json.loads(asked.checked("Downloading the Pulumi SDK's module").out)["Dir"])
    for source in (sdk / "python" / "cmd" / LANGUAGE_EXECUTOR, sdk / "python" / "dist" / DYNAMIC_PROVIDER):
        copy = folder / source.name
        shutil.copyfile(source, copy)
        copy.chmod(0o755)
