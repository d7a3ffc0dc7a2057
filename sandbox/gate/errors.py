"""Refusals, written the way each AWS service writes them."""

import json
import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape

_QUERY_NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
# KMS reports every refusal, the one for lack of permission too, as a bad request.
_JSON_STATUS = 400


class AwsError(Exception):
    """A refusal with AWS's error code, its message and its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class UnmappedError(AwsError):
    """A call that the gate does not know how to judge, and so does not let through."""

    def __init__(self, message: str) -> None:
        super().__init__("NotImplemented", message, 501)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP response: status, headers in order, body."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def with_body(self, body: bytes) -> "Response":
        """Return the same response around another body."""
        kept = tuple((name, value) for name, value in self.headers if name.lower() != "content-length")
        return Response(status=self.status, headers=(*kept, ("Content-Length", str(len(body)))), body=body)


def render(error: AwsError, service: str, *, head: bool = False) -> Response:
    """Write a refusal as `service` (`s3`, `iam`, `sts`, `kms`) does. A HEAD's answer has no body."""
    request_id = str(uuid.uuid4())
    if head:
        return Response(status=error.status, headers=(("x-amz-request-id", request_id),))
    if service == "kms":
        data = {"__type": error.code, "message": error.message}
        status = error.status if error.status >= 500 else _JSON_STATUS
        return _with_type(
            status, "application/x-amz-json-1.1", json.dumps(data), ("x-amzn-ErrorType", error.code)
        )
    code, message = escape(error.code), escape(error.message)
    if service in _QUERY_NAMESPACES:
        text = (
            f'<ErrorResponse xmlns="{_QUERY_NAMESPACES[service]}"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return _with_type(error.status, "text/xml", text, ("x-amzn-RequestId", request_id))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message>"
        f"<RequestId>{request_id}</RequestId></Error>"
    )
    return _with_type(error.status, "application/xml", text, ("x-amz-request-id", request_id))


def _with_type(status: int, kind: str, text: str, header: tuple[str, str]) -> Response:
    body = text.encode()
    return Response(
        status=status,
        headers=(("Content-Type", kind), header, ("Content-Length", str(len(body)))),
        body=body,
    )
