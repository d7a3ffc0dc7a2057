"""A stack's config, read once into typed values. Every fault is reported, with its key and its mend."""

import json
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from components.bucket_settings import SETTINGS_KEYS, BucketSettings, read_bucket_settings, read_tags
from components.errors import InputError
from crossaccess.policy.encryption import Encryption, read_encryption
from crossaccess.policy.faults import Faults, meant, shown
from crossaccess.policy.fields import (
    read_account,
    read_boolean,
    read_bucket_name,
    read_choice,
    read_grant_name,
    read_list,
    read_text,
)
from crossaccess.policy.grant import Grant
from crossaccess.policy.read_grant import read_grants

NAMESPACE = "crossaccess"
"""The project's name, which begins all its keys in a stack file."""

OWNER = "owner"
REQUESTER = "requester"
KEYS = {
    OWNER: ("bucketName", "grants", "encryption", *SETTINGS_KEYS, "protect", "forceDestroy"),
    REQUESTER: ("ownerStack", "onlyGrants", "tags"),
}
"""The keys of each side, beside `side` itself."""
_STACK_NAME = re.compile(r"([\w.-]+/[\w.-]+/)?[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSettings:
    """What the stack of the bucket's account was told."""

    bucket_name: str
    grants: tuple[Grant, ...]
    protect: bool = True
    force_destroy: bool = False
    encryption: Encryption = field(default_factory=Encryption)
    bucket: BucketSettings = field(default_factory=BucketSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterSettings:
    """What the stack of the account that wants in was told.

    `only_grants` names the grants to take up; `None` takes up all that are addressed to the account.
    """

    owner_stack: str
    only_grants: tuple[str, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def load_settings() -> OwnerSettings | RequesterSettings:
    """Read the settings of the stack that the engine runs. Raises `InputError` with all faults."""
    # Pulumi's own `Config` answers for keys that one asks for; misspelt keys show in the whole map only,
    # which the engine hands to every program in these two variables.
    values = json.loads(os.environ.get("PULUMI_CONFIG", "{}"))
    secrets = json.loads(os.environ.get("PULUMI_CONFIG_SECRET_KEYS", "[]"))
    beginning = f"{NAMESPACE}:"
    return parse_settings(
        {key.removeprefix(beginning): text for key, text in values.items() if key.startswith(beginning)},
        secrets={key.removeprefix(beginning) for key in secrets if key.startswith(beginning)},
        allowed_accounts=values.get("aws:allowedAccountIds"),
    )


def parse_settings(
    values: Mapping[str, str],
    *,
    secrets: Collection[str] = (),
    allowed_accounts: str | None = None,
) -> OwnerSettings | RequesterSettings:
    """Read settings out of their texts: structured values are JSON there, as the engine hands them over.

    `secrets` are the keys whose values are marked secret: none may be, since a secret in a policy hides
    the whole policy from previews, and one in the handover cannot be read by the requester.
    `allowed_accounts` is the provider's `aws:allowedAccountIds`: looked at here because YAML changes
    unquoted account ids, and the provider then refuses the right account without saying why.
    """
    faults = Faults()
    if allowed_accounts is not None:
        key, accounts = "aws:allowedAccountIds", _structure(allowed_accounts)
        read_list(accounts, key, faults, entry=read_account, example='["111111222222"]')
    for name in sorted(secrets):
        mend = "nothing here is secret, and policies have to be seen in previews: set it without --secret"
        faults.add(_key(name), "is marked secret", mend)
    side = read_choice(values.get("side"), _key("side"), faults, known=(OWNER, REQUESTER))
    _check_keys(values, side, faults)
    settings: OwnerSettings | RequesterSettings | None = None
    if side == OWNER:
        settings = _read_owner(values, faults)
    elif side == REQUESTER:
        settings = _read_requester(values, faults)
    if settings is None or faults:
        raise InputError("The config of this stack is not right:", faults.all())
    return settings


def _check_keys(values: Mapping[str, str], side: str | None, faults: Faults) -> None:
    for name in values:
        sides = [one for one, keys in KEYS.items() if name in keys]
        if name == "side" or side in sides or (side is None and sides):
            continue
        if sides:
            faults.add(_key(name), f"is set on side {side}", f"it belongs to side {sides[0]}: take it out")
        else:
            known = ["side", *(KEYS[side] if side else (key for keys in KEYS.values() for key in keys))]
            faults.add(_key(name), "is no key that is known here", meant(name, known))


def _read_owner(values: Mapping[str, str], faults: Faults) -> OwnerSettings | None:
    bucket_name = read_bucket_name(values.get("bucketName"), _key("bucketName"), faults)
    if bucket_name is not None and "." in bucket_name:
        mend = "leave out the dots: S3's certificates do not cover names with them, and TLS is a must here"
        faults.add(_key("bucketName"), shown(bucket_name), mend)
    grants = read_grants(_structure(values.get("grants")), _key("grants"), faults)
    encryption = read_encryption(_structure(values.get("encryption")), _key("encryption"), faults)
    said = {name: _structure(values[name]) for name in SETTINGS_KEYS if name in values}
    bucket = read_bucket_settings(said, faults, within=_key(""))
    protect = read_boolean(values.get("protect", "true"), _key("protect"), faults)
    force_destroy = read_boolean(values.get("forceDestroy", "false"), _key("forceDestroy"), faults)
    if bucket_name is None or protect is None or force_destroy is None or encryption is None:
        return None
    return OwnerSettings(
        bucket_name=bucket_name,
        grants=grants,
        protect=protect,
        force_destroy=force_destroy,
        encryption=encryption,
        bucket=bucket,
    )


def _read_requester(values: Mapping[str, str], faults: Faults) -> RequesterSettings | None:
    key = _key("ownerStack")
    mend = "name the owner's stack, such as account-a, or ORGANIZATION/crossaccess/account-a"
    owner_stack = read_text(values.get("ownerStack"), key, faults, mend=mend)
    if owner_stack is not None and not _STACK_NAME.fullmatch(owner_stack):
        faults.add(key, shown(owner_stack), mend)
    only_grants: tuple[str, ...] | None = None
    if "onlyGrants" in values:
        raw = _structure(values["onlyGrants"])
        only_grants = read_list(
            raw, _key("onlyGrants"), faults, entry=read_grant_name, example="[bob-bucket-policy]"
        )
    tags = read_tags(_structure(values.get("tags")), _key("tags"), faults)
    if owner_stack is None:
        return None
    return RequesterSettings(owner_stack=owner_stack, only_grants=only_grants, tags=tags)


def _structure(text: str | None) -> object:
    """The value of a key that holds more than a text; a text is answered as it stands."""
    if text is None:
        return None
    try:
        structure: object = json.loads(text)
    except ValueError:
        return text
    return structure


def _key(name: str) -> str:
    return f"{NAMESPACE}:{name}"
