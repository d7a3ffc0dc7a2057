"""What a set of requests asks for, in words for people."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.callers import PRINCIPAL_ARN, SESSION
from crossaccess.compare.global_keys import global_key
from crossaccess.compare.key_set import ABSENT, KeySet
from crossaccess.compare.realm import NOW
from crossaccess.compare.reduce import implies
from crossaccess.compare.shapes import Shape
from crossaccess.compare.spans import Span, Spans
from crossaccess.compare.texts import Texts
from crossaccess.compare.value_set import Names, Values
from crossaccess.policy.conditions import written_time

# The caller and the resource are told apart from the conditions.
_ELSEWHERE: Final = frozenset(
    {RESOURCE, PRINCIPAL_ARN, "aws:username", "aws:principalaccount", "aws:principaltype"}
)
_TRUTHS: Final = {
    ("aws:securetransport", "true"): "over TLS",
    ("aws:securetransport", "false"): "over plain HTTP",
    ("aws:multifactorauthpresent", "true"): "with MFA",
    ("aws:multifactorauthpresent", "false"): "without MFA",
}
_BY: Final = {
    "aws:sourcevpce": "through endpoint",
    "aws:sourcevpc": "out of VPC",
    "sts:externalid": "with external id",
    "aws:sourceidentity": "with source identity",
    "sts:sourceidentity": "with source identity",
    "aws:resourceaccount": "owned by account",
    "aws:principalorgid": "in organization",
    "aws:principalorgpaths": "in organizational unit",
    "s3:prefix": "listing",
    "s3:x-amz-server-side-encryption": "encrypted by",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "naming the KMS key",
    "kms:encryptioncontext:aws:s3:arn": "for",
    "kms:viaservice": "through",
    SESSION: "in a session named",
}
_ABSENT: Final = {
    "s3:x-amz-server-side-encryption": "encrypted by the bucket's default",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "naming no KMS key",
    "s3:x-amz-server-side-encryption-customer-algorithm": "without a customer's key (SSE-C)",
}
_OR_ABSENT: Final = {
    "s3:x-amz-server-side-encryption": " or by the bucket's default",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": " or none",
}
_ENCRYPTION: Final = (
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
)
_MIDNIGHT: Final = "T00:00:00Z"


def conditions_of(box: Box, spelling: Mapping[str, str]) -> tuple[str, ...]:
    """What a box asks for but its caller and resource, a phrase for each thing.

    `spelling` says how keys are written, by thing.
    """
    sides = {thing: keys for thing, keys in box.sides.items() if thing not in _ELSEWHERE}
    encryption = _encryption(sides)
    if encryption is not None:
        sides = {thing: keys for thing, keys in sides.items() if thing not in _ENCRYPTION}
    told = [_phrase(thing, keys, spelled(thing, spelling)) for thing, keys in sides.items()]
    return (*told, *(() if encryption is None else (encryption,)))


def spelled(thing: str, spelling: Mapping[str, str]) -> str:
    """A condition key as a policy or AWS spells it."""
    known = global_key(thing)
    return spelling.get(thing) or (thing if known is None else known.name)


def _encryption(sides: Mapping[str, KeySet]) -> str | None:
    """What the three headers of encryption come to, where they leave the choice to the bucket or its key."""
    header, key, customer = (sides.get(thing) for thing in _ENCRYPTION)
    if header is None or key is None or customer is None or customer != ABSENT or not header.absent:
        return None
    kinds, _ = patterns_of(header)
    keys, _ = patterns_of(key)
    if not key.absent or "*" in kinds:
        return None
    with_key = f" with the key {_or(keys)}" if key.every is not None else ""
    return f"encrypted only by {_or([*kinds, 'default'])}{with_key}"


def patterns_of(keys: KeySet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The patterns that a set of texts is written with: those that match, and those that are left out.

    Of several groups that all have to match, the narrowest stands for them.
    """
    groups, without = groups_of(keys)
    return (groups[0] if groups else ()), without


def groups_of(
    keys: KeySet, told: Sequence[Sequence[Shape]] = ()
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The groups of patterns that all have to match, the narrowest first, and the patterns left out.

    Without the groups that follow from those that were told already.
    """
    if not isinstance(keys.every, Texts):
        return (), ()
    texts = keys.every.simplify()
    fresh = [group for group in texts.within if not any(implies(one, group) for one in told)] or texts.within
    groups = [tuple(shape.text for shape in group) for group in fresh] or [("*",)]
    return tuple(sorted(groups, key=_narrowness, reverse=True)), tuple(shape.text for shape in texts.without)


def _narrowness(group: Iterable[str]) -> tuple[int, int]:
    """Fewer and longer patterns are narrower."""
    return (min((len(text.replace("*", "")) for text in group), default=0), -len(list(group)))


def _phrase(thing: str, keys: KeySet, key: str) -> str:
    if keys.every is None:
        return _ABSENT.get(thing, f"without {key}")
    said = _some(thing, keys, key) if keys.some else _every(thing, keys.every, key)
    return said + _OR_ABSENT.get(thing, f" or without {key}") if keys.absent else said


def _some(thing: str, keys: KeySet, key: str) -> str:
    """Of the several values of a key."""
    wanted = " and ".join(_every(thing, values, f"one of {key}") for values in keys.some)
    if isinstance(keys.every, Texts) and (keys.every.within or keys.every.without):
        return f"{wanted} and {_every('', keys.every, f'each of {key}')}"
    return wanted


def _every(thing: str, values: Values, key: str) -> str:
    if isinstance(values, Names):
        return _named(thing, values, key)
    if isinstance(values, Spans):
        return _on_line(thing, values, key)
    texts = values.simplify()
    by = _BY.get(thing)
    said = [_or(shape.text for shape in group) for group in texts.within]
    without = _or(shape.text for shape in texts.without)
    if by is not None and not key.startswith(("one of", "each of")):
        parts = [f"{by} {text}" for text in said]
        return " and ".join([*parts, *([f"not {by} {without}"] if without else [])]) or f"with any {key}"
    parts = [f"{key} is {text}" for text in said]
    return " and ".join([*parts, *([f"{key} is not {without}"] if without else [])]) or f"with any {key}"


def _named(thing: str, values: Names, key: str) -> str:
    names = sorted(values.names)
    if len(names) == 1:
        return _TRUTHS.get((thing, names[0]), f"{key} is {names[0]}")
    return f"with any {key}"


def _on_line(thing: str, values: Spans, key: str) -> str:
    if values.is_everything:
        return f"with any {key}"
    if thing == NOW:
        return " or ".join(map(_when, values.spans()))
    if thing == "aws:multifactorauthage":
        (span, *more) = values.spans()
        if not more and span.low is None and span.high is not None:
            return f"with MFA at most {span.high} seconds ago"
    if thing.endswith(("sourceip", "privateipv4")):
        return _from(values, key)
    return " or ".join(f"{key} is {_between(span)}" for span in values.spans())


def _from(values: Spans, key: str) -> str:
    inside = [str(network) for network in values.networks()]
    outside = [str(network) for network in values.complement().networks()]
    said = "" if key.lower() == "aws:sourceip" else f"{key} "
    if len(outside) < len(inside):
        return f"{said}from anywhere but {_or(outside)}"
    return f"{said}from {_or(inside)}"


def _when(span: Span) -> str:
    low = None if span.low is None else _moment(span.low, later=not span.low_included)
    high = None if span.high is None else _moment(span.high, later=span.high_included)
    if low is None or low.startswith("1970"):
        return f"until {high}"
    return f"from {low}" if high is None else f"from {low} until {high}"


def _moment(text: str, *, later: bool) -> str:
    """When something begins, or is over: a second later where this one still counts to what is before."""
    if later:
        text = written_time(dt.datetime.fromisoformat(text) + dt.timedelta(seconds=1))
    return text.removesuffix(_MIDNIGHT)


def _between(span: Span) -> str:
    ends = [] if span.low is None else [f"{'at least' if span.low_included else 'more than'} {span.low}"]
    if span.high is not None:
        ends.append(f"{'at most' if span.high_included else 'less than'} {span.high}")
    return " and ".join(ends)


def _or(texts: Iterable[str]) -> str:
    *most, last = [*dict.fromkeys(texts)] or [""]
    return f"{', '.join(most)} or {last}" if most else last
