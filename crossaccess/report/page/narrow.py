"""The drawing for narrow windows: from top to bottom.

The principals stand above the owners' accounts, and what flows stands in the bucket that it flows into. A
lane for each flow runs down on the left, the first one innermost, so that no lane crosses another's arrow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from crossaccess.report.page import cards, frames
from crossaccess.report.page.rows import owners, requesters, shelves_of
from crossaccess.report.page.scene import Scene
from crossaccess.report.page.shapes import Card, Drawing, Frame, Line, Rect

WIDTH: Final = 360
_EDGE: Final = 4
_LANE: Final = 8
_GAP: Final = 12
_PAD: Final = 10
_BETWEEN: Final = 20
_HEAD: Final = frames.HEAD
_CORNER: Final = 5


@dataclass(slots=True, kw_only=True)
class _Laid:
    """What has its place so far; `left` is where frames begin, right of the lanes."""

    left: int
    frames: list[Frame] = field(default_factory=list)
    actors: dict[int, Card] = field(default_factory=dict)
    flows: dict[int, Card] = field(default_factory=dict)
    others: list[Card] = field(default_factory=list)
    links: list[Line] = field(default_factory=list)

    def inside(self, depth: int) -> tuple[int, int]:
        """Where what stands in so many frames begins, and how wide it is."""
        x = self.left + depth * _PAD
        return x, WIDTH - _EDGE - depth * _PAD - x

    def framed(self, depth: int, top: int, bottom: int) -> Rect:
        """The place of a frame that stands in so many others."""
        x, width = self.inside(depth)
        return Rect(x=x, y=top, width=width, height=bottom - top)


def draw(scene: Scene) -> Drawing:
    """The scene, laid out for a narrow window."""
    rows = tuple(
        flow for account in owners(scene) for shelf in shelves_of(scene, account) for flow in shelf.flows
    )
    laid = _Laid(left=_EDGE + _LANE * (len(rows) + 1))
    below = _EDGE
    for account, actors in requesters(scene, rows):
        below = _lay_requester(scene, account, actors, below, laid) + _BETWEEN
    for account in owners(scene):
        below = _lay_owner(scene, account, below, laid) + _BETWEEN
    if scene.left_out:
        x, width = laid.inside(0)
        laid.others.append(cards.of_rest(scene.left_out).at(x, below, width))
        below = laid.others[-1].place.bottom + _BETWEEN
    lanes = {flow: laid.left - _LANE * (index + 1) for index, flow in enumerate(rows)}
    lines, dots = _lanes(scene, laid, lanes)
    return Drawing(
        width=WIDTH,
        height=max(below - _BETWEEN, _HEAD) + _EDGE,
        frames=tuple(laid.frames),
        cards=(*laid.actors.values(), *laid.flows.values(), *laid.others),
        lines=(*lines, *laid.links),
        dots=dots,
    )


def _lay_requester(scene: Scene, account: int, actors: tuple[int, ...], top: int, laid: _Laid) -> int:
    """An account with its principals; where it ends."""
    below = top + _HEAD
    x, width = laid.inside(1)
    for actor in actors:
        laid.actors[actor] = cards.of_actor(scene.actors[actor]).at(x, below, width)
        below = laid.actors[actor].place.bottom + _GAP
    place = laid.framed(0, top, below)
    laid.frames.append(frames.of_account(scene.accounts[account], place, owner=False))
    return below


def _lay_owner(scene: Scene, account: int, top: int, laid: _Laid) -> int:
    """An account with its buckets, what flows into each, and their keys; where it ends."""
    below = top + _HEAD
    number = len(laid.frames)
    for shelf in shelves_of(scene, account):
        store, begun = scene.stores[shelf.store], below
        below += _HEAD
        for flow in shelf.flows:
            x, width = laid.inside(2)
            laid.flows[flow] = cards.of_flow_alone(scene.flows[flow]).at(x, below, width)
            below = laid.flows[flow].place.bottom + _GAP
        place = laid.framed(1, begun, below)
        laid.frames.append(frames.of_store(store, place))
        below += _GAP
        if store.key is not None:
            x, width = laid.inside(1)
            key = cards.of_key(store.key).at(x, below + _GAP, width)
            laid.others.append(key)
            start, end = (x + 28, place.bottom), (x + 28, key.place.y)
            path = f"M{start[0]},{start[1]}V{end[1]}"
            laid.links.append(Line(path=path, start=start, end=end, tone="key", heading="down"))
            below = key.place.bottom + _GAP
    place = laid.framed(0, top, below)
    laid.frames.insert(number, frames.of_account(scene.accounts[account], place, owner=True))
    return below


def _lanes(
    scene: Scene, laid: _Laid, lanes: Mapping[int, int]
) -> tuple[tuple[Line, ...], tuple[tuple[int, int], ...]]:
    """From each principal to each of its flows; and where the second and further ones come into a lane."""
    lines: list[Line] = []
    dots: list[tuple[int, int]] = []
    for actor, card in laid.actors.items():
        of = [flow for flow in lanes if actor in scene.flows[flow].actors]
        for flow, y in zip(of, _stubs(card.place, len(of)), strict=True):
            what = laid.flows[flow]
            start, end = (card.place.x, y), (what.place.x, what.place.middle)
            path = _around(start, lanes[flow], end)
            lines.append(Line(path=path, start=start, end=end, tone=what.tone, standing=what.standing))
            if any(line.end == end for line in lines[:-1]):
                dots.append((lanes[flow], y))
    return tuple(lines), tuple(dots)


def _stubs(place: Rect, number: int) -> Iterator[int]:
    """How far down the lines of a card begin, so that none covers another."""
    step = min(_LANE, (place.height - 2 * _PAD) // max(number - 1, 1))
    for index in range(number):
        yield place.middle + step * index - step * (number - 1) // 2


def _around(start: tuple[int, int], lane: int, end: tuple[int, int]) -> str:
    """From the left edge of a card out to a lane, down, and into the left edge of another."""
    (x, y), (to, below), bend = start, end, _CORNER
    out = f"M{x},{y}H{lane + bend}Q{lane},{y} {lane},{y + bend}"
    return f"{out}V{below - bend}Q{lane},{below} {lane + bend},{below}H{to}"
