"""The search for a request outside of boxes, held against all requests of a small world."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from crossaccess.compare import key_set
from crossaccess.compare.box import RESOURCE, Box
from crossaccess.compare.callers import one_caller
from crossaccess.compare.key_set import KeySet, present
from crossaccess.compare.outside import Search
from crossaccess.compare.realm import Realm
from crossaccess.compare.shapes import glob, literal
from crossaccess.compare.texts import Texts, of
from crossaccess.compare.value_set import Names
from tests.decide.strategies import BOB, OWNER

_RESOURCES = ("x", "xy", "y")
_PREFIXES: tuple[tuple[str, ...], ...] = ((), ("a",), ("ab",))
_TLS: tuple[tuple[str, ...], ...] = (("true",), ("false",))
_WHOLE_WORLD = [
    {RESOURCE: (place,), "s3:prefix": prefix, "aws:securetransport": tls}
    for place, prefix, tls in product(_RESOURCES, _PREFIXES, _TLS)
]


def _some(values: tuple[str, ...]) -> st.SearchStrategy[Texts]:
    listed = st.lists(st.sampled_from(values), min_size=1, unique=True)
    return listed.map(lambda texts: of(*map(literal, texts)))


_prefixes = st.builds(
    lambda absent, every: KeySet(absent=absent, every=every), st.booleans(), _some(("a", "ab"))
)
_tls = st.sampled_from(["true", "false"]).map(lambda name: present(Names(frozenset({name}))))
_sides = st.fixed_dictionaries(
    {},
    optional={
        RESOURCE: _some(_RESOURCES).map(present),
        "s3:prefix": _prefixes,
        "aws:securetransport": _tls,
    },
)
_boxes = _sides.map(Box)


def _realm() -> Realm:
    return Realm(
        action="s3:ListBucket",
        caller=one_caller(BOB),
        owner=OWNER,
        resources=of(*map(literal, _RESOURCES)),
    )


def _holds(box: Box, request: dict[str, tuple[str, ...]]) -> bool:
    return all(key_set.holds(keys, request[thing]) for thing, keys in box.sides.items())


@given(_boxes, st.lists(_boxes, max_size=7))
def test_a_request_outside_is_found_just_where_there_is_one(box: Box, others: list[Box]) -> None:
    """In a world of eighteen requests, beside which `s3:prefix` can be any other text."""
    found = Search(_realm()).outside(box, others)
    there = [
        request
        for request in _WHOLE_WORLD
        if _holds(box, request) and not any(_holds(other, request) for other in others)
    ]
    if there:
        assert found is not None
    if found is None:
        return
    values = {thing: key_set.example(keys) or () for thing, keys in found.sides.items()}
    request = {RESOURCE: ("x",), "s3:prefix": (), "aws:securetransport": ("true",), **values}
    assert _holds(box, request)
    assert not any(_holds(other, request) for other in others)


def test_keys_that_hang_together_rule_a_request_out() -> None:
    """No request comes from an address and through an endpoint at once."""
    through = Box({"aws:sourcevpce": present(of(glob("vpce-*")))})
    realm = _realm()
    whole = realm["aws:sourceip"].every
    assert whole is not None
    both = through.narrowed("aws:sourceip", present(whole))
    assert Search(realm).outside(both, ()) is None
    assert Search(realm).outside(through, ()) is not None


def test_no_request_is_found_of_callers_that_there_are_not() -> None:
    """A realm that leaves its only caller out has no requests."""
    realm = Realm(
        action="s3:ListBucket",
        caller=one_caller(BOB),
        owner=OWNER,
        resources=of(literal("x")),
        among=Texts(without=(literal(BOB),)),
    )
    assert Search(realm).outside(Box({}), ()) is None
