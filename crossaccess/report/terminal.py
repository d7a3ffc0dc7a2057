"""Sentences on a terminal: coloured and wrapped where there is one, plain and unwrapped where there is none.

`rich` decides whether a stream is a terminal, how wide it is and which colours it has (`NO_COLOR`,
`FORCE_COLOR`, `TERM` and `COLUMNS` are heeded). Wrapping is ours: a line breaks between words only, never
inside of a name, so that what is copied from the terminal is what stands in the policy.
"""

from collections.abc import Iterable, Iterator
from typing import TextIO, TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.control import strip_control_codes
from rich.text import Text

from crossaccess.report.sentence import Kind, Sentence

Chunk: TypeAlias = tuple[tuple[str, str], ...]
"""What a line may not break: texts with their styles."""

_STYLES = {Kind.WORDS: "", Kind.STRONG: "bold", Kind.NAME: "", Kind.PHRASE: ""}
_USUAL = 80
# For streams that cannot write them.
_PLAIN_SIGNS = str.maketrans({"—": "-", "…": "..."})


class Screen:
    """Collects what a stream is to be sent, as that stream can show it; without one, as plain text."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False) if stream else None
        if self._console is not None and self._console.width < 1:
            # `COLUMNS=0` says that nobody knows; without a width nothing at all would be shown.
            self._console.width = _USUAL
        # A pipe may have been given colours by force; nobody can say how wide what reads it is.
        self._wraps = stream is not None and stream.isatty()
        self._styled = self._console is not None and self._console.color_system is not None
        self._lines: list[Text | str] = []

    @property
    def width(self) -> int | None:
        """How many columns there are; `None` where nobody looks at columns."""
        return self._console.width if self._console and self._wraps else None

    def add(
        self, sentence: Sentence, *, lead: str = "", colour: str = "", style: str = "", indent: int = 0
    ) -> None:
        """Add a sentence in a style, led by a coloured sign; further lines begin where the sentence does."""
        start = " " * indent + (f"{lead} " if lead else "")
        plain = None if self._styled or self.width is not None else _in_one(sentence)
        if plain is not None:
            self._lines.append(start + plain)
            return
        room = None if self.width is None else self.width - len(start)
        for index, line in enumerate(_filled(_chunks(sentence), room)):
            parts = [part for chunk in line for part in chunk]
            if not self._styled:
                led = " " * len(start) if index else start
                self._lines.append(led + "".join(text for text, _ in parts))
                continue
            body = Text.assemble(*parts, style=style)
            self._lines.append(Text.assemble(" " * len(start) if index else (start, colour), body))

    def add_line(self, text: str, style: str = "") -> None:
        """Add a line of our own words, or an empty one."""
        self._lines.append(Text(text, style=style) if self._styled else text)

    def shown(self) -> str:
        """All lines, with the stream's colours, and without characters that it cannot write."""
        if self._console is None or not self._styled:
            plain = strip_control_codes("".join(f"{line}\n" for line in self._lines))
            return plain if self._console is None else _writable(plain, self._console.encoding)
        with self._console.capture() as captured:
            for line in self._lines:
                self._console.print(line, soft_wrap=True)
        return _writable(captured.get(), self._console.encoding)


def _in_one(sentence: Sentence) -> str | None:
    """The sentence as one line; `None` where its spaces are more than what stands between words."""
    text = "".join(piece.text for piece in sentence)
    return None if not text or "  " in text or text != text.strip(" ") else text


def _chunks(sentence: Sentence) -> Iterator[Chunk]:
    """Take a sentence apart where a line may break: at the spaces of everything but names."""
    chunk: list[tuple[str, str]] = []
    for piece in sentence:
        parts = [piece.text] if piece.kind is Kind.NAME else piece.text.split(" ")
        for index, part in enumerate(parts):
            if index and chunk:
                yield tuple(chunk)
                chunk = []
            if part:
                chunk.append((part, _STYLES[piece.kind]))
    if chunk:
        yield tuple(chunk)


def _filled(chunks: Iterable[Chunk], room: int | None) -> Iterator[list[Chunk]]:
    """Lines of chunks with spaces between them; a chunk that is wider than a line has one of its own."""
    line: list[Chunk] = []
    used = 0
    for chunk in chunks:
        width = 0 if room is None else sum(cell_len(text) for text, _ in chunk)
        if line and room is not None and used + 1 + width > room:
            yield line
            line, used = [], 0
        if line:
            line.append(((" ", ""),))
            used += 1
        line.append(chunk)
        used += width
    if line:
        yield line


def _writable(text: str, encoding: str) -> str:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN_SIGNS).encode(encoding, "backslashreplace").decode(encoding)
    return text
