"""The real engine's previews: the saved ones are as it makes them, and ours are made by it."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.running import run_preview
from crossaccess.deployment.source import Source, read_source
from sandbox.running import Sandbox
from sandbox.scene import Scene
from tests.support import saved_previews
from tests.support.saved_previews import FOLDER, OWNER_CHANGES, make
from tests.support.stacks import new_stack

pytestmark = pytest.mark.sandbox

NAMES = sorted(file.name for file in FOLDER.glob("*.json"))
SOURCES = [name for name in NAMES if not name.endswith(".plan.json")]


@pytest.fixture(scope="module")
def made(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make all of them anew, in a folder of their own."""
    folder = tmp_path_factory.mktemp("previews")
    saved_previews.write(make(sandbox), folder)
    return folder


def told(path: Path) -> dict[str, object] | str:
    """All that a file tells, in an order of its own: that of the steps is the engine's."""
    try:
        source = read_source(path)
    except SourceError as error:
        return str(error).removeprefix(f"{path}: ")
    return {**_pictures(source), "title": source.title, "notes": sorted(source.notes)}


def _pictures(source: Source) -> dict[str, object]:
    return {
        name: {part: sorted(map(repr, things)) for part, things in asdict(picture).items()}
        for name, picture in (("old", source.old), ("new", source.new))
    }


def test_the_saved_previews_are_all_there(made: Path) -> None:
    """None more and none less than are made."""
    assert sorted(file.name for file in made.iterdir()) == NAMES


@pytest.mark.parametrize("name", SOURCES)
def test_a_saved_preview_tells_what_the_engine_tells_now(made: Path, name: str) -> None:
    """Every bucket, key, principal, policy, grant and note is the same."""
    assert told(made / name) == told(FOLDER / name)


@pytest.fixture
def inside(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Be a user in the sandbox's environment."""
    for name, value in sandbox.environment.over(os.environ).items():
        monkeypatch.setenv(name, value)
    return sandbox


def test_a_preview_of_ours_is_made_by_the_real_engine(inside: Sandbox) -> None:
    """With the outputs that only its plan knows, of a stack that was never deployed."""
    new_stack(inside, "previewed-by-us", OWNER_CHANGES["unchanged"])
    source = run_preview("previewed-by-us", cwd=inside.project_root)
    assert source.title == "preview of previewed-by-us"
    assert [grant.name for grant in source.new.grants] == ["reports", "exchange", "audit"]
    assert [bucket.policy is not None for bucket in source.new.buckets] == [True]


def test_a_stack_that_is_not_there_is_told_in_the_engines_words(inside: Sandbox) -> None:
    """It writes no JSON then."""
    with pytest.raises(SourceError, match=r"preview of nowhere failed .*\n.*no stack named 'nowhere' found"):
        run_preview("nowhere", cwd=inside.project_root)


def test_a_passphrase_is_not_asked_for(inside: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one the engine ends, rather than to wait for somebody to type it."""
    new_stack(inside, "previewed-without", OWNER_CHANGES["unchanged"])
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    with pytest.raises(SourceError, match="passphrase"):
        run_preview("previewed-without", cwd=inside.project_root)


def run(inside: Sandbox, command: str, *words: str) -> Result:
    """Run a command that previews stacks of the program itself."""
    return CliRunner().invoke(main, [command, "-C", str(inside.project_root), *words])


def findings(inside: Sandbox, *words: str) -> set[tuple[str, str]]:
    """What `check` finds: by which rule, and on what."""
    done = run(inside, "check", *words, "--format", "json")
    assert done.exit_code == 0, done.output
    return {(one["rule"], one["about"]) for one in json.loads(done.stdout)["findings"]}


def test_check_previews_the_stacks_itself(scene: Scene, inside: Sandbox) -> None:
    """The owner's leaves its grants in doubt and the trust as it is; the requester's clears up both."""
    assert findings(inside, "-s", "account-a") == {
        ("XA208", "role/account-a-role"),
        ("XA406", f"grant bob-bucket-policy on bucket {scene.bucket}"),
        ("XA406", f"grant bob-assume-role on bucket {scene.bucket}"),
    }
    assert findings(inside, "-s", "account-a", "-s", "account-b") == set()


def test_report_previews_the_stacks_itself(scene: Scene, inside: Sandbox, tmp_path: Path) -> None:
    """One page of what both are going to say, by which Bob gets in."""
    file = tmp_path / "report.html"
    done = run(inside, "report", "-s", "account-a", "-s", "account-b", "-o", str(file))
    assert (done.exit_code, done.output) == (0, "")
    page = file.read_text(encoding="utf-8")
    assert "From <code>preview of account-a</code> and <code>preview of account-b</code>" in page
    assert '<p class="verdict">1 principal gets in from outside</p>' in page
    assert f"crossaccess-{scene.bucket}-user-bob" in page
