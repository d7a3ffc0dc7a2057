"""`crossaccess verify`, as far as nobody is called."""

import json
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from crossaccess.commands import further
from crossaccess.commands import verify as command
from crossaccess.live import verifying
from crossaccess.live.errors import LiveError
from crossaccess.live.verifying import Options
from crossaccess.verify.judging import Verification
from tests.support.engine_files import stack, state


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """The state of a stack with nothing in it."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(state(stack())), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Give both stacks: by -s STACK, or as the PATHs of their exported states."),
        (["-C", ".", "x.json"], "--cwd belongs to -s STACK."),
        (["no-such.json"], "no-such.json cannot be read"),
        (["x.json", "--context", "aws"], "--context 'aws' is no KEY=VALUE"),
        (["x.json", "--wait", "-1"], "-1.0 is not in the range"),
    ],
)
def test_a_wrong_use_is_told(words: list[str], told: str) -> None:
    """Before anybody is called."""
    done = CliRunner().invoke(main, ["verify", *words])
    assert done.exit_code == 1
    assert told in done.stderr


def test_without_a_grant_it_ends_before_any_call(empty: str) -> None:
    """With the stack that is missing."""
    done = CliRunner().invoke(main, ["verify", empty])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "there is no grant here: give the owner's stack" in done.stderr


def test_what_is_asked_for_arrives(empty: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each option, the report in a file, and the status by its end; progress goes to standard error."""
    seen: list[Options] = []

    def verified(_: object, options: Options, tell: object) -> Verification:
        seen.append(options)
        assert callable(tell)
        tell("waiting\x1b[2J")
        return Verification(caller="arn:aws:iam::112233445566:user/bob", outcomes=())

    monkeypatch.setattr(verifying, "verify", verified)
    report = tmp_path / "report.json"
    words = ["--profile", "bob", "--owner-profile", "a", "--endpoint-url", "http://x", "--grant", "g"]
    words += ["--read-only", "--plain-http", "--wait", "5", "--context", "aws:SourceIp=203.0.113.7"]
    words += ["--context", "aws:SourceIp=203.0.113.8", "--format", "json", "-o", str(report)]
    done = CliRunner().invoke(main, ["verify", empty, *words])
    assert (done.exit_code, done.stdout) == (command.STATUSES["cannot be told"], "")
    assert done.stderr == "waiting�[2J\n"
    assert json.loads(report.read_text(encoding="utf-8"))["result"] == "cannot be told"
    assert seen == [
        Options(
            profile="bob",
            owner_profile="a",
            endpoint_url="http://x",
            only=("g",),
            read_only=True,
            plain_http=True,
            wait=5,
            context={"aws:SourceIp": ("203.0.113.7", "203.0.113.8")},
        )
    ]


@pytest.mark.parametrize("place", [".", "no-such/report.json"])
@pytest.mark.parametrize("words", [["verify"], ["drift", "--profile", "bob"]])
def test_a_place_that_takes_no_report_is_told_before_any_call(
    empty: str, place: str, words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody waits for answers that are lost then."""

    def called(*_: object) -> None:
        pytest.fail("somebody was called")

    monkeypatch.setattr(verifying, "verify", called)
    monkeypatch.setattr(further, "look", called)
    path = tmp_path / place
    done = CliRunner().invoke(main, [words[0], empty, *words[1:], "-o", str(path)])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {path}: ")


def test_what_goes_wrong_is_told_without_acting_on_a_terminal(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS's words come out of the network."""

    def failed(*_: object) -> None:
        raise LiveError("no\x1b[2J way")

    monkeypatch.setattr(verifying, "verify", failed)
    done = CliRunner().invoke(main, ["verify", empty])
    assert (done.exit_code, done.stderr) == (1, "Error: no�[2J way\n")


def test_a_polite_end_is_ctrl_c(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever handled the signal before handles it again afterwards."""
    before = signal.getsignal(signal.SIGTERM)

    def ended(*_: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(verifying, "verify", ended)
    done = CliRunner().invoke(main, ["verify", empty])
    assert (done.exit_code, done.stderr) == (130, "\nInterrupted\n")
    assert signal.getsignal(signal.SIGTERM) is before
