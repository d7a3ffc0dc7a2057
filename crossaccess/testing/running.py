"""Both sides' stacks, run one after the other: requesters are given what the owners put out."""

import gc
import json
import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crossaccess.deployment.merging import merge
from crossaccess.deployment.source import source_of
from crossaccess.testing.config import StackConfig, read_config
from crossaccess.testing.errors import StackError
from crossaccess.testing.stacks import Stacks

_OWNER, _REQUESTER = "owner", "requester"
Given = str | Path | Mapping[str, object]


def run_stacks(stacks: Mapping[str, Given], program: Path) -> Stacks:
    """Run the program in the folder `program` for each stack: its file, or the config that it would hold.

    Raises `StackError` where a stack is refused, with the program's own message.
    """
    main = program / "__main__.py"
    if not main.is_file():
        raise StackError(
            f"there is no program in {program}: let the fixture crossaccess_program name its folder"
        )
    configs = [read_config(name, given, program) for name, given in stacks.items()]
    owners = [one for one in configs if one.side != _REQUESTER]
    requesters = [one for one in configs if one.side == _REQUESTER]
    outputs: dict[str, Mapping[str, Any]] = {}  # Any: outputs of stacks
    pictures, warnings = [], []
    for config in (*owners, *requesters):
        _check_references(config, outputs)
        state, put_out, told = _run(config, main, outputs)
        if config.side == _OWNER:
            outputs[config.name] = put_out
        pictures.append(source_of(state).new)
        warnings += told
    return Stacks(picture=merge(pictures), warnings=tuple(warnings))


def _run(
    config: StackConfig, main: Path, outputs: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Run one stack: its state as the engine would export it, its outputs, and what it warned of."""
    from crossaccess.testing.aws import Account  # noqa: PLC0415 - it imports Pulumi, which takes a second
    from crossaccess.testing.host import run  # noqa: PLC0415 - the same
    from crossaccess.testing.state import state_of  # noqa: PLC0415 - the same

    account = Account(account=config.account, partition=config.partition, region=config.region)
    referred = {reference: outputs[reference.rpartition("/")[2]] for reference in _references(config)}
    with _as_the_engine_does(config, main.parent):
        ran = run(lambda: _execute(main), account=account, stacks=referred, stack=config.name)
    if ran.failure is not None:
        said = "\n".join(ran.errors) or repr(ran.failure)
        raise StackError(f"the stack {config.name!r} cannot be deployed: {said}")
    return state_of(ran, config), ran.outputs, ran.warnings


def _execute(main: Path) -> None:
    runpy.run_path(str(main), run_name="__main__")


@contextmanager
def _as_the_engine_does(config: StackConfig, folder: Path) -> Iterator[None]:
    """The environment, the folder and the import path of a program; as they were afterwards."""
    threshold, before, path = gc.get_threshold(), Path.cwd(), list(sys.path)
    names = {"PULUMI_CONFIG": json.dumps(dict(config.texts)), "PULUMI_CONFIG_SECRET_KEYS": "[]"}
    were = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    sys.path.insert(0, str(folder))
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path
        gc.set_threshold(*threshold)
        for name, was in were.items():
            if was is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = was


def _references(config: StackConfig) -> Iterator[str]:
    """The owners' stacks that a requester's config names."""
    if (one := config.texts.get("crossaccess:ownerStack")) is not None:
        yield one
    try:
        listed = json.loads(config.texts.get("crossaccess:ownerStacks", "[]"))
    except ValueError:
        return
    for entry in listed if isinstance(listed, list) else []:
        stack = entry.get("stack") if isinstance(entry, dict) else entry
        if isinstance(stack, str):
            yield stack


def _check_references(config: StackConfig, outputs: Mapping[str, object]) -> None:
    for reference in _references(config):
        if reference.rpartition("/")[2] not in outputs:
            raise StackError(
                f"the stack {config.name!r} refers to the owner's stack {reference!r}, which is not "
                f"among those that are run: {', '.join(outputs) or 'no owner is'}"
            )
