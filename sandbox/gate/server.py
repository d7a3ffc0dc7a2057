"""The gate's servers: TLS, plain HTTP and the endpoints of a VPC, on this machine's loopback only."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cheroot.server import HTTPServer
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Gateway_10
from cheroot.wsgi import Server as WsgiServer

from sandbox.gate.app import Gate
from sandbox.gate.received import ENDPOINT_KEY, HEADERS_KEY

LOOPBACK = "127.0.0.1"
_THREADS = 16
_QUEUE = 128  # connections that may wait to be accepted: `aws s3 sync` opens many at once
_STOP_SECONDS = 3


class _Gateway(Gateway_10):
    """WSGI as it is, and the headers under the names that they were sent with.

    WSGI cannot tell `x-amz-meta-a_b` from `x-amz-meta-a-b`; signatures can.
    """

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override] # cheroot's stubs say None
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call] # nor typed there
        environ[HEADERS_KEY] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in self.req.inheaders.items()
        }
        return environ


class _Server(WsgiServer):
    """Says nothing by itself: what matters is in the gate's log, and clients hang up as they please."""

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        pass


@contextmanager
def serving(
    gate: Gate,
    port: int,
    certificate: tuple[Path, Path] | None = None,
    *,
    through_endpoint: bool = False,
) -> Iterator[int]:
    """Serve the gate until the context ends; yield the port. `port` 0 takes any that is free.

    `certificate` is a chain and its key, both files of PEM; without them it is plain HTTP. With
    `through_endpoint`, all that comes in counts as coming through the endpoints of the VPC. Raises `OSError`
    where the port is taken.
    """
    server = _Server(
        (LOOPBACK, port),
        _behind_endpoint(gate) if through_endpoint else gate,
        numthreads=_THREADS,
        request_queue_size=_QUEUE,
        shutdown_timeout=_STOP_SECONDS,
        server_name=LOOPBACK,
    )
    server.gateway = _Gateway
    if certificate is not None:
        chain, key = certificate
        server.ssl_adapter = BuiltinSSLAdapter(str(chain), str(key))
    server.prepare()
    thread = threading.Thread(target=_run, args=(server,), name=f"gate-{server.bind_addr[1]}", daemon=True)
    thread.start()
    try:
        yield int(server.bind_addr[1])
    finally:
        server.stop()
        thread.join()


# WSGI's types: the environ holds values of many types, and start_response is any callable.
def _behind_endpoint(gate: Gate) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return gate({**environ, ENDPOINT_KEY: True}, start_response)

    return answer


def _run(server: HTTPServer) -> None:
    server.serve()
