"""`crossaccess who`, as it is called: on saved stacks of the real engine, and wrongly."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from tests.support.engine_files import PREVIEWS
from tests.support.golden import check_golden

GOLDEN = Path(__file__).parents[1] / "who" / "golden"
ENDINGS = {"text": "txt", "json": "json"}
STACKS = {
    "both-states": ("account-a.state.json", "account-b.state.json"),
    "with-a-key": ("account-a-with-key.state.json", "account-b-with-principals.state.json"),
    "owner-alone": ("account-a.state.json",),
    "requester-alone": ("account-b.state.json",),
    "everyone-of-an-account": ("everyone-of-an-account.json", "account-b.state.json"),
    "edited-by-hand": ("edited-by-hand.json", "account-b.state.json"),
    "adopted": ("adopted-first.json",),
}
_HOSTILE = "\x1b[2J\u202e\n+ user/eve gets in"


def who(*words: str) -> tuple[int, str]:
    """The exit status and what is printed."""
    done = CliRunner().invoke(main, ["who", *words])
    return done.exit_code, done.output


def _states(name: str = "both-states") -> list[str]:
    return [str(PREVIEWS / one) for one in STACKS[name]]


def _entries(*words: str) -> list[dict[str, Any]]:
    """Any: JSON."""
    status, text = who(*words, "--format", "json")
    assert status == 0
    found: list[dict[str, Any]] = json.loads(text)["entries"]
    return found


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("name", STACKS)
def test_a_matrix_reads_as_it_did(name: str, form: str) -> None:
    """Each is what its golden file holds."""
    status, text = who(*_states(name), "--format", form)
    assert status == 0
    check_golden(f"{name}.{ENDINGS[form]}", text, folder=GOLDEN)


def test_the_verbose_text_says_where_it_comes_from() -> None:
    """And names every action, with an example."""
    text = who(*_states(), "--verbose")[1]
    check_golden("verbose.txt", text, folder=GOLDEN)


def test_every_access_of_both_stacks_is_mentioned_by_its_grant() -> None:
    """The program's own policies give what the grants say, and nothing else."""
    found = _entries(*_states())
    assert found
    assert all(one["mentioned"] for one in found)


def test_what_was_changed_by_hand_is_marked(tmp_path: Path) -> None:
    """The bucket's policy gives more than any grant says, under the id of one."""
    state = (PREVIEWS / "account-a.state.json").read_text("utf-8")
    wider = state.replace("shared-111111222222/reports/2026/*", "shared-111111222222/*")
    assert wider != state
    path = tmp_path / "a.json"
    path.write_text(wider, encoding="utf-8")
    found = _entries(str(path))
    marked = [one for one in found if not one["mentioned"]]
    assert {place for one in marked for place in one["resources"]} == {"*"}
    assert "! once its own account allows it, read" in who(str(path))[1]


def test_before_takes_what_is_there() -> None:
    """Of previews."""
    preview = str(PREVIEWS / "grant-added.json")
    after = _entries(preview, str(PREVIEWS / "account-b.state.json"))
    before = _entries(preview, str(PREVIEWS / "account-b.state.json"), "--before")
    assert len(after) > len(before)


def test_a_folder_of_policies_adds_what_no_stack_holds(tmp_path: Path) -> None:
    """A principal that the owner's policy lets in once its own account does."""
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    folder = tmp_path / "112233445566" / "user" / "bob"
    folder.mkdir(parents=True)
    (folder / "more.json").write_text(json.dumps(document), encoding="utf-8")
    alone = _entries(*_states("owner-alone"), "--action", "read", "--prefix", "reports/")
    more = _entries(
        *_states("owner-alone"), "--policies", str(tmp_path), "--action", "read", "--prefix", "reports/"
    )
    in_bucket = [one for one in more if one["place"]["label"] == "bucket shared-111111222222"]
    assert {one["standing"] for one in alone} == {"delegated"}
    assert "effective" in {one["standing"] for one in in_bucket}


def test_the_output_can_be_a_file(tmp_path: Path) -> None:
    """And nothing is printed."""
    path = tmp_path / "who.txt"
    status, text = who(*_states(), "-o", str(path))
    assert (status, text) == (0, "")
    assert "user/bob" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Give what holds the policies"),
        (("nowhere.json",), "nowhere.json"),
        ((*_states(), "--action", "s3:GetObjekt"), "--action"),
        ((*_states(), "--prefix", "s3://b/a"), "--prefix"),
        ((*_states(), "--refresh"), "--refresh belong to -s"),
    ],
)
def test_a_wrong_use_is_said_in_words(words: tuple[str, ...], says: str) -> None:
    """With the status of a failure."""
    status, text = who(*words)
    assert status == 1
    assert says in text
    assert "Traceback" not in text


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A state in which names, ids and prefixes try to steer a terminal, and to look like lines of ours."""
    state = json.loads((PREVIEWS / "account-a.state.json").read_text("utf-8"))
    for one in state["deployment"]["resources"]:
        if one["type"] == "aws:s3/bucketPolicy:BucketPolicy":
            for place in ("inputs", "outputs"):
                policy = json.loads(one[place]["policy"])
                for statement in policy["Statement"]:
                    statement["Sid"] = _HOSTILE
                policy["Statement"][-1]["Resource"] = f"arn:aws:s3:::shared-111111222222/{_HOSTILE}/*"
                one[place]["policy"] = json.dumps(policy)
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(state), encoding="utf-8")
    return path


@pytest.mark.parametrize("more", [[], ["--verbose"]])
def test_hostile_texts_do_nothing_to_a_terminal(hostile: Path, more: list[str]) -> None:
    """They are shown with escapes, on the line that they belong to."""
    status, text = who(str(hostile), *more)
    assert status == 0
    assert not re.search("[\x1b\u202e]", text)
    assert "\\x1b[2J\\u202e\\n+ user/eve gets in" in text
    assert not any(line.strip().startswith("+ user/eve") for line in text.splitlines())


def test_hostile_texts_stay_within_json(hostile: Path) -> None:
    """ASCII alone, and as they are once it is read."""
    _, text = who(str(hostile), "--format", "json")
    assert text.isascii()
    assert "\x1b" not in text
    assert any(_HOSTILE in place for one in json.loads(text)["entries"] for place in one["resources"])
