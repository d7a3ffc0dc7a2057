"""Permissions boundaries: of roles, which the emulator keeps, and of users, which it does not know.

IAM User Guide, "Permissions boundaries for IAM entities".
"""

from xml.sax.saxutils import escape

from sandbox.gate.errors import AwsError, Response
from sandbox.gate.estate import boundary_of, find_user, iam, set_user_boundary
from sandbox.gate.exchange import Exchange

_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
_PARAMETER = "PermissionsBoundary"


def check_boundary(exchange: Exchange) -> str | None:
    """Return the policy that a call sets as a boundary, `None` where it sets none.

    Raises `AwsError` (`NoSuchEntity`) for one that is not there.
    """
    arn = exchange.call.text(_PARAMETER)
    if arn is not None and arn not in iam(exchange.call.account or "").managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)
    return arn


def set_role_boundary(exchange: Exchange) -> Response:
    """Do PutRolePermissionsBoundary."""
    check_boundary(exchange)
    return exchange.hand_over()


def put_user_boundary(exchange: Exchange) -> Response:
    """Do PutUserPermissionsBoundary."""
    arn = check_boundary(exchange)
    if arn is None:
        raise AwsError("ValidationError", f"The request lacks {_PARAMETER}.")
    return _save(exchange, arn)


def delete_user_boundary(exchange: Exchange) -> Response:
    """Do DeleteUserPermissionsBoundary."""
    return _save(exchange, None)


def show_user_boundary(exchange: Exchange, response: Response) -> Response:
    """Write a user's boundary into the response that shows the user."""
    user = find_user(exchange.call.account or "", exchange.call.text("UserName") or "")
    boundary = None if user is None else boundary_of(user)
    if response.status != 200 or boundary is None:
        return response
    shown = (
        "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>"
        f"<PermissionsBoundaryArn>{escape(boundary)}</PermissionsBoundaryArn></PermissionsBoundary></User>"
    )
    return response.with_body(response.body.replace(b"</User>", shown.encode(), 1))


def get_user(exchange: Exchange) -> Response:
    """Do GetUser."""
    return show_user_boundary(exchange, exchange.hand_over())


def _save(exchange: Exchange, arn: str | None) -> Response:
    name = exchange.call.text("UserName") or ""
    user = find_user(exchange.call.account or "", name)
    if user is None:
        raise AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)
    set_user_boundary(user, arn)
    operation = exchange.call.operation
    body = (
        f'<{operation}Response xmlns="{_NAMESPACE}"><ResponseMetadata>'
        f"<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></{operation}Response>"
    ).encode()
    return Response(
        status=200, headers=(("Content-Type", "text/xml"), ("Content-Length", str(len(body)))), body=body
    )
