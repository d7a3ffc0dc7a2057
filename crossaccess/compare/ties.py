"""Condition keys that hang together: no request carries them any other way.

A tie is listed where an AWS page says so, or where the values say so by themselves. Of `s3:TlsVersion` and
`aws:SecureTransport` nothing is listed: AWS's article on enforcing TLS 1.2 for S3 has a policy on the
version alone refuse plain HTTP too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from crossaccess.compare.line import Line, read_step


class Rule(Enum):
    """What must hold of the other key where a key is present."""

    ABSENT = "absent"
    PRESENT = "present"
    ONE_OF = "present, with one of these values"
    SAME_MOMENT = "present, with the same moment, as a date or as seconds since 1970"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Where a request carries `key`, `rule` holds of `other`.

    `values` belong to `ONE_OF`; `source` is the page that says so.
    """

    key: str
    other: str
    rule: Rule
    values: tuple[str, ...] = ()
    source: str


_KEYS: Final = "IAM User Guide, AWS global condition context keys"
_PUT: Final = "Amazon S3 API Reference, PutObject"
_SSE_C: Final = "Amazon S3 User Guide, Using server-side encryption with customer-provided keys (SSE-C)"
_KMS_HEADER: Final = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_SSE_HEADER: Final = "s3:x-amz-server-side-encryption"
_CUSTOMER_HEADER: Final = "s3:x-amz-server-side-encryption-customer-algorithm"
_TRUE: Final = ("true",)

# Present "only if the requester uses a VPC endpoint"; S3, STS and KMS send all three then.
_ENDPOINT: Final = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")
# Sent for some services only, beside those three.
_ENDPOINT_MORE: Final = ("aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths")


def _tie(key: str, other: str, rule: Rule, source: str = _KEYS, values: tuple[str, ...] = ()) -> Tie:
    return Tie(key=key, other=other, rule=rule, values=values, source=source)


def _both(one: str, other: str, rule: Rule) -> tuple[Tie, Tie]:
    return _tie(one, other, rule), _tie(other, one, rule)


_NETWORK: Final = (
    *(tie for key in (*_ENDPOINT, *_ENDPOINT_MORE) for tie in _both("aws:SourceIp", key, Rule.ABSENT)),
    *(_tie(one, other, Rule.PRESENT) for one in _ENDPOINT for other in _ENDPOINT if one != other),
    *(_tie(one, other, Rule.PRESENT) for one in _ENDPOINT_MORE for other in _ENDPOINT),
)
_ORGANIZATIONS: Final = (
    *_both("aws:PrincipalOrgPaths", "aws:PrincipalOrgID", Rule.PRESENT),
    *_both("aws:ResourceOrgPaths", "aws:ResourceOrgID", Rule.PRESENT),
    *_both("aws:VpceOrgPaths", "aws:VpceOrgID", Rule.PRESENT),
    *_both("aws:SourceOrgPaths", "aws:SourceOrgID", Rule.PRESENT),
)
_SESSION: Final = (
    _tie("aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", Rule.ONE_OF, values=_TRUE),
    *_both("aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4", Rule.PRESENT),
)
_REQUEST: Final = (
    *_both("aws:CurrentTime", "aws:EpochTime", Rule.SAME_MOMENT),
    *_both("aws:CalledViaFirst", "aws:CalledViaLast", Rule.PRESENT),
    _tie("aws:CalledVia", "aws:CalledViaFirst", Rule.PRESENT),
    _tie("aws:CalledVia", "aws:ViaAWSService", Rule.ONE_OF, values=_TRUE),
    _tie("aws:CalledViaFirst", "aws:ViaAWSService", Rule.ONE_OF, values=_TRUE),
)
_ENCRYPTION: Final = (
    _tie(_KMS_HEADER, _SSE_HEADER, Rule.ONE_OF, _PUT, ("aws:kms", "aws:kms:dsse")),
    *(_tie(_CUSTOMER_HEADER, other, Rule.ABSENT, _SSE_C) for other in (_SSE_HEADER, _KMS_HEADER)),
    *(_tie(other, _CUSTOMER_HEADER, Rule.ABSENT, _SSE_C) for other in (_SSE_HEADER, _KMS_HEADER)),
)

TIES: Final[tuple[Tie, ...]] = (*_NETWORK, *_ORGANIZATIONS, *_SESSION, *_REQUEST, *_ENCRYPTION)
"""All ties. Keys are spelt as AWS spells them; their names have no case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A key that lists the names of others: `names` holds every name with which a key of `family` goes on.

    A key of the family is present just if its name is listed (case does not matter).
    """

    family: str
    names: str
    source: str


ROLLS: Final[tuple[Roll, ...]] = (
    Roll(family="aws:RequestTag/", names="aws:TagKeys", source=_KEYS),
    Roll(
        family="s3:RequestObjectTag/",
        names="s3:RequestObjectTagKeys",
        source="Amazon S3 User Guide, Tagging and access control policies",
    ),
    Roll(
        family="kms:EncryptionContext:",
        names="kms:EncryptionContextKeys",
        source="AWS KMS Developer Guide, AWS KMS condition keys",
    ),
)
"""The keys that list others."""


def broken_rolls(context: Mapping[str, Sequence[str]]) -> tuple[Roll, ...]:
    """The rolls that a request's complete context does not keep; a key without values is absent."""
    found = {key.lower(): tuple(values) for key, values in context.items() if values}
    return tuple(roll for roll in ROLLS if _named(roll, found) != _listed(roll, found))


def _named(roll: Roll, found: Mapping[str, tuple[str, ...]]) -> set[str]:
    family = roll.family.lower()
    return {key.removeprefix(family) for key in found if key.startswith(family)}


def _listed(roll: Roll, found: Mapping[str, tuple[str, ...]]) -> set[str]:
    return {name.lower() for name in found.get(roll.names.lower(), ())}


def broken_ties(context: Mapping[str, Sequence[str]]) -> tuple[Tie, ...]:
    """The ties that a request's complete context does not keep; a key without values is absent."""
    found = {key.lower(): tuple(values) for key, values in context.items() if values}
    return tuple(tie for tie in TIES if tie.key.lower() in found and not _kept(tie, found))


def _kept(tie: Tie, found: Mapping[str, tuple[str, ...]]) -> bool:
    there = found.get(tie.other.lower(), ())
    if tie.rule is Rule.ABSENT:
        return not there
    if tie.rule is Rule.ONE_OF:
        return bool(there) and all(value in tie.values for value in there)
    if tie.rule is Rule.SAME_MOMENT:
        return bool(there) and _moments(found[tie.key.lower()]) == _moments(there)
    return bool(there)


def _moments(values: Sequence[str]) -> list[int | None]:
    return [read_step(value, Line.MOMENT) for value in values]
