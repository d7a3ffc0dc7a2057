"""The running accounts, written down for commands in other shells of the same user."""

import json
from dataclasses import asdict

from sandbox.cloud import Cloud, cloud_from
from sandbox.errors import SandboxError
from sandbox.folder import SandboxFolder
from sandbox.lock import is_held


def write_cloud(folder: SandboxFolder, cloud: Cloud) -> None:
    """Write down where the accounts are and how to come in; for the user's own eyes."""
    folder.known_cloud.touch(mode=0o600)
    folder.known_cloud.write_text(json.dumps(asdict(cloud), default=str), encoding="utf-8")


def known_cloud(folder: SandboxFolder) -> Cloud:
    """Return the accounts of the running sandbox. Raises `SandboxError` where none runs."""
    if not is_held(folder.lock):
        raise SandboxError("No sandbox is running here. Start one in another terminal: make sandbox")
    try:
        return cloud_from(json.loads(folder.known_cloud.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SandboxError("The sandbox is not ready yet. Try again when it says so.") from None
