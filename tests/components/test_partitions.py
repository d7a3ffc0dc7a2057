"""Both components in the partitions of AWS: every ARN and every host is of the right one."""

import json
import re

import pytest

from components.bucket_owner import BucketOwner, BucketOwnerArgs
from components.bucket_requester import BucketRequester, BucketRequesterArgs
from components.grant_args import GrantArgs
from tests.support.pulumi_program import OWNER_ACCOUNT, REQUESTER_ACCOUNT, Account, Ran, component

ELSEWHERE = pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "eu-central-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")],
)
PRINCIPALS = ["user/bob", "role/etl/loader", "permission-set/Readers"]
ARN = re.compile(r"arn:aws[a-z-]*:")


def both(partition: str, region: str) -> tuple[Ran, Ran]:
    """Both sides of grants of both methods, to principals that have ARNs, with a KMS key."""
    grants = [
        GrantArgs(
            name="by-policy",
            account=REQUESTER_ACCOUNT,
            principals=PRINCIPALS,
            method="bucket-policy",
            access=["read", "write", "list"],
            prefixes=["reports/"],
        ),
        GrantArgs(
            name="by-role",
            account=REQUESTER_ACCOUNT,
            principals=PRINCIPALS,
            method="assume-role",
            access=["read", "write", "list"],
            permissions_boundary=f"arn:{partition}:iam::{OWNER_ACCOUNT}:policy/boundary",
        ),
    ]
    args: BucketOwnerArgs = {"bucket_name": "shared", "grants": grants, "encryption": {"type": "kms"}}
    owner = component(
        lambda: BucketOwner("it", args), account=Account(partition=partition, region=region), preview=True
    )
    assert owner.failure is None
    handover = json.loads(json.dumps(owner.outputs["handover"]))
    taking: BucketRequesterArgs = {
        "owners": [{"handover": handover}],
        "create": [
            {
                "principal": "role/etl/loader",
                "assumed_by": ["ecs-tasks.amazonaws.com", "user/ci"],
                "permissions_boundary": "make",
            }
        ],
    }
    requester = component(
        lambda: BucketRequester("it", taking),
        account=Account(account=REQUESTER_ACCOUNT, partition=partition, region=region),
        preview=True,
    )
    assert requester.failure is None
    return owner, requester


def documents(ran: Ran) -> dict[str, str]:
    """Every policy that a run would write, by its resource's name."""
    return {
        f"{one.name}.{key}": one.inputs[key]
        for one in ran.made
        for key in ("policy", "assumeRolePolicy")
        if key in one.inputs
    }


@ELSEWHERE
def test_every_arn_is_of_the_providers_partition(partition: str, region: str) -> None:
    """IAM User Guide, "IAM ARNs": `aws-cn` in China, `aws-us-gov` in AWS GovCloud (US)."""
    owner, requester = both(partition, region)
    assert len(documents(owner)) == 4
    assert len(documents(requester)) == 5
    for ran in (owner, requester):
        texts = {
            **documents(ran),
            "inputs": " ".join(str(dict(one.inputs)) for one in ran.made),
            "outputs": str(ran.outputs),
        }
        for name, text in texts.items():
            assert set(ARN.findall(text)) == {f"arn:{partition}:"}, name


@ELSEWHERE
def test_the_handover_says_where_the_bucket_is(partition: str, region: str) -> None:
    """The requester builds the same ARNs out of it, and refuses another partition."""
    owner, _ = both(partition, region)
    handover = owner.outputs["handover"]
    assert (handover["partition"], handover["region"]) == (partition, region)
    assert handover["bucket"]["arn"] == f"arn:{partition}:s3:::shared"
    assert handover["bucket"]["keyArn"] == f"arn:{partition}:kms:{region}:{OWNER_ACCOUNT}:key/*"


@ELSEWHERE
def test_kms_is_called_by_s3_of_that_region(partition: str, region: str) -> None:
    """AWS KMS Developer Guide, "AWS KMS condition keys": in China the service may have another ending."""
    host = f"s3.{region}.amazonaws.com"
    hosts = [host, f"{host}.cn"] if partition == "aws-cn" else host
    owner, requester = both(partition, region)
    found = [
        statement["Condition"]["StringEquals"]["kms:ViaService"]
        for ran in (owner, requester)
        for text in documents(ran).values()
        for statement in json.loads(text)["Statement"]
        if "kms:ViaService" in statement.get("Condition", {}).get("StringEquals", {})
    ]
    assert len(found) >= 6
    assert all(one == hosts for one in found)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_a_permission_sets_role_keeps_the_name_of_its_service(partition: str) -> None:
    """`sso.amazonaws.com` everywhere.

    IAM Identity Center User Guide, "Referencing permission sets in resource policies, Amazon EKS Cluster
    config maps, and AWS KMS key policies".
    """
    region = "cn-north-1" if partition == "aws-cn" else "us-gov-west-1"
    owner, _ = both(partition, region)
    text = owner.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"]
    assert (
        f"arn:{partition}:iam::{REQUESTER_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_"
        in text
    )
