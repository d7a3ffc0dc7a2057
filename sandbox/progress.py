"""A line for every step that takes a while, with the time that it took.

On a terminal the running step has a spinner and a clock; elsewhere (a log, a pipe) a step that lasts says so
at once and again from time to time, so that nobody has to wonder whether it still runs.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

FIRST_WORD_AFTER = 1.5
"""Seconds after which a step that still runs is announced in a log."""
NEXT_WORD_AFTER = 30.0
"""Seconds between the words that say that it still runs."""


class Progress:
    """Tells the steps of a longer run on one console (standard error unless told otherwise)."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Tell that `text` runs, and when it is over how it ended and how long it took."""
        start = time.monotonic()
        text = escape(text)
        shown = self._spinner(text) if self._console.is_terminal else self._words(text, start)
        try:
            with shown:
                yield
        except BaseException:
            self._say("[red]✗[/red]", text, start)
            raise
        self._say("[green]✓[/green]", text, start)

    def note(self, text: str) -> None:
        """Tell something that takes no time."""
        self._console.print(f"[dim]·[/dim] {escape(text)}", soft_wrap=True)

    def _say(self, mark: str, text: str, start: float) -> None:
        seconds = time.monotonic() - start
        self._console.print(f"{mark} {text} [dim]({seconds:.1f} s)[/dim]", soft_wrap=True)

    @contextmanager
    def _spinner(self, text: str) -> Iterator[None]:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Bar(*columns, console=self._console, transient=True) as bar:
            bar.add_task(text, total=None)
            yield

    @contextmanager
    def _words(self, text: str, start: float) -> Iterator[None]:
        over = threading.Event()

        def tell() -> None:
            if over.wait(FIRST_WORD_AFTER):
                return
            self._console.print(f"… {text}", soft_wrap=True)
            while not over.wait(NEXT_WORD_AFTER):
                self._say("…", f"{text}: still at it", start)

        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        try:
            yield
        finally:
            over.set()
            teller.join()
