"""What people change by hand in the two accounts of a sandbox, beside what the stacks say."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.accounts import REQUESTER_ACCOUNT
from sandbox.calls import Keys
from sandbox.cloud import Cloud
from sandbox.environment import add_profile
from sandbox.folder import SandboxFolder
from tests.support.people import People

Json = Any  # Any: JSON
Change = Callable[[Json], None]
"""Changes the statements of a policy, in their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """Changes to one bucket, its key and its requesters, each undone by what is left in `undoing`."""

    people: People
    bucket: str
    undoing: ExitStack

    def bucket_policy(self, change: Change) -> None:
        """Edit the bucket's policy."""
        s3 = self.people.s3("account-a")
        before = s3.get_bucket_policy(Bucket=self.bucket)["Policy"]
        s3.put_bucket_policy(Bucket=self.bucket, Policy=_changed(before, change))

    def key_policy(self, change: Change) -> None:
        """Edit the policy of the bucket's key."""
        s3, kms = self.people.s3("account-a"), self.people.kms("account-a")
        rules = s3.get_bucket_encryption(Bucket=self.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        key = rules[0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
        before = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=_changed(before, change))

    def own_policy(self, user: str, change: Change) -> None:
        """Edit the managed policy that the requester's stack has given a user."""
        iam, arn = self.people.iam("account-b"), self.arn_of_policy(user)
        first = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        before = iam.get_policy_version(PolicyArn=arn, VersionId=first)["PolicyVersion"]["Document"]
        made = iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=_changed(json.dumps(before), change), SetAsDefault=True
        )["PolicyVersion"]["VersionId"]
        self.undoing.callback(iam.delete_policy_version, PolicyArn=arn, VersionId=made)
        self.undoing.callback(iam.set_default_policy_version, PolicyArn=arn, VersionId=first)

    def boundary(self, user: str, statement: Json) -> str:
        """Give a user a permissions boundary; its text."""
        iam = self.people.iam("account-b")
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        arn = iam.create_policy(PolicyName="limits-of-people", PolicyDocument=text)["Policy"]["Arn"]
        self.undoing.callback(iam.delete_policy, PolicyArn=arn)
        iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=arn)
        self.undoing.callback(iam.delete_user_permissions_boundary, UserName=user)
        return text

    def made_again(self, user: str, folder: SandboxFolder) -> None:
        """Delete a user, and make one of the same name with the same policies: nobody notices."""
        iam, arn = self.people.iam("account-b"), self.arn_of_policy(user)
        iam.detach_user_policy(UserName=user, PolicyArn=arn)
        unmake(self.people, user)
        make(self.people, user, folder)
        iam.attach_user_policy(UserName=user, PolicyArn=arn)

    def arn_of_policy(self, user: str) -> str:
        """The policy that the requester's stack has given a user for the bucket."""
        return f"arn:aws:iam::{REQUESTER_ACCOUNT}:policy/crossaccess-{self.bucket}-user-{user}"


def make(people: People, user: str, folder: SandboxFolder) -> None:
    """Make a user of account B with an access key, under a profile of the same name."""
    iam = people.iam("account-b")
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    keys = Keys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
    add_profile(folder, people.cloud, user, keys)


def unmake(people: People, user: str) -> None:
    """Delete a user of account B."""
    iam = people.iam("account-b")
    for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=user)


@contextmanager
def users(cloud: Cloud, folder: SandboxFolder, *names: str) -> Iterator[People]:
    """Users of account B for a while."""
    people = People(cloud=cloud)
    with ExitStack() as undoing:
        for name in names:
            make(people, name, folder)
            undoing.callback(unmake, people, name)
        yield people


def _changed(text: str, change: Change) -> str:
    document = json.loads(text)
    change(document["Statement"])
    return json.dumps(document)
