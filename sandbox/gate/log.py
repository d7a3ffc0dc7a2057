"""The gate's log: a line of JSON for every call, with what was asked, what was decided, and why.

It holds no secrets and no bodies.
"""

import datetime as dt
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.gate.authorize import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line. `error` is the code and the message of a refusal of the gate's own."""

    time: dt.datetime
    caller: str
    call: str
    rulings: Sequence[Ruling]
    status: int
    error: str | None


class GateLog:
    """Appends to one file, from any thread."""

    def __init__(self, path: Path) -> None:
        """Write to `path`, which is made if it is not there."""
        self._path = path
        self._lock = threading.Lock()
        path.touch()

    def write(self, entry: Entry) -> None:
        """Write a line."""
        line = {
            "time": f"{entry.time:%Y-%m-%dT%H:%M:%SZ}",
            "caller": entry.caller,
            "call": entry.call,
            "needs": [
                {
                    "action": ruling.need.action,
                    "resource": ruling.need.resource,
                    "decision": ruling.decision.value,
                    "reasons": list(ruling.reasons),
                }
                for ruling in entry.rulings
            ],
            "status": entry.status,
            "error": entry.error,
        }
        text = json.dumps(line, ensure_ascii=False)
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
