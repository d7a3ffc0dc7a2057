"""The gate as a WSGI application: every request goes through here, or not at all."""

import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from sandbox.gate.callers import Caller, identify
from sandbox.gate.calls import Call
from sandbox.gate.context import request_context
from sandbox.gate.errors import AwsError, Response, render
from sandbox.gate.exchange import Exchange
from sandbox.gate.iam_calls import map_iam
from sandbox.gate.iam_effects import serve_iam
from sandbox.gate.kms_calls import map_kms
from sandbox.gate.kms_effects import serve_kms
from sandbox.gate.log import Entry, GateLog
from sandbox.gate.payload import read_payload
from sandbox.gate.received import Received, read_request
from sandbox.gate.s3_calls import map_s3
from sandbox.gate.s3_effects import serve_s3
from sandbox.gate.signature import Claim, read_claim
from sandbox.gate.sts_calls import map_sts
from sandbox.gate.sts_effects import serve_sts
from sandbox.gate.world import World

_SERVE: Mapping[str, Callable[[Exchange], Response]] = {
    "s3": serve_s3,
    "iam": serve_iam,
    "sts": serve_sts,
    "kms": serve_kms,
}


@dataclass(slots=True)
class _Trail:
    """What is known of a request so far, for the log and for the form of a refusal."""

    service: str = "s3"
    caller: str = "?"
    call: str = "?"
    exchange: Exchange | None = None
    error: str | None = None


class Gate:
    """Judges requests and lets the emulator do those that are allowed."""

    def __init__(self, world: World, region: str, log: GateLog) -> None:
        """Judge by `world`; unsigned requests count as sent to `region`."""
        self._world = world
        self._region = region
        self._log = log
        # The emulator is not made for threads; and what was decided has to hold until it is done.
        self._one_at_a_time = threading.Lock()

    # WSGI's types: the environ holds values of many types, and start_response is any callable.
    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        response = self.answer(environ)
        status = response.status
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
        start_response(f"{status} {phrase}", list(response.headers))
        return [response.body] if environ.get("REQUEST_METHOD") != "HEAD" else []

    def answer(self, environ: Mapping[str, Any]) -> Response:
        """Answer one request, whatever it is: what goes wrong is a refusal, never an exception."""
        trail = _Trail()
        head = environ.get("REQUEST_METHOD") == "HEAD"
        try:
            response = self._serve(read_request(environ), trail)
        except AwsError as error:
            trail.error = f"{error.code}: {error.message}"
            response = render(error, trail.service, head=head)
        except Exception as error:  # noqa: BLE001 - a fault of the gate's own lets nothing through
            trail.error = f"the gate failed: {''.join(traceback.format_exception(error))}"
            refused = AwsError("NotImplemented", "The gate failed over this request; its log says why.", 501)
            response = render(refused, trail.service, head=head)
        entry = Entry(
            time=self._world.clock(),
            caller=trail.caller,
            call=trail.call,
            rulings=trail.exchange.rulings if trail.exchange is not None else (),
            status=response.status,
            error=trail.error,
        )
        self._log.write(entry)
        return response

    def _serve(self, received: Received, trail: _Trail) -> Response:
        trail.service = _guess_service(received)
        claim = read_claim(received)
        if claim is not None:
            if claim.service not in _SERVE:
                raise AwsError("NotImplemented", f"There is no service {claim.service!r} here.", 501)
            trail.service = claim.service
        with self._one_at_a_time:
            caller = identify(self._world, received, claim)
            trail.caller = caller.arn
            exchange = self._open(received, claim, caller, trail)
            for need in exchange.call.needs:
                exchange.require(need)
            return _SERVE[trail.service](exchange)

    def _open(self, received: Received, claim: Claim | None, caller: Caller, trail: _Trail) -> Exchange:
        region = self._region if claim is None else claim.region
        payload = read_payload(received)
        headers = {**received.headers, **payload.trailers}
        content = replace(received, body=payload.content, headers=headers)
        call = _map(trail.service, content, caller, region)
        trail.call = call.name
        shared = request_context(
            self._world, content, caller, service=trail.service, claim=claim, region=region
        )
        trail.exchange = Exchange(
            world=self._world,
            received=content,
            caller=caller,
            call=call,
            region=region,
            shared=shared,
        )
        return trail.exchange


def _map(service: str, received: Received, caller: Caller, region: str) -> Call:
    if service == "iam":
        return map_iam(received, caller)
    if service == "sts":
        return map_sts(received, caller)
    if service == "kms":
        return map_kms(received, caller, region)
    return map_s3(received, caller)


def _guess_service(received: Received) -> str:
    """Tell the service of a request whose signature does not: it matters for how it is refused."""
    if received.headers.get("x-amz-target", "").startswith("TrentService."):
        return "kms"
    form = received.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if received.path == "/" and (received.has_param("Action") or (form and received.method == "POST")):
        return "sts"
    return "s3"
