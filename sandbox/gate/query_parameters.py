"""Parameters of the query protocol, which IAM and STS speak."""

from collections.abc import Mapping

from sandbox.gate.errors import AwsError
from sandbox.gate.received import Received, parse_form
from sandbox.gate.signature import is_signing_parameter

_FORM = "application/x-www-form-urlencoded"


def read_parameters(received: Received) -> dict[str, str]:
    """Read the parameters of a query call, from its form or from its URL.

    Raises `AwsError` for one that stands twice, for a path, and for another kind of body.
    """
    if received.path != "/" or received.method not in ("GET", "POST"):
        raise AwsError("InvalidAction", "A query call is a GET or a POST of /.")
    found = {name: value for name, value in received.query if not is_signing_parameter(name)}
    if len(found) != sum(not is_signing_parameter(name) for name, _ in received.query):
        raise AwsError("MalformedInput", "A parameter stands twice.")
    if received.body:
        kind = received.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != _FORM:
            raise AwsError("MalformedInput", f"The body is not {_FORM}.")
        try:
            form = parse_form(received.body.decode("utf-8"))
        except UnicodeDecodeError:
            raise AwsError("MalformedInput", "The body is not UTF-8.") from None
        if form.keys() & found.keys():
            raise AwsError("MalformedInput", "A parameter stands in the URL and in the body.")
        found |= form
    if not found.get("Action"):
        raise AwsError("MissingAction", "The request says no Action.")
    return found


def members(parameters: Mapping[str, object], name: str) -> tuple[dict[str, str], ...]:
    """Read a list of structures: `Tags.member.1.Key` and so on. A list of plain values has the name `""`."""
    found: dict[int, dict[str, str]] = {}
    for given, value in parameters.items():
        head, _, rest = given.partition(".member.")
        number, _, field = rest.partition(".")
        if head == name and number.isascii() and number.isdigit() and isinstance(value, str):
            found.setdefault(int(number[:6]), {})[field] = value
    return tuple(found[number] for number in sorted(found))


def tags(parameters: Mapping[str, object]) -> dict[str, str]:
    """Read the tags that a call brings along."""
    return {tag.get("Key", ""): tag.get("Value", "") for tag in members(parameters, "Tags")}


def tag_keys(given: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The condition keys for the tags that a call brings along."""
    found: dict[str, tuple[str, ...]] = {f"aws:RequestTag/{name}": (value,) for name, value in given.items()}
    return found | {"aws:TagKeys": tuple(given)} if given else found
