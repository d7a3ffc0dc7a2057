"""The repository's workflows, and their scripts as a runner runs them."""

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / ".github" / "workflows"


def read(path: Path) -> dict[str, Any]:  # Any: YAML
    """A workflow; YAML takes the key `on` for a boolean."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return {"on" if key is True else key: value for key, value in found.items()}


def steps(path: Path) -> list[dict[str, Any]]:  # Any: YAML
    """The steps of all jobs."""
    return [one for job in read(path)["jobs"].values() for one in job["steps"]]


def step(path: Path, name: str) -> dict[str, Any]:  # Any: YAML
    """The step of that name."""
    return next(one for one in steps(path) if one.get("name") == name)


def shell(path: Path, name: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the script of a workflow's step as the runner does, where its shell is said to be bash."""
    assert read(path)["defaults"] == {"run": {"shell": "bash"}}
    (job,) = read(path)["jobs"].values()
    of_job = {
        name: value.replace("${{ github.workspace }}", str(folder))
        for name, value in job.get("env", {}).items()
    }
    files = {name: str(folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    given = {
        **os.environ,
        **files,
        "GITHUB_REPOSITORY": "team/program",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_RUN_ID": "7",
        "RUNNER_TEMP": str(folder),
        "HOME": str(folder),
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        **of_job,
        **environment,
    }
    words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step(path, name)["run"]]
    return subprocess.run(
        words, cwd=folder, env=given, capture_output=True, text=True, check=False, timeout=60
    )


def command(path: Path, text: str) -> None:
    """A command of a name that does what the text says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
