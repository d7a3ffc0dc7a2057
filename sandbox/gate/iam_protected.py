"""Roles that only a service of AWS's makes and edits.

IAM Identity Center User Guide, "IAM roles created by IAM Identity Center"; IAM User Guide, "Create a
service-linked role". Of these services only IAM Identity Center is here: it has keys of its own.
"""

from sandbox.gate.errors import AwsError
from sandbox.gate.estate import find_role
from sandbox.gate.exchange import Exchange
from sandbox.gate.world import IDENTITY_CENTER_PATH

_RESERVED = ("/aws-reserved/", "/aws-service-role/")
_READS = ("Get", "List")


def check_modifiable(exchange: Exchange) -> None:
    """Refuse to make or to edit a role that is a service's own.

    Raises `AwsError` as IAM does: `UnmodifiableEntity` for a role that is there, `InvalidInput` for a path.
    """
    call = exchange.call
    name = call.text("RoleName")
    if name is None or call.operation.startswith(_READS):
        return
    if call.operation == "CreateRole":
        path = call.text("Path") or "/"
        if path.startswith(_RESERVED) and not _is_own(exchange, path):
            prefix = next(prefix for prefix in _RESERVED if path.startswith(prefix))
            raise AwsError(
                "InvalidInput", f"Path prefix '{prefix}' can only be used for roles of AWS services."
            )
        return
    role = find_role(call.account or "", name)
    if role is not None and str(role.path).startswith(_RESERVED) and not _is_own(exchange, str(role.path)):
        raise AwsError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{name}' - "
            "this role is only modifiable by AWS",
        )


def _is_own(exchange: Exchange, path: str) -> bool:
    return exchange.caller.is_identity_center and path.startswith(IDENTITY_CENTER_PATH)
