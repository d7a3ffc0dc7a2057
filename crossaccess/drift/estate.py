"""Buckets and keys: as deployed, and as they are."""

from collections.abc import Iterable
from dataclasses import fields, replace

from crossaccess.compare.change import Effect
from crossaccess.deployment.picture import Bucket, Key, Policy, PublicAccessBlock
from crossaccess.deployment.resources import parse_urn
from crossaccess.deployment.seen import SeenBucket, SeenKey, Text, Unread
from crossaccess.deployment.types import EXISTING_POLICY
from crossaccess.drift.recreated import living
from crossaccess.drift.result import SETTINGS, Kind, Ledger
from crossaccess.drift.texts import paired
from crossaccess.policy.document import Document, PolicyError
from crossaccess.policy.existing import merged, read_existing

_DEAD = frozenset({"Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport", "Unavailable"})
"""States of a key in which it decrypts nothing (KMS Developer Guide, "Key states of AWS KMS keys")."""


def bucket_now(
    deployed: Bucket, seen: SeenBucket, keys: Iterable[Key], ledger: Ledger, *, by: str
) -> tuple[Bucket, Bucket | None]:
    """A bucket as it was deployed and as it is; `None` where it is gone."""
    label = f"bucket {deployed.name}"
    if seen.there is False:
        taken = ", and a bucket of another account has its name now" if seen.taken else ""
        ledger.tell(Kind.GONE, label, deployed.account, f"is gone{taken}")
        return deployed, None
    if isinstance(seen.there, Unread):
        ledger.unread(label, seen.there)
    name = f"bucket policy of {deployed.name}"
    ours = deployed.policy
    if ours is not None and _is_adopted(ours):
        ours = _with_theirs(ours, seen.policy, ledger)
    old, new = paired(ours, seen.policy, ledger, name, by=by)
    if ours is not None and seen.policy is None:
        ledger.tell(Kind.GONE, name, deployed.account, "is gone")
    new = living(old, new, ledger, deployed.account)
    _tell_block(label, deployed, seen.block, ledger)
    if deployed.source:
        _tell_key(label, deployed, seen.key, keys, ledger)
    return replace(deployed, policy=old), replace(deployed, policy=new)


def key_now(deployed: Key, seen: SeenKey, ledger: Ledger, *, by: str) -> tuple[Key | None, Key | None]:
    """A key as it was deployed and as it is; `None` where it is gone, and twice where nobody can tell."""
    label = f"key {deployed.name}"
    if seen.there is False:
        says = "is gone: what it encrypted cannot be read any more"
        ledger.tell(Kind.GONE, label, deployed.account, says, effect=Effect.LOSS)
        return deployed, None
    if isinstance(seen.state, Unread):
        ledger.unread(label, seen.state)
    elif seen.state in _DEAD:
        says = f"is in state {seen.state}: what it encrypts cannot be read meanwhile"
        ledger.tell(Kind.CHANGED, label, deployed.account, says, effect=Effect.LOSS)
    name = f"key policy of {deployed.name}"
    if isinstance(seen.policy, Unread) and not deployed.source:
        # No stack here made the key: nothing of theirs stands in its policy that could have drifted.
        ledger.note(f"{name} is not counted: {seen.policy}")
        return None, None
    old, new = paired(deployed.policy, seen.policy, ledger, name, by=by)
    new = living(old, new, ledger, deployed.account)
    return replace(deployed, policy=old), replace(deployed, policy=new)


def _is_adopted(policy: Policy) -> bool:
    parsed = parse_urn(policy.source)
    return parsed is not None and parsed[1] == EXISTING_POLICY


def _with_theirs(ours: Policy, now: Text, ledger: Ledger) -> Policy:
    """What the stack wrote into the policy of an adopted bucket, beside what others have there now.

    Their statements are no business of the stack: that they changed is no drift of it.
    """
    if ours.text is None or isinstance(now, Unread):
        return ours
    try:
        deployed, found = read_existing(ours.text), read_existing(now)
        text = merged(replace(found, ours=()), Document(statements=deployed.ours))
    except PolicyError:
        return ours
    if [one.raw for one in deployed.foreign] != [one.raw for one in found.foreign]:
        ledger.note(f"{ours.name}: statements of others have changed since deployed, which is no drift here")
    return replace(ours, text=text)


def _tell_block(label: str, deployed: Bucket, now: PublicAccessBlock | Unread, ledger: Ledger) -> None:
    before = deployed.public_access_block
    if before is None:
        return
    if isinstance(now, Unread):
        ledger.unread(f"Block Public Access of {label}", now)
        return
    for one in fields(PublicAccessBlock):
        was, is_now = getattr(before, one.name), getattr(now, one.name)
        if None in (was, is_now) or was == is_now:
            continue
        says = f"has {SETTINGS[one.name]} of Block Public Access {'on' if is_now else 'off'} now"
        effect = None if is_now else Effect.GAIN
        ledger.tell(Kind.CHANGED, label, deployed.account, says, effect=effect)


def _tell_key(
    label: str, deployed: Bucket, now: str | Unread | None, keys: Iterable[Key], ledger: Ledger
) -> None:
    if isinstance(now, Unread):
        ledger.unread(f"encryption of {label}", now)
        return
    was, is_now = (_one_key(named, keys) for named in (deployed.key, now))
    if was == is_now:
        return
    if now is None:
        says = f"is encrypted by S3's own keys now, no longer by the key {was}"
        ledger.tell(Kind.CHANGED, label, deployed.account, says, effect=Effect.GAIN)
        return
    if was is None:
        # Nothing here tells what the stack said of it, or whether it did: an older bucket says it in itself.
        ledger.tell(Kind.CHANGED, label, deployed.account, f"is encrypted by the key {is_now} now")
        return
    says = (
        f"is encrypted by the key {is_now} now, no longer by {was}: who may use it reads what is written now"
    )
    ledger.tell(Kind.CHANGED, label, deployed.account, says, effect=Effect.LOSS)


def _one_key(named: str | None, keys: Iterable[Key]) -> str | None:
    """A key by its id, whether it is named by that, by its ARN, or by an alias that a stack holds."""
    if named is None:
        return None
    short = named.rpartition(":key/")[2].rpartition(":")[2]
    return next((one.name for one in keys if one.alias is not None and one.alias == short), short)
