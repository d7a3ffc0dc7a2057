"""A verification as people and programs read it."""

import json
from pathlib import Path

import pytest

from crossaccess.commands.verify import FORMATS, STATUSES
from crossaccess.decide import Decision
from crossaccess.report.verification import render
from crossaccess.verify.expecting import Expected
from crossaccess.verify.judging import Left, Outcome, Verdict, Verification, worst
from crossaccess.verify.line import Aim, Answer, By, Call, Line, Reply

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"
LINE = Line(grant="g\x1b[2J", bucket="b", by=By.OWN, call=Call.GET, place="p/", aim=Aim.GRANTED)


def outcome(decision: Decision, reply: Reply, *, missing: bool = False) -> Outcome:
    """A line that was expected so and answered so."""
    answer = Answer(reply=reply, code="AccessDenied", status=403, message="AWS's\x07 word", missing=missing)
    expected = Expected(decision=decision, reasons=("our reason",))
    return Outcome(line=LINE, expected=expected, answer=answer, weak=missing, seconds=0.1234)


GOOD = outcome(Decision.ALLOWED, Reply.ALLOWED)
BAD = outcome(Decision.ALLOWED, Reply.REFUSED)
OPEN = outcome(Decision.UNKNOWN, Reply.REFUSED)
ALL = Verification(
    caller="arn:aws:iam::112233445566:user/bob",
    outcomes=(GOOD, BAD, OPEN),
    left=(Left(bucket="b", key="p/.crossaccess-probe/x", version="v1", reason="refused"),),
    notes=("a note",),
)


@pytest.mark.parametrize(
    ("decision", "reply", "missing", "verdict"),
    [
        (Decision.ALLOWED, Reply.ALLOWED, False, Verdict.AGREES),
        (Decision.DENIED, Reply.REFUSED, False, Verdict.AGREES),
        (Decision.NOT_ALLOWED, Reply.REFUSED, True, Verdict.AGREES),
        (Decision.NOT_ALLOWED, Reply.ALLOWED, True, Verdict.DIFFERS),
        (Decision.ALLOWED, Reply.REFUSED, False, Verdict.DIFFERS),
        (Decision.ALLOWED, Reply.REFUSED, True, Verdict.UNTOLD),
        (Decision.UNKNOWN, Reply.ALLOWED, False, Verdict.UNTOLD),
        (Decision.DENIED, Reply.FAILED, False, Verdict.UNTOLD),
        (Decision.DENIED, Reply.NOT_MADE, False, Verdict.UNTOLD),
    ],
)
def test_a_verdict_is_what_both_say(
    decision: Decision, reply: Reply, missing: bool, verdict: Verdict
) -> None:
    """A call that came to nothing, and an expectation that is open, agree with nothing."""
    assert outcome(decision, reply, missing=missing).verdict is verdict


def test_the_worst_line_is_the_end_of_all() -> None:
    """Nothing at all proves nothing."""
    assert worst([Verdict.AGREES, Verdict.UNTOLD, Verdict.DIFFERS]) is Verdict.DIFFERS
    assert worst([Verdict.AGREES, Verdict.UNTOLD]) is Verdict.UNTOLD
    assert worst([Verdict.AGREES]) is Verdict.AGREES
    assert worst([]) is Verdict.UNTOLD
    assert set(STATUSES) == {one.value for one in Verdict}
    assert [STATUSES[one.value] for one in (Verdict.AGREES, Verdict.DIFFERS, Verdict.UNTOLD)] == [0, 2, 3]


def test_a_difference_is_shown_with_both_reasons() -> None:
    """Ours and AWS's, beside what is left behind and what cannot be told."""
    shown = render(ALL, "text")
    assert "DIFFERS: g\\x1b[2J, by own keys: get under p/\n  ours: allowed\n    our reason\n" in shown
    assert "  AWS: refused (403 AccessDenied)\n    AWS's\\x07 word\n" in shown
    assert "?: g\\x1b[2J, by own keys: get under p/: our reason\n" in shown
    assert "left behind: s3://b/p/.crossaccess-probe/x version v1: refused\n" in shown
    assert shown.endswith("! a note\nof 3 lines 1 agree, 1 differ and 1 cannot be told\n")
    assert "AWS and the stacks agree on all of 1 lines" in render(
        Verification(caller="c", outcomes=(GOOD,)), "text"
    )


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_foreign_acts_on_a_terminal(form: str) -> None:
    """Names come out of other accounts, and messages out of the network."""
    shown = render(ALL, form)
    assert not {one for one in shown if not one.isprintable()} - {"\n"}


def test_every_key_for_programs_stands_on_the_page() -> None:
    """And the version that the page is about."""
    data = json.loads(render(ALL, "json"))
    page = PAGE.read_text(encoding="utf-8").partition("## JSON")[2]
    keys = {
        *data,
        *data["lines"][0],
        *data["lines"][0]["expected"],
        *data["lines"][0]["answer"],
        *data["left"][0],
    }
    assert {key for key in keys if f"`{key}`" not in page} == set()
    assert f"| `version` | {data['version']} |" in page
    assert (data["result"], data["lines"][1]["verdict"]) == ("differs", "differs")
