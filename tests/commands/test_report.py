"""`crossaccess report`: where the page goes, of what it is, and how it ends."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from tests.support.engine_files import PREVIEWS

ROOT = Path(__file__).parents[2]
OWNER = str(PREVIEWS / "account-a.state.json")
REQUESTER = str(PREVIEWS / "account-b.state.json")


def run(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["report", *words])


def test_the_page_goes_to_the_file_that_is_named(tmp_path: Path) -> None:
    """Over one that is there, and nothing is printed."""
    file = tmp_path / "report.html"
    file.write_text("old", encoding="utf-8")
    done = run(OWNER, REQUESTER, "-o", str(file))
    assert (done.exit_code, done.output) == (0, "")
    page = file.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("words", [(), ("-o", "-")], ids=["by default", "by its name"])
def test_without_a_file_it_goes_to_standard_output(words: tuple[str, ...]) -> None:
    """So that it can be handed on."""
    done = run(OWNER, REQUESTER, *words)
    assert done.exit_code == 0
    assert done.stdout.startswith("<!DOCTYPE html>")


def test_it_tells_what_is_in_the_sources() -> None:
    """Both stacks by name, and a principal that gets in."""
    page = run(OWNER, REQUESTER).stdout
    assert "state of account-a" in page
    assert "state of account-b" in page
    assert re.search(r'<p class="verdict">1 principal gets in from outside, 1 medium finding</p>', page)


def test_of_a_preview_what_will_be_is_shown_and_before_what_is() -> None:
    """A grant that the deployment adds is on one of the pages only."""
    preview = str(PREVIEWS / "grant-added.json")
    assert "<code>inbox</code>" in run(preview).stdout
    assert "<code>inbox</code>" not in run(preview, "--before").stdout


def test_policies_that_no_stack_holds_are_brought_in(tmp_path: Path) -> None:
    """They are shown beside those of the stacks."""
    held = tmp_path / "112233445566" / "user" / "ann"
    held.mkdir(parents=True)
    (held / "everything.json").write_text(
        '{"Statement": {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}}'
    )
    page = run(OWNER, "--policies", str(tmp_path)).stdout
    assert "<code>Everything</code>" in page
    assert "user/ann" in page


def test_findings_end_it_with_0() -> None:
    """The page is written, and that was asked; `crossaccess check` is there to fail."""
    done = run(OWNER)
    assert done.exit_code == 0
    assert 'class="badge medium"' in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Give what holds the policies"),
        (("--refresh", OWNER), "belong to -s STACK"),
        (("-C", ".", OWNER), "belong to -s STACK"),
        (("no-such-file.json",), "no-such-file.json"),
        ((OWNER, "-o", "no/such/folder/report.html"), "no/such/folder/report.html"),
    ],
)
def test_a_wrong_use_is_told_in_words(words: tuple[str, ...], said: str) -> None:
    """Status 1, no traceback, and no page."""
    done = run(*words)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""


def test_it_needs_neither_pulumi_nor_boto3(tmp_path: Path) -> None:
    """Saved files are read without the engine, and without AWS."""
    program = (
        "import sys\n"
        "from crossaccess.cli import main\n"
        "try:\n"
        f"    main(['report', {OWNER!r}, {REQUESTER!r}, '-o', {str(tmp_path / 'report.html')!r}])\n"
        "except SystemExit as ended:\n"
        "    assert not ended.code\n"
        "print([name for name in ('pulumi', 'boto3', 'botocore', 'rich') if name in sys.modules])"
    )
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
