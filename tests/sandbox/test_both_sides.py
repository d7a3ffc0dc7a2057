"""Neither side alone is enough: what is taken away by hand on one side closes that way, and only that one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.calls import caller
from sandbox.lines import BOB_ASSUMES, BOB_GETS, BOB_PUTS, ROLE_GETS, refused
from sandbox.running import Sandbox
from sandbox.scene import Line, Operation, Scene, assume_by_cli

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

pytestmark = pytest.mark.sandbox

BUCKET_POLICY = (BOB_GETS, BOB_PUTS)
ASSUME_ROLE = (BOB_ASSUMES,)
CLOSED_BUCKET_POLICY = tuple(refused(line) for line in BUCKET_POLICY)
CLOSED_ASSUME_ROLE = tuple(refused(line) for line in ASSUME_ROLE)


def check(scene: Scene, *lines: Line) -> None:
    """Make the lines' calls; every answer is the expected one."""
    assert [(line.asked, scene.ask(line).code) for line in lines] == [
        (line.asked, line.expected) for line in lines
    ]


@contextmanager
def bucket_policy_without_the_grant(scene: Scene) -> Iterator[None]:
    """Take the allowing statements out of the bucket's policy, as the owner's administrator by hand."""
    s3 = caller(scene.sandbox.cloud, "account-a").s3()
    before = s3.get_bucket_policy(Bucket=scene.bucket)["Policy"]
    document = json.loads(before)
    kept = [statement for statement in document["Statement"] if statement["Effect"] != "Allow"]
    assert len(kept) < len(document["Statement"])
    s3.put_bucket_policy(Bucket=scene.bucket, Policy=json.dumps(document | {"Statement": kept}))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=scene.bucket, Policy=before)


@contextmanager
def trust_without_bob(scene: Scene) -> Iterator[None]:
    """Let the role trust its own account only, as the owner's administrator by hand."""
    iam = caller(scene.sandbox.cloud, "account-a").iam()
    name = scene.role_arn.rpartition("/")[2]
    # boto3 has parsed the document already, which its types do not say.
    before: Any = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    own = {"Effect": "Allow", "Principal": {"AWS": "111111222222"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before | {"Statement": [own]}))
    try:
        yield
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))


HARMLESS = {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}
"""What a policy is left with where nothing else is, since IAM takes no empty one."""


def replace_policy(iam: "IAMClient", arn: str, document: dict[str, Any]) -> None:
    """Give a managed policy a new document, and drop its older versions: IAM keeps five at most."""
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)


@contextmanager
def bob_without(scene: Scene, action: str) -> Iterator[None]:
    """Take the statements with an action out of Bob's policies, as the requester's administrator by hand."""
    iam = caller(scene.sandbox.cloud, "account-b").iam()
    before: dict[str, Any] = {}
    for attached in iam.list_attached_user_policies(UserName="bob")["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        # boto3 has parsed the document already, which its types do not say.
        document: Any = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        kept = [statement for statement in document["Statement"] if action not in statement["Action"]]
        if kept != document["Statement"]:
            before[arn] = document
            replace_policy(iam, arn, document | {"Statement": kept or [HARMLESS]})
    assert before
    try:
        yield
    finally:
        for arn, document in before.items():
            replace_policy(iam, arn, document)


def test_without_the_owners_statement_the_bucket_policy_way_is_closed(scene: Scene) -> None:
    """Bob's own policy alone does not let him in; the role still does."""
    check(scene, *BUCKET_POLICY)
    with bucket_policy_without_the_grant(scene):
        check(scene, *CLOSED_BUCKET_POLICY, *ASSUME_ROLE, ROLE_GETS)
    check(scene, *BUCKET_POLICY)


def test_without_bobs_own_policy_the_bucket_policy_way_is_closed(scene: Scene) -> None:
    """The bucket's policy alone does not let Bob in from another account; the role still does."""
    check(scene, *BUCKET_POLICY)
    with bob_without(scene, "s3:GetObject"):
        check(scene, *CLOSED_BUCKET_POLICY, *ASSUME_ROLE, ROLE_GETS)
    check(scene, *BUCKET_POLICY)


def test_without_the_trust_the_role_cannot_be_assumed(scene: Scene) -> None:
    """Bob's `sts:AssumeRole` alone is not enough; the bucket's policy still lets him in."""
    check(scene, *ASSUME_ROLE)
    with trust_without_bob(scene):
        check(scene, *CLOSED_ASSUME_ROLE, *BUCKET_POLICY)
    check(scene, *ASSUME_ROLE)


def test_without_bobs_assume_role_policy_the_role_cannot_be_assumed(scene: Scene) -> None:
    """The role's trust alone is not enough for Bob; the bucket's policy still lets him in."""
    check(scene, *ASSUME_ROLE)
    with bob_without(scene, "sts:AssumeRole"):
        check(scene, *CLOSED_ASSUME_ROLE, *BUCKET_POLICY)
    check(scene, *ASSUME_ROLE)


def test_a_session_that_bob_has_goes_on_without_his_own_policies(scene: Scene) -> None:
    """In the role the calls are account A's: what Bob may do himself no longer matters."""
    with bob_without(scene, "s3:GetObject"), bob_without(scene, "sts:AssumeRole"):
        check(scene, ROLE_GETS)


def test_the_role_without_its_own_policy_reaches_nothing(scene: Scene) -> None:
    """To trust somebody is not to allow anything."""
    iam = caller(scene.sandbox.cloud, "account-a").iam()
    name = scene.role_arn.rpartition("/")[2]
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    iam.delete_role_policy(RoleName=name, PolicyName=policy)
    try:
        check(scene, refused(ROLE_GETS), *ASSUME_ROLE)
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    check(scene, ROLE_GETS)


def up(sandbox: Sandbox, stack: str) -> None:
    """Bring a stack back to what its program says, whatever was done by hand."""
    sandbox.pulumi("up", "--yes", "--refresh", "--skip-preview", "-s", stack).checked(f"up of {stack}")


def test_a_deployment_mends_what_was_taken_away_by_hand(scene: Scene) -> None:
    """`pulumi up --refresh` sees each of the four changes and undoes it."""
    with (
        bucket_policy_without_the_grant(scene),
        trust_without_bob(scene),
        bob_without(scene, "s3:GetObject"),
        bob_without(scene, "sts:AssumeRole"),
    ):
        check(scene, *CLOSED_BUCKET_POLICY, *CLOSED_ASSUME_ROLE)
        for stack in ("account-a", "account-b"):
            up(scene.sandbox, stack)
        check(scene, *BUCKET_POLICY, *ASSUME_ROLE)


def test_the_role_is_bobs_by_the_command_that_people_type(scene: Scene) -> None:
    """What the AWS CLI prints are credentials that work under `reports/`."""
    fresh = scene.with_role(assume_by_cli(scene.sandbox, scene.role_arn, "bob"))
    check(fresh, ROLE_GETS)
    assert scene.ask(Line(who="carol", operation=Operation.ASSUME_BY_CLI, expected="")).code == "AccessDenied"
