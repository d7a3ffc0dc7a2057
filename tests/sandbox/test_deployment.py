"""What the real engine makes of the two stacks: whole at the first preview, and at rest once deployed."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.calls import caller
from sandbox.folder import PROJECT_ROOT
from sandbox.running import Sandbox
from sandbox.scene import Scene
from sandbox.workdir import stack_text
from tests.support.gate import code_of

pytestmark = pytest.mark.sandbox

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands in a preview for a value that is known only after the deployment."""
POLICIES = {"policy", "assumeRolePolicy"}


def first_preview(sandbox: Sandbox, new_stack: Callable[[str], str], stack: str) -> list[dict[str, Any]]:
    """Preview the committed stack as one that was never deployed; return what it would make."""
    committed = (PROJECT_ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    # Another bucket and role than the deployed ones, since a preview must not depend on what is there.
    text = (
        stack_text(committed)
        .replace("account-a-shared-", "account-a-another-")
        .replace("-a-role", "-a-other")
    )
    ended = sandbox.pulumi("preview", "--json", "--stack", new_stack(text)).checked(f"The preview of {stack}")
    steps = json.loads(ended.out)["steps"]
    assert {step["op"] for step in steps} <= {"create", "read"}
    return [step["newState"] for step in steps]


@pytest.mark.parametrize(("stack", "documents"), [("account-a", 3), ("account-b", 1)])
@pytest.mark.usefixtures("scene")
def test_every_policy_is_whole_at_the_very_first_preview(
    sandbox: Sandbox, new_stack: Callable[[str], str], stack: str, documents: int
) -> None:
    """Each can be read, measured and judged before anything is deployed."""
    policies = [
        resource["inputs"][name]
        for resource in first_preview(sandbox, new_stack, stack)
        if resource["type"].startswith("aws:")
        for name in POLICIES & resource.get("inputs", {}).keys()
        if resource["type"] != "aws:iam/userPolicyAttachment:UserPolicyAttachment"
    ]
    assert len(policies) >= documents
    assert [policy for policy in policies if UNKNOWN in policy] == []
    assert [policy for policy in policies if not json.loads(policy)["Statement"]] == []


@pytest.mark.parametrize("stack", ["account-a", "account-b"])
@pytest.mark.usefixtures("scene")
def test_what_was_deployed_is_what_is_there(sandbox: Sandbox, stack: str) -> None:
    """A preview that first reads everything back from AWS finds nothing to change."""
    sandbox.pulumi("preview", "--refresh", "--expect-no-changes", "--stack", stack).checked(
        "The second preview"
    )


def test_the_requester_takes_the_owners_arns_from_its_stack(scene: Scene) -> None:
    """Nobody typed them in: Bob's policies name the bucket and the role that the owner's stack has."""
    committed = (PROJECT_ROOT / "Pulumi.account-b.yaml").read_text(encoding="utf-8")
    assert scene.bucket not in committed
    assert scene.role_arn.rpartition("/")[2] not in committed
    iam = caller(scene.sandbox.cloud, "account-b").iam()
    documents = []
    for attached in iam.list_attached_user_policies(UserName="bob")["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        documents.append(
            iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        )
    written = json.dumps(documents)
    assert f'"arn:aws:s3:::{scene.bucket}/*"' in written
    assert f'"{scene.role_arn}"' in written


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "ok"),
        ({"ServerSideEncryption": "AES256"}, "ok"),
        ({"ServerSideEncryption": "aws:kms"}, "AccessDenied"),
        ({"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}, "AccessDenied"),
    ],
    ids=["nothing", "S3's keys", "a key of KMS", "a customer's key"],
)
def test_nobody_writes_what_the_owner_could_not_read(
    scene: Scene, headers: Mapping[str, Any], expected: str
) -> None:
    """Bob may put objects, under the bucket's own encryption: whether he asks for it or says nothing."""
    s3 = caller(scene.sandbox.cloud, "bob").s3()
    assert code_of(s3.put_object, Bucket=scene.bucket, Key="tried", Body=b"x", **headers) == expected


def test_more_grants_than_config_can_hold_come_from_a_file(
    sandbox: Sandbox, new_stack: Callable[[str], str], tmp_path: Path
) -> None:
    """The engine hands config over in one variable, which Linux limits to 128 KiB."""
    grants = [
        {
            "name": f"team-{number}",
            "account": "112233445566",
            "principals": ["user/bob"],
            "method": "assume-role",
            "access": ["read"],
            "prefixes": [f"{part}-{number}-{'x' * 60}/" for part in range(15)],
        }
        for number in range(150)
    ]
    file = tmp_path / "grants.json"
    file.write_text(json.dumps(grants), encoding="utf-8")
    assert file.stat().st_size > 128 * 1024
    committed = (PROJECT_ROOT / "Pulumi.account-a.yaml").read_text(encoding="utf-8")
    text = committed[: committed.index("  crossaccess:grants:")].replace("-shared-", "-many-")
    stack = new_stack(f"{text}\n  crossaccess:grantsFile: {file}\n")
    ended = sandbox.pulumi("preview", "-s", stack).checked("The preview of many grants")
    assert "to create" in ended.text
    roles = [line for line in ended.text.splitlines() if "aws:iam:Role " in line or "iam/role:Role" in line]
    assert len(roles) >= 150
