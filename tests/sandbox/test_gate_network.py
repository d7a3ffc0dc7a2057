"""Where a call comes from: an address, or the endpoints of a VPC. Each condition is met and missed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.gate.network import KMS_ENDPOINT, S3_ENDPOINT, STS_ENDPOINT, VPC
from sandbox.gate.received import read_request
from tests.support.gate import House, Keys, allow, code_of, environ, keys_of, open_house, policy, trust


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts for this module."""
    with open_house(tmp_path_factory.mktemp("network")) as opened:
        yield opened


@pytest.fixture
def bucket(house: House) -> str:
    """A bucket with an object, which Bob's own policy lets him read."""
    name = house.bucket()
    house.s3("account-a").put_object(Bucket=name, Key="k", Body=b"x")
    house.allow("bob", allow("s3:GetObject", f"arn:aws:s3:::{name}/*"))
    return name


@pytest.fixture(scope="module")
def bob_with_mfa(house: House) -> Keys:
    """Bob, after he showed an MFA code."""
    serial = house.mfa_device("bob")
    return keys_of(house.sts("bob").get_session_token(SerialNumber=serial, TokenCode="123456")["Credentials"])


def test_the_ids_look_as_awss_do() -> None:
    """VPC API Reference: `vpc-` and `vpce-` with 17 hexadecimal digits; each service has its own endpoint."""
    endpoints = (S3_ENDPOINT, STS_ENDPOINT, KMS_ENDPOINT)
    assert all(re.fullmatch(r"vpce-0[0-9a-f]{16}", endpoint) for endpoint in endpoints)
    assert len(set(endpoints)) == len(endpoints)
    assert re.fullmatch(r"vpc-0[0-9a-f]{16}", VPC)


# The condition, then whether it holds over the internet and through the endpoint.
CONDITIONS: list[tuple[dict[str, dict[str, str]], bool, bool]] = [
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True, False),
    ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False, False),
    ({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True, True),
    ({"Null": {"aws:SourceIp": "true"}}, False, True),
    ({"StringEquals": {"aws:SourceVpce": S3_ENDPOINT}}, False, True),
    ({"StringEquals": {"aws:SourceVpce": STS_ENDPOINT}}, False, False),
    ({"StringNotEquals": {"aws:SourceVpce": S3_ENDPOINT}}, True, False),
    ({"StringEquals": {"aws:SourceVpc": VPC}}, False, True),
    ({"StringEquals": {"aws:SourceVpc": "vpc-00000000000000000"}}, False, False),
    ({"IpAddress": {"aws:VpcSourceIp": "127.0.0.0/8"}}, False, True),
    ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, False, False),
]


@pytest.mark.parametrize(("condition", "outside", "inside"), CONDITIONS)
def test_a_bucket_policy_tells_addresses_from_endpoints(
    house: House, bucket: str, condition: dict[str, Any], outside: bool, inside: bool
) -> None:
    """IAM User Guide, "AWS global condition context keys": aws:SourceIp is there, or the VPC's keys are."""
    statement = allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": house.bob})
    house.guard(bucket, statement | {"Condition": condition})
    for through, holds in ((False, outside), (True, inside)):
        got = code_of(house.s3("bob", inside=through).get_object, Bucket=bucket, Key="k")
        assert got == ("ok" if holds else "AccessDenied")


@pytest.mark.parametrize(
    ("condition", "outside", "inside"),
    [
        ({"StringEquals": {"aws:SourceVpce": STS_ENDPOINT}}, False, True),
        ({"StringEquals": {"aws:SourceVpce": S3_ENDPOINT}}, False, False),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True, False),
    ],
)
def test_a_trust_policy_knows_the_endpoint_of_sts(
    house: House, bucket: str, condition: dict[str, Any], outside: bool, inside: bool
) -> None:
    """AWS PrivateLink, "Gateway endpoints for Amazon S3": each service's endpoint has an id of its own."""
    arn = house.iam("account-a").create_role(
        RoleName=f"role-of-{bucket}",
        AssumeRolePolicyDocument=trust({"AWS": house.bob}, Condition=condition),
    )["Role"]["Arn"]
    house.allow("bob", allow("sts:AssumeRole", arn))
    for through, holds in ((False, outside), (True, inside)):
        got = code_of(house.sts("bob", inside=through).assume_role, RoleArn=arn, RoleSessionName="session")
        assert got == ("ok" if holds else "AccessDenied")


def test_iam_has_no_endpoint_in_the_vpc(house: House) -> None:
    """Its calls come over the internet, wherever they are made."""
    address = {"Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}}
    house.allow("carol", allow("iam:ListUserPolicies", "*", **address))
    for through in (False, True):
        assert code_of(house.iam("carol", inside=through).list_user_policies, UserName="carol") == "ok"


@pytest.mark.parametrize(
    "condition",
    [
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:VpcSourceIp": "0.0.0.0/0"}},
        {"StringLike": {"aws:SourceVpce": "*"}},
        {"StringLike": {"aws:SourceVpc": "*"}},
        {"Null": {"aws:MultiFactorAuthPresent": "false"}},
        {"Null": {"aws:MultiFactorAuthAge": "false"}},
    ],
)
def test_what_s3_asks_of_kms_says_neither_whence_the_caller_calls_nor_what_they_showed(
    house: House, bucket: str, bob_with_mfa: Keys, condition: dict[str, Any]
) -> None:
    """KMS Developer Guide, "AWS global condition keys": addresses and endpoints; S3 makes the call."""
    key = encrypted(house, bucket, condition)
    house.allow("bob", allow("kms:GenerateDataKey", key), name="key")
    for through in (False, True):
        put = house.s3(bob_with_mfa, inside=through).put_object
        assert code_of(put, Bucket=bucket, Key="n", Body=b"x") == "AccessDenied"
    last = house.log()[-1]["needs"][-1]
    assert (last["action"], last["decision"]) == ("kms:GenerateDataKey", "not allowed")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-sandbox0001"}}, "ok"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-another0001"}}, "AccessDenied"),
        ({"StringEquals": {"aws:ResourceOrgID": "o-sandbox0001"}}, "ok"),
        ({"StringEquals": {"aws:ResourceOrgID": "o-another0001"}}, "AccessDenied"),
        (
            {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-sandbox0001/r-sand/ou-sand-requester/*"}},
            "ok",
        ),
        ({"DateLessThan": {"aws:CurrentTime": "2100-01-01T00:00:00Z"}}, "ok"),
        ({"DateLessThan": {"aws:CurrentTime": "2000-01-01T00:00:00Z"}}, "AccessDenied"),
    ],
)
def test_what_s3_asks_of_kms_says_who_asks_and_when(
    house: House, bucket: str, condition: dict[str, Any], expected: str
) -> None:
    """IAM User Guide, "Forward access sessions": the caller's identity goes along."""
    key = encrypted(house, bucket, condition)
    house.allow("bob", allow("kms:GenerateDataKey", key), name="key")
    for through in (False, True):
        put = house.s3("bob", inside=through).put_object
        assert code_of(put, Bucket=bucket, Key="n", Body=b"x") == expected


def encrypted(house: House, bucket: str, condition: dict[str, Any]) -> str:
    """Encrypt a bucket with a key that Bob may use under a condition, and let him write; return its ARN."""
    text = policy(
        allow("kms:*", "*", Principal={"AWS": house.owner}),
        allow("kms:GenerateDataKey", "*", Principal={"AWS": house.bob}, Condition=condition),
    )
    key = house.kms("account-a").create_key(Policy=text)["KeyMetadata"]["Arn"]
    default: Any = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    house.s3("account-a").put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )
    house.guard(bucket, allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": house.bob}))
    house.allow("bob", allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*"))
    return key


def test_a_call_of_kms_itself_comes_through_its_own_endpoint(house: House) -> None:
    """Only what S3 asks on the caller's behalf lacks the keys of the network."""
    inside: Any = {"StringEquals": {"aws:SourceVpce": KMS_ENDPOINT}}
    text = policy(
        allow("kms:*", "*", Principal={"AWS": house.owner}),
        allow("kms:DescribeKey", "*", Principal={"AWS": house.bob}, Condition=inside),
    )
    key = house.kms("account-a").create_key(Policy=text)["KeyMetadata"]["Arn"]
    house.allow("bob", allow("kms:DescribeKey", key), name="key")
    assert code_of(house.kms("bob").describe_key, KeyId=key) == "AccessDeniedException"
    assert code_of(house.kms("bob", inside=True).describe_key, KeyId=key) == "ok"


def test_no_header_makes_a_request_come_through_an_endpoint() -> None:
    """Which listener took it decides, and nothing that a caller can write."""
    headers = {"sandbox.through_endpoint": "true", "sandbox-through-endpoint": "true"}
    assert read_request(environ(headers=headers)).through_endpoint is False
    assert read_request(environ() | {"sandbox.through_endpoint": "true"}).through_endpoint is False
