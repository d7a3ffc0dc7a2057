"""Grants that have ended: what they give is listed, whatever the time is, and this says that it is over."""

import datetime as dt
from collections.abc import Iterator

from crossaccess.deployment.picture import Picture
from crossaccess.policy.conditions import written_time


def over(picture: Picture, now: dt.datetime) -> Iterator[str]:
    """A sentence for each grant that has ended; `now` has a time zone."""
    for grant in picture.grants:
        end = None if grant.conditions is None else grant.conditions.expires
        if end is not None and end <= now:
            about = f"the grant {grant.name} on bucket {grant.bucket}"
            yield f"{about} ended at {written_time(end)}: whatever is listed by it alone is over"
