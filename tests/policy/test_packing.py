"""Statements packed into as few documents as hold them."""

import dataclasses
import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from crossaccess.policy.document import Condition, Document, Effect, Statement
from crossaccess.policy.packing import packed
from crossaccess.policy.share import Part, statements_of
from crossaccess.policy.sizes import Limit, size_of

CHARACTERS = Limit(document="a small policy", maximum=700, unit="characters", helps="less")
BYTES = dataclasses.replace(CHARACTERS, unit="bytes")
LIMITS = st.sampled_from([CHARACTERS, BYTES])


def part(number: int, resources: tuple[str, ...], prefixes: tuple[str, ...] = ()) -> Part:
    """A part with these resources, and a list of prefixes of which one has to match."""
    condition = Condition(operator="StringLike", key="s3:prefix", values=prefixes)
    statement = Statement(
        sid=f"CrossAccessG{number}",
        effect=Effect.ALLOW,
        actions=("s3:GetObject", "s3:PutObject"),
        resources=resources,
        conditions=(condition,) if prefixes else (),
    )
    return Part(grants=(f"g{number}",), statement=statement)


def written(held: tuple[Part, ...]) -> Document:
    """The document of what is packed together."""
    return Document(statements=statements_of(held))


def allowed(document: Document) -> set[tuple[str, str, str]]:
    """Every action, resource and prefix that a document allows together."""
    return {
        one
        for statement in document.statements
        for one in itertools.product(
            statement.actions or (),
            statement.resources or (),
            statement.conditions[0].values if statement.conditions else ("",),
        )
    }


# Letters that are one character and two bytes, and such that JSON writes with a backslash.
names = st.text(alphabet='aü"\\', min_size=1, max_size=120)
lists = st.lists(names, min_size=1, max_size=12, unique=True).map(tuple)
listed = st.lists(st.tuples(lists, st.one_of(st.just(()), lists)), min_size=1, max_size=6)


def numbered(raw: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> list[Part]:
    """A part for each, of which the shorter list is cut to what a document can hold."""
    return [
        part(number, resources, prefixes)
        if sum(map(len, resources)) > sum(map(len, prefixes))
        else part(number, resources[:1], prefixes)
        for number, (resources, prefixes) in enumerate(raw)
    ]


def in_reach(one: Part, limit: Limit) -> bool:
    """Whether single entries of the part's longest list fit into a document of their own."""
    statement = one.statement
    values = statement.conditions[0].values if statement.conditions else ()
    singles: list[tuple[tuple[str, ...], tuple[str, ...]]]
    if sum(map(len, statement.resources or ())) >= sum(map(len, values)):
        singles = [((resource,), values) for resource in statement.resources or ()]
    else:
        singles = [(statement.resources or (), (value,)) for value in values]
    longest = max(size_of(written((part(0, *single),)), limit) for single in singles)
    return longest + len("Part12") < limit.maximum


@given(raw=listed, limit=LIMITS)
@example(
    # The last piece of what is split fits into the room that the first one left.
    raw=[(("a" * 400, "b" * 550, "c" * 50), ())],
    limit=CHARACTERS,
)
def test_the_documents_allow_what_the_parts_allow(
    raw: list[tuple[tuple[str, ...], tuple[str, ...]]], limit: Limit
) -> None:
    """Nothing is lost when statements are split, nothing is added, and no id stands twice in a document."""
    parts = numbered(raw)
    documents = [written(held) for held in packed(parts, limit)]
    assert set().union(*map(allowed, documents)) == allowed(written(tuple(parts)))
    for document in documents:
        ids = [statement.sid for statement in document.statements]
        assert len(set(ids)) == len(ids)


@given(raw=listed, limit=LIMITS)
def test_every_document_fits_where_its_entries_do(
    raw: list[tuple[tuple[str, ...], tuple[str, ...]]], limit: Limit
) -> None:
    """IAM User Guide, "IAM and AWS STS quotas": AWS refuses one character too many."""
    parts = [one for one in numbered(raw) if in_reach(one, limit)]
    for held in packed(parts, limit):
        assert size_of(written(held), limit) <= limit.maximum


@given(raw=listed, limit=LIMITS)
def test_no_two_documents_could_be_one(
    raw: list[tuple[tuple[str, ...], tuple[str, ...]]], limit: Limit
) -> None:
    """A principal can have few policies, so that none may be wasted."""
    documents = packed(numbered(raw), limit)
    for first, second in itertools.combinations(documents, 2):
        assert size_of(written((*first, *second)), limit) > limit.maximum


@given(st.lists(st.integers(1, 60), min_size=1, max_size=60))
def test_small_statements_take_one_document_more_than_they_need_at_most(lengths: list[int]) -> None:
    """All documents but one are full to within one statement."""
    parts = [part(number, ("x" * length,)) for number, length in enumerate(lengths)]
    largest = max(size_of(written((one,)), CHARACTERS) for one in parts)
    whole = size_of(written(tuple(parts)), CHARACTERS)
    number = len(packed(parts, CHARACTERS))
    assert (number - 1) * (CHARACTERS.maximum - largest) < whole


def test_what_cannot_be_split_has_a_document_of_its_own() -> None:
    """Whoever measures it says that it is too large."""
    huge = part(0, ("x" * 1_000,))
    assert packed([huge, part(1, ("y",))], CHARACTERS) == ((huge,), (part(1, ("y",)),))


def test_order_is_kept_and_what_fits_is_not_split() -> None:
    """So that the policies change as little as the grants do."""
    parts = [part(number, (f"r{number}",)) for number in range(3)]
    assert packed(parts, CHARACTERS) == (tuple(parts),)
    assert packed([], CHARACTERS) == ()
