"""Grants that have ended, or will soon."""

import datetime as dt
from collections.abc import Iterator

from crossaccess.deployment.picture import Grant, Picture
from crossaccess.findings.catalogue import GRANT_EXPIRED, GRANT_EXPIRES_SOON, GRANT_IN_DOUBT
from crossaccess.findings.finding import Finding, Rule
from crossaccess.policy.conditions import WARNING_DAYS, written_time


def how_long_grants_last(picture: Picture, now: dt.datetime) -> Iterator[Finding]:
    """Look at the end of each grant that has one; `now` has a time zone."""
    for grant in picture.grants:
        if grant.conditions is None:
            message = "what it asks for cannot be read: its owner has to deploy again"
            yield of_grant(GRANT_IN_DOUBT, grant, message, certain=False)
            continue
        end = grant.conditions.expires
        if end is None:
            continue
        if end <= now:
            yield of_grant(GRANT_EXPIRED, grant, f"it ended at {written_time(end)}")
        elif end - now <= dt.timedelta(days=WARNING_DAYS):
            yield of_grant(GRANT_EXPIRES_SOON, grant, f"it ends at {written_time(end)}")


def of_grant(rule: Rule, grant: Grant, message: str, *, certain: bool = True) -> Finding:
    """What goes against a rule in a grant, which is the owner's."""
    about = f"grant {grant.name} on bucket {grant.bucket}"
    return Finding(rule=rule, about=about, message=message, account=grant.owner, certain=certain)
