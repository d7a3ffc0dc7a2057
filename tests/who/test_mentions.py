"""Which grants say what was found: by what they mean, whatever statements are called."""

import datetime as dt

import pytest

from crossaccess.deployment.picture import Grant
from crossaccess.policy.conditions import Conditions, Mfa
from crossaccess.who.matrix import Entry, Matrix
from tests.support.matrices import (
    BOB,
    BOX,
    READER,
    REQUESTER,
    Said,
    allow,
    bob,
    box,
    grant,
    matrix,
    of,
    reader,
    to_bob,
)

_READ = "s3:GetObject"
_REPORTS = f"{BOX}/reports/*"
_SID = "CrossAccessReportsObjects"
_ANYTHING = allow("*", "*")
_END = dt.datetime(2031, 1, 31, tzinfo=dt.UTC)
_BY_ADDRESS = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
_UNTIL = {"DateLessThan": {"aws:CurrentTime": "2031-01-31T00:00:00Z"}}


def _bobs(statement: Said, *grants: Grant) -> Entry:
    """What bob gets by a statement of the bucket's policy."""
    (entry,) = _in_box(matrix(bob(_ANYTHING), buckets=[box(statement)], grants=grants), "user/bob")
    return entry


def _in_box(found: Matrix, name: str) -> list[Entry]:
    """What a principal gets in the bucket: its own policy speaks of others, too."""
    return [one for one in of(found, name) if one.place.label == "bucket box"]


def test_what_lies_within_a_grant_is_mentioned() -> None:
    """Also a part of it."""
    assert _bobs(to_bob(_READ, _REPORTS), grant()).grants == ("reports",)
    assert _bobs(to_bob(_READ, f"{BOX}/reports/2026/*"), grant()).grants == ("reports",)


@pytest.mark.parametrize(
    "statement",
    [
        to_bob(_READ, f"{BOX}/*", Sid=_SID),
        to_bob(_READ, f"{BOX}/report*", Sid=_SID),
        to_bob(_READ, [_REPORTS, f"{BOX}/secret/*"], Sid=_SID),
        to_bob("s3:PutObject", _REPORTS, Sid=_SID),
        to_bob("s3:GetObject*", _REPORTS, Sid=_SID),
    ],
)
def test_a_statement_that_only_carries_the_id_of_a_grant_is_marked(statement: Said) -> None:
    """Another place or action than the grant says, under its name."""
    found = matrix(bob(_ANYTHING), buckets=[box(statement)], grants=[grant()])
    assert found.unmentioned


def test_another_principal_under_the_id_of_a_grant_is_marked() -> None:
    """The grant names carol."""
    assert not _bobs(to_bob(_READ, _REPORTS, Sid=_SID), grant(principals=["user/carol"])).is_mentioned


def test_a_class_of_principals_is_marked_where_the_grant_names_one() -> None:
    """The whole account under the id of bob's grant."""
    root = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}
    statement = allow(_READ, _REPORTS, Principal=root, Sid=_SID)
    found = matrix(bob(_ANYTHING), buckets=[box(statement)], grants=[grant()])
    assert [one.is_mentioned for one in _in_box(found, "user/bob")] == [True]
    assert [one.is_mentioned for one in of(found, "any principal")] == [False]


@pytest.mark.parametrize(
    ("conditions", "written"),
    [
        (Conditions(source_ip=("203.0.113.0/24",)), _BY_ADDRESS),
        (Conditions(expires=_END), _UNTIL),
        (Conditions(mfa=Mfa()), {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    ],
)
def test_what_a_grant_asks_has_to_be_asked(conditions: Conditions, written: Said) -> None:
    """Without the condition the same statement gives more than the grant says."""
    asking = grant(conditions=conditions)
    assert _bobs(to_bob(_READ, _REPORTS, Condition=written, Sid=_SID), asking).is_mentioned
    assert not _bobs(to_bob(_READ, _REPORTS, Sid=_SID), asking).is_mentioned


def test_a_stricter_condition_lies_within_a_grant() -> None:
    """An earlier end, fewer addresses."""
    asking = grant(conditions=Conditions(source_ip=("203.0.113.0/24",), expires=_END))
    stricter = {
        "IpAddress": {"aws:SourceIp": "203.0.113.7/32"},
        "DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"},
    }
    assert _bobs(to_bob(_READ, _REPORTS, Condition=stricter), asking).is_mentioned


def test_several_grants_can_say_it_together() -> None:
    """As statements that grants share do; neither alone would be enough."""
    both = to_bob(_READ, [_REPORTS, f"{BOX}/audit/*"])
    assert _bobs(both, grant(), grant("audit", prefixes=["audit/"])).grants == ("reports", "audit")
    assert not _bobs(both, grant()).is_mentioned


def test_lists_are_held_against_the_prefixes() -> None:
    """A list of the whole bucket is more than one of a prefix."""
    listing = grant(actions=["s3:ListBucket"])
    under = {"StringLike": {"s3:prefix": "reports/*"}}
    assert _bobs(to_bob("s3:ListBucket", BOX, Condition=under), listing).is_mentioned
    assert not _bobs(to_bob("s3:ListBucket", BOX), listing).is_mentioned


@pytest.mark.parametrize("method", ["bucket-policy", "assume-role"])
def test_the_method_counts(method: str) -> None:
    """A grant by role does not say that the bucket's policy lets bob in, nor the other way round."""
    role = READER if method == "assume-role" else None
    itself = _bobs(to_bob(_READ, _REPORTS), grant(role=role))
    trust: Said = {"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}
    found = matrix(
        bob(allow("sts:AssumeRole", READER)),
        reader([trust], allow(_READ, _REPORTS)),
        buckets=[box()],
        grants=[grant(role=role)],
    )
    (by_role,) = of(found, "user/bob")
    assert (itself.is_mentioned, by_role.is_mentioned) == (role is None, role is not None)


@pytest.mark.parametrize(
    ("trusted", "does", "mentioned"),
    [
        (BOB, _REPORTS, True),
        (f"arn:aws:iam::{REQUESTER}:user/carol", _REPORTS, False),
        (BOB, f"{BOX}/*", False),
    ],
)
def test_of_a_role_trust_and_deeds_have_to_lie_within_the_grant(
    trusted: str, does: str, mentioned: bool
) -> None:
    """Another principal in the trust, or another place in the role's policy, is marked."""
    trust: Said = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    found = matrix(
        bob(allow("sts:AssumeRole", READER)),
        reader([trust], allow(_READ, does)),
        buckets=[box()],
        grants=[grant(role=READER)],
    )
    assert found.entries
    assert {one.is_mentioned for one in found.entries} == {mentioned}


@pytest.mark.parametrize(
    "unreadable",
    [
        grant(conditions=None),
        grant(principals=["user/*"]),
        grant(actions=["s3:GetObject", "s3:Everything"]),
    ],
)
def test_a_grant_that_cannot_be_read_says_nothing(unreadable: Grant) -> None:
    """In doubt it is marked."""
    assert not _bobs(to_bob(_READ, _REPORTS, Sid=_SID), unreadable).is_mentioned


def test_a_grant_for_another_bucket_says_nothing() -> None:
    """The same name in another bucket's handover."""
    other = Grant(
        name="reports",
        bucket="other",
        owner="111111222222",
        account=REQUESTER,
        principals=("user/bob",),
        method="bucket-policy",
        actions=(_READ,),
        prefixes=("reports/",),
    )
    assert not _bobs(to_bob(_READ, _REPORTS, Sid=_SID), other).is_mentioned


def test_everyone_of_an_account_is_mentioned_by_a_grant_to_all_of_it() -> None:
    """As a class."""
    root = {"AWS": f"arn:aws:iam::{REQUESTER}:root"}
    found = matrix(
        buckets=[box(allow(_READ, _REPORTS, Principal=root))], grants=[grant(principals=["account"])]
    )
    assert found.entries
    assert not found.unmentioned
