"""`aws:iam/policy:Policy`: a customer managed policy, which keeps up to five versions."""

from typing import TYPE_CHECKING

from sandbox.provider.account import Account, absent_as_none, patiently
from sandbox.provider.policies import policy_text
from sandbox.provider.properties import Kind, Property, tag_pairs, tags_of
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.resources.common import PATH, TAGS, iam_name
from sandbox.provider.values import Record

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import PolicyVersionTypeDef

_GONE = ("NoSuchEntity",)

# IAM and STS quotas: "Managed policy versions".
_MOST_VERSIONS = 5


def _create(account: Account, inputs: Record) -> str:
    more: Record = {}
    if inputs.get("description"):
        more["Description"] = inputs["description"]
    if inputs.get("tags"):
        more["Tags"] = tag_pairs(inputs["tags"])
    answer = account.iam.create_policy(
        PolicyName=inputs["name"], Path=inputs["path"], PolicyDocument=inputs["policy"], **more
    )
    return answer["Policy"]["Arn"]


def _read(account: Account, arn: str, _: Record) -> Record | None:
    iam = account.iam
    answer = absent_as_none(_GONE, iam.get_policy, PolicyArn=arn)
    if answer is None:
        return None
    policy = answer["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    tags = tags_of(policy.get("Tags", []))
    return {
        "name": policy["PolicyName"],
        "path": policy["Path"],
        "description": policy.get("Description") or None,
        "policy": policy_text(version["Document"]),
        "arn": arn,
        "policyId": policy["PolicyId"],
        "tags": tags,
        "tagsAll": tags,
    }


def _update(account: Account, arn: str, old: Record, new: Record) -> None:
    iam = account.iam
    if old.get("policy") != new["policy"]:
        versions = _versions(iam, arn)
        if len(versions) >= _MOST_VERSIONS:
            oldest = min((item for item in versions if not item["IsDefaultVersion"]), key=_number)
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=new["policy"], SetAsDefault=True)
    old_tags, tags = old.get("tags", {}), new.get("tags", {})
    if dropped := sorted(old_tags.keys() - tags.keys()):
        iam.untag_policy(PolicyArn=arn, TagKeys=dropped)
    if tags and tags != old_tags:
        iam.tag_policy(PolicyArn=arn, Tags=tag_pairs(tags))


def _delete(account: Account, arn: str, _: Record) -> None:
    iam = account.iam
    for version in absent_as_none(_GONE, _versions, iam, arn) or []:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    absent_as_none(_GONE, patiently, iam.delete_policy, PolicyArn=arn)


def _versions(iam: "IAMClient", arn: str) -> list["PolicyVersionTypeDef"]:
    pages = iam.get_paginator("list_policy_versions").paginate(PolicyArn=arn)
    return [version for page in pages for version in page["Versions"]]


def _number(version: "PolicyVersionTypeDef") -> int:
    """Order `v9` before `v10`."""
    return int(version["VersionId"].removeprefix("v"))


POLICY = ResourceType(
    token="aws:iam/policy:Policy",  # noqa: S106 - the name of a resource type
    properties=(
        Property(name="description", replaces=True),
        iam_name(128),
        PATH,
        Property(name="policy", kind=Kind.POLICY, required=True),
        TAGS,
    ),
    computed=("arn", "policyId", "tagsAll"),
    automatic_name="name",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
