"""Setups in which one thing is broken, deployed: explained is which side it is, and AWS refuses the same."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from sandbox.accounts import OWNER_ACCOUNT, REQUESTER_ACCOUNT
from sandbox.organization import attach, detach
from sandbox.process import Finished, run
from sandbox.running import Sandbox
from tests.support.by_hand import ByHand, users
from tests.support.stacks import deployed, grant, owner

pytestmark = pytest.mark.sandbox

BUCKET = "broken-setups"
A, B = OWNER_ACCOUNT, REQUESTER_ACCOUNT
OWNER, REQUESTER = "broken-owner", "broken-requester"
ARN = f"arn:aws:s3:::{BUCKET}"
ID = "our-contract-17"
IDENTITY, BUCKETS, KEYS = "identity policies", "bucket policy", "key policy"
GET, WRONG_ID, PLAIN = "get", "assume the role with a wrong ExternalId", "head over plain HTTP"

Json = Any  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is broken of the grant of that name, and who is kept out by it.

    `fails` are the sides that explain has to name, each with account, policies and the element that missed;
    `says` stands in what it says of the first. `call` is that of verify's lines which is refused. `told` is
    whether the stacks knew of it before anything was changed by hand.
    """

    name: str
    who: str = "bob"
    fails: tuple[tuple[str, str, str | None], ...]
    says: str
    mend: str
    decision: str = "not allowed"
    context: tuple[str, ...] = ()
    call: str = GET
    told: bool = False

    @property
    def key(self) -> str:
        """The object that they ask for: under the grant's prefix."""
        return f"s3://{BUCKET}/{self.name}/q1.csv"


SETUPS = (
    Setup(
        name="untaken",
        fails=((B, IDENTITY, "Resource"), (B, IDENTITY, "Condition")),
        says="no policy of user/bob allows s3:GetObject on this object",
        mend=f"in stack {REQUESTER} (account {B}): deploy it, the grant untaken covers this",
        told=True,
    ),
    Setup(
        name="withdrawn",
        fails=((A, BUCKETS, "Resource"),),
        says="no statement lets user/bob use s3:GetObject on this object",
        mend=f"in stack {OWNER} (account {A}): deploy it, the grant withdrawn covers this",
    ),
    Setup(
        name="prefix",
        fails=((B, IDENTITY, "Resource"),),
        says="(OtherYear): its resource is prefix/2025/*",
        mend=f"in stack {REQUESTER} (account {B}): deploy it, the grant prefix covers this",
    ),
    Setup(
        name="account",
        fails=((A, BUCKETS, "Principal"),),
        says=f"it names arn:aws:iam::{A}:root: another account than {B}",
        mend=f"let the statement name arn:aws:iam::{B}:user/bob",
    ),
    Setup(
        name="recreated",
        who="dave",
        fails=((A, BUCKETS, "Principal"), (A, KEYS, "Principal")),
        says="it names a principal that no longer exists (AIDA",
        mend="save the policy anew, so that it names the new user/dave: pulumi up --refresh",
    ),
    Setup(
        name="no-decrypt",
        who="carol",
        fails=((B, IDENTITY, None),),
        says="no policy of user/carol allows kms:Decrypt on this key",
        mend=f"in stack {REQUESTER} (account {B}): deploy it, the grant no-decrypt covers this",
    ),
    Setup(
        name="no-key",
        who="erin",
        fails=((A, KEYS, "Action"),),
        says="its action is kms:DescribeKey",
        mend=f"in stack {OWNER} (account {A}): deploy it, the grant no-key covers this",
    ),
    Setup(
        name="denied",
        decision="denied",
        fails=((A, BUCKETS, None),),
        says="(SecurityTeam), denies it, without any condition",
        mend=f"in stack {OWNER} (account {A}): nothing can be allowed against a deny",
    ),
    Setup(
        name="scp",
        decision="denied",
        fails=((B, "service control policies", None),),
        says="service control policy no-reading at account, statement 1 (NoReading), denies it",
        mend="in the organization's management account: nothing can be allowed against a deny",
    ),
    Setup(
        name="boundary",
        fails=((B, "permissions boundary", "NotResource"),),
        says="nearest is permissions boundary of user/bob, statement 1 (Rest): it is about everything but",
        mend=f"let the boundary allow s3:GetObject on {ARN}/boundary/q1.csv, too",
    ),
    Setup(
        name="expired",
        fails=(
            (B, IDENTITY, "Condition"),
            (A, BUCKETS, "Condition"),
            (B, IDENTITY, "Condition"),
            (A, KEYS, "Condition"),
        ),
        says="it ended on 2026-01-01T00:00:00Z",
        mend="give the grant expired another end, and deploy both stacks",
        told=True,
    ),
    Setup(
        name="external",
        fails=((B, IDENTITY, "Condition"), (A, "trust policy", "Condition")),
        says=f"it asks for the external id {ID}, and this one has theirs",
        mend=f"--context sts:ExternalId={ID}",
        context=("sts:ExternalId=theirs",),
        call=WRONG_ID,
        told=True,
    ),
    Setup(
        name="tls",
        decision="denied",
        fails=((A, BUCKETS, "Condition"),),
        says="denies it, since it is without TLS",
        mend="make the request over TLS (https)",
        context=("aws:SecureTransport=false",),
        call=PLAIN,
        told=True,
    ),
)
"""Both sides' statements, prefix, account, a user made again, KMS on both sides, a deny, SCP, boundary and
so on: all at once in two stacks, each on a grant of its own."""


def grants() -> Iterator[Mapping[str, object]]:
    """A grant for each setup, and one of which nothing is broken."""
    for one in SETUPS:
        more: dict[str, object] = {"conditions": {"expires": "2026-01-01"}} if one.name == "expired" else {}
        if one.name == "external":
            more = {"method": "assume-role", "conditions": {"externalId": ID}}
        if one.name == "recreated":
            more = {"trust": "exact"}
        yield grant(one.name, f"user/{one.who}", **more)
    yield grant("intact", "user/bob")


def without(setup: str) -> Any:  # Any: changes JSON
    """Take a prefix out of the resources of a shared statement."""

    def change(statements: Json) -> None:
        for one in statements:
            if one["Effect"] == "Allow" and isinstance(one["Resource"], list):
                one["Resource"] = [name for name in one["Resource"] if name != f"{ARN}/{setup}/*"]

    return change


def broken(by: ByHand, organization: Path, sandbox: Sandbox) -> dict[str, str]:
    """Break by hand what no stack says; what no stack holds of it, as a folder's files."""

    def in_bucket(statements: Json) -> None:
        for name in ("withdrawn", "account"):
            without(name)(statements)
        read = {"Effect": "Allow", "Action": "s3:GetObject"}
        bob = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{A}:user/bob"}}
        elsewhere = {"Principal": {"AWS": f"arn:aws:iam::{A}:root"}, "Condition": bob}
        statements.append({**read, **elsewhere, "Sid": "Account", "Resource": f"{ARN}/account/*"})
        statements.append(
            {**read, "Sid": "SecurityTeam", "Effect": "Deny", "Principal": "*", "Resource": f"{ARN}/denied/*"}
        )

    def of_bob(statements: Json) -> None:
        without("prefix")(statements)
        statements.append(
            {
                "Sid": "OtherYear",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": f"{ARN}/prefix/2025/*",
            }
        )

    def of_carol(statements: Json) -> None:
        statements[:] = [one for one in statements if one["Action"] != "kms:Decrypt"]

    def of_key(statements: Json) -> None:
        (one,) = (one for one in statements if "user/erin" in json.dumps(one))
        one["Action"] = "kms:DescribeKey"

    by.bucket_policy(in_bucket)
    by.key_policy(of_key)
    by.own_policy("bob", of_bob)
    by.own_policy("carol", of_carol)
    by.made_again("dave", sandbox.folder)
    deny = {"Sid": "NoReading", "Effect": "Deny", "Action": "s3:GetObject", "Resource": f"{ARN}/scp/*"}
    file = organization / "no-reading.json"
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [deny]}), encoding="utf-8")
    attach(sandbox.folder, "account-b", file)
    by.undoing.callback(detach, sandbox.folder, "account-b", "no-reading")
    rest = {"Sid": "Rest", "Effect": "Allow", "Action": "*", "NotResource": f"{ARN}/boundary/*"}
    return {f"{B}/user/bob/boundary.json": by.boundary("bob", rest)}


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
