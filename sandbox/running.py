"""A running sandbox, and what one does with it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.cloud import Cloud
from sandbox.engine.engine import Engine
from sandbox.environment import Environment
from sandbox.errors import SandboxError
from sandbox.folder import SandboxFolder
from sandbox.process import Finished, run

PYTHON_BIN = Path(sys.executable).parent
"""Where the commands of the running Python's environment lie, `aws` among them."""
COMMAND_PATIENCE = 300.0
"""Seconds after which a command of the sandbox counts as hanging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A running sandbox."""

    folder: SandboxFolder
    project_root: Path
    """The folder of the Pulumi program."""
    cloud: Cloud
    engine: Engine
    stacks: tuple[str, ...]
    environment: Environment

    def pulumi(self, *args: str) -> Finished:
        """Run `pulumi` as a user in the project's folder would, and return how it ended."""
        return self._run([self.engine.command, "--non-interactive", "--color=never", *args])

    def aws(self, *args: str) -> Finished:
        """Run the AWS CLI as a user would, and return how it ended."""
        return self._run([PYTHON_BIN / "aws", *args])

    def _run(self, argv: list[str | Path]) -> Finished:
        env = self.environment.over(os.environ)
        try:
            return run(argv, env=env, cwd=self.project_root, timeout=COMMAND_PATIENCE)
        except subprocess.TimeoutExpired as fault:
            command = " ".join(str(part) for part in argv)
            raise SandboxError(f"`{command}` did not end within {COMMAND_PATIENCE:.0f} s.") from fault
