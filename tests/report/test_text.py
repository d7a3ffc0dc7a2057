"""A comparison on a terminal, and where there is none."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from crossaccess.compare.change import Change, Comparison
from crossaccess.report.diff.formats import Options, render
from tests.support.comparisons import EFFECTIVE_GAIN, EVERY_KIND, LOSS, NOTHING, REWRITE_ONLY, UNKNOWN

_ROOT = Path(__file__).parents[2]
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Stream(io.TextIOWrapper):
    """A stream that is a terminal or is not, with an encoding."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        """Whether it claims to be a terminal."""
        return self._terminal


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Show a comparison on a terminal with so many columns and such an environment."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    def show(comparison: Comparison, *, columns: int = 80, terminal: bool = True, **more: str) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        encoding = more.pop("encoding", "utf-8")
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        return render(comparison, "text", Options(stream=Stream(terminal=terminal, encoding=encoding)))

    return show


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_is_never_written_over_its_edge(shown: Callable[..., str], columns: int) -> None:
    """Lines break between words, and go on below the beginning of the sentence."""
    text = _ESCAPE.sub("", shown(EVERY_KIND, columns=columns))
    assert all(cell_len(line) <= columns for line in text.splitlines())
    assert " ".join(text.split()) == " ".join(render(EVERY_KIND).split())


def test_a_terminal_of_no_width_is_written_to(shown: Callable[..., str]) -> None:
    """Some programs set `COLUMNS=0` where they do not know it."""
    text = _ESCAPE.sub("", shown(EVERY_KIND, columns=0))
    assert " ".join(text.split()) == " ".join(render(EVERY_KIND).split())


def test_a_name_is_never_broken(shown: Callable[..., str]) -> None:
    """What is copied from the terminal is what stands in the policy, spaces and all."""
    long = "a very long prefix/" + "with many words in it/" * 8 + "*"
    text = _ESCAPE.sub("", shown(Comparison(changes=[replace(EFFECTIVE_GAIN, resources=[long[:119]])])))
    assert long[:119] in text


@pytest.mark.parametrize(
    ("change", "colour"),
    [(EFFECTIVE_GAIN, "32"), (LOSS, "31"), (UNKNOWN, "33")],
    ids=["gain", "loss", "unknown"],
)
def test_signs_have_colours_on_a_terminal(shown: Callable[..., str], change: Change, colour: str) -> None:
    """Green, red and yellow; without them the sign still tells."""
    comparison = replace(NOTHING, changes=[change])
    assert f"\x1b[1;{colour}m  " in shown(comparison)
    assert f";{colour}m" not in shown(comparison, NO_COLOR="1")


def test_a_pipe_gets_neither_colours_nor_line_breaks(shown: Callable[..., str]) -> None:
    """One line for each change, however narrow the terminal is from which it was started."""
    assert shown(EVERY_KIND, terminal=False, columns=40) == render(EVERY_KIND)


def test_a_pipe_that_wants_colours_gets_them_without_line_breaks(shown: Callable[..., str]) -> None:
    """The log of a workflow shows colours, and has a width of its own."""
    text = shown(EVERY_KIND, terminal=False, columns=40, FORCE_COLOR="1")
    assert "\x1b[1;32m" in text
    assert _ESCAPE.sub("", text) == render(EVERY_KIND)


def test_a_stream_that_cannot_write_a_character_gets_an_escape(shown: Callable[..., str]) -> None:
    """Our own signs have plain counterparts."""
    comparison = Comparison(changes=[replace(EFFECTIVE_GAIN, resources=["größe/*"])])
    text = shown(comparison, terminal=False, encoding="ascii")
    assert "gr\\xf6\\xdfe/*" in text
    assert " - by role account-a-role" in text
    assert text.isascii()


@pytest.mark.parametrize("comparison", [NOTHING, REWRITE_ONLY], ids=["nothing", "rewrite only"])
def test_no_change_of_access_is_one_line(comparison: Comparison) -> None:
    """A reviewer has nothing to read."""
    assert render(comparison).count("\n") == 1


@pytest.mark.parametrize(
    ("form", "unwanted"),
    [
        ("text", ("jinja2",)),
        ("markdown", ("jinja2", "rich")),
        ("json", ("jinja2", "rich")),
        ("html", ("rich",)),
    ],
)
def test_a_format_loads_nothing_that_another_needs(form: str, unwanted: tuple[str, ...]) -> None:
    """Start-up counts."""
    program = (
        "import sys\n"
        "from crossaccess.compare.change import Change, Comparison\n"
        "from crossaccess.report.diff.formats import render\n"
        f"render(Comparison(), {form!r})\n"
        f"print([name for name in {unwanted!r} if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=_ROOT
    )
    assert ran.stdout.strip() == "[]"
