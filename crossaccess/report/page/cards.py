"""What stands on the cards of the drawing, and how high they are for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from crossaccess.policy.principal import PrincipalKind
from crossaccess.report.page.fitting import NAME, PHRASE, fit_list
from crossaccess.report.page.scene import Actor, Flow, Road, Role, Standing
from crossaccess.report.page.shapes import Card, Rect, Text
from crossaccess.report.safe import shorten

Lines: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Each line as its tone, and the texts that are listed on it."""
_ICONS: Final = {
    PrincipalKind.USER: "user",
    PrincipalKind.ROLE: "role",
    PrincipalKind.GROUP: "people",
    PrincipalKind.PERMISSION_SET: "people",
    PrincipalKind.ACCOUNT: "people",
    PrincipalKind.ORGANIZATION: "people",
    PrincipalKind.UNIT: "people",
}
_ROADS: Final = {Road.POLICY: "by the bucket policy", Road.ROLE: "by assuming a role"}
_MARKS: Final = {Standing.OPEN: "! ", Standing.SHUT: "\N{MULTIPLICATION X} ", Standing.UNKNOWN: "? "}
_TITLE_MOST: Final = 300
_EMS: Final = {"name": 13 * NAME, "note": 11.5 * PHRASE, "what": 12.5 * PHRASE, "bad": 12 * PHRASE}
_STEPS: Final = {"name": 19, "note": 17, "what": 18, "bad": 17}
_ICON_ROOM: Final = 34
_EDGE: Final = 10
_HEAD: Final = 8
_ASKS: Final = 3
"""How many conditions are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What stands on a card."""

    icon: str
    tone: str
    title: str
    lines: Lines
    standing: str = ""

    @property
    def height(self) -> int:
        """How high a card is for it."""
        return 2 * _HEAD + sum(_STEPS[tone] for tone, _ in self.lines)

    def at(self, x: int, y: int, width: int) -> Card:
        """The card at a place, its texts cut to its width."""
        texts: list[Text] = []
        room = width - _ICON_ROOM - _EDGE
        below = y + _HEAD
        for tone, listed in self.lines:
            below += _STEPS[tone]
            text = fit_list(listed, int(room / _EMS[tone]))
            texts.append(Text(x=x + _ICON_ROOM, y=below - 5, text=text, tone=tone))
        return Card(
            place=Rect(x=x, y=y, width=width, height=self.height),
            icon=self.icon,
            tone=self.tone,
            title=self.title,
            texts=tuple(texts),
            standing=self.standing,
        )


def of_actor(actor: Actor) -> Content:
    """A principal, or all those for whom there is no room."""
    if actor.more:
        told = f"and {actor.more:,} more"
        rest: Lines = (("name", (told,)), ("note", ("all of them are in the matrix",)))
        return Content(icon="people", tone="more", title=told, lines=rest)
    kind, _, name = actor.label.partition("/")
    path, _, last = name.rpartition("/")
    note = f"{kind.replace('-', ' ')}{f' in /{path}/' if path else ''}"
    lines: Lines = (("name", (last,)), ("note", (note,)))
    if not name:
        # A whole account or an organization is all kind and no name.
        lines = (("name", (actor.label,)),)
    icon = "people" if actor.kind is None else _ICONS.get(actor.kind, "people")
    return Content(icon=icon, tone="actor", title=_whole(actor.label), lines=lines)


def of_role(role: Role) -> Content:
    """A role through which something flows."""
    name = role.label.rpartition("/")[2]
    lines = (("name", (name,)), ("note", ("role",)))
    return Content(icon="role", tone="role", title=_whole(role.label), lines=lines)


def of_key(name: str) -> Content:
    """A KMS key."""
    lines = (("name", (name,)), ("note", ("KMS key of the bucket",)))
    return Content(icon="key", tone="key", title=_whole(name), lines=lines)


def of_shelf(flow: Flow) -> Content:
    """Where in the bucket it flows to: the prefixes, all of its objects, or the bucket itself."""
    title = f"{_few(flow.where)}" if flow.where else _nowhere(flow)
    lines = (("name", flow.where),) if flow.where else (("what", (title,)),)
    return Content(icon="prefix", tone="shelf", title=title, lines=lines)


def of_flow(flow: Flow) -> Content:
    """What flows: by which grant and way, what of it, and on which conditions."""
    return _of_flow(flow, (), _ROADS[flow.road] if flow.role is not None else _way(flow))


def of_flow_alone(flow: Flow) -> Content:
    """What flows where neither its role nor its place in the bucket has a card of its own."""
    first, *rest = flow.where or (_nowhere(flow),)
    return _of_flow(flow, (("what", (f"in {first}", *rest)),), _way(flow))


def _way(flow: Flow) -> str:
    return _ROADS[flow.road] if flow.through is None else f"by assuming {flow.through.rpartition('/')[2]}"


def _of_flow(flow: Flow, where: Lines, way: str) -> Content:
    names = flow.grants or ("by no grant",)
    told = flow.asks if len(flow.asks) <= _ASKS else flow.asks[: _ASKS - 1]
    lines = [("name" if flow.grants else "bad", names), ("what", flow.what), *where]
    lines += [("note", (ask,)) for ask in told]
    if len(flow.asks) > len(told):
        lines.append(("note", (f"and {len(flow.asks) - len(told)} more conditions",)))
    lines.append(("note", (way,)))
    if flow.note is not None:
        lines.append(("bad", (f"{_MARKS[flow.standing]}{flow.note}",)))
    return Content(
        icon=str(flow.road.value),
        tone=f"flow-{flow.road.value}",
        title=_whole(f"{_few(names)}: {_few(flow.what)} in {_few(flow.where or (_nowhere(flow),))}"),
        lines=tuple(lines),
        standing=flow.standing.value if flow.grants else f"stray {flow.standing.value}",
    )


def of_rest(left_out: int) -> Content:
    """The flows for which there is no room."""
    told = f"and {left_out:,} more"
    lines = (("name", (told,)), ("note", ("all of them are in the matrix",)))
    return Content(icon="more", tone="more", title=told, lines=lines)


def _whole(text: str) -> str:
    return shorten(text, _TITLE_MOST)


def _few(texts: Sequence[str]) -> str:
    return fit_list(texts, _TITLE_MOST)


def _nowhere(flow: Flow) -> str:
    return "the bucket itself" if flow.where is None else "the whole bucket"
