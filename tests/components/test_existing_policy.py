"""The resource that writes our statements into the policy of an adopted bucket."""

import base64
import json
import traceback
from collections.abc import Callable

import pulumi
import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.rpc import UNKNOWN

from components.existing_policy import ExistingPolicy, ExistingPolicyProvider, Props
from components.existing_s3 import BucketAt, S3RefusedError
from tests.support.existing_bucket import ACCOUNT, FakeS3, s3
from tests.support.pulumi_program import run

__all__ = ["s3"]

THEIRS = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:*Acl", "Resource": "*"}
NAMELESS = {name: value for name, value in THEIRS.items() if name != "Sid"}
OURS = THEIRS | {"Sid": "CrossAccessBob", "Action": "s3:GetObject"}
PROVIDER = ExistingPolicyProvider()


def policy(*statements: object) -> str:
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def props(*statements: object, **more: object) -> Props:
    """The resource's properties, with the policy that it is to write."""
    return {
        "bucket": "shared",
        "account": ACCOUNT,
        "region": "eu-central-1",
        "profile": "account-a",
        "policy": policy(*statements),
        **more,
    }


WRITES = pytest.mark.parametrize(
    "write",
    [PROVIDER.create, lambda wanted: PROVIDER.update("shared", props(OURS), wanted)],
    ids=["create", "update"],
)


@WRITES
def test_the_whole_policy_is_written(s3: FakeS3, write: Callable[[Props], object]) -> None:
    """Where the foreign part is what was seen."""
    s3.policy = policy(THEIRS)
    write(props(THEIRS, OURS))
    assert s3.written == [policy(THEIRS, OURS)]
    assert set(s3.profiles) == {("eu-central-1", "account-a")}


@WRITES
@pytest.mark.parametrize(
    ("seen", "now", "said"),
    [
        ([THEIRS], [THEIRS, NAMELESS], "statement 2 came"),
        ([THEIRS], [], "statement 'Theirs' went"),
        ([], [THEIRS], "statement 'Theirs' came"),
        ([THEIRS], [THEIRS | {"Effect": "Allow"}], "statement 'Theirs' changed"),
    ],
)
def test_a_foreign_part_that_changed_right_before_writing_stops_it(
    s3: FakeS3, write: Callable[[Props], object], seen: list[object], now: list[object], said: str
) -> None:
    """Nothing is written, and the message says what changed."""
    s3.policy = policy(*now) if now else None
    with pytest.raises(
        S3RefusedError, match=f"changed since this program looked at it: {said}. Nothing was written"
    ):
        write(props(*seen, OURS))
    assert s3.written == []


def test_another_version_or_id_is_a_change_of_the_foreign_part(s3: FakeS3) -> None:
    """The version decides what their variables mean."""
    s3.policy = policy(THEIRS).replace("2012-10-17", "2008-10-17")
    with pytest.raises(S3RefusedError, match="looked at it: its Version or Id is another"):
        PROVIDER.create(props(THEIRS, OURS))


def test_a_policy_that_is_there_already_is_not_written_again(s3: FakeS3) -> None:
    """As after a deployment whose state was lost."""
    s3.policy = policy(OURS, THEIRS)
    PROVIDER.create(props(THEIRS, OURS))
    assert s3.written == []


def test_statements_of_another_stack_of_ours_are_not_overwritten(s3: FakeS3) -> None:
    """Neither at creation nor in its preview; one's own, changed by somebody, are."""
    s3.policy = policy(OURS | {"Sid": "CrossAccessCarol"})
    with pytest.raises(S3RefusedError, match="CrossAccessCarol"):
        PROVIDER.create(props(OURS))
    (failure,) = PROVIDER.check({}, props(OURS)).failures
    assert "a bucket is adopted by one" in failure.reason
    s3.policy = policy(OURS | {"Action": "s3:*"})
    assert PROVIDER.check(props(OURS), props(OURS)).failures == []
    PROVIDER.update("shared", props(OURS), props(OURS))
    assert s3.written == [policy(OURS)]


PARTNER = THEIRS | {"Sid": "CrossAccessPartner"}


def test_a_sid_like_ours_that_somebody_added_later_is_not_written_over(s3: FakeS3) -> None:
    """It stands neither in what this resource wrote last nor in what it is to write."""
    s3.policy = policy(OURS, PARTNER)
    renamed = OURS | {"Sid": "CrossAccessCarol"}
    for wanted in (props(OURS), props(renamed)):
        with pytest.raises(S3RefusedError, match="which this stack did not write: CrossAccessPartner"):
            PROVIDER.update("shared", props(OURS), wanted)
        (failure,) = PROVIDER.check(props(OURS), wanted).failures
        assert "another tool uses such Sids" in failure.reason
    assert s3.written == []
    s3.policy = policy(OURS)
    PROVIDER.update("shared", props(OURS), props(renamed))
    assert s3.written == [policy(renamed)]


def test_a_sid_like_ours_is_not_taken_over_by_a_refresh(s3: FakeS3) -> None:
    """What refresh keeps is what a later deployment may write over, and destroy take out."""
    s3.policy = policy(OURS | {"Action": "s3:*"}, PARTNER)
    told = PROVIDER.read("shared", props(OURS))
    assert told.outs is not None
    assert json.loads(told.outs["policy"])["Statement"] == [OURS | {"Action": "s3:*"}]
    with pytest.raises(S3RefusedError, match="CrossAccessPartner"):
        PROVIDER.update("shared", told.outs, props(OURS))
    s3.policy = policy(PARTNER)
    assert PROVIDER.read("shared", props(OURS)).id == ""


def test_a_preview_already_says_what_stops_a_deployment(s3: FakeS3) -> None:
    """As a failed check, which the engine shows without a traceback."""
    s3.policy = policy(NAMELESS)
    (failure,) = PROVIDER.check({}, props(THEIRS, OURS)).failures
    assert (failure.property, "changed since this program looked at it" in failure.reason) == ("policy", True)
    s3.policy = "{}"
    (failure,) = PROVIDER.check({}, props(OURS)).failures
    assert failure.reason.startswith("The policy of the bucket 'shared' cannot be read: Statement is missing")


def test_what_is_not_known_yet_is_not_checked(s3: FakeS3) -> None:
    """It is a change all the same."""
    s3.policy = policy(NAMELESS)
    assert PROVIDER.check({}, props(policy=UNKNOWN)).failures == []
    assert PROVIDER.diff("shared", props(OURS), props(policy=UNKNOWN)).changes is True


def test_a_change_is_what_changes_the_bucket(s3: FakeS3) -> None:
    """The order of statements and lists is none, and what others added is none of ours."""
    s3.policy = policy(OURS, THEIRS)
    assert PROVIDER.diff("shared", props(OURS), props(THEIRS, OURS)).changes is False
    assert PROVIDER.diff("shared", props(THEIRS, OURS), props(THEIRS)).changes is True
    s3.policy = policy(THEIRS)
    assert PROVIDER.diff("shared", props(THEIRS, OURS), props(THEIRS, OURS)).changes is True


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"bucket": "another"}, ["bucket"]),
        ({"account": "999999999999"}, ["account"]),
        ({"region": "eu-west-1"}, []),
        ({"profile": None}, []),
    ],
)
def test_another_bucket_is_another_resource_and_another_profile_a_change(
    changed: dict[str, object], replaces: list[str]
) -> None:
    """What takes our statements out later has to know the way."""
    told = PROVIDER.diff("shared", props(OURS), props(OURS, **changed))
    assert (told.changes, told.replaces) == (True, replaces)


def test_refresh_tells_the_policy_as_it_is(s3: FakeS3) -> None:
    """As it was written where it means the same, so that no white space shows as a change."""
    s3.policy = json.dumps(json.loads(policy(OURS, THEIRS)), indent=1)
    told = PROVIDER.read("shared", props(THEIRS, OURS))
    assert told.outs == told.inputs == props(THEIRS, OURS)
    s3.policy = policy(THEIRS, OURS | {"Action": "s3:*"})
    told = PROVIDER.read("shared", props(THEIRS, OURS))
    assert told.inputs == props(policy=s3.policy)


@pytest.mark.parametrize("now", [None, policy(THEIRS), "gone"])
def test_refresh_finds_the_resource_gone_where_nothing_of_ours_is_left(s3: FakeS3, now: str | None) -> None:
    """The policy, our statements in it, or the whole bucket."""
    s3.policy = now
    if now == "gone":
        s3.refuses["get_bucket_policy"] = "NoSuchBucket"
    assert PROVIDER.read("shared", props(OURS)).id == ""


@pytest.mark.parametrize(
    ("now", "written"),
    [
        (policy(THEIRS, OURS, NAMELESS), [policy(THEIRS, NAMELESS)]),
        (policy(OURS), [None]),
        (policy(OURS, PARTNER), [policy(PARTNER)]),
        (policy(PARTNER), []),
        (policy(THEIRS), []),
        (None, []),
    ],
)
def test_deleting_takes_out_our_statements_alone(
    s3: FakeS3, now: str | None, written: list[str | None]
) -> None:
    """And the policy where nothing else is in it; what came since the last deployment stays."""
    s3.policy = now
    PROVIDER.delete("shared", props(THEIRS, OURS))
    assert [text and json.loads(text) for text in s3.written] == [
        text and json.loads(text) for text in written
    ]


def test_deleting_from_a_bucket_that_is_gone_is_done(s3: FakeS3) -> None:
    """Its policy went with it."""
    s3.refuses["get_bucket_policy"] = "NoSuchBucket"
    PROVIDER.delete("shared", props(OURS))
    assert s3.written == []


def test_what_was_made_by_a_profile_that_is_gone_is_taken_out_by_the_environment(s3: FakeS3) -> None:
    """Refresh and destroy run with what the state says; a new deployment asks for the profile it names."""
    s3.policy, s3.gone_profile = policy(OURS), "account-a"
    assert PROVIDER.read("shared", props(OURS)).outs == props(OURS)
    with pytest.raises(S3RefusedError, match="profile 'account-a'"):
        PROVIDER.update("shared", props(OURS), props(OURS))
    PROVIDER.delete("shared", props(OURS))
    assert (s3.written, set(s3.profiles)) == ([None], {("eu-central-1", None)})


def test_a_kept_statement_that_aws_would_refuse_is_named_when_ours_are_taken_out(s3: FakeS3) -> None:
    """It names somebody who is gone (IAM User Guide, "AWS JSON policy elements: Principal")."""
    s3.policy = policy(THEIRS | {"Principal": {"AWS": "AIDAQWERTYUIOPASDFGHJ"}}, OURS)
    with pytest.raises(S3RefusedError, match="'Theirs' names 'AIDAQWERTYUIOPASDFGHJ'"):
        PROVIDER.delete("shared", props(OURS))
    assert s3.written == []


def test_a_refusal_is_shown_without_lines_of_code(s3: FakeS3) -> None:
    """The engine shows what Python prints for an exception: this has to be for people."""
    s3.refuses["get_bucket_policy"] = "AccessDenied"
    with pytest.raises(S3RefusedError) as raised:
        PROVIDER.create(props(OURS))
    shown = "".join(traceback.format_exception(raised.value))
    assert shown.startswith("components.existing_s3.S3RefusedError: AWS refuses s3:GetBucketPolicy")


def test_the_code_is_kept_by_its_name() -> None:
    """So that neither a change of the code nor its size shows in the state."""
    written = base64.b64decode(serialize_provider(PROVIDER))
    assert b"components.existing_policy" in written
    assert len(written) < 100
    assert not PROVIDER.serialize_as_secret_always


def test_the_resource_carries_what_is_needed_to_write_and_to_take_out() -> None:
    """The bucket, its account, the way there, and the whole policy."""
    at = BucketAt(bucket="shared", account=ACCOUNT, region="eu-central-1", profile="account-a")
    ran = run(lambda: pulumi.export("id", ExistingPolicy("it", at=at, policy=policy(OURS)).id))
    inputs = dict(ran.one("pulumi-python:dynamic/crossaccess:ExistingPolicy").inputs)
    assert inputs.pop("__provider")
    assert inputs == props(OURS)
