"""Buckets and their settings: made, read back, found changed or gone, changed and deleted."""

import json
from typing import Any, TypeAlias

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.provider.errors import StandInError
from sandbox.provider.resources import bucket as bucket_module

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
NAME = "bucket-one"
KMS = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:us-east-1:112233445566:key/k"}


def policy(action: str = "s3:GetObject") -> str:
    """Return a bucket policy of one statement."""
    principal = {"AWS": "arn:aws:iam::112233445566:root"}
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": f"arn:aws:s3:::{NAME}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def lifecycle_rule(days: int) -> dict[str, Any]:
    """Return a rule that throws unfinished uploads away."""
    return {
        "id": "uploads",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": days},
    }


SETTINGS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        BLOCK,
        {"blockPublicAcls": True, "blockPublicPolicy": True},
        {"blockPublicAcls": False, "blockPublicPolicy": True},
    ),
    (
        OWNERSHIP,
        {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "ObjectWriter"}},
    ),
    (
        ENCRYPTION,
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        {"rules": [{"applyServerSideEncryptionByDefault": KMS, "bucketKeyEnabled": True}]},
    ),
    (
        VERSIONING,
        {"versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
    ),
    (
        LIFECYCLE,
        {"rules": [lifecycle_rule(7)]},
        {"rules": [lifecycle_rule(3), {**lifecycle_rule(1), "id": "other", "filter": {"prefix": "tmp/"}}]},
    ),
    (BUCKET_POLICY, {"policy": policy()}, {"policy": policy("s3:PutObject")}),
]

by_setting = pytest.mark.parametrize(
    ("token", "first", "second"), SETTINGS, ids=[row[0].rpartition(":")[2] for row in SETTINGS]
)


@pytest.fixture
def s3(aws: boto3.Session) -> Any:  # Any: one client type for all the calls of these tests
    """S3 by hand, in the account that the provider acts in."""
    return aws.client("s3")


@pytest.fixture
def bucket(engine: Engine) -> dict[str, Any]:
    """The state of a bucket that the provider made."""
    state: dict[str, Any] = engine.create(BUCKET, {"bucket": NAME, "tags": {"team": "a"}})[1]
    return state


class TestBucket:
    """The bucket itself."""

    def test_a_new_bucket_has_its_name_as_id_and_tells_arn_and_host_names(
        self, bucket: dict[str, Any], s3: Any
    ) -> None:
        """And the bucket is there, with its tags."""
        assert bucket == {
            "bucket": NAME,
            "arn": f"arn:aws:s3:::{NAME}",
            "region": "us-east-1",
            "bucketRegion": "us-east-1",
            "bucketDomainName": f"{NAME}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{NAME}.s3.us-east-1.amazonaws.com",
            "forceDestroy": False,
            "objectLockEnabled": False,
            "tags": {"team": "a"},
            "tagsAll": {"team": "a"},
        }
        assert s3.get_bucket_tagging(Bucket=NAME)["TagSet"] == [{"Key": "team", "Value": "a"}]

    def test_a_bucket_of_another_region_is_made_there(self, engine: Engine, s3: Any) -> None:
        """`region` moves a single resource."""
        _, state = engine.create(BUCKET, {"bucket": "bucket-eu", "region": "eu-central-1"})
        assert state["bucketRegionalDomainName"] == "bucket-eu.s3.eu-central-1.amazonaws.com"
        assert s3.get_bucket_location(Bucket="bucket-eu")["LocationConstraint"] == "eu-central-1"

    def test_a_bucket_of_china_has_an_arn_of_its_partition(self, fresh_engine: Engine) -> None:
        """`arn:aws:` is nowhere written by hand."""
        fresh_engine.configure(profile="account-b", region="cn-north-1")
        _, state = fresh_engine.create(BUCKET, {"bucket": "bucket-cn"})
        assert state["arn"] == "arn:aws-cn:s3:::bucket-cn"
        assert state["bucketDomainName"] == "bucket-cn.s3.amazonaws.com.cn"

    def test_object_lock_is_switched_on_at_creation(self, engine: Engine, s3: Any) -> None:
        """S3 takes it only then."""
        _, state = engine.create(BUCKET, {"bucket": NAME, "objectLockEnabled": True})
        assert state["objectLockEnabled"] is True
        configuration = s3.get_object_lock_configuration(Bucket=NAME)["ObjectLockConfiguration"]
        assert configuration["ObjectLockEnabled"] == "Enabled"

    def test_a_bucket_that_exists_is_not_adopted_unseen(self, engine: Engine, s3: Any) -> None:
        """In us-east-1 S3 itself would answer that all is well."""
        s3.create_bucket(Bucket=NAME)
        with pytest.raises(
            StandInError, match="BucketAlreadyOwnedByYou: the bucket bucket-one exists already"
        ):
            engine.create(BUCKET, {"bucket": NAME})

    def test_a_bucket_that_cannot_be_tagged_is_taken_away_again(
        self, engine: Engine, s3: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The engine knows nothing of it, so the next attempt would find it in its way."""

        def refuse(*_: object, **__: object) -> None:
            raise ClientError(
                {"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "PutBucketTagging"
            )

        monkeypatch.setattr(bucket_module, "_tag", refuse)
        with pytest.raises(StandInError, match=r"AccessDenied: Access Denied \(PutBucketTagging\)"):
            engine.create(BUCKET, {"bucket": NAME, "tags": {"a": "b"}})
        assert s3.list_buckets()["Buckets"] == []

    def test_tags_change_and_go_in_place(self, engine: Engine, bucket: dict[str, Any], s3: Any) -> None:
        """The last tag's end empties the tag set."""
        state = engine.update(BUCKET, NAME, bucket, {"bucket": NAME, "tags": {"env": "dev"}})
        assert state["tagsAll"] == {"env": "dev"}
        state = engine.update(BUCKET, NAME, state, {"bucket": NAME})
        assert state["tagsAll"] == {}
        with pytest.raises(ClientError, match="NoSuchTagSet"):
            s3.get_bucket_tagging(Bucket=NAME)

    def test_a_tag_set_by_hand_shows_as_an_input_that_nobody_asked_for(self, engine: Engine, s3: Any) -> None:
        """So the next preview shows that it will go."""
        inputs = engine.check(BUCKET, {"bucket": NAME})
        _, state = engine.create(BUCKET, inputs)
        s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [{"Key": "hand", "Value": "made"}]})
        read = engine.read(BUCKET, NAME, inputs, state)
        assert read[0] == {**inputs, "tags": {"hand": "made"}}

    def test_force_destroy_is_known_to_the_program_only_and_survives_a_refresh(self, engine: Engine) -> None:
        """S3 has no such setting to read."""
        inputs = engine.check(BUCKET, {"bucket": NAME, "forceDestroy": True})
        _, state = engine.create(BUCKET, inputs)
        read = engine.read(BUCKET, NAME, inputs, state)
        assert read == (inputs, state)

    def test_a_bucket_is_imported_with_full_inputs(self, engine: Engine, s3: Any) -> None:
        """And with no empty ones, which a program would not write."""
        s3.create_bucket(Bucket=NAME)
        inputs, state = engine.read(BUCKET, NAME)
        assert inputs == {"bucket": NAME, "region": "us-east-1", "forceDestroy": False}
        assert state["arn"] == f"arn:aws:s3:::{NAME}"

    def test_a_bucket_deleted_by_hand_is_gone(self, engine: Engine, bucket: dict[str, Any], s3: Any) -> None:
        """A refresh drops it, and a delete has nothing left to do."""
        s3.delete_bucket(Bucket=NAME)
        assert engine.read(BUCKET, NAME, {"bucket": NAME}, bucket) is None
        engine.delete(BUCKET, NAME, bucket)

    def test_an_update_of_a_bucket_that_is_gone_says_so(
        self, engine: Engine, bucket: dict[str, Any], s3: Any
    ) -> None:
        """With the command that mends the state."""
        s3.delete_bucket(Bucket=NAME)
        with pytest.raises(StandInError, match="is gone; run `pulumi refresh`"):
            engine.update(BUCKET, NAME, bucket, {"bucket": NAME, "forceDestroy": True, "tags": {"team": "a"}})

    def test_a_bucket_with_objects_is_not_deleted(
        self, engine: Engine, bucket: dict[str, Any], s3: Any
    ) -> None:
        """The message says what would help."""
        s3.put_object(Bucket=NAME, Key="k", Body=b"x")
        with pytest.raises(
            StandInError, match=r"BucketNotEmpty: the bucket bucket-one still holds .* forceDestroy"
        ):
            engine.delete(BUCKET, NAME, bucket)
        assert s3.get_object(Bucket=NAME, Key="k")["Body"].read() == b"x"

    def test_force_destroy_empties_the_bucket_of_all_versions(
        self, engine: Engine, bucket: dict[str, Any], s3: Any
    ) -> None:
        """Old versions and delete markers hold a bucket too."""
        s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
        for key in ("a", "a", "b"):
            s3.put_object(Bucket=NAME, Key=key, Body=b"x")
        s3.delete_object(Bucket=NAME, Key="b")
        engine.delete(BUCKET, NAME, {**bucket, "forceDestroy": True})
        assert s3.list_buckets()["Buckets"] == []


class TestSettings:
    """The settings that are resources of their own, one test for all of them."""

    @by_setting
    def test_a_setting_is_made_changed_and_read_back(
        self,
        engine: Engine,
        bucket: dict[str, Any],
        token: str,
        first: dict[str, Any],
        second: dict[str, Any],
    ) -> None:
        """The state tells what the program asked for, and a refresh finds nothing changed."""
        inputs = engine.check(token, {"bucket": bucket["bucket"], **first})
        identifier, state = engine.create(token, inputs)
        assert identifier == NAME
        assert {key: state[key] for key in first} == first
        read = engine.read(token, identifier, inputs, state)
        assert read[0] == inputs
        changed = engine.update(token, identifier, state, {"bucket": NAME, **second})
        assert {key: changed[key] for key in second} == second

    @by_setting
    def test_a_change_by_hand_shows_at_refresh(
        self,
        engine: Engine,
        bucket: dict[str, Any],
        token: str,
        first: dict[str, Any],
        second: dict[str, Any],
    ) -> None:
        """The hand is another provider's, which leaves this one's state as it was."""
        inputs = engine.check(token, {"bucket": bucket["bucket"], **first})
        _, state = engine.create(token, inputs)
        engine.update(token, NAME, state, {"bucket": NAME, **second})
        seen, _ = engine.read(token, NAME, inputs, state)
        assert {key: seen[key] for key in second} == second

    @by_setting
    def test_a_setting_is_imported_with_full_inputs(
        self,
        engine: Engine,
        bucket: dict[str, Any],
        token: str,
        first: dict[str, Any],
        second: dict[str, Any],
    ) -> None:
        """What comes back, checked and deployed again, changes nothing."""
        assert first != second
        _, state = engine.create(token, {"bucket": bucket["bucket"], **first})
        inputs, imported = engine.read(token, NAME)
        assert inputs["bucket"] == NAME
        assert engine.diff(token, state, inputs).replaces == []
        assert engine.update(token, NAME, imported, inputs) == imported

    @by_setting
    def test_deleting_a_setting_takes_it_away_and_twice_is_no_fault(
        self,
        engine: Engine,
        bucket: dict[str, Any],
        token: str,
        first: dict[str, Any],
        second: dict[str, Any],
    ) -> None:
        """Versioning alone stays, suspended: S3 has no way back from it."""
        assert first != second
        _, state = engine.create(token, {"bucket": bucket["bucket"], **first})
        engine.delete(token, NAME, state)
        left = engine.read(token, NAME, first, state)
        if token == VERSIONING:
            assert left[1]["versioningConfiguration"] == {"status": "Suspended"}
        else:
            assert left is None
        engine.delete(token, NAME, state)

    @by_setting
    def test_a_setting_of_a_bucket_that_is_gone_is_gone(
        self, engine: Engine, s3: Any, token: str, first: dict[str, Any], second: dict[str, Any]
    ) -> None:
        """A refresh after the bucket was deleted by hand drops its settings as well."""
        assert first != second
        assert s3.list_buckets()["Buckets"] == []
        assert engine.read(token, "no-such-bucket", {"bucket": "no-such-bucket", **first}) is None
        engine.delete(token, "no-such-bucket", {"bucket": "no-such-bucket", **first})

    @by_setting
    def test_a_setting_is_put_on_a_bucket_that_the_stack_did_not_make(
        self, engine: Engine, s3: Any, token: str, first: dict[str, Any], second: dict[str, Any]
    ) -> None:
        """The bucket's plain name is enough; the bucket and its objects stay when the setting goes."""
        assert first != second
        s3.create_bucket(Bucket=NAME)
        s3.put_object(Bucket=NAME, Key="k", Body=b"x")
        inputs = engine.check(token, {"bucket": NAME, **first})
        identifier, state = engine.create(token, inputs)
        assert engine.read(token, identifier, inputs, state) == (inputs, state)
        engine.delete(token, identifier, state)
        assert s3.get_object(Bucket=NAME, Key="k")["Body"].read() == b"x"

    def test_a_block_that_is_to_stay_stays(self, engine: Engine, bucket: dict[str, Any], s3: Any) -> None:
        """`skipDestroy` leaves the bucket closed when the stack goes."""
        _, state = engine.create(
            BLOCK, {"bucket": bucket["bucket"], "blockPublicPolicy": True, "skipDestroy": True}
        )
        engine.delete(BLOCK, NAME, state)
        block = s3.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"]
        assert block["BlockPublicPolicy"] is True

    def test_versioning_cannot_be_switched_off_again(self, engine: Engine, bucket: dict[str, Any]) -> None:
        """The message names what S3 offers instead."""
        wanted = {"bucket": bucket["bucket"], "versioningConfiguration": {"status": "Enabled"}}
        _, state = engine.create(VERSIONING, wanted)
        with pytest.raises(StandInError, match="use Suspended"):
            engine.update(
                VERSIONING, NAME, state, {**wanted, "versioningConfiguration": {"status": "Disabled"}}
            )

    def test_a_policy_given_back_in_other_words_is_no_drift(
        self, engine: Engine, bucket: dict[str, Any], s3: Any
    ) -> None:
        """Only its meaning counts."""
        inputs = engine.check(BUCKET_POLICY, {"bucket": bucket["bucket"], "policy": policy()})
        _, state = engine.create(BUCKET_POLICY, inputs)
        s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(json.loads(policy()), indent=3, sort_keys=True))
        assert engine.read(BUCKET_POLICY, NAME, inputs, state) == (inputs, state)
