r"""Foreign text that may be shown: nothing in it acts on a terminal, and nothing in it stays unseen.

Names come from policies, states and other accounts. What would move the cursor, change colours, turn the
direction of writing, break a line or take no room is shown as an escape (`\n`, `\x1b`, `\u202e`), and so is
a space at either end; a backslash is shown as two. So no two texts look the same.
"""

import unicodedata

_SHORT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_MARKS = frozenset({"Mn", "Me", "Mc"})
# Characters that a font draws as nothing although Unicode counts them as letters, marks or symbols
# (Unicode, "Default_Ignorable_Code_Point", and the blank braille pattern).
_UNSEEN = frozenset(
    {
        0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0,
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    }
)  # fmt: skip
_EMPTY = '""'
_SPACE = "\\x20"


def visible(text: str) -> str:
    """The text with all that could act or hide shown as escapes; an empty one as a pair of quotes."""
    bare = text.strip(" ")
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - len(bare) - before
    if not (bare.isascii() and bare.isprintable() and "\\" not in bare):
        bare = "".join(_shown(character, first=index == 0) for index, character in enumerate(bare))
    return _SPACE * before + bare + _SPACE * after or _EMPTY


def shorten(text: str, most: int | None) -> str:
    """The visible text, its middle left out where it has more than `most` characters (`None`: never)."""
    if most is not None and len(text) > 2 * most:
        # What is in the middle of a very long text is looked at by nobody.
        tail = most // 4
        more = _more(len(text) - most)
        return f"{visible(text[:most])[: most - tail]}{more}{visible(text[-most:])[-tail:]}"
    return cut(visible(text), most)


def cut(text: str, most: int | None) -> str:
    """The text, its middle left out where it has more than `most` characters (`None`: never)."""
    if most is None or len(text) <= most:
        return text
    tail = most // 4
    return f"{text[: most - tail]}{_more(len(text) - most)}{text[-tail:]}"


def _more(number: int) -> str:
    return f"…({number:,} more)…"


def _shown(character: str, *, first: bool) -> str:
    if character == " ":
        return character
    if character in _SHORT:
        return _SHORT[character]
    category = unicodedata.category(character)
    code = ord(character)
    # A mark that begins a text would be drawn onto what stands before it.
    if category in _ESCAPED or code in _UNSEEN or (first and category in _MARKS):
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character
