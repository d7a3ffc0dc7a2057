"""Bodies as clients sign them: hashed, unsigned, or in chunks of AWS's own kind.

S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
Chunks (Chunked Upload) (AWS Signature Version 4)" and "Signature calculations for trailing headers (chunked
uploads) (AWS Signature Version 4)".
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.gate.errors import AwsError, UnmappedError
from sandbox.gate.received import Received

UNSIGNED = "UNSIGNED-PAYLOAD"
STREAMING_UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
# Those of AWS's algorithms that Python brings along. Clients take CRC32 unless told otherwise.
_CHECKSUMS: Mapping[str, Callable[[bytes], bytes]] = {
    "x-amz-checksum-crc32": lambda content: zlib.crc32(content).to_bytes(4, "big"),
    "x-amz-checksum-sha1": lambda content: hashlib.sha1(content, usedforsecurity=False).digest(),
    "x-amz-checksum-sha256": lambda content: hashlib.sha256(content).digest(),
}
_MAX_LINE = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The content of a body, and the headers that came after it."""

    content: bytes
    trailers: Mapping[str, str]


def read_payload(received: Received) -> Payload:
    """Take the content out of a body and check it against what the client said of it.

    Raises `AwsError`: `XAmzContentSHA256Mismatch`, `BadDigest`, `IncompleteBody` or `MalformedTrailerError`
    where it does not fit.
    """
    declared = received.headers.get("x-amz-content-sha256")
    if declared == STREAMING_UNSIGNED:
        payload = _read_chunks(received.body)
        expected = received.headers.get("x-amz-decoded-content-length")
        if expected is not None and expected != str(len(payload.content)):
            raise AwsError("IncompleteBody", "The body is not as long as x-amz-decoded-content-length says.")
        _check_trailers(payload)
        return payload
    if declared is not None and declared.startswith("STREAMING-"):
        raise UnmappedError(f"The gate does not read bodies of the kind {declared}.")
    if declared not in (None, UNSIGNED) and declared != hashlib.sha256(received.body).hexdigest():
        raise AwsError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    return Payload(content=received.body, trailers={})


def _read_chunks(body: bytes) -> Payload:
    content = bytearray()
    position = 0
    while True:
        line, position = _line(body, position)
        size = _size(line)
        if size == 0:
            break
        end = position + size
        if body[end : end + 2] != b"\r\n":
            raise AwsError("IncompleteBody", "A chunk of the body is not as long as it says.")
        content += body[position:end]
        position = end + 2
    trailers: dict[str, str] = {}
    while position < len(body):
        line, position = _line(body, position)
        if line:
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon:
                raise AwsError("MalformedTrailerError", "The request contained trailing data.")
            trailers[name.strip().lower()] = value.strip()
    return Payload(content=bytes(content), trailers=trailers)


def _line(body: bytes, position: int) -> tuple[bytes, int]:
    end = body.find(b"\r\n", position, position + _MAX_LINE)
    if end < 0:
        raise AwsError("IncompleteBody", "The chunks of the body come to no end.")
    return body[position:end], end + 2


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 16 or digits.strip(b"0123456789abcdefABCDEF"):
        raise AwsError("InvalidChunkSizeError", "A chunk of the body does not begin with its size.")
    return int(digits, 16)


def _check_trailers(payload: Payload) -> None:
    for name, value in payload.trailers.items():
        compute = _CHECKSUMS.get(name)
        if compute is None:
            raise UnmappedError(f"The gate does not know the trailer {name}.")
        if base64.b64encode(compute(payload.content)).decode() != value:
            raise AwsError("BadDigest", f"The {name} you specified did not match what we received.")
