"""Permission sets by command: `python -m sandbox permission-set`."""

import configparser
import sys

import pytest

from sandbox.process import Finished, run
from sandbox.running import Sandbox

pytestmark = pytest.mark.sandbox


def permission_set(sandbox: Sandbox, *args: str) -> Finished:
    """Type the command in a shell that has the sandbox's environment."""
    command = [sys.executable, "-m", "sandbox", "permission-set", *args]
    return run(command, env=sandbox.environment.over({}), cwd=sandbox.project_root, timeout=60)


def test_a_permission_set_is_assigned_used_and_taken_out(sandbox: Sandbox) -> None:
    """Both people who are assigned get a profile that is a session of its role, until it is taken out."""
    said = permission_set(sandbox, "Readers", "--person", "bob", "--person", "carol").checked("Assigning")
    assert "\nprofile  bob-Readers\nprofile  carol-Readers\n" in said.out
    who = ("sts", "get-caller-identity", "--profile", "carol-Readers", "--query", "Arn", "--output", "text")
    arn = sandbox.aws(*who).checked("Asking").out
    assert arn.startswith("arn:aws:sts::112233445566:assumed-role/AWSReservedSSO_Readers_")
    again = permission_set(sandbox, "Readers")
    assert again.status == 1
    assert "is in account-b already" in again.err
    permission_set(sandbox, "Readers", "--remove").checked("Taking it out")
    gone = permission_set(sandbox, "Readers", "--remove")
    assert gone.status == 1
    assert "There is no permission set Readers" in gone.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("X", "--account", "account-c"), "There is no account 'account-c': there are account-a, account-b."),
        (("X", "--person", "dora"), "There is no 'dora' in account-b: its people are account-b, bob, carol."),
        (("X", "--policy", "nobodys"), "policy/nobodys, which is not there"),
    ],
)
def test_what_is_not_there_is_told(sandbox: Sandbox, args: tuple[str, ...], message: str) -> None:
    """One line says what is wrong, and nothing is made."""
    ended = permission_set(sandbox, *args)
    assert ended.status == 1
    assert message in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    profiles = configparser.RawConfigParser()
    profiles.read(sandbox.folder.aws_config)
    assert "profile bob-X" not in profiles
