"""What comes through a role: who may assume it does what its sessions may do, as surely as both are."""

from dataclasses import replace

from crossaccess.compare.change import Change, Effect, Example, Shift, Standing, Subject
from crossaccess.compare.effort import OVERLAP
from crossaccess.compare.through_roles import Through, through

_BOB = Subject(name="user/bob", account="112233445566")
_ANYBODY = Subject(name="any principal", account="112233445566")
_SAME = Example(request={"action": "sts:AssumeRole"}, old="allowed", new="allowed")
_OTHER = Example(request={"action": "s3:GetObject"}, old="not allowed", new="allowed")
_ASSUMING = Change(
    effect=Effect.GAIN,
    standing=Standing.EFFECTIVE,
    subject=_BOB,
    target="role reader",
    actions=("sts:AssumeRole",),
    conditions=("with MFA",),
    statements=("trust policy",),
    examples=(_SAME,),
)
_DEED = Change(
    effect=Effect.GAIN,
    standing=Standing.EFFECTIVE,
    subject=Subject(name="role/reader", account="111111222222"),
    target="bucket box",
    actions=("s3:GetObject",),
    resources=("a/*",),
    conditions=("over TLS",),
    statements=("role policy",),
    examples=(_OTHER,),
)
_READER = "arn:aws:iam::111111222222:role/reader"
_TOO_HARD = replace(
    _ASSUMING, effect=Effect.UNKNOWN, actions=("*",), conditions=(), examples=(), reason=OVERLAP
)


def _role(**lists: tuple[Change, ...]) -> Through:
    none: dict[str, tuple[Change, ...]] = {"assumes": (), "does": (), "assumers": (), "deeds": ()}
    return Through(name="reader", arn=_READER, **{**none, **lists})


def test_a_new_deed_is_told_of_who_may_assume_the_role() -> None:
    """With the conditions, statements and examples of both, those that differ first."""
    (told,) = through(_role(does=(_DEED,), deeds=(_DEED,), assumers=(_ASSUMING,)))
    assert told == replace(
        _DEED,
        subject=_BOB,
        way="by role reader",
        role=_READER,
        conditions=("with MFA", "over TLS"),
        statements=("role policy", "trust policy"),
        examples=(_OTHER, _SAME),
    )


def test_a_new_deed_for_whom_it_is_too_hard_to_tell_may_be_a_gain() -> None:
    """Whether the trust lets it in nobody can say: told as unknown with the reason, never left out."""
    (told,) = through(_role(does=(_DEED,), deeds=(_DEED,), assumers=(_TOO_HARD,)))
    assert (told.subject, told.effect, told.reason) == (_BOB, Effect.UNKNOWN, OVERLAP)
    assert (told.target, told.way) == ("bucket box", "by role reader")


def test_a_trust_that_is_too_hard_to_tell_leaves_the_deeds_and_itself_unknown() -> None:
    """What stands may come along; and the trust may let its principal do more than assume the role."""
    told = through(_role(assumes=(_TOO_HARD,), assumers=(_TOO_HARD,), deeds=(_DEED,)))
    assert [(one.target, one.effect, one.reason) for one in told] == [
        ("bucket box", Effect.UNKNOWN, OVERLAP),
        ("role reader", Effect.UNKNOWN, OVERLAP),
    ]


def test_a_loss_stays_a_loss_whatever_is_in_doubt_beside_it() -> None:
    """Doubt about what stands makes no gain of it."""
    lost = replace(_DEED, effect=Effect.LOSS)
    (told,) = through(_role(does=(lost,), deeds=(lost,), assumers=(_TOO_HARD,)))
    assert told.effect is Effect.LOSS


def test_who_newly_may_assume_the_role_is_told_all_its_deeds_once() -> None:
    """A deed that is new as well comes along with the rest, and the assuming itself is no line of its own."""
    old_deed = replace(_DEED, target="bucket other")
    told = through(_role(assumes=(_ASSUMING,), assumers=(_ASSUMING,), does=(_DEED,), deeds=(_DEED, old_deed)))
    assert [one.target for one in told] == ["bucket box", "bucket other"]
    assert all(one.subject == _BOB and one.effect is Effect.GAIN for one in told)


def test_a_loosened_trust_tells_both_conditions_of_each_deed() -> None:
    """Those of the trust change; those of the deed stand on both sides."""
    loosened = replace(_ASSUMING, shift=Shift.LOOSENED, conditions=(), before=("with MFA",))
    (told,) = through(_role(assumes=(loosened,), assumers=(loosened,), deeds=(_DEED,)))
    assert (told.shift, told.before, told.conditions) == (
        Shift.LOOSENED,
        ("with MFA", "over TLS"),
        ("over TLS",),
    )


def test_a_loosened_deed_tells_both_conditions_behind_those_of_the_trust() -> None:
    """The trust stands."""
    loosened = replace(_DEED, shift=Shift.LOOSENED, conditions=(), before=("over TLS",))
    (told,) = through(_role(does=(loosened,), deeds=(loosened,), assumers=(_ASSUMING,)))
    assert (told.before, told.conditions) == (("with MFA", "over TLS"), ("with MFA",))


def test_what_the_other_account_may_take_up_is_delegated_through_the_role_too() -> None:
    """And it is as public as the trust is, whatever the role's own deed is."""
    left = replace(
        _ASSUMING, subject=_ANYBODY, standing=Standing.DELEGATED, public=True, takers=("user/bob",)
    )
    (told,) = through(_role(does=(_DEED,), deeds=(_DEED,), assumers=(left,)))
    assert (told.standing, told.public, told.takers) == (Standing.DELEGATED, True, ("user/bob",))


def test_where_nobody_may_assume_the_role_its_sessions_changes_stay() -> None:
    """They are told as what they are."""
    assert through(_role(does=(_DEED,), deeds=(_DEED,))) == [_DEED]


def test_more_than_assuming_is_told_beside_what_comes_along() -> None:
    """An action on the role that is no part of assuming it has its own line."""
    tagging = replace(_ASSUMING, actions=("sts:AssumeRole", "sts:TagSession"))
    more = replace(_ASSUMING, actions=("sts:AssumeRole", "iam:PassRole"))
    assert [
        one.target for one in through(_role(assumes=(tagging,), assumers=(tagging,), deeds=(_DEED,)))
    ] == ["bucket box"]
    assert [one.target for one in through(_role(assumes=(more,), assumers=(more,), deeds=(_DEED,)))] == [
        "bucket box",
        "role reader",
    ]


def test_a_role_without_deeds_is_told_by_who_may_assume_it() -> None:
    """There is nothing that could come along."""
    assert through(_role(assumes=(_ASSUMING,), assumers=(_ASSUMING,))) == [_ASSUMING]


def test_the_grants_of_a_deed_by_a_role_are_those_that_say_both() -> None:
    """Where either is no grant's business, those of the other; where nobody asked, nothing."""
    said = {"trust": ("a", "b"), "deed": ("b", "c"), "none": None}

    def grants(one: str, other: str) -> object:
        assuming, deed = replace(_ASSUMING, grants=said[one]), replace(_DEED, grants=said[other])
        return through(_role(assumes=(assuming,), assumers=(assuming,), deeds=(deed,)))[0].grants

    assert grants("trust", "deed") == ("b",)
    assert grants("none", "deed") == ("b", "c")
    assert grants("trust", "none") == ("a", "b")
    assert grants("none", "none") is None
