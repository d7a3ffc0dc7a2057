"""Running the preview, with a script in the engine's place."""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crossaccess.deployment import running
from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.running import run_export, run_preview
from tests.support.engine_files import policies, preview, resource, state, step

POLICY = resource("aws:s3/bucketPolicy:BucketPolicy", "p", {"bucket": "lake", "policy": "{}"})
Engine = Callable[[str], str]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return what writes an engine out of the Python that it runs, and tells its path."""

    def written(code: str) -> str:
        file = tmp_path / "pulumi"
        file.write_text(f"#!{sys.executable}\nimport json, os, sys\n{code}\n", encoding="utf-8")
        file.chmod(0o700)
        return str(file)

    return written


def saying(data: object, *, status: int = 0, err: str = "", plan: object = None) -> str:
    """The code of an engine that writes a preview, and its plan."""
    return (
        "plan = sys.argv[sys.argv.index('--save-plan') + 1]\n"
        f"planned = {json.dumps(plan)!r}\n"
        "if planned != 'null': open(plan, 'w').write(planned)\n"
        f"sys.stderr.write({err!r})\n"
        f"print({json.dumps(data)!r})\n"
        f"sys.exit({status})"
    )


def test_time_is_used_while_the_engine_works(engine: Engine, tmp_path: Path) -> None:
    """What is to be done meanwhile is done once, and the engine ends only after it."""
    done = tmp_path / "done"
    waiting = f"import time\nwhile not os.path.exists({str(done)!r}): time.sleep(0.01)\n"
    command = engine(waiting + saying(preview(step("create", new=POLICY))))
    source = run_preview("account-a", command=command, meanwhile=done.touch)
    assert policies(source.new) == {"bucket policy of lake": "{}"}


def test_what_fails_meanwhile_is_raised(engine: Engine) -> None:
    """When the engine has ended."""

    def failing() -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        run_preview("a", command=engine(saying(preview(step("create", new=POLICY)))), meanwhile=failing)


def test_a_preview_is_made_and_read(engine: Engine, tmp_path: Path) -> None:
    """In the folder that is named, without a question, and the plan is gone afterwards."""
    note = tmp_path / "seen.json"
    code = (
        f"seen = dict(argv=sys.argv[1:], cwd=os.getcwd(), stdin=sys.stdin.read())\n"
        f"open({str(note)!r}, 'w').write(json.dumps(seen))\n"
    )
    handover = {"account": "111111222222", "bucket": {"name": "lake"}, "grants": [{"name": "reports"}]}
    plan = {
        "resourcePlans": {
            "urn:pulumi:tried::crossaccess::pulumi:pulumi:Stack::x": {"state": {"handover": handover}}
        }
    }
    command = engine(code + saying(preview(step("create", new=POLICY)), plan=plan))
    source = run_preview("account-a", cwd=tmp_path, more=["--refresh"], command=command)
    assert policies(source.new) == {"bucket policy of lake": "{}"}
    assert [one.name for one in source.new.grants] == ["reports"]
    seen = json.loads(note.read_text("utf-8"))
    assert seen["cwd"] == str(tmp_path.resolve())
    assert seen["stdin"] == ""
    assert seen["argv"][:3] == ["preview", "--json", "--show-sames"]
    assert {"--non-interactive", "--refresh"} <= set(seen["argv"])
    assert seen["argv"][seen["argv"].index("--stack") + 1] == "account-a"
    kept = Path(seen["argv"][seen["argv"].index("--save-plan") + 1]).parent
    assert kept.parent == Path(tempfile.gettempdir())
    assert not kept.exists()


def test_warnings_go_to_standard_error_alone(engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    """The output is for the comparison; nothing in a warning steers the terminal."""
    warning = {"severity": "warning", "message": "warning: the grant ends\x1b[2Jsoon"}
    run_preview("a", command=engine(saying(preview(diagnostics=[warning]), err="engine is old\n")))
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err == "the grant ends�[2Jsoon\nengine is old\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            saying({"diagnostics": [{"severity": "error", "message": "error: no bucket"}]}, status=1),
            "no bucket",
        ),
        (saying({"diagnostics": [{"severity": "error", "message": "error: no bucket"}]}), "no bucket"),
        (saying(preview(), status=255, err="error: it broke\n"), "it broke"),
        ("sys.stderr.write('error: PULUMI_ACCESS_TOKEN must be set'); sys.exit(255)", "PULUMI_ACCESS_TOKEN"),
        ("sys.exit(3)", "exit status 3 of pulumi preview\\):\n  it said nothing"),
        ("print('Previewing update'); sys.exit(0)", "Previewing update"),
    ],
)
def test_a_failure_is_told_in_the_engines_own_words(engine: Engine, code: str, said: str) -> None:
    """Whether it says so in JSON or on standard error."""
    with pytest.raises(SourceError, match=said) as error:
        run_preview("account-a", command=engine(code))
    assert str(error.value).startswith("the preview of account-a failed")


def test_an_engine_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With what to do; a folder that is not there is another fault."""
    with pytest.raises(SourceError, match=r"no-such-pulumi was not found: install Pulumi"):
        run_preview("a", command=str(tmp_path / "no-such-pulumi"))
    with pytest.raises(SourceError, match=r"is no folder: .* Pulumi\.yaml"):
        run_preview("a", cwd=tmp_path / "gone")
    (tmp_path / "plain").write_text("x", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be started: Permission denied"):
        run_preview("a", command=str(tmp_path / "plain"))


@pytest.mark.parametrize("ignores", [False, True], ids=["ends when told", "has to be killed"])
def test_an_interrupted_engine_is_not_left_behind(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ignores: bool
) -> None:
    """It is told to end, so that it gives the stack's lock back, and made to where it does not."""
    pid = tmp_path / "pid"
    code = (
        f"import signal, time\nif {ignores}: signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
        f"os.kill({os.getpid()}, signal.SIGUSR1)\ntime.sleep(60)"
    )

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_PATIENCE", 0.5)
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_preview("a", command=engine(code))
    finally:
        signal.signal(signal.SIGUSR1, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text("utf-8")), 0)


def test_a_state_is_exported_and_read(engine: Engine, tmp_path: Path) -> None:
    """What is deployed, with the engine's secrets as encrypted as they are."""
    note = tmp_path / "seen.json"
    code = f"open({str(note)!r}, 'w').write(json.dumps(sys.argv[1:]))\n"
    made = {**POLICY, "outputs": POLICY["inputs"], "id": "lake"}
    source = run_export("a", cwd=tmp_path, command=engine(f"{code}print({json.dumps(state(made))!r})"))
    assert policies(source.new) == {"bucket policy of lake": "{}"}
    seen = json.loads(note.read_text("utf-8"))
    assert seen == ["stack", "export", "--stack", "a", "--non-interactive", "--color=never"]


def test_a_state_that_cannot_be_exported_is_told_in_the_engine_s_words(engine: Engine) -> None:
    """Without what could steer a terminal."""
    command = engine("sys.stderr.write('error: no stack named \\x1b[2J a found\\n'); sys.exit(255)")
    with pytest.raises(SourceError, match=r"the state of a cannot be exported \(exit status 255\)") as caught:
        run_export("a", command=command)
    assert "error: no stack named �[2J a found" in str(caught.value)
    with pytest.raises(SourceError, match="it said nothing"):
        run_export("a", command=engine("sys.exit(1)"))
