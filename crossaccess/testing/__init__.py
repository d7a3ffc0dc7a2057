"""A pytest plugin that answers whether somebody gets in, from both stacks run without AWS.

    pytest_plugins = ["crossaccess.testing"]

    def test_bob_reads_reports(assert_allows, assert_denies):
        assert_allows("bob", "s3:GetObject", "reports/a")
        assert_denies("bob", "s3:DeleteObject", "reports/a")

Nothing heavy is imported before a test asks for one of the fixtures.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crossaccess.testing.errors import StackError

if TYPE_CHECKING:
    from crossaccess.testing.running import Given
    from crossaccess.testing.stacks import Stacks

__all__ = ["StackError"]


@pytest.fixture(scope="session")
def crossaccess_program(pytestconfig: pytest.Config) -> Path:
    """The folder of the program: pytest's root, or the nearest folder above it that has a `Pulumi.yaml`."""
    root = pytestconfig.rootpath
    return next((one for one in (root, *root.parents) if (one / "Pulumi.yaml").is_file()), root)


@pytest.fixture(scope="session")
def stack_configs() -> "Mapping[str, Given]":
    """The stacks to run, by name: a file beside the program, or the config that it would hold."""
    return {name: f"Pulumi.{name}.yaml" for name in ("account-a", "account-b")}


@pytest.fixture(scope="session")
def run_stacks(crossaccess_program: Path) -> "Callable[[Mapping[str, Given]], Stacks]":
    """Return what runs other stacks than those of `stack_configs`; it raises `StackError`."""
    from crossaccess.testing.running import run_stacks as run  # noqa: PLC0415 - only tests that ask pay for it

    return lambda stacks: run(stacks, crossaccess_program)


@pytest.fixture(scope="session")
def stacks(
    run_stacks: "Callable[[Mapping[str, Given]], Stacks]", stack_configs: "Mapping[str, Given]"
) -> "Stacks":
    """Both sides as they would be deployed."""
    try:
        return run_stacks(stack_configs)
    except StackError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def assert_allows(stacks: "Stacks") -> Callable[..., None]:
    """Return what fails a test unless somebody may do something: see `Stacks.assert_allows`."""
    return stacks.assert_allows


@pytest.fixture(scope="session")
def assert_denies(stacks: "Stacks") -> Callable[..., None]:
    """Return what fails a test unless somebody is refused: see `Stacks.assert_denies`."""
    return stacks.assert_denies
