"""One call on its way: who makes it, what it is, and what can be done with it."""

import json
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from sandbox.gate.authorize import Ruling, refusal, rule
from sandbox.gate.callers import Caller
from sandbox.gate.calls import Call, Need
from sandbox.gate.emulator import Forward, send
from sandbox.gate.errors import AwsError, Response
from sandbox.gate.estate import bucket_owner
from sandbox.gate.received import Received
from sandbox.gate.s3_calls import copy_source
from sandbox.gate.s3_model import Operation, operation_named
from sandbox.gate.signature import is_signing_parameter
from sandbox.gate.world import World

# What S3 calls may carry beside the headers of their own operation.
_PLAIN_HEADERS = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-md5",
        "content-type",
        "expires",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-unmodified-since",
        "range",
        "x-amz-sdk-checksum-algorithm",
    }
)
_PLAIN_PREFIXES = ("x-amz-checksum-", "x-amz-meta-")
_NOBODY = "AKIAANONYMOUSCALLER0"
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_JSON = "application/x-amz-json-1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A call whose caller is known. `shared` are the condition keys that all its needs have.

    `rulings` collects everything that was decided about it, for the log.
    """

    world: World
    received: Received
    caller: Caller
    call: Call
    region: str
    shared: dict[str, tuple[str, ...]]
    rulings: list[Ruling] = field(default_factory=list)

    def rule(self, need: Need) -> Ruling:
        """Decide a need, and note it for the log."""
        ruling = rule(self.world, self.caller, need, self.shared)
        self.rulings.append(ruling)
        return ruling

    def require(self, need: Need) -> None:
        """Decide a need. Raises `AwsError` as the service refuses, unless it is allowed."""
        ruling = self.rule(need)
        if not ruling.allowed:
            raise refusal(self.call.service, self.caller, ruling)

    def hand_over(
        self, *, body: bytes | None = None, parameters: dict[str, object] | None = None
    ) -> Response:
        """Let the emulator do the call; with another body or other parameters where they are given."""
        content = self.received.body if body is None else body
        given = dict(self.call.parameters) if parameters is None else parameters
        if self.call.service == "s3":
            return self._hand_over_s3(content)
        if self.call.service == "kms":
            headers = {
                "content-type": _JSON,
                "x-amz-target": f"TrentService.{self.call.operation}",
            }
            return self._send("POST", "/", "", headers, json.dumps(given).encode())
        form = urlencode({name: str(value) for name, value in given.items()})
        return self._send("POST", "/", "", {"content-type": _FORM}, form.encode())

    def _hand_over_s3(self, body: bytes) -> Response:
        """Always by path, and with the operation's own parameters and headers only."""
        operation = operation_named(self.call.operation)
        parts = [part for part in (self.call.bucket, self.call.key) if part is not None]
        path = "/" + "/".join(quote(part, safe="/-_.~") for part in parts)
        query = "&".join(
            f"{quote(name, safe='')}={quote(value, safe='')}"
            for name, value in self.received.query
            if name != "x-id" and not is_signing_parameter(name)
        )
        headers = {name: value for name, value in self.received.headers.items() if _belongs(name, operation)}
        if "x-amz-copy-source" in headers:
            headers["x-amz-copy-source"] = _written_source(headers["x-amz-copy-source"])
        encodings = [item.strip() for item in headers.pop("content-encoding", "").split(",")]
        encoding = ",".join(item for item in encodings if item not in ("", "aws-chunked"))
        if encoding:
            headers["content-encoding"] = encoding
        return self._send(operation.method, path, query, headers, body)

    def _send(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Response:
        owner = bucket_owner(self.call.bucket) if self.call.bucket is not None else None
        account = self.call.account or owner or self.caller.account
        if account is None:
            raise AwsError("AccessDenied", "Access Denied", 403)
        return send(
            Forward(
                service=self.call.service,
                method=method,
                path=path,
                query=query,
                headers=headers,
                body=body,
                account=account,
                region=self.region,
                access_key_id=self.caller.access_key_id or _NOBODY,
            )
        )


def _written_source(header: str) -> str:
    """Write a copy's source anew, so that no two readers can take it for two objects."""
    bucket, key, version = copy_source(header)
    path = f"/{quote(bucket)}/{quote(key, safe='/')}"
    return path if version is None else f"{path}?versionId={quote(version, safe='')}"


def _belongs(name: str, operation: Operation) -> bool:
    return (
        name in _PLAIN_HEADERS
        or name in operation.headers
        or name.startswith((*_PLAIN_PREFIXES, *operation.header_prefixes))
    ) and name not in ("host", "authorization", "x-amz-content-sha256")
