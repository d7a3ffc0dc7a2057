"""Golden files: what a report looks like, kept beside the tests.

`UPDATE_GOLDEN=1 make test-fast` (or the same with `pytest tests/report`) writes them anew; read the change
before it is committed. Without it, and in CI always, a difference fails.
"""

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "report" / "golden"
_RENEW = "UPDATE_GOLDEN"


def check_golden(name: str, text: str, *, folder: Path = FOLDER) -> None:
    """Compare a text with the golden file of that name, or write the file where that was asked for."""
    path = folder / name
    if os.environ.get(_RENEW) == "1" and not os.environ.get("CI"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.is_file(), f"{path} is missing: {_RENEW}=1 writes it"
    expected = path.read_bytes().decode("utf-8")
    assert text == expected, f"{path.name} differs: look at it, then {_RENEW}=1 writes it anew"
