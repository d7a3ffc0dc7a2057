"""Whether grants work, and what is told of those that do not."""

import dataclasses
import datetime as dt

from crossaccess.deployment.picture import Policy
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.principal import PrincipalKind
from tests.support.found import (
    BOB,
    KEY,
    LAKE,
    NOW,
    OTHER_URN,
    OWNER,
    REQUESTER,
    ROLE,
    ROOT,
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
    (one,) = found(picture(*sides, grant(first_hand=False)))
    assert (one.rule.name, one.certain) == ("grant-in-doubt", False)
    assert one.message.endswith("; the grant is told from memory by the requester's stack")


def test_a_lack_is_as_certain_as_the_policies_that_are_known() -> None:
    """Of a principal that no source holds, only those are known that sources attach."""
    for held in (True, False):
        (one,) = found(picture(bucket(allow({"AWS": BOB})), user(may("s3:PutObject"), held=held), grant()))
        assert (one.rule.name, one.certain) == ("requester-side-missing", held)
        assert one.message.endswith(" (as far as its policies are known)") is not held


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


def test_a_grant_that_has_ended_lacks_nothing() -> None:
    """Its policies may be gone already."""
    ended = grant(conditions=Conditions(expires=NOW))
    assert names(picture(bucket(), user(may("s3:PutObject")), ended)) == {"grant-expired"}


def test_a_grant_whose_conditions_cannot_be_read_is_in_doubt() -> None:
    """Nobody can tell what it asks for."""
    (one,) = found(picture(bucket(), user(may("s3:PutObject")), grant(conditions=None)))
    assert (one.rule.name, one.certain) == ("grant-in-doubt", False)
    assert one.message == "what it asks for cannot be read: its owner has to deploy again"


def test_lacks_of_different_principals_and_sides_are_told_apart() -> None:
    """Each for its own."""
    both = grant(principals=("user/bob", "user/carol"))
    carol = user(may("s3:PutObject"), name="carol")
    told = found(picture(bucket(allow({"AWS": f"{BOB}by"})), user(may()), carol, both))
    assert sorted((one.rule.name, one.message.partition(":")[0]) for one in told) == [
        ("owner-side-missing", "user/bob"),
        ("owner-side-missing", "user/carol"),
        ("requester-side-missing", "user/carol"),
    ]


def test_a_list_is_asked_for_under_its_prefix() -> None:
    """And what is about the bucket itself without one."""
    under = {"StringLike": {"s3:prefix": "a/*"}}
    location = "s3:GetBucketLocation"
    sides = (
        bucket(
            allow({"AWS": BOB}, "s3:ListBucket", Resource=LAKE, Condition=under),
            allow({"AWS": BOB}, location, Resource=LAKE),
        ),
        user(may(["s3:ListBucket", location], LAKE)),
    )
    for prefix, expected in (("a/", set()), ("b/", {"owner-side-missing"})):
        lists = grant(actions=("s3:ListBucket", location), prefixes=(prefix,))
        assert names(picture(*sides, lists)) == expected


def test_what_lacks_by_a_role_is_told_of_the_side_that_lacks_it() -> None:
    """The requester may have to allow the first half, and the owner the rest."""
    reads = policy([may()], name="inline policy x of role/reader", source=URN)
    trusts = trusting({"AWS": BOB})
    by_role = grant(method="assume-role", role_arn=ROLE)
    assumes = user(may("sts:AssumeRole", ROLE))
    for things, rule, who in (
        ((role(trusts, policies=[reads]), user(may())), "requester-side-missing", "user/bob"),
        ((role(trusts), assumes), "owner-side-missing", "user/bob as role/reader"),
        ((role(trusting({"AWS": OWNER}), policies=[reads]), assumes), "owner-side-missing", "user/bob"),
    ):
        (one,) = found(picture(bucket(), *things, by_role))
        assert (one.rule.name, one.message.partition(":")[0]) == (rule, who)


def test_session_tags_and_a_source_identity_are_brought_along() -> None:
    """They are what the grant asks for."""
    asked = Conditions(source_identity=("ann", "ben"), session_tags=(("Team", ("data", "web")),))
    condition = {
        "StringEquals": {"sts:SourceIdentity": ["ann", "ben"], "aws:RequestTag/Team": ["data", "web"]},
        "ForAllValues:StringEquals": {"aws:TagKeys": "Team"},
        "Null": {"aws:TagKeys": "false"},
    }
    reads = policy([may()], name="inline policy x of role/reader", source=URN)
    looked_at = picture(
        bucket(),
        role(trusting({"AWS": BOB}, Condition=condition), policies=[reads]),
        user(may("sts:AssumeRole", ROLE)),
        grant(method="assume-role", role_arn=ROLE, conditions=asked),
    )
    assert found(looked_at) == ()
