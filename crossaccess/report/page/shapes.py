"""Shapes of a drawing, in its own units, which are pixels where the window is wide enough."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of text; `tone` is how it looks: `name`, `what`, `note`, `bad`."""

    x: int
    y: int
    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A place."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> int:
        """Halfway down."""
        return self.y + self.height // 2

    def holds(self, other: "Rect") -> bool:
        """Whether the other one is inside of it, its edges included."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def meets(self, other: "Rect") -> bool:
        """Whether they have a point in common, of their edges too."""
        return (
            self.x <= other.right
            and other.x <= self.right
            and self.y <= other.bottom
            and other.y <= self.bottom
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A thing: a principal, a role, a prefix, a key, or what flows.

    `icon` and `tone` are names of the template's. `title` is more of what the texts may have shortened, and
    `standing` that of a flow, with `stray` where no grant mentions it.
    """

    place: Rect
    icon: str
    tone: str
    title: str
    texts: tuple[Text, ...]
    standing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """An account or a bucket: it holds cards, and what it is stands at its top."""

    place: Rect
    icon: str
    tone: str
    title: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as the data of an SVG path, from `start` to `end`; `tone` and `standing` as those of a card.

    `heading` is where its arrow points: `right`, `left` or `down`; empty where it has none.
    """

    path: str
    start: tuple[int, int]
    end: tuple[int, int]
    tone: str
    standing: str = ""
    heading: str = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole picture; `dots` are where lines meet that would else look as if they crossed."""

    width: int
    height: int
    frames: tuple[Frame, ...]
    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    dots: tuple[tuple[int, int], ...] = ()
