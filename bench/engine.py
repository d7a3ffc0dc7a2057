"""The real engine in a sandbox of its own, which runs as another program: nothing of it is imported here."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.errors import BenchError

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the Pulumi program."""
PROGRAMS = Path(__file__).parent / "programs"

_START_SECONDS = 60.0
_PREVIEW_SECONDS = 600.0
_PROFILE = {
    "aws:profile": "account-a",
    "aws:region": "eu-central-1",
    "aws:allowedAccountIds": ["111111222222"],
}
"""The owner's account of the sandbox."""
_DUMP = "import json, os; print(json.dumps(dict(os.environ)))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program to preview: its file among `PROGRAMS`, and its config. `name` is its stack's too."""

    name: str
    file: str
    config: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How many seconds a preview took, and how many resources it would make beside the stack itself."""

    seconds: float
    resources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A running sandbox's engine, as its environment makes it, and a folder for projects."""

    environment: Mapping[str, str]
    folder: Path

    def add(self, program: Program) -> None:
        """Make the program's project and its stack. Raises `BenchError` where the engine refuses."""
        folder = self._folder(program)
        folder.mkdir(parents=True)
        project = {
            "name": "bench",
            "main": str(PROGRAMS / program.file),
            "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}},
        }
        # JSON is YAML.
        (folder / "Pulumi.yaml").write_text(json.dumps(project), encoding="utf-8")
        settings = json.dumps({"config": {**_PROFILE, **program.config}})
        (folder / f"Pulumi.{program.name}.yaml").write_text(settings, encoding="utf-8")
        self._pulumi(program, "stack", "init", program.name, "--no-select")

    def preview(self, program: Program) -> Preview:
        """Preview a program that was added. Nothing is ever deployed, so that each one is a first preview.

        Raises `BenchError` where it fails.
        """
        start = time.perf_counter()
        said = self._pulumi(program, "preview", "--stack", program.name)
        seconds = time.perf_counter() - start
        found = re.search(r"\+ (\d+) to create", said)
        if found is None:
            raise BenchError(f"{program.name}: the preview says nothing of resources to create")
        return Preview(seconds=seconds, resources=int(found.group(1)) - 1)

    def _folder(self, program: Program) -> Path:
        return self.folder / program.name

    def _pulumi(self, program: Program, *words: str) -> str:
        done = subprocess.run(  # noqa: S603 - the sandbox's engine
            [_found("pulumi", self.environment), "--non-interactive", "--color=never", *words],
            env={**self.environment, "PULUMI_OPTION_CWD": str(self._folder(program))},
            capture_output=True,
            text=True,
            check=False,
            timeout=_PREVIEW_SECONDS,
        )
        if done.returncode != 0:
            raise BenchError(f"{program.name}: {_fault(done.stdout + done.stderr)}")
        return done.stdout


@contextmanager
def running_engine(folder: Path) -> Iterator[Engine]:
    """Run a sandbox in the folder as long as the context lasts. Raises `BenchError` where none will start."""
    # An engine that has to be built first takes minutes, and says so itself.
    if subprocess.run(_sandbox("engine"), cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode != 0:  # noqa: S603 - our own
        raise BenchError("no engine is to be had: see `python -m sandbox engine`")
    place = folder / "sandbox"
    process = subprocess.Popen(  # noqa: S603 - our own
        _sandbox("start", "--folder", str(place)),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Engine(environment=_environment(process, place), folder=folder / "projects")
    finally:
        process.terminate()
        process.wait()


def _environment(process: "subprocess.Popen[bytes]", place: Path) -> dict[str, str]:
    """Wait until the sandbox runs, and enter its environment as a user's shell does."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        told = subprocess.run(  # noqa: S603 - our own
            _sandbox("env", "--folder", str(place)), cwd=ROOT, capture_output=True, text=True, check=False
        )
        if told.returncode == 0:
            script = 'eval "$1"; exec "$2" -c "$3"'
            entered = subprocess.run(  # noqa: S603 - a shell that evaluates our own lines
                ["/bin/sh", "-c", script, "sh", told.stdout, sys.executable, _DUMP],
                capture_output=True,
                text=True,
                check=True,
            )
            environment: dict[str, str] = json.loads(entered.stdout)
            # As on an ordinary machine: without kept bytecode our modules, unlike installed ones, would be
            # compiled anew for each preview.
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            return environment
        time.sleep(0.2)
    raise BenchError("the sandbox does not start: try `make sandbox`")


def _sandbox(*words: str) -> list[str]:
    return [sys.executable, "-m", "sandbox", *words]


def _found(command: str, environment: Mapping[str, str]) -> str:
    for folder in environment["PATH"].split(os.pathsep):
        if (path := Path(folder) / command).is_file():
            return str(path)
    raise BenchError(f"the sandbox has no {command}")


def _fault(text: str) -> str:
    """What the engine's output says is wrong: the line that begins so, and the one that goes on with it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [index for index, line in enumerate(lines) if line.startswith("error:")]
    first = errors[0] if errors else max(len(lines) - 1, 0)
    return " ".join(lines[first : first + 2]) or "the engine says nothing of why"
