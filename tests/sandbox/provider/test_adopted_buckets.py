"""Settings put on buckets that are there already, where they need something of the bucket."""

import json
from typing import Any, TypeAlias

import boto3
import pytest

from sandbox.provider.errors import StandInError

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import

BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
NAME = "bucket-one"


@pytest.fixture
def s3(aws: boto3.Session) -> Any:  # Any: one client type for all the calls of these tests
    """S3 by hand, in the account that the provider acts in."""
    return aws.client("s3")


def test_an_object_lock_is_set_changed_and_imported_and_never_taken_off(engine: Engine, s3: Any) -> None:
    """When the setting goes, its rule does and the lock stays.

    Amazon S3 User Guide, "Locking objects with Object Lock": it cannot be switched off again.
    """
    s3.create_bucket(Bucket=NAME, ObjectLockEnabledForBucket=True)
    rule = {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}
    inputs = engine.check(OBJECT_LOCK, {"bucket": NAME, "rule": rule})
    identifier, state = engine.create(OBJECT_LOCK, inputs)
    assert engine.read(OBJECT_LOCK, identifier, inputs, state) == (inputs, state)
    assert engine.read(OBJECT_LOCK, identifier)[0]["rule"] == rule
    longer = {"defaultRetention": {"mode": "GOVERNANCE", "days": 60}}
    state = engine.update(OBJECT_LOCK, identifier, state, {"bucket": NAME, "rule": longer})
    assert state["rule"] == longer
    engine.delete(OBJECT_LOCK, identifier, state)
    left = s3.get_object_lock_configuration(Bucket=NAME)["ObjectLockConfiguration"]
    assert left == {"ObjectLockEnabled": "Enabled"}


def test_logging_is_switched_on_moved_and_off_again(engine: Engine, s3: Any) -> None:
    """Its target has to let S3 in: Amazon S3 User Guide, "Enabling Amazon S3 server access logging"."""
    for name in (NAME, "logs-one"):
        s3.create_bucket(Bucket=name)
    inputs = engine.check(LOGGING, {"bucket": NAME, "targetBucket": "logs-one", "targetPrefix": "shared/"})
    with pytest.raises(StandInError, match=r"^InvalidTargetBucketForLogging: "):
        engine.create(LOGGING, inputs)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs-one/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket="logs-one", Policy=policy)
    identifier, state = engine.create(LOGGING, inputs)
    assert engine.read(LOGGING, identifier, inputs, state) == (inputs, state)
    assert engine.read(LOGGING, identifier)[0] == inputs
    state = engine.update(LOGGING, identifier, state, {**inputs, "targetPrefix": "other/"})
    assert s3.get_bucket_logging(Bucket=NAME)["LoggingEnabled"]["TargetPrefix"] == "other/"
    engine.delete(LOGGING, identifier, state)
    assert engine.read(LOGGING, identifier, inputs, state) is None


def test_a_setting_follows_a_bucket_of_another_region(engine: Engine, s3: Any) -> None:
    """`region` names the Region of the bucket that is there."""
    location = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket="bucket-eu", CreateBucketConfiguration=location)
    inputs = engine.check(BLOCK, {"bucket": "bucket-eu", "region": "eu-central-1", "blockPublicPolicy": True})
    identifier, state = engine.create(BLOCK, inputs)
    assert state["region"] == "eu-central-1"
    assert engine.read(BLOCK, identifier, inputs, state) == (inputs, state)
