"""What of the matrix is asked about."""

import pytest

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.picture import Picture
from crossaccess.who.asking import read_asked
from crossaccess.who.finding import who
from crossaccess.who.matrix import Entry
from tests.support.matrices import BOB, BOX, READER, Said, allow, bob, box, reader, to_bob

_TRUST: Said = {"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}
_UNDER: Said = {"StringLike": {"s3:prefix": "reports/*"}}
_PICTURE = Picture(
    buckets=(
        box(
            to_bob(["s3:GetObject", "s3:GetObjectTagging"], f"{BOX}/reports/*"),
            to_bob("s3:GetObject", f"{BOX}/a*c/*"),
            to_bob("s3:ListBucket", BOX, Condition=_UNDER),
            to_bob("s3:GetBucketLocation", BOX),
        ),
    ),
    principals=(
        bob(allow(["s3:Get*", "s3:List*"], [BOX, f"{BOX}/*"]), allow("sts:AssumeRole", READER)),
        reader([_TRUST], allow("s3:PutObject", f"{BOX}/inbox/*")),
    ),
)


def _told(*actions: str, prefix: str | None = None) -> list[Entry]:
    asked = read_asked(actions, prefix)
    return [one for one in who(_PICTURE, asked).entries if one.subject.name == "user/bob"]


def _places(entries: list[Entry]) -> set[str]:
    return {place for one in entries for place in one.resources or (*one.listing, "bucket")}


@pytest.mark.parametrize(
    ("action", "actions"),
    [
        ("s3:GetObject", {"s3:GetObject"}),
        ("s3:getobject", {"s3:GetObject"}),
        ("read", {"s3:GetObject"}),
        ("s3:GetObject*", {"s3:GetObject", "s3:GetObjectTagging"}),
        ("list", {"s3:ListBucket"}),
        ("delete", set()),
    ],
)
def test_only_what_has_to_do_with_an_action_is_listed(action: str, actions: set[str]) -> None:
    """By its name, a pattern or a named set."""
    assert {one for entry in _told(action) for one in entry.actions} == actions


def test_assuming_a_role_is_told_by_what_can_be_done_with_it() -> None:
    """It is no entry of its own."""
    (entry,) = _told("sts:AssumeRole")
    assert (entry.role, entry.actions) == (READER, ("s3:PutObject",))


@pytest.mark.parametrize(
    ("prefix", "places"),
    [
        ("reports/", {"reports/*", "bucket"}),
        ("reports/2026/", {"reports/*", "bucket"}),
        ("re", {"reports/*", "bucket"}),
        ("abc/", {"a*c/*"}),
        ("inbox/", {"inbox/*"}),
        ("secret/", set()),
        ("*", set()),
    ],
)
def test_only_what_has_to_do_with_keys_under_a_prefix_is_listed(prefix: str, places: set[str]) -> None:
    """Objects by their patterns, lists by what may be listed; signs of wildcards stand for themselves."""
    assert _places(_told(prefix=prefix)) - {"reports/*"} == places - {"reports/*"}
    assert ("reports/*" in _places(_told(prefix=prefix))) == ("reports/*" in places)


def test_without_a_question_everything_is_listed() -> None:
    """An empty prefix is of all keys."""
    assert len(_told()) > len(_told(prefix="reports/"))
    assert _told(prefix="") == _told()


@pytest.mark.parametrize("action", ["s3:GetObjekt", "", "ec2:RunInstances", "reed"])
def test_an_action_that_nobody_has_is_refused(action: str) -> None:
    """Else nobody would be listed."""
    with pytest.raises(SourceError, match="--action"):
        read_asked((action,), None)


@pytest.mark.parametrize("prefix", ["s3://box/reports/", "arn:aws:s3:::box/reports/"])
def test_a_prefix_is_one_of_keys(prefix: str) -> None:
    """Not the address of an object."""
    with pytest.raises(SourceError, match="--prefix"):
        read_asked((), prefix)


def test_a_place_that_hangs_on_who_asks_stays() -> None:
    """Nobody can tell which keys a variable stands for."""
    own = f"{BOX}/home/${{aws:PrincipalTag/team}}/*"
    picture = Picture(buckets=(box(to_bob("s3:GetObject", own)),), principals=(bob(allow("s3:*", "*")),))
    found = who(picture, read_asked((), "home/data/")).entries
    assert [one for one in found if one.place.label == "bucket box"]
