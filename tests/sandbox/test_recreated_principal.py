"""A principal that was deleted and made again: the saved policies lose it, and a preview says so by name."""

from collections.abc import Callable, Iterator

import pytest

from sandbox.calls import Caller, Keys, caller
from sandbox.running import Sandbox
from tests.support.gate import code_of

pytestmark = pytest.mark.sandbox

BUCKET = "exact-shared-111111222222"
OWNER = f"""config:
  aws:profile: account-a
  aws:region: eu-central-1
  aws:allowedAccountIds: ["111111222222"]
  crossaccess:side: owner
  crossaccess:bucketName: {BUCKET}
  crossaccess:protect: false
  crossaccess:forceDestroy: true
  crossaccess:grants:
    - name: exact-policy
      account: "112233445566"
      principals: [user/dave]
      method: bucket-policy
      trust: exact
      access: [read]
    - name: exact-role
      account: "112233445566"
      principals: [user/dave]
      method: assume-role
      roleName: exact-role
      trust: exact
      access: [read]
"""
ROLE = "arn:aws:iam::111111222222:role/exact-role"


@pytest.fixture
def owner(sandbox: Sandbox, new_stack: Callable[[str], str]) -> Iterator[str]:
    """The owner's stack, deployed for a user who exists, and taken away again."""
    iam = caller(sandbox.cloud, "account-b").iam()
    iam.create_user(UserName="dave")
    stack = new_stack(OWNER)
    try:
        sandbox.pulumi("up", "--yes", "--skip-preview", "-s", stack).checked("up")
        yield stack
    finally:
        sandbox.pulumi("destroy", "--yes", "--skip-preview", "-s", stack).checked("destroy")
        for key in iam.list_access_keys(UserName="dave")["AccessKeyMetadata"]:
            iam.delete_access_key(UserName="dave", AccessKeyId=key["AccessKeyId"])
        for policy in iam.list_user_policies(UserName="dave")["PolicyNames"]:
            iam.delete_user_policy(UserName="dave", PolicyName=policy)
        iam.delete_user(UserName="dave")


def new_dave(sandbox: Sandbox) -> Caller:
    """Delete the user and make one of the same name, who may do in account B whatever the owner lets."""
    iam = caller(sandbox.cloud, "account-b").iam()
    iam.delete_user(UserName="dave")
    iam.create_user(UserName="dave")
    everything = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    iam.put_user_policy(UserName="dave", PolicyName="all", PolicyDocument=everything)
    key = iam.create_access_key(UserName="dave")["AccessKey"]
    keys = Keys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
    return Caller(cloud=sandbox.cloud, keys=keys)


def test_a_preview_says_who_is_gone_and_an_up_with_refresh_lets_the_new_one_in(
    sandbox: Sandbox, owner: str
) -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal": a saved policy keeps the old principal's id."""
    caller(sandbox.cloud, "account-a").s3().put_object(Bucket=BUCKET, Key="one", Body=b"x")
    quiet = sandbox.pulumi("preview", "-s", owner).checked("preview")
    assert "deleted" not in quiet.text

    dave = new_dave(sandbox)
    assert code_of(dave.s3().get_object, Bucket=BUCKET, Key="one") == "AccessDenied"
    refused = code_of(dave.sts().assume_role, RoleArn=ROLE, RoleSessionName="dave")
    assert refused == "AccessDenied"

    told = sandbox.pulumi("preview", "--refresh", "-s", owner).checked("preview --refresh").text
    for policy in (f"the policy of the bucket '{BUCKET}'", "the trust policy of the role 'exact-role'"):
        assert f"user/dave of account 112233445566 was deleted, and maybe made again: {policy}" in told
    assert "pulumi up --refresh" in told

    sandbox.pulumi("up", "--yes", "--refresh", "--skip-preview", "-s", owner).checked("up --refresh")
    assert code_of(dave.s3().get_object, Bucket=BUCKET, Key="one") == "ok"
    assert code_of(dave.sts().assume_role, RoleArn=ROLE, RoleSessionName="dave") == "ok"
    assert "deleted" not in sandbox.pulumi("preview", "-s", owner).checked("preview").text
