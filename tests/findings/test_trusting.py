"""Who is let in: whole accounts, accounts that nobody knows, and those that no grant tells of."""

from tests.support.found import (
    BOB,
    KEY,
    OF_ORGANIZATION,
    OWNER,
    ROLE,
    ROOT,
    STRANGER,
    allow,
    bucket,
    found,
    grant,
    key,
    may,
    names,
    picture,
    role,
    trusting,
    user,
)


def test_whose_a_place_is_may_not_be_known() -> None:
    """Then the account that is trusted may be its own: it is said so."""
    (one,) = found(picture(bucket(allow({"AWS": OWNER}), account=None)))
    assert (one.rule.name, one.certain) == ("whole-account", False)
    assert "whose bucket lake is nobody tells" in one.message


def test_a_grant_accounts_for_its_own_role_only() -> None:
    """Another role that trusts the same account is none of its."""
    other = role(trusting({"AWS": BOB}), name="other")
    both = picture(
        role(trusting({"AWS": BOB})), other, user(may("sts:AssumeRole", ROLE)),
        grant(method="assume-role", role_arn=ROLE),
    )  # fmt: skip
    assert [one.about for one in found(both) if one.rule.name == "untold-account"] == ["role/other"]


def test_a_grant_by_role_accounts_for_nothing_in_the_bucket_policy() -> None:
    """There it names the owner's own role, if anybody."""
    by_role = grant(method="assume-role", role_arn=ROLE)
    assert "untold-account" in names(picture(bucket(allow({"AWS": BOB})), by_role))


def test_the_key_of_a_granted_bucket_is_held_against_the_grants() -> None:
    """By the key that encrypts it."""
    eve = allow({"AWS": f"arn:aws:iam::{STRANGER}:user/eve"}, "kms:Decrypt", Resource="*")
    assert "untold-account" in names(picture(bucket(key=KEY), key(eve), grant()))
    assert "untold-account" not in names(picture(bucket(), key(eve), grant()))


def test_where_no_grant_is_told_nothing_is_held_against_grants() -> None:
    """A bucket that is shared without this program has no handover."""
    assert names(picture(bucket(allow({"AWS": BOB})))) == set()


def test_an_external_id_is_for_assuming_only() -> None:
    """Tags of a session are no way in."""
    assert names(picture(role(trusting({"AWS": BOB}, Action="sts:TagSession")))) == set()
    assert names(picture(role(trusting({"AWS": BOB}, Action="sts:Assume*")))) == {
        "no-external-id",
        "wildcard-actions",
    }


def test_all_actions_but_some_are_a_way_in() -> None:
    """A role whose trust excepts actions can be assumed, too."""
    statement = trusting({"AWS": BOB}, NotAction="sts:TagSession")
    del statement["Action"]
    assert names(picture(role(statement))) == {"no-external-id", "allow-not-action"}


def test_an_account_of_a_named_organization_is_no_third_party() -> None:
    """Nor one that no grant tells of: its organization has been let in."""
    eve = {"AWS": f"arn:aws:iam::{STRANGER}:user/eve"}
    told = grant(method="assume-role", role_arn=f"{ROLE}-of-somebody-else")
    assert names(picture(role(trusting(eve)), told)) >= {"no-external-id", "untold-account"}
    inside = role(trusting(eve, Condition=OF_ORGANIZATION))
    assert names(picture(inside, told)).isdisjoint({"no-external-id", "untold-account"})


def test_a_grant_to_all_of_another_account_says_nothing_of_this_one() -> None:
    """Each is granted for itself."""
    looked_at = picture(bucket(allow(ROOT)), grant(account=STRANGER, principals=("account",)))
    assert names(looked_at) == {"whole-account", "untold-account"}


def test_one_action_among_others_is_enough_to_assume_a_role() -> None:
    """The external id is for it alone."""
    statement = trusting({"AWS": BOB}, Action=["sts:TagSession", "sts:AssumeRole"])
    assert names(picture(role(statement))) == {"no-external-id"}


def test_grants_of_another_owner_say_nothing_of_a_role() -> None:
    """Its own account has no handover here."""
    looked_at = picture(role(trusting({"AWS": BOB})), grant(owner=STRANGER, bucket="pond", principals=()))
    assert names(looked_at) == {"no-external-id"}
