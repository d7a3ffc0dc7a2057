"""Buckets and keys: what is told of them beside their policies."""

import json
from dataclasses import replace

import pytest

from crossaccess.compare.change import Effect
from crossaccess.deployment.picture import Policy
from crossaccess.deployment.seen import SeenBucket, SeenKey
from crossaccess.drift.result import Drift
from tests.support.drifting import (
    ALL_ON,
    LAKE,
    OF_BUCKET,
    OF_KEY,
    READ,
    REFUSED,
    TRUST,
    found,
    owners,
    picture,
    said,
    seen_role,
    text,
    told,
    unclear,
    urn,
)
from tests.support.verified import BUCKET, KEY_ARN, A, B

OTHER_KEY = KEY_ARN.replace("k-1", "k-2")
DORA = "AIDAEXAMPLEEXAMPLE123"


def bucket(**more: object) -> Drift:
    """What has drifted where the bucket is so."""
    usual: dict[str, object] = {"policy": OF_BUCKET, "block": ALL_ON, "key": KEY_ARN}
    return found(owners(buckets={BUCKET: SeenBucket(**{**usual, **more})}))  # type: ignore[arg-type]


def effects(drift: Drift) -> list[Effect | None]:
    """What each thing that is told does."""
    return [one.effect for one in drift.told]


def test_a_bucket_that_is_gone_takes_all_access_with_it() -> None:
    """Whoever has taken its name is told of, too."""
    gone, taken = bucket(there=False), bucket(there=False, taken=True)
    assert told(gone) == told(taken) == [("gone", f"bucket {BUCKET}")]
    assert "loss user/bob s3:GetObject reports/*" in said(gone)
    assert "a bucket of another account has its name now" in taken.told[0].sentence
    assert "another account" not in gone.told[0].sentence


def test_a_key_that_is_gone_or_dead_is_told() -> None:
    """Nobody reads what it encrypts, whatever its policy says."""
    gone = found(owners(keys={KEY_ARN: SeenKey(there=False)}))
    dead = found(owners(keys={KEY_ARN: SeenKey(policy=OF_KEY, state="PendingDeletion")}))
    alive = found(owners(keys={KEY_ARN: SeenKey(policy=OF_KEY, state="Updating")}))
    assert (told(gone), effects(gone)) == ([("gone", "key k-1")], [Effect.LOSS])
    assert (told(dead), effects(dead), said(dead)) == ([("changed", "key k-1")], [Effect.LOSS], [])
    assert told(alive) == []


def test_each_setting_of_block_public_access_is_told() -> None:
    """One that is off is a gain for whoever writes the next policy; one that is on gives nobody anything."""
    off = bucket(block=replace(ALL_ON, restrict_public_buckets=False))
    assert (told(off), effects(off)) == ([("changed", f"bucket {BUCKET}")], [Effect.GAIN])
    assert "RestrictPublicBuckets of Block Public Access off" in off.told[0].sentence
    open_ = picture(
        buckets=(replace(picture().buckets[0], public_access_block=replace(ALL_ON, block_public_acls=False)),)
    )
    on = found(stacks=open_)
    assert effects(on) == [None]
    assert "BlockPublicAcls of Block Public Access on" in on.told[0].sentence


def test_settings_that_no_stack_says_are_nobody_s_drift() -> None:
    """A bucket that another tool keeps."""
    adopted = replace(picture().buckets[0], public_access_block=None, source="", key=None)
    assert told(found(stacks=picture(buckets=(adopted,)))) == []


@pytest.mark.parametrize("named", [KEY_ARN, "k-1", "alias/lake", KEY_ARN.replace("key/k-1", "alias/lake")])
def test_one_key_has_many_names(named: str) -> None:
    """By ARN, by id, and by an alias that the stack holds."""
    assert told(bucket(key=named)) == []


def test_another_key_or_none_is_told() -> None:
    """Others may read what is written from then on."""
    other, none = bucket(key=OTHER_KEY), bucket(key=None)
    assert (effects(other), effects(none)) == ([Effect.LOSS], [Effect.GAIN])
    unsaid = found(stacks=picture(buckets=(replace(picture().buckets[0], key=None),)))
    assert (told(unsaid), effects(unsaid)) == ([("changed", f"bucket {BUCKET}")], [None])
    assert "by the key k-2 now, no longer by k-1" in other.told[0].sentence


def test_statements_of_others_in_an_adopted_bucket_are_theirs() -> None:
    """Ours are held against what the stack wrote; theirs may change."""
    theirs = {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{A}:root"}}
    theirs |= {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"}
    ours = json.loads(OF_BUCKET)["Statement"]
    source = urn("pulumi-python:dynamic/crossaccess:ExistingPolicy", "p")
    policy = Policy(name=f"bucket policy of {BUCKET}", text=text(theirs, *ours), source=source)
    stacks = picture(buckets=(replace(picture().buckets[0], policy=policy),))

    def seen(*statements: object) -> Drift:
        now = SeenBucket(policy=text(*statements), block=ALL_ON, key=KEY_ARN)  # type: ignore[arg-type]
        return found(owners(buckets={BUCKET: now}), stacks=stacks)

    changed = {**theirs, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    drift = seen(changed, *ours)
    assert (said(drift), told(drift), drift.comparison.rewritten) == ([], [], ())
    assert [note for note in drift.comparison.notes if "statements of others have changed" in note]
    assert seen(theirs, *ours).comparison.notes == ()
    assert "loss user/bob s3:GetObject reports/*" in said(seen(changed, ours[1]))
    refused = SeenBucket(policy=REFUSED, block=ALL_ON, key=KEY_ARN)
    unread = found(owners(buckets={BUCKET: refused}), stacks=stacks)
    assert (said(unread), list(unclear(unread))) == ([], [policy.name])


def with_id(policy: str, dead: str = DORA) -> str:
    """A policy in which Bob is there by a bare id."""
    return policy.replace(f"arn:aws:iam::{B}:user/bob", dead)


def test_a_bare_id_is_a_principal_that_was_deleted() -> None:
    """It lets nobody in, and the one whom it stood for is named."""
    drift = bucket(policy=with_id(OF_BUCKET))
    assert told(drift) == [("recreated", f"bucket policy of {BUCKET}")]
    assert f"holds the bare id {DORA} where it named user/bob of {B}" in drift.told[0].sentence
    assert said(drift) == ["loss user/bob s3:GetObject reports/*"]


def test_a_policy_that_names_nobody_any_more_lets_nobody_in() -> None:
    """Neither the bucket's nor a role's trust."""
    alone = text({**READ, "Sid": "CrossAccessReports", "Principal": {"AWS": [DORA]}})
    drift = bucket(policy=alone)
    assert "loss user/bob s3:GetObject reports/*" in said(drift)
    assert {change.effect for change in drift.comparison.changes} == {Effect.LOSS}
    trust = found(owners(principals={LAKE: seen_role(trust=with_id(TRUST))}))
    assert {change.effect for change in trust.comparison.changes} == {Effect.LOSS}


def test_others_beside_a_bare_id_stay() -> None:
    """And a role's id is one as well as a user's."""
    both = [f"arn:aws:iam::{B}:user/bob", "AROAEXAMPLEEXAMPLE123"]
    policy = json.loads(OF_BUCKET)
    policy["Statement"][0]["Principal"]["AWS"] = both
    assert said(bucket(policy=json.dumps(policy))) == []
