"""The pages under `docs/how-to`, read as what they tell a person to do, and done as written.

What counts are the fenced blocks, in their order. A `yaml` block is a whole stack file, a `python` block
a whole file of tests, a `diff` block a change of one; the first line is a comment that begins with the
file's name. A `console` block has commands, each after `$`, and all that they print; they succeed, or, in
a `console refused` block, fail. A line `…` stands for any lines, `…` in a line for any text. A `sh` block
is for real accounts only. A block of another kind is a fault.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = "…"
_FENCE = re.compile(
    r"^```(?P<kind>[a-z]*)(?: (?P<more>[a-z ]+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_FILE = re.compile(r"# (?P<name>Pulumi\.[a-z-]+\.yaml|test_[a-z_]+\.py)\b.*")
_SHOWN_ONLY = "sh"
WITHOUT_SANDBOX = frozenset({"test-your-own-grants.md"})
"""The pages that need no accounts, not even those of the sandbox."""


class PageError(Exception):
    """A page that cannot be followed: what is wrong, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeFile:
    """A stack file to write."""

    name: str
    text: str

    def write(self, folder: Path) -> None:
        """Write the file."""
        (folder / self.name).write_text(self.text, encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """Lines of a stack file to put in the place of others."""

    name: str
    old: str
    new: str

    def write(self, folder: Path) -> None:
        """Change the file. Raises `PageError` where the old lines are not there, or not only once."""
        path = folder / self.name
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise PageError(f"{self.name} has not once, but {text.count(self.old)} times:\n{self.old}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command to type, and what it prints."""

    text: str
    shown: tuple[str, ...]
    refused: bool

    def check(self, status: int, printed: str) -> None:
        """Raise `PageError` where the command ended otherwise than the page says, or printed otherwise."""
        what = f"$ {self.text}\n{printed}"
        if self.refused == (status == 0):
            raise PageError(
                f"This was to {'be refused' if self.refused else 'succeed'}, status {status}:\n{what}"
            )
        # A line that was written over is shown as a terminal shows it in the end.
        lines = [line.rstrip("\r").rpartition("\r")[2].rstrip() for line in printed.split("\n")]
        if not shows(self.shown, [line for line in lines if line]):
            raise PageError("\n".join(("The page shows:", *self.shown, "and what was printed is:", what)))


Step = WholeFile | ChangedFile | Command


def read_page(text: str) -> tuple[Step, ...]:
    """Read what a page tells to do. Raises `PageError` for a block that nobody could follow."""
    fences = len(re.findall(r"^ *```", text, re.MULTILINE))
    blocks = list(_FENCE.finditer(text))
    if 2 * len(blocks) != fences:
        raise PageError(f"{fences} fences make {len(blocks)} blocks: one is not closed, or is indented.")
    return tuple(step for block in blocks for step in _steps(block["kind"], block["more"], block["body"]))


def _steps(kind: str, more: str | None, body: str) -> Iterator[Step]:
    if kind == "console" and more in (None, "refused"):
        yield from _commands(body, refused=more == "refused")
    elif kind in ("yaml", "python") and more is None:
        yield WholeFile(name=_file(body), text=body)
    elif kind == "diff" and more is None:
        name, (_, *lines) = _file(body), body.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if not line.startswith("+"))
        new = "".join(line[1:] for line in lines if not line.startswith("-"))
        yield ChangedFile(name=name, old=old, new=new)
    elif kind != _SHOWN_ONLY or more is not None:
        raise PageError(f"A block of the kind {kind!r} ({more!r}) is none that can be followed:\n{body}")


def _file(body: str) -> str:
    first = _FILE.fullmatch(body.split("\n", 1)[0])
    if first is None:
        raise PageError(f"The first line has to say the stack file, as in '# Pulumi.NAME.yaml':\n{body}")
    return first["name"]


def _commands(body: str, *, refused: bool) -> Iterator[Command]:
    before, *parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    if before or not parts:
        raise PageError(f"A console block begins with a command after '$ ':\n{body}")
    for part in parts:
        command, _, shown = re.sub(r"\\\n *", "", part).partition("\n")
        lines = (line.rstrip() for line in shown.splitlines())
        yield Command(text=command, shown=tuple(line for line in lines if line), refused=refused)


def shows(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the shown lines are the printed ones, but for what is left out. Blank lines do not count."""
    chunks: list[list[str]] = [[]]
    for line in shown:
        if line.strip() == LEFT_OUT:
            chunks.append([])
        else:
            chunks[-1].append(line)
    first, *others = chunks
    if not others:
        return _alike(first, printed)
    if not _alike(first, printed[: len(first)]):
        return False
    place = len(first)
    *middle, last = others
    for chunk in middle:
        ends = range(place + len(chunk), len(printed) + 1)
        found = next((end for end in ends if _alike(chunk, printed[end - len(chunk) : end])), None)
        if found is None:
            return False
        place = found
    return len(printed) - len(last) >= place and _alike(last, printed[len(printed) - len(last) :])


def _alike(shown: Sequence[str], printed: Sequence[str]) -> bool:
    return len(shown) == len(printed) and all(
        re.fullmatch(".*".join(map(re.escape, line.split(LEFT_OUT))), other)
        for line, other in zip(shown, printed, strict=True)
    )
