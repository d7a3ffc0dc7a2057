"""`crossaccess drift` in the sandbox, and what people do by hand there for a while."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.environment import add_profile
from sandbox.process import Finished, run
from sandbox.running import Sandbox
from tests.support.people import People

Json = dict[str, Any]  # Any: JSON
BOTH = ("account-a", "account-b")
"""The profiles that may do everything in the two accounts."""


def document(*statements: Mapping[str, object]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the command said."""

    status: int
    said: Json

    @property
    def sentences(self) -> list[str]:
        """Each change in its sentence, with `+`, `-` or `?` before it for its effect."""
        signs = {"gain": "+", "loss": "-", "unknown": "?"}
        return sorted(f"{signs[one['effect']]} {one['sentence']}" for one in self.said["changes"])

    @property
    def things(self) -> list[tuple[str, str]]:
        """What is told beside policies: its kind, and whose it is."""
        return [(one["kind"], one["name"]) for one in self.said["drift"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The command as people type it, in the sandbox's environment."""

    sandbox: Sandbox
    states: Path
    stacks: Sequence[str]

    def __call__(self, *arguments: str, profiles: tuple[str, ...] = BOTH) -> Finished:
        """Run it on the states of both stacks."""
        argv = [sys.executable, "-m", "crossaccess", "drift"]
        argv += [str(self.states / f"{name}.json") for name in self.stacks]
        for option, profile in zip(("--owner-profile", "--profile"), profiles, strict=True):
            argv += [option, profile] if profile else []
        return self.run([*argv, *arguments])

    def run(self, argv: list[str]) -> Finished:
        """Run a command."""
        environment = self.sandbox.environment.over(os.environ)
        return run(argv, env=environment, cwd=self.sandbox.project_root, timeout=120)

    def told(self, *arguments: str, profiles: tuple[str, ...] = BOTH) -> Told:
        """What it says as JSON."""
        ended = self(*arguments, "--format", "json", profiles=profiles)
        assert ended.out, ended.err
        assert ended.err == ""
        return Told(status=ended.status, said=json.loads(ended.out))

    def beside(self, *words: str) -> Json:
        """What another command says of both states as JSON, with its exit status."""
        states = [str(self.states / f"{name}.json") for name in self.stacks]
        ended = self.run([sys.executable, "-m", "crossaccess", *words, *states, "--format", "json"])
        assert ended.err == ""
        return {**json.loads(ended.out), "status": ended.status}


@contextmanager
def bucket_policy(people: People, bucket: str, change: Callable[[Json], None]) -> Iterator[None]:
    """Change the bucket's policy by hand for a while."""
    s3 = people.s3("account-a")
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    edited = json.loads(before)
    change(edited)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(edited))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=before)


def key_arn(people: People, bucket: str) -> str:
    """The key of the bucket."""
    rules = people.s3("account-a").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    return str(rules["Rules"][0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"])


def attached_to(people: People, user: str, bucket: str) -> list[str]:
    """The managed policies of a user of account B that a stack attached for a bucket."""
    listed = people.iam("account-b").list_attached_user_policies(UserName=user)["AttachedPolicies"]
    return [one["PolicyArn"] for one in listed if bucket in one["PolicyArn"]]


@contextmanager
def detached(people: People, user: str, bucket: str) -> Iterator[list[str]]:
    """Detach a user's policies by hand for a while."""
    iam = people.iam("account-b")
    arns = attached_to(people, user, bucket)
    assert arns
    for arn in arns:
        iam.detach_user_policy(UserName=user, PolicyArn=arn)
    try:
        yield arns
    finally:
        for arn in arns:
            iam.attach_user_policy(UserName=user, PolicyArn=arn)


@contextmanager
def auditor(people: People, sandbox: Sandbox, account: str, text: str) -> Iterator[str]:
    """A profile of an account that may do what a policy says, and nothing else."""
    admin, name = people.iam(account), f"drift-auditor-{account}"
    admin.create_user(UserName=name)
    try:
        admin.put_user_policy(UserName=name, PolicyName="audits", PolicyDocument=text)
        with people.access_key(account, name) as keys:
            add_profile(sandbox.folder, sandbox.cloud, name, keys)
            yield name
    finally:
        admin.delete_user_policy(UserName=name, PolicyName="audits")
        admin.delete_user(UserName=name)


@contextmanager
def without_role(people: People, name: str) -> Iterator[None]:
    """Delete a role of account A by hand for a while, with all that it carries."""
    iam = people.iam("account-a")
    role = iam.get_role(RoleName=name)["Role"]
    inline = {
        one: iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"]
        for one in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    listed = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    attached = [one["PolicyArn"] for one in listed]
    for one in inline:
        iam.delete_role_policy(RoleName=name, PolicyName=one)
    for arn in attached:
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    iam.delete_role(RoleName=name)
    try:
        yield
    finally:
        iam.create_role(
            RoleName=name,
            Path=role["Path"],
            AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]),
            MaxSessionDuration=role["MaxSessionDuration"],
        )
        for one, text in inline.items():
            iam.put_role_policy(RoleName=name, PolicyName=one, PolicyDocument=json.dumps(text))
        for arn in attached:
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
