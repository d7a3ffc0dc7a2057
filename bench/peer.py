"""The peer: `cdk synth` of as many roles that may read and write one bucket, by aws-cdk-lib from npm."""

import filecmp
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.errors import BenchError
from bench.measure import Measured, medians_of

_SOURCE = Path(__file__).parent / "cdk"
_LOCK = "package-lock.json"
_FOLDER = Path(__file__).resolve().parents[1] / ".bench" / "cdk"
"""Where it is installed: apart from our own code, and ignored by git."""
_MODULES = _FOLDER / "node_modules"
_ROLES = 100
_ROUNDS = 3
_SECONDS = 300.0
_QUIET = {"CDK_DISABLE_CLI_TELEMETRY": "true", "CDK_DISABLE_VERSION_CHECK": "true"}
"""So that no time goes into the network."""


def peer(ours: Callable[[], object], empty: Callable[[], object]) -> Measured:
    """Preview 100 grants and an empty program, by what is given, in turn with the peer's synthesis."""
    what = f"preview of {_ROLES} assume-role grants beside cdk synth of {_ROLES} roles"
    try:
        _install()
        seconds, own, least = medians_of(_ROUNDS, _synthesize, ours, empty)
    except BenchError as fault:
        return Measured(what=what, value="not measured", beside=str(fault), wanted="less", ok=None)
    return Measured(
        what=what,
        value=f"{own:.2f} s, {own / seconds:.2f} times cdk synth",
        beside=f"cdk synth {seconds:.2f} s, {seconds / least:.1f} times an empty program's preview",
        wanted="less",
        ok=own < seconds,
    )


def _install() -> None:
    """Install what the lock file names, by its hashes, once."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise BenchError("there is no node and npm here to run aws-cdk-lib with")
    installed = _FOLDER / _LOCK
    same = installed.exists() and filecmp.cmp(_SOURCE / _LOCK, installed, shallow=False)
    shutil.copytree(_SOURCE, _FOLDER, dirs_exist_ok=True)
    # npm writes this file last.
    if not same or not (_MODULES / ".package-lock.json").exists():
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"])


def _synthesize() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = _MODULES / ".bin" / "cdk"
        _run([str(command), "synth", "--quiet", "--no-notices", "--app", "node app.js", "--output", folder])
        template = json.loads((Path(folder) / "Owner.template.json").read_text(encoding="utf-8"))
    roles = sum(one["Type"] == "AWS::IAM::Role" for one in template["Resources"].values())
    if roles != _ROLES:
        raise BenchError(f"cdk synth makes {roles} roles instead of {_ROLES}")


def _run(words: list[str]) -> None:
    try:
        subprocess.run(  # noqa: S603 - npm, and what its lock file names
            words,
            cwd=_FOLDER,
            env={**os.environ, **_QUIET},
            check=True,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as fault:
        said = getattr(fault, "stderr", None) or str(fault)
        raise BenchError(
            f"{Path(words[0]).name} {words[1]} failed: {said.strip().splitlines()[-1]}"
        ) from fault
