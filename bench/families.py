"""Families of questions for a prover: policies of one principal that grow, and what they never allow.

Each family has a question that is proven and one that has a counterexample, for any number of pairs of an
allow and a deny. What is true of each is known by how it is made, so that no prover is asked for the truth.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crossaccess.policy.sizes import MANAGED_POLICY

ACCOUNT = "112233445566"
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
"""Whose identity policies the documents are; the buckets belong to the same account."""

Statement: TypeAlias = Mapping[str, object]
Document: TypeAlias = Mapping[str, object]

_GET, _PUT = "s3:GetObject", "s3:PutObject"
_LIST, _VERSIONS = "s3:ListBucket", "s3:ListBucketVersions"
_SHELL = len('{"Version":"2012-10-17","Statement":[]}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Do these identity policies never allow `action` on `resource` (a pattern)? `holds` is the answer."""

    documents: Sequence[Document]
    action: str
    resource: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Questions of one kind.

    `pair` makes the statements of one number for a bucket's ARN. `proven` is the action that they never
    allow on `within`, a suffix of the bucket's ARN; `refuted` the one that they do allow somewhere there.
    `overlapping`: a resource or a condition's value can match the patterns of several pairs.
    """

    name: str
    pair: Callable[[str, int], Sequence[Statement]]
    overlapping: bool = True
    proven: str = _PUT
    refuted: str = _GET
    within: str = "/*"

    def questions(self, pairs: int, *, turn: int = 0) -> tuple[Question, ...]:
        """Both questions for that many pairs. No two turns share a pattern, so that nothing is remembered."""
        bucket = f"arn:aws:s3:::shared{turn or ''}"
        statements = [one for number in range(pairs) for one in self.pair(bucket, number)]
        documents = tuple(_packed(statements))
        return tuple(
            Question(documents=documents, action=action, resource=bucket + self.within, holds=holds)
            for action, holds in ((self.proven, True), (self.refuted, False))
        )


def _packed(statements: Iterable[Statement]) -> Iterator[Document]:
    """The statements in as few managed policies as AWS takes, in their order."""
    room, page = 0, list[Statement]()
    for statement in statements:
        size = len(json.dumps(statement, separators=(",", ":"))) + 1
        if size > room and page:
            yield {"Version": "2012-10-17", "Statement": page}
            page = []
        room = (room if page else MANAGED_POLICY.maximum - _SHELL) - size
        page.append(statement)
    yield {"Version": "2012-10-17", "Statement": page}


def _statement(
    effect: str, actions: str | Sequence[str], resource: str, condition: Mapping[str, object] | None = None
) -> Statement:
    made = {
        "Effect": effect,
        "Action": actions if isinstance(actions, str) else list(actions),
        "Resource": resource,
    }
    return made if condition is None else {**made, "Condition": condition}


def _allow_and_deny(allowed: str, denied: str) -> tuple[Statement, ...]:
    """Reading stays open, writing is denied wherever it is allowed."""
    return (_statement("Allow", (_GET, _PUT), allowed), _statement("Deny", _PUT, denied))


def _middle(bucket: str, number: int) -> Sequence[Statement]:
    pattern = f"{bucket}/*/p{number}/*"
    return _allow_and_deny(pattern, pattern)


def _prefix(bucket: str, number: int) -> Sequence[Statement]:
    pattern = f"{bucket}/team-{number}/*"
    return _allow_and_deny(pattern, pattern)


def _single(bucket: str, number: int) -> Sequence[Statement]:
    return _allow_and_deny(f"{bucket}/*-p{number:03}-??.csv", f"{bucket}/*-p{number:03}-??.*")


def _nested(bucket: str, number: int) -> Sequence[Statement]:
    pattern = f"{bucket}/*a{number}*b{number}*"
    return _allow_and_deny(pattern, pattern)


def _address(bucket: str, number: int) -> Sequence[Statement]:
    """Reading stays open from the upper half of the addresses."""
    pattern = f"{bucket}/*/p{number}/*"

    def within(network: str) -> Mapping[str, object]:
        return {"IpAddress": {"aws:SourceIp": network}}

    return (
        _statement("Allow", (_GET, _PUT), pattern, within(f"10.{number}.0.0/16")),
        _statement("Deny", _GET, pattern, within(f"10.{number}.0.0/17")),
        _statement("Deny", _PUT, pattern, within("10.0.0.0/8")),
    )


def _transport(bucket: str, number: int) -> Sequence[Statement]:
    """Reading stays open over TLS; writing is allowed without it only, and denied there."""
    pattern = f"{bucket}/*/p{number}/*"
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return (
        _statement("Allow", _GET, pattern),
        _statement("Allow", _PUT, pattern, plain),
        _statement("Deny", (_GET, _PUT), pattern, plain),
    )


def _listing(bucket: str, number: int) -> Sequence[Statement]:
    """Lists of objects stay open, lists of versions are denied wherever they are allowed."""
    under = {"StringLike": {"s3:prefix": f"*/p{number}/*"}}
    return (
        _statement("Allow", (_LIST, _VERSIONS), bucket, under),
        _statement("Deny", _VERSIONS, bucket, under),
    )


FAMILIES = (
    Family(name="shared/*/pI/*", pair=_middle),
    Family(name="prefixes apart: team-I/*", pair=_prefix, overlapping=False),
    Family(name="single characters: *-pI-??.csv", pair=_single),
    Family(name="nested wildcards: *aI*bI*", pair=_nested),
    Family(name="aws:SourceIp on */pI/*", pair=_address),
    Family(name="aws:SecureTransport on */pI/*", pair=_transport),
    Family(name="s3:prefix like */pI/*", pair=_listing, proven=_VERSIONS, refuted=_LIST, within=""),
)
