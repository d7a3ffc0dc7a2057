"""The `crossaccess` command, as a script calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossaccess import __version__
from crossaccess.cli import main
from crossaccess.commands.group import COMMANDS

BOB = "arn:aws:iam::112233445566:user/bob"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def case(name: str, **policies: object) -> str:
    """A case in which Bob reads an object of his own account."""
    request = {
        "principal": BOB,
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
        "resourceAccount": "112233445566",
    }
    return json.dumps({"name": name, "request": request, "policies": policies})


def test_answers_come_line_by_line_in_the_order_of_the_cases(tmp_path: Path) -> None:
    """Each line is answered by one line with its name, its decision and its reasons."""
    cases = tmp_path / "cases.jsonl"
    cases.write_text(f"{case('one', identity=[ALLOW])}\n{case('two')}\n")
    done = CliRunner().invoke(main, ["decide", "--batch", str(cases)])
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [(answer["name"], answer["decision"]) for answer in answers] == [
        ("one", "allowed"),
        ("two", "not allowed"),
    ]
    assert all(answer["reasons"] for answer in answers)


def test_a_malformed_line_is_an_error_and_the_others_are_answered() -> None:
    """A line that is no case answers with its error; the exit status says that there was one."""
    lines = "\n".join([case("one", identity=[ALLOW]), "{nope", "", case("three", identity=[ALLOW])])
    done = CliRunner().invoke(main, ["decide", "--batch", "-"], input=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [set(answer) for answer in answers] == [
        {"name", "decision", "reasons"},
        {"name", "error"},
        {"name", "decision", "reasons"},
    ]
    assert answers[2]["name"] == "three"


def test_a_file_that_is_not_there_is_said_in_one_line() -> None:
    """A wrong file name is a usage error, not a traceback."""
    done = CliRunner().invoke(main, ["decide", "--batch", "no-such-file.jsonl"])
    assert done.exit_code == 1
    assert "no-such-file.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["-h"],
        *([command, "-h"] for command in COMMANDS),
    ],
)
def test_help_is_there(words: list[str]) -> None:
    """Every command explains itself."""
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0
    assert "Usage:" in done.stdout


def test_the_version_is_the_package_s() -> None:
    """The command tells its version."""
    assert __version__ in CliRunner().invoke(main, ["--version"]).stdout


@pytest.mark.parametrize("words", [["--nonsense"], ["nonsense"], [], ["decide"]])
def test_a_wrong_use_of_the_group_is_a_failure_too(words: list[str]) -> None:
    """Status 2 means that access is gained, and nothing else."""
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert "Usage:" in done.stderr


@pytest.mark.parametrize("words", [["check", "no-such.json"], ["who", "-s", "nobody", "-C", "no-such"]])
def test_who_closes_standard_error_still_gets_the_status(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """What would be told there is lost, and nothing else."""
    monkeypatch.setattr(sys, "stderr", None)
    with pytest.raises(SystemExit) as ended:
        main(words)
    sys.stderr.close()
    assert ended.value.code == 1


SHARED = str(Path(__file__).parent / "previews" / "account-a.state.json")


@pytest.mark.parametrize(
    "words",
    [["who", SHARED], ["check", SHARED, "--format", "json"], ["report", SHARED], ["decide", "--batch", "-"]],
)
def test_a_closed_standard_output_is_told_in_one_line(words: list[str]) -> None:
    """As a shell closes it by `>&-`, and some supervisors do for services."""
    command = 'exec "$0" -m crossaccess "$@" >&-'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *words],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert done.returncode == 1
    assert done.stderr == "Error: standard output is closed, and there is nowhere to write to\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_device_that_takes_nothing_is_named() -> None:
    """Else nobody knows what is full."""
    done = CliRunner().invoke(main, ["check", SHARED, "-o", "/dev/full"])
    assert done.exit_code == 1
    assert done.stderr == "Error: /dev/full: No space left on device\n"
