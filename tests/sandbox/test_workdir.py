"""The engine's working folder: the committed files reach it as they are, but for what the sandbox changes."""

from pathlib import Path

import pytest
import yaml

from sandbox.errors import SandboxError
from sandbox.folder import PROJECT_ROOT
from sandbox.workdir import fill_workdir, project_text, stack_text

OWNER = """\
# A comment
config:
  aws:profile: account-a
  crossaccess:side: owner
  crossaccess:protect: true # as it should be
  crossaccess:expires: 2027-01-31
  crossaccess:grants:
    - account: "012345678901"
"""


def test_the_committed_files_are_copied(tmp_path: Path) -> None:
    """Each committed stack has its copy, and the committed files stay untouched."""
    before = {file: file.read_bytes() for file in PROJECT_ROOT.glob("Pulumi*.yaml")}
    assert fill_workdir(tmp_path, PROJECT_ROOT, tmp_path / "venv") == ("account-a", "account-b")
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in before}
    assert {file: file.read_bytes() for file in before} == before


def test_the_project_points_back_to_the_program() -> None:
    """Paths in the copy of `Pulumi.yaml` hold wherever it lies; all else is as committed."""
    committed = "name: crossaccess\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\n"
    project = yaml.safe_load(project_text(committed, Path("/program"), Path("/somewhere/.venv")))
    assert project == {
        "name": "crossaccess",
        "runtime": {"name": "python", "options": {"virtualenv": "/somewhere/.venv"}},
        "main": "/program",
    }


def test_the_owners_bucket_is_free_to_be_destroyed() -> None:
    """The copy differs from the committed stack file in the protection only."""
    committed, copied = (yaml.safe_load(text)["config"] for text in (OWNER, stack_text(OWNER)))
    assert copied == committed | {"crossaccess:protect": False, "crossaccess:forceDestroy": True}


def test_the_rest_of_a_stack_file_stays_as_it_was_written() -> None:
    """A date stays a date's text, a quoted account stays quoted, a comment stays."""
    changed = {"  crossaccess:protect: true # as it should be\n"}
    kept = [line for line in OWNER.splitlines(keepends=True) if line not in changed]
    assert [line for line in stack_text(OWNER).splitlines(keepends=True) if line in kept] == kept


@pytest.mark.parametrize(
    "text",
    [
        "config:\n  crossaccess:side: requester\n",
        "config:\n  crossaccess:side: owner\n  crossaccess:existingBucket: theirs\n",
        "encryptionsalt: v1\n",
        "config: {}\n",
    ],
)
def test_a_stack_that_makes_no_bucket_is_copied_as_it_is(text: str) -> None:
    """A requester's stack, and one that adopts a bucket, know no protection and must not be told of one."""
    assert stack_text(text) == text


def test_missing_files_are_named(tmp_path: Path) -> None:
    """A folder without a program says which file is missing."""
    with pytest.raises(SandboxError, match=r"Pulumi\.yaml is missing"):
        fill_workdir(tmp_path, tmp_path, tmp_path)


def test_a_program_without_stacks_is_refused(tmp_path: Path) -> None:
    """Without a stack file there is nothing to deploy."""
    program = tmp_path / "program"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: x\nruntime: {name: python}\n", encoding="utf-8")
    with pytest.raises(SandboxError, match=r"no stack file .*program"):
        fill_workdir(tmp_path, program, tmp_path)


@pytest.mark.parametrize("text", ["[]", "name: x", "runtime: python", "a: [", ""])
def test_a_project_file_of_another_kind_is_refused(text: str) -> None:
    """What is no project of ours is one message, no traceback."""
    with pytest.raises(SandboxError, match=r"Pulumi\.yaml is no Pulumi project"):
        project_text(text, Path("/program"), Path("/venv"))
