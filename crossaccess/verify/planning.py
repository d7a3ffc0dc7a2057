"""Which lines show that a grant gives what it says, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crossaccess.deployment.picture import Grant
from crossaccess.policy.grant import Method, default_role_name
from crossaccess.policy.probes import RESERVED, outside
from crossaccess.verify.line import ON_A_PROBE, WRITING, Aim, By, Call, Line

_GET, _PUT, _LIST = "s3:GetObject", "s3:PutObject", "s3:ListBucket"
_DELETE, _ABORT = "s3:DeleteObject", "s3:AbortMultipartUpload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What can be done: `read_only` changes nothing, an `owner` makes probes, `plain` is asked for."""

    read_only: bool = False
    owner: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The lines, and sentences on what is left out."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def plan(grants: Sequence[Grant], means: Means) -> Plan:
    """Plan the lines of grants.

    A delete is tried on a probe only, so where nobody can make one it is left out and said so.
    """
    lines: list[Line] = []
    notes: list[str] = []
    for grant in grants:
        if grant.conditions is None:
            notes.append(
                f"grant {grant.name} is not asked about: it has conditions that cannot be right; its "
                "owner has to deploy again"
            )
            continue
        for line in _lines(grant):
            if line.call is Call.HEAD_PLAIN and not means.plain:
                continue
            if means.read_only and line.call in WRITING:
                continue
            if line.call is Call.DELETE and not (means.owner or _PUT in grant.actions):
                notes.append(
                    f"grant {grant.name}: no delete is tried, since nobody here can make a probe to try it "
                    "on; --owner-profile can"
                )
                continue
            lines.append(line)
    return Plan(lines=tuple(dict.fromkeys(lines)), notes=tuple(dict.fromkeys(notes)))


def _lines(grant: Grant) -> Iterator[Line]:
    by = By.ROLE if grant.method == Method.ASSUME_ROLE else By.OWN
    prefixes = grant.prefixes or ("",)

    def line(call: Call, place: str, aim: Aim, who: By = by) -> Line:
        return Line(grant=grant.name, bucket=grant.bucket, by=who, call=call, place=place, aim=aim)

    if grant.role_arn is not None:
        yield line(Call.ASSUME, grant.role_arn, Aim.GRANTED, By.OWN)
        if grant.asks.external_id is not None:
            yield line(Call.ASSUME_WRONG, grant.role_arn, Aim.UNTRUSTED, By.OWN)
            yield line(Call.ASSUME_WITHOUT, grant.role_arn, Aim.UNTRUSTED, By.OWN)
    for prefix in prefixes:
        for call, action in (
            (Call.PUT, _PUT),
            (Call.GET, _GET),
            (Call.LIST, _LIST),
            (Call.DELETE, _DELETE),
        ):
            yield line(call, prefix, Aim.GRANTED if action in grant.actions else Aim.WITHHELD)
        if _PUT in grant.actions:
            yield line(Call.MULTIPART, prefix, Aim.GRANTED)
        if {_PUT, _ABORT} <= set(grant.actions):
            yield line(Call.ABORT, prefix, Aim.GRANTED)
        yield line(Call.HEAD_PLAIN, prefix, Aim.PLAIN_HTTP)
        if prefix:
            for call in (Call.PUT, Call.GET, Call.LIST):
                yield line(call, outside(prefix), Aim.ELSEWHERE)
    yield from _other_method(grant, prefixes[0], by)


def _other_method(grant: Grant, prefix: str, by: By) -> Iterator[Line]:
    """The way that the grant does not open: a role's bucket with own keys, or a role by the usual name."""
    if by is By.ROLE:
        for call in (Call.GET, Call.LIST):
            yield Line(
                grant=grant.name,
                bucket=grant.bucket,
                by=By.OWN,
                call=call,
                place=prefix,
                aim=Aim.OTHER_METHOD,
            )
        return
    role = f"arn:{grant.partition}:iam::{grant.owner}:role/{default_role_name(grant.name)}"
    yield Line(
        grant=grant.name,
        bucket=grant.bucket,
        by=By.OWN,
        call=Call.ASSUME,
        place=role,
        aim=Aim.OTHER_METHOD,
    )


def places_of_probes(lines: Sequence[Line]) -> tuple[tuple[str, str], ...]:
    """Where an object has to be for the lines that ask for one: bucket and prefix."""
    return tuple(dict.fromkeys((one.bucket, one.place) for one in lines if one.call in ON_A_PROBE))


def key_under(place: str, name: str) -> str:
    """The key of a probe under a prefix."""
    return f"{place}{name}" if place.endswith(RESERVED) else f"{place}{RESERVED}{name}"
