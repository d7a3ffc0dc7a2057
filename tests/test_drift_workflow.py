"""The workflow that looks for drift: with which rights, what it runs, and how it ends."""

import json
import re
from pathlib import Path

import pytest

from tests.support.workflows import FOLDER, command, read, shell, step, steps

DRIFT = FOLDER / "check-drift.yml"
REVIEW = FOLDER / "review-access.yml"
PAGE = Path(__file__).parent.parent / "docs" / "drift.md"
INSTALL = "Install the program, and the engine of its version"
PROFILES = "Write the profiles to look with"
LOOK = "Look, and fail where something has drifted"
OWNERS = "look-a arn:aws:iam::111111222222:role/crossaccess-drift\n"
REQUESTERS = "\nlook-b arn:aws:iam::112233445566:role/crossaccess-drift"
REPORT = "### Drift: 1 gained"


def test_it_may_no_more_than_it_has_to() -> None:
    """It reads the code and gets a token for AWS; it writes nothing anywhere."""
    workflow = read(DRIFT)
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert steps(DRIFT)[0]["with"] == {"persist-credentials": False}


def test_it_runs_by_the_clock_and_by_hand_and_for_nobody_else() -> None:
    """A pull request's code must not come by the roles; one run at a time is enough."""
    workflow = read(DRIFT)
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    (when,) = workflow["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", when["cron"])
    assert workflow["concurrency"] == {"group": "check-drift", "cancel-in-progress": False}


def test_it_installs_what_the_review_installs() -> None:
    """Locked, and the engine of the program's version."""
    assert step(DRIFT, INSTALL) == step(REVIEW, INSTALL)


def test_secrets_come_to_the_step_that_needs_them() -> None:
    """No other step could tell them to anybody."""
    with_secrets = [one.get("name") for one in steps(DRIFT) if "secrets." in json.dumps(one)]
    assert with_secrets == [LOOK]


def test_the_profiles_of_both_sides_are_written_with_the_token_of_the_run(tmp_path: Path) -> None:
    """Each line of the variables is a profile and its role; the log tells nothing of the token."""
    command(tmp_path / "curl", f"echo '{json.dumps({'value': 'the-token'})}'")
    done = shell(
        DRIFT,
        PROFILES,
        tmp_path,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN="secret",  # noqa: S106 - nobody's
        ACTIONS_ID_TOKEN_REQUEST_URL="https://token.example/?x=1",  # noqa: S106 - the same
        OWNERS=OWNERS,
        REQUESTERS=REQUESTERS,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr == ""
    assert (tmp_path / "aws-token").read_text() == "the-token"
    config = (tmp_path / ".aws" / "config").read_text()
    rest = f"web_identity_token_file = {tmp_path / 'aws-token'}\nrole_session_name = check-drift-7\n"
    assert config == (
        f"[profile look-a]\nrole_arn = arn:aws:iam::111111222222:role/crossaccess-drift\n{rest}"
        f"[profile look-b]\nrole_arn = arn:aws:iam::112233445566:role/crossaccess-drift\n{rest}"
    )


def test_without_a_token_it_stops(tmp_path: Path) -> None:
    """Nothing could be looked at, and that must not pass for no drift."""
    command(tmp_path / "curl", "exit 22")
    done = shell(
        DRIFT,
        PROFILES,
        tmp_path,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN="secret",  # noqa: S106 - nobody's
        ACTIONS_ID_TOKEN_REQUEST_URL="https://token.example/?x=1",  # noqa: S106 - the same
        OWNERS=OWNERS,
        REQUESTERS=REQUESTERS,
    )
    assert done.returncode != 0
    assert not (tmp_path / ".aws").exists()


@pytest.mark.parametrize("status", [0, 2, 3])
def test_what_is_found_is_in_the_summary_and_ends_the_run(status: int, tmp_path: Path) -> None:
    """Drift fails the run, and so does what cannot be told."""
    python = tmp_path / ".venv" / "bin" / "python"
    command(python, f'printf "%s\\n" "$@" > words; echo "{REPORT}" > "${{@: -1}}"; exit {status}')
    given = {"OWNERS": OWNERS, "REQUESTERS": REQUESTERS, "STACKS": "account-a account-b"}
    done = shell(DRIFT, LOOK, tmp_path, FAIL_ON="gain", **given)
    assert done.returncode == status, done.stderr
    assert (tmp_path / "words").read_text().split() == [
        *("-m", "crossaccess", "drift", "--stack", "account-a", "--stack", "account-b"),
        *("--owner-profile", "look-a", "--profile", "look-b"),
        *("--fail-on", "gain", "--format", "markdown", "--output", str(tmp_path / "drift.md")),
    ]
    assert (tmp_path / "github_step_summary").read_text() == f"{REPORT}\n"


def test_one_account_is_enough(tmp_path: Path) -> None:
    """The other is taken as it was deployed, as the command says."""
    command(tmp_path / ".venv" / "bin" / "python", 'printf "%s\\n" "$@" > words; echo x > "${@: -1}"')
    done = shell(DRIFT, LOOK, tmp_path, STACKS="account-a", OWNERS=OWNERS, REQUESTERS="", FAIL_ON="any")
    assert done.returncode == 0, done.stderr
    words = (tmp_path / "words").read_text().split()
    assert "--owner-profile" in words
    assert "--profile" not in words


def test_a_failure_is_told_in_the_summary(tmp_path: Path) -> None:
    """An empty summary would look like nothing found."""
    command(tmp_path / ".venv" / "bin" / "python", "exit 1")
    done = shell(DRIFT, LOOK, tmp_path, STACKS="account-a", OWNERS=OWNERS, REQUESTERS="", FAIL_ON="any")
    assert done.returncode == 1
    summary = (tmp_path / "github_step_summary").read_text()
    assert summary.startswith("### Drift: not looked for\n")
    assert "https://github.example/team/program/actions/runs/7" in summary


def test_the_page_names_every_variable_and_secret() -> None:
    """Who sets it up finds all that the workflow reads."""
    page = PAGE.read_text(encoding="utf-8")
    read_ = set(re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", DRIFT.read_text(encoding="utf-8")))
    assert read_
    assert [name for name in sorted(read_) if f"`{name}`" not in page] == []


def test_the_page_says_when_it_runs() -> None:
    """In the words of the file: who changes the time finds where."""
    (when,) = read(DRIFT)["on"]["schedule"]
    minute, hour, *_ = when["cron"].split()
    assert f"{int(hour):02}:{int(minute):02} UTC" in PAGE.read_text(encoding="utf-8")
