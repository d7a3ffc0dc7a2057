"""What KMS checks when a key policy is saved, and how it shows a saved one."""

import json
from collections.abc import Callable, Mapping

from sandbox.gate.errors import Response
from sandbox.gate.exchange import Exchange
from sandbox.gate.principals import restore
from sandbox.gate.save_checks import check_key_policy


def serve_kms(exchange: Exchange) -> Response:
    """Do a KMS call that is allowed."""
    return _EFFECTS.get(exchange.call.operation, Exchange.hand_over)(exchange)


def _save_policy(exchange: Exchange) -> Response:
    given = exchange.call.text("Policy")
    if given is None:
        return exchange.hand_over()
    _, text = check_key_policy(exchange.world, given)
    return exchange.hand_over(parameters=dict(exchange.call.parameters) | {"Policy": text})


def _get_policy(exchange: Exchange) -> Response:
    response = exchange.hand_over(parameters={"PolicyName": "default", **exchange.call.parameters})
    if response.status != 200:
        return response
    data = json.loads(response.body)
    data["Policy"] = restore(exchange.world, data["Policy"])
    return response.with_body(json.dumps(data).encode())


_EFFECTS: Mapping[str, Callable[[Exchange], Response]] = {
    "CreateKey": _save_policy,
    "GetKeyPolicy": _get_policy,
    "PutKeyPolicy": _save_policy,
}
