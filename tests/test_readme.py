"""The README and the other pages tell the truth about what can be checked."""

import re
from pathlib import Path

import pytest

from components.bucket_owner import BucketOwner
from components.bucket_requester import BucketRequester
from components.settings import KEYS
from crossaccess.policy.encryption import ENCRYPTION_KEYS
from crossaccess.policy.read_grant import GRANT_KEYS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> set[str]:
    """The names in the first column of the tables under a heading."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_the_config_table_names_every_key_and_no_other() -> None:
    """What can be configured stands in the README, and what stands there can be configured."""
    keys = {"side", *(key for keys in KEYS.values() for key in keys), *GRANT_KEYS, *ENCRYPTION_KEYS}
    assert rows("Config") == keys


def test_the_outputs_table_names_every_output_and_no_other() -> None:
    """What the components put out stands in the README."""
    assert rows("Outputs") == {*BucketOwner.__annotations__, *BucketRequester.__annotations__}


@pytest.mark.parametrize(
    "page", sorted({"README.md", *(p.as_posix() for p in Path(ROOT, "docs").rglob("*.md"))})
)
def test_links_lead_somewhere(page: str) -> None:
    """A link to a file of the project finds it."""
    path = ROOT / page
    for link in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
        if not link.startswith("https://"):
            assert (path.parent / link).exists(), link


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    """Every `make` that the README tells exists."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = set(re.findall(r"(?:^    |`|\()make ([a-z-]+)", README, re.MULTILINE))
    assert told
    assert told <= targets


def test_no_file_holds_the_marks_of_a_merge_that_was_left_half_done() -> None:
    """Both halves of a page cannot be true."""
    marks = tuple(f"{mark * 7} " for mark in "<>|")
    tops = [path for path in ROOT.iterdir() if path.name == ".ci" or not path.name.startswith(".")]
    paths = [path for top in tops for path in (top, *top.rglob("*")) if path.is_file()]
    assert Path(__file__) in paths
    for path in paths:
        text = path.read_bytes().decode(errors="replace")
        assert not [line for line in text.splitlines() if line.startswith(marks)], path
