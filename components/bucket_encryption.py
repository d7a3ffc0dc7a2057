"""The bucket's default encryption, and the KMS key behind it: one that is made, or one that exists."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.errors import InputError
from components.side_values import Side, of_side
from crossaccess.policy.document import Document, as_mapping, canonical_json
from crossaccess.policy.encryption import Encryption, read_encryption
from crossaccess.policy.faults import Faults
from crossaccess.policy.sides import OwnerSide

_CONFIG_KEYS = {"key_arn": "keyArn", "deletion_window_days": "deletionWindowDays"}


class EncryptionArgs(TypedDict):
    """How the bucket's objects are encrypted. Plain values, since policies and resources depend on it."""

    type: str
    """`sse-s3`, or `kms` for a KMS key."""
    key_arn: NotRequired[str]
    """The ARN of an existing key of the bucket's account and Region. Default: a key is made."""
    alias: NotRequired[str]
    """The alias of a key that is made. Default: `alias/crossaccess-` and the bucket's name."""
    deletion_window_days: NotRequired[int]
    """How long KMS waits before a deleted key is gone, 7 to 30 days. Default: 30."""


def encryption_args(encryption: Encryption | None) -> EncryptionArgs | None:
    """Write an encryption as arguments."""
    if encryption is None:
        return None
    if not encryption.kms:
        return EncryptionArgs(type="sse-s3")
    if encryption.key_arn is not None:
        return EncryptionArgs(type="kms", key_arn=encryption.key_arn)
    args = EncryptionArgs(type="kms", deletion_window_days=encryption.deletion_days)
    if encryption.alias is not None:
        args["alias"] = encryption.alias
    return args


def read_encryption_args(args: EncryptionArgs | None) -> Encryption:
    """Read an encryption by the rules of a stack's config. Raises `InputError` with all faults."""
    faults = Faults()
    raw = None if args is None else {_CONFIG_KEYS.get(key, key): value for key, value in args.items()}
    encryption = read_encryption(raw, "encryption", faults)
    if encryption is None or faults:
        raise InputError("The encryption is not right:", faults.all())
    return encryption


def check_existing_key(arn: str, *, parent: pulumi.Resource) -> None:
    """Ask KMS (`DescribeKey`) whether the key can be shared, and can encrypt objects.

    Raises `InputError` for one that is not there, that AWS manages, that is disabled or about to be deleted,
    and for one that does not encrypt symmetrically, which is all that S3 uses.
    """
    try:
        key = aws.kms.get_key(key_id=arn, opts=pulumi.InvokeOptions(parent=parent))
    except Exception as error:  # noqa: BLE001 - Pulumi raises plain `Exception` for a refused invoke
        raise InputError(
            f"The key {arn} of encryption.keyArn cannot be looked up: {error}\n"
            "Look at the ARN, and whether this stack's credentials may do kms:DescribeKey on it."
        ) from None
    faults = Faults()
    where = "encryption.keyArn"
    if key.key_manager == "AWS":
        mend = "AWS shares it with no other account: name a key of your own, or leave keyArn out"
        faults.add(where, "is a key that AWS manages", mend)
    if not key.enabled:
        faults.add(where, f"is a key in the state {key.key_state!r}", "enable it, or name another")
    if (key.key_usage, key.key_spec) != ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"):
        mend = "S3 encrypts with symmetric keys only: name one"
        faults.add(where, f"is a key for {key.key_usage} ({key.key_spec})", mend)
    if faults:
        raise InputError("The key cannot encrypt the bucket:", faults.all())


def make_key(
    name: str,
    encryption: Encryption,
    side: Side,
    *,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.kms.Key:
    """Make a key, which is rotated every year, with the policy of the owner's side, and its alias."""
    key = aws.kms.Key(
        f"{name}-key",
        description=of_side(side, lambda made: f"Encrypts the objects of the bucket {made.bucket.name}"),
        policy=of_side(side, lambda made: _policy_text(made.key_policy)),
        enable_key_rotation=True,
        deletion_window_in_days=encryption.deletion_days,
        tags=tags or None,
        opts=opts,
    )
    aws.kms.Alias(
        f"{name}-key-alias",
        name=of_side(side, lambda made: encryption.alias_for(made.bucket.name)),
        target_key_id=key.key_id,
        opts=pulumi.ResourceOptions(parent=opts.parent, retain_on_delete=opts.retain_on_delete),
    )
    return key


def statements_to_add(side: OwnerSide, encryption: Encryption) -> list[Any] | None:  # Any: JSON statements
    """What the policy of an existing key has to allow; `None` where there is no such key."""
    if encryption.key_arn is None or side.key_policy is None:
        return None
    written: Any = as_mapping(side.key_policy)["Statement"]  # Any: the same
    return list(written)


def _policy_text(document: Document | None) -> str | None:
    return None if document is None else canonical_json(document)


def default_encryption(key_arn: pulumi.Input[str] | None) -> Any:  # Any: the SDK's own long-named type
    """The rule of the bucket's default encryption: by a key, with a bucket key, or by S3."""
    by_default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
    rule = aws.s3.BucketServerSideEncryptionConfigurationRuleArgs
    if key_arn is None:
        return rule(apply_server_side_encryption_by_default=by_default(sse_algorithm="AES256"))
    # A bucket key: one call of KMS for many objects, instead of one for each.
    return rule(
        apply_server_side_encryption_by_default=by_default(
            sse_algorithm="aws:kms", kms_master_key_id=key_arn
        ),
        bucket_key_enabled=True,
    )
