"""Where everything of one sandbox lies: a single folder that git ignores."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sandbox.gate import organization

PROJECT_ROOT = Path(__file__).resolve().parents[1]
"""The folder of the Pulumi program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxFolder:
    """The paths of one sandbox. Only `root` is chosen; the rest follows."""

    root: Path

    @property
    def lock(self) -> Path:
        """Held by the process that runs the sandbox, as long as it runs."""
        return self.root / "lock"

    @property
    def environment(self) -> Path:
        """The running sandbox's environment as JSON, for other shells."""
        return self.root / "environment.json"

    @property
    def engine_home(self) -> Path:
        """`PULUMI_HOME`: the engine's plugins and workspaces."""
        return self.root / "pulumi-home"

    @property
    def state(self) -> Path:
        """The engine's file backend: the stacks' state."""
        return self.root / "state"

    @property
    def work(self) -> Path:
        """The engine's working folder: its `Pulumi.yaml`, and copies of the stack files for it to rewrite."""
        return self.root / "work"

    @property
    def aws_config(self) -> Path:
        """`AWS_CONFIG_FILE`: one profile for each person."""
        return self.root / "aws" / "config"

    @property
    def aws_credentials(self) -> Path:
        """`AWS_SHARED_CREDENTIALS_FILE`: their keys."""
        return self.root / "aws" / "credentials"

    @property
    def provider_wrapper(self) -> Path:
        """The script that is installed as the provider plugin."""
        return self.root / "pulumi-resource-aws"

    @property
    def known_cloud(self) -> Path:
        """Where the running accounts are, as JSON, for other shells."""
        return self.cloud / "cloud.json"

    @property
    def organization(self) -> Path:
        """What the organization of both accounts attaches, laid out as a folder of policies."""
        return self.cloud / organization.FOLDER

    @property
    def cloud(self) -> Path:
        """What the two accounts keep: the certificate and the gate's log."""
        return self.root / "cloud"

    def cleared(self) -> "SandboxFolder":
        """Take away what an earlier sandbox left here and make the folder ready; return self.

        Only for the holder of the lock: the accounts live in the memory of one process, so the state of an
        earlier one speaks of resources that are gone. What is not the sandbox's own is left alone.
        """
        folders = (self.engine_home, self.state, self.work, self.aws_config.parent, self.cloud)
        for leftover in (*folders, self.environment, self.provider_wrapper):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover)
            else:
                leftover.unlink(missing_ok=True)
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in folders:
            folder.mkdir(mode=0o700)
        return self


def default_folder() -> SandboxFolder:
    """Return the sandbox of this work tree."""
    return SandboxFolder(root=PROJECT_ROOT / ".sandbox")
