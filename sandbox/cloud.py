"""Two AWS accounts on this machine: the emulator behind the gate, with its first users and their keys."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from moto.core.base_backend import BackendDict
from moto.s3.models import s3_backends

from sandbox.certificate import make_certificate
from sandbox.gate.app import Gate
from sandbox.gate.estate import iam
from sandbox.gate.log import GateLog
from sandbox.gate.server import LOOPBACK, serving
from sandbox.gate.world import World, new_id, now_utc

OWNER_ACCOUNT = "111111222222"
REQUESTER_ACCOUNT = "112233445566"
REGION = "us-east-1"
_ADMINISTRATOR = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user's long-term access key."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    account: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Where the accounts are, and how to come in.

    `credentials` are by profile: `account-a` and `account-b` are administrators of the owner's and the
    requester's account, `bob` and `carol` are users of the requester's without any policy. `gate_log` has
    a line of JSON for every call.
    """

    tls_url: str
    http_url: str
    ca_bundle: Path
    region: str
    credentials: Mapping[str, Credentials]
    gate_log: Path
    world: World = field(repr=False)


@contextmanager
def start_cloud(
    folder: Path,
    *,
    tls_port: int = 0,
    http_port: int = 0,
    elsewhere: Iterable[str] = (),
    clock: Callable[[], dt.datetime] = now_utc,
) -> Iterator[Cloud]:
    """Start both accounts, empty but for their first users; stop them when the context ends.

    Port 0 takes any that is free. `elsewhere` are ids of accounts that exist as well, so that policies may
    name them. `clock` tells the time by which signatures, sessions and conditions are judged. Both accounts
    live in this process: there can be one cloud at a time. Raises `OSError` where a port is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _forget_everything()
    world = World(accounts=(OWNER_ACCOUNT, REQUESTER_ACCOUNT), elsewhere=frozenset(elsewhere), clock=clock)
    credentials = {
        "account-a": _add_user(OWNER_ACCOUNT, "alice", administrator=True),
        "account-b": _add_user(REQUESTER_ACCOUNT, "admin", administrator=True),
        "bob": _add_user(REQUESTER_ACCOUNT, "bob"),
        "carol": _add_user(REQUESTER_ACCOUNT, "carol"),
    }
    certificate = make_certificate(folder)
    log = folder / "gate.log"
    gate = Gate(world, REGION, GateLog(log))
    with ExitStack() as stack:
        tls = stack.enter_context(serving(gate, tls_port, (certificate.chain, certificate.key)))
        plain = stack.enter_context(serving(gate, http_port))
        yield Cloud(
            tls_url=f"https://{LOOPBACK}:{tls}",
            http_url=f"http://{LOOPBACK}:{plain}",
            ca_bundle=certificate.ca_bundle,
            region=REGION,
            credentials=credentials,
            gate_log=log,
            world=world,
        )


def _forget_everything() -> None:
    """Moto's state belongs to the process: an earlier cloud's would still be there."""
    BackendDict.reset()
    s3_backends.bucket_accounts.clear()


def _add_user(account: str, name: str, *, administrator: bool = False) -> Credentials:
    held = iam(account)
    user = held.create_user(REGION, name)
    user.id = new_id("AIDA", 21)
    if administrator:
        held.put_user_policy(name, "administrator", json.dumps(_ADMINISTRATOR))
    key = held.create_access_key(name)
    return Credentials(
        access_key_id=str(key.access_key_id),
        secret_access_key=str(key.secret_access_key),
        account=account,
        user=name,
    )
