"""Foreign text cut to a width, as far as that can be told without the fonts of who looks at it.

A letter of a monospaced font is 0.6 em wide in nearly every one of them, and one of a writing that takes two
columns at most twice that (Unicode, "East Asian Width"); those of other fonts are narrower on average. What
is wider all the same is clipped by its card.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

from crossaccess.report.safe import shorten

NAME, PHRASE = 0.62, 0.57
"""How wide a letter is, in em: of a name, which is monospaced, and of a phrase."""
_CUT: Final = "…"
# Of a long text only its ends are looked at.
_LOOKED_AT: Final = 400


def fit(text: str, columns: int) -> str:
    """The visible text, its middle left out where it has more columns."""
    most = max(columns, 3)
    shown = shorten(text, _LOOKED_AT)
    if _columns(shown) <= most:
        return shown
    tail = (most - 1) // 3
    return f"{_begin(shown, most - 1 - tail)}{_CUT}{_begin(shown[::-1], tail)[::-1]}"


def fit_list(texts: Sequence[str], columns: int) -> str:
    """As many of the texts as there is room for, the first one always, and how many more there are."""
    if not texts:
        return ""
    if len(texts) == 1:
        return fit(texts[0], columns)
    # Each takes a column and what stands between.
    for number in range(min(len(texts), columns // 3), 0, -1):
        listed = f"{', '.join(shorten(text, _LOOKED_AT) for text in texts[:number])}{_more(texts, number)}"
        if _columns(listed) <= columns:
            return listed
    more = _more(texts, 1)
    return f"{fit(texts[0], columns - len(more))}{more}"


def _more(texts: Sequence[str], told: int) -> str:
    return f" +{len(texts) - told:,}" if len(texts) > told else ""


def _begin(text: str, columns: int) -> str:
    """The beginning of a text that takes so many columns at the most."""
    used = 0
    for index, one in enumerate(text):
        used += _width(one)
        if used > columns:
            return text[:index]
    return text


def _columns(text: str) -> int:
    return sum(_width(one) for one in text)


def _width(one: str) -> int:
    return 2 if unicodedata.east_asian_width(one) in "WF" else 1
