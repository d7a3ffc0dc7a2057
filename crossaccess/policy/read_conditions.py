"""Reading the conditions of a grant, as people write them and as handovers have them."""

import datetime as dt
import re
from collections.abc import Mapping

from crossaccess.policy.addresses import read_addresses
from crossaccess.policy.conditions import Conditions, Mfa
from crossaccess.policy.faults import Faults, shown, shown_key
from crossaccess.policy.fields import read_list, read_mapping, read_shaped, read_text
from crossaccess.policy.organization import ORGANIZATION

CONDITION_KEYS = (
    "externalId",
    "mfa",
    "sourceIp",
    "vpcEndpoints",
    "organization",
    "expires",
    "sourceIdentity",
    "sessionTags",
)
"""What the conditions of a grant can say in a stack's config."""
ENDPOINT_KEYS = ("s3", "sts")

# STS API Reference, "AssumeRole": the shapes of ExternalId, SourceIdentity and Tag.
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/\\-]{2,1224}", re.ASCII)
_IDENTITY = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_TAG_NAME = re.compile(r"[\w .:/=+@-]{1,128}", re.ASCII)
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}", re.ASCII)
_MOST_TAGS = 50
_ENDPOINT = re.compile(r"vpce-[0-9a-f]{8,17}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z", re.ASCII)
# What the engine's YAML reader makes of a date that nobody quoted.
_YAML_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) \+0000 UTC", re.ASCII)
SHORTEST_MFA_AGE = 60
LONGEST_MFA_AGE = 129_600
"""Seconds: how long credentials of `GetSessionToken` live at most (STS API Reference, "GetSessionToken")."""


def read_conditions(raw: object, key: str, faults: Faults) -> Conditions | None:
    """Read the conditions of one grant; nothing at all asks for nothing. `None` where one is not right."""
    if raw is None:
        return Conditions()
    before = len(faults.all())
    fields = read_mapping(raw, key, faults, known=CONDITION_KEYS)
    if fields is None:
        return None
    s3_endpoints, sts_endpoints = _read_endpoints(fields.get("vpcEndpoints"), f"{key}.vpcEndpoints", faults)
    source_ip: tuple[str, ...] | None = ()
    if fields.get("sourceIp") is not None:
        source_ip = read_addresses(fields["sourceIp"], f"{key}.sourceIp", faults)
    source_identity: tuple[str, ...] | None = ()
    if fields.get("sourceIdentity") is not None:
        source_identity = read_list(
            fields["sourceIdentity"], f"{key}.sourceIdentity", faults, entry=_read_identity, example="[bob]"
        )
    conditions = Conditions(
        external_id=_read_external_id(fields.get("externalId"), f"{key}.externalId", faults),
        mfa=_read_mfa(fields.get("mfa"), f"{key}.mfa", faults),
        source_ip=tuple(sorted(source_ip or ())),
        s3_endpoints=s3_endpoints,
        sts_endpoints=sts_endpoints,
        organization=_read_organization(fields.get("organization"), f"{key}.organization", faults),
        expires=_read_expires(fields.get("expires"), f"{key}.expires", faults),
        source_identity=tuple(sorted(source_identity or ())),
        session_tags=_read_tags(fields.get("sessionTags"), f"{key}.sessionTags", faults),
    )
    return conditions if len(faults.all()) == before else None


def _read_organization(raw: object, key: str, faults: Faults) -> str | None:
    """The id of an organization (AWS Organizations API Reference, "Organization")."""
    mend = "an organization's id is o- and 10 to 32 small letters and digits, such as o-a1b2c3d4e5"
    return None if raw is None else read_shaped(raw, key, faults, shape=ORGANIZATION, mend=mend)


def _read_external_id(raw: object, key: str, faults: Faults) -> str | None:
    mend = "an external id is 2 to 1,224 letters, digits and +=,.@:/\\_-, chosen by whoever assumes the role"
    return None if raw is None else read_shaped(raw, key, faults, shape=_EXTERNAL_ID, mend=mend)


def _read_identity(raw: object, key: str, faults: Faults) -> str | None:
    mend = "a source identity is 2 to 64 letters, digits and +=,.@_-, such as bob"
    return read_shaped(raw, key, faults, shape=_IDENTITY, mend=mend)


def _read_mfa(raw: object, key: str, faults: Faults) -> Mfa | None:
    if raw is None or raw is False:
        return None
    if raw is True:
        return Mfa()
    if not isinstance(raw, Mapping):
        faults.add(key, shown(raw), "write true, or the longest time since it, as in {maxAgeSeconds: 3600}")
        return None
    fields = read_mapping(raw, key, faults, known=("maxAgeSeconds",))
    age = None if fields is None else whole_number(fields.get("maxAgeSeconds"))
    if age is not None and SHORTEST_MFA_AGE <= age <= LONGEST_MFA_AGE:
        return Mfa(max_age=age)
    found = shown(None if fields is None else fields.get("maxAgeSeconds"))
    mend = f"it is a number of seconds from {SHORTEST_MFA_AGE} to {LONGEST_MFA_AGE:,}"
    faults.add(f"{key}.maxAgeSeconds", found, mend)
    return None


def whole_number(raw: object) -> int | None:
    """A whole number; what crosses between stacks has become a float on the way."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw // 1:
        return None
    return int(raw)


def _read_endpoints(raw: object, key: str, faults: Faults) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if raw is None:
        return (), ()
    fields = read_mapping(raw, key, faults, known=ENDPOINT_KEYS)
    if fields is None:
        return (), ()
    if not fields:
        faults.add(key, shown(raw), "name S3's endpoints, as in {s3: [vpce-0a1b2c3d4e5f60718]}")
    read = {
        service: read_list(
            fields[service],
            f"{key}.{service}",
            faults,
            entry=_read_endpoint,
            example="[vpce-0a1b2c3d4e5f60718]",
        )
        or ()
        for service in ENDPOINT_KEYS
        if fields.get(service) is not None
    }
    return tuple(sorted(read.get("s3", ()))), tuple(sorted(read.get("sts", ())))


def _read_endpoint(raw: object, key: str, faults: Faults) -> str | None:
    mend = "an endpoint's id looks like vpce-0a1b2c3d4e5f60718"
    return read_shaped(raw, key, faults, shape=_ENDPOINT, mend=mend)


def _read_expires(raw: object, key: str, faults: Faults) -> dt.datetime | None:
    if raw is None:
        return None
    mend = (
        'write a day in quotes, such as "2027-01-31" (the grant ends when it begins, in UTC), '
        'or a time, such as "2027-01-31T18:00:00Z"'
    )
    text = read_text(raw, key, faults, mend=mend)
    if text is None:
        return None
    moment = _moment(text)
    if moment is None:
        faults.add(key, shown(text), mend)
    return moment


def _moment(text: str) -> dt.datetime | None:
    time = _TIME.fullmatch(text) or _YAML_TIME.fullmatch(text)
    if time is not None:
        text = f"{time[1]}T{time[2]}"
    elif not _DATE.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _read_tags(raw: object, key: str, faults: Faults) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if raw is None:
        return ()
    if not isinstance(raw, Mapping) or not raw or len(raw) > _MOST_TAGS:
        mend = f"write a mapping of up to {_MOST_TAGS} tags to their values, such as {{team: [data]}}"
        faults.add(key, shown(raw), mend)
        return ()
    tags: dict[str, tuple[str, ...]] = {}
    for name, values in raw.items():
        where = f"{key}.{shown_key(name)}"
        if not isinstance(name, str) or not _TAG_NAME.fullmatch(name) or name.lower().startswith("aws:"):
            mend = "tags have names of up to 128 letters, digits, spaces and .:/=+@_-, not AWS's own aws:"
            faults.add(where, "is no tag's name", mend)
            continue
        if name.lower() in {known.lower() for known in tags}:
            faults.add(where, "stands there twice", "the names of session tags differ in more than capitals")
        read = read_list(values, where, faults, entry=_read_tag_value, example="[data]")
        if read is not None:
            tags[name] = tuple(sorted(read))
    return tuple(sorted(tags.items()))


def _read_tag_value(raw: object, key: str, faults: Faults) -> str | None:
    if isinstance(raw, str) and _TAG_VALUE.fullmatch(raw):
        return raw
    quote = "quote it; " if isinstance(raw, bool | int | float) else ""
    faults.add(key, shown(raw), f"{quote}a tag's value has up to 256 letters, digits, spaces and .:/=+@_-")
    return None
