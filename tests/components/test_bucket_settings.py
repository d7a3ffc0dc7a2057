"""The bucket's settings: how they are read, and what the component makes of them."""

import json
from typing import Any

import pytest

from components.bucket_owner import BucketOwner, BucketOwnerArgs
from components.bucket_requester import BucketRequester, OwnerArgs
from components.bucket_settings import (
    AccessLog,
    BucketSettings,
    BucketSettingsArgs,
    ObjectLock,
    read_bucket_settings,
    read_settings_args,
    settings_args,
)
from components.errors import InputError
from components.grant_args import GrantArgs
from components.requester_settings import RequesterSettings, TakenFrom
from components.settings import OwnerSettings, parse_settings
from crossaccess.policy.faults import Faults
from crossaccess.policy.probes import probe_prefixes
from tests.support.pulumi_program import Account, Ran, component

LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
GRANTS = [
    GrantArgs(
        name="by-role",
        account="112233445566",
        principals=["user/bob"],
        method="assume-role",
        access=["read"],
    ),
    GrantArgs(
        name="by-policy",
        account="112233445566",
        principals=["user/bob"],
        method="bucket-policy",
        access=["read"],
    ),
]
ALL = BucketSettings(
    object_lock=ObjectLock(mode="governance", days=30),
    abort_days=3,
    access_log=AccessLog(bucket="our-logs", prefix="shared/"),
    probe_cleanup=True,
    tags={"team": "data"},
)


def owner(settings: BucketSettingsArgs, **more: Any) -> Ran:  # Any: the other arguments
    """Make a component named `it`."""
    args: BucketOwnerArgs = {"bucket_name": "shared", "grants": GRANTS, "settings": settings}
    args.update(more)  # type: ignore[typeddict-item] # some of its own keys
    return component(lambda: BucketOwner("it", args))


def told(raw: dict[str, object]) -> list[str]:
    """What is told about settings that are not right."""
    faults = Faults()
    read_bucket_settings(raw, faults, within="")
    return [str(fault) for fault in faults.all()]


def test_by_default_versions_are_kept_and_unfinished_uploads_are_thrown_away() -> None:
    """Nothing is locked or logged: both cost something."""
    assert read_bucket_settings({}, Faults(), within="") == BucketSettings(versioning=True, abort_days=7)
    ran = owner({})
    assert ran.one(VERSIONING).inputs["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = ran.one(LIFECYCLE).inputs["rules"]
    assert (rule["status"], rule["filter"]) == ("Enabled", {"prefix": ""})
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert ran.of_type(LOCK) == ran.of_type(LOGGING) == []


def test_everything_can_be_said_in_a_stacks_config() -> None:
    """Structured values are JSON there."""
    values = {
        "objectLock": {"mode": "governance", "days": 30},
        "abortIncompleteUploadsDays": 3,
        "accessLog": {"bucket": "our-logs", "prefix": "shared/"},
        "probeCleanup": True,
        "tags": {"team": "data"},
    }
    texts = {key: json.dumps(value) for key, value in values.items()}
    settings = parse_settings({"side": "owner", "bucketName": "shared", "grants": "[]", **texts})
    assert isinstance(settings, OwnerSettings)
    assert settings.bucket == ALL
    requester = parse_settings({"side": "requester", "ownerStack": "a", "tags": texts["tags"]})
    assert requester == RequesterSettings(owners=(TakenFrom(stack="a"),), tags={"team": "data"})


@pytest.mark.parametrize("settings", [BucketSettings(), BucketSettings(versioning=False), ALL])
def test_arguments_say_what_the_settings_say(settings: BucketSettings) -> None:
    """Nothing is lost between config and component."""
    assert read_settings_args(settings_args(settings)) == settings


def test_each_setting_is_made_after_the_one_before() -> None:
    """S3 refuses two changes of one bucket at a time, and lets people in after the last."""
    ran = owner(settings_args(ALL))
    assert ran.failure is None
    before = ran.one(VERSIONING).name
    for token in (LOCK, LIFECYCLE, LOGGING, "aws:s3/bucketPolicy:BucketPolicy"):
        assert before in ran.one(token).depends_on
        before = ran.one(token).name


def test_locked_logged_and_tagged() -> None:
    """The bucket is made for locks; everything that can bear tags has them."""
    ran = owner(settings_args(ALL), encryption={"type": "kms"})
    assert ran.one("aws:s3/bucket:Bucket").inputs["objectLockEnabled"] is True
    assert ran.one(LOCK).inputs["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}
    log = ran.one(LOGGING).inputs
    assert (log["targetBucket"], log["targetPrefix"]) == ("our-logs", "shared/")
    for token in ("aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:iam/role:Role"):
        assert ran.one(token).inputs["tags"] == {"team": "data"}
    handover = json.loads(json.dumps(ran.outputs["handover"]))
    requester = component(
        lambda: BucketRequester("it", {"owners": [{"handover": handover}], "tags": {"team": "apps"}}),
        account=Account(account="112233445566"),
    )
    assert requester.one("aws:iam/policy:Policy").inputs["tags"] == {"team": "apps"}


def test_probes_are_cleaned_up_wherever_they_can_be() -> None:
    """A rule for each place, and none that is about anything else; by default there is none."""
    ran = owner({"probe_cleanup": True})
    _, *rules = ran.one(LIFECYCLE).inputs["rules"]
    places = {place for one in GRANTS for place in probe_prefixes(one.get("prefixes") or ("",))}
    assert {rule["filter"]["prefix"] for rule in rules} == places
    assert len({rule["id"] for rule in rules}) == len(rules) == len(places)
    for rule in rules:
        assert ".crossaccess-probe/" in rule["filter"]["prefix"]
        assert (rule["expiration"], rule["status"]) == ({"days": 1}, "Enabled")
        assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 1}


def test_versions_can_be_given_up() -> None:
    """There is no way back to a bucket that never had any, so they are suspended."""
    ran = owner({"versioning": False})
    assert ran.one(VERSIONING).inputs["versioningConfiguration"] == {"status": "Suspended"}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"versioning": "yes"}, "versioning is 'yes': it can be true or false"),
        ({"probeCleanup": "yes"}, "probeCleanup is 'yes': it can be true or false"),
        ({"objectLock": True}, "objectLock is true (a boolean): write a mapping"),
        ({"objectLock": {"mode": "governance"}}, "objectLock.days is missing or empty"),
        ({"objectLock": {"mode": "hard", "days": 1}}, "objectLock.mode is 'hard'"),
        ({"objectLock": {"mode": "compliance", "days": 0}}, "objectLock.days is 0 (a number)"),
        (
            {"objectLock": {"mode": "compliance", "days": 1}, "versioning": "false"},
            "versioning is false beside objectLock: leave versioning on",
        ),
        ({"abortIncompleteUploadsDays": 0}, "it is a number of days from 1 to 36,500"),
        ({"abortIncompleteUploadsDays": "7"}, "abortIncompleteUploadsDays is '7'"),
        ({"abortIncompleteUploadsDays": True}, "abortIncompleteUploadsDays is true (a boolean)"),
        ({"accessLog": {"bucket": "Logs", "prefix": "a/"}}, "accessLog.bucket is 'Logs'"),
        ({"accessLog": {"bucket": "our-logs"}}, "accessLog.prefix is missing or empty"),
        ({"accessLog": {"bucket": "our-logs", "prefix": "a"}}, "accessLog.prefix is 'a': close it"),
        ({"accessLog": {"bucket": "our-logs", "prefix": "a/", "to": "b"}}, "accessLog.to is no key"),
        ({"tags": ["a"]}, "tags is a list: write a mapping"),
        ({"tags": {"cost": 7}}, "tags.cost is 7 (a number): quote it"),
        ({"tags": {"aws:x": "y"}}, "tags that begin with aws: are AWS's own"),
        ({"tags": {"Team": "a", "team": "b"}}, "tags.team is 'b': tags.Team differs in capitals only"),
        ({"tags": {"x": "a*"}}, "tags.x is 'a*': tags have up to 128"),
        ({"tags": {"": "a"}}, "tags have up to 128"),
        ({"tags": {"x": "y" * 257}}, "256 in values"),
        ({"tags": {str(number): "x" for number in range(51)}}, "tags has 51 tags: AWS takes 50"),
    ],
)
def test_every_mistake_is_told_with_its_mend(raw: dict[str, object], message: str) -> None:
    """One line: the key, the value, what would be right."""
    (line,) = told(raw)
    assert message in line


def test_a_bucket_does_not_log_into_itself() -> None:
    """Each log would be logged again."""
    ran = owner({"access_log": {"bucket": "shared", "prefix": "log/"}})
    assert isinstance(ran.failure, InputError)
    assert ran.made == []
    assert "accessLog.bucket is 'shared', the bucket itself" in str(ran.failure)


def test_wrong_settings_and_tags_make_nothing() -> None:
    """The components check their own arguments."""
    wrong = owner({"abort_incomplete_uploads_days": 0})
    assert isinstance(wrong.failure, InputError)
    assert "settings.abortIncompleteUploadsDays is 0" in str(wrong.failure)
    handed = OwnerArgs(handover=json.loads(json.dumps(owner({}).outputs["handover"])))
    requester = component(lambda: BucketRequester("it", {"owners": [handed], "tags": {"aws:a": "b"}}))
    assert isinstance(requester.failure, InputError)
    assert "tags.aws:a" in str(requester.failure)
