"""All rules over one picture."""

import datetime as dt
import re
from typing import Final

from crossaccess.deployment.picture import Picture
from crossaccess.findings.allowing import what_is_allowed
from crossaccess.findings.filling import how_full_policies_are
from crossaccess.findings.finding import Finding
from crossaccess.findings.lasting import how_long_grants_last
from crossaccess.findings.opening import how_buckets_are_open
from crossaccess.findings.places import places_of
from crossaccess.findings.trusting import who_is_let_in
from crossaccess.findings.unread import what_is_not_read
from crossaccess.findings.working import how_grants_work

_NUMBER: Final = re.compile(r"(\d{1,18})", re.ASCII)


def check(picture: Picture, *, now: dt.datetime) -> tuple[Finding, ...]:
    """What goes against the rules, the worst first; `now`, with its zone, says which grants have ended."""
    places = places_of(picture)
    found = (
        *how_buckets_are_open(picture, places),
        *who_is_let_in(picture, places),
        *what_is_allowed(picture, places),
        *how_long_grants_last(picture, now),
        *how_grants_work(picture, now),
        *how_full_policies_are(places),
        *what_is_not_read(picture, places),
    )
    return tuple(sorted(dict.fromkeys(found), key=_order))


def _order(one: Finding) -> tuple[object, ...]:
    place = (one.about, one.account or "", one.policy or "", one.statement or "")
    return (-one.severity.rank, one.rule.id, *map(_counted, place), one.message)


def _counted(text: str) -> list[tuple[int, str]]:
    """What sorts numbers in a text by what they count: statement 2 stands before statement 10."""
    parts = _NUMBER.split(text)
    return [(int(part) if place % 2 else 0, part) for place, part in enumerate(parts)]
