"""`crossaccess decide --batch`: lines as objects, lines in order, and lines that are no cases."""

import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossaccess.decide.batch import answer_line
from tests.decide.strategies import OWNER, ROLE, SESSION, Situation, situations

many = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def _case(name: str) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    request = {
        "principal": f"arn:aws:iam::{OWNER}:user/alice",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::box/a",
        "resourceAccount": OWNER,
    }
    policies = {"identity": [{"Version": "2012-10-17", "Statement": [statement]}]}
    return json.dumps({"name": name, "request": request, "policies": policies})


# No cases, each in a way of its own; none holds a line feed, since that would make two lines of it.
BROKEN: dict[str, bytes] = {
    "no JSON": b"{nope",
    "half a case": _case("half").encode()[:-20],
    "two cases on one line": (_case("one") + _case("two")).encode(),
    "a number": b"7",
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "a text": b'"case"',
    "not a number": b'{"name": NaN}',
    "bytes that are no UTF-8": b'{"name": "\xff\xfe"}',
    "bytes of an image": bytes(byte for byte in range(256) if byte not in (10, 13)),
    "zero bytes": b"\x00\x00\x00",
    "lists nested deep": b"[" * 100_000 + b"]" * 100_000,
    "objects nested deep": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "policies nested deep": b'{"name":"deep","request":{},"policies":{"identity":'
    + b"[" * 5_000
    + b"]" * 5_000
    + b"}}",
    "a number of many digits": b'{"name":"big","request":{"principal":' + b"9" * 10_000 + b"}}",
    "a name that is a list": b'{"name":["x"],"request":{},"policies":{}}',
    "a lone surrogate": b'{"name":"\\ud800","request":{},"policies":{}}',
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_line_is_an_error_that_says_what_is_wrong(line: bytes) -> None:
    """The answer is a name, where one can be read, and an error in words."""
    answer = answer_line(line)
    assert set(answer) == {"name", "error"}
    assert isinstance(answer["error"], str)
    assert answer["error"]
    assert len(answer["error"]) < 1_000, "an error repeats no whole line"


def _run(lines: bytes) -> tuple[int, list[dict[str, object]], bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "crossaccess", "decide", "--batch", "-"],
        input=lines,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_broken_lines_between_good_ones_leave_the_good_ones_answered_in_order() -> None:
    """The real command answers every line in its place and says by its exit status that some were broken."""
    lines = [
        part for index, line in enumerate(BROKEN.values()) for part in (_case(f"good {index}").encode(), line)
    ]
    status, answers, stderr = _run(b"\n".join(lines))
    assert stderr == b""
    assert status == 1
    assert len(answers) == len(lines)
    assert [answer.get("name") for answer in answers[::2]] == [
        f"good {index}" for index in range(len(BROKEN))
    ]
    assert {answer.get("decision") for answer in answers[::2]} == {"allowed"}
    assert all("error" in answer for answer in answers[1::2])


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n", b"\n  \n"], ids=["LF", "CRLF", "empty", "blank"])
def test_line_ends_and_empty_lines_are_no_cases(end: bytes) -> None:
    """Lines may end as on Windows; an empty line is passed over; the last line needs no end."""
    status, answers, stderr = _run(end.join(_case(name).encode() for name in ("one", "two", "three")))
    assert (status, stderr) == (0, b"")
    assert [(answer["name"], answer["decision"]) for answer in answers] == [
        ("one", "allowed"),
        ("two", "allowed"),
        ("three", "allowed"),
    ]


def test_no_lines_are_no_answers() -> None:
    """An empty file is answered with nothing, and that is no error."""
    assert _run(b"") == (0, [], b"")


def test_names_of_all_letters_come_back_as_they_were() -> None:
    """A name may hold letters of any script, quotes and control characters."""
    names = ["Zürich", "日本", 'a "quoted" name', "tab\tand\nline", "\u2028", "😀"]
    status, answers, _stderr = _run("".join(_case(name) + "\n" for name in names).encode())
    assert status == 0
    assert [answer["name"] for answer in answers] == names


@many
@given(situations())
def test_a_batch_line_is_decided_as_the_objects_are(where: Situation) -> None:
    """The command's line and the library's call are one decision."""
    context = dict(where.context)
    if where.caller == SESSION:
        context["aws:PrincipalArn"] = [ROLE]
    line = {
        "name": "it",
        "request": {
            "principal": where.caller,
            "action": where.action,
            "resource": where.target,
            "resourceAccount": OWNER,
            "context": context,
        },
        "policies": {
            "identity": where.identity,
            "resource": where.resource,
            "boundary": where.boundary,
            "session": where.session,
            "endpoint": where.endpoint,
            "scp": where.scp,
            "rcp": where.rcp,
        },
    }
    answer = answer_line(json.dumps(line))
    assert answer["decision"] == where.answer().decision.value
    assert answer["name"] == "it"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "request",
                    "policies",
                    "principal",
                    "action",
                    "resource",
                    "identity",
                    "Statement",
                    "Version",
                    "scp",
                    "context",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@many
@given(_json)
def test_any_json_is_answered(value: object) -> None:
    """Whatever the line holds, the answer is a decision with its reasons or an error, never a traceback."""
    answer = answer_line(json.dumps(value))
    assert set(answer) in ({"name", "decision", "reasons"}, {"name", "error"})


@many
@given(st.binary(max_size=60))
def test_any_bytes_are_answered(line: bytes) -> None:
    """A line of any bytes is an answer, and almost always an error."""
    answer = answer_line(line)
    assert set(answer) in ({"name", "decision", "reasons"}, {"name", "error"})


@pytest.mark.parametrize("place", ["case", "request"])
def test_a_context_is_incomplete_wherever_the_line_says_so(place: str) -> None:
    """The stricter word holds: a key that may have been there leaves the case unknown."""
    case = json.loads(_case("one"))
    statement = case["policies"]["identity"][0]["Statement"][0]
    statement["Condition"] = {"Null": {"aws:SourceVpce": "true"}}
    assert answer_line(json.dumps(case))["decision"] == "allowed"
    case["contextComplete"] = place != "case"
    case["request"]["contextComplete"] = place != "request"
    assert answer_line(json.dumps(case))["decision"] == "unknown"


def test_a_key_of_a_case_in_another_spelling_is_an_error() -> None:
    """A misspelt `contextComplete` must not pass for a complete context; keys of one's own may stay."""
    case = json.loads(_case("one"))
    assert "error" not in answer_line(json.dumps({**case, "expect": "allowed"}))
    assert "contextComplete" in str(answer_line(json.dumps({**case, "contextcomplete": False}))["error"])
