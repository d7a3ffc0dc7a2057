"""A deny that shuts out whoever deploys: refused at preview where it surely does, warned of where it may."""

import json
from collections.abc import Callable, Iterator

import pytest

from sandbox.calls import caller
from sandbox.running import Sandbox
from tests.support.gate import code_of

pytestmark = pytest.mark.sandbox

BUCKET = "locked-111111222222"
ARN = f"arn:aws:s3:::{BUCKET}"
OWNER = f"""config:
  aws:profile: account-a
  aws:region: eu-central-1
  aws:allowedAccountIds: ["111111222222"]
  crossaccess:side: owner
  crossaccess:existingBucket: {BUCKET}
  crossaccess:grants:
    - name: bob-reads
      account: "112233445566"
      principals: [user/bob]
      method: bucket-policy
      access: [read]
"""
KNOWN = "  crossaccess:deployerAddresses: [127.0.0.1]\n"
FOR_GOOD = {
    "Sid": "Kept",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:DeleteBucketPolicy",
    "Resource": ARN,
}
FROM_ELSEWHERE = {
    "Sid": "Home",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
}


@pytest.fixture
def say(sandbox: Sandbox) -> Iterator[Callable[[object], None]]:
    """A bucket of account A's, and what sets its policy to one statement."""
    s3 = caller(sandbox.cloud, "account-a").s3()
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    def said(statement: object) -> None:
        s3.put_bucket_policy(
            Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )

    yield said
    said(FROM_ELSEWHERE)
    s3.delete_bucket_policy(Bucket=BUCKET)
    s3.delete_bucket(Bucket=BUCKET)


def test_a_deny_that_surely_catches_the_deployer_is_refused(
    sandbox: Sandbox, new_stack: Callable[[str], str], say: Callable[[object], None]
) -> None:
    """The refusal is right: the administrator who deploys is refused by AWS, too."""
    say(FOR_GOOD)
    s3 = caller(sandbox.cloud, "account-a").s3()
    assert code_of(s3.delete_bucket_policy, Bucket=BUCKET) == "AccessDenied"
    ended = sandbox.pulumi("preview", "-s", new_stack(OWNER))
    assert ended.status != 0
    assert "statement 'Kept' is a deny that catches arn:aws:iam::111111222222:user/alice" in ended.text
    assert "Traceback" not in ended.text


def test_a_deny_by_address_is_warned_of_until_the_deployers_addresses_are_known(
    sandbox: Sandbox, new_stack: Callable[[str], str], say: Callable[[object], None]
) -> None:
    """Where deployments come from cannot be told at preview: config says it."""
    say(FROM_ELSEWHERE)
    warning = "statement 'Home' is a deny that may catch arn:aws:iam::111111222222:user/alice"
    unknown = sandbox.pulumi("preview", "-s", new_stack(OWNER)).checked("preview")
    assert warning in unknown.text
    known = sandbox.pulumi("preview", "-s", new_stack(OWNER + KNOWN)).checked("preview")
    assert warning not in known.text
