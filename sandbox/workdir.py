"""The engine's working folder, so that the work tree stays as it was.

The engine writes into the stack files whenever it runs. In the sandbox it works in a folder of its own: with
a `Pulumi.yaml` whose `main` points back to the program, and with copies of the stack files. The copies differ
from the committed files in one thing only: the bucket is not protected, so that `pulumi destroy` can take it
away, objects and all.
"""

import re
from pathlib import Path

import yaml

from sandbox.errors import SandboxError

PROJECT_FILE = "Pulumi.yaml"
NAMESPACE = "crossaccess"
"""The namespace of the program's settings."""
UNPROTECTED = {"protect": "false", "forceDestroy": "true"}
"""The settings of an owner's stack that let `pulumi destroy` take the bucket away, objects and all."""


def fill_workdir(work: Path, project_root: Path, environment: Path) -> tuple[str, ...]:
    """Fill the folder `work` for the program in `project_root`; return the names of its stacks.

    `environment` is the virtual environment that runs the program. Raises `SandboxError` where the program's
    files are not as they should be.
    """
    (work / PROJECT_FILE).write_text(
        project_text(_read(project_root / PROJECT_FILE), project_root, environment)
    )
    stacks = []
    for stack_file in sorted(project_root.glob("Pulumi.*.yaml")):
        (work / stack_file.name).write_text(stack_text(_read(stack_file)), encoding="utf-8")
        stacks.append(stack_file.name.removeprefix("Pulumi.").removesuffix(".yaml"))
    if not stacks:
        raise SandboxError(f"There is no stack file (Pulumi.STACK.yaml) in {project_root}.")
    return tuple(stacks)


def project_text(committed: str, program: Path, environment: Path) -> str:
    """Return the text of a `Pulumi.yaml` that runs the program from another folder.

    Paths in it are relative to its own folder, so both are made absolute.
    """
    try:
        project = yaml.safe_load(committed)
        project["main"] = str(program)
        project["runtime"].setdefault("options", {})["virtualenv"] = str(environment)
    except (yaml.YAMLError, TypeError, AttributeError, KeyError) as fault:
        raise SandboxError(f"{PROJECT_FILE} is no Pulumi project with a runtime: {fault!r}") from fault
    return str(yaml.safe_dump(project, sort_keys=False))


def stack_text(committed: str) -> str:
    """Return a stack file's text with the bucket free to be destroyed, where the stack makes a bucket.

    One that is adopted is never destroyed, and takes no such setting. The text is edited rather than parsed
    and written again: YAML's writing of dates and numbers would not survive that.
    """
    text = committed if committed.endswith("\n") else f"{committed}\n"
    owns = _line_of("side", r"['\"]?owner\b.*").search(text)
    if not owns or _line_of("existingBucket", ".*").search(text):
        return text
    for name in UNPROTECTED:
        text = _line_of(name, ".*").sub("", text)
    added = "".join(f"  {NAMESPACE}:{name}: {value}\n" for name, value in UNPROTECTED.items())
    return re.sub(r"^(config:.*\n)", rf"\1{added}", text, count=1, flags=re.MULTILINE)


def _line_of(name: str, value: str) -> re.Pattern[str]:
    """Return what matches the line of a setting with its line break; `value` is a pattern."""
    return re.compile(rf"^[ \t]+['\"]?{NAMESPACE}:{name}['\"]?:[ \t]*{value}\n", re.MULTILINE)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as fault:
        raise SandboxError(f"{file} is missing: it belongs to the Pulumi program.") from fault
