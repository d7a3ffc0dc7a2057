"""Setups in which one thing is broken, deployed: explained is which side it is, and AWS refuses the same."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from sandbox.process import Finished, run
from sandbox.running import Sandbox
from tests.support.by_hand import ByHand, users
from tests.support.setups import BUCKET, OWNER, REQUESTER, SETUPS, WRONG_ID, Json, Setup, broken, grants
from tests.support.stacks import deployed, owner

pytestmark = pytest.mark.sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The setups, deployed and broken. `before` are the states from before anything was changed by hand."""

    sandbox: Sandbox
    before: Path
    after: Path
    more: Path

    @property
    def known(self) -> list[str]:
        """All that can be known: the stacks as they are, and the policies that no stack holds."""
        folders = [self.more, self.sandbox.folder.organization]
        return [*states(self.after), *(word for one in folders for word in ("--policies", str(one)))]

    def run(self, *words: str) -> Finished:
        """Type a command of crossaccess in the sandbox's environment."""
        environment = self.sandbox.environment.over(os.environ)
        argv = [sys.executable, "-m", "crossaccess", *words]
        return run(argv, env=environment, cwd=self.sandbox.project_root, timeout=120)

    def verify(self, who: str, *sources: str) -> dict[str, Json]:
        """What verify says as JSON, with its exit status as `status`."""
        options = ("--profile", who, "--owner-profile", "account-a", "--wait", "0", "--format", "json")
        ended = self.run("verify", *sources, *options)
        assert ended.out, ended.err
        return {**json.loads(ended.out), "status": ended.status}


def states(folder: Path) -> list[str]:
    """The files of both stacks."""
    return [str(folder / f"{name}.json") for name in (OWNER, REQUESTER)]


def exported(sandbox: Sandbox, folder: Path) -> Path:
    """Export both stacks into a folder."""
    for name in (OWNER, REQUESTER):
        told = sandbox.pulumi("stack", "export", "-s", name).checked(f"Exporting {name}").out
        (folder / f"{name}.json").write_text(told, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def setups(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    """Deploy a working pair, break what is to be broken, and have the engine look at what is there."""
    folders = [tmp_path_factory.mktemp(name) for name in ("before", "after", "more", "organization")]
    before, after, more, organization = folders
    settings = {**owner(BUCKET, list(grants())), "versioning": False, "encryption": {"type": "kms"}}
    taken = [one.name for one in SETUPS if one.name != "untaken"]
    requester = {"side": "requester", "ownerStack": OWNER, "onlyGrants": [*taken, "intact"]}
    with (
        users(sandbox.cloud, sandbox.folder, "dave", "erin") as people,
        deployed(sandbox, {OWNER: settings, REQUESTER: requester}),
        ExitStack() as undoing,
    ):
        exported(sandbox, before)
        by = ByHand(people=people, bucket=BUCKET, undoing=undoing)
        for name, text in broken(by, organization, sandbox).items():
            (more / name).parent.mkdir(parents=True)
            (more / name).write_text(text, encoding="utf-8")
        for name in (OWNER, REQUESTER):
            sandbox.pulumi("refresh", "--yes", "--skip-preview", "-s", name).checked(f"Refreshing {name}")
        exported(sandbox, after)
        yield Broken(sandbox=sandbox, before=before, after=after, more=more)


def explained(setup: Setup, sources: Sequence[str]) -> tuple[int, str]:
    """What explain says for programs, with its exit status."""
    context = [word for told in setup.context for word in ("--context", told)]
    words = ["explain", setup.who, "s3:GetObject", setup.key, *sources, *context, "--format", "json"]
    done = CliRunner().invoke(main, words)
    assert done.stderr == ""
    return done.exit_code, done.stdout


@pytest.mark.parametrize("setup", SETUPS, ids=lambda one: one.name)
def test_the_missing_side_and_element_are_named(setups: Broken, setup: Setup) -> None:
    """And no other side is said to fail."""
    status, text = explained(setup, setups.known)
    (answer,) = json.loads(text)["answers"]
    assert (status, answer["decision"]) == (2, setup.decision)
    failing = [
        (side["account"], side["part"], finding["element"], finding["text"], finding["mend"])
        for step in answer["ways"][0]["steps"]
        for side in step["sides"]
        if side["standing"] in ("denies", "does not allow")
        for finding in side["findings"]
    ]
    assert tuple(one[:3] for one in failing) == setup.fails
    assert setup.says in failing[0][3]
    assert setup.mend in failing[0][4]


def test_what_is_not_broken_is_allowed(setups: Broken) -> None:
    """With all that is known; so that the setups are kept out by what was broken of them."""
    status, text = explained(replace(SETUPS[0], name="intact"), setups.known)
    assert status == 0, text


def test_the_stacks_can_be_asked_as_they_are(setups: Broken) -> None:
    """Previewed, and with what the engine finds there: what was edited by hand, not what would be again."""
    (setup,) = (one for one in SETUPS if one.name == "withdrawn")
    asked = (setup.who, "s3:GetObject", setup.key, "-s", OWNER, "-s", REQUESTER)
    ended = setups.run("explain", *asked, "--refresh", "--before")
    assert ended.status == 2, ended.text
    assert setup.says in ended.out
    assert setup.mend in ended.out


@pytest.fixture(scope="module")
def verified(setups: Broken) -> Mapping[str, dict[str, Json]]:
    """What verify says as each of the requesters, of all that is known."""
    return {who: setups.verify(who, *setups.known) for who in sorted({one.who for one in SETUPS})}


@pytest.mark.parametrize("setup", SETUPS, ids=lambda one: one.name)
def test_aws_refuses_the_same(verified: Mapping[str, dict[str, Json]], setup: Setup) -> None:
    """The line of that call is refused, as the policies say."""
    line = line_of(verified[setup.who], setup)
    assert (line["answer"]["reply"], line["expected"]["decision"]) == ("refused", setup.decision)
    assert line["verdict"] == "agrees"


@pytest.mark.parametrize("who", sorted({one.who for one in SETUPS}))
def test_nothing_else_differs(verified: Mapping[str, dict[str, Json]], who: str) -> None:
    """AWS and the policies agree on every line, and what is not broken works."""
    told = verified[who]
    assert (told["status"], told["result"], told["left"]) == (0, "agrees", [])
    works = {one["under"] for one in told["lines"] if one["answer"]["reply"] == "allowed"}
    assert ("intact/" in works) == (who == "bob")


def test_what_the_stacks_do_not_know_differs(setups: Broken) -> None:
    """By their states from before: with the statement that allows it, and AWS's refusal."""
    told = {who: setups.verify(who, *states(setups.before)) for who in sorted({one.who for one in SETUPS})}
    for setup in SETUPS:
        line = line_of(told[setup.who], setup)
        assert line["answer"]["reply"] == "refused", setup.name
        assert line["verdict"] == ("agrees" if setup.told else "differs"), setup.name
        if not setup.told:
            assert line["expected"]["decision"] == "allowed", setup.name
            assert any("allows it" in reason for reason in line["expected"]["reasons"])
            assert line["answer"]["code"] == "AccessDenied"


def line_of(told: Mapping[str, Json], setup: Setup) -> dict[str, Json]:
    """The line of what is broken."""
    lines = [one for one in told["lines"] if (one["grant"], one["call"]) == (setup.name, setup.call)]
    (line,) = [one for one in lines if setup.call == WRONG_ID or one["under"] == f"{setup.name}/"]
    return dict(line)
