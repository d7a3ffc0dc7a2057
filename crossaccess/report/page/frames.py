"""The frames of the drawing: accounts, and buckets inside of them."""

from typing import Final

from crossaccess.report.page.fitting import NAME, PHRASE, fit
from crossaccess.report.page.scene import Account, Store
from crossaccess.report.page.shapes import Frame, Rect, Text
from crossaccess.report.safe import shorten

HEAD: Final = 56
"""How much room the head of a frame takes."""
_TITLE_MOST: Final = 300
_ICON_ROOM: Final = 38
_NAME, _NOTE = 14 * NAME, 11.5 * PHRASE


def of_account(account: Account, place: Rect, *, owner: bool) -> Frame:
    """An account; `owner` is whether the buckets in it are told."""
    title = "Any account" if account.number is None else f"Account {account.number}"
    side = "owns the bucket" if owner else "principals"
    note = side if account.stack is None else f"{side} \N{MIDDLE DOT} stack {account.stack}"
    return _frame(place, ("account", "owner" if owner else "requester"), title, note)


def of_store(store: Store, place: Rect) -> Frame:
    """A bucket, with its prefixes inside."""
    note = "bucket" if store.region is None else f"bucket in {store.region}"
    return _frame(place, ("bucket", "store"), store.name, note)


def _frame(place: Rect, looks: tuple[str, str], title: str, note: str) -> Frame:
    icon, tone = looks
    room = place.width - _ICON_ROOM - 12
    return Frame(
        place=place,
        icon=icon,
        tone=tone,
        title=shorten(title, _TITLE_MOST),
        texts=(
            Text(x=place.x + _ICON_ROOM, y=place.y + 24, text=fit(title, int(room / _NAME)), tone="title"),
            Text(x=place.x + _ICON_ROOM, y=place.y + 42, text=fit(note, int(room / _NOTE)), tone="note"),
        ),
    )
