"""A key that lists the names of others lists just those that are there."""

from crossaccess.compare import key_set
from crossaccess.compare.key_set import ABSENT, KeySet, present
from crossaccess.compare.rolls import rolled, with_listed
from crossaccess.compare.shapes import literal
from crossaccess.compare.texts import ALL, Texts, of
from crossaccess.compare.ties import broken_rolls

TAG, LIST = "aws:requesttag/team", "aws:tagkeys"
ANY_LIST = KeySet(absent=True, every=ALL, several=True)
RED = present(of(literal("red")))


def request(sides: dict[str, KeySet]) -> dict[str, list[str]] | None:
    """A request with these keys, as its context."""
    found = rolled(sides, lambda _: ANY_LIST)
    if found is None:
        return None
    values = {thing: key_set.example(keys) for thing, keys in found.items()}
    return with_listed({thing: some for thing, some in values.items() if some})


def listing(*names: str) -> KeySet:
    """Lists that name each of these, and perhaps others."""
    return KeySet(absent=False, every=ALL, some=tuple(of(literal(name)) for name in names), several=True)


def test_a_tag_that_is_there_is_listed() -> None:
    """AWS's page: aws:TagKeys holds the keys of the tags in the request."""
    made = request({TAG: RED})
    assert made is not None
    assert made == {TAG: ["red"], LIST: ["team"]}
    assert broken_rolls(made) == ()


def test_a_tag_that_is_missing_is_not_listed() -> None:
    """No request lists a tag that it does not have."""
    assert request({TAG: ABSENT, LIST: listing("team")}) is None
    assert request({TAG: ABSENT, LIST: listing("Team")}) is None


def test_a_list_without_the_tag_goes_with_no_such_tag() -> None:
    """Lists that may only name others."""
    others = KeySet(absent=True, every=Texts(without=(literal("team"), literal("Team"))), several=True)
    assert request({TAG: RED, LIST: KeySet(absent=True, every=of(literal("cost")), several=True)}) is None
    assert request({TAG: KeySet(absent=True, every=ALL), LIST: others}) == {}


def test_a_list_brings_the_tags_that_it_names() -> None:
    """Those that no policy speaks of have some value."""
    made = request({TAG: KeySet(absent=True, every=of(literal("red"))), LIST: listing("team", "cost")})
    assert made is not None
    assert made[TAG] == ["red"]
    assert broken_rolls(made) == ()
