"""Who asks with credentials that end, sessions and federated users, and who has no policies: a root user."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from tests.support.broken import REQUESTER, write

ROLE = f"arn:aws:iam::{REQUESTER}:role/team/loader"
SESSION = f"arn:aws:sts::{REQUESTER}:assumed-role/loader/nightly"
OTHER = f"arn:aws:sts::{REQUESTER}:assumed-role/loader/by-hand"
FEDERATED = f"arn:aws:sts::{REQUESTER}:federated-user/fred"
ROOT = f"arn:aws:iam::{REQUESTER}:root"
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/*"}
REFUSED = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/*"}


def answer(folder: Path, principal: str, *bucket: dict[str, Any], with_role: bool = True) -> dict[str, Any]:
    """What is said of a read, where the bucket policy has these statements."""
    write(folder, {"bucket": [*bucket]})
    if with_role:
        role = folder / REQUESTER / "role" / "team" / "loader"
        role.mkdir(parents=True)
        (role / "access.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [READ]}))
    words = ["explain", principal, "s3:GetObject", "s3://lake/a", str(folder), "--format", "json"]
    (found,) = json.loads(CliRunner().invoke(main, words).stdout)["answers"]
    return dict(found)


def named(arn: str, statement: dict[str, Any] = READ) -> dict[str, Any]:
    """The statement for one principal."""
    return {**statement, "Principal": {"AWS": arn}}


@pytest.mark.parametrize(
    ("session", "decision"), [(SESSION, "allowed"), (OTHER, "not allowed"), (ROLE, "unknown")]
)
def test_a_session_that_is_named_is_told_from_others(tmp_path: Path, session: str, decision: str) -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal": role session principals."""
    assert answer(tmp_path, session, named(SESSION))["decision"] == decision


@pytest.mark.parametrize(
    ("session", "decision"), [(SESSION, "denied"), (OTHER, "allowed"), (ROLE, "unknown")]
)
def test_a_session_that_is_denied_is_told_from_others(tmp_path: Path, session: str, decision: str) -> None:
    """The same page: a session is denied by its own ARN, too."""
    found = answer(tmp_path, session, named(ROLE), named(SESSION, REFUSED))
    assert found["decision"] == decision


def test_a_session_s_role_is_known_by_its_path(tmp_path: Path) -> None:
    """The ARN of the session has lost it, and the source that holds the role has it."""
    by_arn = {**named(ROOT), "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}}}
    found = answer(tmp_path, SESSION, by_arn)
    assert (found["principal"]["name"], found["decision"]) == ("role/team/loader", "allowed")


def test_of_a_role_that_no_source_holds_the_path_is_not_made_up(tmp_path: Path) -> None:
    """Nobody knows whether it is this one; and --context cannot tell it."""
    by_arn = {**named(ROOT), "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}}}
    found = answer(tmp_path, SESSION, by_arn, with_role=False)
    owner = found["ways"][0]["steps"][0]["sides"][-1]
    assert owner["standing"] == "unknown"
    assert "no source holds the session's role" in owner["findings"][0]["text"]
    assert found["ask"] == owner["findings"][0]["ask"] == []


def test_a_federated_user_s_own_policies_are_not_taken_for_none(tmp_path: Path) -> None:
    """Whose they are its ARN does not say, and the session has one of its own (STS, "GetFederationToken")."""
    found = answer(tmp_path, FEDERATED, named(FEDERATED))
    assert found["decision"] == "unknown"
    sides = found["ways"][0]["steps"][0]["sides"]
    assert [(one["part"], one["standing"]) for one in sides] == [
        ("identity policies", "unknown"),
        ("session policy", "unknown"),
        ("bucket policy", "allows"),
    ]
    assert len({one["findings"][0]["text"] for one in sides}) == len(sides)


def test_a_federated_user_who_is_not_let_in_is_refused_in_any_case(tmp_path: Path) -> None:
    """Across accounts both sides have to allow."""
    assert answer(tmp_path, FEDERATED, named(ROLE))["decision"] == "not allowed"


def test_a_root_user_needs_no_policy_of_its_own(tmp_path: Path) -> None:
    """Though no source holds anything of its account: IAM User Guide, "AWS account root user"."""
    other = "arn:aws:iam::333344445555:root"
    found = answer(tmp_path, other, named(other))
    assert found["decision"] == "allowed"
    (root,) = (one for one in found["known"] if one["whose"] == "root")
    assert root == {"whose": "root", "account": "333344445555", "read": [], "unread": [], "whole": True}
