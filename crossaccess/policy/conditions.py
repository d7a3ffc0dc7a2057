"""On which conditions a grant holds: what it can ask of a request, beside who makes it."""

import datetime as dt
from dataclasses import dataclass

WARNING_DAYS = 14
"""How many days before its end a grant is warned about."""
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mfa:
    """Multi-factor authentication is asked for; `max_age` is how many seconds ago at the most."""

    max_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a grant asks of a request. Nothing is asked where a field is empty.

    `source_ip` and the endpoints together mean either: a request through a VPC endpoint has no address that
    AWS tells. S3's endpoints and STS's have different ids. `expires` is in UTC and exclusive.
    `session_tags` are the tags that a session has to be given, with the values that each may have.
    """

    external_id: str | None = None
    mfa: Mfa | None = None
    source_ip: tuple[str, ...] = ()
    s3_endpoints: tuple[str, ...] = ()
    sts_endpoints: tuple[str, ...] = ()
    organization: str | None = None
    expires: dt.datetime | None = None
    source_identity: tuple[str, ...] = ()
    session_tags: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return self != Conditions()


def written_time(moment: dt.datetime) -> str:
    """Write a time as policies and handovers have it: ISO 8601, in UTC, to the second."""
    return moment.astimezone(dt.UTC).strftime(_TIME)


def write_conditions(conditions: Conditions) -> dict[str, object]:
    """Write conditions in the words of a stack's config, for a handover or for arguments."""
    endpoints = {
        service: list(ids)
        for service, ids in (("s3", conditions.s3_endpoints), ("sts", conditions.sts_endpoints))
        if ids
    }
    expires = None if conditions.expires is None else written_time(conditions.expires)
    written: dict[str, object] = {
        "externalId": conditions.external_id,
        "mfa": _write_mfa(conditions.mfa),
        "sourceIp": list(conditions.source_ip),
        "vpcEndpoints": endpoints,
        "organization": conditions.organization,
        "expires": expires,
        "sourceIdentity": list(conditions.source_identity),
        "sessionTags": {name: list(values) for name, values in conditions.session_tags},
    }
    return {name: value for name, value in written.items() if value}


def _write_mfa(mfa: Mfa | None) -> object:
    if mfa is None:
        return None
    return True if mfa.max_age is None else {"maxAgeSeconds": mfa.max_age}


def expiry_warning(name: str, conditions: Conditions, now: dt.datetime) -> str | None:
    """What to say of a grant that has ended, or will soon; `None` where there is nothing to say."""
    if conditions.expires is None:
        return None
    when = written_time(conditions.expires)
    if conditions.expires <= now:
        return f"The grant {name!r} expired at {when}: take it out, or give it a later expires."
    left = conditions.expires - now
    if left <= dt.timedelta(days=WARNING_DAYS):
        return f"The grant {name!r} expires at {when}, in {_in_words(left)}: nobody gets in after that."
    return None


def _in_words(left: dt.timedelta) -> str:
    if left >= dt.timedelta(days=2):
        return f"{left.days} days"
    hours = int(left.total_seconds() // 3600)
    return f"{hours} hours" if hours > 1 else "less than two hours"
