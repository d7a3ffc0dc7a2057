"""A page as headless Chromium sees it.

The page is put into a frame of a page of ours, whose script then measures it; the browser writes out what the
script found. The page's own scripts, if it had any, would run as they would on their own.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_TIME_LIMIT = 120
_MEASURE = Path(__file__).with_name("measure.js")
_FOUND = re.compile(r'<pre id="found">(.*?)</pre>', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the browser found."""

    title: str
    elements: dict[str, int]
    """How many there are of each element."""
    text: str
    overflow: int
    """By how many pixels the page is wider than its window."""
    refused: list[str]
    """What the page's own policy refused."""
    pale: list[str]
    """Texts whose contrast with their ground is below 4.5 (WCAG 2.2, 1.4.3)."""
    unnamed: list[str]
    """Elements that can be focused and that a screen reader has no name for."""
    closed: int
    """How many of the page's details did not open when their summary was activated."""
    grounds: str
    """The colour of the page."""


def look(page: str, folder: Path, *, width: int, dark: bool = False) -> Seen:
    """Open a page in a window of that width, in a scheme, and measure it."""
    script = _MEASURE.read_text(encoding="utf-8")
    # Within a script element only `<` could end the data.
    data = json.dumps({"page": page, "width": width}).replace("<", "\\u003c")
    harness = folder / "harness.html"
    harness.write_text(
        '<!DOCTYPE html><meta charset="utf-8"><title>harness</title><body>'
        f'<script id="given" type="application/json">{data}</script><script>{script}</script>',
        encoding="utf-8",
    )
    ran = subprocess.run(
        [
            find(),
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            # Nothing outside of this machine is asked for.
            "--host-resolver-rules=MAP * ~NOTFOUND",
            # In a container Chromium cannot make a sandbox of its own as root; what it opens is ours.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            f"--user-data-dir={folder / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            f"--window-size={width + 100},1200",
            "--virtual-time-budget=20000",
            "--dump-dom",
            harness.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=_TIME_LIMIT,
        check=True,
    )
    found = _FOUND.search(ran.stdout)
    assert found, f"the browser measured nothing: {ran.stdout[-500:]} {ran.stderr[-2000:]}"
    return Seen(**json.loads(unescape(found[1])))


def find() -> str:
    """The Chromium of this machine. There has to be one: a test that nobody runs proves nothing."""
    ran = subprocess.run([_ROOT / ".ci" / "browser", "--find"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()
