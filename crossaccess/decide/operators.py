"""The condition operators, one record each.

IAM User Guide, "IAM JSON policy elements: Condition operators". An operator compares one value of the
request with one value of the policy. A value of the wrong form: see `Comparison`.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Final, TypeAlias

Value: TypeAlias = object
Read: TypeAlias = Callable[[str], Value | None]
Test: TypeAlias = Callable[[Value, Value], bool]


class Form(Enum):
    """How the policy's values of an operator are written."""

    VALUE = "a plain value"
    TEXT = "text, with policy variables"
    GLOB = "text with policy variables and wildcards"
    ARN = "an ARN with policy variables, with wildcards in each part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """How one operator compares.

    For `Form.VALUE`, `read_policy` and `read_request` turn texts into values (`None`: not of this kind)
    and `holds(request, policy)` compares them. `fold` makes the text forms ignore case. `negated` turns
    the outcome around.
    """

    form: Form
    negated: bool = False
    fold: bool = False
    read_policy: Read | None = None
    read_request: Read | None = None
    holds: Test | None = None


_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?", re.ASCII)
_EPOCH = re.compile(r"[0-9]{5,18}(\.[0-9]{1,9})?|[0-9]{1,3}", re.ASCII)
_DATE = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2})"
    r"(T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2}))?)?",
    re.ASCII,
)
# CIDR (RFC 4632): neither netmasks nor IPv6 zones, which Python reads too.
_ADDRESS = re.compile(r"[0-9A-Fa-f.:]+", re.ASCII)
_CIDR = re.compile(r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?", re.ASCII)
_EPOCH_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _read_number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _read_bool(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _read_binary(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _read_date(text: str) -> Decimal | None:
    """Seconds since 1970 of a W3C date or of epoch seconds. Four digits could be either: not read."""
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        moment = datetime(
            int(found["year"]),
            int(found["month"]),
            int(found["day"] or 1),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            tzinfo=_zone(found["zone"]),
        )
        whole = (moment - _EPOCH_START) // timedelta(seconds=1)
    except (ValueError, OverflowError):
        return None
    return Decimal(whole) + Decimal(f"0.{found['fraction'] or 0}")


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-offset if text[0] == "-" else offset)


def _read_network(text: str) -> Value | None:
    if not _CIDR.fullmatch(text):
        return None
    # Imported when a policy asks for it: it is a tenth of the command's start-up time.
    import ipaddress  # noqa: PLC0415 - see above

    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _read_address(text: str) -> Value | None:
    if not _ADDRESS.fullmatch(text):
        return None
    import ipaddress  # noqa: PLC0415 - the same

    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _in_network(request: Value, policy: Value) -> bool:
    return request in policy  # type: ignore[operator]  # both come from the two readers above


def _equal(request: Value, policy: Value) -> bool:
    return request == policy


def _less(request: Value, policy: Value) -> bool:
    return request < policy  # type: ignore[operator,no-any-return]  # both come from one reader


def _less_or_equal(request: Value, policy: Value) -> bool:
    return request <= policy  # type: ignore[operator,no-any-return]  # both come from one reader


def _greater(request: Value, policy: Value) -> bool:
    return request > policy  # type: ignore[operator,no-any-return]  # both come from one reader


def _greater_or_equal(request: Value, policy: Value) -> bool:
    return request >= policy  # type: ignore[operator,no-any-return]  # both come from one reader


def _valued(read: Read, holds: Test, *, negated: bool = False, read_request: Read | None = None) -> Operator:
    return Operator(
        form=Form.VALUE,
        negated=negated,
        read_policy=read,
        read_request=read_request or read,
        holds=holds,
    )


def _ordered(kind: str, read: Read) -> dict[str, Operator]:
    return {
        f"{kind}Equals": _valued(read, _equal),
        f"{kind}NotEquals": _valued(read, _equal, negated=True),
        f"{kind}LessThan": _valued(read, _less),
        f"{kind}LessThanEquals": _valued(read, _less_or_equal),
        f"{kind}GreaterThan": _valued(read, _greater),
        f"{kind}GreaterThanEquals": _valued(read, _greater_or_equal),
    }


NULL: Final = "Null"

OPERATORS: Final[dict[str, Operator]] = {
    "StringEquals": Operator(form=Form.TEXT),
    "StringNotEquals": Operator(form=Form.TEXT, negated=True),
    "StringEqualsIgnoreCase": Operator(form=Form.TEXT, fold=True),
    "StringNotEqualsIgnoreCase": Operator(form=Form.TEXT, fold=True, negated=True),
    "StringLike": Operator(form=Form.GLOB),
    "StringNotLike": Operator(form=Form.GLOB, negated=True),
    "ArnEquals": Operator(form=Form.ARN),
    "ArnLike": Operator(form=Form.ARN),
    "ArnNotEquals": Operator(form=Form.ARN, negated=True),
    "ArnNotLike": Operator(form=Form.ARN, negated=True),
    **_ordered("Numeric", _read_number),
    **_ordered("Date", _read_date),
    "Bool": _valued(_read_bool, _equal),
    "BinaryEquals": _valued(_read_binary, _equal),
    "IpAddress": _valued(_read_network, _in_network, read_request=_read_address),
    "NotIpAddress": _valued(_read_network, _in_network, read_request=_read_address, negated=True),
}
