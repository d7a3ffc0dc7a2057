"""Denies that would shut out the one who deploys them."""

import dataclasses
import json

import pytest

from crossaccess.policy.build import bucket_policy
from crossaccess.policy.deployment import Deployer
from crossaccess.policy.document import (
    EVERYONE,
    Condition,
    Document,
    Effect,
    PolicyKind,
    Statement,
    parse_document,
)
from crossaccess.policy.encryption import any_key
from crossaccess.policy.existing import read_existing
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket
from crossaccess.policy.lockout import check_foreign, check_lockout, locking_out

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
ALICE = Deployer(arn="arn:aws:iam::111111222222:user/alice", account="111111222222")
SESSION = Deployer(arn="arn:aws:sts::111111222222:assumed-role/deploy/ci-7", account="111111222222")
ROLE = "arn:aws:iam::111111222222:role/deploy"
ROOT = "arn:aws:iam::111111222222:root"
AT_HOME = dataclasses.replace(ALICE, addresses=("192.0.2.0/25", "203.0.113.7/32", "2001:db8:1::/48"))
BOTH = pytest.mark.parametrize("deployer", [ALICE, SESSION], ids=["a user", "a role's session"])


def caught(deployer: Deployer, **elements: object) -> bool:
    """Whether a deny of everything, with these elements instead, catches somebody."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", **elements}
    kept = {name: value for name, value in statement.items() if value is not None}
    text = json.dumps({"Version": "2012-10-17", "Statement": [kept]})
    document = parse_document(text, PolicyKind.RESOURCE)
    return bool(locking_out(document, bucket_arn=BUCKET.arn, deployer=deployer))


@BOTH
@pytest.mark.parametrize("bucket", [BUCKET, dataclasses.replace(BUCKET, key_arn=any_key(BUCKET))])
def test_our_own_policies_lock_nobody_out(bucket: Bucket, deployer: Deployer) -> None:
    """Plain HTTP is refused to all, and deployments use TLS."""
    assert locking_out(bucket_policy(bucket, []), bucket_arn=bucket.arn, deployer=deployer) == ()


@BOTH
@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"Action": "s3:PutBucketPolicy"},
        {"Action": "S3:deletebucketpolicy"},
        {"Action": ["s3:GetObject", "s3:Get*"]},
        {"Action": "s3:Put?ucketPolicy"},
        {"Action": None, "NotAction": "s3:GetObject"},
        {"Resource": "arn:aws:s3:::shared"},
        {"Resource": "arn:aws:s3:::sh*"},
        {"Resource": None, "NotResource": "arn:aws:s3:::shared/*"},
        {"Principal": {"AWS": "111111222222"}},
        {"Principal": {"AWS": "arn:aws:iam::111111222222:root"}},
        {"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::112233445566:root"}},
        {"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"Null": {"aws:MultiFactorAuthAge": "true"}}},
        {"Condition": {"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}},
        {"Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "data"}}},
        {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111111222222:role/another"}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "112233445566"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"Null": {"aws:PrincipalArn": "false"}}},
    ],
)
def test_a_deny_that_catches_the_deployer_is_found(elements: dict[str, object], deployer: Deployer) -> None:
    """Whatever it says instead of naming them; what cannot be told counts as caught."""
    assert caught(deployer, **elements)


@BOTH
@pytest.mark.parametrize(
    "elements",
    [
        {"Action": "s3:PutObject"},
        {"Action": ["s3:Put?Policy", "s3:*Object"]},
        {"Action": None, "NotAction": "s3:*BucketPolicy"},
        {"Resource": "arn:aws:s3:::shared/*"},
        {"Resource": "arn:aws:s3:::another"},
        {"Resource": None, "NotResource": "arn:aws:s3:::shared*"},
        {"Principal": {"AWS": "arn:aws:iam::112233445566:root"}},
        {"Principal": {"AWS": "arn:aws:iam::111111222222:user/bob"}},
        {"Principal": {"Service": "logging.s3.amazonaws.com"}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"Null": {"aws:PrincipalArn": "true"}}},
        {
            "Condition": {
                "ArnNotLike": {
                    "aws:PrincipalArn": [
                        "arn:aws:iam::111111222222:role/dep*",
                        "arn:aws:iam::111111222222:user/al*",
                    ]
                }
            }
        },
        {"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111111222222"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalAccount": "112233445566"}}},
        {
            "Condition": {
                "Bool": {"aws:SecureTransport": "false"},
                "NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"},
            }
        },
        {"Effect": "Allow"},
    ],
)
def test_a_deny_that_spares_the_deployer_is_left_alone(
    elements: dict[str, object], deployer: Deployer
) -> None:
    """By action, resource, principal or one condition that surely does not hold."""
    assert not caught(deployer, **elements)


def test_a_user_whom_a_deny_names_is_caught() -> None:
    """By the exact ARN, or by a condition on it."""
    assert caught(ALICE, Principal={"AWS": ALICE.arn})
    assert caught(ALICE, Condition={"ArnEquals": {"aws:PrincipalArn": ALICE.arn}})
    assert not caught(SESSION, Principal={"AWS": ALICE.arn})


def test_a_role_is_known_by_its_name_under_any_path() -> None:
    """A session's ARN has lost the path of its role: what may name it catches, and spares nobody."""
    role = "arn:aws:iam::111111222222:role/teams/ci/deploy"
    assert caught(SESSION, Principal={"AWS": role})
    assert caught(SESSION, Condition={"ArnEquals": {"aws:PrincipalArn": role}})
    assert caught(SESSION, Condition={"ArnNotEquals": {"aws:PrincipalArn": role}})
    assert caught(SESSION, Condition={"ArnNotLike": {"aws:PrincipalArn": role.replace("teams/ci", "*")}})
    assert not caught(SESSION, Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE}})
    other = role.replace("111111222222", "112233445566")
    assert not caught(SESSION, Condition={"ArnEquals": {"aws:PrincipalArn": other}})


def test_the_role_of_a_permission_set_is_known_by_its_path() -> None:
    """It holds a Region, or none.

    IAM Identity Center User Guide, "Referencing permission sets in resource policies, Amazon EKS Cluster
    config maps, and AWS KMS key policies".
    """
    name = "AWSReservedSSO_Admin_0123456789abcdef"
    admin = dataclasses.replace(SESSION, arn=SESSION.arn.replace("deploy", name))
    beginning = "arn:aws:iam::111111222222:role/"
    for path, is_caught in (
        (f"aws-reserved/sso.amazonaws.com/*{name}", False),
        (f"aws-reserved/sso.amazonaws.com/eu-west-1/{name}", True),
        (name, True),
    ):
        condition = {"ArnNotLike": {"aws:PrincipalArn": beginning + path}}
        assert caught(admin, Condition=condition) is is_caught


@pytest.mark.parametrize(
    ("deployer", "named", "spared"),
    [
        (ALICE, [ALICE.arn, ROOT], True),
        (ALICE, [ALICE.arn, "111111222222"], True),
        (ALICE, [ALICE.arn], False),
        (ALICE, [ROOT], False),
        (SESSION, [SESSION.arn, ROLE, ROOT], True),
        (SESSION, [SESSION.arn], False),
        (SESSION, [SESSION.arn, ROLE], False),
        (SESSION, [SESSION.arn, ROOT], False),
        (SESSION, [ROLE, ROOT], False),
        (SESSION, [SESSION.arn, ROLE.replace("role/", "role/teams/"), ROOT], False),
        (SESSION, ["*"], True),
    ],
)
def test_not_principal_spares_only_whom_it_names_in_every_form(
    deployer: Deployer, named: list[str], *, spared: bool
) -> None:
    """Session, role and account (IAM User Guide, "AWS JSON policy elements: NotPrincipal")."""
    assert caught(deployer, Principal=None, NotPrincipal={"AWS": named}) is not spared


KNOWN_ID = dataclasses.replace(SESSION, user_id="AROAIOSFODNN7EXAMPLE:ci-7")


@pytest.mark.parametrize(
    ("condition", "is_caught"),
    [
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, False),
        ({"NumericLessThanEquals": {"s3:TlsVersion": "1.2"}}, True),
        ({"NumericLessThan": {"s3:TlsVersion": "1.3"}}, True),
        ({"NumericLessThan": {"s3:TlsVersion": ["1.1", "1.4"]}}, True),
        ({"NumericNotEquals": {"s3:TlsVersion": ["1.2", "1.3"]}}, False),
        ({"NumericGreaterThan": {"s3:TlsVersion": "1.3"}}, False),
        ({"NumericLessThan": {"s3:TlsVersion": "old"}}, True),
        ({"StringEquals": {"s3:TlsVersion": "1.0"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, False),
        ({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}, True),
        ({"Bool": {"aws:ViaAWSService": "true"}}, False),
        ({"StringNotEquals": {"aws:ResourceAccount": "111111222222"}}, False),
        ({"StringNotEquals": {"s3:ResourceAccount": "112233445566"}}, True),
        ({"StringNotLike": {"aws:userId": "AROAIOSFODNN7EXAMPLE:*"}}, False),
        ({"StringNotLike": {"aws:userid": "AROAANOTHERROLE:*"}}, True),
        ({"StringEquals": {"aws:username": "deploy"}}, True),
        ({"Null": {"s3:TlsVersion": "true"}}, False),
    ],
)
def test_what_every_deployment_is_like_is_judged(condition: dict[str, object], *, is_caught: bool) -> None:
    """IAM User Guide, "AWS global condition context keys"; what is not known counts as caught."""
    assert caught(KNOWN_ID, Condition=condition) is is_caught


def test_a_users_name_and_an_unknown_id_are_judged() -> None:
    """`aws:username` is there for users alone; without an id nobody can tell."""
    assert not caught(ALICE, Condition={"StringNotEquals": {"aws:username": "alice"}})
    assert caught(ALICE, Condition={"StringNotEquals": {"aws:username": "bob"}})
    assert caught(SESSION, Condition={"StringNotLike": {"aws:userid": "AROAIOSFODNN7EXAMPLE:*"}})


@pytest.mark.parametrize(
    ("elements", "how"),
    [
        ({}, "fault"),
        ({"Principal": {"AWS": ROLE}}, "fault"),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "112233445566"}}}, "fault"),
        ({"Condition": {"NumericLessThanEquals": {"s3:TlsVersion": "1.3"}}}, "fault"),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, "warning"),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}, "warning"),
        ({"Condition": {"ArnNotLike": {"aws:PrincipalArn": f"{ROLE[:-6]}ci/deploy"}}}, "warning"),
        ({"Principal": {"CanonicalUser": "79a59df900b949e5"}}, "warning"),
        ({"Resource": "arn:aws:s3:::${aws:username}"}, "warning"),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}, ""),
        ({"Action": "s3:GetObject"}, ""),
    ],
)
def test_of_others_denies_only_what_surely_catches_is_a_fault(elements: dict[str, object], how: str) -> None:
    """They are in force, and the deployer has just read the policy under them."""
    deny = {"Sid": "Vpn", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", **elements}
    foreign = read_existing(json.dumps({"Version": "2012-10-17", "Statement": [deny]})).foreign
    faults = Faults()
    told = check_foreign(foreign, bucket_arn=BUCKET.arn, deployer=SESSION, key="the policy", faults=faults)
    assert (len(faults.all()), len(told)) == (int(how == "fault"), int(how == "warning"))
    for message in (*told, *map(str, faults.all())):
        assert "he policy: statement 'Vpn' is a deny that " in message
        assert "aws:PrincipalArn" in message


def by_address(operator: str, *values: str, key: str = "aws:SourceIp") -> bool:
    """Whether a deny by address catches somebody who deploys from known addresses."""
    return caught(AT_HOME, Condition={operator: {key: list(values)}})


KNOWN = ("192.0.2.0/24", "203.0.113.7", "2001:db8::/32")


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("NotIpAddress", KNOWN),
        ("NotIpAddressIfExists", KNOWN),
        ("ForAnyValue:NotIpAddress", KNOWN),
        ("ForAllValues:NotIpAddressIfExists", KNOWN),
        ("notipaddress", ("192.0.2.0/26", "192.0.2.64/26", "203.0.113.0/24", "2001:db8:1::/48", "8.8.8.8")),
        ("IpAddress", ("192.0.2.128/25", "203.0.113.8", "2001:db8:2::/48")),
        ("IpAddressIfExists", ("198.51.100.0/24",)),
        ("ForAnyValue:IpAddress", ("198.51.100.0/24",)),
        ("ForAllValues:IpAddress", ("198.51.100.0/24",)),
        ("Null", ("true",)),
    ],
)
def test_a_deny_that_spares_all_known_addresses_is_left_alone(operator: str, values: list[str]) -> None:
    """Also where several networks hold one of them together.

    IAM User Guide, "IAM JSON policy elements: Condition operators".
    """
    assert not by_address(operator, *values)
    assert not by_address(operator, *values, key="AWS:sourceip")


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("NotIpAddress", ("192.0.2.0/24", "203.0.113.7")),
        ("NotIpAddress", ("192.0.2.0/26", "203.0.113.7", "2001:db8::/32")),
        ("NotIpAddress", (*KNOWN, "192.0.2.0/33")),
        ("NotIpAddress", (*KNOWN, "192.0.2.1/24")),
        ("NotIpAddress", (*KNOWN, "10.0.0.0/255.0.0.0")),
        ("NotIpAddress", (*KNOWN, "${aws:PrincipalTag/network}")),
        ("NotIpAddress", ("::ffff:192.0.2.0/120", "203.0.113.7", "2001:db8::/32")),
        ("IpAddress", ("192.0.2.64/26",)),
        ("IpAddress", ("0.0.0.0/0",)),
        ("IpAddress", ("2001:db8:1:2::7",)),
        ("IpAddressIfExists", ("203.0.113.0/24", "198.51.100.0/24")),
        ("ForAllValues:IpAddress", ("203.0.113.0/24",)),
        ("IpAddress", ("nowhere",)),
        ("IpAddress", ("::ffff:192.0.2.1",)),
        ("StringNotEquals", KNOWN),
        ("StringEquals", ("198.51.100.1",)),
        ("Null", ("false",)),
    ],
)
def test_a_deny_that_may_catch_a_known_address_is_found(operator: str, values: list[str]) -> None:
    """One address of many is enough, and so is a value that nobody can compare."""
    assert by_address(operator, *values)


def test_an_address_that_nobody_can_read_is_no_known_one() -> None:
    """It counts as if nobody had said from where deployments come."""
    somewhere = dataclasses.replace(ALICE, addresses=("192.0.2.0/24", "the office"))
    assert caught(somewhere, Condition={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}})
    assert caught(ALICE, Condition={"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})


@pytest.mark.parametrize(
    "condition",
    [
        {"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111111222222:user/*"}},
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*"}},
        {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111111222222:user/${aws:username}"}},
        {"StringNotEqualsIgnoreCase": {"aws:PrincipalAccount": "112233445566"}},
        {"NumericNotEquals": {"aws:PrincipalAccount": "111111222222"}},
    ],
)
def test_what_only_looks_as_if_it_spared_the_deployer_is_found(condition: dict[str, object]) -> None:
    """A pattern that is none for its operator, a variable, a set operator on a key that is absent.

    IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context
    keys".
    """
    assert caught(ALICE, Condition=condition)


def test_a_variable_in_a_resource_may_be_the_bucket() -> None:
    """Nobody can tell at preview what it will stand for."""
    assert caught(ALICE, Resource="arn:aws:s3:::${aws:PrincipalTag/bucket}")
    assert not caught(ALICE, Resource="arn:aws:s3:::${aws:PrincipalTag/bucket}/*")


def test_a_deny_by_address_is_told_how_to_name_the_known_ones() -> None:
    """Other denies are not: it would not mend them."""
    for conditions, told in (
        ((Condition(operator="NotIpAddress", key="aws:SourceIp", values=("192.0.2.0/24",)),), True),
        ((), False),
    ):
        deny = Statement(
            effect=Effect.DENY,
            principals=(EVERYONE,),
            actions=("s3:*",),
            resources=("*",),
            conditions=conditions,
        )
        faults = Faults()
        policy = Document(statements=(deny,))
        check_lockout(policy, bucket_arn=BUCKET.arn, deployer=ALICE, key="it", faults=faults)
        assert ("deployerAddresses" in str(faults.all()[0])) is told


def test_the_fault_names_statement_and_mend() -> None:
    """So that a person finds it."""
    statement = {"Sid": "Vpn", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    faults = Faults()
    check_lockout(
        parse_document(text, PolicyKind.RESOURCE),
        bucket_arn=BUCKET.arn,
        deployer=ALICE,
        key="the policy of the bucket 'shared'",
        faults=faults,
    )
    (told,) = map(str, faults.all())
    assert "has a deny (Vpn) that would catch arn:aws:iam::111111222222:user/alice" in told
    assert "aws:PrincipalArn" in told
