"""Signature Version 4, checked by computing it again with botocore's own signers.

IAM User Guide, "Create a signed AWS API request"; S3 API Reference, "Authenticating requests (AWS Signature
Version 4)".
"""

import datetime as dt
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
from urllib.parse import quote, unquote_to_bytes

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.gate.errors import AwsError
from sandbox.gate.received import Received

_ALGORITHM = "AWS4-HMAC-SHA256"
_STAMP = "%Y%m%dT%H%M%SZ"
_SCOPE = re.compile(r"([^/]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request", re.ASCII)
_SKEW = dt.timedelta(minutes=15)
_MAX_EXPIRES = 604800  # seconds: a week
_QUERY_NAMES = frozenset(
    {
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who a request says that it is from. Nothing of it is believed before `verify` has returned."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    time: dt.datetime
    token: str | None
    expires: int | None
    """Seconds that a presigned URL is good for; `None` for a signature in the header."""

    @property
    def presigned(self) -> bool:
        """Whether the signature stands in the URL."""
        return self.expires is not None


def is_signing_parameter(name: str) -> bool:
    """Whether a query parameter belongs to a presigned URL's signature, not to the call."""
    return name in _QUERY_NAMES


def read_claim(received: Received) -> Claim | None:
    """Read who signed a request, `None` where nobody did.

    Raises `AwsError` where the signature cannot be read, or where there are two of them.
    """
    header = received.headers.get("authorization")
    in_query = received.has_param("X-Amz-Algorithm") or received.has_param("X-Amz-Signature")
    if header is not None and in_query:
        raise AwsError("InvalidArgument", "Only one auth mechanism allowed.")
    if header is not None:
        return _from_header(received, header)
    if in_query:
        return _from_query(received)
    if received.has_param("AWSAccessKeyId"):
        raise AwsError("InvalidRequest", f"The authorization mechanism is not supported: use {_ALGORITHM}.")
    return None


def _from_header(received: Received, header: str) -> Claim:
    algorithm, _, rest = header.partition(" ")
    if algorithm != _ALGORITHM:
        raise AwsError("InvalidRequest", f"The authorization mechanism is not supported: use {_ALGORITHM}.")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    missing = {"Credential", "SignedHeaders", "Signature"} - parts.keys()
    if missing:
        raise AwsError(
            "AuthorizationHeaderMalformed", f"The authorization header lacks {', '.join(sorted(missing))}."
        )
    stamp = received.headers.get("x-amz-date")
    if stamp is None:
        raise AwsError("AccessDenied", "AWS authentication requires a valid X-Amz-Date header.", 403)
    return _claim(parts | {"Date": stamp}, received.headers.get("x-amz-security-token"), None)


def _from_query(received: Received) -> Claim:
    names = [name for name, _ in received.query]
    for name in _QUERY_NAMES - {"X-Amz-Security-Token"}:
        if names.count(name) != 1:
            raise AwsError(
                "AuthorizationQueryParametersError", f"A presigned URL has the parameter {name} once."
            )
    values = dict(received.query)
    if values["X-Amz-Algorithm"] != _ALGORITHM:
        raise AwsError("AuthorizationQueryParametersError", f"X-Amz-Algorithm only supports {_ALGORITHM}.")
    expires = values["X-Amz-Expires"]
    if not (expires.isascii() and expires.isdigit() and 1 <= int(expires[:9]) <= _MAX_EXPIRES):
        raise AwsError(
            "AuthorizationQueryParametersError", "X-Amz-Expires is a number of seconds from 1 to 604800."
        )
    parts = {name.removeprefix("X-Amz-"): value for name, value in values.items()}
    return _claim(parts, values.get("X-Amz-Security-Token"), int(expires))


def _claim(parts: Mapping[str, str], token: str | None, expires: int | None) -> Claim:
    stamp = parts["Date"]
    scope = _SCOPE.fullmatch(parts["Credential"])
    if scope is None:
        raise AwsError(
            "AuthorizationHeaderMalformed",
            "The credential is not KEY/YYYYMMDD/REGION/SERVICE/aws4_request.",
        )
    try:
        time = dt.datetime.strptime(stamp, _STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        raise AwsError("AccessDenied", "The date of the signature is not YYYYMMDDTHHMMSSZ.", 403) from None
    key, date, region, service = scope.groups()
    if not stamp.startswith(date):
        raise AwsError(
            "SignatureDoesNotMatch", "The date of the credential scope is not that of the request.", 403
        )
    headers = tuple(name.strip().lower() for name in parts["SignedHeaders"].split(";") if name.strip())
    if "host" not in headers:
        raise AwsError("AuthorizationHeaderMalformed", "The Host header is always signed.")
    return Claim(
        access_key_id=key,
        date=date,
        region=region,
        service=service,
        signed_headers=headers,
        signature=parts["Signature"],
        time=time,
        token=token,
        expires=expires,
    )


def verify(received: Received, claim: Claim, secret: str, now: dt.datetime) -> None:
    """Check that the claim's signature is right and fresh.

    Raises `AwsError`: `SignatureDoesNotMatch`, `RequestTimeTooSkewed` (for the services other than S3 the
    latter is `SignatureDoesNotMatch` too), `AccessDenied` for an expired URL or an unsigned header.
    """
    _check_freshness(claim, now)
    _check_signed_headers(received, claim)
    signer = (_S3Signer if claim.service == "s3" else _Signer)(
        Credentials(claim.access_key_id, secret), claim.service, claim.region
    )
    request = _signed_part(received, claim)
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if not hmac.compare_digest(expected.encode(), claim.signature.encode("utf-8", "replace")):
        raise AwsError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
            403,
        )


def _check_freshness(claim: Claim, now: dt.datetime) -> None:
    if claim.expires is not None:
        if now > claim.time + dt.timedelta(seconds=claim.expires):
            raise AwsError("AccessDenied", "Request has expired", 403)
        if claim.time > now + _SKEW:
            raise AwsError("AccessDenied", "Request is not valid yet", 403)
        return
    if abs(now - claim.time) > _SKEW:
        if claim.service == "s3":
            raise AwsError(
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
                403,
            )
        edge = "expired" if claim.time < now else "not yet current"
        raise AwsError("SignatureDoesNotMatch", f"Signature {edge}: {claim.time:{_STAMP}}", 403)


def _check_signed_headers(received: Received, claim: Claim) -> None:
    """Every `x-amz-…` header has to be signed: else anybody on the way could add one."""
    for name in received.headers:
        if name.startswith("x-amz-") and name not in claim.signed_headers:
            raise AwsError(
                "AccessDenied",
                f"There were headers present in the request which were not signed: {name}",
                403,
            )
    for name in claim.signed_headers:
        if name not in received.headers:
            raise AwsError("SignatureDoesNotMatch", f"The signed header {name} is not in the request.", 403)


def _signed_part(received: Received, claim: Claim) -> AWSRequest:
    """Build the request that the client signed: only what it says that it signed."""
    pairs = [part.partition("=")[::2] for part in received.raw_query.split("&") if part]
    query = "&".join(
        f"{_encode(name, safe='-_.~')}={_encode(value, safe='-_.~')}"
        for name, value in pairs
        if name != "X-Amz-Signature"
    )
    path = _encode(received.path, safe="/-_.~")
    # The address is never called: the signer takes path and query out of it, and `Host` from the headers.
    request = AWSRequest(
        method=received.method, url=f"https://{claim.service}{path}{'?' if query else ''}{query}"
    )
    for name in claim.signed_headers:
        request.headers[name] = received.headers[name]
    request.context["timestamp"] = f"{claim.time:{_STAMP}}"
    request.context["sandbox.payload"] = _payload_hash(received, claim)
    request.data = received.body
    return request


def _encode(text: str, *, safe: str) -> str:
    return quote(unquote_to_bytes(text.replace("+", "%20") if "/" not in safe else text), safe=safe)


def _payload_hash(received: Received, claim: Claim) -> str | None:
    """What the client put in the place of the body's hash, `None` where it is to be computed."""
    if claim.service != "s3":
        return None
    if claim.presigned:
        return received.headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    declared = received.headers.get("x-amz-content-sha256")
    if declared is None:
        raise AwsError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    return declared


class _Signer(SigV4Auth):
    """Signs what was signed: the signer's own choice of headers and of the body's hash is not wanted."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPMessage:
        headers = HTTPMessage()
        for name, value in request.headers.items():
            headers[name] = value
        return headers

    def payload(self, request: AWSRequest) -> str:
        given = request.context["sandbox.payload"]
        return given if isinstance(given, str) else super().payload(request)


class _S3Signer(_Signer, S3SigV4Auth):
    """S3 signs the path as it is sent, and does not normalise it."""
