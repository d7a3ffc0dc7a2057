"""A request as it came over the wire, read once and read whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_to_bytes

from sandbox.gate.errors import AwsError

# The names that WSGI servers leave out or change are put here by the gate's own server.
HEADERS_KEY = "sandbox.headers"
# Put there by the listener that stands for the endpoints of a VPC; no header can set it.
ENDPOINT_KEY = "sandbox.through_endpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request.

    `path` is percent-encoded as it was sent; `query` is decoded, in the order sent, with `""` for a name
    without a value. Header names are in lower case. `tls_version` is like `1.3`, `None` over plain HTTP.
    `through_endpoint` is whether it came through an endpoint of the VPC.
    """

    method: str
    path: str
    raw_query: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    tls_version: str | None
    source_ip: str
    through_endpoint: bool = False

    @property
    def host(self) -> str:
        """The `Host` header in lower case, with its port."""
        return self.headers.get("host", "").lower()

    @property
    def secure(self) -> bool:
        """Whether the request came over TLS."""
        return self.tls_version is not None

    def param(self, name: str) -> str | None:
        """The value of a query parameter; the first where it stands twice."""
        return next((value for given, value in self.query if given == name), None)

    def has_param(self, name: str) -> bool:
        """Whether the query has the parameter, with or without a value."""
        return any(given == name for given, _ in self.query)

    def with_body(self, body: bytes) -> "Received":
        """Return the same request around another body."""
        return replace(self, body=body)


# WSGI's environ holds values of many types, by the name.
def read_request(environ: Mapping[str, Any]) -> Received:
    """Read a request with all of its body, whether it has a length or comes in chunks."""
    target = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or environ.get("PATH_INFO") or "/")
    path, _, raw_query = target.partition("?")
    if not path.startswith("/"):
        raise AwsError("InvalidURI", "The request's path does not begin with a slash.")
    if "?" not in target:
        raw_query = str(environ.get("QUERY_STRING", ""))
    version = None
    if environ.get("wsgi.url_scheme") == "https":
        version = str(environ.get("SSL_PROTOCOL", "TLSv1.2")).removeprefix("TLSv")
    return Received(
        method=str(environ.get("REQUEST_METHOD", "GET")),
        path=path,
        raw_query=raw_query,
        query=tuple(_parse_query(raw_query)),
        headers=_headers(environ),
        body=_body(environ),
        tls_version=version,
        source_ip=str(environ.get("REMOTE_ADDR", "127.0.0.1")),
        through_endpoint=environ.get(ENDPOINT_KEY) is True,
    )


def decode_text(quoted: str) -> str:
    """Decode percent-encoded UTF-8, which is all that AWS takes for keys and parameters."""
    try:
        return unquote_to_bytes(quoted).decode("utf-8")
    except UnicodeDecodeError:
        raise AwsError("InvalidURI", "Couldn't parse the specified URI: it is not UTF-8.") from None


def _parse_query(raw: str) -> Iterable[tuple[str, str]]:
    """Take a query string apart. A plus is a space to S3 only where a form wrote it so."""
    for item in filter(None, raw.split("&")):
        name, _, value = item.partition("=")
        yield decode_text(name.replace("+", "%20")), decode_text(value.replace("+", "%20"))


def parse_form(text: str) -> dict[str, str]:
    """Read form-encoded parameters. A name that stands twice is refused: readers disagree about it."""
    found: dict[str, str] = {}
    for name, value in _parse_query(text):
        if name in found:
            raise AwsError("MalformedInput", f"The parameter {name} stands twice.")
        found[name] = value
    return found


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    given = environ.get(HEADERS_KEY)
    if isinstance(given, Mapping):
        return {str(name).lower(): str(value).strip() for name, value in given.items()}
    found = {
        name[5:].replace("_", "-").lower(): str(value).strip()
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            found[name.replace("_", "-").lower()] = str(environ[name]).strip()
    return found


def _body(environ: Mapping[str, Any]) -> bytes:
    stream = environ["wsgi.input"]
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length:
        if not length.isascii() or not length.isdigit():
            raise AwsError("InvalidArgument", "Content-Length is not a number.")
        body = bytes(stream.read(int(length)))
        if len(body) != int(length):
            raise AwsError("IncompleteBody", "The request ended before its Content-Length was reached.")
        return body
    chunked = "chunked" in str(environ.get("HTTP_TRANSFER_ENCODING", "")).lower()
    return bytes(stream.read()) if chunked or environ.get("wsgi.input_terminated") else b""
