"""Runs programs and components as Pulumi's Python host does, by the runner that `crossaccess.testing` has."""

import json
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from crossaccess.testing.aws import Account
from crossaccess.testing.host import Ran, Registered, run

ROOT = Path(__file__).parents[2]
OWNER_ACCOUNT = "111111222222"
REQUESTER_ACCOUNT = "112233445566"
__all__ = ["Account", "Ran", "Registered", "component", "run", "run_main"]


def run_main(
    monkeypatch: pytest.MonkeyPatch,
    config: Mapping[str, object],
    *,
    account: Account | None = None,
    stacks: Mapping[str, Mapping[str, Any]] | None = None,
    preview: bool = False,
) -> Ran:
    """Run `__main__.py` with a stack's config, its values as in a stack file."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(texts))
    monkeypatch.setenv("PULUMI_CONFIG_SECRET_KEYS", "[]")

    def program() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    return run(program, account=account, stacks=stacks, preview=preview)


def component(make: Callable[[], pulumi.ComponentResource], **options: Any) -> Ran:  # Any: those of `run`
    """Run a program that makes one component, and export the component's outputs."""

    def program() -> None:
        made = make()
        for name in type(made).__annotations__:
            pulumi.export(name, getattr(made, name))

    return run(program, **options)
