"""Two AWS accounts on this machine: where they are, who their first users are, and starting them.

They run in a process of their own. The emulator keeps its state for a whole process, and other users of it
in ours (tests that mock AWS) would change it under the accounts' feet.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError

_PROJECT_ROOT = Path(__file__).resolve().parents[1]
_CHANGES_MOTO = ("MOTO_", "S3_", "INITIAL_NO_AUTH_ACTION_COUNT")
_PATIENCE = 10.0  # seconds that the process gets to end by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A long-term access key of a user's, or one by which a service acts in an account."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    account: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Where the accounts are, and how to come in.

    `credentials` are by profile: `account-a` and `account-b` are administrators of the owner's and the
    requester's account, `bob` and `carol` are users of the requester's without any policy.
    `identity_center` are the keys by which IAM Identity Center acts in the accounts of these profiles
    (`permission_sets` uses them; people have no such keys). `gate_log` has a line of JSON for every call.
    """

    tls_url: str
    http_url: str
    endpoint_url: str
    """Where calls go that come through the endpoints of a VPC; over TLS. `gate.network` has their ids."""
    ca_bundle: Path
    region: str
    credentials: Mapping[str, Credentials]
    identity_center: Mapping[str, Credentials]
    gate_log: Path


@contextmanager
def start_cloud(  # noqa: PLR0913 - each is a choice of its own, and all but one have their usual value
    folder: Path,
    *,
    tls_port: int = 0,
    http_port: int = 0,
    endpoint_port: int = 0,
    elsewhere: Iterable[str] = (),
    organization_paths: Mapping[str, str] | None = None,
) -> Iterator[Cloud]:
    """Start both accounts, empty but for their first users; stop them when the context ends.

    `folder` takes the certificate and the gate's log. Port 0 takes any that is free. `elsewhere` are ids of
    accounts that exist as well, so that policies may name them. `organization_paths` are those of the
    accounts, as in `accounts.open_accounts`. The servers listen on 127.0.0.1 only, and
    end with this process, however it ends. Raises `SandboxError` where they cannot start.
    """
    order = {
        "folder": str(folder),
        "tls_port": tls_port,
        "http_port": http_port,
        "endpoint_port": endpoint_port,
        "elsewhere": sorted(elsewhere),
        "organization_paths": None if organization_paths is None else dict(organization_paths),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox.cloud_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
        text=True,
        # Ctrl-C is for the one who started us: the accounts have to be there while that one cleans up.
        start_new_session=True,
    ) as process:
        try:
            yield _read_cloud(process, json.dumps(order))
        finally:
            _stop(process)


def _environment() -> dict[str, str]:
    """Our own environment without what would change how the emulator behaves."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_CHANGES_MOTO)}
    path = os.pathsep.join(filter(None, [str(_PROJECT_ROOT), os.environ.get("PYTHONPATH", "")]))
    return kept | {"PYTHONPATH": path}


def _read_cloud(process: "subprocess.Popen[str]", order: str) -> Cloud:
    if process.stdin is None or process.stdout is None:
        raise SandboxError("The process of the two accounts has no pipes.")
    try:
        process.stdin.write(f"{order}\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except OSError as error:
        raise SandboxError(f"The two accounts did not start: {error}") from error
    if not line:
        raise SandboxError(f"The two accounts did not start (exit status {process.wait()}).")
    said = json.loads(line)
    if "error" in said:
        raise SandboxError(f"The two accounts did not start: {said['error']}")
    return cloud_from(said)


def cloud_from(said: Mapping[str, Any]) -> Cloud:  # Any: JSON
    """Return the accounts as they were written down."""
    return Cloud(
        tls_url=said["tls_url"],
        http_url=said["http_url"],
        endpoint_url=said["endpoint_url"],
        ca_bundle=Path(said["ca_bundle"]),
        region=said["region"],
        credentials={profile: Credentials(**given) for profile, given in said["credentials"].items()},
        identity_center={profile: Credentials(**given) for profile, given in said["identity_center"].items()},
        gate_log=Path(said["gate_log"]),
    )


def _stop(process: "subprocess.Popen[str]") -> None:
    """End the process by closing its input, which is also what happens where ours is killed."""
    if process.stdin is not None:
        with suppress(OSError):  # where it has ended already
            process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
