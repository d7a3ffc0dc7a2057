"""The README and the other pages tell the truth about what can be checked."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from components.bucket_owner import BucketOwner
from components.bucket_requester import BucketRequester
from components.bucket_settings import LOCK_KEYS, LOG_KEYS
from components.requester_settings import OWNER_KEYS
from components.settings import KEYS, OWNER, REQUESTER, parse_settings
from crossaccess.cli import main
from crossaccess.commands.diff import GAINED
from crossaccess.commands.group import FAILED
from crossaccess.commands.prove import STATUSES
from crossaccess.policy.access import ACCESS
from crossaccess.policy.encryption import ENCRYPTION_KEYS
from crossaccess.policy.faults import Faults
from crossaccess.policy.new_principal import NEW_PRINCIPAL_KEYS
from crossaccess.policy.read_conditions import CONDITION_KEYS, ENDPOINT_KEYS
from crossaccess.policy.read_grant import GRANT_KEYS
from crossaccess.policy.read_principal import NAMED_BY_GRANTS, read_principals
from tests.support.config_page import keys, names, table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("Owner", ("side", *KEYS[OWNER])),
        ("Encryption", ENCRYPTION_KEYS),
        ("A grant", GRANT_KEYS),
        ("Access", tuple(ACCESS)),
        ("Conditions", CONDITION_KEYS),
        ("Requester", ("side", *KEYS[REQUESTER])),
        ("An entry of ownerStacks", OWNER_KEYS),
        ("An entry of create", NEW_PRINCIPAL_KEYS),
        ("Outputs", {**BucketOwner.__annotations__, **BucketRequester.__annotations__}),
    ],
)
def test_a_table_names_every_key_and_no_other(heading: str, known: Iterable[str]) -> None:
    """What can be configured, and what is put out, stands on the page, and what stands there is true."""
    assert sorted(keys(heading)) == sorted(known)


def test_the_keys_inside_of_keys_are_named_where_they_belong() -> None:
    """Those of an object lock, an access log and of endpoints have no table of their own."""
    owner = {names(row[0])[0]: row[1] for row in table("Owner")}
    conditions = {names(row[0])[0]: row[1] for row in table("Conditions")}
    for told, inside in (
        (owner["objectLock"], LOCK_KEYS),
        (owner["accessLog"], LOG_KEYS),
        (conditions["vpcEndpoints"], ENDPOINT_KEYS),
    ):
        assert [key for key in inside if f"{key}: " not in told] == []


def test_the_table_of_access_names_the_actions_of_each_set() -> None:
    """A set gives what the page says, and nothing else."""
    assert {names(row[0])[0]: tuple(names(row[1])) for row in table("Access")} == ACCESS


def test_every_kind_of_principal_that_a_grant_can_name_stands_on_the_page() -> None:
    """Each in the form that is read, which an error message tells as well."""
    faults = Faults()
    read_principals(["nobody"], "principals", faults, account="112233445566")
    (message,) = faults.all()
    assert [form for form in keys("Principals") if form not in str(message)] == []
    assert {form.partition("/")[0] for form in keys("Principals")} == {kind.value for kind in NAMED_BY_GRANTS}


@pytest.mark.parametrize("page", ["README.md", "docs/config.md"])
def test_the_stack_files_of_a_page_are_right(page: str) -> None:
    """Each example is one that the program takes."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        config = yaml.safe_load(block)["config"]
        values = {key.removeprefix("crossaccess:"): value for key, value in config.items()}
        parse_settings(
            {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
        )


@pytest.mark.parametrize(
    "page", sorted({"README.md", *(p.as_posix() for p in Path(ROOT, "docs").rglob("*.md"))})
)
def test_links_lead_somewhere(page: str) -> None:
    """A link to a file of the project finds it."""
    path = ROOT / page
    for link in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
        if not link.startswith("https://"):
            assert (path.parent / link).exists(), link


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    """Every `make` that the README tells exists."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = set(re.findall(r"(?:^    |`|\()make ([a-z-]+)", README, re.MULTILINE))
    assert told
    assert told <= targets


@pytest.mark.parametrize(
    ("command", "of"),
    [
        ("diff", "diff"),
        ("prove", "diff"),
        ("check", "findings"),
        ("drift", "drift"),
        ("explain", "explain"),
        ("profile", "profile"),
        ("verify", "verify"),
        ("report", "report"),
        ("who", "who"),
    ],
)
def test_the_help_on_the_page_is_what_the_command_prints(command: str, of: str) -> None:
    """Word by word, with every option and exit status."""
    page = (ROOT / "docs" / f"{of}.md").read_text(encoding="utf-8")
    printed = CliRunner().invoke(main, [command, "--help"], prog_name="crossaccess").stdout
    assert f"```\n{printed}```\n" in page


def test_the_exit_statuses_of_the_readme_are_those_of_the_commands() -> None:
    """A script goes by them."""
    rows = re.findall(r"^\| (\d) \| ([^|]*?) *\| ([^|]*) \|$", README, re.MULTILINE)
    told = {int(status): (of_diff, of_prove) for status, of_diff, of_prove in rows}
    assert [status for status, (of_diff, _) in told.items() if of_diff] == [0, FAILED, GAINED]
    assert sorted(told) == sorted({FAILED, *STATUSES.values()})
    assert told[STATUSES["proven"]] == ("nothing gained", "proven")
    assert told[STATUSES["counterexample"]][1] == "a counterexample"
    assert told[STATUSES["unknown"]][1] == "it cannot be told"


def test_no_file_holds_the_marks_of_a_merge_that_was_left_half_done() -> None:
    """Both halves of a page cannot be true."""
    marks = tuple(f"{mark * 7} " for mark in "<>|")
    tops = [path for path in ROOT.iterdir() if path.name == ".ci" or not path.name.startswith(".")]
    paths = [path for top in tops for path in (top, *top.rglob("*")) if path.is_file()]
    assert Path(__file__) in paths
    for path in paths:
        text = path.read_bytes().decode(errors="replace")
        assert not [line for line in text.splitlines() if line.startswith(marks)], path
