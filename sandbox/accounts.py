"""The two accounts in this process: the emulator behind the gate, with its first users and their keys."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.certificate import make_certificate
from sandbox.cloud import Cloud, Credentials
from sandbox.gate.app import Gate
from sandbox.gate.estate import iam
from sandbox.gate.log import GateLog
from sandbox.gate.organization import FOLDER
from sandbox.gate.server import LOOPBACK, serving
from sandbox.gate.world import World, new_id, now_utc

OWNER_ACCOUNT = "111111222222"
REQUESTER_ACCOUNT = "112233445566"
REGION = "eu-central-1"
OWNER_ORGANIZATION_PATH = "o-sandbox0001/r-sand/"
"""Where the owner's account is in the organization of both: right under its root."""
REQUESTER_ORGANIZATION_PATH = "o-sandbox0001/r-sand/ou-sand-requester/"
"""Where the requester's account is in it: in an organizational unit."""
_ADMINISTRATOR = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The accounts from outside and from inside."""

    cloud: Cloud
    world: World
    gate: Gate


@contextmanager
def open_accounts(  # noqa: PLR0913 - each is a choice of its own, and all but one have their usual value
    folder: Path,
    *,
    tls_port: int = 0,
    http_port: int = 0,
    endpoint_port: int = 0,
    owner: str = OWNER_ACCOUNT,
    requester: str = REQUESTER_ACCOUNT,
    elsewhere: Iterable[str] = (),
    organization_paths: Mapping[str, str] | None = None,
    clock: Callable[[], dt.datetime] = now_utc,
) -> Iterator[Opened]:
    """Serve two new accounts until the context ends.

    `organization_paths` are those of the accounts by their ids, as in `aws:PrincipalOrgPaths`; by default
    both are in one organization. `clock` tells the time by which signatures, sessions and conditions are
    judged. The emulator's state belongs to the process: accounts of the same ids must not have been there
    before in it. Raises `OSError` where a port is taken, `ValueError` for a path that is none.
    """
    if organization_paths is None:
        organization_paths = {owner: OWNER_ORGANIZATION_PATH, requester: REQUESTER_ORGANIZATION_PATH}
    folder.mkdir(parents=True, exist_ok=True)
    world = World(
        accounts=(owner, requester),
        elsewhere=frozenset(elsewhere),
        organization_paths=dict(organization_paths),
        organization=folder / FOLDER,
        clock=clock,
    )
    credentials = {
        "account-a": _add_user(owner, "alice", administrator=True),
        "account-b": _add_user(requester, "admin", administrator=True),
        "bob": _add_user(requester, "bob"),
        "carol": _add_user(requester, "carol"),
    }
    certificate = make_certificate(folder)
    log = folder / "gate.log"
    gate = Gate(world, REGION, GateLog(log))
    with ExitStack() as stack:
        pair = (certificate.chain, certificate.key)
        tls = stack.enter_context(serving(gate, tls_port, pair))
        plain = stack.enter_context(serving(gate, http_port))
        inside = stack.enter_context(serving(gate, endpoint_port, pair, through_endpoint=True))
        cloud = Cloud(
            tls_url=f"https://{LOOPBACK}:{tls}",
            http_url=f"http://{LOOPBACK}:{plain}",
            endpoint_url=f"https://{LOOPBACK}:{inside}",
            ca_bundle=certificate.ca_bundle,
            region=REGION,
            credentials=credentials,
            identity_center={
                "account-a": _identity_center(world, owner),
                "account-b": _identity_center(world, requester),
            },
            gate_log=log,
        )
        yield Opened(cloud=cloud, world=world, gate=gate)


def _identity_center(world: World, account: str) -> Credentials:
    key, secret = world.add_identity_center_key(account)
    return Credentials(
        access_key_id=key, secret_access_key=secret, account=account, user="IAM Identity Center"
    )


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
