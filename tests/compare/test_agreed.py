"""What both sides plainly say alike needs no question; asked all the same, the answer is nothing."""

import json

import pytest
from hypothesis import given, settings

from crossaccess.compare import comparing
from crossaccess.compare.agreed import allows_as_much
from crossaccess.compare.comparing import compare
from crossaccess.compare.near import Single
from crossaccess.compare.reading import Own
from crossaccess.compare.statements import Numbered, numbered
from crossaccess.policy.document import PolicyKind, parse_document
from crossaccess.who.finding import who
from crossaccess.who.mentions import Mentions
from tests.support.matrices import BOB, BOX, READER, Said, allow, to_bob
from tests.support.picture_pairs import PicturePair, picture_pairs
from tests.support.stack_pairs import StackPair, stack_pairs

_thrifty = settings(deadline=None, max_examples=settings().max_examples // 2)
_TLS: Said = {"Bool": {"aws:SecureTransport": "true"}}
_OWN_NAME: Said = {"StringEquals": {"s3:prefix": "${aws:username}"}}
_DENY: Said = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}


def _read(kind: PolicyKind, *statements: Said) -> tuple[Numbered, ...]:
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    return numbered(parse_document(json.dumps(document), kind), "policy")


def _own(*statements: Said, boundary: bool = False, closed: bool = False) -> Own:
    return Own(
        identity=_read(PolicyKind.IDENTITY, *statements),
        boundary=_read(PolicyKind.BOUNDARY, allow("*", "*")) if boundary else None,
        closed=frozenset({"policy that nobody can read"} if closed else ()),
    )


def _trust() -> Said:
    return {"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("own", "theirs", "agreed"),
    [
        ((allow("s3:GetObject", f"{BOX}/*"),), to_bob("s3:GetObject", f"{BOX}/*"), True),
        ((allow(["s3:GetObject", "s3:Put*"], f"{BOX}/*"),), to_bob("s3:GetObject", f"{BOX}/*"), True),
        ((allow("s3:GetObject", [BOX, f"{BOX}/*"]),), to_bob("s3:GetObject", f"{BOX}/*"), True),
        ((allow("s3:GetObject", f"{BOX}/*"),), to_bob("s3:GetObject", f"{BOX}/*", Condition=_TLS), True),
        ((allow("s3:GetObject", f"{BOX}/*", Condition=_TLS),), to_bob("s3:GetObject", f"{BOX}/*"), False),
        ((allow("s3:GetObject", f"{BOX}/a/*"),), to_bob("s3:GetObject", f"{BOX}/*"), False),
        ((allow("s3:PutObject", f"{BOX}/*"),), to_bob("s3:GetObject", f"{BOX}/*"), False),
        ((allow("s3:GetObject", f"{BOX}/*"), _DENY), to_bob("s3:GetObject", f"{BOX}/*"), False),
        ((), to_bob("s3:GetObject", f"{BOX}/*"), False),
        ((allow("s3:GetObject", "*"),), to_bob("s3:GetObject", "*"), False),
        (
            (allow("s3:ListBucket", BOX, Condition=_OWN_NAME),),
            to_bob("s3:ListBucket", BOX, Condition=_OWN_NAME),
            False,
        ),
        (
            ({"Effect": "Allow", "NotAction": "s3:Put*", "Resource": f"{BOX}/*"},),
            to_bob("s3:GetObject", f"{BOX}/*"),
            False,
        ),
    ],
)
def test_what_is_said_in_the_same_words_is_agreed(own: tuple[Said, ...], theirs: Said, agreed: bool) -> None:
    """Less, another thing, a refusal, or what has to be worked out first is not plain to see."""
    assert allows_as_much(_own(*own), _read(PolicyKind.RESOURCE, theirs), BOX) is agreed


@pytest.mark.parametrize(("resource", "agreed"), [(READER, True), ("*", False), (f"{READER}s", False)])
def test_a_trust_policy_is_about_its_own_role(resource: str, agreed: bool) -> None:
    """It names no resource."""
    own = _own(allow("sts:AssumeRole", resource))
    assert allows_as_much(own, _read(PolicyKind.TRUST, _trust()), READER) is agreed


@pytest.mark.parametrize("limits", [{"boundary": True}, {"closed": True}])
def test_what_may_take_away_is_asked_about(limits: dict[str, bool]) -> None:
    """A boundary, and what nobody can read."""
    own = _own(allow("sts:AssumeRole", READER), **limits)
    assert not allows_as_much(own, _read(PolicyKind.TRUST, _trust()), READER)


def test_of_a_principal_that_is_not_there_nothing_is_plain() -> None:
    """Its account may still let it."""
    assert not allows_as_much(None, _read(PolicyKind.TRUST, _trust()), READER)


def _asking_about_all(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(comparing, "allows_as_much", lambda *_: False)
    among = Single.among
    patched.setattr(Single, "among", lambda single, _: among(single, None))


@_thrifty
@given(picture_pairs())
def test_a_comparison_is_the_same_where_all_are_asked_about(pair: PicturePair) -> None:
    """Whatever is not asked has no answer."""
    found = compare(pair.old, pair.new)
    with pytest.MonkeyPatch.context() as patched:
        _asking_about_all(patched)
        assert found == compare(pair.old, pair.new)


@_thrifty
@given(stack_pairs())
def test_a_matrix_is_the_same_where_all_are_asked_about(pair: StackPair) -> None:
    """Of what the program deploys, too."""
    found = who(pair.picture)
    with pytest.MonkeyPatch.context() as patched:
        _asking_about_all(patched)
        # Nor is a grant taken for one that says it by its words.
        patched.setattr(Mentions, "_word_by_word", lambda *_: None)
        assert found == who(pair.picture)
