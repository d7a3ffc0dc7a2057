"""Handing a call to moto, rebuilt so that moto can take it for nothing but what the gate decided about.

Moto decides nothing itself: it believes the account that it is told, and its own views of policies and of
signatures stay out of it.
"""

import io
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY
from moto.moto_server.werkzeug_app import BackendRequest, create_backend_app
from werkzeug.test import run_wsgi_app

from sandbox.gate.errors import AwsError, Response, UnmappedError

if TYPE_CHECKING:
    from flask import Flask

_HOST = "127.0.0.1"
_HOP = frozenset({"connection", "date", "server", "transfer-encoding"})
_META = "x-amz-meta-"
_building = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """A request for moto: `path` and `query` are percent-encoded, header names in lower case.

    `account` is whose resources it is about; `access_key_id` tells moto which user calls, where it asks.
    """

    service: str
    method: str
    path: str
    account: str
    region: str
    access_key_id: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def send(forward: Forward) -> Response:
    """Let moto do it.

    Raises `UnmappedError` where moto cannot, and `AwsError` (`NotImplemented`) where it fails over it: the
    call is then refused, not half done in some other way.
    """
    try:
        body, status, headers = run_wsgi_app(_app(forward.service), _environ(forward), buffered=True)
        content = b"".join(body)
    except AwsError:
        raise
    except NotImplementedError as error:
        raise UnmappedError(f"The emulator does not do this: {error}.") from error
    except Exception as error:  # whatever moto trips over must not end the server
        raise AwsError(
            "NotImplemented", f"The emulator failed: {type(error).__name__}: {error}", 501
        ) from error
    return Response(
        status=int(status.partition(" ")[0]),
        headers=tuple((name, value) for name, value in headers.items() if name.lower() not in _HOP),
        body=content,
    )


class _Upload(BackendRequest):
    """A request to S3: its body is content, also where its type says that it is a form."""

    want_form_data_parsed = False


@lru_cache(maxsize=8)
def _build(service: str) -> "Flask":
    name: Any = service  # moto types its services as literals; the gate's are among them
    app = create_backend_app(name)
    if service == "s3":
        app.request_class = _Upload
    return app


def _app(service: str) -> "Flask":
    with _building:
        return _build(service)


# WSGI's environ holds values of many types, by the name.
def _environ(forward: Forward) -> dict[str, Any]:
    target = forward.path + (f"?{forward.query}" if forward.query else "")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": forward.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(forward.path).decode("latin-1"),
        "QUERY_STRING": forward.query,
        "RAW_URI": target,
        "REQUEST_URI": target,
        "SERVER_NAME": _HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": _HOST,
        "CONTENT_LENGTH": str(len(forward.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(forward.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "HTTP_HOST": _HOST,
        "HTTP_X_MOTO_ACCOUNT_ID": forward.account,
        # Moto takes Region, service and caller from here; it does not look at the signature.
        "HTTP_AUTHORIZATION": (
            f"AWS4-HMAC-SHA256 Credential={forward.access_key_id}/20000101/{forward.region}/"
            f"{forward.service}/aws4_request, SignedHeaders=host, Signature=checked"
        ),
    }
    preserved = {}
    for name, value in forward.headers.items():
        key = f"HTTP_{name.upper().replace('-', '_')}"
        if name == "content-type":
            key = "CONTENT_TYPE"
        elif name.startswith(_META) and "_" in name:
            preserved[key] = name
        environ[key] = value
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved
    return environ
