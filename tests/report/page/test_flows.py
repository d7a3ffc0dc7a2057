"""What is drawn as one thing that flows, and how it is told when it does not arrive."""

import dataclasses

import pytest

from crossaccess.compare.change import Standing as Word
from crossaccess.compare.change import Subject
from crossaccess.deployment.picture import Grant
from crossaccess.findings.catalogue import GRANT_EXPIRED, GRANT_EXPIRES_SOON, KEY_NOT_ALLOWED
from crossaccess.findings.finding import Rule
from crossaccess.findings.lasting import of_grant
from crossaccess.report.page.flows import streams_of
from crossaccess.report.page.scene import Road, Standing
from crossaccess.who.matrix import Entry, Matrix, Method, Place

OWNER, REQUESTER = "111111222222", "112233445566"
BOB, ANN = Subject(name="user/bob", account=REQUESTER), Subject(name="user/ann", account=REQUESTER)
LAKE = Place(label="bucket lake", arn="arn:aws:s3:::lake", account=OWNER)
ROLE = f"arn:aws:iam::{OWNER}:role/exchange"
READS = Entry(
    subject=BOB,
    place=LAKE,
    actions=("s3:GetObject",),
    resources=("reports/*",),
    conditions=("over TLS",),
    standing=Word.EFFECTIVE,
    method=Method.BUCKET_POLICY,
    grants=("reports",),
)
LISTS = dataclasses.replace(
    READS,
    actions=("s3:ListBucket",),
    resources=(),
    listing=("reports/*",),
    conditions=("over TLS", "listing reports/*"),
)
GRANT = Grant(
    name="reports",
    bucket="lake",
    owner=OWNER,
    account=REQUESTER,
    principals=("user/bob",),
    method="bucket-policy",
    actions=("s3:GetObject", "s3:ListBucket"),
    prefixes=("reports/",),
)


def test_what_one_may_do_by_one_way_is_one_flow() -> None:
    """Reading and listing under a prefix are told together; the prefix is no condition once more."""
    (stream,) = streams_of(Matrix(entries=(READS, LISTS)), ())
    assert (stream.what, stream.where, stream.asks) == (("read", "list"), ("reports/",), ("over TLS",))
    assert (stream.road, stream.standing, stream.note) == (Road.POLICY, Standing.OPEN, None)


def test_several_who_may_do_the_same_share_a_flow_and_others_do_not() -> None:
    """Ann may read as Bob does, and only he may list."""
    ann = dataclasses.replace(READS, subject=ANN)
    (one,) = streams_of(Matrix(entries=(READS, ann)), ())
    assert one.subjects == (BOB, ANN)
    both = streams_of(Matrix(entries=(READS, LISTS, ann)), ())
    assert [(stream.subjects, stream.what) for stream in both] == [
        ((BOB,), ("read", "list")),
        ((ANN,), ("read",)),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"grants": ()},
        {"grants": ("other",)},
        {"standing": Word.DELEGATED},
        {"reason": "its policy is not known"},
        {"public": True},
        {"method": Method.ASSUME_ROLE, "role": ROLE},
        {"place": Place(label="bucket other", account=OWNER)},
        {"conditions": ("over TLS", "with MFA")},
        {"resources": ("reports/2026/*",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_differs_in_anything_is_drawn_by_itself(change: dict[str, object]) -> None:
    """Nothing is said of somebody that is true of another only."""
    other = dataclasses.replace(READS, subject=ANN, **change)  # type: ignore[arg-type]  # a field's own value
    assert len(streams_of(Matrix(entries=(READS, other)), ())) == 2


def test_what_is_public_is_told_apart_from_what_is_not_of_the_same_subject() -> None:
    """One prefix is open to everyone, and nothing is said of the other."""
    everyone = dataclasses.replace(READS, subject=Subject(name="everyone"))
    public = dataclasses.replace(everyone, resources=("public/*",), public=True)
    streams = streams_of(Matrix(entries=(everyone, public)), ())
    assert [(stream.where, stream.public) for stream in streams] == [
        (("reports/",), False),
        (("public/",), True),
    ]


def test_conditions_that_hold_for_a_part_only_are_told_as_such() -> None:
    """Writing asks for more than reading."""
    writes = dataclasses.replace(READS, actions=("s3:PutObject",), conditions=("over TLS", "encrypted"))
    (stream,) = streams_of(Matrix(entries=(READS, writes)), ())
    assert stream.asks == ("over TLS", "more for some of it")


@pytest.mark.parametrize(
    ("resources", "listing", "where"),
    [
        (("*",), (), ()),
        (("reports/*", "*"), (), ()),
        ((), (), None),
        (("a/*", "b/c"), ("d*",), ("a/", "b/c", "d*")),
    ],
)
def test_the_place_is_prefixes_all_of_it_or_the_bucket_itself(
    resources: tuple[str, ...], listing: tuple[str, ...], where: tuple[str, ...] | None
) -> None:
    """Patterns that are no prefixes stay patterns."""
    entry = dataclasses.replace(READS, resources=resources, listing=listing)
    (stream,) = streams_of(Matrix(entries=(entry,)), ())
    assert stream.where == where


@pytest.mark.parametrize(
    ("change", "standing", "note"),
    [
        ({"standing": Word.DELEGATED}, Standing.SHUT, "their own side is missing"),
        ({"standing": Word.DELEGATED, "grants": ()}, Standing.SHUT, "their side can take it up"),
        ({"awaits_owner": True}, Standing.SHUT, "the owner's side is missing"),
        ({"reason": "nobody knows"}, Standing.UNKNOWN, "it cannot be told"),
    ],
)
def test_a_side_that_is_missing_is_told(change: dict[str, object], standing: Standing, note: str) -> None:
    """By whom it is missing."""
    entry = dataclasses.replace(READS, **change)  # type: ignore[arg-type]  # a field's own value
    (stream,) = streams_of(Matrix(entries=(entry,)), ())
    assert (stream.standing, stream.note) == (standing, note)


@pytest.mark.parametrize(
    "change", [{"place": Place(label="key 1234")}, {"method": Method.OWN_ACCOUNT}, {"method": None}]
)
def test_only_what_goes_from_account_to_account_into_buckets_is_drawn(change: dict[str, object]) -> None:
    """The table has the rest."""
    entry = dataclasses.replace(READS, **change)  # type: ignore[arg-type]  # a field's own value
    assert streams_of(Matrix(entries=(entry,)), ()) == ()


def test_a_grant_by_which_nobody_gets_in_is_drawn_as_its_handover_tells_it() -> None:
    """Once: not again where what it lets in is drawn as missing a side."""
    (stream,) = streams_of(Matrix(grants=(GRANT,), idle=(GRANT,)), ())
    assert stream.subjects == (BOB,)
    assert (stream.what, stream.where, stream.standing) == (("read", "list"), ("reports/",), Standing.SHUT)
    missing = dataclasses.replace(READS, standing=Word.DELEGATED)
    (again,) = streams_of(Matrix(entries=(missing,), grants=(GRANT,), idle=(GRANT,)), ())
    assert again.note == "their own side is missing"


@pytest.mark.parametrize(
    ("rule", "standing", "note"),
    [
        (GRANT_EXPIRED, Standing.SHUT, "XA401: grant expired"),
        (KEY_NOT_ALLOWED, Standing.OPEN, "XA405: key not allowed"),
        (GRANT_EXPIRES_SOON, Standing.OPEN, None),
    ],
)
def test_what_is_found_about_a_grant_is_noted_on_what_flows_by_it(
    rule: Rule, standing: Standing, note: str | None
) -> None:
    """If something has to be done about it; of a grant that has ended nothing flows."""
    matrix = Matrix(entries=(READS,), grants=(GRANT,))
    (stream,) = streams_of(matrix, (of_grant(rule, GRANT, "told"),))
    assert (stream.standing, stream.note) == (standing, note)
    elsewhere = dataclasses.replace(GRANT, bucket="other")
    (other,) = streams_of(matrix, (of_grant(rule, elsewhere, "told"),))
    assert other.note is None
