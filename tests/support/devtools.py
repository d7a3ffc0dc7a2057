"""A page in headless Chromium, driven as a person would: keys are pressed, windows resized, paper printed.

Chromium is spoken to by its DevTools protocol, over a pipe, so that nothing listens on any port.
"""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from tests.support.browser import find

_TIME_LIMIT = 60
"""How many seconds it may take to end."""
_LIFE = 900
"""After how many seconds a browser that hangs is ended, so that no test waits for it for ever."""
_KEYS = {
    "Tab": {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Space": {"key": " ", "code": "Space", "windowsVirtualKeyCode": 32, "text": " "},
    "ArrowDown": {"key": "ArrowDown", "code": "ArrowDown", "windowsVirtualKeyCode": 40},
}
_SHIFT = 8
# Chromium takes what it is told from descriptor 3, and answers to 4.
_AS_3_AND_4 = """
import fcntl, os, sys
given = [fcntl.fcntl(int(one), fcntl.F_DUPFD, 10) for one in sys.argv[1:3]]
for wanted, one in zip((3, 4), given):
    os.dup2(one, wanted)
    os.close(one)
os.execv(sys.argv[3], sys.argv[3:])
"""


@dataclass(kw_only=True)
class Page:
    """A page that is open."""

    pipe_in: BinaryIO
    pipe_out: BinaryIO
    session: str = ""
    number: int = 0
    asked: dict[str, str] = field(default_factory=dict)
    """The addresses that were asked for since the page was opened, by the number of the request."""
    file: Path = Path()
    faults: list[str] = field(default_factory=list)
    """What the browser complained about: refused by the page's policy, or thrown by a script."""

    def open(self, html: str, file: Path) -> None:
        """Open a page that stands in a file."""
        file.write_text(html, encoding="utf-8")
        self.asked.clear()
        self.faults.clear()
        self.call("Page.navigate", {"url": file.as_uri()})
        self._until("Page.loadEventFired")
        self.file = file

    @property
    def requests(self) -> list[str]:
        """The addresses that the page has asked for, but for its own file."""
        return [one for one in self.asked.values() if one != self.file.as_uri()]

    def resize(self, width: int, height: int = 1000, *, dark: bool = False, paper: bool = False) -> None:
        """Give the window a size, a scheme, and a medium."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        media = {"media": "print" if paper else "screen", "features": [scheme]}
        self.call("Emulation.setEmulatedMedia", media)

    def run(self, script: str) -> Any:  # Any: what the script gives, as JSON
        """Run a script in the page, as an expression that may be a promise."""
        told = self.call(
            "Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True}
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys one after the other; `Shift+` may stand before a key's name."""
        for said in keys:
            _, shift, name = said.rpartition("Shift+")
            key = {**_KEYS[name], "modifiers": _SHIFT if shift else 0}
            self.call("Input.dispatchKeyEvent", {"type": "keyDown", **key})
            self.call("Input.dispatchKeyEvent", {"type": "keyUp", **key})

    def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        for one in text:
            self.call("Input.dispatchKeyEvent", {"type": "char", "text": one})

    def screenshot(self, file: Path, height: int) -> None:
        """Take a picture of the upper part of the page."""
        width = self.run("innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        told = self.call("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
        file.write_bytes(base64.b64decode(told["data"]))

    def paper(self) -> bytes:
        """The page as PDF."""
        self.call("Emulation.setEmulatedMedia", {"media": "print", "features": []})
        told = self.call("Page.printToPDF", {"printBackground": False, "preferCSSPageSize": True})
        return base64.b64decode(told["data"])

    def call(self, method: str, values: Mapping[str, object]) -> Any:  # Any: JSON
        """Ask the browser for something; what it answers."""
        self.number += 1
        said: dict[str, object] = {"id": self.number, "method": method, "params": values}
        if self.session:
            said["sessionId"] = self.session
        self.pipe_in.write(json.dumps(said).encode() + b"\0")
        self.pipe_in.flush()
        number = self.number
        while True:
            heard = self._hear()
            if heard.get("id") == number:
                assert "error" not in heard, (method, heard["error"])
                return heard["result"]

    def _until(self, event: str) -> None:
        while self._hear().get("method") != event:
            pass

    def _hear(self) -> Mapping[str, Any]:  # Any: JSON
        raw = bytearray()
        while (one := self.pipe_out.read(1)) != b"\0":
            assert one, "the browser has gone"
            raw += one
        heard: Mapping[str, Any] = json.loads(raw)  # Any: JSON
        told = heard.get("params", {})
        if heard.get("method") == "Network.requestWillBeSent":
            self.asked[told["requestId"]] = told["request"]["url"]
        elif heard.get("method") == "Network.loadingFailed" and told.get("blockedReason") == "csp":
            # The page's policy refused it before it was sent.
            del self.asked[told["requestId"]]
        elif heard.get("method") == "Log.entryAdded":
            self.faults.append(told["entry"]["text"])
        elif heard.get("method") == "Runtime.exceptionThrown":
            self.faults.append(told["exceptionDetails"]["text"])
        return heard


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A browser with one page; it ends with the block."""
    to_browser, ours = os.pipe()
    theirs, from_browser = os.pipe()
    arguments = [
        find(),
        "--headless",
        "--remote-debugging-pipe",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        # Nothing outside of this machine is asked for.
        "--host-resolver-rules=MAP * ~NOTFOUND",
        # In a container Chromium cannot make a sandbox of its own as root; what it opens is ours.
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        f"--user-data-dir={folder / 'profile'}",
        "about:blank",
    ]
    with (
        os.fdopen(ours, "wb") as pipe_in,
        os.fdopen(theirs, "rb") as pipe_out,
        subprocess.Popen(
            [sys.executable, "-c", _AS_3_AND_4, str(to_browser), str(from_browser), *arguments],
            pass_fds=(to_browser, from_browser),
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        os.close(to_browser)
        os.close(from_browser)
        clock = threading.Timer(_LIFE, process.kill)
        clock.start()
        try:
            page = Page(pipe_in=pipe_in, pipe_out=pipe_out)
            target = page.call("Target.createTarget", {"url": "about:blank"})["targetId"]
            attached = page.call("Target.attachToTarget", {"targetId": target, "flatten": True})
            page.session = attached["sessionId"]
            for room in ("Page", "Network", "Log", "Runtime"):
                page.call(f"{room}.enable", {})
            yield page
            page.session = ""
            page.call("Browser.close", {})
            process.wait(_TIME_LIMIT)
        finally:
            clock.cancel()
            process.kill()
