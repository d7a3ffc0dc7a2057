"""The rows of the table: what each says, and what it is filtered by."""

import dataclasses

import pytest

from crossaccess.compare.change import Standing, Subject
from crossaccess.report.page.links import Link
from crossaccess.report.page.table import OTHER, Row, State, is_stray, rows_of
from crossaccess.report.sentence import told
from crossaccess.who.matrix import Entry, Matrix, Method, Place

READS = Entry(
    subject=Subject(name="user/bob", account="112233445566"),
    place=Place(label="bucket lake", account="111111222222"),
    actions=("s3:GetObject",),
    access=("read",),
    resources=("reports/*",),
    conditions=("over TLS",),
    standing=Standing.EFFECTIVE,
    method=Method.BUCKET_POLICY,
)


def row(**change: object) -> Row:
    """The row of an entry."""
    entry = dataclasses.replace(READS, **change)  # type: ignore[arg-type]  # a field's own value
    (found,) = rows_of(
        Matrix(entries=(entry,)), {"reports": "grant-1"}, {"a statement": "policy-1-statement-1"}
    )
    return found


@pytest.mark.parametrize(
    ("change", "stray"),
    [
        ({}, True),
        ({"grants": ("reports",)}, False),
        ({"method": Method.OWN_ACCOUNT}, False),
        ({"place": Place(label="role exchange")}, False),
        ({"place": Place(label="key 1234"), "method": Method.KEY_POLICY}, True),
    ],
)
def test_access_of_others_to_data_that_no_grant_mentions_is_stray(
    change: dict[str, object], stray: bool
) -> None:
    """The account's own principals, and roles by which nobody gets at anything, are none of it."""
    assert is_stray(dataclasses.replace(READS, **change)) is stray  # type: ignore[arg-type]  # the same


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, State.OPEN),
        ({"standing": Standing.DELEGATED}, State.OWN),
        ({"awaits_owner": True}, State.OWNER),
        ({"reason": "its policy is not known", "awaits_owner": True}, State.UNKNOWN),
    ],
)
def test_a_row_tells_whose_side_is_missing(change: dict[str, object], state: State) -> None:
    """And that it cannot be told, before all else."""
    assert row(**change).state is state


@pytest.mark.parametrize(
    ("actions", "access", "what", "by"),
    [
        (("s3:GetObject", "s3:ListBucket"), ("read", "list"), ("read", "list"), ("read", "list")),
        (("s3:PutObject",), ("write",), ("write",), ("write",)),
        (("s3:GetObject", "s3:GetObjectAcl"), ("read",), ("read", "1 more action"), ("read", OTHER)),
        (("kms:Decrypt",), (), ("kms:Decrypt",), (OTHER,)),
        (("s3:A", "s3:B", "s3:C"), (), ("A", "2 more actions"), (OTHER,)),
    ],
)
def test_what_somebody_may_is_told_in_the_words_of_grants(
    actions: tuple[str, ...], access: tuple[str, ...], what: tuple[str, ...], by: tuple[str, ...]
) -> None:
    """What no set has is counted, named in the details, and found by a filter of its own."""
    found = row(actions=actions, access=access)
    assert (found.what, found.access) == (what, by)
    assert tuple(map(told, found.actions)) == actions


def test_grants_and_statements_are_linked_where_they_are_known() -> None:
    """What is not on the page is told all the same."""
    found = row(grants=("reports", "gone"), statements=("a statement", "another"))
    assert [(told(one.said), one.target) for one in (*found.grants, *found.statements)] == [
        ("reports", "grant-1"),
        ("gone", ""),
        ("a statement", "policy-1-statement-1"),
        ("another", ""),
    ]
    assert isinstance(found.grants[0], Link)
