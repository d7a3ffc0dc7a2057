"""Which S3 operation is it? Told by botocore's own service model: method, URI, query and headers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

import botocore.session

from sandbox.gate.errors import AwsError, UnmappedError
from sandbox.gate.received import Received, decode_text
from sandbox.gate.s3_actions import KNOWN
from sandbox.gate.signature import is_signing_parameter

# Parameters that any S3 request may carry: SDKs name the operation for their own logs.
_ANY = frozenset({"x-id"})
_IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}", re.ASCII)
# BUCKET.s3.amazonaws.com, BUCKET.s3.REGION.amazonaws.com, BUCKET.localhost; the bucket may be missing.
_HOSTS = re.compile(
    r"(?:(?P<bucket>[a-z0-9][a-z0-9.-]*)\.)?(?:localhost|s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com)", re.ASCII
)
# Operations of other endpoints than a bucket's own, whose URIs would catch keys and buckets.
_ELSEWHERE = frozenset({"WriteGetObjectResponse", "ListDirectoryBuckets", "CreateSession"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of S3, as its model describes it.

    `level` is 0 for the service, 1 for a bucket, 2 for an object. `literals` are the query parameters
    that name the operation, `query` and `headers` those that it takes.
    """

    name: str
    method: str
    level: int
    literals: Mapping[str, str]
    required_query: frozenset[str]
    required_headers: frozenset[str]
    query: frozenset[str]
    headers: frozenset[str]
    header_prefixes: tuple[str, ...]

    def fits(self, received: Received) -> bool:
        """Whether the request has all that this operation cannot be without."""
        return (
            all(received.param(name) == value for name, value in self.literals.items())
            and all(received.has_param(name) for name in self.required_query)
            and self.required_headers <= received.headers.keys()
        )

    @property
    def weight(self) -> tuple[int, int]:
        """How much the operation asks for: of those that fit, the most demanding is meant."""
        return (
            len(self.literals) + len(self.required_query) + len(self.required_headers),
            int(self.name in KNOWN),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A bucket and a key, either of which may be missing."""

    bucket: str | None
    key: str | None

    @property
    def level(self) -> int:
        """0 without a bucket, 1 with a bucket, 2 with a key."""
        return 2 if self.key else 1 if self.bucket else 0


@lru_cache(maxsize=1)
def operations() -> Mapping[tuple[str, int], tuple[Operation, ...]]:
    """All operations of S3, by method and level."""
    model = botocore.session.get_session().get_service_model("s3")
    found: dict[tuple[str, int], list[Operation]] = {}
    for name in model.operation_names:
        if name in _ELSEWHERE:
            continue
        operation = _read(name, model.operation_model(name))
        found.setdefault((operation.method, operation.level), []).append(operation)
    return {key: tuple(value) for key, value in found.items()}


def operation_named(name: str) -> Operation:
    """Return an operation by its name."""
    return next(found for group in operations().values() for found in group if found.name == name)


# botocore has no types for its models.
def _read(name: str, model: "botocore.model.OperationModel") -> Operation:
    path, _, query = str(model.http["requestUri"]).partition("?")
    members = model.input_shape.members if model.input_shape else {}
    required = set(model.input_shape.required_members) if model.input_shape else set()
    places: dict[str, dict[str, str]] = {"querystring": {}, "header": {}, "headers": {}}
    for member, shape in members.items():
        place = shape.serialization.get("location")
        if place in places:
            places[place][member] = str(shape.serialization["name"])
    return Operation(
        name=name,
        method=str(model.http["method"]),
        level=2 if "{Key" in path else 1 if "{Bucket" in path else 0,
        literals=dict(parse_qsl(query, keep_blank_values=True)),
        required_query=frozenset(places["querystring"][m] for m in required & places["querystring"].keys()),
        required_headers=frozenset(places["header"][m].lower() for m in required & places["header"].keys()),
        query=frozenset(places["querystring"].values()),
        headers=frozenset(header.lower() for header in places["header"].values()),
        header_prefixes=tuple(prefix.lower() for prefix in places["headers"].values()),
    )


def read_address(received: Received) -> Address:
    """Tell bucket and key, from the path or from the host's name.

    S3 User Guide, "Virtual hosting of buckets". Raises `AwsError` for a host that is none of S3's: its
    requests could mean anything.
    """
    path = received.path.removeprefix("/")
    host = received.host.rpartition(":")[0] or received.host
    hosted = _HOSTS.fullmatch(host)
    if hosted is None and not _IPV4.fullmatch(host):
        raise AwsError("InvalidRequest", f"The host {host!r} is none that this endpoint answers to.")
    if hosted is not None and hosted["bucket"]:
        return Address(bucket=hosted["bucket"], key=decode_text(path) or None)
    bucket, _, key = path.partition("/")
    return Address(bucket=decode_text(bucket) or None, key=decode_text(key) or None)


def recognise(received: Received, address: Address) -> Operation:
    """Find the operation that a request means.

    A parameter that the operation does not know is refused, not ignored: two readers could otherwise take
    one request for two different calls. Raises `UnmappedError` where nothing fits.
    """
    candidates = [
        operation
        for operation in operations().get((received.method, address.level), ())
        if operation.fits(received)
    ]
    if not candidates:
        raise UnmappedError(f"No operation of S3 is a {received.method} like this one.")
    best = max(candidates, key=lambda operation: operation.weight)
    known = best.query | best.literals.keys() | _ANY
    for name, _ in received.query:
        if name not in known and not is_signing_parameter(name):
            raise UnmappedError(f"{best.name} has no parameter {name!r}.")
    names = [name for name, _ in received.query]
    if len(set(names)) != len(names):
        raise AwsError("InvalidArgument", "A query parameter stands twice.")
    return best
