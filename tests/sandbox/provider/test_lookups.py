"""The functions that look up what is there already, and how they tell that it is not."""

import json
from typing import Any, TypeAlias

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.provider.errors import StandInError

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import

BUCKET_POLICY = "aws:s3/getBucketPolicy:getBucketPolicy"
ROLE = "aws:iam/getRole:getRole"
USER = "aws:iam/getUser:getUser"
ACCOUNT = "112233445566"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
}
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Logs", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
}


@pytest.fixture
def iam(aws: boto3.Session) -> Any:  # Any: one client type for all the calls of these tests
    """IAM by hand, in the account that the provider acts in."""
    return aws.client("iam")


@pytest.fixture
def s3(aws: boto3.Session) -> Any:  # Any: see iam
    """S3 by hand, in the account that the provider acts in, with one bucket."""
    client = aws.client("s3")
    client.create_bucket(Bucket="bucket-one")
    return client


class TestBucketPolicy:
    """The policy of a bucket that some other tool manages."""

    def test_the_policy_is_told_as_one_canonical_text(self, engine: Engine, s3: Any) -> None:
        """However it was written: white space and the order of keys go, as with the real provider."""
        s3.put_bucket_policy(Bucket="bucket-one", Policy=json.dumps(DOCUMENT, indent=2))
        answer = engine.invoke(BUCKET_POLICY, bucket="bucket-one")
        assert json.loads(answer["policy"]) == DOCUMENT
        assert answer == {
            "id": "bucket-one",
            "bucket": "bucket-one",
            "region": "us-east-1",
            "policy": json.dumps(DOCUMENT, sort_keys=True, separators=(",", ":")),
        }

    @pytest.mark.parametrize("bucket", ["bucket-one", "no-such-bucket"])
    def test_no_policy_and_no_bucket_are_told_alike(self, engine: Engine, s3: Any, bucket: str) -> None:
        """The real provider tells no difference, so a program that needs one has to ask for the bucket."""
        assert [item["Name"] for item in s3.list_buckets()["Buckets"]] == ["bucket-one"]
        with pytest.raises(
            StandInError, match=rf"^reading S3 Bucket \({bucket}\) Policy: couldn't find resource$"
        ):
            engine.invoke(BUCKET_POLICY, bucket=bucket)

    def test_a_refusal_is_not_taken_for_absence(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A program that may not read the policy must not think that there is none, and replace it."""

        def refuse(**_: object) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetBucketPolicy")

        monkeypatch.setattr(engine.provider._account().s3(), "get_bucket_policy", refuse)
        with pytest.raises(
            StandInError, match=r"^reading S3 Bucket \(b\) Policy: AccessDenied: no \(GetBucketPolicy\)$"
        ):
            engine.invoke(BUCKET_POLICY, bucket="b")


class TestRole:
    """A role that is there already."""

    def test_a_role_is_told_with_all_that_it_has(self, engine: Engine, iam: Any) -> None:
        """Its trust policy as text, its boundary as an ARN."""
        edge = iam.create_policy(PolicyName="edge", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
        role = iam.create_role(
            RoleName="r",
            Path="/team/",
            AssumeRolePolicyDocument=json.dumps(TRUST),
            Description="d",
            MaxSessionDuration=7200,
            PermissionsBoundary=edge,
            Tags=[{"Key": "a", "Value": "b"}],
        )["Role"]
        answer = engine.invoke(ROLE, name="r")
        assert json.loads(answer.pop("assumeRolePolicy")) == TRUST
        assert answer.pop("createDate").endswith("Z")
        assert answer == {
            "id": "r",
            "name": "r",
            "arn": f"arn:aws:iam::{ACCOUNT}:role/team/r",
            "description": "d",
            "maxSessionDuration": 7200,
            "path": "/team/",
            "permissionsBoundary": edge,
            "roleLastUseds": [],
            "tags": {"a": "b"},
            "uniqueId": role["RoleId"],
        }

    def test_what_a_role_lacks_is_an_empty_text(self, engine: Engine, iam: Any) -> None:
        """The SDK promises a text for each."""
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))
        answer = engine.invoke(ROLE, name="r")
        assert (answer["description"], answer["permissionsBoundary"], answer["tags"]) == ("", "", {})

    def test_a_role_that_is_not_there_is_told_with_its_name(self, engine: Engine) -> None:
        """In the real provider's words."""
        with pytest.raises(StandInError, match=r"^reading IAM Role \(r\): couldn't find resource$"):
            engine.invoke(ROLE, name="r")


class TestUser:
    """A user who is there already."""

    def test_a_user_is_told_with_all_that_it_has(
        self, engine: Engine, iam: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its id is the unique id; the boundary is told where IAM tells one."""
        iam.create_user(UserName="bob", Path="/team/", Tags=[{"Key": "a", "Value": "b"}])
        answer = engine.invoke(USER, userName="bob")
        unique = iam.get_user(UserName="bob")["User"]["UserId"]
        assert answer == {
            "id": unique,
            "userId": unique,
            "userName": "bob",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/team/bob",
            "path": "/team/",
            "permissionsBoundary": "",
            "tags": {"a": "b"},
        }
        told = iam.get_user(UserName="bob")
        told["User"]["PermissionsBoundary"] = {"PermissionsBoundaryArn": "arn:edge"}
        monkeypatch.setattr(engine.provider._account().iam, "get_user", lambda **_: told)
        assert engine.invoke(USER, userName="bob") == {**answer, "permissionsBoundary": "arn:edge"}

    def test_a_user_who_is_not_there_is_told_by_name(self, engine: Engine) -> None:
        """In the real provider's words."""
        with pytest.raises(StandInError, match=r"^reading IAM User \(bob\): couldn't find resource$"):
            engine.invoke(USER, userName="bob")


@pytest.mark.parametrize(("token", "needed"), [(BUCKET_POLICY, "bucket"), (ROLE, "name"), (USER, "userName")])
class TestArguments:
    """What a lookup takes."""

    def test_a_missing_argument_is_named(self, engine: Engine, token: str, needed: str) -> None:
        """The SDK lets each of them be left out."""
        with pytest.raises(StandInError, match=f"^{token}: the argument {needed} is required"):
            engine.invoke(token)

    def test_an_unknown_argument_is_refused(self, engine: Engine, token: str, needed: str) -> None:
        """`tags` too, which the real provider takes and overwrites."""
        with pytest.raises(StandInError, match="does not know the argument tags"):
            engine.invoke(token, **{needed: "x", "tags": {"a": "b"}})
