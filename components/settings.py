"""A stack's config, read once into typed values. Every fault is reported, with its key and its mend."""

import dataclasses
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.bucket_settings import SETTINGS_KEYS, BucketSettings, read_bucket_settings, read_tags
from components.errors import InputError
from components.existing_settings import ADOPTING_KEYS, Adopting, check_credentials, read_adopting
from components.grants_file import read_grants_file
from components.requester_settings import RequesterSettings, read_owners, read_place, read_taken
from crossaccess.policy.addresses import read_addresses
from crossaccess.policy.encryption import Encryption, read_encryption
from crossaccess.policy.faults import Faults, meant, shown
from crossaccess.policy.fields import (
    read_account,
    read_boolean,
    read_bucket_name,
    read_choice,
    read_list,
)
from crossaccess.policy.grant import Grant
from crossaccess.policy.new_principal import read_new_principals
from crossaccess.policy.read_grant import read_grants

NAMESPACE = "crossaccess"
"""The project's name, which begins all its keys in a stack file."""

OWNER = "owner"
REQUESTER = "requester"
KEYS = {
    OWNER: (
        "bucketName",
        *ADOPTING_KEYS,
        "grants",
        "grantsFile",
        "encryption",
        *SETTINGS_KEYS,
        "protect",
        "forceDestroy",
        "deployerAddresses",
    ),
    REQUESTER: (
        "ownerStack",
        "onlyGrants",
        "attachTo",
        "ownerStacks",
        "organization",
        "create",
        "tags",
    ),
}
"""The keys of each side, beside `side` itself."""
_HERE = Path()
_NOTHING: Mapping[str, str] = {}
_OF_ONE_OWNER = ("ownerStack", "onlyGrants", "attachTo")
_TEXTS = ("existingBucket", "ownerStack")
"""Keys that hold a text, whatever it looks like: a name may be made of digits alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSettings:
    """What the stack of the bucket's account was told.

    An existing bucket is `adopting`; `bucket`, `protect` and `force_destroy` are about one that is made.
    """

    bucket_name: str
    grants: tuple[Grant, ...]
    adopting: Adopting | None = None
    protect: bool = True
    force_destroy: bool = False
    encryption: Encryption | None = None
    bucket: BucketSettings = field(default_factory=BucketSettings)
    deployer_addresses: tuple[str, ...] = ()


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
        provider={key.removeprefix("aws:"): text for key, text in values.items() if key.startswith("aws:")},
    )


def parse_settings(
    values: Mapping[str, str],
    *,
    secrets: Collection[str] = (),
    provider: Mapping[str, str] = _NOTHING,
    folder: Path = _HERE,
) -> OwnerSettings | RequesterSettings:
    """Read settings out of their texts: structured values are JSON there, as the engine hands them over.

    `secrets` are the keys whose values are marked secret: none may be, since a secret in a policy hides
    the whole policy from previews, and one in the handover cannot be read by the requester.
    `folder` is where a file of grants is looked for. `provider` are the keys of the AWS provider. Its
    `profile` is the one with which an existing bucket is looked at, too. Its `allowedAccountIds` are read
    here because YAML changes unquoted account ids, and the provider then refuses the right account without
    saying why.
    """
    faults = Faults()
    if "allowedAccountIds" in provider:
        key, accounts = "aws:allowedAccountIds", _structure(provider["allowedAccountIds"])
        read_list(accounts, key, faults, entry=read_account, example='["111111222222"]')
    for name in sorted(secrets):
        mend = "nothing here is secret, and policies have to be seen in previews: set it without --secret"
        faults.add(_key(name), "is marked secret", mend)
    side = read_choice(values.get("side"), _key("side"), faults, known=(OWNER, REQUESTER))
    _check_keys(values, side, faults)
    settings: OwnerSettings | RequesterSettings | None = None
    if side == OWNER:
        settings = _read_owner(values, faults, provider.get("profile"), folder)
    elif side == REQUESTER:
        settings = _read_requester(values, faults)
    if "existingBucket" in values:
        check_credentials(provider, faults)
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


def _read_owner(
    values: Mapping[str, str], faults: Faults, profile: str | None, folder: Path
) -> OwnerSettings | None:
    adopting = None
    if "existingBucket" in values:
        adopting = read_adopting(_said(values, (*ADOPTING_KEYS, "versioning")), faults, within=_key(""))
        _check_adopted(values, faults)
        adopting = None if adopting is None else dataclasses.replace(adopting, profile=profile)
    else:
        _check_new(values, faults)
    grants = _read_grants(values, faults, folder)
    encryption = None
    if "encryption" in values:
        encryption = read_encryption(_structure(values["encryption"]), _key("encryption"), faults)
    # Of an adopted bucket the rest was judged above, and none of it is said twice.
    said = ("tags",) if "existingBucket" in values else SETTINGS_KEYS
    bucket = read_bucket_settings(_said(values, said), faults, within=_key(""))
    protect = read_boolean(values.get("protect", "true"), _key("protect"), faults)
    force_destroy = read_boolean(values.get("forceDestroy", "false"), _key("forceDestroy"), faults)
    addresses: tuple[str, ...] | None = ()
    if "deployerAddresses" in values:
        raw = _structure(values["deployerAddresses"])
        addresses = read_addresses(raw, _key("deployerAddresses"), faults)
    name = values.get("bucketName") if adopting is None else adopting.bucket
    if name is None or protect is None or force_destroy is None or addresses is None:
        return None
    return OwnerSettings(
        bucket_name=name,
        adopting=adopting,
        grants=grants,
        protect=protect,
        force_destroy=force_destroy,
        encryption=encryption,
        bucket=bucket,
        deployer_addresses=addresses,
    )


def _read_grants(values: Mapping[str, str], faults: Faults, folder: Path) -> tuple[Grant, ...]:
    if "grantsFile" not in values:
        return read_grants(_structure(values.get("grants")), _key("grants"), faults)
    name = values["grantsFile"]
    if "grants" in values:
        mend = "write all grants into one of the two"
        faults.add(_key("grantsFile"), "stands beside grants", mend)
        return ()
    raw = read_grants_file(name, _key("grantsFile"), faults, folder=folder)
    # Faults inside of the file are told by its name and the place in its list.
    return () if raw is None else read_grants(raw, name, faults)


def _check_new(values: Mapping[str, str], faults: Faults) -> None:
    bucket_name = read_bucket_name(values.get("bucketName"), _key("bucketName"), faults)
    if bucket_name is not None and "." in bucket_name:
        mend = "leave out the dots: S3's certificates do not cover names with them, and TLS is a must here"
        faults.add(_key("bucketName"), shown(bucket_name), mend)
    for name in ADOPTING_KEYS:
        if name in values:
            mend = "take it out: it is about an existingBucket, and holds for a new bucket anyway"
            faults.add(_key(name), shown(values[name]), mend)


def _check_adopted(values: Mapping[str, str], faults: Faults) -> None:
    """Note settings that would change what others rely on, or that an adopted bucket has by itself."""
    if "bucketName" in values:
        mend = "name the bucket once: bucketName makes one, existingBucket adopts one that is there"
        faults.add(_key("bucketName"), "stands beside existingBucket", mend)
    for name in ("objectLock", "abortIncompleteUploadsDays", "accessLog", "probeCleanup"):
        if name in values:
            mend = (
                "take it out: a bucket has one such setting, and whoever made the bucket may rely on theirs"
            )
            faults.add(_key(name), "stands beside existingBucket", mend)
    for name in ("protect", "forceDestroy"):
        if name in values:
            mend = "take it out: an adopted bucket is never deleted"
            faults.add(_key(name), "stands beside existingBucket", mend)


def _said(values: Mapping[str, str], names: Collection[str]) -> dict[str, object]:
    """What stands at those keys that are there: a text, or a structured value."""
    return {
        name: values[name] if name in _TEXTS else _structure(values[name]) for name in names if name in values
    }


def _read_requester(values: Mapping[str, str], faults: Faults) -> RequesterSettings | None:
    if "ownerStacks" in values:
        owners = read_owners(_structure(values["ownerStacks"]), _key("ownerStacks"), faults)
        for name in _OF_ONE_OWNER:
            if name in values:
                mend = "write it into the owner's entry there, as in {stack: account-a, onlyGrants: […]}"
                faults.add(_key(name), "stands beside ownerStacks", mend)
    else:
        said = _said(values, _OF_ONE_OWNER)
        said["stack"] = said.pop("ownerStack", None)
        one = read_taken(said, faults, stack_key=_key("ownerStack"), within=_key(""))
        owners = () if one is None else (one,)
    place = read_place(values.get("organization"), _key("organization"), faults)
    create = read_new_principals(_structure(values.get("create")), _key("create"), faults)
    tags = read_tags(_structure(values.get("tags")), _key("tags"), faults)
    if not owners:
        return None
    return RequesterSettings(owners=owners, organization=place, create=create, tags=tags)


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
