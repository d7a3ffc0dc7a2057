"""What a picture of two stacks holds, put into the sandbox's accounts by plain calls, without the engine."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from crossaccess.deployment.picture import Bucket, Picture, Policy, Principal
from crossaccess.policy.principal import PrincipalKind
from tests.support.cast import OWNER, REQUESTER
from tests.support.people import People

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

OWNERS, REQUESTERS = "account-a", "account-b"
"""The profiles of the administrators of both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrators:
    """The clients of both sides' administrators: making one takes longer than what it is asked."""

    s3: "S3Client"
    kms: "KMSClient"
    owners: "IAMClient"
    requesters: "IAMClient"

    @classmethod
    def of(cls, people: People) -> Self:
        """Those of a sandbox."""
        return cls(
            s3=people.s3(OWNERS),
            kms=people.kms(OWNERS),
            owners=people.iam(OWNERS),
            requesters=people.iam(REQUESTERS),
        )


@contextmanager
def put_up(by: Administrators, picture: Picture) -> Iterator[None]:
    """Have in both accounts what their stacks hold; take it away at the end.

    The requester's users and roles have to be there, and so has the key. What is attached to a permission
    set is left out: IAM Identity Center would do that.
    """
    with ExitStack() as stack:
        for one in picture.principals:
            if one.account == OWNER:
                stack.enter_context(_role(by.owners, one))
            elif one.account == REQUESTER and one.kind is not PrincipalKind.PERMISSION_SET:
                stack.enter_context(_attached(by.requesters, one))
        for key in picture.keys:
            # Left as it is at the end: without a bucket, nobody asks for it.
            by.kms.put_key_policy(KeyId=str(key.arn), Policy=_text(key.policy))
        for bucket in picture.buckets:
            stack.enter_context(_bucket(by.s3, bucket))
        yield


def _text(policy: Policy | None) -> str:
    assert policy is not None
    assert policy.text is not None, policy
    return policy.text


@contextmanager
def _role(iam: "IAMClient", role: Principal) -> Iterator[None]:
    iam.create_role(RoleName=role.name, Path=role.path, AssumeRolePolicyDocument=_text(role.trust))
    names = [f"inline-{number}" for number, _ in enumerate(role.policies)]
    try:
        for name, policy in zip(names, role.policies, strict=True):
            iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=_text(policy))
        yield
    finally:
        for name in iam.list_role_policies(RoleName=role.name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=role.name, PolicyName=name)
        iam.delete_role(RoleName=role.name)


@contextmanager
def _attached(iam: "IAMClient", who: Principal) -> Iterator[None]:
    """The managed policies of a user or a role of the requester's."""
    with ExitStack() as stack:
        for policy in who.policies:
            name = str(policy.arn).rpartition("/")[2]
            arn = iam.create_policy(PolicyName=name, PolicyDocument=_text(policy))["Policy"]["Arn"]
            stack.callback(iam.delete_policy, PolicyArn=arn)
            if who.kind is PrincipalKind.USER:
                iam.attach_user_policy(UserName=who.name, PolicyArn=arn)
                stack.callback(iam.detach_user_policy, UserName=who.name, PolicyArn=arn)
            else:
                iam.attach_role_policy(RoleName=who.name, PolicyArn=arn)
                stack.callback(iam.detach_role_policy, RoleName=who.name, PolicyArn=arn)
        yield


@contextmanager
def _bucket(s3: "S3Client", bucket: Bucket) -> Iterator[None]:
    place: Any = {"LocationConstraint": bucket.region}  # Any: boto3 names the Regions one by one
    s3.create_bucket(Bucket=bucket.name, CreateBucketConfiguration=place)
    try:
        if bucket.key is not None:
            s3.put_bucket_encryption(
                Bucket=bucket.name,
                ServerSideEncryptionConfiguration={
                    "Rules": [
                        {
                            "ApplyServerSideEncryptionByDefault": {
                                "SSEAlgorithm": "aws:kms",
                                "KMSMasterKeyID": bucket.key,
                            },
                            "BucketKeyEnabled": True,
                        }
                    ]
                },
            )
        s3.put_bucket_policy(Bucket=bucket.name, Policy=_text(bucket.policy))
        yield
    finally:
        s3.delete_bucket_policy(Bucket=bucket.name)
        for one in s3.list_objects_v2(Bucket=bucket.name).get("Contents", []):
            s3.delete_object(Bucket=bucket.name, Key=str(one.get("Key")))
        s3.delete_bucket(Bucket=bucket.name)


def make_role(by: Administrators, name: str, path: str) -> str:
    """Make a role of the requester's account that its administrator may assume; answer its ARN."""
    statement = {"Effect": "Allow", "Principal": {"AWS": REQUESTER}, "Action": "sts:AssumeRole"}
    made = by.requesters.create_role(
        RoleName=name,
        Path=path,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        MaxSessionDuration=43_200,
    )
    return made["Role"]["Arn"]
