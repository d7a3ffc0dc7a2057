"""What a matrix says of a line of `verify`: read from its entries alone, condition by condition.

A phrase that is not known here is an error, so that nothing passes unread.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from crossaccess.compare.change import Standing
from crossaccess.decide import Decision
from crossaccess.decide.pattern import glob_of
from crossaccess.deployment.picture import Bucket, Grant
from crossaccess.verify.line import ASSUMING, By, Call, Line
from crossaccess.verify.planning import key_under
from crossaccess.who.matrix import Entry, Matrix

S3_ACTIONS: Final[Mapping[Call, tuple[str, ...]]] = {
    Call.PUT: ("s3:PutObject",),
    Call.GET: ("s3:GetObject",),
    Call.HEAD_PLAIN: ("s3:GetObject",),
    Call.LIST: ("s3:ListBucket",),
    Call.MULTIPART: ("s3:PutObject",),
    Call.ABORT: ("s3:PutObject", "s3:AbortMultipartUpload"),
    Call.DELETE: ("s3:DeleteObject",),
}
"""What S3 asks for a call of `verify`."""
_KMS: Final[Mapping[Call, tuple[str, ...]]] = {
    Call.PUT: ("kms:GenerateDataKey",),
    Call.GET: ("kms:Decrypt",),
    Call.MULTIPART: ("kms:GenerateDataKey", "kms:Decrypt"),
    Call.ABORT: ("kms:GenerateDataKey", "kms:Decrypt"),
}
_OF_ASSUMING: Final = re.compile(
    r"with MFA|with external id|with source identity|.*aws:RequestTag/|.*aws:TagKeys|without aws:TagKeys"
)
# A request says nothing about encryption.
_ALWAYS: Final = re.compile(
    r"encrypted only by |but not where encrypted by |encrypted by .* or by the bucket's default"
    r"|naming the KMS key .* or none|naming no KMS key|without a customer's key|owned by account "
)
_ENDPOINT: Final = "through endpoint "
# Of what a caller is and comes through, with the key whose value is told.
_TOLD: Final = {
    _ENDPOINT: "aws:SourceVpce",
    "in organization ": "aws:PrincipalOrgID",
    "one of aws:PrincipalOrgPaths is ": "aws:PrincipalOrgPaths",
}
_OR: Final = re.compile(r", | or ")
_ORDER: Final = (Decision.NOT_ALLOWED, Decision.UNKNOWN, Decision.ALLOWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A line, with all that its requests say. `encrypted` is what KMS is told to be so."""

    line: Line
    grant: Grant
    bucket: Bucket
    now: dt.datetime
    context: Mapping[str, tuple[str, ...]]
    encrypted: str | None = None

    def holds(self, phrase: str) -> bool | None:  # noqa: C901 - a branch for each kind of phrase
        """Whether a condition holds; `None` where that hangs on what nobody told."""
        assuming = self.line.call in ASSUMING
        if _ALWAYS.match(phrase):
            return True
        if phrase == "over TLS":
            return self.line.call is not Call.HEAD_PLAIN
        if phrase.startswith("until "):
            end = phrase.removeprefix("until ").removesuffix("Z")
            return self.now < dt.datetime.fromisoformat(end).replace(tzinfo=dt.UTC)
        if phrase.startswith("from "):
            return self._is_from(_OR.split(phrase.removeprefix("from ")))
        for beginning, key in _TOLD.items():
            if phrase.startswith(beginning):
                # Only a role's trust asks for the organization, and it let the session begin.
                began = self.line.by is By.ROLE and not assuming and beginning != _ENDPOINT
                return began or self._is_told(key, phrase.removeprefix(beginning))
        if phrase.startswith("listing "):
            return assuming or _any_fits(phrase.removeprefix("listing "), self.line.place)
        if phrase.startswith("for "):
            return _any_fits(phrase.removeprefix("for "), self.encrypted or "")
        if phrase.startswith("through "):
            return f"s3.{self.bucket.region}.amazonaws.com" in phrase
        if _OF_ASSUMING.match(phrase):
            return self._is_said(phrase)
        raise AssertionError(f"a condition that nobody reads: {phrase}")

    def _is_from(self, networks: Iterable[str]) -> bool | None:
        (told,) = self.context.get("aws:SourceIp", (None,))
        if told is None:
            return None
        address = ipaddress.ip_address(told)
        return any(address in ipaddress.ip_network(one) for one in networks)

    def _is_told(self, key: str, patterns: str) -> bool | None:
        told = self.context.get(key)
        return None if told is None else any(_any_fits(patterns, one) for one in told)

    def _is_said(self, phrase: str) -> bool:
        """What is said when a role is assumed: a session is there because it was."""
        if phrase.startswith("with MFA"):
            # Neither a user's own keys nor a role's session tell of any.
            return self.line.by is By.ROLE
        if phrase.startswith("with external id"):
            return self.line.call not in (Call.ASSUME_WRONG, Call.ASSUME_WITHOUT)
        return True


def _any_fits(patterns: str, text: str) -> bool:
    return any(glob_of(one).matches(text) for one in _OR.split(patterns))


def decided(matrix: Matrix, name: str, asked: Asked) -> Decision:
    """What the matrix says of a line: the least of all that its call needs."""
    line = asked.line
    mine = [one for one in matrix.entries if one.subject.name == name and one.standing is Standing.EFFECTIVE]
    if line.call in ASSUMING:
        deeds = [one for one in mine if one.role == line.place]
        return _most(deeds, asked, assuming=True)
    role = asked.grant.role_arn if line.by is By.ROLE else None
    mine = [one for one in mine if one.role == role]
    needs = [_most(_on_bucket(mine, action, asked), asked) for action in S3_ACTIONS[line.call]]
    if asked.bucket.key is not None:
        place = f"{asked.bucket.arn}/{key_under(line.place, 'probe')}"
        for action in _KMS.get(line.call, ()):
            of_key = [one for one in mine if one.place.kind == "key" and action in one.actions]
            needs += [_most(of_key, replace(asked, encrypted=one)) for one in (asked.bucket.arn, place)]
    return min(needs, key=_ORDER.index)


def _on_bucket(entries: Iterable[Entry], action: str, asked: Asked) -> list[Entry]:
    key = key_under(asked.line.place, "probe")
    return [
        one
        for one in entries
        if one.place.arn == asked.bucket.arn
        and action in one.actions
        and (action == "s3:ListBucket" or any(glob_of(pattern).matches(key) for pattern in one.resources))
        and not any(glob_of(pattern).matches(key) for pattern in one.spared)
    ]


def _most(entries: Iterable[Entry], asked: Asked, *, assuming: bool = False) -> Decision:
    """The best that any of the entries gives."""
    return max((_of(one, asked, assuming=assuming) for one in entries), key=_ORDER.index, default=_ORDER[0])


def _of(entry: Entry, asked: Asked, *, assuming: bool) -> Decision:
    # Of a way by role, what is asked of its deeds says nothing of assuming it.
    deeds = ("over TLS", "listing ", "for ", "through s3.")
    said = [one for one in entry.conditions if not (assuming and one.startswith(deeds))]
    if entry.role is not None:
        # S3 has other endpoints than STS.
        wanted = asked.grant.asks.sts_endpoints if assuming else asked.grant.asks.s3_endpoints
        said = [one for one in said if not one.startswith(_ENDPOINT) or any(name in one for name in wanted)]
    held = [asked.holds(phrase) for phrase in said]
    if False in held:
        return Decision.NOT_ALLOWED
    return Decision.UNKNOWN if None in held or not entry.is_sure else Decision.ALLOWED
