"""What an account's principals have beside what the stacks give them, as a picture to merge with theirs."""

from dataclasses import replace

from crossaccess.deployment.further import added
from crossaccess.deployment.merging import merge
from crossaccess.deployment.picture import Picture, Policy, Principal
from crossaccess.deployment.seen import Carried, Seen, SeenPrincipal
from tests.support.drifting import (
    BOB,
    BY_B,
    LAKE,
    MANAGED,
    OF_GROUP,
    READING,
    REFUSED,
    bob,
    in_readers,
    owners,
    picture,
    readers,
    requesters,
    role,
    seen_bob,
    seen_readers,
    seen_role,
)
from tests.support.verified import A, B, grant

MINE = "policy crossaccess-bob of user/bob"
OWN = f"arn:aws:iam::{B}:policy/own"


def together(stacks: Picture, seen: Seen, *before: Picture) -> tuple[dict[str, Principal], tuple[str, ...]]:
    """The principals of the stacks with what the account adds, by label; and the notes."""
    found = added(stacks, (*before, stacks), seen)
    return {one.label: one for one in merge([stacks, found.picture]).principals}, found.notes


def names(one: Principal) -> list[str]:
    """The policies of a principal."""
    return [policy.name for policy in one.policies]


def test_further_policies_stand_beside_those_of_the_stacks() -> None:
    """Managed, inline, and those of a group; the stacks' own stay once."""
    carried = Carried(managed=(MANAGED, OWN), inline={"mine": READING})
    seen = requesters(
        principals={BOB: seen_bob(carried=carried, groups=("readers",))},
        groups={"readers": seen_readers()},
        policies={MANAGED: "changed by hand", OWN: READING, OF_GROUP: READING},
    )
    found, notes = together(picture(), seen)
    assert sorted(names(found["user/bob"])) == [
        "inline policy mine of user/bob",
        "policy crossaccess-bob of user/bob",
        "policy of-group of group/readers",
        "policy own of user/bob",
    ]
    mine = next(one for one in found["user/bob"].policies if one.arn == MANAGED)
    assert (mine.text, found["user/bob"].held) == (READING, True)
    (note,) = notes
    assert note.startswith(f"further policies of user/bob of account {B}, read with {BY_B}: ")
    assert "policy own of user/bob" in note
    assert "crossaccess-bob" not in note


def test_who_has_no_other_policy_is_told_so() -> None:
    """All that there is, is known then."""
    found, notes = together(picture(), requesters())
    assert notes == (f"further policies of user/bob of account {B}, read with {BY_B}: none",)
    assert found["user/bob"].held


def test_what_a_stack_is_about_to_take_away_is_none_of_the_account_s() -> None:
    """It is there still, and will not be."""
    before = picture()
    after = picture(principals=(role(), bob(policies=())))
    assert names(together(after, requesters(), before)[0]["user/bob"]) == []
    assert names(together(before, requesters(), after)[0]["user/bob"]) == [
        "policy crossaccess-bob of user/bob"
    ]
    seen = requesters(
        principals={BOB: seen_bob(groups=("readers",))},
        groups={"readers": seen_readers()},
        policies={MANAGED: READING, OF_GROUP: READING},
    )
    inside = picture(principals=(role(), in_readers(bob())), groups=(readers(),))
    outside = picture(groups=(readers(),))
    assert names(together(outside, seen, inside)[0]["user/bob"]) == [MINE]


def test_a_boundary_is_the_account_s_unless_a_stack_made_the_principal() -> None:
    """What the stack says of its own is what will be."""
    narrow = f"arn:aws:iam::{B}:policy/narrow"
    on_bob = requesters(
        principals={BOB: seen_bob(boundary=narrow)}, policies={MANAGED: READING, narrow: READING}
    )
    boundary = together(picture(), on_bob)[0]["user/bob"].boundary
    assert boundary is not None
    assert (boundary.arn, boundary.text) == (narrow, READING)
    on_role = owners(principals={LAKE: seen_role(boundary=narrow)}, policies={narrow: READING})
    assert together(picture(), on_role)[0]["role/lake-role"].boundary is None
    refused = requesters(principals={BOB: seen_bob(boundary=REFUSED)})
    unread = together(picture(), refused)[0]["user/bob"].boundary
    assert unread is not None
    assert unread.text is None


def test_what_may_not_be_read_is_an_unknown_policy() -> None:
    """It may deny everything: nobody is let in by what is known beside it."""
    closed = SeenPrincipal(
        there=REFUSED,
        path=None,
        carried=Carried(managed=REFUSED, inline={"mine": REFUSED}),
        groups=REFUSED,
    )
    found, notes = together(picture(), requesters(principals={BOB: closed}))
    unknown = [one for one in found["user/bob"].policies if one.text is None]
    assert [one.name for one in unknown] == [
        "inline policy mine of user/bob",
        "managed policies of user/bob",
        "policies of the groups of user/bob",
    ]
    assert {"iam:ListAttachedUserPolicies" in str(one.unknown) for one in unknown} == {True}
    (note,) = notes
    assert note.startswith(f"further policies of user/bob of account {B}, not read with {BY_B}: ")
    assert "managed policies of user/bob" in note
    half = replace(closed, carried=Carried(managed=REFUSED, inline={"mine": READING}))
    read, hidden = together(picture(), requesters(principals={BOB: half}))[1]
    assert "inline policy mine" in read
    assert "inline policy mine" not in hidden


def test_a_policy_that_a_stack_only_attaches_gets_its_text() -> None:
    """And a group's that another stack makes."""
    named = Policy(name="policy own of user/bob", unknown="it is a policy of AWS", arn=OWN)
    stacks = picture(principals=(role(), bob(policies=(named,))))
    seen = requesters(principals={BOB: seen_bob(carried=Carried(managed=(OWN,)))}, policies={OWN: READING})
    found, notes = together(stacks, seen)
    assert [(one.arn, one.text) for one in found["user/bob"].policies] == [(OWN, READING)]
    assert notes[0].endswith(": none")
    after = picture(principals=(role(), bob(policies=())))
    assert names(together(after, seen, stacks)[0]["user/bob"]) == []


def test_a_policy_of_the_stacks_that_is_not_there_is_told() -> None:
    """It counts as the stacks have it, and whoever asks why access is denied has to know."""
    told = (
        f"of account {B} counts as the stacks have it, and {BY_B} does not find it: crossaccess drift tells"
    )
    detached = requesters(principals={BOB: seen_bob(carried=Carried())})
    found, notes = together(picture(), detached)
    assert names(found["user/bob"]) == [MINE]
    assert [one for one in notes if one.startswith(f"{MINE} {told}")]
    gone = owners(principals={LAKE: seen_role(carried=Carried())})
    assert any("inline policy reads of role/lake-role" in one for one in together(picture(), gone)[1])
    unread = Carried(managed=REFUSED, inline=REFUSED)
    for seen in (
        requesters(principals={BOB: seen_bob(carried=unread)}),
        owners(principals={LAKE: seen_role(carried=unread)}),
    ):
        assert not [one for one in together(picture(), seen)[1] if "does not find" in one]
    # What is about to be attached for the first time cannot be there yet.
    assert not [
        one for one in together(picture(), detached, picture(principals=()))[1] if "does not find" in one
    ]


def test_whom_only_a_grant_names_is_there_with_what_the_account_gives() -> None:
    """Spelled as the grant does; somebody who is not there adds nothing and is told."""
    stacks = picture(principals=(role(),))
    seen = requesters(
        principals={BOB: seen_bob(carried=Carried(managed=(OWN,)), path="/")}, policies={OWN: READING}
    )
    assert names(together(stacks, seen)[0]["user/bob"]) == ["policy own of user/bob"]
    spelled = picture(principals=(role(),), grants=(grant(principals=("role/bob", "user/team/BOB")),))
    assert "user/BOB" in together(spelled, seen)[0]
    gone, notes = together(stacks, replace(seen, principals={BOB: SeenPrincipal(there=False)}))
    assert sorted(gone) == ["role/lake-role"]
    assert notes == (f"user/bob of account {B} is not there, as far as {BY_B} can see",)


def test_a_role_of_the_owner_s_stack_stays_the_stack_s() -> None:
    """A policy that somebody attached by hand is further, and its trust is what the stack says."""
    carried = Carried(inline={"reads": "changed by hand", "mine": READING})
    seen = owners(principals={LAKE: seen_role(carried=carried, trust="changed by hand")})
    found, _ = together(picture(), seen)
    mine = found["role/lake-role"]
    assert names(mine) == ["inline policy reads of role/lake-role", "inline policy mine of role/lake-role"]
    assert (mine.policies[0].text, mine.trust, mine.account) == (READING, role().trust, A)
