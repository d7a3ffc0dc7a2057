"""Keys that hang together, and the values that keys can have.

IAM User Guide, "AWS global condition context keys"; Amazon S3 API Reference, "PutObject"; Amazon S3 User
Guide, "Using server-side encryption with customer-provided keys (SSE-C)".
"""

import pytest

from crossaccess.compare.carried import can_carry
from crossaccess.compare.keys import is_known, is_multivalued
from crossaccess.compare.ties import ROLLS, TIES, Rule, broken_rolls, broken_ties
from crossaccess.compare.values import values_of
from crossaccess.decide.pattern import glob_of
from crossaccess.policy.organization import ORGANIZATION, PLACE

NEWS = {"aws:CurrentTime": ["2027-01-31T00:00:00Z"], "aws:EpochTime": ["1801353600"]}
ENDPOINT = {
    "aws:SourceVpce": ["vpce-1a2b3c4d"],
    "aws:SourceVpc": ["vpc-111bbb22"],
    "aws:VpcSourceIp": ["10.0.0.7"],
}
CAN_BE: list[dict[str, list[str]]] = [
    {},
    NEWS,
    {"aws:SourceIp": ["203.0.113.7"]},
    ENDPOINT,
    {**ENDPOINT, "aws:SourceVpcArn": ["arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-111bbb22"]},
    {**ENDPOINT, "aws:SourceIp": []},
    {"aws:MultiFactorAuthPresent": ["false"]},
    {"aws:MultiFactorAuthPresent": ["true"], "aws:MultiFactorAuthAge": ["60"]},
    {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"], "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/"]},
    {"s3:x-amz-server-side-encryption": ["AES256"]},
    {
        "s3:x-amz-server-side-encryption": ["aws:kms:dsse"],
        "s3:x-amz-server-side-encryption-aws-kms-key-id": ["alias/a"],
    },
    {"s3:x-amz-server-side-encryption-customer-algorithm": ["AES256"]},
    {
        "aws:CalledVia": ["athena.amazonaws.com"],
        "aws:CalledViaFirst": ["athena.amazonaws.com"],
        "aws:CalledViaLast": ["athena.amazonaws.com"],
        "aws:ViaAWSService": ["true"],
    },
]
CANNOT_BE: list[dict[str, list[str]]] = [
    {**NEWS, "aws:EpochTime": ["1801353601"]},
    {"aws:CurrentTime": ["2027-01-31T00:00:00Z"]},
    {**ENDPOINT, "aws:SourceIp": ["203.0.113.7"]},
    {"aws:SourceVpce": ["vpce-1a2b3c4d"]},
    {"AWS:SOURCEVPC": ["vpc-111bbb22"]},
    {"aws:VpceAccount": ["111122223333"]},
    {"aws:MultiFactorAuthAge": ["60"]},
    {"aws:MultiFactorAuthAge": ["60"], "aws:MultiFactorAuthPresent": ["false"]},
    {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]},
    {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/"]},
    {"s3:x-amz-server-side-encryption-aws-kms-key-id": ["alias/a"]},
    {
        "s3:x-amz-server-side-encryption": ["AES256"],
        "s3:x-amz-server-side-encryption-aws-kms-key-id": ["alias/a"],
    },
    {
        "s3:x-amz-server-side-encryption": ["AES256"],
        "s3:x-amz-server-side-encryption-customer-algorithm": ["AES256"],
    },
    {"aws:CalledVia": ["athena.amazonaws.com"], "aws:ViaAWSService": ["false"]},
]


@pytest.mark.parametrize("context", CAN_BE)
def test_a_context_that_can_be_breaks_no_tie(context: dict[str, list[str]]) -> None:
    """Ties rule out what cannot be, and no more."""
    assert broken_ties(context) == ()


@pytest.mark.parametrize("context", CANNOT_BE)
def test_a_context_that_cannot_be_breaks_a_tie(context: dict[str, list[str]]) -> None:
    """Each of these is ruled out by a page that the tie names."""
    assert broken_ties(context)


def test_ties_are_between_known_keys_and_said_once() -> None:
    """Each names its page, and values only where the rule is about values."""
    assert len({(tie.key, tie.other) for tie in TIES}) == len(TIES)
    for tie in TIES:
        assert is_known(tie.key)
        assert is_known(tie.other)
        assert tie.key != tie.other
        assert tie.source
        assert bool(tie.values) == (tie.rule is Rule.ONE_OF)


def test_what_keeps_two_keys_apart_is_said_of_both() -> None:
    """Whichever of the two is looked at first."""
    apart = {(tie.key, tie.other) for tie in TIES if tie.rule is Rule.ABSENT}
    assert apart == {(other, key) for key, other in apart}


@pytest.mark.parametrize(
    ("context", "kept"),
    [
        ({}, True),
        ({"aws:RequestTag/Team": ["a"], "aws:TagKeys": ["team"]}, True),
        ({"aws:RequestTag/team": ["a"]}, False),
        ({"aws:TagKeys": ["team"]}, False),
        ({"s3:RequestObjectTag/class": ["a"], "s3:RequestObjectTagKeys": ["class", "team"]}, False),
        ({"kms:EncryptionContext:aws:s3:arn": ["a"], "kms:EncryptionContextKeys": ["aws:s3:arn"]}, True),
        ({"kms:EncryptionContext:aws:s3:arn": ["a"], "kms:EncryptionContextKeys": ["a"]}, False),
    ],
)
def test_a_list_of_names_is_that_of_the_keys_which_are_there(
    context: dict[str, list[str]], *, kept: bool
) -> None:
    """The pages on `aws:TagKeys` and its likes: the keys of the tags in the request, without their values."""
    assert (broken_rolls(context) == ()) == kept


def test_rolls_are_between_known_keys() -> None:
    """A list can have several values, a key of the family one."""
    for roll in ROLLS:
        assert is_multivalued(roll.names)
        assert is_known(f"{roll.family}team")
        assert not is_multivalued(f"{roll.family}team")
        assert roll.source


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:GetObject", "sts:AssumeRole", "kms:Decrypt"])
def test_a_key_that_a_tie_asks_for_can_be_there(action: str) -> None:
    """Otherwise the first key could never be."""
    for tie in TIES:
        if tie.rule is not Rule.ABSENT and can_carry(action, tie.key):
            assert can_carry(action, tie.other)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/a/b"),
        ("aws:PrincipalArn", "arn:aws-cn:iam::111122223333:root"),
        ("aws:PrincipalArn", "arn:aws:sts::111122223333:federated-user/bob"),
        ("aws:PrincipalAccount", "anonymous"),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/"),
        ("aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/"),
        ("aws:SourceVpce", "vpce-0e9801d129"),
        ("aws:SourceVpc", "vpc-111bbb22"),
        ("aws:SourceVpcArn", "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0e9801d129EXAMPLE"),
        ("s3:x-amz-acl", "bucket-owner-full-control"),
        ("s3:x-amz-server-side-encryption", "aws:kms:dsse"),
        ("aws:SecureTransport", "false"),
    ],
)
def test_values_from_awss_pages_have_the_form_of_their_key(key: str, value: str) -> None:
    """Each stands on the key's page as an example."""
    assert any(glob_of(form).matches(value) for form in values_of(key) or ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:PrincipalArn", "arn:aws:sts::111122223333:assumed-role/reader/one"),
        ("aws:PrincipalArn", "*"),
        ("aws:PrincipalAccount", "11112222333"),
        ("aws:PrincipalOrgID", "r-ab12"),
        ("aws:PrincipalOrgPaths", "o-a1b2c3d4e5"),
        ("aws:SourceVpc", "vpce-0e9801d129"),
        ("aws:SourceVpce", "vpc-111bbb22"),
        ("s3:x-amz-acl", "public"),
        ("aws:SecureTransport", "yes"),
        ("s3:ObjectCreationOperation", ""),
    ],
)
def test_other_values_have_not(key: str, value: str) -> None:
    """A session's own ARN is no `aws:PrincipalArn`: it is the role's."""
    assert not any(glob_of(form).matches(value) for form in values_of(key) or ("*",))


def test_forms_of_organizations_are_those_that_grants_are_held_to() -> None:
    """What the settings take for an organization's id or place is a value that a request can have."""
    place = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"
    assert ORGANIZATION.fullmatch("o-a1b2c3d4e5")
    assert PLACE.fullmatch(place)
    assert values_of("aws:PrincipalOrgID") == ("o-*",)
    assert any(glob_of(form).matches(place) for form in values_of("aws:principalorgpaths") or ())


@pytest.mark.parametrize(
    "key", ["s3:prefix", "aws:userid", "sts:ExternalId", "aws:PrincipalTag/team", "no:key"]
)
def test_of_most_keys_any_value_is_possible(key: str) -> None:
    """No page says more of them."""
    assert values_of(key) is None
