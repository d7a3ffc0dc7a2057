"""One sandbox for all tests that need one: two accounts, the real engine, and both stacks deployed."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from sandbox.control import running_sandbox
from sandbox.demo import deployed_scene
from sandbox.folder import SandboxFolder
from sandbox.progress import Progress
from sandbox.running import Sandbox
from sandbox.scene import Scene


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run a sandbox of the tests' own, apart from the user's: nothing is deployed in it yet."""
    folder = SandboxFolder(root=tmp_path_factory.mktemp("sandbox") / "with a space")
    with running_sandbox(folder, Progress()) as running:
        yield running


@pytest.fixture(scope="session")
def scene(sandbox: Sandbox) -> Scene:
    """Deploy the committed stacks of both accounts; Bob has assumed the role."""
    return deployed_scene(sandbox)


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Return what numbers the stacks of the whole session."""
    return count()


@pytest.fixture
def new_stack(sandbox: Sandbox, numbers: Iterator[int]) -> Callable[[str], str]:
    """Return what makes a new, empty stack out of the text of its stack file, and tells its name."""

    def made(stack_file: str) -> str:
        name = f"tried-{next(numbers)}"
        (sandbox.folder.work / f"Pulumi.{name}.yaml").write_text(stack_file, encoding="utf-8")
        sandbox.pulumi("stack", "init", name, "--no-select").checked(f"Making the stack {name}")
        return name

    return made
