"""Statements that are put together, as documents and as the decision core understands them."""

import dataclasses

from hypothesis import example, given
from hypothesis import strategies as st

from crossaccess.decide import Decision, Policies, Request, compile_document, decide
from crossaccess.policy.document import (
    EVERYONE,
    Condition,
    Document,
    Effect,
    PolicyKind,
    PrincipalName,
    Statement,
    canonical_json,
    parse_document,
)
from crossaccess.policy.share import Part, shared, statements_of

OWNER, REQUESTER = "111111222222", "112233445566"
BOB, CAROL = (f"arn:aws:iam::{REQUESTER}:user/{name}" for name in ("bob", "carol"))
ALICE = f"arn:aws:iam::{OWNER}:user/alice"
BUCKET = "arn:aws:s3:::box"
ROOT = PrincipalName(type="AWS", value=f"arn:aws:iam::{REQUESTER}:root")
BASE = Statement(
    effect=Effect.ALLOW,
    principals=(ROOT,),
    actions=("s3:GetObject",),
    resources=(f"{BUCKET}/a/*",),
    conditions=(Condition(operator="ArnEquals", key="aws:PrincipalArn", values=(BOB,)),),
)


def parts(*statements: Statement) -> tuple[Part, ...]:
    """A part of a grant of its own for each statement."""
    return tuple(
        Part(grants=(f"g{number}",), statement=dataclasses.replace(statement, sid=f"S{number}"))
        for number, statement in enumerate(statements)
    )


def together(*statements: Statement) -> tuple[Statement, ...]:
    """The statements that are left of them."""
    return statements_of(shared(parts(*statements)))


def by(arn: str, *, operator: str = "ArnEquals") -> Statement:
    """The statement for another principal."""
    condition = Condition(operator=operator, key="aws:PrincipalArn", values=(arn,))
    return dataclasses.replace(BASE, conditions=(condition,))


def test_statements_that_differ_in_a_resource_become_one() -> None:
    """Its id says how many more grants it serves."""
    other = dataclasses.replace(BASE, resources=(f"{BUCKET}/b/*",))
    (one,) = together(BASE, other)
    assert one.resources == (f"{BUCKET}/a/*", f"{BUCKET}/b/*")
    assert one.sid == "S0And1More"


def test_statements_that_differ_in_a_compared_name_become_one() -> None:
    """So that a list of people takes one statement, however many grants name them."""
    (one,) = together(BASE, by(CAROL), by(ALICE))
    (condition,) = one.conditions
    assert condition.values == (BOB, CAROL, ALICE)
    assert one.sid == "S0And2More"


def test_statements_that_differ_in_an_exact_principal_become_one() -> None:
    """Likewise."""
    first, second = (
        dataclasses.replace(BASE, principals=(PrincipalName(type="AWS", value=arn),), conditions=())
        for arn in (BOB, CAROL)
    )
    (one,) = together(first, second)
    assert [name.value for name in one.principals or ()] == [BOB, CAROL]


def test_statements_that_differ_in_two_things_stay_apart() -> None:
    """Together they would let Bob into `b/` and Carol into `a/`."""
    crossed = dataclasses.replace(by(CAROL), resources=(f"{BUCKET}/b/*",))
    assert len(together(BASE, crossed)) == 2


def test_a_whole_cross_becomes_one() -> None:
    """Where every combination is allowed anyway, one statement says it."""
    elsewhere = (f"{BUCKET}/b/*",)
    whole = [
        dataclasses.replace(one, resources=resources)
        for one in (BASE, by(CAROL))
        for resources in (BASE.resources, elsewhere)
    ]
    (one,) = together(*whole)
    assert (one.sid, len(one.resources or ())) == ("S0And3More", 2)


def test_a_grants_own_statements_are_counted_once() -> None:
    """The count is of grants."""
    first, second = parts(BASE, dataclasses.replace(BASE, resources=(f"{BUCKET}/b/*",)))
    own = dataclasses.replace(second, grants=first.grants)
    (one,) = statements_of(shared([first, own]))
    assert one.sid == "S0"


def test_refusals_stay_as_they_are() -> None:
    """Each has a reason of its own, which its id says."""
    deny = dataclasses.replace(BASE, effect=Effect.DENY)
    assert len(together(deny, dataclasses.replace(deny, resources=(f"{BUCKET}/b/*",)))) == 2


def test_names_that_are_negated_stay_apart() -> None:
    """IAM User Guide, "Conditions with multiple context keys or values": all of them would have to miss."""
    assert len(together(by(BOB, operator="ArnNotEquals"), by(CAROL, operator="ArnNotEquals"))) == 2


def test_the_order_of_other_lists_does_not_keep_statements_apart() -> None:
    """A list that was sorted by hand means the same."""
    one, other = (
        dataclasses.replace(by(arn), resources=resources)
        for arn, resources in (
            (BOB, (f"{BUCKET}/a/*", f"{BUCKET}/b/*")),
            (CAROL, (f"{BUCKET}/b/*", f"{BUCKET}/a/*")),
        )
    )
    assert len(together(one, other)) == 1


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    """One or two of them, in some order."""
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


def condition(operators: list[str], key: str, *values: str) -> st.SearchStrategy[Condition]:
    """A condition on a key."""
    return st.builds(Condition, operator=st.sampled_from(operators), key=st.just(key), values=some(*values))


_texts = ["StringEquals", "StringLike", "StringNotEquals", "StringLikeIfExists", "ForAllValues:StringLike"]
_arns = ["ArnEquals", "ArnLike", "ArnNotEquals"]
conditions = st.lists(
    st.one_of(
        condition(_arns, "aws:PrincipalArn", BOB, CAROL, ALICE),
        condition(_texts, "s3:prefix", "a/*", "b/*", "a/x"),
        condition(["StringEquals"], "aws:PrincipalOrgID", "o-a1b2c3d4e5", "o-z9y8x7w6v5"),
    ),
    max_size=2,
    unique_by=lambda one: (one.operator, one.key),
).map(tuple)
names = st.sampled_from([BOB, CAROL, ALICE, ROOT.value]).map(lambda arn: PrincipalName(type="AWS", value=arn))
principals = st.one_of(st.just((EVERYONE,)), st.lists(names, min_size=1, max_size=2, unique=True).map(tuple))
statements = st.builds(
    Statement,
    effect=st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
    principals=principals,
    actions=some("s3:GetObject", "s3:ListBucket"),
    resources=some(BUCKET, f"{BUCKET}/a/*", f"{BUCKET}/b/*", f"{BUCKET}/*"),
    conditions=conditions,
)


@st.composite
def neighbours(draw: st.DrawFn) -> list[Statement]:
    """Statements of which many differ in one thing from another, so that there is something to share."""
    found = [draw(statements)]
    for _ in range(draw(st.integers(1, 5))):
        near, other = draw(st.sampled_from(found)), draw(statements)
        field = draw(st.sampled_from(["principals", "resources", "conditions", "all"]))
        found.append(other if field == "all" else dataclasses.replace(near, **{field: getattr(other, field)}))
    return found


requests = st.builds(
    Request,
    principal=st.sampled_from([BOB, CAROL, ALICE]),
    action=st.sampled_from(["s3:GetObject", "s3:ListBucket"]),
    resource=st.sampled_from([BUCKET, f"{BUCKET}/a/1", f"{BUCKET}/b/1"]),
    resource_account=st.just(OWNER),
    context=st.fixed_dictionaries(
        {},
        optional={
            "s3:prefix": st.sampled_from(["a/", "b/1", "c/", "a/x"]).map(lambda one: [one]),
            "aws:PrincipalOrgID": st.sampled_from(["o-a1b2c3d4e5", "o-z9y8x7w6v5"]).map(lambda one: [one]),
        },
    ),
)
EVERYTHING = Document(statements=(Statement(effect=Effect.ALLOW, actions=("s3:*",), resources=("*",)),))


def decided(request: Request, document: Document) -> Decision:
    """What the decision core says, of the text that would be deployed."""
    read = parse_document(canonical_json(document), PolicyKind.RESOURCE)
    # Of the owner's account the bucket's policy alone decides, so that the way of naming counts, too.
    identity = () if request.principal == ALICE else (compile_document(EVERYTHING),)
    return decide(request, Policies(identity=identity, resource=compile_document(read))).decision


@given(listed=neighbours(), asked=st.lists(requests, min_size=1, max_size=8))
@example(
    listed=[
        dataclasses.replace(
            BASE,
            actions=("s3:ListBucket",),
            resources=(BUCKET,),
            conditions=(Condition(operator="StringNotEquals", key="s3:prefix", values=(value,)),),
        )
        for value in ("a/", "b/1")
    ],
    asked=[
        Request(
            principal=BOB,
            action="s3:ListBucket",
            resource=BUCKET,
            resource_account=OWNER,
            context={"s3:prefix": ["a/"]},
        )
    ],
)
def test_the_shared_document_decides_as_the_unshared_one(
    listed: list[Statement], asked: list[Request]
) -> None:
    """Sharing saves room and changes nothing."""
    before = Document(statements=statements_of(parts(*listed)))
    after = Document(statements=together(*listed))
    assert len(after.statements) <= len(before.statements)
    for request in asked:
        assert decided(request, after) is decided(request, before)


@given(listed=neighbours())
def test_every_grant_is_in_what_is_shared(listed: list[Statement]) -> None:
    """A statement can be traced to the grants that it serves, and ids stay different."""
    found = shared(parts(*listed))
    assert sorted(name for part in found for name in part.grants) == sorted(
        f"g{n}" for n in range(len(listed))
    )
    assert len({one.sid for one in statements_of(found)}) == len(found)
