"""What differs from the deployment is told, and nothing else is."""

import json
from dataclasses import replace
from typing import Any

import pytest

from crossaccess.compare.change import Effect
from crossaccess.deployment.picture import Key, Policy, Principal
from crossaccess.deployment.seen import (
    Carried,
    Seen,
    SeenBucket,
    SeenGroup,
    SeenKey,
    SeenPrincipal,
    Unread,
    Wanted,
    wanted_of,
)
from crossaccess.drift.drifting import drifted, paired_pictures
from crossaccess.drift.result import Ledger
from crossaccess.policy.principal import PrincipalKind
from tests.support.drifting import (
    ALL_ON,
    BOB,
    EVERYTHING,
    LAKE,
    MANAGED,
    OF_BUCKET,
    OF_GROUP,
    OF_KEY,
    READ,
    READING,
    REFUSED,
    ROLE,
    bob,
    found,
    in_readers,
    owners,
    picture,
    readers,
    requesters,
    role,
    said,
    seen_bob,
    seen_readers,
    seen_role,
    text,
    told,
    unclear,
    urn,
)
from tests.support.verified import KEY_ARN, A, B, grant

OWN = f"arn:aws:iam::{B}:policy/of-the-account"
NOTHING: list[object] = []


def test_what_is_as_it_was_deployed_is_no_drift() -> None:
    """No change, no note, nothing rewritten."""
    drift = found()
    assert (said(drift), told(drift), unclear(drift)) == (NOTHING, NOTHING, {})
    assert (drift.comparison.rewritten, drift.comparison.notes) == ((), ())


def test_all_that_the_stacks_name_is_wanted() -> None:
    """And whom their grants name; of another account nothing."""
    stacks = picture(grants=(grant(principals=("user/bob", "role/apps/etl", "account", "organization/o-1")),))
    assert wanted_of(stacks, A) == Wanted(
        buckets=(("shared", None),), keys=((KEY_ARN, None),), principals=(LAKE,)
    )
    assert wanted_of(stacks, B) == Wanted(principals=(BOB, (ROLE, "etl")), policies=(MANAGED,))


def test_a_policy_of_the_account_is_no_drift_and_decides_what_one_does() -> None:
    """Bob has other policies: they hold before and after."""
    other = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::shared/*"}
    has = requesters(
        principals={BOB: seen_bob(carried=Carried(managed=(MANAGED, OWN)))},
        policies={MANAGED: READING, OWN: text(other)},
    )
    assert said(found(has)) == NOTHING
    statement = {
        **READ,
        "Principal": {"AWS": f"arn:aws:iam::{B}:user/bob"},
        "Action": ["s3:GetObject", "s3:PutObject"],
    }
    opened = owners(buckets={"shared": SeenBucket(policy=text(statement), block=ALL_ON, key=KEY_ARN)})
    assert "gain user/bob s3:PutObject reports/*" in said(found(has, opened))


def test_a_policy_added_to_what_a_stack_made_is_drift() -> None:
    """An inline and an attached one, each told, with what it gives."""
    by_hand = f"arn:aws:iam::{A}:policy/by-hand"
    inline = {"reads": READING, "mine": text(EVERYTHING), "other": text({**EVERYTHING, "Effect": "Deny"})}
    carried = Carried(managed=(by_hand,), inline=inline)
    drift = found(owners(principals={LAKE: seen_role(carried=carried)}, policies={by_hand: text(EVERYTHING)}))
    assert told(drift) == [
        ("attached", "policy by-hand of role/lake-role"),
        ("attached", "inline policy mine of role/lake-role"),
        ("attached", "inline policy other of role/lake-role"),
    ]
    # Each counts, the one that denies as well.
    assert {change.effect for change in drift.comparison.changes} == {Effect.LOSS}
    alone = replace(carried, inline={"reads": READING, "mine": text(EVERYTHING)})
    gains = found(owners(principals={LAKE: seen_role(carried=alone)}, policies={by_hand: READING}))
    assert {change.effect for change in gains.comparison.changes} == {Effect.GAIN}


def test_a_policy_added_to_what_a_stack_made_that_cannot_be_read_may_give_anything() -> None:
    """It is there, and nobody knows what it says."""
    by_hand = f"arn:aws:iam::{A}:policy/by-hand"
    refused = Unread(permission="iam:GetPolicyVersion", reason="AccessDenied: no")
    seen = owners(
        principals={LAKE: seen_role(carried=Carried(managed=(by_hand,), inline={"reads": READING}))},
        policies={by_hand: refused},
    )
    drift = found(seen)
    assert [change.effect for change in drift.comparison.changes] == [Effect.UNKNOWN]
    assert "iam:GetPolicyVersion" in unclear(drift)["policy by-hand of role/lake-role"]


def test_a_detached_policy_is_told_with_what_is_lost() -> None:
    """Apart from one that is gone altogether."""
    bare = {BOB: seen_bob(carried=Carried())}
    detached = found(requesters(principals=bare))
    gone = found(requesters(principals=bare, policies={MANAGED: None}))
    name = "policy crossaccess-bob of user/bob"
    assert (told(detached), told(gone)) == ([("detached", name)], [("gone", name)])
    assert said(detached) == said(gone) == ["loss user/bob s3:GetObject reports/*"]


def test_a_policy_that_the_stacks_only_attach_is_lost_with_what_it_says_now() -> None:
    """No stack holds the text of a policy of AWS; while it is attached it is as it was deployed."""
    named = Policy(name="policy ReadOnly of user/bob", unknown="it is a policy of AWS", arn=OWN)
    stacks = picture(principals=(role(), bob(policies=(named,))))
    kept = requesters(principals={BOB: seen_bob(carried=Carried(managed=(OWN,)))}, policies={OWN: READING})
    lost = requesters(principals={BOB: seen_bob(carried=Carried())}, policies={OWN: READING})
    assert (said(found(kept, stacks=stacks)), unclear(found(kept, stacks=stacks))) == (NOTHING, {})
    drift = found(lost, stacks=stacks)
    assert (told(drift), said(drift)) == (
        [("detached", "policy ReadOnly of user/bob")],
        ["loss user/bob s3:GetObject reports/*"],
    )


def test_a_principal_that_is_gone_loses_what_it_had() -> None:
    """A user whom no stack made, and a role that one did."""
    user = found(requesters(principals={BOB: SeenPrincipal(there=False)}))
    assert (told(user), said(user)) == ([("gone", "user/bob")], ["loss user/bob s3:GetObject reports/*"])
    gone = found(owners(principals={LAKE: SeenPrincipal(there=False)}))
    assert told(gone) == [("gone", "role/lake-role")]
    assert {change.effect for change in gone.comparison.changes} == {Effect.LOSS}


def test_whom_only_a_grant_names_and_who_is_not_there_is_a_note() -> None:
    """The owner's stack may be deployed before anybody is there."""
    stacks = picture(principals=(role(),))
    drift = found(requesters(principals={BOB: SeenPrincipal(there=False)}), stacks=stacks)
    assert (told(drift), said(drift)) == (NOTHING, NOTHING)
    assert drift.comparison.notes == (f"user/bob of account {B}, whom grant reports names, is not there",)


MINE = "policy crossaccess-bob of user/bob"
CLOSED = SeenPrincipal(there=REFUSED, path=None, carried=Carried(managed=REFUSED, inline=REFUSED))


@pytest.mark.parametrize(
    ("seen", "names"),
    [(seen_bob(carried=Carried(managed=REFUSED)), {MINE}), (CLOSED, {MINE, "user/bob"})],
)
def test_what_may_not_be_read_is_not_told_as_lost(seen: SeenPrincipal, names: set[str]) -> None:
    """It stands as it was deployed, and is named with the permission."""
    drift = found(requesters(principals={BOB: seen}))
    assert (said(drift), told(drift)) == (NOTHING, NOTHING)
    assert set(unclear(drift)) == names
    assert all("iam:ListAttachedUserPolicies" in reason for reason in unclear(drift).values())


def a_bucket(**more: Any) -> Seen:  # Any: what was seen
    """The owner's account, with a bucket that is so."""
    usual: dict[str, Any] = {"policy": OF_BUCKET, "block": ALL_ON, "key": KEY_ARN}
    return owners(buckets={"shared": SeenBucket(**{**usual, **more})})


def a_role(**more: Any) -> Seen:  # Any: what was seen
    """The owner's account, with a role that is so."""
    return owners(principals={LAKE: seen_role(**more)})


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        (a_bucket(policy=REFUSED), "bucket policy of shared"),
        (a_bucket(block=REFUSED), "Block Public Access of bucket shared"),
        (a_bucket(key=REFUSED), "encryption of bucket shared"),
        (a_bucket(there=REFUSED, policy=REFUSED), "bucket shared"),
        (owners(keys={KEY_ARN: SeenKey(policy=REFUSED)}), "key policy of k-1"),
        (owners(keys={KEY_ARN: SeenKey(policy=OF_KEY, state=REFUSED)}), "key k-1"),
        (a_role(trust=REFUSED), "trust policy of role/lake-role"),
        (a_role(boundary=REFUSED), "permissions boundary of role/lake-role"),
        (a_role(carried=Carried(inline=REFUSED)), "inline policy reads of role/lake-role"),
        (
            a_role(carried=Carried(managed=REFUSED, inline={"reads": READING})),
            "managed policies of role/lake-role",
        ),
    ],
)
def test_each_place_that_may_not_be_read_is_named(seen: Seen, name: str) -> None:
    """Nothing is told as changed for it."""
    drift = found(seen)
    assert (said(drift), told(drift)) == (NOTHING, NOTHING)
    assert name in unclear(drift)


def test_further_policies_that_may_not_be_read_are_a_note() -> None:
    """They are none of the stacks', and what they may give is not counted."""
    seen = requesters(
        principals={BOB: seen_bob(carried=Carried(managed=(MANAGED, OWN), inline=REFUSED))},
        policies={MANAGED: READING, OWN: REFUSED},
    )
    drift = found(seen)
    assert (said(drift), unclear(drift)) == (NOTHING, {})
    assert [
        note for note in drift.comparison.notes if "not counted" in note and OWN.rpartition("/")[2] in note
    ]


def test_a_group_that_somebody_was_taken_out_of_is_told() -> None:
    """With what the group gave; and one that somebody of a stack was put into."""
    stacks = picture(principals=(role(), in_readers(bob(policies=()))), groups=(readers(),))
    both = {"groups": {"readers": seen_readers()}, "policies": {OF_GROUP: READING}}
    inside = requesters(principals={BOB: seen_bob(carried=Carried(), groups=("Readers",))}, **both)
    outside = requesters(principals={BOB: seen_bob(carried=Carried())}, **both)
    assert (said(found(inside, stacks=stacks)), told(found(inside, stacks=stacks))) == (NOTHING, NOTHING)
    drift = found(outside, stacks=stacks)
    assert (told(drift), said(drift)) == (
        [("detached", "user/bob")],
        ["loss user/bob s3:GetObject reports/*"],
    )
    made = picture(principals=(role(), bob(policies=(), held=True, source=urn("aws:iam/user:User", "u"))))
    put = found(inside, stacks=made)
    assert (told(put), said(put)) == ([("attached", "user/bob")], ["gain user/bob s3:GetObject reports/*"])


def test_a_group_that_goes_while_it_is_read_is_none_of_the_stacks() -> None:
    """Nothing of it is told, and nothing is taken for whole."""
    for groups in ({}, {"others": SeenGroup(there=False)}):
        seen = requesters(principals={BOB: seen_bob(groups=("others",))}, groups=groups)
        pair = paired_pictures(picture(), (owners(), seen), Ledger())
        assert [one.held for one in pair.new.principals if one.name == "bob"] == [False]
        assert (told(found(seen)), said(found(seen))) == (NOTHING, NOTHING)


def test_a_group_s_policy_that_was_detached_is_lost_by_its_members() -> None:
    """The group is as it is now for all of them."""
    stacks = picture(principals=(role(), in_readers(bob(policies=()))), groups=(readers(),))
    seen = requesters(
        principals={BOB: seen_bob(carried=Carried(), groups=("readers",))},
        groups={"readers": seen_readers(carried=Carried())},
        policies={OF_GROUP: READING},
    )
    drift = found(seen, stacks=stacks)
    assert told(drift) == [("detached", "policy of-group of group/readers")]
    assert "loss user/bob s3:GetObject reports/*" in said(drift)


def test_a_boundary_put_on_the_stack_s_role_is_told() -> None:
    """And one taken off; that of a user whom no stack made is none of the stacks'."""
    narrow = f"arn:aws:iam::{A}:policy/narrow"
    nothing = text({"Effect": "Deny", "Action": "*", "Resource": "*"})
    on = found(owners(principals={LAKE: seen_role(boundary=narrow)}, policies={narrow: nothing}))
    assert told(on) == [("changed", "permissions boundary of role/lake-role")]
    assert {change.effect for change in on.comparison.changes} == {Effect.LOSS}
    kept = Policy(name="permissions boundary of role/lake-role", text=nothing, arn=narrow)
    off = found(stacks=picture(principals=(role(boundary=kept), bob())))
    assert told(off) == [("detached", "permissions boundary of role/lake-role")]
    assert {change.effect for change in off.comparison.changes} == {Effect.GAIN}
    other = requesters(
        principals={BOB: seen_bob(boundary=narrow)}, policies={MANAGED: READING, narrow: nothing}
    )
    assert (said(found(other)), told(found(other))) == (NOTHING, NOTHING)


@pytest.mark.parametrize(
    ("seen", "whole"),
    [
        (seen_bob(), True),
        (seen_bob(groups=REFUSED), False),
        (seen_bob(carried=Carried(managed=(MANAGED,), inline=REFUSED)), False),
        (seen_bob(carried=Carried(managed=(MANAGED, OWN))), False),
        (seen_bob(boundary=REFUSED), False),
    ],
)
def test_whoever_is_read_whole_has_no_other_policies(seen: SeenPrincipal, whole: bool) -> None:
    """So that what they may do is told for sure; else it is told of what is known."""
    looked = (owners(), requesters(principals={BOB: seen}))
    pair = paired_pictures(picture(), looked, Ledger())
    for side in (pair.old, pair.new):
        assert [one.held for one in side.principals if one.name == "bob"] == [whole]


def test_a_path_that_no_stack_tells_is_taken_from_aws() -> None:
    """A user has one ARN: the bucket's policy names another than this one's."""
    drift = found(requesters(principals={BOB: seen_bob(path="/team/")}))
    assert (said(drift), told(drift)) == (NOTHING, NOTHING)
    moved = found(owners(principals={LAKE: seen_role(path="/moved/")}))
    assert ("changed", "role/lake-role") in told(moved)


def test_a_group_of_the_stacks_that_somebody_is_in_by_others_is_context() -> None:
    """Bob has by it what he has, before and after, however AWS spells its name."""
    stacks = picture(principals=(role(), bob()), groups=(readers(),))
    seen = requesters(
        principals={BOB: seen_bob(carried=Carried(), groups=("Readers",))},
        groups={"readers": seen_readers()},
        policies={MANAGED: READING, OF_GROUP: READING},
    )
    drift = found(seen, stacks=stacks)
    assert (told(drift), said(drift)) == ([("detached", "policy crossaccess-bob of user/bob")], NOTHING)


def test_a_bucket_of_which_no_stack_tells_a_policy_may_have_one() -> None:
    """By hand; where it may not be read, that is said."""
    stacks = picture(buckets=(replace(picture().buckets[0], policy=None),))
    assert "gain user/bob s3:GetObject reports/*" in said(found(stacks=stacks))
    refused = found(a_bucket(policy=REFUSED), stacks=stacks)
    assert (said(refused), list(unclear(refused))) == (NOTHING, ["bucket policy of shared"])


def test_what_nobody_asked_about_is_as_it_was_deployed() -> None:
    """Though the account was looked at."""
    drift = found(owners(buckets={}, keys={}, principals={}), requesters(principals={}, policies={}))
    assert (said(drift), told(drift), unclear(drift)) == (NOTHING, NOTHING, {})


def test_a_key_that_no_stack_holds_is_context() -> None:
    """It is as it is before and after, and where it may not be read nothing hangs on it."""
    nobodys = Policy(name="key policy of k-1", unknown="no stack here holds it")
    elsewhere = Key(name="k-1", arn=KEY_ARN, account=A, policy=nobodys)
    stacks = picture(keys=(elsewhere,))
    assert (said(found(stacks=stacks)), unclear(found(stacks=stacks))) == (NOTHING, {})
    refused = found(owners(keys={KEY_ARN: SeenKey(policy=REFUSED)}), stacks=stacks)
    assert (said(refused), unclear(refused)) == (NOTHING, {})
    assert [note for note in refused.comparison.notes if "key policy of k-1" in note]
    unlooked = drifted(stacks, (requesters(),))
    assert (said(unlooked), unclear(unlooked)) == (NOTHING, {})
    assert "key policy of k-1 is held against nothing: no stack here holds it" in unlooked.comparison.notes


def test_a_key_s_policy_that_was_edited_is_access_gained() -> None:
    """The root of another account, by hand."""
    by_hand = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{B}:root"}, "Action": "kms:Decrypt"}
    policy = text(*json.loads(OF_KEY)["Statement"], {**by_hand, "Resource": "*"})
    drift = found(owners(keys={KEY_ARN: SeenKey(policy=policy)}))
    assert [one for one in said(drift) if one.startswith("gain any principal kms:Decrypt")]
    assert {change.effect for change in drift.comparison.changes} == {Effect.GAIN}


def test_a_policy_that_a_stack_does_not_tell_is_held_against_nothing() -> None:
    """A secret, say: where nobody looked, and where somebody did."""
    secret = replace(
        picture().buckets[0], policy=Policy(name="bucket policy of shared", unknown="it is secret")
    )
    stacks = picture(buckets=(secret,))
    for drift in (found(stacks=stacks), found(stacks=replace(stacks, grants=()))):
        assert (said(drift), unclear(drift)) == (NOTHING, {})
        assert "it is secret" in "".join(drift.comparison.notes)


def test_an_account_that_nobody_looked_at_is_as_it_was_deployed() -> None:
    """And is named."""
    drift = drifted(picture(), (owners(),))
    assert (said(drift), told(drift)) == (NOTHING, NOTHING)
    assert drift.comparison.notes == (f"account {B} was not looked at: name a profile of it by --profile",)
    other = drifted(picture(keys=()), (requesters(),))
    assert other.comparison.notes == (
        f"account {A} was not looked at: name a profile of it by --owner-profile",
    )


def test_a_permission_set_that_no_longer_has_the_policy_is_told() -> None:
    """Its role has AWS's path and name, and is the permission set's still."""
    kind = PrincipalKind.PERMISSION_SET
    tagging = text({**READ, "Action": "s3:GetObjectTagging"})
    policy = Policy(name="policy crossaccess-set of permission-set/Analysts", text=tagging, arn=MANAGED)
    analysts = Principal(kind=kind, name="Analysts", account=B, policies=(policy,), held=False)
    stacks = picture(principals=(role(), analysts), grants=())
    whole = seen_bob(path="/aws-reserved/sso.amazonaws.com/")
    there = requesters(principals={(kind, "analysts"): whole}, policies={MANAGED: tagging})
    assert (told(found(there, stacks=stacks)), said(found(there, stacks=stacks))) == (NOTHING, NOTHING)
    bare = replace(whole, carried=Carried())
    drift = found(replace(there, principals={(kind, "analysts"): bare}), stacks=stacks)
    assert told(drift) == [("detached", "policy crossaccess-set of permission-set/Analysts")]
    assert [one for one in said(drift) if one.startswith("loss permission-set/Analysts s3:GetObjectTagging")]


def test_names_of_others_are_told_as_they_are() -> None:
    """Each format makes them harmless for itself."""
    hostile = "<script>\x1b[2J`|\n"
    carried = Carried(inline={"reads": READING, hostile: READING})
    drift = found(owners(principals={LAKE: seen_role(carried=carried)}))
    assert told(drift) == [("attached", f"inline policy {hostile} of role/lake-role")]
