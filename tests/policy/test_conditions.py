"""Conditions as values: how they are written, and what is said of their end."""

import datetime as dt

import pytest

from crossaccess.policy.conditions import Conditions, Mfa, expiry_warning, write_conditions, written_time
from crossaccess.policy.faults import Faults
from crossaccess.policy.read_conditions import read_conditions

NOW = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)
ALL = Conditions(
    external_id="acme-7",
    mfa=Mfa(max_age=3_600),
    source_ip=("198.51.100.0/24", "203.0.113.7/32"),
    s3_endpoints=("vpce-0a1b2c3d",),
    sts_endpoints=("vpce-1a1b2c3d",),
    organization="o-a1b2c3d4e5",
    expires=dt.datetime(2027, 2, 1, 18, 30, 15, tzinfo=dt.UTC),
    source_identity=("alice", "bob"),
    session_tags=(("cost", ("7",)), ("team", ("apps", "data"))),
)
ONE_BY_ONE = [
    Conditions(external_id="acme-7"),
    Conditions(mfa=Mfa()),
    Conditions(mfa=Mfa(max_age=60)),
    Conditions(source_ip=("203.0.113.0/24",)),
    Conditions(s3_endpoints=("vpce-0a1b2c3d",)),
    Conditions(sts_endpoints=("vpce-0a1b2c3d",)),
    Conditions(organization="o-a1b2c3d4e5"),
    Conditions(expires=NOW),
    Conditions(source_identity=("bob",)),
    Conditions(session_tags=(("team", ("",)),)),
]


def test_nothing_asked_is_no_condition() -> None:
    """So that a grant without conditions hands none over."""
    assert not Conditions()
    assert write_conditions(Conditions()) == {}


@pytest.mark.parametrize("conditions", [ALL, *ONE_BY_ONE])
def test_what_is_written_is_what_is_read(conditions: Conditions) -> None:
    """No condition is lost between an owner's handover and its requester."""
    assert conditions
    faults = Faults()
    assert read_conditions(write_conditions(conditions), "conditions", faults) == conditions
    assert not faults


def test_a_time_is_written_in_utc() -> None:
    """Whatever the zone that it came in: policies compare it with `aws:CurrentTime`."""
    elsewhere = dt.timezone(dt.timedelta(hours=2))
    assert written_time(dt.datetime(2027, 1, 31, 1, tzinfo=elsewhere)) == "2027-01-30T23:00:00Z"


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (dt.timedelta(seconds=-1), "expired at 2027-01-31T11:59:59Z"),
        (dt.timedelta(), "expired at 2027-01-31T12:00:00Z"),
        (dt.timedelta(seconds=1), "in less than two hours"),
        (dt.timedelta(hours=30), "expires at 2027-02-01T18:00:00Z, in 30 hours"),
        (dt.timedelta(days=13, hours=23), "in 13 days"),
        (dt.timedelta(days=14), "in 14 days"),
    ],
)
def test_an_end_that_is_near_or_past_is_warned_of(left: dt.timedelta, told: str) -> None:
    """The end is exclusive: at that very moment nobody gets in any more."""
    message = expiry_warning("a-grant", Conditions(expires=NOW + left), NOW)
    assert message is not None
    assert message.startswith("The grant 'a-grant' expire")
    assert told in message


@pytest.mark.parametrize("expires", [None, NOW + dt.timedelta(days=14, seconds=1)])
def test_an_end_that_is_far_is_not_warned_of(expires: dt.datetime | None) -> None:
    """A warning that is always there is read by nobody."""
    assert expiry_warning("a-grant", Conditions(expires=expires), NOW) is None
