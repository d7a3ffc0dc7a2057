"""Which lines a grant asks for."""

import pytest

from crossaccess.policy.conditions import Conditions
from crossaccess.policy.probes import RESERVED, outside, probe_prefixes
from crossaccess.verify.line import WRITING as CHANGING
from crossaccess.verify.line import Aim, By, Call
from crossaccess.verify.planning import Means, key_under, plan
from tests.support.verified import READING, WRITING, by_role, grant

ALL = (*READING, *WRITING, "s3:DeleteObject")


def test_what_is_given_and_what_is_not_are_both_asked_for() -> None:
    """Under each prefix every call, with what it is to show; and the same beside the prefix."""
    planned = plan([grant(actions=(*READING, *WRITING))], Means(plain=True))
    told = {(one.call, one.place): one.aim for one in planned.lines if one.by is By.OWN}
    assert (
        told[Call.GET, "reports/"] is told[Call.PUT, "reports/"] is told[Call.LIST, "reports/"] is Aim.GRANTED
    )
    assert told[Call.MULTIPART, "reports/"] is told[Call.ABORT, "reports/"] is Aim.GRANTED
    assert told[Call.DELETE, "reports/"] is Aim.WITHHELD
    assert told[Call.HEAD_PLAIN, "reports/"] is Aim.PLAIN_HTTP
    beside = {call for call, place in told if place == "reports.crossaccess-probe/"}
    assert beside == {Call.PUT, Call.GET, Call.LIST}
    role = "arn:aws:iam::111111222222:role/crossaccess-reports"
    assert told[Call.ASSUME, role] is Aim.OTHER_METHOD


def test_a_role_is_assumed_rightly_wrongly_and_passed_by() -> None:
    """With its ExternalId, with another and without; and the bucket is asked for with own keys."""
    planned = plan([by_role(conditions=Conditions(external_id="x-1"))], Means())
    own = [(one.call, one.aim) for one in planned.lines if one.by is By.OWN]
    assert own == [
        (Call.ASSUME, Aim.GRANTED),
        (Call.ASSUME_WRONG, Aim.UNTRUSTED),
        (Call.ASSUME_WITHOUT, Aim.UNTRUSTED),
        (Call.GET, Aim.OTHER_METHOD),
        (Call.LIST, Aim.OTHER_METHOD),
    ]
    without = plan([by_role()], Means()).lines
    assert Call.ASSUME_WRONG not in {one.call for one in without}


def test_read_only_plans_nothing_that_changes_something() -> None:
    """Whatever the grant gives."""
    for one in (grant(actions=ALL), by_role(actions=ALL)):
        planned = plan([one], Means(read_only=True, owner=True, plain=True))
        assert planned.lines
        assert {line.call for line in planned.lines} & CHANGING == set()


def test_a_delete_is_tried_where_somebody_can_make_a_probe_only() -> None:
    """Else it is left out, and said so: nothing of others is ever tried on."""
    reading = grant(actions=READING)
    assert Call.DELETE not in {one.call for one in plan([reading], Means()).lines}
    assert "no delete is tried" in plan([reading], Means()).notes[0]
    assert Call.DELETE in {one.call for one in plan([reading], Means(owner=True)).lines}
    assert Call.DELETE in {one.call for one in plan([grant(actions=WRITING)], Means()).lines}


def test_a_grant_to_the_whole_bucket_has_no_other_prefix() -> None:
    """There is none that it does not give."""
    planned = plan([grant(prefixes=())], Means())
    assert Aim.ELSEWHERE not in {one.aim for one in planned.lines}
    assert {one.place for one in planned.lines if one.call is Call.GET} == {""}


def test_plain_http_is_tried_when_asked_for_only() -> None:
    """A signed request is seen by whoever listens."""
    assert Call.HEAD_PLAIN not in {one.call for one in plan([grant()], Means()).lines}


@pytest.mark.parametrize("prefix", ["", "reports/", "a/b/"])
def test_an_owner_knows_where_probes_can_be(prefix: str) -> None:
    """Every key of a probe begins with one of the prefixes that the owner cleans up."""
    places = probe_prefixes([prefix])
    for place in (prefix, outside(prefix)):
        assert key_under(place, "x").startswith(places)
        assert RESERVED in key_under(place, "x")
    assert not outside("reports/").startswith("reports/")


def test_a_grant_whose_conditions_cannot_be_read_is_named_and_not_asked() -> None:
    """What another account says may be anything, such as a tag without a value."""
    planned = plan([by_role(conditions=None)], Means())
    assert not planned.lines
    assert "by-role" in planned.notes[0]
