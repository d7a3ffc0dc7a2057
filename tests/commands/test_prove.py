"""`crossaccess prove`, as people and CI call it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from crossaccess.commands.prove import STATUSES
from crossaccess.compare.prove import ProofKind
from crossaccess.decide.batch import answer_lines
from tests.support.engine_files import PREVIEWS

BUCKET = "arn:aws:s3:::shared-111111222222"
STATE_A = str(PREVIEWS / "account-a.state.json")
STATE_B = str(PREVIEWS / "account-b.state.json")
ADDED = str(PREVIEWS / "grant-added.json")
BOB = "arn:aws:iam::112233445566:user/bob"


def prove(*words: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["prove", *words])


def folder(root: Path, **documents: dict[str, Any]) -> Path:
    """A folder with these policies of the bucket `lake`'s account, by what has them."""
    for name, document in documents.items():
        file = root / "111111222222" / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_suffix(".json").write_text(json.dumps({"Version": "2012-10-17", **document}))
    return root


def allow(*actions: str, principal: str | None = None) -> dict[str, Any]:
    """A document that allows actions on all objects of the bucket `lake`."""
    who = {} if principal is None else {"Principal": {"AWS": principal}}
    said = {"Effect": "Allow", "Action": list(actions), "Resource": "arn:aws:s3:::lake/*", **who}
    return {"Statement": [said]}


def test_a_rewrite_is_proven_to_give_nothing_new() -> None:
    """One preview holds what is old and what is new."""
    done = prove("--no-new-access", str(PREVIEWS / "rewritten.json"), "--with", STATE_B)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "proven: the new state allows nothing that the old one does not"


def test_new_access_is_a_counterexample_that_decide_takes() -> None:
    """The request goes into a case as it is, and the new state's policies allow it."""
    done = prove("--no-new-access", ADDED, "--format", "json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["result"]) == (2, "counterexample")
    line = json.dumps({"name": "one", "request": told["request"], "policies": {}})
    (answer,) = answer_lines([line.encode()])
    assert "error" not in answer


def test_a_state_gives_nothing_new_to_itself() -> None:
    """Two states need no preview; the other account's may stand beside both."""
    assert prove("--no-new-access", STATE_A, STATE_A).exit_code == 0
    assert prove("--no-new-access", STATE_A, STATE_A, "--with", STATE_B).exit_code == 0


def test_two_folders_are_compared(tmp_path: Path) -> None:
    """A narrower policy gives nothing new, a wider one does."""
    old = str(folder(tmp_path / "old", bucket__lake=allow("s3:GetObject", principal=BOB)))
    new = str(folder(tmp_path / "new", bucket__lake=allow("s3:GetObject*", principal=BOB)))
    assert prove("--no-new-access", new, old).exit_code == 0
    wider = prove("--no-new-access", old, new)
    assert wider.exit_code == 2
    assert "s3:GetObjectAcl" in wider.stdout


def test_what_nobody_can_do_is_proven() -> None:
    """No grant of the saved stacks deletes."""
    done = prove("--never", f"s3:DeleteObject on {BUCKET}/*", STATE_A, STATE_B)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("proven: by the policies given, nobody can do s3:DeleteObject on ")


def test_what_somebody_can_do_is_told_with_a_request() -> None:
    """Who, how, and the request as `crossaccess decide` takes it."""
    done = prove("--never", f"s3:GetObject on {BUCKET}/*", STATE_A, STATE_B)
    first, *rest = done.stdout.splitlines()
    assert done.exit_code == 2
    assert first == f"counterexample: by the policies given, somebody can do s3:GetObject on {BUCKET}/*"
    assert any("user/bob (112233445566)" in line for line in rest)
    request = next(line for line in rest if "for example " in line).partition("for example ")[2]
    assert json.loads(request)["action"] == "s3:GetObject"


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        (f"s3:GetObject on {BUCKET}/reports/*", ["--except", BOB, "--except", "role/exchange-role"]),
        (f"s3:GetObject on {BUCKET}/reports/* except {BOB}, role/exchange-role", []),
        (f"s3:GetObject on {BUCKET}/reports/* except user/bob", ["--except", "role/exchange-role"]),
        (f"s3:GetObject on {BUCKET}/reports/*", ["except", "user/bob,", "role/exchange-role"]),
        (f"  s3:getobject   on  {BUCKET}/reports/*  except 112233445566", []),
        (f"s3:GetObject,s3:GetObjectVersion on {BUCKET}/reports/*", ["except", "112233445566"]),
    ],
)
def test_who_may_is_named_in_any_of_three_ways(sentence: str, words: list[str]) -> None:
    """In the sentence, by an option, or behind the paths; by ARN, by name or by account."""
    assert prove("--never", sentence, STATE_A, STATE_B).exit_code == (0 if "except" in sentence else 2)
    assert prove("--never", sentence, STATE_A, STATE_B, *words).exit_code == 0


def test_a_preview_counts_as_what_will_be() -> None:
    """What it is about to let the other account do could be done; what is known of that account counts."""
    sentence = f"s3:PutObject on {BUCKET}/inbox/*"
    assert prove("--never", sentence, STATE_A).exit_code == 0
    assert prove("--never", sentence, ADDED).exit_code == 2
    assert prove("--never", sentence, ADDED, STATE_B).exit_code == 0


def test_a_bucket_that_nobody_here_holds_is_unknown() -> None:
    """Its policy could let anybody in: a misspelt name proves nothing."""
    done = prove("--never", "s3:DeleteObject on arn:aws:s3:::shaerd/*", STATE_A, "--format", "json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["result"]) == (3, "unknown")
    assert told["reasons"] == [
        "no source here holds the policy of arn:aws:s3:::shaerd/*, which may let somebody"
    ]


def test_what_cannot_be_told_is_unknown_with_its_reasons(tmp_path: Path) -> None:
    """A variable is what the caller makes it."""
    said = allow("s3:DeleteObject", principal=BOB)
    said["Statement"][0]["Resource"] = "arn:aws:s3:::lake/${aws:username}/${aws:username}"
    identity = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    root = folder(tmp_path, bucket__lake=said)
    file = root / "112233445566" / "user" / "bob" / "all.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"Version": "2012-10-17", **identity}))
    done = prove("--never", "s3:DeleteObject on arn:aws:s3:::lake/*", str(root))
    assert done.exit_code in (2, 3)
    assert "user/bob" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--no-new-access"], "Missing argument 'PATH...'"),
        ([STATE_A], "Give one of --no-new-access and --never."),
        (["--no-new-access", "--never", "x", STATE_A], "Give one of --no-new-access and --never."),
        (["--no-new-access", STATE_A, STATE_A, STATE_B], "others come in by --with"),
        (["--no-new-access", "--except", BOB, ADDED], "--except belongs to --never."),
        (["--never", "x", "--with", STATE_B, STATE_A], "--with belongs to --no-new-access"),
        (["--never", "x", "except", BOB], "in front of the word except"),
        (["--no-new-access", STATE_A], "is a state, which has nothing before and after it"),
        (["--no-new-access", ADDED, STATE_A], "give it alone"),
        (["--never", "s3:GetObject", STATE_A], "is no sentence like 'ACTION on ARN'"),
        (["--never", f", on {BUCKET}", STATE_A], "names no action"),
        (["--never", "s3:GetObject on shared", STATE_A], "'shared', which is no ARN"),
        (["--never", f"GetObject on {BUCKET}/*", STATE_A], "'GetObject': give an action of s3, kms, sts"),
        (["--never", f"ec2:RunInstances on {BUCKET}/*", STATE_A], "give an action of s3, kms, sts"),
        (["--never", f"s3:DeletObject on {BUCKET}/*", STATE_A], "no action is called s3:DeletObject"),
        (["--never", f"s3:DeleteObject on {BUCKET}", STATE_A], "is never asked on arn:aws:s3:::shared"),
        (["--never", f"s3:ListBucket on {BUCKET}/*", STATE_A], "this would prove nothing"),
        (["--never", f"s3:ListJobs on {BUCKET}/*", STATE_A], "but on no bucket, key or role"),
        (
            ["--never", f"s3:GetObject on {BUCKET}/* except user/eve", STATE_B],
            "holds (user/bob): give its ARN",
        ),
        (
            ["--never", f"s3:GetObject on {BUCKET}/* except arn:aws:sts::1:assumed-role/r/s", STATE_B],
            "give the role's own ARN",
        ),
        (["--never", f"s3:GetObject on {BUCKET}/*", "no-such-file.json"], "cannot be read"),
    ],
)
def test_a_wrong_use_is_told_and_ends_with_1(words: list[str], said: str) -> None:
    """So does a sentence that could only be proven because it is mistyped."""
    done = prove(*words)
    assert done.exit_code == 1
    assert said in done.stderr
    assert done.stdout == ""


def test_each_end_has_a_status_of_its_own() -> None:
    """They are written down twice so that asking for help loads nothing."""
    assert {kind.value for kind in ProofKind} == set(STATUSES)
    assert len({1, *STATUSES.values()}) == 1 + len(STATUSES)


LIMITS = {"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}


def test_policies_of_an_organization_that_stay_are_said_not_to_count(tmp_path: Path) -> None:
    """They take the same away before and after, wherever the two folders are."""
    documents = {"bucket__lake": allow("s3:GetObject", principal=BOB), "scp__root__limits": LIMITS}
    old, new = (str(folder(tmp_path / name, **documents)) for name in ("old", "new"))
    done = prove("--no-new-access", old, new)
    assert done.exit_code == 0
    assert "policies of organizations (scp, rcp) are not counted here" in done.stdout
    assert (
        "(scp, rcp) are not counted here"
        in prove("--never", "s3:GetObject on arn:aws:s3:::lake/*", new).stdout
    )


def test_policies_of_an_organization_that_change_are_refused(tmp_path: Path) -> None:
    """One that goes away gives access, and nothing here would say so."""
    old = folder(
        tmp_path / "old", bucket__lake=allow("s3:GetObject", principal=BOB), scp__root__limits=LIMITS
    )
    new = folder(tmp_path / "new", bucket__lake=allow("s3:GetObject", principal=BOB))
    for words in (
        ["prove", "--no-new-access", str(old), str(new)],
        ["diff", "--old", str(old), "--new", str(new)],
    ):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 1
        assert "(scp, rcp) are not the same before and after" in done.stderr
