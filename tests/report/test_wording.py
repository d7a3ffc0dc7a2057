"""The sentences about a change."""

from dataclasses import replace

import pytest

from crossaccess.compare.change import Change, Comparison, Effect, Subject, Unclear
from crossaccess.report.diff.about import DRIFT
from crossaccess.report.diff.formats import Options, render
from crossaccess.report.diff.wording import BRIEF, WHOLE, headline, is_shortened, sentence, sign
from crossaccess.report.sentence import told
from tests.support import comparisons as made


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            made.EFFECTIVE_GAIN,
            (
                "user/bob (112233445566) gains s3:PutObject on reports/*, over TLS, until 2027-01-31"
                " — by role account-a-role"
            ),
        ),
        (
            made.DELEGATED_GAIN,
            (
                "account 112233445566 may let any of its principals use s3:GetObject, s3:ListBucket and 4"
                " more on incoming/* and reports/* but not reports/secret/*, over TLS — by the bucket policy;"
                " so far: user/bob"
            ),
        ),
        (
            made.DELEGATED_TO_NOBODY_YET,
            (
                "any other account may let any of its principals use kms:Decrypt on the key"
                " — by the key policy; so far: nobody"
            ),
        ),
        (
            made.LOSS,
            (
                "role/etl (112233445566) loses s3:PutObject and s3:DeleteObject on every object"
                " — by the bucket policy"
            ),
        ),
        (
            made.DELEGATED_LOSS,
            (
                "account 112233445566 may no longer let role/etl use sts:AssumeRole on the role"
                " — by its trust policy; so far: role/etl"
            ),
        ),
        (
            made.LOOSENED,
            (
                "user/bob (112233445566) may use s3:GetObject on reports/* under looser conditions (before:"
                " over TLS, from 203.0.113.0/24 and until 2026-12-31; now: over TLS) — by the bucket policy"
            ),
        ),
        (
            made.TIGHTENED,
            (
                "user/bob (112233445566) may use s3:ListBucket on the bucket only under stricter conditions"
                " (before: none; now: over TLS and with MFA) — by the bucket policy"
            ),
        ),
        (
            made.UNKNOWN,
            (
                "any role session (112233445566) may gain s3:GetObject on home/* — by the bucket policy;"
                " it cannot be told: ${aws:PrincipalTag/team} stands twice in the pattern"
            ),
        ),
        (
            made.DELEGATED_UNKNOWN,
            (
                "account 112233445566 may perhaps let any of its principals use s3:GetObject on home/*;"
                " it cannot be told: the operator StringAlike is not known"
            ),
        ),
        (
            made.PUBLIC,
            "everyone gains s3:GetObject on public/* — by the bucket policy; this opens it to everyone",
        ),
    ],
)
def test_a_change_is_one_sentence(change: Change, expected: str) -> None:
    """Who, what, on what, on which conditions, and how."""
    assert told(sentence(change, placed=True)) == expected


def test_a_sentence_on_its_own_names_the_target() -> None:
    """Without a heading above it, the objects are told to be of a bucket."""
    assert "on reports/* of bucket shared, over TLS" in told(sentence(made.EFFECTIVE_GAIN))


def test_a_delegation_to_a_class_of_callers_says_that_any_account_may_let_it_in() -> None:
    """Who belongs to no one account is let in by whichever account it belongs to."""
    change = replace(made.DELEGATED_TO_NOBODY_YET, subject=Subject(name="any role session"))
    assert told(sentence(change)).startswith("any account may let any role session use kms:Decrypt")


def test_a_shift_that_cannot_be_told_is_not_claimed() -> None:
    """An unknown change of conditions says perhaps."""
    change = replace(made.LOOSENED, effect=Effect.UNKNOWN)
    assert " may perhaps use s3:GetObject" in told(sentence(change))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (made.EFFECTIVE_GAIN, "+"),
        (made.LOSS, "-"),
        (made.LOOSENED, "~"),
        (made.TIGHTENED, "~"),
        (made.UNKNOWN, "?"),
        (replace(made.LOOSENED, effect=Effect.UNKNOWN), "?"),
    ],
)
def test_a_sign_says_what_a_change_is(change: Change, expected: str) -> None:
    """Gained, lost, conditions changed, unknown."""
    assert sign(change) == expected


def test_lists_are_shortened_with_the_number_of_what_is_left_out() -> None:
    """Conditions too, of which a policy can have very many."""
    change = replace(made.EFFECTIVE_GAIN, conditions=[f"from place {index}" for index in range(10)])
    short = told(sentence(change, BRIEF))
    assert "from place 5, on 4 more conditions — by" in short
    assert is_shortened(change)
    whole = told(sentence(change, WHOLE))
    assert "from place 9 — by" in whole
    assert "more" not in whole
    assert not is_shortened(made.EFFECTIVE_GAIN)


def test_actions_with_wildcards_come_first_then_the_well_known() -> None:
    """What matters most is not what is left out."""
    change = replace(made.LOSS, actions=("s3:Abc", "s3:ListBucket", "s3:GetObject", "s3:Put*", "s3:Abd"))
    assert "loses s3:Put*, s3:GetObject and 3 more" in told(sentence(change))


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        (made.NOTHING, "no policy changes, no access changed"),
        (made.REWRITE_ONLY, "3 policies rewritten, no access changed"),
        (Comparison(rewritten=made.REWRITTEN[:1]), "1 policy rewritten, no access changed"),
        (made.EVERY_KIND, "5 gained, 3 lost, 3 unknown"),
        (Comparison(changes=[made.LOSS]), "1 lost"),
        (Comparison(unclear=[Unclear(name="a", reason="b")], rewritten=made.REWRITTEN), "1 unknown"),
        (made.many(3_600), "1,200 gained, 1,200 lost, 1,200 unknown"),
    ],
)
def test_a_headline_sums_up(comparison: Comparison, expected: str) -> None:
    """How many of each; what is not there is not counted."""
    assert headline(comparison) == expected


@pytest.mark.parametrize(
    ("comparison", "besides", "expected"),
    [
        (made.NOTHING, 0, "no policy differs from what was deployed"),
        (made.NOTHING, 1, "no policy differs from what was deployed; 1 thing is not as deployed"),
        (made.REWRITE_ONLY, 0, "3 policies rewritten by hand since deployed, no access changed"),
        (made.EVERY_KIND, 0, "5 gained, 3 lost, 3 unknown by hand since deployed"),
        (Comparison(changes=[made.LOSS]), 2, "1 lost by hand since deployed; 2 things are not as deployed"),
        (Comparison(unclear=[Unclear(name="a", reason="b")]), 0, "1 unknown"),
    ],
)
def test_a_headline_of_a_drift_says_since_when(comparison: Comparison, besides: int, expected: str) -> None:
    """Nothing is said of a change that is to come."""
    assert headline(comparison, replace(DRIFT, besides=besides)) == expected


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_drift_is_told_in_its_own_words_in_every_format(form: str) -> None:
    """The changes in those of `diff`: no policy is not known yet, and nothing comes after."""
    shown = render(made.EVERY_KIND, form, Options(verbose=True, about=DRIFT))
    plain = render(made.EVERY_KIND, form, Options(verbose=True))
    assert "not known yet" in plain.lower()
    assert "not known yet" not in shown.lower()
    assert "not known" in shown.lower()
    assert ("crossaccess drift" in shown) is (form != "text")
    assert "crossaccess diff" not in shown
    assert " as deployed, " in shown
