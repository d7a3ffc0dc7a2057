"""A whole verification: who calls, which grants are theirs, the calls, and taking all probes away again."""

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crossaccess.deployment.picture import Bucket, Grant, Picture
from crossaccess.live.calls import Calls
from crossaccess.live.errors import LiveError
from crossaccess.live.probes import Probes
from crossaccess.live.rounds import MOST_AT_ONCE, Work, ask
from crossaccess.live.sessions import Access, open_access
from crossaccess.verify.caller import Requester, requester_of
from crossaccess.verify.expecting import Known, expect, missing_key_is_told
from crossaccess.verify.judging import Left, Verification
from crossaccess.verify.planning import Means, places_of_probes, plan

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SANDBOX = "CROSSACCESS_SANDBOX"
"""Names the folder of a running sandbox, which says where it speaks plain HTTP."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asks for. `wait` is in seconds; `context` what requests say that nobody else knows."""

    profile: str | None = None
    owner_profile: str | None = None
    endpoint_url: str | None = None
    only: tuple[str, ...] = ()
    read_only: bool = False
    plain_http: bool = False
    wait: float = 60.0
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who calls, and for which grants of a bucket."""

    requester: Requester
    access: Access
    grants: tuple[Grant, ...]
    owner: Access | None = None


def verify(picture: Picture, options: Options, tell: Callable[[str], None]) -> Verification:
    """Act as the requester, for each of their grants. `tell` shows progress to a person.

    However it ends, Ctrl-C included, what was made is taken away; what cannot be is told.
    Raises `LiveError` where nobody can be called, the caller is the wrong one, or there is no grant.
    """
    _check_grants(picture, options)
    found: Verification | None = None
    access, requester = _caller(picture, options)
    mine, notes = _grants_of(requester, picture, options)
    for region in dict.fromkeys(_region(grant, picture) for grant in mine):
        grants = tuple(grant for grant in mine if _region(grant, picture) == region)
        owners = {grant.bucket: grant.owner for grant in grants}
        placed = replace(access, region=region or access.region, owners=owners)
        owner = _owner(grants, options, placed)
        one = _verify(
            picture, options, Asked(requester=requester, access=placed, grants=grants, owner=owner), tell
        )
        found = one if found is None else _both(found, one)
    if found is None:
        raise LiveError("there is no grant to verify")
    return replace(found, notes=(*notes, *found.notes))


def _both(one: Verification, other: Verification) -> Verification:
    return replace(
        one,
        outcomes=(*one.outcomes, *other.outcomes),
        left=(*one.left, *other.left),
        notes=(*one.notes, *other.notes),
    )


def _verify(picture: Picture, options: Options, asked: Asked, tell: Callable[[str], None]) -> Verification:
    by_name = {(grant.bucket, grant.name): grant for grant in asked.grants}
    endpoint = asked.access.s3().meta.endpoint_url
    in_sandbox = _plain_url(endpoint)
    means = Means(
        read_only=options.read_only,
        owner=asked.owner is not None,
        plain=options.plain_http or in_sandbox is not None,
    )
    planned = plan(asked.grants, means)
    known = Known(
        picture=picture,
        requester=asked.requester,
        grants=by_name,
        now=dt.datetime.now(dt.UTC),
        context=options.context,
    )
    expected = {line: expect(line, known) for line in planned.lines}
    owner = None if asked.owner is None else asked.owner.s3()
    probes = Probes()
    calls = Calls(
        asked.access,
        by_name,
        probes,
        plain_url=in_sandbox or urlsplit(endpoint)._replace(scheme="http").geturl(),
        owner=owner,
    )
    notes: list[str] = []

    def probe(bucket: str, place: str) -> Callable[[], None]:
        def made() -> None:
            note = calls.make_probe(bucket, place)
            if note is not None:
                notes.append(note)

        return made

    prepare = [] if options.read_only else [probe(*one) for one in places_of_probes(planned.lines)]
    work = Work(
        make=calls.make,
        weak=lambda line: not missing_key_is_told(line, known),
        prepare=prepare if owner is not None else (),
        tell=tell,
    )
    try:
        outcomes = ask(expected, work, patience=options.wait)
    except BaseException:
        for one in _cleaned(probes, owner, tell):
            tell(f"left behind: {told_left(one)}: {one.reason}")
        raise
    left = _cleaned(probes, owner, tell)
    return Verification(
        caller=asked.requester.arn,
        outcomes=outcomes,
        left=left,
        notes=(*planned.notes, *dict.fromkeys(notes)),
    )


def _cleaned(probes: Probes, owner: "S3Client | None", tell: Callable[[str], None]) -> tuple[Left, ...]:
    """Take the probes away; where that is interrupted, say at least what is left, and let it end."""
    try:
        return probes.remove(owner)
    except BaseException:
        for one in probes.still_there():
            tell(f"left behind: {told_left(one)}")
        raise


def told_left(one: Left) -> str:
    """Where something is that was left, in words."""
    version = f" version {one.version}" if one.version is not None else ""
    upload = f" upload {one.upload}" if one.upload is not None else ""
    return f"s3://{one.bucket}/{one.key}{version}{upload}"


def _check_grants(picture: Picture, options: Options) -> None:
    if not picture.grants:
        raise LiveError(
            "there is no grant here: give the owner's stack, whose output handover says them, by -s STACK or "
            "as its exported state (pulumi stack export -s STACK)"
        )
    names = {grant.name for grant in picture.grants}
    unknown = [name for name in options.only if name not in names]
    if unknown:
        raise LiveError(f"no grant is called {', '.join(unknown)}: there are {', '.join(sorted(names))}")


def _caller(picture: Picture, options: Options) -> tuple[Access, Requester]:
    access = open_access(
        options.profile, region=None, endpoint_url=options.endpoint_url, connections=MOST_AT_ONCE
    )
    identity = access.identity()
    requester = requester_of(identity.arn, picture, temporary=identity.temporary)
    if requester is None:
        raise LiveError(f"{access.title} is {identity.arn}, which is no user and no role: grants name those")
    accounts = {grant.account for grant in picture.grants}
    if requester.account not in accounts and None not in accounts:
        owners = {grant.owner for grant in picture.grants}
        whose = ", the owner's own" if requester.account in owners else ""
        raise LiveError(
            f"{access.title} is {identity.arn} of account {requester.account}{whose}; the grants are for "
            f"account {', '.join(sorted(filter(None, accounts)))}: name a profile of it by --profile"
        )
    return access, requester


def _grants_of(
    requester: Requester, picture: Picture, options: Options
) -> tuple[tuple[Grant, ...], tuple[str, ...]]:
    """The grants that name the requester, and notes on those that name others."""
    wanted = [one for one in picture.grants if not options.only or one.name in options.only]
    held = {one.name for one in picture.buckets if one.held}
    far = [one for one in wanted if one.bucket not in held]
    if len(far) == len(wanted):
        raise LiveError(
            "no source here holds the bucket of a grant and its policy: give the owner's stack, too"
        )
    mine = tuple(one for one in wanted if one not in far and requester.named_by(one))
    others = [one for one in wanted if one not in far and one not in mine]
    names = "; ".join(f"{one.name} is for {', '.join(one.principals)} of {one.account}" for one in others)
    if not mine:
        raise LiveError(f"no grant names {requester.arn}: {names}. Act as one of them by --profile")
    notes = [f"not asked, since others are named: {names}"] if others else []
    notes += [
        f"not asked: grant {one.name} of the bucket {one.bucket}, whose stack is not given" for one in far
    ]
    return mine, tuple(notes)


def _bucket(grant: Grant, picture: Picture) -> Bucket | None:
    return next((one for one in picture.buckets if one.name == grant.bucket), None)


def _region(grant: Grant, picture: Picture) -> str | None:
    bucket = _bucket(grant, picture)
    return None if bucket is None else bucket.region


def _owner(grants: Sequence[Grant], options: Options, access: Access) -> Access | None:
    """The owner's way in, which has to lead to the bucket's account."""
    if options.owner_profile is None:
        return None
    owner = open_access(
        options.owner_profile,
        region=access.region,
        endpoint_url=options.endpoint_url,
        connections=MOST_AT_ONCE,
    )
    identity = owner.identity()
    wrong = sorted({grant.owner for grant in grants} - {identity.account})
    if wrong:
        raise LiveError(
            f"{owner.title} is {identity.arn} of account {identity.account}, and the bucket is of account "
            f"{', '.join(wrong)}: name a profile of that account by --owner-profile"
        )
    return replace(owner, owners=access.owners)


def _plain_url(endpoint: str) -> str | None:
    """Where the running sandbox speaks plain HTTP; `None` where the calls do not go into one."""
    folder = os.environ.get(_SANDBOX)
    if folder is None or urlsplit(endpoint).hostname not in _LOOPBACK:
        return None
    try:
        told = json.loads((Path(folder) / "cloud" / "cloud.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    url = told.get("http_url") if isinstance(told, dict) else None
    return url if isinstance(url, str) and urlsplit(url).hostname in _LOOPBACK else None
