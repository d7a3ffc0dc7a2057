"""`python -m bench [NAME ...]`: measure all of it, or what is named (see `_MEASURES`), and print it."""

import signal
import sys
from collections.abc import Callable, Iterable, Mapping

from rich.console import Console
from rich.table import Table

from bench import decisions, startup
from bench.commands import commands
from bench.errors import BenchError
from bench.measure import Measured
from bench.previews import previews
from bench.prove import proofs
from bench.questions import questions

_MEASURES: Mapping[str, Callable[[], Iterable[Measured]]] = {
    "decisions": lambda: (decisions.compiled(), decisions.batch()),
    "startup": lambda: (startup.command(),),
    "proofs": proofs,
    "commands": commands,
    "questions": questions,
    "previews": previews,
}
_OK = {True: "yes", False: "NO", None: "-"}
_WIDTH = 140
"""Columns where there is no terminal to ask."""


def main(names: list[str]) -> None:
    """Run the measurements of these names, or all."""
    if strange := [name for name in names if name not in _MEASURES]:
        sys.exit(f"error: {strange[0]!r} is not measured here; choose of {', '.join(_MEASURES)}")
    table = Table(title="Measured in this run", title_justify="left")
    for column in ("what", "measured", "beside", "wanted", "ok"):
        table.add_column(column)
    # Asked to end, it ends the sandbox that it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    progress = Console(stderr=True)
    try:
        for name in names or _MEASURES:
            for found in _MEASURES[name]():
                progress.print(
                    f"{found.what}: {found.value} ({found.beside})", highlight=False, soft_wrap=True
                )
                table.add_row(found.what, found.value, found.beside, found.wanted, _OK[found.ok])
    except BenchError as fault:
        sys.exit(f"error: {fault}")
    Console(width=None if sys.stdout.isatty() else _WIDTH).print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
