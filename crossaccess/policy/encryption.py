"""How the bucket's objects are encrypted, as people write it, and what a key must be for others to use it."""

import re
from dataclasses import dataclass

from crossaccess.policy.arn import parse_arn
from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.fields import read_choice, read_mapping, read_text
from crossaccess.policy.grant import NAME_PREFIX, Bucket

SSE_S3 = "sse-s3"
KMS = "kms"
ENCRYPTION_KEYS = ("type", "keyArn", "alias", "deletionWindowDays")
"""What `encryption` can say in a stack's config."""

SHORTEST_DELETION_DAYS = 7
LONGEST_DELETION_DAYS = 30
_KEY = re.compile(r"key/(mrk-)?[0-9a-f-]{8,60}", re.ASCII)
_ALIAS = re.compile(r"alias/[a-zA-Z0-9/_-]{1,250}", re.ASCII)
_OF_AWS = "alias/aws/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """The bucket's default encryption: by S3 (`kms` is false), by a key of our own, or by an existing key.

    `key_arn` is an existing key's; `alias` and `deletion_days` are about a key that is made. Without an
    `alias` the key gets one that bears the bucket's name.
    """

    kms: bool = False
    key_arn: str | None = None
    alias: str | None = None
    deletion_days: int = LONGEST_DELETION_DAYS

    @property
    def makes_key(self) -> bool:
        """Whether a key comes with the bucket."""
        return self.kms and self.key_arn is None

    def key_in_policies(self, bucket: Bucket) -> str | None:
        """The ARN by which policies other than the key's own name the key; `None` where there is none.

        A key's id is chosen by KMS when the key is made. So that policies are whole before that, a key
        that comes with the bucket is named as "any key of this account and Region", which the conditions
        of the statements narrow (see docs/adr).
        """
        if not self.kms:
            return None
        return self.key_arn or any_key(bucket)

    def alias_for(self, bucket_name: str) -> str:
        """The alias of a key that is made."""
        return self.alias or f"alias/{NAME_PREFIX}{bucket_name}"


def any_key(bucket: Bucket) -> str:
    """What matches the ARN of every KMS key of the bucket's account and Region."""
    return f"arn:{bucket.partition}:kms:{bucket.region}:{bucket.account}:key/*"


def read_encryption(raw: object, key: str, faults: Faults) -> Encryption | None:
    """Read the `encryption` of a stack's config; nothing at all is SSE-S3."""
    if raw is None:
        return Encryption()
    fields = read_mapping(raw, key, faults, known=ENCRYPTION_KEYS)
    if fields is None:
        return None
    kind = read_choice(fields.get("type"), f"{key}.type", faults, known=(SSE_S3, KMS))
    if kind is None:
        return None
    if kind == SSE_S3:
        for name in ENCRYPTION_KEYS[1:]:
            if fields.get(name) is not None:
                faults.add(f"{key}.{name}", shown(fields[name]), f"take it out: {SSE_S3} has no key of yours")
        return Encryption()
    if fields.get("keyArn") is not None:
        for name in ENCRYPTION_KEYS[2:]:
            if fields.get(name) is not None:
                mend = "take it out, or take keyArn out: it is about a key that this stack makes"
                faults.add(f"{key}.{name}", shown(fields[name]), mend)
        arn = _read_key_arn(fields["keyArn"], f"{key}.keyArn", faults)
        return None if arn is None else Encryption(kms=True, key_arn=arn)
    alias = _read_alias(fields.get("alias"), f"{key}.alias", faults)
    days = _read_days(fields.get("deletionWindowDays"), f"{key}.deletionWindowDays", faults)
    return None if days is None else Encryption(kms=True, alias=alias, deletion_days=days)


def read_handed_key(raw: object, key: str, faults: Faults, *, bucket: Bucket) -> str | None:
    """The key as a handover names it: one key, or any, of the bucket's own account and Region."""
    if raw == any_key(bucket):
        return any_key(bucket)
    arn = _read_key_arn(raw, key, faults)
    if arn is not None:
        check_key_place(arn, key, faults, bucket=bucket)
    return arn


def check_key_place(arn: str, key: str, faults: Faults, *, bucket: Bucket) -> None:
    """Note a key that S3 cannot use for the bucket, or whose policy is somebody else's."""
    parsed = parse_arn(arn)
    if parsed is None:
        return
    if (parsed.partition, parsed.region) != (bucket.partition, bucket.region):
        found = f"is a key of {parsed.region!r} ({parsed.partition})"
        mend = f"S3 encrypts with keys of the bucket's own Region, {bucket.region!r} ({bucket.partition})"
        faults.add(key, found, mend)
    elif parsed.account != bucket.account:
        found = f"is a key of account {parsed.account}"
        mend = (
            f"name a key of the bucket's account {bucket.account}: who may use a key stands in the key's "
            "policy, and that one is another account's to write"
        )
        faults.add(key, found, mend)


def _read_key_arn(raw: object, key: str, faults: Faults) -> str | None:
    mend = "write the key's full ARN, such as arn:aws:kms:eu-central-1:111111222222:key/KEY-ID"
    text = read_text(raw, key, faults, mend=mend)
    if text is None:
        return None
    arn = parse_arn(text)
    resource = text if arn is None else arn.resource
    if resource.startswith(_OF_AWS):
        mend = "AWS manages that key and shares it with no other account: name a key of your own, by its ARN"
    elif resource.startswith("alias/"):
        mend = f"an alias is looked up in the account of whoever writes; {mend}"
    elif arn is not None and arn.service == "kms" and _KEY.fullmatch(resource):
        return text
    faults.add(key, shown(text), mend)
    return None


def _read_alias(raw: object, key: str, faults: Faults) -> str | None:
    """An alias of one's own (AWS KMS API Reference, "CreateAlias")."""
    if raw is None:
        return None
    mend = "an alias is alias/ and up to 250 letters, digits, slashes, - and _, such as alias/shared-bucket"
    text = read_text(raw, key, faults, mend=mend)
    if text is None:
        return None
    if text.startswith(_OF_AWS):
        mend = "aliases that begin with alias/aws/ are AWS's own: choose another"
    elif _ALIAS.fullmatch(text):
        return text
    faults.add(key, shown(text), mend)
    return None


def _read_days(raw: object, key: str, faults: Faults) -> int | None:
    """How long KMS waits before a deleted key is gone (AWS KMS API Reference, "ScheduleKeyDeletion")."""
    if raw is None:
        return LONGEST_DELETION_DAYS
    days = raw if isinstance(raw, int) and not isinstance(raw, bool) else 0
    if SHORTEST_DELETION_DAYS <= days <= LONGEST_DELETION_DAYS:
        return days
    mend = f"it is a number of days from {SHORTEST_DELETION_DAYS} to {LONGEST_DELETION_DAYS}"
    faults.add(key, shown(raw), mend)
    return None
