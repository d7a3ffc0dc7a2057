"""What runs in the repository of whoever takes this over: with which rights, and whose code."""

import json
import re
from pathlib import Path

import pytest

from tests.support.workflows import FOLDER, command, read, shell, step, steps

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted(FOLDER.glob("*.y*ml"))
REVIEW = FOLDER / "review-access.yml"
PAGE = ROOT / "docs" / "how-to" / "review-a-change.md"
MARK = "<!-- crossaccess diff -->"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_only_github_s_own_actions_are_used_and_pinned_by_commit(path: Path) -> None:
    """A tag can be moved; the commit cannot. The comment beside it says the version."""
    used = [one["uses"] for one in steps(path) if "uses" in one]
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action), action
        assert re.search(rf"{action} # v\d+\.\d+\.\d+$", path.read_text(encoding="utf-8"), re.MULTILINE), (
            action
        )


def test_the_review_may_no_more_than_it_has_to() -> None:
    """It reads the code, gets a token for AWS, and writes its comment."""
    workflow = read(REVIEW)
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "read", "id-token": "write", "pull-requests": "write"}
    assert steps(REVIEW)[0]["with"] == {"persist-credentials": False}


def test_forks_get_nothing() -> None:
    """Their code runs with no credentials of the repository, and so not at all."""
    workflow = read(REVIEW)
    assert set(workflow["on"]) == {"pull_request"}
    (job,) = workflow["jobs"].values()
    assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]


def test_no_script_is_put_together_from_what_others_write() -> None:
    """What comes from outside comes in by the environment."""
    assert [one["run"] for path in WORKFLOWS for one in steps(path) if "${{" in one.get("run", "")] == []


@pytest.mark.parametrize("status", [0, 2])
def test_the_comparison_s_status_ends_the_job_after_the_comment(status: int, tmp_path: Path) -> None:
    """The step that compares ends well, and hands on what it found."""
    python = tmp_path / ".venv" / "bin" / "python"
    command(python, f'printf "%s\\n" "$@" > words; echo "{MARK}" > "${{@: -1}}"; exit {status}')
    done = shell(REVIEW, "Compare", tmp_path, STACKS="account-a account-b", FAIL_ON="public")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "words").read_text().split() == [
        *("-m", "crossaccess", "diff", "--stack", "account-a", "--stack", "account-b"),
        *("--fail-on", "public", "--format", "markdown", "--output", str(tmp_path / "review.md")),
    ]
    assert (tmp_path / "github_output").read_text() == f"status={status}\n"
    assert (tmp_path / "github_step_summary").read_text() == f"{MARK}\n"
    assert shell(REVIEW, "Fail where access is gained", tmp_path, STATUS=str(status)).returncode == status


def test_a_failed_comparison_is_told_in_the_comment(tmp_path: Path) -> None:
    """The comment of an earlier commit must not stand there as though it were still so."""
    command(tmp_path / ".venv" / "bin" / "python", "exit 1")
    done = shell(REVIEW, "Compare", tmp_path, STACKS="account-a", FAIL_ON="gain")
    assert done.returncode == 0, done.stderr
    report = (tmp_path / "review.md").read_text()
    assert report.startswith(f"{MARK}\n")
    assert "https://github.example/team/program/actions/runs/7" in report
    assert (tmp_path / "github_output").read_text() == "status=1\n"


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("", "--silent --method POST repos/team/program/issues/5/comments"),
        ("41\n42\n", "--silent --method PATCH repos/team/program/issues/comments/41"),
    ],
)
def test_one_comment_is_made_and_then_kept_up_to_date(found: str, wanted: str, tmp_path: Path) -> None:
    """The first comment of the workflow's own that begins with the mark is written over."""
    (tmp_path / "found").write_text(found)
    command(tmp_path / "gh", 'echo "$@" >> calls; case "$*" in *--paginate*) cat found ;; esac')
    done = shell(REVIEW, "Comment", tmp_path, NUMBER="5")
    assert done.returncode == 0, done.stderr
    *_, last = (tmp_path / "calls").read_text().splitlines()
    assert last == f"api {wanted} -F body=@{tmp_path / 'review.md'}"
    assert f'startswith("{MARK}")' in step(REVIEW, "Comment")["run"]


def test_the_profiles_are_written_with_the_token_of_the_run(tmp_path: Path) -> None:
    """Each line of the variable is a profile and its role."""
    command(tmp_path / "curl", f"echo '{json.dumps({'value': 'the-token'})}'")
    done = shell(
        REVIEW,
        "Write the profiles that the stack files name",
        tmp_path,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN="secret",  # noqa: S106 - nobody's
        ACTIONS_ID_TOKEN_REQUEST_URL="https://token.example/?x=1",  # noqa: S106 - the same
        PROFILES="account-a arn:aws:iam::111111222222:role/reviewer\n\n"
        "account-b arn:aws:iam::112233445566:role/reviewer",
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "aws-token").read_text() == "the-token"
    config = (tmp_path / ".aws" / "config").read_text()
    assert config.count("[profile ") == 2
    assert "[profile account-a]\nrole_arn = arn:aws:iam::111111222222:role/reviewer\n" in config
    assert (
        f"web_identity_token_file = {tmp_path / 'aws-token'}\nrole_session_name = review-access-7\n" in config
    )


def test_the_page_names_every_variable_and_secret() -> None:
    """Who sets it up finds all that the workflow reads."""
    text = REVIEW.read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    read_ = set(re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", text))
    assert read_
    assert [name for name in sorted(read_) if f"`{name}`" not in page] == []
