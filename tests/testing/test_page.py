"""The page "Test your own grants" does what it says."""

import os
import sys
from pathlib import Path

from sandbox.process import run
from tests.support.pages import WITHOUT_SANDBOX, Command, read_page

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to"


def test_the_page_can_be_followed_as_it_is_written(tmp_path: Path) -> None:
    """In a folder with the program, by a pytest that knows nothing of this project's own settings."""
    for name in ("__main__.py", "Pulumi.yaml", "components", "crossaccess"):
        (tmp_path / name).symlink_to(ROOT / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    (page,) = WITHOUT_SANDBOX
    steps = read_page((HOW_TO / page).read_text(encoding="utf-8"))
    assert any(isinstance(step, Command) for step in steps)
    for step in steps:
        if not isinstance(step, Command):
            step.write(tmp_path)
            continue
        ended = run(["bash", "-c", f"exec 2>&1\n{step.text}"], env=environment, cwd=tmp_path, timeout=120)
        step.check(ended.status, ended.text)
