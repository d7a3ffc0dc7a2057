"""The geometry of the picture: nothing overlaps, and all of it is within the picture."""

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossaccess.policy.principal import PrincipalKind
from crossaccess.report.page import narrow, wide
from crossaccess.report.page.scene import Account, Actor, Flow, Road, Role, Scene, Standing, Store
from crossaccess.report.page.shapes import Card, Drawing, Frame, Rect

DRAW = {"wide": wide.draw, "narrow": narrow.draw}
_TEXTS = st.one_of(
    st.text(max_size=40), st.sampled_from(["reports/", "x" * 10_000, "user/bob", "日本語🪣" * 50])
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any scene that can be staged: flows from some principals to a bucket, perhaps through a role."""
    accounts = draw(st.integers(1, 4))
    numbers = st.integers(0, accounts - 1)
    stores = draw(
        st.lists(st.builds(Store, account=numbers, name=_TEXTS, key=st.none() | _TEXTS), max_size=4)
    )
    actors = draw(
        st.lists(
            st.builds(
                Actor,
                account=numbers,
                label=_TEXTS,
                kind=st.none() | st.sampled_from(PrincipalKind),
                more=st.sampled_from([0, 0, 7]),
            ),
            max_size=8,
        )
    )
    roles = draw(st.lists(st.builds(Role, account=numbers, label=_TEXTS), max_size=3))
    flows = []
    for _ in range(draw(st.integers(0, 8)) if stores and actors else 0):
        store = draw(st.integers(0, len(stores) - 1))
        beside = [index for index, role in enumerate(roles) if role.account == stores[store].account]
        flows.append(
            Flow(
                actors=tuple(draw(st.sets(st.integers(0, len(actors) - 1), min_size=1))),
                store=store,
                road=draw(st.sampled_from(Road)),
                grants=tuple(draw(st.lists(_TEXTS, max_size=3))),
                what=tuple(draw(st.lists(_TEXTS, max_size=3))),
                where=draw(st.none() | st.lists(_TEXTS, max_size=4).map(tuple)),
                asks=tuple(draw(st.lists(_TEXTS, max_size=6))),
                through=draw(st.none() | _TEXTS),
                role=draw(st.none() | st.sampled_from(beside)) if beside else None,
                standing=draw(st.sampled_from(Standing)),
                note=draw(st.none() | _TEXTS),
            )
        )
    return Scene(
        accounts=tuple(
            draw(st.builds(Account, number=st.none() | _TEXTS, stack=st.none() | _TEXTS))
            for _ in range(accounts)
        ),
        actors=tuple(actors),
        flows=tuple(flows),
        roles=tuple(roles),
        stores=tuple(stores),
        left_out=draw(st.sampled_from([0, 992])),
    )


def check(drawing: Drawing) -> None:
    """Cards stand apart, each inside or outside of a frame; lines end at cards; all is within the picture."""
    whole = Rect(x=0, y=0, width=drawing.width, height=drawing.height)
    shapes: list[Frame | Card] = [*drawing.frames, *drawing.cards]
    for shape in shapes:
        assert whole.holds(shape.place), shape
        for text in shape.texts:
            assert shape.place.x < text.x < shape.place.right, text
            assert shape.place.y < text.y < shape.place.bottom, text
            assert len(text.text) * 5 < shape.place.right - text.x, text
    for one, other in combinations(drawing.cards, 2):
        assert not one.place.meets(other.place), (one, other)
    for frame, beside in combinations(drawing.frames, 2):
        apart = not frame.place.meets(beside.place)
        assert apart or frame.place.holds(beside.place) or beside.place.holds(frame.place), (frame, beside)
    for frame in drawing.frames:
        for card in drawing.cards:
            assert not frame.place.meets(card.place) or frame.place.holds(card.place), (frame, card)
    edges = [shape.place for shape in shapes]
    for line in drawing.lines:
        for x, y in (line.start, line.end):
            assert any(on_edge(place, x, y) for place in edges), line
    for x, y in drawing.dots:
        assert 0 < x < drawing.width
        assert 0 < y < drawing.height


def on_edge(place: Rect, x: int, y: int) -> bool:
    """Whether a point lies on the edge of a place."""
    across, down = place.x <= x <= place.right, place.y <= y <= place.bottom
    return (x in (place.x, place.right) and down) or (y in (place.y, place.bottom) and across)


@pytest.mark.hypothesis
@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
@given(scene=scenes())
def test_nothing_overlaps_and_all_is_within_the_picture(
    draw: Callable[[Scene], Drawing], scene: Scene
) -> None:
    """Whatever the scene: in both windows."""
    check(draw(scene))


def flow(store: int, *actors: int, role: int | None = None) -> Flow:
    """What some actors may read."""
    road = Road.POLICY if role is None else Road.ROLE
    return Flow(actors=actors, store=store, road=road, grants=("reports",), what=("read",), role=role)


TWO_SIDES = Scene(
    accounts=(Account(number="111111222222", stack="account-a"), Account(number="112233445566")),
    actors=(Actor(account=1, label="user/bob", kind=PrincipalKind.USER), Actor(account=1, label="role/ci")),
    roles=(Role(account=0, label="role/exchange"),),
    stores=(Store(account=0, name="lake", key="alias/lake"), Store(account=0, name="other")),
    flows=(flow(0, 0, 1), flow(0, 0, role=0), flow(0, 1), flow(0, 1, role=0), flow(1, 0)),
)


def test_what_needs_no_role_runs_straight_past_the_roles() -> None:
    """From what flows to the prefixes in the bucket, level, and over no card."""
    drawing = wide.draw(TWO_SIDES)
    roles = [card.place for card in drawing.cards if card.tone == "role"]
    straight = [line for line in drawing.lines if line.tone == "flow-1" and line.start[0] > 400]
    assert len(straight) == 3
    for line in straight:
        assert line.start[1] == line.end[1]
        assert all(not place.y <= line.start[1] <= place.bottom for place in roles)


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_every_principal_is_joined_with_all_that_it_may_do(draw: Callable[[Scene], Drawing]) -> None:
    """One line for each pair of a principal and a flow, from the one's card to the other's."""
    drawing = draw(TWO_SIDES)
    cards = {id(card): card.place for card in drawing.cards if card.tone.startswith("flow")}
    actors = [card.place for card in drawing.cards if card.tone == "actor"]
    joined = [
        (start, end)
        for line in drawing.lines
        for start in range(len(actors))
        for end, place in enumerate(cards.values())
        if on_edge(actors[start], *line.start) and on_edge(place, *line.end)
    ]
    assert len(joined) == sum(len(one.actors) for one in TWO_SIDES.flows)
    assert len(set(joined)) == len(joined)


def test_lanes_in_a_narrow_window_never_share_a_place() -> None:
    """Each flow has a lane of its own; where two principals come into one, a dot says so."""
    drawing = narrow.draw(TWO_SIDES)
    lines = [line for line in drawing.lines if line.tone != "key"]
    starts = [line.start for line in lines]
    assert len(set(starts)) == len(starts)
    lanes = {line.end: line.path.split("V")[0].rsplit("Q", 1)[1].split(",")[0] for line in lines}
    assert len(set(lanes.values())) == len(lanes) == len(TWO_SIDES.flows)
    assert len(drawing.dots) == len(lines) - len(lanes)


def test_an_empty_scene_is_a_picture_too() -> None:
    """Nobody and nothing."""
    for draw in DRAW.values():
        check(draw(Scene(accounts=(), actors=(), flows=())))
