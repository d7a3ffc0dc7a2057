"""`crossaccess explain`, as people and scripts call it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from tests.support.broken import OWNER, REQUESTER, WHOLE, write
from tests.support.engine_files import PREVIEWS

STATES = tuple(str(PREVIEWS / f"{name}.state.json") for name in ("account-a", "account-b"))
URL = "s3://shared-111111222222"
READ = ("s3:GetObject", f"{URL}/reports/2026/a")
HOSTILE = "\x1b[2J\u202e`<script>\n| [x](javascript:alert(1))"
DENY = [{"Sid": HOSTILE, "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]


def explain(*words: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["explain", *words])


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_report_goes_into_the_file_that_is_named(tmp_path: Path, form: str) -> None:
    """The same as would be printed, and nothing is; the status says what was found all the same."""
    file = tmp_path / "why.out"
    words = ("bob", "s3:GetObject", f"{URL}/other/a", *STATES, "--format", form)
    done = explain(*words, "-o", str(file))
    assert (done.exit_code, done.output) == (2, "")
    written = file.read_text(encoding="utf-8")
    at = re.compile(r"aws:CurrentTime=[0-9TZ:-]+")
    assert at.sub("", written) == at.sub("", explain(*words).stdout)
    assert explain(*words, "-o", "-").stdout.count("\n") > 3


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """In one line."""
    done = explain("bob", *READ, *STATES, "-o", str(tmp_path / "no-folder" / "why.txt"))
    assert done.exit_code == 1
    assert "no-folder" in done.stderr
    assert "Traceback" not in done.output


def test_of_several_principals_the_one_that_gets_in_least_counts(tmp_path: Path) -> None:
    """A grant names Carol, too, and no policy of hers or of the bucket is there yet."""
    state = tmp_path / "owner.json"
    text = Path(STATES[0]).read_text(encoding="utf-8")
    named = re.sub(r'("name": ?"reports".*?"principals": ?\[)', r'\1"user/carol", ', text, flags=re.DOTALL)
    assert named != text
    state.write_text(named, encoding="utf-8")
    done = explain("grant/reports", *READ, str(state), STATES[1], "--format", "json")
    answers = {one["principal"]["name"]: one["decision"] for one in json.loads(done.stdout)["answers"]}
    assert answers == {"user/bob": "allowed", "user/carol": "not allowed"}
    assert done.exit_code == 2


def hostile(folder: Path, *, deny: bool) -> Path:
    """A folder in which whoever wrote the policies named them as they liked."""
    write(folder, {})
    full = [{"Sid": HOSTILE, "Effect": "Allow", "Action": "*", "Resource": "*"}]
    place = folder / REQUESTER / "scp" / "root"
    place.mkdir(parents=True)
    for name, statements in (("full", full), ("limits", DENY if deny else full)):
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        (place / f"{HOSTILE.replace('/', ' ')} {name}.json").write_text(text, encoding="utf-8")
    own = json.dumps({"Version": "2012-10-17", "Statement": WHOLE["user"]})
    (folder / REQUESTER / "user" / "bob" / f"{HOSTILE}.json").write_text(own, encoding="utf-8")
    return folder


@pytest.mark.parametrize("deny", [True, False])
def test_hostile_names_of_policies_and_statements_do_nothing_to_a_terminal(
    tmp_path: Path, deny: bool
) -> None:
    """They are shown with escapes, on their own line, wherever they stand."""
    folder = hostile(tmp_path, deny=deny)
    done = explain("bob", "s3:GetObject", "s3://lake/reports/2026/a", "--policies", str(folder))
    assert done.exit_code == (2 if deny else 0)
    assert not re.search("[\x1b\u202e]", done.stdout)
    assert "\\x1b[2J\\u202e`<script>\\n|" in done.stdout
    assert all(not line.startswith("| [x]") for line in done.stdout.splitlines())


def test_hostile_names_are_data_for_programs(tmp_path: Path) -> None:
    """ASCII, and the same text when it is read again."""
    folder = hostile(tmp_path, deny=True)
    words = ("bob", "s3:GetObject", "s3://lake/reports/2026/a", "--policies", str(folder))
    done = explain(*words, "--format", "json")
    assert done.stdout.isascii()
    (answer,) = json.loads(done.stdout)["answers"]
    sides = {side["part"]: side for step in answer["ways"][0]["steps"] for side in step["sides"]}
    (finding,) = sides["service control policies"]["findings"]
    assert finding["statement"] == f"statement 1 ({HOSTILE})"
    assert HOSTILE.replace("/", " ") in finding["policy"]


def test_an_upload_in_parts_is_told_apart(tmp_path: Path) -> None:
    """Where the put itself is allowed, that step alone fails, and the status stays 0."""
    key = next(Path(write(tmp_path, {}) / OWNER / "key").iterdir()).stem
    change = {"user": {"set": {"UseKey": {"Action": "kms:GenerateDataKey"}}}}
    words = ("bob", "s3:PutObject", "s3://lake/reports/2026/a", "--policies", str(write(tmp_path, change)))
    done = explain(*words, "--key", f"arn:aws:kms:eu-central-1:{OWNER}:key/{key}")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("allowed: user/bob")
    assert f":key/{key}: not allowed, for an upload in parts only" in done.stdout
    told = explain(*words, "--key", f"arn:aws:kms:eu-central-1:{OWNER}:key/{key}", "--format", "json")
    (answer,) = json.loads(told.stdout)["answers"]
    assert [(one["action"], one["onlyFor"]) for one in answer["ways"][0]["steps"]] == [
        ("s3:PutObject", None),
        ("kms:GenerateDataKey", None),
        ("kms:Decrypt", "an upload in parts"),
    ]


def test_the_levels_that_were_known_are_listed(tmp_path: Path) -> None:
    """Who reads the answer sees of which levels nothing was known; without any it is said so."""
    folder = write(tmp_path, {"scp": [{"Sid": "Full", "Effect": "Allow", "Action": "*", "Resource": "*"}]})
    words = ("bob", "s3:GetObject", "s3://lake/reports/2026/a", "--policies", str(folder))
    shown = explain(*words).stdout
    assert f"service control policies at root ({REQUESTER}): service control policy limits at root\n" in shown
    assert "not looked at: policies of VPC endpoints and of sessions" in shown
    none = explain("bob", "s3:GetObject", f"{URL}/reports/2026/a", *STATES).stdout
    assert "not looked at: policies of organizations, of VPC endpoints and of sessions" in none


def test_the_organization_of_two_roles_is_listed_once(tmp_path: Path) -> None:
    """Both are of the owner's account, and both let Carol in."""
    full = [{"Sid": "Full", "Effect": "Allow", "Action": "*", "Resource": "*"}]
    assume = {"carol": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
    folder = write(tmp_path, {**assume, "owner's scp": full})
    roles = folder / OWNER / "role"
    shutil.copytree(roles / "exchange", roles / "second")
    words = ("carol", "s3:GetObject", "s3://lake/exchange/2026/a", "--policies", str(folder))
    done = explain(*words, "--context", "sts:ExternalId=contract-7", "--format", "json")
    (answer,) = json.loads(done.stdout)["answers"]
    assert [way["role"].rpartition("/")[2] for way in answer["ways"]] == ["exchange", "second"]
    listed = [one for one in answer["known"] if one["whose"].startswith("service control policies")]
    assert [one["read"] for one in listed] == [["service control policy limits at root"]]
