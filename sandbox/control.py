"""Starting and stopping the sandbox."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sandbox.cloud import start_cloud
from sandbox.engine.find import find_engine
from sandbox.environment import environment_of, publish, write_aws_files
from sandbox.errors import SandboxError
from sandbox.folder import PROJECT_ROOT, SandboxFolder
from sandbox.known_cloud import write_cloud
from sandbox.lock import held
from sandbox.progress import Progress
from sandbox.provider.plugin import PLUGIN_NAME, plugin_version, wrapper_script
from sandbox.running import PYTHON_BIN, Sandbox
from sandbox.workdir import fill_workdir

PORT_PATIENCE = 3.0
"""Seconds for a port to become free: the accounts of a killed sandbox take a moment to notice its end."""


@contextmanager
def running_sandbox(
    folder: SandboxFolder,
    progress: Progress,
    *,
    project_root: Path = PROJECT_ROOT,
    tls_port: int = 0,
    http_port: int = 0,
) -> Iterator[Sandbox]:
    """Run the sandbox as long as the context lasts: two accounts, the engine, and their empty stacks.

    Port 0 is any free one. Raises `SandboxError` where another sandbox runs in the same folder, a port is in
    use, or no engine is to be had.
    """
    with ExitStack() as stack:
        if not stack.enter_context(held(folder.lock, wait=False)):
            raise SandboxError(
                f"Another sandbox is running in {folder.root}. "
                "Use that one (make sandbox-env), or stop it first (Ctrl-C)."
            )
        engine = find_engine(progress)
        folder.cleared()
        for port in (tls_port, http_port):
            check_free(port)
        with progress.step("Starting the two AWS accounts"):
            cloud = stack.enter_context(start_cloud(folder.cloud, tls_port=tls_port, http_port=http_port))
            write_aws_files(folder, cloud)
            write_cloud(folder, cloud)
        environment = environment_of(folder, engine, cloud, PYTHON_BIN)
        with progress.step(f"Preparing the engine: {engine}"):
            stacks = fill_workdir(folder.work, project_root, Path(sys.prefix))
            sandbox = Sandbox(
                folder=folder,
                project_root=project_root,
                cloud=cloud,
                engine=engine,
                stacks=stacks,
                environment=environment,
            )
            _install_stand_in(sandbox)
            for name in stacks:
                sandbox.pulumi("stack", "init", name, "--no-select").checked(f"Making the stack {name}")
        publish(environment, folder)
        stack.callback(folder.environment.unlink, missing_ok=True)
        yield sandbox


def check_free(port: int) -> None:
    """Raise `SandboxError` where another program keeps this port of the loopback for itself."""
    deadline = time.monotonic() + PORT_PATIENCE
    while (fault := _fault_of(port)) is not None:
        if time.monotonic() > deadline:
            raise SandboxError(
                f"Port {port} of this machine cannot be used ({fault.strerror}). "
                "Choose another, or leave it out: then any free port is taken."
            )
        time.sleep(0.1)


def _fault_of(port: int) -> OSError | None:
    """Return why nobody can listen on this port just now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            return fault
    return None


def _install_stand_in(sandbox: Sandbox) -> None:
    """Install the provider's stand-in into the sandbox's engine home, in the version that is asked for."""
    wrapper = sandbox.folder.provider_wrapper
    wrapper.write_text(wrapper_script(Path(sys.executable), PROJECT_ROOT), encoding="utf-8")
    wrapper.chmod(0o755)
    sandbox.pulumi(
        "plugin", "install", "resource", PLUGIN_NAME, plugin_version(), "--file", str(wrapper)
    ).checked("Installing the provider's stand-in")
