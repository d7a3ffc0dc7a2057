"""Who is in which organization, and what a public policy is where one is named."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config

from sandbox.accounts import OWNER_ORGANIZATION_PATH, REQUESTER_ORGANIZATION_PATH
from sandbox.gate.world import World
from tests.support.gate import House, allow, code_of, message_of, open_house, policy, trust

ORGANIZATION = "o-sandbox0001"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts of one organization."""
    with open_house(tmp_path_factory.mktemp("organized")) as opened:
        yield opened


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two accounts that are in no organization."""
    with open_house(tmp_path_factory.mktemp("strangers"), organized=False) as opened:
        yield opened


def shared(house: House, condition: dict[str, Any], *, principal: object = None) -> str:
    """Make a bucket whose policy lets in, under a condition; Bob's own policy allows him to read it."""
    bucket = house.bucket()
    house.s3("account-a").put_object(Bucket=bucket, Key="k", Body=b"x")
    statement = allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Condition=condition)
    house.guard(bucket, statement | {"Principal": principal or {"AWS": house.requester}})
    house.allow("bob", allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    return bucket


def test_the_sandboxs_paths_have_awss_form() -> None:
    """Organizations API Reference: ids of organizations, roots and organizational units."""
    form = r"o-[a-z0-9]{10,32}/r-[0-9a-z]{4,32}/(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}/)*"
    assert re.fullmatch(form, OWNER_ORGANIZATION_PATH)
    assert re.fullmatch(form, REQUESTER_ORGANIZATION_PATH)
    assert REQUESTER_ORGANIZATION_PATH.startswith(OWNER_ORGANIZATION_PATH)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "o-short/r-root/",
        "o-sandbox0001",
        "o-sandbox0001/r-sand",
        "o-sandbox0001/r-sand/ou-else-requester/",
    ],
)
def test_a_path_of_another_form_is_refused(path: str) -> None:
    """A unit's id holds its root's."""
    with pytest.raises(ValueError, match="organization path of account 111111222222"):
        World(accounts=("111111222222",), organization_paths={"111111222222": path})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}, "ok"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-another0001"}}, "AccessDenied"),
        ({"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}}, "ok"),
        ({"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, "ok"),
        ({"StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, "AccessDenied"),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-sand/*"}}, "ok"),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": REQUESTER_ORGANIZATION_PATH}}, "ok"),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": OWNER_ORGANIZATION_PATH}}, "AccessDenied"),
        ({"ForAnyValue:StringEquals": {"aws:ResourceOrgPaths": OWNER_ORGANIZATION_PATH}}, "ok"),
        ({"ForAnyValue:StringEquals": {"aws:ResourceOrgPaths": REQUESTER_ORGANIZATION_PATH}}, "AccessDenied"),
    ],
)
def test_a_bucket_policy_tells_organizations_apart(
    house: House, condition: dict[str, Any], expected: str
) -> None:
    """IAM User Guide, "AWS global condition context keys": the caller's organization and the bucket's."""
    bucket = shared(house, condition)
    assert code_of(house.s3("bob").get_object, Bucket=bucket, Key="k") == expected


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:PrincipalOrgID": "*"}},
        {"StringLike": {"aws:ResourceOrgID": "*"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*"}},
        {"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "*"}},
    ],
)
def test_an_account_in_no_organization_has_none_of_the_keys(
    strangers: House, condition: dict[str, Any]
) -> None:
    """The same page, under "Availability": only if the account is a member of an organization."""
    bucket = shared(strangers, condition)
    assert code_of(strangers.s3("bob").get_object, Bucket=bucket, Key="k") == "AccessDenied"


def test_a_session_is_of_its_roles_organization_and_a_trust_policy_asks_for_the_callers(
    house: House, strangers: House
) -> None:
    """The keys are those of the account of who calls, in STS's calls, too."""
    condition = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    for accounts, expected in ((house, "ok"), (strangers, "AccessDenied")):
        arn = accounts.iam("account-a").create_role(
            RoleName="organized",
            AssumeRolePolicyDocument=trust({"AWS": accounts.requester}, Condition=condition),
        )["Role"]["Arn"]
        accounts.allow("bob", allow("sts:AssumeRole", arn))
        got = code_of(accounts.sts("bob").assume_role, RoleArn=arn, RoleSessionName="session")
        assert got == expected
    own = {"Condition": {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": OWNER_ORGANIZATION_PATH}}}
    house.iam("account-a").put_role_policy(
        RoleName="organized",
        PolicyName="test",
        PolicyDocument=policy(allow("s3:ListAllMyBuckets", "*", **own)),
    )
    session = house.assume("bob", f"arn:aws:iam::{house.owner}:role/organized")
    assert code_of(house.s3(session).list_buckets) == "ok"


def test_everyone_of_an_organization_is_not_the_public(house: House) -> None:
    """A fixed aws:PrincipalOrgID, with all four settings on.

    S3 User Guide, "Blocking public access to your Amazon S3 storage".
    """
    bucket = shared(house, {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}, principal="*")
    status = house.s3("account-a").get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]
    assert status["IsPublic"] is False
    assert code_of(house.s3("bob").get_object, Bucket=bucket, Key="k") == "ok"
    assert code_of(house.s3("carol").get_object, Bucket=bucket, Key="k") == "AccessDenied"
    cloud = house.opened.cloud
    anyone = house.session.client(
        "s3",
        endpoint_url=cloud.tls_url,
        verify=str(cloud.ca_bundle),
        region_name=cloud.region,
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    assert code_of(anyone.get_object, Bucket=bucket, Key="k") == "AccessDenied"


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-sand/*"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": REQUESTER_ORGANIZATION_PATH}}, True),
        (
            {
                "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
                "ForAnyValue:StringLike": {
                    "aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-sand/ou-sand-requester/*"
                },
            },
            False,
        ),
        ({"StringLike": {"aws:PrincipalOrgID": "o-sandbox*"}}, True),
        ({"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}}, True),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0e530000000000001"}}, False),
        ({"StringLike": {"aws:SourceVpce": "vpce-*"}}, True),
        ({"StringEquals": {"aws:SourceVpc": "vpc-0c000000000000001"}}, False),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}, True),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
        ({"IpAddress": {"aws:SourceIp": "128.0.0.0/7"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::112233445566:user/bob"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::112233445566:role/x-????????????????"}}, True),
    ],
)
def test_block_public_access_refuses_what_no_fixed_value_narrows(
    house: House, condition: dict[str, Any], public: bool
) -> None:
    """The same page, "The meaning of 'public'": aws:PrincipalOrgPaths is not among its keys."""
    bucket, put = house.bucket(), house.s3("account-a").put_bucket_policy
    statement = allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*", Condition=condition)
    assert code_of(put, Bucket=bucket, Policy=policy(statement)) == ("AccessDenied" if public else "ok")
    if public:
        assert "BlockPublicPolicy" in message_of(put, Bucket=bucket, Policy=policy(statement))
