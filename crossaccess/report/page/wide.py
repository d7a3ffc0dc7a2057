"""The drawing for wide windows and for paper: from left to right, as the requests go.

Requesters' accounts stand on the left and owners' on the right, with what flows between them. Every flow has
a row of its own, up to the prefixes in the bucket, so that one which needs no role runs past the roles
without touching any.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from crossaccess.report.page import cards, frames
from crossaccess.report.page.rows import owners, requesters, shelves_of
from crossaccess.report.page.scene import Scene
from crossaccess.report.page.shapes import Card, Drawing, Frame, Line, Rect

WIDTH: Final = 1160
_EDGE: Final = 4
_GAP: Final = 14
_BETWEEN: Final = 24
_PAD: Final = 14
_HEAD: Final = frames.HEAD
_ACTORS, _ACTOR_WIDTH = _EDGE, 240
_FLOWS, _FLOW_WIDTH = 316, 250
_OWNERS = 622
_OWNER_WIDTH = WIDTH - _EDGE - _OWNERS
_ROLES, _ROLE_WIDTH = _OWNERS + _PAD, 212
_STORE_WIDTH = 248
_STORES = WIDTH - _EDGE - _PAD - _STORE_WIDTH


@dataclass(slots=True, kw_only=True)
class _Laid:
    """What has its place so far, by its number in the scene."""

    frames: list[Frame] = field(default_factory=list)
    actors: dict[int, Card] = field(default_factory=dict)
    flows: dict[int, Card] = field(default_factory=dict)
    roles: dict[int, Card] = field(default_factory=dict)
    shelves: dict[int, Card] = field(default_factory=dict)
    others: list[Card] = field(default_factory=list)
    keys: list[Line] = field(default_factory=list)


def draw(scene: Scene) -> Drawing:
    """The scene, laid out for a wide window."""
    laid = _Laid()
    below = _EDGE
    for account in owners(scene):
        below = _lay_owner(scene, account, below, laid) + _BETWEEN
    below -= _BETWEEN
    if scene.left_out:
        rest = cards.of_rest(scene.left_out)
        laid.others.append(rest.at(_FLOWS, max(below, _last_flow(laid)) + _GAP, _FLOW_WIDTH))
        below = laid.others[-1].place.bottom
    below = max(below, _lay_requesters(scene, below, laid))
    return Drawing(
        width=WIDTH,
        height=below + _EDGE,
        frames=tuple(laid.frames),
        cards=(
            *laid.actors.values(),
            *laid.flows.values(),
            *laid.roles.values(),
            *laid.shelves.values(),
            *laid.others,
        ),
        lines=(*_lines(scene, laid), *laid.keys),
    )


def _last_flow(laid: _Laid) -> int:
    return max((card.place.bottom for card in laid.flows.values()), default=_EDGE)


def _lay_owner(scene: Scene, account: int, top: int, laid: _Laid) -> int:
    """An account with its buckets, the flows into them and the roles on their way; where it ends."""
    below = top + _HEAD
    number = len(laid.frames)
    for shelf in shelves_of(scene, account):
        store = scene.stores[shelf.store]
        begun = below
        below += _HEAD
        for flow in shelf.flows:
            card = cards.of_flow(scene.flows[flow]).at(_FLOWS, below, _FLOW_WIDTH)
            inside = cards.of_shelf(scene.flows[flow])
            y = card.place.middle - inside.height // 2
            laid.flows[flow] = card
            laid.shelves[flow] = inside.at(_STORES + _PAD, y, _STORE_WIDTH - 2 * _PAD)
            below = card.place.bottom + _GAP
        place = Rect(x=_STORES, y=begun, width=_STORE_WIDTH, height=below - begun)
        laid.frames.append(frames.of_store(store, place))
        if store.key is not None:
            below += 2 * _GAP
            key = cards.of_key(store.key).at(_STORES, below, _STORE_WIDTH)
            start, end = (key.place.x + 28, place.bottom), (key.place.x + 28, key.place.y)
            laid.keys.append(
                Line(path=_straight(start, end), start=start, end=end, tone="key", heading="down")
            )
            laid.others.append(key)
            below = key.place.bottom
        below += _GAP
    _lay_roles(scene, account, laid)
    # Roles without a flow in this account's buckets do not come in here: a role is there for what flows.
    place = Rect(x=_OWNERS, y=top, width=_OWNER_WIDTH, height=below - top)
    laid.frames.insert(number, frames.of_account(scene.accounts[account], place, owner=True))
    return below


def _lay_roles(scene: Scene, account: int, laid: _Laid) -> None:
    """Each role in the middle of the rows of what flows through it."""
    for index, role in enumerate(scene.roles):
        rows = [
            laid.flows[number].place
            for number, flow in enumerate(scene.flows)
            if flow.role == index and number in laid.flows
        ]
        if role.account == account and rows:
            content = cards.of_role(role)
            middle = (rows[0].middle + rows[-1].middle) // 2
            laid.roles[index] = content.at(_ROLES, middle - content.height // 2, _ROLE_WIDTH)


def _lay_requesters(scene: Scene, height: int, laid: _Laid) -> int:
    """The accounts of the principals, in the middle of the height; where they end."""
    found = tuple(requesters(scene, tuple(laid.flows)))
    contents = {actor: cards.of_actor(scene.actors[actor]) for _, actors in found for actor in actors}
    needed = {
        account: _HEAD + sum(contents[actor].height + _GAP for actor in actors) for account, actors in found
    }
    top = max(_EDGE, (_EDGE + height - sum(needed.values()) - _BETWEEN * (len(found) - 1)) // 2)
    for account, actors in found:
        place = Rect(x=_ACTORS, y=top, width=_ACTOR_WIDTH, height=needed[account])
        laid.frames.append(frames.of_account(scene.accounts[account], place, owner=False))
        below = top + _HEAD
        for actor in actors:
            laid.actors[actor] = contents[actor].at(_ACTORS + _PAD, below, _ACTOR_WIDTH - 2 * _PAD)
            below = laid.actors[actor].place.bottom + _GAP
        top = below + _BETWEEN
    return top - _BETWEEN


def _lines(scene: Scene, laid: _Laid) -> Iterator[Line]:
    for number, card in laid.flows.items():
        flow, tone, standing = scene.flows[number], card.tone, card.standing
        place, end = card.place, laid.shelves[number].place
        for actor in flow.actors:
            begin = laid.actors[actor].place
            start, there = (begin.right, begin.middle), (place.x, place.middle)
            yield Line(path=_curve(start, there), start=start, end=there, tone=tone, standing=standing)
        start, there = (place.right, place.middle), (end.x, end.middle)
        if flow.role is None:
            yield Line(path=_straight(start, there), start=start, end=there, tone=tone, standing=standing)
            continue
        role = laid.roles[flow.role].place
        to, of = (role.x, role.middle), (role.right, role.middle)
        yield Line(path=_curve(start, to), start=start, end=to, tone=tone, standing=standing)
        yield Line(path=_curve(of, there), start=of, end=there, tone=tone, standing=standing)


def _straight(start: tuple[int, int], end: tuple[int, int]) -> str:
    return f"M{start[0]},{start[1]}L{end[0]},{end[1]}"


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    """A curve that leaves and arrives level."""
    if start[1] == end[1]:
        return _straight(start, end)
    half = (start[0] + end[0]) // 2
    return f"M{start[0]},{start[1]}C{half},{start[1]} {half},{end[1]} {end[0]},{end[1]}"
