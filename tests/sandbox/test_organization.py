"""Service control policies by command: `python -m sandbox scp`."""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crossaccess.deployment.source import read_source
from sandbox.accounts import REQUESTER_ACCOUNT
from sandbox.errors import SandboxError
from sandbox.gate.organization import scp_folder
from sandbox.organization import attach, detach
from sandbox.process import Finished, run
from sandbox.running import Sandbox

pytestmark = pytest.mark.sandbox

LIMITS: dict[str, Any] = {  # Any: JSON
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*"}],
}


def scp(sandbox: Sandbox, *args: str) -> Finished:
    """Type the command in a shell that has the sandbox's environment."""
    command = [sys.executable, "-m", "sandbox", "scp", *args]
    return run(command, env=sandbox.environment.over({}), cwd=sandbox.project_root, timeout=60)


def attached(sandbox: Sandbox) -> list[str]:
    """What is attached to account B: what AWS attaches, where nobody has attached anything yet."""
    files = scp_folder(sandbox.folder.organization, REQUESTER_ACCOUNT).rglob("*.json")
    return sorted(file.stem for file in files) or ["FullAWSAccess"]


@pytest.fixture
def limits(sandbox: Sandbox, tmp_path: Path) -> Iterator[Path]:
    """A policy that denies one thing; nothing is attached but what AWS attaches before and after."""
    file = tmp_path / "no-users.json"
    file.write_text(json.dumps(LIMITS), encoding="utf-8")
    assert attached(sandbox) == ["FullAWSAccess"]
    yield file
    shutil.rmtree(sandbox.folder.organization, ignore_errors=True)


def test_a_policy_is_attached_refuses_and_is_detached(sandbox: Sandbox, limits: Path) -> None:
    """The administrator of the account is refused like everyone in it, and let in again."""
    who = ("iam", "list-users", "--profile", "account-b")
    said = scp(sandbox, "account-b", str(limits)).checked("Attaching")
    assert said.out.splitlines() == [
        "attached    FullAWSAccess, no-users",
        f"--policies  {sandbox.folder.organization}",
    ]
    refused = sandbox.aws(*who)
    assert refused.status != 0
    assert "with an explicit deny in a service control policy" in refused.err
    sandbox.aws("iam", "list-users", "--profile", "account-a").checked("The other account")

    said = scp(sandbox, "account-b", "no-users", "--remove").checked("Detaching")
    assert "attached    FullAWSAccess\n" in said.out
    sandbox.aws(*who).checked("Without it")


def test_what_crossaccess_reads_is_what_the_gate_judges_by(sandbox: Sandbox, limits: Path) -> None:
    """The folder is laid out as one of policies, with what AWS attaches in it."""
    attach(sandbox.folder, "account-b", limits)
    (level,) = read_source(sandbox.folder.organization).new.levels
    assert (level.account, level.name) == ("112233445566", "account")
    assert [one.name for one in level.policies] == [
        "service control policy FullAWSAccess at account",
        "service control policy no-users at account",
    ]


def test_the_last_policy_stays(sandbox: Sandbox, limits: Path) -> None:
    """Organizations User Guide, "Detaching policies": every account has one at the least."""
    attach(sandbox.folder, "account-b", limits)
    detach(sandbox.folder, "account-b", "FullAWSAccess")
    with pytest.raises(SandboxError, match="no-users is the last one of account-b"):
        detach(sandbox.folder, "account-b", "no-users")
    assert sandbox.aws("iam", "list-roles", "--profile", "account-b").status != 0


UNHEARD = {**LIMITS["Statement"][0], "Condition": {"Bool": {"aws:Unheard": "true"}}}


@pytest.mark.parametrize(
    ("account", "text", "message"),
    [
        ("account-c", json.dumps(LIMITS), "no account 'account-c': there are account-a, account-b."),
        ("account-b", "{", "is no service control policy that AWS would take: not JSON"),
        ("account-b", '{"Statement": []}', "it has no statement"),
        (
            "account-b",
            '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}',
            "a service control policy names no principals",
        ),
        ("account-b", json.dumps(LIMITS) + " " * 5_100, "AWS takes up to 5,120"),
        (
            "account-b",
            json.dumps({"Statement": [UNHEARD]}),
            "cannot tell all of its condition keys: aws:Unheard",
        ),
    ],
    ids=["account", "JSON", "empty", "principal", "size", "key"],
)
def test_what_cannot_be_attached_is_told(
    sandbox: Sandbox, tmp_path: Path, account: str, text: str, message: str
) -> None:
    """And nothing is attached."""
    file = tmp_path / "limits.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SandboxError, match=re.escape(message)):
        attach(sandbox.folder, account, file)
    assert attached(sandbox) == ["FullAWSAccess"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobodys.json", "cannot be read"),
        ("two words.json", "'two words' is no name for a policy"),
        (".hidden.json", "'.hidden' is no name for a policy"),
    ],
)
def test_a_file_that_cannot_be_one_is_told(sandbox: Sandbox, tmp_path: Path, name: str, message: str) -> None:
    """By its name."""
    with pytest.raises(SandboxError, match=message):
        attach(sandbox.folder, "account-b", tmp_path / name)


def test_a_policy_that_is_not_attached_is_told_in_one_line(sandbox: Sandbox) -> None:
    """With what is."""
    ended = scp(sandbox, "account-b", "nobodys", "--remove")
    assert ended.status == 1
    said = " ".join(ended.err.split())
    assert said == "error: No policy 'nobodys' is attached to account-b: there is FullAWSAccess."
    with pytest.raises(SandboxError, match="FullAWSAccess is the last one of account-b"):
        detach(sandbox.folder, "account-b", "FullAWSAccess")
