"""A grant that has ended is told so, to the second."""

import datetime as dt

from crossaccess.deployment.picture import Picture
from crossaccess.policy.conditions import Conditions
from crossaccess.who.lasting import over
from tests.support.matrices import grant

_END = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)


def test_a_grant_is_over_from_the_moment_of_its_end() -> None:
    """One without an end never is; of two the one that has ended is named."""
    picture = Picture(grants=(grant("ending", conditions=Conditions(expires=_END)), grant("lasting")))
    assert list(over(picture, _END - dt.timedelta(seconds=1))) == []
    (told,) = over(picture, _END)
    assert told.startswith("the grant ending on bucket box ended at 2026-06-15T12:00:00Z")
