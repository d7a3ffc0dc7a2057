"""Whom and what the picture shows: a bounded number, and the rest told."""

import dataclasses

from crossaccess.compare.change import Subject
from crossaccess.deployment.picture import Bucket, Key, Picture, Policy, Principal
from crossaccess.policy.principal import PrincipalKind
from crossaccess.report.page.flows import Stream
from crossaccess.report.page.scene import Road, Standing
from crossaccess.report.page.staging import ACTORS, FLOWS, drawn_of, stacks_of, stage

OWNER, REQUESTER = "111111222222", "112233445566"
STREAM = Stream(
    subjects=(Subject(name="user/bob", account=REQUESTER),),
    bucket="lake",
    owner=OWNER,
    road=Road.POLICY,
    role=None,
    grants=("reports",),
    what=("read",),
    where=("reports/",),
    asks=(),
    standing=Standing.OPEN,
)
NOTHING = Picture()


def people(number: int) -> tuple[Subject, ...]:
    """So many users."""
    return tuple(Subject(name=f"user/u{index}", account=REQUESTER) for index in range(number))


def test_as_many_as_there_is_room_for_are_drawn_one_by_one() -> None:
    """And one card more says how many there are beside."""
    full = stage(NOTHING, (dataclasses.replace(STREAM, subjects=people(ACTORS)),))
    assert [actor.more for actor in full.actors] == [0] * ACTORS
    over = stage(NOTHING, (dataclasses.replace(STREAM, subjects=people(1_000)),))
    assert [actor.more for actor in over.actors] == [*[0] * (ACTORS - 1), 1_000 - ACTORS + 1]
    assert over.flows[0].actors == tuple(range(ACTORS))


def test_those_without_a_card_keep_what_they_may_do() -> None:
    """A flow of one of them alone comes from the card that stands for the rest."""
    last = dataclasses.replace(STREAM, subjects=people(1_000)[-1:], where=("exchange/",))
    scene = stage(NOTHING, (dataclasses.replace(STREAM, subjects=people(1_000)), last))
    assert scene.flows[1].actors == (ACTORS - 1,)


def test_each_account_has_room_of_its_own() -> None:
    """Many of one account take nobody's place in another."""
    other = Subject(name="user/ann", account="999999999999")
    scene = stage(NOTHING, (dataclasses.replace(STREAM, subjects=(*people(50), other)),))
    assert [account.number for account in scene.accounts] == [OWNER, REQUESTER, "999999999999"]
    assert scene.actors[-1].label == "user/ann"


def test_what_has_to_be_seen_is_drawn_first_of_all() -> None:
    """What is public, and what no grant mentions; in the order that it is told in."""
    usual = [dataclasses.replace(STREAM, where=(f"team-{index}/",)) for index in range(2 * FLOWS)]
    stray = dataclasses.replace(STREAM, grants=())
    public = dataclasses.replace(STREAM, public=True)
    drawn = drawn_of((*usual, stray, public))
    assert drawn == (*usual[: FLOWS - 2], stray, public)
    scene = stage(NOTHING, (*usual, stray, public))
    assert (len(scene.flows), scene.left_out) == (FLOWS, FLOWS + 2)
    assert [flow.note for flow in scene.flows[-2:]] == [None, "open to everyone"]


def test_a_role_is_drawn_where_it_is_of_the_bucket_s_account() -> None:
    """One of elsewhere is told on what flows through it."""
    here = f"arn:aws:iam::{OWNER}:role/exchange"
    there = "arn:aws:iam::999999999999:role/exchange"
    streams = [
        dataclasses.replace(STREAM, road=Road.ROLE, role=role) for role in (here, here, there, "no ARN")
    ]
    scene = stage(NOTHING, streams)
    assert [flow.role for flow in scene.flows] == [0, 0, None, None]
    assert [role.label for role in scene.roles] == ["role/exchange"]
    assert [flow.through for flow in scene.flows] == [here, here, there, "no ARN"]


def test_buckets_stand_with_their_keys_in_words_for_people() -> None:
    """By alias, by id, or by what the ARN ends with; also a bucket that nothing flows into."""
    arn = f"arn:aws:kms:eu-central-1:{OWNER}:key/1234"
    picture = Picture(
        buckets=(
            Bucket(name="lake", account=OWNER, region="eu-central-1", key=arn),
            Bucket(name="other", account=OWNER, key=f"{arn}5"),
            Bucket(name="plain", account=OWNER),
        ),
        keys=(Key(name="1234", arn=arn, alias="alias/lake"),),
    )
    scene = stage(picture, (STREAM,))
    assert [(store.name, store.key) for store in scene.stores] == [
        ("lake", "alias/lake"),
        ("other", "12345"),
        ("plain", None),
    ]


def test_the_stack_of_an_account_is_told_by_what_it_holds() -> None:
    """A policy that it attaches tells it, where it holds nobody itself."""
    urn = "urn:pulumi:account-b::crossaccess::aws:iam/policy:Policy::p"
    bob = Principal(
        kind=PrincipalKind.USER,
        name="bob",
        account=REQUESTER,
        policies=(Policy(name="policy p of user/bob", text="{}", source=urn),),
        held=False,
    )
    lake = Bucket(name="lake", account=OWNER, source="policies/lake.json")
    assert stacks_of(Picture(principals=(bob,), buckets=(lake,))) == {REQUESTER: "account-b"}
    urns = (f"urn:pulumi:{stack}::crossaccess::t::n" for stack in ("one", "two", "one", "three"))
    several = tuple(Bucket(name=urn, account=OWNER, source=urn) for urn in urns)
    assert stacks_of(Picture(buckets=several)) == {OWNER: "one and 2 more"}
