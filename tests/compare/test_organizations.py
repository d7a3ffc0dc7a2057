"""An organization's id and the places in it name the same organization."""

from crossaccess.compare.key_set import KeySet, present
from crossaccess.compare.organizations import agreeing
from crossaccess.compare.shapes import glob, literal
from crossaccess.compare.texts import Texts, of

ID, PLACES = "aws:principalorgid", "aws:principalorgpaths"
ANY_PLACE = of(glob("o-*/r-*/"))


def both(one: KeySet, many: KeySet) -> tuple[str | None, str | None] | None:
    """An id and a place of it that may stand in one request."""
    found = agreeing({ID: one, PLACES: many})
    if found is None:
        return None
    ids, places = found[ID].every, found[PLACES].every
    assert isinstance(ids, Texts)
    assert isinstance(places, Texts)
    return ids.example(), places.example()


def some_place(text: str) -> KeySet:
    """Of the places one is like this."""
    return KeySet(absent=False, every=ANY_PLACE, some=(of(glob(text)),), several=True)


def test_the_places_begin_with_the_id() -> None:
    """Of all places those of the organization are left."""
    found = both(present(of(literal("o-a"))), present(ANY_PLACE, several=True))
    assert found is not None
    assert found[0] == "o-a"
    assert str(found[1]).startswith("o-a/")


def test_a_place_of_another_organization_is_in_no_request_with_the_id() -> None:
    """IAM User Guide, "AWS global condition context keys", aws:PrincipalOrgPaths."""
    assert both(present(of(literal("o-a"))), some_place("o-b/r-*/ou-1/*")) is None


def test_one_of_several_ids_may_fit() -> None:
    """The first that does is taken."""
    found = both(present(of(literal("o-a"), literal("o-b"))), some_place("o-b/r-x/*"))
    assert found is not None
    assert found[0] == "o-b"


def test_the_id_follows_from_a_place() -> None:
    """Where the id is a pattern."""
    found = both(present(of(glob("o-*"))), some_place("o-b/r-x/*"))
    assert found is not None
    assert found[0] == "o-b"
    assert both(present(of(glob("o-a*"))), some_place("o-b/r-x/*")) is None


def test_absence_of_one_is_left_to_the_ties() -> None:
    """Nothing is narrowed where a key may be missing."""
    absent = KeySet(absent=True, every=of(literal("o-a")))
    assert both(absent, some_place("o-b/r-x/*")) is not None
