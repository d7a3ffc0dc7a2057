"""What follows from what an existing bucket is like, and from what config changes about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from components.existing_bucket import FLAGS, ExistingBucket, Ownership
from components.existing_settings import Adopting
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.grant import Grant, Method

_WRITES = frozenset({"s3:PutObject"})
_STAYS = "It stays so when this stack is destroyed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What config says about the bucket.

    `encryption` is `None` where config leaves it alone. `denies_there` says whether the bucket's policy has
    our denies of other encryption already, as it has since the first deployment with a KMS key.
    """

    adopting: Adopting
    encryption: Encryption | None = None
    denies_there: bool = False


def notes(existing: ExistingBucket, grants: Iterable[Grant], changes: Changes) -> tuple[str, ...]:
    """What somebody should know at preview: sentences for warnings."""
    listed = tuple(grants)
    if changes.encryption is None:
        on_key = _on_kept_key(existing, listed)
    else:
        on_key = _on_changed_key(existing, changes.encryption, denies_there=changes.denies_there)
    return (
        *_on_ownership(existing, listed, enforced=changes.adopting.enforce_ownership),
        *on_key,
        *_on_public(existing, blocked=changes.adopting.block_public_access),
    )


def blocks_policy(existing: ExistingBucket, adopting: Adopting) -> bool:
    """Whether S3 will refuse to save the bucket's policy, since it is public by statements of others.

    Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage" (`BlockPublicPolicy`).
    """
    return existing.public and ("BlockPublicPolicy" in existing.blocked or adopting.block_public_access)


def _on_ownership(existing: ExistingBucket, grants: Iterable[Grant], *, enforced: bool) -> Iterable[str]:
    """Amazon S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket"."""
    if not existing.acls_on:
        return
    bucket, ownership = existing.at.bucket, existing.ownership.value
    if enforced:
        yield (
            f"The bucket {bucket!r} has ACLs on (object ownership {ownership}), and enforceOwnership "
            "switches them off: whoever has access by an ACL only loses it, and every object becomes the "
            f"bucket's account's. {_STAYS} S3 refuses the switch while the bucket's own ACL opens it to "
            "anybody else."
        )
        return
    writing = [
        one.name for one in grants if one.method is Method.BUCKET_POLICY and _WRITES.intersection(one.actions)
    ]
    if not writing:
        yield (
            f"The bucket {bucket!r} has ACLs on (object ownership {ownership}): ACLs may give access beside "
            "the grants."
        )
        return
    handed = (
        "unless they are written with the ACL bucket-owner-full-control, which no grant can allow"
        if existing.ownership is Ownership.PREFERRED
        else "whatever ACL they are written with"
    )
    yield (
        f"The bucket {bucket!r} has ACLs on (object ownership {ownership}): objects that are written by the "
        f"grants {', '.join(writing)} belong to the requester's account, {handed}, and no policy of this "
        "bucket opens them to anybody else. What a role of the bucket's account writes (method assume-role) "
        "is that account's. Object ownership BucketOwnerEnforced ends this: crossaccess:enforceOwnership."
    )


def _on_kept_key(existing: ExistingBucket, grants: Iterable[Grant]) -> Iterable[str]:
    bucket = existing.at.bucket
    if existing.key_of_aws:
        named = [one.name for one in grants if one.method is Method.BUCKET_POLICY]
        who = f"the grants {', '.join(named)} give" if named else "method bucket-policy would give"
        yield (
            f"The bucket {bucket!r} is encrypted by the KMS key that AWS manages, which cannot be shared "
            f"with another account: {who} no access to objects under it. Encrypt by S3 (sse-s3), by a key "
            "of the account's own, or use method assume-role."
        )
    elif existing.kms_key is not None:
        yield (
            f"The bucket {bucket!r} is encrypted by the KMS key {existing.kms_key}, which encryption does "
            "not name: nobody can read or write under it by the grants, since these do not open the key. Set "
            "crossaccess:encryption to {type: kms, keyArn: ARN} with the key's full ARN."
        )


def _on_changed_key(existing: ExistingBucket, encryption: Encryption, *, denies_there: bool) -> Iterable[str]:
    """The default encryption is for new objects; those that are there stay as they are.

    Amazon S3 User Guide, "Setting default server-side encryption behavior for Amazon S3 buckets".
    """
    bucket = existing.at.bucket
    if not _is_default(existing, encryption, denies_there=denies_there):
        yield (
            f"The default encryption of the bucket {bucket!r} changes for everybody who writes there, from "
            f"{_described(existing)} to {_named(encryption)}. {_STAYS} Objects that are there "
            f"{_old_objects(existing)}."
        )
    if encryption.kms and not denies_there:
        yield (
            f"In the bucket {bucket!r} nobody can write under another key, or under none, from now on: "
            "requests of others, too, that ask for another encryption than the bucket's are refused while "
            "this stack is there."
        )
    if encryption.makes_key and not denies_there:
        yield (
            f"The key that is made for the bucket {bucket!r} stays when this stack is destroyed, since "
            "objects under it are lost without it: delete it by hand once nothing is encrypted by it."
        )


def _is_default(existing: ExistingBucket, encryption: Encryption, *, denies_there: bool) -> bool:
    """Whether the bucket's default encryption is already what config says."""
    if not encryption.kms:
        return existing.algorithm in (None, "AES256")
    if existing.algorithm != "aws:kms" or existing.kms_key is None:
        return False
    if encryption.key_arn is None:
        # A key that is made has no name in config. With our denies it is the one of an earlier deployment.
        return denies_there and not existing.key_of_aws
    return encryption.key_arn == existing.kms_key or encryption.key_arn.endswith(f":key/{existing.kms_key}")


def _described(existing: ExistingBucket) -> str:
    if existing.key_of_aws:
        return "the KMS key that AWS manages"
    if existing.kms_key is None:
        return "S3's own keys"
    twice = " (twice: aws:kms:dsse)" if existing.algorithm == "aws:kms:dsse" else ""
    return f"the KMS key {existing.kms_key}{twice}"


def _named(encryption: Encryption) -> str:
    if not encryption.kms:
        return "S3's own keys (sse-s3)"
    return f"the KMS key {encryption.key_arn}" if encryption.key_arn else "a KMS key that is made"


def _old_objects(existing: ExistingBucket) -> str:
    if existing.key_of_aws:
        return (
            "stay under the old key, which cannot be shared with another account: no grant by method "
            "bucket-policy opens them until they are written anew"
        )
    if existing.kms_key is None:
        return "stay as they are, and the grants open them"
    return (
        "stay under the key that they were written with, and where that is another one the grants do not "
        "open it: who reads them needs that key as well, or they are written anew"
    )


def _on_public(existing: ExistingBucket, *, blocked: bool) -> Iterable[str]:
    bucket = existing.at.bucket
    open_flags = [flag for flag in FLAGS if flag not in existing.blocked]
    if open_flags and blocked:
        yield (
            f"The bucket {bucket!r} does not block public access in full, and blockPublicAccess switches "
            f"{', '.join(open_flags)} on: whoever has access by a public ACL or a public policy only loses "
            f"it. {_STAYS}"
        )
    elif open_flags:
        yield (
            f"The bucket {bucket!r} does not block public access in full: {', '.join(open_flags)} is off. No "
            "grant needs that; it is left as it is, unless crossaccess:blockPublicAccess is true."
        )
    if existing.public and "BlockPublicPolicy" in existing.blocked:
        yield (
            f"The policy of the bucket {bucket!r} is public by statements of others, and BlockPublicPolicy "
            "is on: S3 will refuse to save it again, with our statements or without."
        )
    if existing.public and (blocked or "RestrictPublicBuckets" in existing.blocked):
        yield (
            f"The policy of the bucket {bucket!r} is public by statements of others. With "
            "RestrictPublicBuckets S3 refuses every other account then, so that no grant by method "
            "bucket-policy works."
        )
