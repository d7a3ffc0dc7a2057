"""`crossaccess drift`, and the profiles of `explain`, as far as nobody is called."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from crossaccess.commands import drift as command
from crossaccess.deployment.picture import Picture
from crossaccess.deployment.seen import Carried, Seen, SeenPrincipal, Wanted
from crossaccess.drift.verdict import FailOn, Outcome
from crossaccess.live.errors import LiveError
from crossaccess.live.looking import Profiles
from crossaccess.policy.principal import PrincipalKind
from crossaccess.report.diff.formats import FORMATS
from tests.support.engine_files import PREVIEWS

STATES = (str(PREVIEWS / "account-a.state.json"), str(PREVIEWS / "account-b.state.json"))
B = "112233445566"
DENY = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
ALLOW = DENY.replace("Deny", "Allow")
HOSTILE = "<script>alert(1)</script>\x1b[2J`|**"


def drift(*words: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["drift", *STATES, *words])


Principals = dict[tuple[PrincipalKind, str], SeenPrincipal]


def looks(monkeypatch: pytest.MonkeyPatch, principals: Principals) -> list[tuple[Profiles, Wanted]]:
    """Have account B be so, whoever looks; what is asked for."""
    asked: list[tuple[Profiles, Wanted]] = []

    def look(_: Picture, profiles: Profiles, wanted: Callable[[str], Wanted], __: object) -> tuple[Seen, ...]:
        asked.append((profiles, wanted(B)))
        return (Seen(account=B, by="the profile b", principals=principals),)

    monkeypatch.setattr("crossaccess.commands.further.look", look)
    return asked


def test_the_names_of_formats_statuses_and_checks_are_those_of_the_rooms() -> None:
    """The command knows them without importing what they stand for."""
    assert tuple(FORMATS) == command.FORMATS
    assert {one.value for one in FailOn} == set(command.FAIL_ON)
    assert {one.value for one in Outcome} == set(command.STATUSES)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--profile", "b"], "Give the stacks: by -s STACK, or as the PATHs"),
        ([STATES[0]], "Name whom to look with: --owner-profile, --profile, or both."),
        ([STATES[0], "-C", ".", "--profile", "b"], "--cwd belongs to -s STACK."),
        (["no-such.json", "--profile", "b"], "no-such.json cannot be read"),
        ([STATES[0], "--profile", "b", "--fail-on", "what"], "'what' is not one of"),
    ],
)
def test_a_wrong_use_is_told(words: list[str], told: str) -> None:
    """Before anybody is called."""
    done = CliRunner().invoke(main, ["drift", *words])
    assert (done.exit_code, done.stdout) == (1, "")
    assert told in done.stderr


GONE = {(PrincipalKind.USER, "bob"): SeenPrincipal(there=False)}


def test_a_user_who_is_gone_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told in every format; the profiles arrive."""
    asked = looks(monkeypatch, GONE)
    words = ["--profile", "b", "--owner-profile", "a", "--endpoint-url", "http://x"]
    done = {form: drift(*words, "--format", form) for form in FORMATS}
    assert {one.exit_code for one in done.values()} == {2}
    assert {f"user/bob ({B}) is gone" in one.stdout for form, one in done.items() if form == "text"} == {True}
    assert all("user/bob" in one.stdout for one in done.values())
    assert "by hand since deployed; 1 thing is not as deployed" in done["text"].stdout
    assert json.loads(done["json"].stdout)["drift"] == [
        {
            "kind": "gone",
            "name": "user/bob",
            "account": B,
            "effect": None,
            "sentence": f"user/bob ({B}) is gone",
        }
    ]
    profiles, wanted = asked[0]
    assert profiles == Profiles(owners=("a",), requesters=("b",), endpoint_url="http://x")
    assert (PrincipalKind.USER, "bob") in wanted.principals
    assert drift(*words, "--fail-on", "gain").exit_code == 0
    assert drift(*words, "--fail-on", "none").exit_code == 0


@pytest.mark.parametrize("form", FORMATS)
def test_names_out_of_aws_are_harmless_in_every_format(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """They are written by whoever may write in the account."""

    def look(picture: Picture, *_: object) -> tuple[Seen, ...]:
        roles = [one for one in picture.principals if one.kind is PrincipalKind.ROLE and one.held]
        mine = SeenPrincipal(carried=Carried(inline={HOSTILE: ALLOW}))
        account = roles[0].account or ""
        found = {(PrincipalKind.ROLE, one.name.lower()): mine for one in roles}
        return (Seen(account=account, by="the profile a", principals=found),)

    monkeypatch.setattr("crossaccess.commands.further.look", look)
    done = drift("--owner-profile", "a", "--format", form)
    assert done.exit_code == 2
    assert "script" in done.stdout
    assert "\x1b" not in done.stdout
    if form in ("markdown", "html"):
        # What stands in a code span is shown letter by letter.
        assert "<script" not in re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", done.stdout)


def test_whoever_cannot_be_asked_is_told_without_acting_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """AWS's words come out of the network."""

    def failed(*_: object) -> None:
        raise LiveError("no\x1b[2J way")

    monkeypatch.setattr("crossaccess.commands.further.look", failed)
    done = drift("--profile", "b")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "Error: no�[2J way\n")


def explain(*words: str) -> Result:
    """Ask about Bob."""
    asked = ["bob", "s3:GetObject", "s3://shared-111111222222/reports/2026/x", *STATES]
    return CliRunner().invoke(main, ["explain", *asked, *words])


def test_explain_counts_what_the_account_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that no stack holds denies; nobody is read but who is asked about."""
    alone = explain()
    carried = Carried(inline={"by-the-account": DENY})
    asked = looks(monkeypatch, {(PrincipalKind.USER, "bob"): SeenPrincipal(carried=carried)})
    both = explain("--profile", "b")
    assert (alone.exit_code, both.exit_code) == (0, 2), alone.output
    assert "inline policy by-the-account of user/bob" in both.stdout
    assert f"further policies of user/bob of account {B}" in " ".join(both.stdout.split())
    assert [wanted.principals for _, wanted in asked] == [((PrincipalKind.USER, "bob"),)]


def test_explain_needs_a_profile_for_an_endpoint() -> None:
    """It calls nobody without one."""
    done = explain("--endpoint-url", "http://x")
    assert done.exit_code == 1
    assert "--endpoint-url belongs to --profile and --owner-profile." in done.stderr


_IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::{B}:user/auditor</Arn><UserId>AIDAEXAMPLE</UserId>
<Account>{B}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""


class _Silent(BaseHTTPRequestHandler):
    """Says who calls, and answers nothing else."""

    asked = threading.Event()
    over = threading.Event()

    def do_POST(self) -> None:
        """One call."""
        said = self.rfile.read(int(self.headers["Content-Length"]))
        if b"GetCallerIdentity" not in said:
            self.asked.set()
            self.over.wait(60)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(_IDENTITY)))
        self.end_headers()
        self.wfile.write(_IDENTITY.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def silent() -> Iterator[str]:
    """Where nobody answers but STS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Silent)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    _Silent.over.set()
    server.shutdown()
    serving.join()
    server.server_close()


def test_ctrl_c_waits_for_no_answer(silent: str, tmp_path: Path) -> None:
    """Calls that read are left where they are: whoever does not answer would keep the shell for minutes."""
    config = tmp_path / "config"
    words = ["drift", STATES[1], "--profile", "b", "--endpoint-url", silent]
    config.write_text(
        "[profile b]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n", encoding="utf-8"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "crossaccess", *words],
        env={**os.environ, "AWS_CONFIG_FILE": str(config), "AWS_EC2_METADATA_DISABLED": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert _Silent.asked.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (130, "", "\nInterrupted\n")
