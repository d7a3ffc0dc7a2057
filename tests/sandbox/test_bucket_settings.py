"""The bucket's settings, deployed by the real engine and seen by real calls."""

import json
from collections.abc import Callable, Iterator

import pytest

from sandbox.calls import caller
from sandbox.running import Sandbox
from tests.support.gate import code_of

pytestmark = pytest.mark.sandbox

NewStack = Callable[[str], str]

BUCKET = "settings-shared-111111222222"
LOGS = "settings-logs-111111222222"
OWNER = f"""config:
  aws:profile: account-a
  aws:region: eu-central-1
  aws:allowedAccountIds: ["111111222222"]
  aws:defaultTags: {{tags: {{owner: us}}}}
  crossaccess:side: owner
  crossaccess:bucketName: {BUCKET}
  crossaccess:protect: false
  crossaccess:objectLock: {{mode: governance, days: 1}}
  crossaccess:abortIncompleteUploadsDays: 3
  crossaccess:accessLog: {{bucket: {LOGS}, prefix: shared/}}
  crossaccess:tags: {{team: data}}
  crossaccess:grants: []
"""


@pytest.fixture
def logs(sandbox: Sandbox) -> Iterator[str]:
    """A bucket for logs, whose policy lets S3's logging service write."""
    s3 = caller(sandbox.cloud, "account-a").s3()
    s3.create_bucket(Bucket=LOGS, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{LOGS}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "111111222222"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=LOGS, Policy=policy)
    yield LOGS
    for item in s3.list_objects_v2(Bucket=LOGS).get("Contents", []):
        s3.delete_object(Bucket=LOGS, Key=item["Key"])
    s3.delete_bucket(Bucket=LOGS)


def test_the_settings_are_there_and_a_second_deployment_changes_nothing(
    sandbox: Sandbox, new_stack: NewStack, logs: str
) -> None:
    """Locked versions cannot be deleted; uploads are cleaned up, calls logged, tags are those of both."""
    stack = new_stack(OWNER)
    s3 = caller(sandbox.cloud, "account-a").s3()
    sandbox.pulumi("up", "--yes", "--skip-preview", "-s", stack).checked("up")
    try:
        assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 3}
        log = s3.get_bucket_logging(Bucket=BUCKET)["LoggingEnabled"]
        assert (log["TargetBucket"], log["TargetPrefix"]) == (logs, "shared/")
        tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"]}
        assert tags == {"team": "data", "owner": "us"}
        again = sandbox.pulumi("preview", "--refresh", "--expect-no-changes", "-s", stack)
        assert again.status == 0, again.text
        version = s3.put_object(Bucket=BUCKET, Key="kept", Body=b"x")["VersionId"]
        assert code_of(s3.delete_object, Bucket=BUCKET, Key="kept", VersionId=version) == "AccessDenied"
        s3.delete_object(Bucket=BUCKET, Key="kept", VersionId=version, BypassGovernanceRetention=True)
    finally:
        sandbox.pulumi("destroy", "--yes", "--skip-preview", "-s", stack).checked("destroy")
