"""`crossaccess profile`, and how AWS's own parser reads what it writes."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from botocore.configloader import load_config
from click.testing import CliRunner, Result

from crossaccess.cli import main
from tests.support.engine_files import PREVIEWS

ROLE = "arn:aws:iam::111111222222:role/exchange-role"
MINE = "# mine\r\n[profile other]\r\nregion = eu-west-1\r\n"


def profile(*words: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["profile", *map(str, words)])


def handover(folder: Path, **grant: object) -> Path:
    """A file with the handover of one grant of a role."""
    usual: dict[str, Any] = {
        "name": "exchange",
        "account": "112233445566",
        "principals": ["user/bob"],
        "method": "assume-role",
        "actions": ["s3:GetObject"],
        "prefixes": [],
        "roleName": "exchange-role",
        "roleArn": ROLE,
    }
    said = {
        "version": 2,
        "account": "111111222222",
        "partition": "aws",
        "region": "eu-central-1",
        "bucket": {"name": "shared", "arn": "arn:aws:s3:::shared"},
        "grants": [usual | grant],
    }
    path = folder / "handover.json"
    path.write_text(json.dumps(said))
    return path


@pytest.mark.parametrize("stack", ["account-a", "account-b"])
def test_aws_reads_the_profile_of_a_state_as_it_is_meant(tmp_path: Path, stack: str) -> None:
    """The owner's and the requester's state tell the same."""
    done = profile(PREVIEWS / f"{stack}.state.json", "--source-profile", "bob")
    assert done.exit_code == 0
    config = tmp_path / "config"
    config.write_text(done.stdout)
    assert load_config(str(config))["profiles"] == {
        "exchange": {
            "role_arn": ROLE,
            "source_profile": "bob",
            "role_session_name": "bob",
            "duration_seconds": "3600",
        }
    }


def test_a_file_keeps_every_other_byte(tmp_path: Path) -> None:
    """A profile is added once, and replaced with --force only; the file keeps its rights."""
    config, source = tmp_path / "config", handover(tmp_path, conditions={"externalId": "=a\\b"})
    config.write_bytes(MINE.encode() + b"# \xff\r\n")
    config.chmod(0o640)
    assert profile(source, "-o", config).exit_code == 0
    added = config.read_bytes()
    assert added.startswith(MINE.encode() + b"# \xff\r\n\r\n[profile exchange]\r\n")
    refused = profile(source, "-o", config)
    assert (refused.exit_code, config.read_bytes()) == (1, added)
    assert f"{config}: the profile 'exchange' is there already: --force replaces it" in refused.stderr
    assert profile(source, "-o", config, "--force", "--session-name", "else").exit_code == 0
    assert config.read_bytes() == added.replace(b"= bob", b"= else")
    assert config.stat().st_mode & 0o777 == 0o640


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """And the command by hand is printed, quoted for a shell."""
    config = tmp_path / "new"
    done = profile(handover(tmp_path, conditions={"externalId": "a\\b"}), "-o", config)
    assert config.stat().st_mode & 0o777 == 0o600
    assert load_config(str(config))["profiles"]["exchange"]["external_id"] == "a\\b"
    assert "--external-id=a\\b" in shlex.split(done.stdout)


def test_a_replaced_profile_leaves_the_next_one_its_comment(tmp_path: Path) -> None:
    """A profile between others is replaced where it stands."""
    config = tmp_path / "config"
    config.write_text('[profile "exchange"]\nregion = x\n\n# next\n[default]\noutput = json\n')
    assert profile(handover(tmp_path), "-o", config, "--force").exit_code == 0
    assert config.read_text().endswith("duration_seconds = 3600\n\n# next\n[default]\noutput = json\n")
    assert "region" not in config.read_text()


@pytest.mark.parametrize(
    "grant",
    [
        {"name": "a]\n[profile default"},
        {"roleArn": f"{ROLE}\ncredential_process = sh"},
        {"roleArn": "arn:aws:iam::999999999999:role/theirs"},
        {"conditions": {"externalId": "a\nb"}},
        {"session": 1},
    ],
)
def test_what_another_account_may_not_say_is_refused(tmp_path: Path, grant: dict[str, object]) -> None:
    """Nothing is written, and the message holds no line of theirs."""
    config = tmp_path / "config"
    done = profile(handover(tmp_path, **grant), "-o", config)
    assert (done.exit_code, config.exists()) == (1, False)
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [["--source-profile", "a]"], ["--session-name", "a b"], ["--grant", "no"]])
def test_a_wrong_option_is_told(tmp_path: Path, words: list[str]) -> None:
    """By its name or by what there is."""
    assert profile(handover(tmp_path), *words).exit_code == 1


def test_a_file_that_aws_cannot_read_stays_as_it_is(tmp_path: Path) -> None:
    """A section that stands twice makes AWS refuse the file."""
    config = tmp_path / "config"
    config.write_text("[default]\n[default]\n")
    done = profile(handover(tmp_path), "-o", config)
    assert "AWS cannot read the file" in done.stderr
    assert str(config) in done.stderr
    assert config.read_text() == "[default]\n[default]\n"


def test_what_no_profile_can_say_is_left_to_the_command(tmp_path: Path) -> None:
    """A source identity goes with the call alone."""
    done = profile(handover(tmp_path, conditions={"sourceIdentity": ["bob"]}))
    assert "[profile" not in done.stdout
    assert "--source-identity bob" in done.stdout
