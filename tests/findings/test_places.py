"""Rules in the places where they belong, and what is said there."""

import dataclasses
import datetime as dt

import pytest

from crossaccess.deployment.picture import Picture, Policy, PublicAccessBlock
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.principal import PrincipalKind
from tests.support.found import (
    ALL_ON,
    BOB,
    KEY,
    LAKE,
    NOW,
    OF_ORGANIZATION,
    OTHER_URN,
    OWNER,
    REQUESTER,
    ROLE,
    ROOT,
    STRANGER,
    TLS_ONLY,
    URN,
    allow,
    bucket,
    found,
    grant,
    key,
    may,
    names,
    picture,
    policy,
    role,
    trusting,
    user,
)


def test_a_finding_says_where_it_stands() -> None:
    """The thing, its account, the policy, the statement and the source."""
    (one,) = found(picture(bucket(allow(ROOT, Sid="All"))))
    assert one.rule.name == "whole-account"
    assert (one.about, one.account) == ("bucket lake", OWNER)
    assert (one.policy, one.statement) == ("bucket policy of lake", "statement 2 (All)")
    assert one.source == f"{URN}policy"
    assert one.certain


@pytest.mark.parametrize(
    "looked_at",
    [
        picture(),
        picture(bucket()),
        picture(bucket(allow({"AWS": OWNER})), key(), role(trusting({"AWS": OWNER}))),
        picture(bucket(allow({"AWS": BOB})), user(may()), grant()),
    ],
)
def test_what_is_as_it_should_be_has_no_findings(looked_at: Picture) -> None:
    """The own account is trusted everywhere, and a key's administers it."""
    assert found(looked_at) == ()


@pytest.mark.parametrize(
    ("refusal", "right"),
    [
        (TLS_ONLY, True),
        ({**TLS_ONLY, "Action": "*", "Resource": "*", "Principal": {"AWS": "*"}}, True),
        ({**TLS_ONLY, "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}, True),
        ({**TLS_ONLY, "Resource": f"{LAKE}*"}, True),
        ({**TLS_ONLY, "Principal": {"AWS": [OWNER, "*"]}, "Action": ["kms:*", "s3:*"]}, True),
        ({**{key: value for key, value in TLS_ONLY.items() if key != "Resource"}, "NotResource": "x"}, False),
        ({**TLS_ONLY, "Resource": [LAKE, f"{LAKE}/reports/*"]}, False),
        ({**TLS_ONLY, "Resource": [LAKE, f"{LAKE}/"]}, False),
        ({**TLS_ONLY, "Action": ["s3:Get*", "s3:Put*"]}, False),
        ({**TLS_ONLY, "Principal": ROOT}, False),
        ({**TLS_ONLY, "Effect": "Allow", "Principal": {"AWS": OWNER}}, False),
        ({**TLS_ONLY, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        (
            {**TLS_ONLY, "Condition": {**TLS_ONLY["Condition"], "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
            False,
        ),
    ],
)
def test_tls_is_asked_of_everyone_for_everything(refusal: dict[str, object], right: bool) -> None:
    """A refusal that leaves somebody or something out is none."""
    looked_at = picture(bucket(refusal, allow({"AWS": OWNER}), tls=False))
    assert ("tls-not-required" not in names(looked_at)) is right


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": "True"}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"Null": {"aws:SecureTransport": "true"}}, False),
    ],
)
def test_a_statement_that_allows_may_ask_for_tls_itself(condition: object, asked: bool) -> None:
    """Then only those are left who need no bucket policy."""
    looked_at = picture(bucket(allow({"AWS": BOB}, Condition=condition), tls=False))
    assert names(looked_at) == {"tls-of-others-only" if asked else "tls-not-required"}


def test_a_bucket_without_a_policy_asks_for_no_tls() -> None:
    """Nothing does it for it."""
    assert names(picture(bucket(tls=False))) == {"tls-not-required"}


def test_public_is_said_as_certainly_as_it_is_known() -> None:
    """By what is known of the setting that leaves a public policy to the bucket's own account."""
    told = {
        value: [
            (one.rule.name, one.certain)
            for one in found(picture(bucket(allow("*"), block=value)))
            if one.rule.name.startswith("public") and "access" not in one.rule.name
        ]
        for value in (
            ALL_ON,
            dataclasses.replace(ALL_ON, restrict_public_buckets=False),
            dataclasses.replace(ALL_ON, restrict_public_buckets=None),
            None,
        )
    }
    assert list(told.values()) == [
        [("public-held-back", True)],
        [("public", True)],
        [("public", False)],
        [("public", False)],
    ]


def test_each_setting_of_block_public_access_is_named() -> None:
    """Which is off, and which nobody tells."""
    block = PublicAccessBlock(block_public_acls=True, block_public_policy=False, ignore_public_acls=None)
    told = [(one.message, one.certain) for one in found(picture(bucket(block=block)))]
    assert told == [
        ("BlockPublicPolicy: off", True),
        ("IgnorePublicAcls, RestrictPublicBuckets: not known", False),
    ]


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


def test_what_another_account_gets_by_a_role_counts_as_given_to_it() -> None:
    """The role's own policies, as far as outsiders may assume it."""
    wide = policy([may("s3:*", "*")], name="inline policy x of role/reader", source=URN)
    inside = {"StringEquals": {"sts:ExternalId": "x"}}
    open_to = picture(bucket(), role(trusting({"AWS": BOB}, Condition=inside), policies=[wide]))
    closed = picture(bucket(), role(trusting({"AWS": OWNER}), policies=[wide]))
    assert names(open_to) == {"policy-given-away"}
    assert names(closed) == set()


def test_who_may_write_the_policy_of_a_key_has_it() -> None:
    """Under whatever name the action comes."""
    for action in ("kms:*", "KMS:putkeypolicy", "*", "kms:Put*"):
        assert "policy-given-away" in names(picture(key(allow({"AWS": BOB}, action, Resource="*"))))
    assert "policy-given-away" not in names(picture(key(allow({"AWS": BOB}, "kms:Decrypt", Resource="*"))))


def test_a_resource_with_a_variable_may_be_the_bucket() -> None:
    """What it stands for nobody knows."""
    statement = allow({"AWS": BOB}, "s3:PutBucketPolicy", Resource="arn:aws:s3:::${aws:username}")
    assert "policy-given-away" in names(picture(bucket(statement)))


def test_a_policy_that_several_share_is_looked_at_once() -> None:
    """A managed policy of many roles would be told as often."""
    shared = policy(
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], arn="arn:aws:iam::x:policy/p"
    )
    looked_at = picture(user(policies=[shared]), user(name="carol", policies=[shared]))
    assert [one.rule.name for one in found(looked_at)] == ["allow-not-action"]


def test_a_policy_that_a_folder_adds_is_no_longer_unread() -> None:
    """A stack names what it attaches, and the folder has the text."""
    named = Policy(name="policy p of user/bob", unknown="no stack holds it", arn="arn:aws:iam::x:policy/p")
    assert names(picture(user(policies=[named]))) == {"identity-policy-unreadable"}
    assert names(picture(user(may(), policies=[named]))) == set()


def test_a_boundary_allows_nothing_by_itself() -> None:
    """It is usual to write one by what it leaves out."""
    boundary = policy([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], name="a boundary")
    assert found(picture(user(may(), boundary=boundary))) == ()


def test_inline_policies_of_one_principal_count_together() -> None:
    """IAM counts them so, and managed ones each for itself."""
    statement = may(resource=[f"{LAKE}/prefix-{number:03}-of-some-length/*" for number in range(20)])
    inline = [
        policy([statement], name=f"inline policy {one} of user/bob", source=f"{OTHER_URN}{one}")
        for one in "ab"
    ]
    managed = [policy([statement], name=f"policy {one} of user/bob", arn=f"arn:{one}") for one in "ab"]
    assert names(picture(user(policies=inline))) == {"too-large"}
    assert names(picture(user(policies=inline[:1]))) == set()
    assert names(picture(user(policies=managed))) == set()


def test_a_folders_policy_may_be_inline() -> None:
    """A document on its own does not tell."""
    large = policy([may(resource=[f"{LAKE}/{number:05}-of-some-length/*" for number in range(160)])])
    (one,) = found(picture(user(policies=[large])))
    assert (one.rule.name, one.certain) == ("too-large", False)


def test_a_default_key_policy_is_known() -> None:
    """KMS writes it, for the key's own account."""
    left = Policy(name="key policy", unknown="the program leaves it to AWS", source=URN)
    assert found(picture(key(policy=left))) == ()


def test_what_a_grant_asks_of_a_request_is_no_doubt() -> None:
    """An address, MFA or an external id is what a caller brings along."""
    conditions = Conditions(source_ip=("203.0.113.0/24",), expires=NOW + dt.timedelta(days=90))
    asked = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    assert (
        found(
            picture(bucket(allow({"AWS": BOB}, Condition=asked)), user(may()), grant(conditions=conditions))
        )
        == ()
    )
    told = {"StringEquals": {"sts:ExternalId": "x"}}
    by_role = picture(
        bucket(),
        role(
            trusting({"AWS": BOB}, Condition=told),
            policies=[policy([may()], name="inline policy x of role/reader", source=URN)],
        ),
        user(may("sts:AssumeRole", ROLE)),
        grant(method="assume-role", role_arn=ROLE, conditions=Conditions(external_id="x")),
    )
    assert found(by_role) == ()
    assert names(dataclasses.replace(by_role, grants=(grant(method="assume-role", role_arn=ROLE),))) == {
        "owner-side-missing"
    }


def test_a_grant_that_is_only_remembered_proves_no_lack() -> None:
    """The owner may have changed it since the requester's stack was deployed."""
    sides = (bucket(allow({"AWS": BOB})), user(may("s3:PutObject")))
    assert names(picture(*sides, grant(first_hand=False))) == {"grant-in-doubt"}


def test_each_lack_of_a_grant_is_told_once_with_its_actions() -> None:
    """Not once for each action and prefix."""
    wide = grant(actions=("s3:GetObject", "s3:PutObject"), prefixes=("a/", "b/"))
    (one,) = found(
        picture(
            bucket(allow({"AWS": BOB}, ["s3:GetObject", "s3:PutObject"])),
            user(may("s3:ListBucket", LAKE)),
            wide,
        )
    )
    assert one.rule.name == "requester-side-missing"
    assert "so for s3:PutObject" in one.message
    assert one.mend is not None
    assert one.mend.endswith("pulumi up -s account-b")


def test_every_prefix_of_a_grant_has_to_work() -> None:
    """A policy that lacks the second one is no whole side."""
    two = grant(prefixes=("a/", "b/"))
    looked_at = picture(bucket(allow({"AWS": BOB})), user(may(resource=f"{LAKE}/a/*")), two)
    assert names(looked_at) == {"requester-side-missing"}


def test_the_statement_that_came_nearest_is_not_to_be_widened() -> None:
    """It may be the one that gives the key's own account everything."""
    looked_at = picture(
        bucket(allow({"AWS": BOB}), key=KEY), key(), user(may(), may("kms:Decrypt", KEY)), grant()
    )
    (one,) = (one for one in found(looked_at) if one.rule.name == "key-not-allowed")
    assert one.statement == "statement 1"
    assert one.mend == (
        "deploy it again, so that its policies have what the grant says: pulumi up -s account-a"
    )


def test_a_refusal_is_told_as_one() -> None:
    """Deploying again takes no Deny away."""
    denied = {**allow("*"), "Effect": "Deny", "Sid": "Nobody"}
    looked_at = picture(bucket(denied, allow({"AWS": BOB})), user(may()), grant())
    (one,) = found(looked_at)
    assert (one.rule.name, one.statement) == ("owner-side-missing", "statement 2 (Nobody)")
    assert one.mend is not None
    assert "pulumi up" not in one.mend


def test_both_lacks_of_a_key_are_told() -> None:
    """Its own policy's, and the requester's."""
    looked_at = picture(bucket(allow({"AWS": BOB}), key=KEY), key(), user(may()), grant())
    told = [one for one in found(looked_at) if one.rule.name == "key-not-allowed"]
    assert sorted(one.policy is None for one in told) == [False, True]


def test_whom_a_grant_names_by_no_name_is_not_asked_for() -> None:
    """Of a whole account, nobody knows who comes."""
    whole = grant(principals=("account",))
    assert names(picture(bucket(allow(ROOT)), user(), whole)) == {"whole-account-granted"}


def test_permission_sets_are_asked_for_by_one_of_their_roles() -> None:
    """AWS chooses the name's end."""
    reserved = f"arn:aws:iam::{REQUESTER}:role/aws-reserved/sso.amazonaws.com"
    role_name = "AWSReservedSSO_Analysts_????????????????"
    arns = [f"{reserved}/*/{role_name}", f"{reserved}/{role_name}"]
    lets = allow(ROOT, Condition={"ArnLike": {"aws:PrincipalArn": arns}})
    analysts = user(may(), kind=PrincipalKind.PERMISSION_SET, name="Analysts", held=False)
    named = grant(principals=("permission-set/Analysts",))
    assert found(picture(bucket(lets), analysts, named)) == ()


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


def test_an_action_that_nobody_knows_is_a_doubt() -> None:
    """A later program may grant more than this one can look at."""
    later = grant(actions=("s3:GetObject", "s3:GetObjectDream"))
    (one,) = found(picture(bucket(allow({"AWS": BOB})), user(may()), later))
    assert (one.rule.name, one.certain) == ("grant-in-doubt", False)
    assert one.message.endswith("s3:GetObjectDream")


def test_a_policy_that_may_refuse_is_a_doubt_whatever_the_others_allow() -> None:
    """What nobody can read may hold a Deny."""
    closed = Policy(name="policy q of user/bob", unknown="it is a policy of AWS", source=OTHER_URN)
    told = found(picture(bucket(allow({"AWS": BOB})), user(may(), policies=[closed]), grant()))
    (one,) = (one for one in told if one.rule.name == "grant-in-doubt")
    assert "what policy q of user/bob says is not known" in one.message
