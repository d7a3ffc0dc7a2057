"""What stands where the engine and AWS would be while a program runs under Pulumi's mocks.

Imports Pulumi: only what runs a program imports this.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime import mocks

_OF_IAM = frozenset({"User", "Role", "Group", "Policy"})


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where the provider's credentials lead to; `refusal` is what a provider that cannot start says.

    `key` is what differs in KMS's description of any key; `None` where there is no key. `saved` are the
    policies that AWS has of buckets and the trust policies of roles, by their names; `unreadable` is why
    nobody may look at them.
    """

    account: str = "111111222222"
    partition: str = "aws"
    region: str = "eu-central-1"
    refusal: str | None = None
    key: Mapping[str, object] | None = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)
    unreadable: str | None = None


class Engine(mocks.Mocks):
    """Answers as the AWS provider and the backend would; `stacks` are the outputs of other stacks."""

    def __init__(self, account: Account, stacks: Mapping[str, Mapping[str, Any]], *, preview: bool) -> None:
        self.account, self.stacks, self.preview = account, stacks, preview

    def call(self, args: mocks.MockCallArgs) -> Any:  # Any: the base class has it unannotated
        """Answer an invoke."""
        if self.account.refusal is not None:
            return {}, [("", self.account.refusal)]
        if args.token.endswith(":getKey"):
            return self._describe_key(args.args["keyId"])
        if args.token.endswith(":getBucketPolicy"):
            bucket = args.args["bucket"]
            return self._look_up(f"S3 Bucket ({bucket}) Policy", bucket, "policy")
        if args.token.endswith(":getRole"):
            name = args.args["name"]
            return self._look_up(f"IAM Role ({name})", name, "assumeRolePolicy")
        return {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": self.account.account,
                "arn": f"arn:{self.account.partition}:iam::{self.account.account}:user/admin",
                "userId": "AIDAADMIN",
            },
            "aws:index/getPartition:getPartition": {"partition": self.account.partition},
            "aws:index/getRegion:getRegion": {"region": self.account.region},
        }[args.token]

    def _look_up(self, what: str, name: str, output: str) -> Any:  # Any: as `call`
        why = self.account.unreadable
        if why is None and name in self.account.saved:
            return {output: self.account.saved[name]}
        absent = "couldn't find resource"
        return {}, [("", f"reading {what}: {why or absent}")]

    def _describe_key(self, key: str) -> Any:  # Any: as `call`
        if self.account.key is None:
            return {}, [("", f"NotFoundException: Key '{key}' does not exist")]
        usual = {
            "arn": key,
            "enabled": True,
            "keyManager": "CUSTOMER",
            "keySpec": "SYMMETRIC_DEFAULT",
            "keyState": "Enabled",
            "keyUsage": "ENCRYPT_DECRYPT",
        }
        return {**usual, **self.account.key}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Make a resource: its id and its outputs."""
        if args.typ == "pulumi:pulumi:StackReference":
            outputs = self.stacks[args.inputs["name"]]
            return args.inputs["name"], {**args.inputs, "outputs": outputs, "secretOutputNames": []}
        if self.preview:
            return None, args.inputs
        return made_by_aws(self.account, args.typ, args.name, args.inputs)


def made_by_aws(
    account: Account,
    kind: str,
    name: str,
    inputs: Mapping[str, Any],  # Any: the inputs of any resource type
) -> tuple[str, dict[str, Any]]:
    """The id and the outputs of a resource that AWS has made, as far as programs and policies use them."""
    service, what = kind.partition("/")[0].removeprefix("aws:"), kind.rpartition(":")[2]
    named = str(inputs.get("name", name))
    own = f"arn:{account.partition}:iam::{account.account}"
    path = str(inputs.get("path", "/"))
    if kind == "aws:kms/key:Key":
        # KMS chooses the id; here it is the same in every run.
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
        arn = f"arn:{account.partition}:kms:{account.region}:{account.account}:key/{key}"
        return key, {**inputs, "arn": arn, "keyId": key}
    if service == "iam" and what in _OF_IAM:
        arn = f"{own}:{what.lower()}{path}{named}"
        return arn if what == "Policy" else named, {**inputs, "arn": arn}
    if kind == "aws:s3/bucket:Bucket":
        bucket = str(inputs.get("bucket", name))
        return bucket, {**inputs, "arn": f"arn:{account.partition}:s3:::{bucket}"}
    return f"{name}-id", {"arn": f"arn-of-{name}", **inputs}
