"""What the real engine makes of the two stacks: whole at the first preview, and at rest once deployed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.calls import caller
from sandbox.folder import PROJECT_ROOT
from sandbox.running import Sandbox
from sandbox.scene import Scene
from sandbox.workdir import stack_text

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
