"""Every page under `docs/how-to` does what it says, followed from top to bottom in one sandbox."""

import os
from pathlib import Path

import pytest

from sandbox.process import run
from sandbox.running import Sandbox
from tests.support.pages import WITHOUT_SANDBOX, Command, read_page

pytestmark = pytest.mark.sandbox

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
PAGES = sorted(path.name for path in HOW_TO.glob("*.md") if path.name != "README.md")
IN_SANDBOX = [page for page in PAGES if page not in WITHOUT_SANDBOX]
PATIENCE = 300


@pytest.mark.parametrize("page", IN_SANDBOX)
def test_a_page_can_be_followed_as_it_is_written(sandbox: Sandbox, page: str) -> None:
    """Each stack file is written, each command typed, and each prints what the page shows."""
    environment = sandbox.environment.over(os.environ)
    steps = read_page((HOW_TO / page).read_text(encoding="utf-8"))
    assert any(isinstance(step, Command) for step in steps)
    for step in steps:
        if not isinstance(step, Command):
            step.write(sandbox.folder.work)
            continue
        # On a terminal, what goes wrong stands among the rest.
        shell = ["bash", "-o", "pipefail", "-c", f"exec 2>&1\n{step.text}"]
        ended = run(shell, env=environment, cwd=sandbox.project_root, timeout=PATIENCE)
        step.check(ended.status, ended.text)


def test_the_index_names_every_page() -> None:
    """Who looks for a task finds its page."""
    index = (HOW_TO / "README.md").read_text(encoding="utf-8")
    assert PAGES
    assert [page for page in PAGES if f"]({page})" not in index] == []


def test_no_two_pages_write_the_same_stack() -> None:
    """All pages can be followed in one sandbox, in any order."""
    files = [
        name
        for page in PAGES
        for name in {
            step.name
            for step in read_page((HOW_TO / page).read_text(encoding="utf-8"))
            if not isinstance(step, Command)
        }
    ]
    assert sorted(set(files)) == sorted(files)
