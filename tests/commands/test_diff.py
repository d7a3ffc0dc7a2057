"""`crossaccess diff`, as people and CI call it."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from crossaccess.commands.diff import FAIL_ON, FORMATS
from crossaccess.compare.verdict import FailOn
from crossaccess.report.diff.formats import FORMATS as KNOWN
from tests.support.engine_files import PREVIEWS

ROOT = Path(__file__).parents[2]
ADDED = str(PREVIEWS / "grant-added.json")
REMOVED = str(PREVIEWS / "grant-removed.json")
UNCHANGED = str(PREVIEWS / "unchanged.json")
STATE_A = str(PREVIEWS / "account-a.state.json")
STATE_B = str(PREVIEWS / "account-b.state.json")


def diff(*words: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["diff", *words])


def test_a_gain_is_told_and_ends_with_2() -> None:
    """A saved preview is compared with what was before it."""
    done = diff(ADDED)
    assert done.exit_code == 2
    assert "may let user/bob use s3:PutObject" in done.stdout
    assert done.stderr == ""


def test_a_rewrite_without_a_gain_ends_with_0() -> None:
    """Nothing gained is success, in one line."""
    done = diff(str(PREVIEWS / "rewritten.json"), "--with", STATE_B)
    assert (done.exit_code, done.stdout) == (0, "3 policies rewritten, no access changed\n")


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("unchanged", {"gain": 0, "any": 0, "public": 0, "none": 0}),
        ("grant-added", {"gain": 2, "any": 2, "public": 0, "none": 0}),
        ("grant-removed", {"gain": 0, "any": 2, "public": 0, "none": 0}),
    ],
)
def test_fail_on_says_what_ends_with_2(name: str, statuses: dict[str, int]) -> None:
    """Each word looks for what it says; the report is the same."""
    done = {word: diff(str(PREVIEWS / f"{name}.json"), "--fail-on", word) for word in statuses}
    assert {word: one.exit_code for word, one in done.items()} == statuses
    assert len({one.stdout for one in done.values()}) == 1


def test_the_other_account_is_brought_in() -> None:
    """With the requester's stack beside the owner's, what both allow is told as gained."""
    alone, both = (
        json.loads(diff(str(PREVIEWS / "requester-grant-added.json"), "--format", "json", *more).stdout)
        for more in ([], ["--with", ADDED])
    )
    assert {one["awaitsOwner"] for one in alone["changes"]} == {True}
    assert {one["standing"] for one in both["changes"]} == {"effective"}
    assert both["titles"] == ["preview of account-b", "preview of account-a"]


def test_several_previews_are_one_change() -> None:
    """Both stacks' previews may be given together, or one with the other."""
    first, second = str(PREVIEWS / "first.json"), str(PREVIEWS / "requester-first.json")
    together, beside = diff(first, second), diff(first, "--with", second)
    assert together.exit_code == beside.exit_code == 2
    assert together.stdout == beside.stdout


def test_two_states_are_compared() -> None:
    """The old and the new one are told apart by their files' names."""
    done = diff("--old", STATE_A, "--new", str(PREVIEWS / "account-a-with-key.state.json"), "--with", STATE_B)
    assert done.exit_code == 2
    assert "state of account-a (account-a.state.json) as the old one" in done.stdout
    assert "state of account-a (account-a-with-key.state.json) as the new one" in done.stdout


def test_two_folders_are_compared(tmp_path: Path) -> None:
    """Policies as plain documents need no stack."""
    for name, action in (("old", "s3:GetObject"), ("new", "s3:*Object")):
        folder = tmp_path / name / "111111222222" / "bucket"
        folder.mkdir(parents=True)
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::lake/*"}
            ],
        }
        (folder / "lake.json").write_text(json.dumps(document))
    done = diff("--old", str(tmp_path / "old"), "--new", str(tmp_path / "new"), "--fail-on", "public")
    assert done.exit_code == 2
    assert "bucket lake" in done.stdout
    assert f"folder {tmp_path / 'old'} as the old one" in done.stdout


@pytest.mark.parametrize(
    ("form", "sign"),
    [
        ("text", "Compared: "),
        ("markdown", "<!-- crossaccess diff -->\n"),
        ("json", "{\n"),
        ("html", "<!doctype html>"),
    ],
)
def test_every_format_goes_to_standard_output_and_to_a_file(form: str, sign: str, tmp_path: Path) -> None:
    """A file gets what standard output would, and standard output nothing then."""
    shown = diff(ADDED, "--format", form)
    file = tmp_path / "report"
    written = diff(ADDED, "--format", form, "-o", str(file))
    assert shown.stdout.lower().startswith(sign.lower())
    assert file.read_text(encoding="utf-8") == shown.stdout
    assert (written.exit_code, written.stdout) == (2, "")


def test_verbose_tells_where_a_change_comes_from() -> None:
    """The statement and an example stand under each line."""
    assert "for example {" not in diff(ADDED).stdout
    told = diff(ADDED, "--verbose").stdout
    assert "from bucket policy of" in told
    assert "for example {" in told


def test_a_file_keeps_its_rights_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    """A new file is as the user's mask has it; one that was there stays whose it was."""
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_text("before")
    old.chmod(0o640)
    mask = os.umask(0o027)
    try:
        for file in (new, old):
            diff(UNCHANGED, "-o", str(file))
    finally:
        os.umask(mask)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (new, old)] == [0o640, 0o640]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]
    assert old.read_text() != "before"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("before")
    link.symlink_to(real)
    diff(UNCHANGED, "-o", str(link))
    assert link.is_symlink()
    assert real.read_text() == "no policy changes, no access changed\n"


def test_a_device_is_written_to() -> None:
    """It is not replaced by a file."""
    assert diff(ADDED, "-o", os.devnull).exit_code == 2
    assert not Path(os.devnull).is_file()


def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    """A folder that is not there is a failure, told by the name that was asked for."""
    file = tmp_path / "no-folder" / "report.md"
    done = diff(ADDED, "-o", str(file))
    assert done.exit_code == 1
    assert done.stderr == f"Error: {file}: No such file or directory\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Give one of these: -s STACK, a PREVIEW, or both --old and --new."),
        ([ADDED, "-s", "account-a"], "Give one of these"),
        ([ADDED, "--old", STATE_A, "--new", STATE_A], "Give one of these"),
        (["--old", STATE_A], "--old and --new belong together."),
        ([ADDED, "--refresh"], "--cwd and --refresh belong to -s STACK."),
        ([ADDED, "-C", "."], "--cwd and --refresh belong to -s STACK."),
        ([ADDED, "--format", "pdf"], "'pdf' is not one of 'text', 'markdown', 'json', 'html'."),
        ([ADDED, "--fail-on", "all"], "'all' is not one of 'gain', 'any', 'public', 'none'."),
        ([ADDED, "--nonsense"], "No such option"),
        ([STATE_A], "is a state, which has nothing before and after it"),
        (["--old", ADDED, "--new", STATE_A], "is a preview, which holds what is old and what is new"),
        (["no-such-file.json"], "no-such-file.json cannot be read: No such file or directory"),
        ([ADDED, "--with", "no-such-file.json"], "no-such-file.json cannot be read"),
        ([str(PREVIEWS / "failed.json")], "the preview failed:"),
        ([str(PREVIEWS / "without-sames.json")], "it was made without --show-sames"),
        ([str(PREVIEWS / "first.plan.json")], "it is an update plan"),
        (["-s", "account-a", "-C", "no-such-folder"], "no-such-folder is no folder"),
    ],
)
def test_a_wrong_use_is_told_and_ends_with_1(words: list[str], said: str) -> None:
    """A gain has status 2, so nothing else may."""
    done = diff(*words)
    assert done.exit_code == 1
    assert said in done.stderr
    assert done.stdout == ""
    assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"steps": 1}', "[" * 100_000])
def test_a_file_that_is_none_of_the_engine_s_is_told_in_a_line(text: str, tmp_path: Path) -> None:
    """It names the file, and there is no traceback."""
    file = tmp_path / "given.json"
    file.write_text(text)
    done = diff(str(file))
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {file}: ")
    assert len(done.stderr.splitlines()) == 1


def test_what_could_steer_a_terminal_is_taken_out_of_errors(tmp_path: Path) -> None:
    """Names in other people's files are told, and do nothing."""
    file = tmp_path / "given.json"
    said = {"diagnostics": [{"severity": "error", "message": "bad \x1b]0;title\x07 name"}]}
    file.write_text(json.dumps(said))
    done = diff(str(file))
    assert done.exit_code == 1
    assert "bad \N{REPLACEMENT CHARACTER}]0;title" in done.stderr
    assert "\x1b" not in done.stderr


def test_the_words_of_options_are_those_of_what_they_stand_for() -> None:
    """The lists are written down twice so that asking for help loads nothing."""
    assert tuple(KNOWN) == FORMATS
    assert tuple(one.value for one in FailOn) == FAIL_ON


def engine(folder: Path, script: str) -> dict[str, str]:
    """An environment in which the command `pulumi` is this script."""
    command = folder / "pulumi"
    command.write_text(f"#!{sys.executable}\n{script}")
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


PREVIEWING = f"""
import shutil, sys
from pathlib import Path
words = sys.argv[1:]
stack = words[words.index("--stack") + 1]
name = dict([("account-a", "first"), ("account-b", "requester-first")])[stack]
folder = Path({str(PREVIEWS)!r})
shutil.copy(folder / (name + ".plan.json"), words[words.index("--save-plan") + 1])
sys.stdout.write((folder / (name + ".json")).read_text())
print("ran for", stack, "--refresh" in words, file=sys.stderr)
"""
"""An engine that has made the previews of both stacks before."""


def run(*words: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the command as a process of its own."""
    given = [sys.executable, "-m", "crossaccess", *words]
    return subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60, env=env)


def test_stacks_are_previewed_by_the_engine(tmp_path: Path) -> None:
    """Both in one go are the same as their saved previews."""
    environment = engine(tmp_path, PREVIEWING)
    done = run("diff", "-s", "account-a", "-s", "account-b", "--refresh", env=environment)
    saved = run("diff", str(PREVIEWS / "first.json"), str(PREVIEWS / "requester-first.json"))
    assert (done.returncode, done.stdout) == (2, saved.stdout)
    assert done.stderr == "ran for account-a True\nran for account-b True\n"


def test_an_engine_that_fails_is_quoted(tmp_path: Path) -> None:
    """Its own words say more than ours could."""
    environment = engine(tmp_path, "import sys\nsys.exit('error: no stack named nope')")
    done = run("diff", "-s", "nope", env=environment)
    assert done.returncode == 1
    assert "the preview of nope failed" in done.stderr
    assert "no stack named nope" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_an_engine_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    """A saved preview needs none."""
    done = run("diff", "-s", "account-a", env={**os.environ, "PATH": str(tmp_path)})
    assert done.returncode == 1
    assert "install Pulumi" in done.stderr


def test_a_reader_that_has_gone_is_no_traceback() -> None:
    """As in `crossaccess diff ... | head -1`, where nothing more is wanted."""
    words = [sys.executable, "-m", "crossaccess", "diff", ADDED, "--format", "html"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(words, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == ""


def test_ctrl_c_ends_with_130_and_ends_the_engine(tmp_path: Path) -> None:
    """Nothing goes on behind the user's back."""
    script = f"""
import os, signal, sys, time
open({str(tmp_path / "started")!r}, "w").close()
os.kill(os.getppid(), signal.SIGINT)
time.sleep(60)
"""
    done = run("diff", "-s", "account-a", env=engine(tmp_path, script))
    assert (tmp_path / "started").exists()
    assert done.returncode == 130
    assert done.stderr.strip() == "Interrupted"
