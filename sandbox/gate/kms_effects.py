"""What KMS checks when a key policy is saved, and how it shows a saved one."""

import json
from collections.abc import Callable, Mapping

from sandbox.gate.authorize import rule
from sandbox.gate.calls import Need
from sandbox.gate.errors import AwsError, Response
from sandbox.gate.estate import PARTITION
from sandbox.gate.exchange import Exchange
from sandbox.gate.principals import restore
from sandbox.gate.save_checks import check_key_policy


def serve_kms(exchange: Exchange) -> Response:
    """Do a KMS call that is allowed."""
    return _EFFECTS.get(exchange.call.operation, Exchange.hand_over)(exchange)


def _save_policy(exchange: Exchange) -> Response:
    call = exchange.call
    given = call.text("Policy")
    parameters = dict(call.parameters)
    if call.operation == "PutKeyPolicy":
        parameters.setdefault("PolicyName", "default")
    else:
        # KMS API Reference, "CreateKey": the default, which the emulator leaves open.
        parameters.setdefault("KeyUsage", "ENCRYPT_DECRYPT")
    if given is None:
        return exchange.hand_over(parameters=parameters)
    _, text = check_key_policy(exchange.world, given)
    if parameters.get("BypassPolicyLockoutSafetyCheck") is not True:
        _check_lockout(exchange, text)
    return exchange.hand_over(parameters=parameters | {"Policy": text})


def _check_lockout(exchange: Exchange, text: str) -> None:
    """Refuse a key policy under which the caller could not put the next one.

    KMS API Reference, "PutKeyPolicy", under "BypassPolicyLockoutSafetyCheck".
    """
    account = exchange.call.account or exchange.caller.account or ""
    resource = exchange.call.text("KeyId") or f"arn:{PARTITION}:kms:{exchange.region}:{account}:key/new"
    keys = {"kms:CallerAccount": (exchange.caller.account or "",)}
    need = Need(action="kms:PutKeyPolicy", resource=resource, owner=account, keys=keys)
    shown = restore(exchange.world, text)
    ruling = rule(exchange.world, exchange.caller, need, exchange.shared, resource_policy=shown)
    if not ruling.allowed:
        raise AwsError(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )


def _change_state(exchange: Exchange) -> Response:
    """Name the key by its id, which is all that the emulator takes here."""
    identifier = (exchange.call.text("KeyId") or "").rpartition("/")[2]
    return exchange.hand_over(parameters={**exchange.call.parameters, "KeyId": identifier})


def _get_policy(exchange: Exchange) -> Response:
    response = exchange.hand_over(parameters={"PolicyName": "default", **exchange.call.parameters})
    if response.status != 200:
        return response
    data = json.loads(response.body)
    data["Policy"] = restore(exchange.world, data["Policy"])
    return response.with_body(json.dumps(data).encode())


_EFFECTS: Mapping[str, Callable[[Exchange], Response]] = {
    "CancelKeyDeletion": _change_state,
    "CreateKey": _save_policy,
    "DisableKey": _change_state,
    "EnableKey": _change_state,
    "GetKeyPolicy": _get_policy,
    "PutKeyPolicy": _save_policy,
    "ScheduleKeyDeletion": _change_state,
}
