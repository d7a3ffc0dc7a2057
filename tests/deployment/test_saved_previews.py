"""Previews and states of the real engine, and the pictures that they tell."""

import json
from pathlib import Path

import pytest

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.merging import merge
from crossaccess.deployment.source import read_source
from tests.support.engine_files import ACCOUNT, OTHER, PREVIEWS, bucket_of, policies, principal, saved

BUCKET = "shared-111111222222"
SOURCES = sorted(file.stem for file in PREVIEWS.glob("*.json") if not file.name.endswith(".plan.json"))
CHANGED = {
    "bucket-renamed": {
        "bucket policy of new-shared-111111222222",
        "inline policy crossaccess-bucket of role",
    },
    "condition-added": {"bucket policy of shared-111111222222"},
    "condition-dropped": {"bucket policy of shared-111111222222"},
    "edited-by-hand": {"bucket policy of shared-111111222222", "trust policy of role"},
    "everyone-of-an-account": {"bucket policy of shared-111111222222"},
    "grant-added": {"bucket policy of shared-111111222222"},
    "grant-removed": {"bucket policy of shared-111111222222"},
    "key-policy-changed": {
        "bucket policy of shared-111111222222",
        "key policy of 00000000-0000-4000-8000-000000000001",
    },
    "prefix-widened": {"bucket policy of shared-111111222222"},
    "requester-grant-added": {"policy crossaccess-shared-111111222222-user-bob of user"},
    "requester-unchanged": set(),
    "rewritten": {
        "bucket policy of shared-111111222222",
        "inline policy crossaccess-bucket of role",
        "trust policy of role",
    },
    "unchanged": set(),
}
"""Which policies each preview changes; that of a role or user by the beginning of its name."""


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_a_preview_tells_which_policies_change_and_no_others(name: str) -> None:
    """The texts before and after differ in these, and are the same in all others."""
    source = saved(name)
    old, new = policies(source.old), policies(source.new)
    changed = {policy.partition("/")[0] for policy, text in new.items() if old.get(policy) != text}
    assert changed == CHANGED[name]


@pytest.mark.parametrize("name", [name for name in SOURCES if name not in ("failed", "without-sames")])
def test_every_policy_of_the_real_engine_can_be_read(name: str) -> None:
    """Nothing is unknown, whether it was deployed or not, and everything is of an account."""
    source = saved(name)
    for picture in (source.old, source.new):
        texts = policies(picture).values()
        assert all(text is not None and json.loads(text)["Statement"] for text in texts)
        for holders in (picture.buckets, picture.keys, picture.principals, picture.groups):
            assert all(one.account in (ACCOUNT, OTHER) for one in holders)
        assert len(picture.accounts) <= 1
        assert picture.unread == ()


def test_a_first_deployment_begins_with_nothing_and_is_whole() -> None:
    """All names are known, though nothing is deployed."""
    source = saved("first")
    assert source.title == "preview of account-a"
    assert policies(source.old) == {}
    bucket = bucket_of(source.new)
    assert (bucket.name, bucket.account, bucket.region, bucket.held) == (
        BUCKET,
        ACCOUNT,
        "eu-central-1",
        True,
    )
    assert bucket.public_access_block is not None
    assert bucket.public_access_block.block_public_policy is True
    role = principal(source.new, "role/exchange-role")
    assert role.arn == f"arn:aws:iam::{ACCOUNT}:role/exchange-role"
    assert role.max_session_seconds == 3_600
    assert [grant.name for grant in source.new.grants] == ["reports", "exchange", "audit"]


def test_the_plan_beside_a_preview_tells_the_new_grants() -> None:
    """A preview holds no new outputs; its plan does."""
    source = saved("grant-added")
    assert [grant.name for grant in source.old.grants] == ["reports", "exchange", "audit"]
    new = source.new.grants[-1]
    assert (new.name, new.principals, new.prefixes) == ("inbox", ("user/bob",), ("inbox/",))
    assert (new.owner, new.account, new.sid, new.first_hand) == (ACCOUNT, OTHER, "CrossAccessInbox", True)


def test_a_renamed_bucket_is_told_as_replaced() -> None:
    """The objects are lost with it, and no policy says so."""
    source = saved("bucket-renamed")
    assert source.notes == (f"bucket {BUCKET} is replaced by bucket new-{BUCKET}: its objects are lost",)
    assert bucket_of(source.old).name == BUCKET
    assert bucket_of(source.new).name == f"new-{BUCKET}"


def test_a_key_that_is_not_made_yet_has_its_policy_and_no_arn() -> None:
    """It goes by the name of its resource until KMS gives it an id."""
    source = saved("key-made")
    (key,) = source.new.keys
    assert (key.name, key.arn, key.account) == ("owner-key", None, ACCOUNT)
    assert key.alias == f"alias/crossaccess-{BUCKET}"
    assert bucket_of(source.new).key == "owner-key"
    assert bucket_of(source.old).key is None


def test_a_key_that_is_there_has_its_arn() -> None:
    """The bucket names it by the same."""
    picture = saved("account-a-with-key.state").new
    (key,) = picture.keys
    assert key.arn == f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/{key.name}"
    assert bucket_of(picture).key == key.arn


def test_a_switched_method_takes_the_role_away() -> None:
    """And a note says so."""
    source = saved("switched-to-policy")
    assert [one.label for one in source.old.principals] == ["role/exchange-role"]
    assert source.new.principals == ()
    assert source.notes == ("role exchange-role is deleted",)


def test_what_was_edited_by_hand_stands_before_the_deployment() -> None:
    """A preview with --refresh tells what is in AWS, and that the deployment takes it back."""
    source = saved("edited-by-hand")
    before = policies(source.old)[f"bucket policy of {BUCKET}"]
    after = policies(source.new)[f"bucket policy of {BUCKET}"]
    assert before is not None
    assert "ByHand" in before
    assert after is not None
    assert "ByHand" not in after


def test_what_others_wrote_into_an_adopted_bucket_is_there_before() -> None:
    """So that adopting it is no gain of theirs."""
    source = saved("adopted-first")
    before, after = bucket_of(source.old).policy, bucket_of(source.new).policy
    assert before is not None
    assert [one["Sid"] for one in json.loads(before.text or "")["Statement"]] == ["Reader"]
    assert after is not None
    assert len(json.loads(after.text or "")["Statement"]) == 2


def test_without_its_plan_a_preview_tells_no_handover_of_a_bucket_that_goes(tmp_path: Path) -> None:
    """What the stack exports so far names the bucket that is replaced."""
    alone = tmp_path / "preview.json"
    alone.write_bytes((PREVIEWS / "bucket-renamed.json").read_bytes())
    source = read_source(alone)
    assert [bucket.name for bucket in source.new.buckets] == [f"new-{BUCKET}"]
    assert source.new.grants == ()
    assert len(source.old.grants) == 3


def test_an_adopted_bucket_keeps_what_others_wrote() -> None:
    """When our statements are taken out, theirs stay, and a note says so."""
    source = saved("adopted-emptied")
    kept = bucket_of(source.new).policy
    assert kept is not None
    assert [one["Sid"] for one in json.loads(kept.text or "")["Statement"]] == ["Reader"]
    (note,) = source.notes
    assert note.startswith("bucket policy of adopted-111111222222 is no longer managed by this stack")
    assert note.endswith("the statements of others stay")


def test_principals_that_a_requesters_stack_makes_are_whole() -> None:
    """A group with its member, a user with a path and a boundary, a role, and a permission set."""
    for name in ("requester-makes-principals", "account-b-with-principals.state"):
        picture = saved(name).new
        erin = principal(picture, "user/apps/erin")
        assert erin.boundary is not None
        assert erin.boundary.text is not None
        assert erin.arn == f"arn:aws:iam::{OTHER}:user/apps/erin"
        assert principal(picture, "role/worker").trust is not None
        (group,) = picture.groups
        assert group.members == ("user/bob",)
        bob = principal(picture, "user/bob")
        assert not bob.held
        assert bob.groups == ("readers",)
        assert bob.policies == group.policies
        analysts = principal(picture, "permission-set/Analysts")
        assert analysts.arn is None
        assert any("AWSReservedSSO_Analysts_" in pattern for pattern in analysts.arn_patterns)
        assert [policy.text is not None for policy in analysts.policies] == [True]


def test_both_stacks_make_one_picture() -> None:
    """The owner's grants are those that count, whatever the requester's stack remembers."""
    owner, requester = saved("grant-added").new, saved("requester-grant-added").new
    assert [grant.name for grant in requester.grants] == ["reports", "exchange", "audit"]
    assert not any(grant.first_hand for grant in requester.grants)
    both = merge([requester, owner])
    assert both.accounts == (ACCOUNT, OTHER)
    assert both.stacks == ("account-b", "account-a")
    assert [grant.name for grant in both.grants] == ["reports", "exchange", "audit", "inbox"]
    assert [one.label for one in both.principals] == ["user/bob", "role/exchange-role"]


def test_a_failed_preview_says_what_the_program_said() -> None:
    """The engine writes JSON all the same."""
    with pytest.raises(SourceError, match=r"(?s)the preview failed:.*bucketName is 'NOT A NAME'"):
        saved("failed")


def test_a_preview_without_the_unchanged_resources_is_refused() -> None:
    """Their policies would be missing on both sides."""
    with pytest.raises(SourceError, match=r"3 of 4 unchanged resources .* --show-sames"):
        saved("without-sames")
