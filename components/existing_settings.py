"""What a stack is told about a bucket that was there before: all else about it stays as it is."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from components.errors import InputError
from crossaccess.policy.faults import Faults
from crossaccess.policy.fields import read_boolean, read_bucket_name, read_mapping

ADOPTING_KEYS = ("existingBucket", "enforceOwnership", "blockPublicAccess")
"""What a stack's config can say about an existing bucket only."""

CREDENTIAL_KEYS = (
    "accessKey",
    "secretKey",
    "token",
    "assumeRole",
    "assumeRoles",
    "assumeRoleWithWebIdentity",
    "sharedCredentialsFile",
    "sharedCredentialsFiles",
    "sharedConfigFiles",
    "ec2MetadataServiceEndpoint",
    "endpoints",
)
"""Keys of the AWS provider that say whose credentials it takes, or where AWS is (Pulumi, "AWS provider")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """A bucket to adopt, and what is changed about it because config says so.

    `profile` is that of the provider, `None` for the environment's credentials. `enforce_ownership` switches
    ACLs off; `versioning` is `None` where config leaves it alone.
    """

    bucket: str
    profile: str | None = None
    enforce_ownership: bool = False
    block_public_access: bool = False
    versioning: bool | None = None


class ExistingBucketArgs(TypedDict):
    """A bucket to adopt. Plain values: it is looked at before anything is made."""

    name: str
    """The bucket's name."""
    profile: NotRequired[str | None]
    """The profile of AWS's config file, the provider's. Default: the environment's credentials."""
    enforce_ownership: NotRequired[bool]
    """Whether ACLs are switched off, so that all objects are the bucket owner's. Default: left alone."""
    block_public_access: NotRequired[bool]
    """Whether all public access is blocked. Default: left alone."""
    versioning: NotRequired[bool | None]
    """Whether older versions are kept. Default: left alone."""


def existing_bucket_args(adopting: Adopting) -> ExistingBucketArgs:
    """Write a bucket to adopt as arguments."""
    return ExistingBucketArgs(
        name=adopting.bucket,
        profile=adopting.profile,
        enforce_ownership=adopting.enforce_ownership,
        block_public_access=adopting.block_public_access,
        versioning=adopting.versioning,
    )


_ARGS = {
    "name": "existingBucket",
    "profile": "profile",
    "enforce_ownership": "enforceOwnership",
    "block_public_access": "blockPublicAccess",
    "versioning": "versioning",
}


def read_existing_bucket_args(args: ExistingBucketArgs, beside: Mapping[str, object]) -> Adopting:
    """Read a bucket to adopt by the rules of a stack's config; `beside` are the component's other arguments.

    Raises `InputError` with all faults.
    """
    faults = Faults()
    known = read_mapping(args, "existing_bucket", faults, known=tuple(_ARGS)) or {}
    raw = {_ARGS[name]: value for name, value in known.items() if name in _ARGS and value is not None}
    adopting = read_adopting(raw, faults, within="existing_bucket.")
    for name in ("protect", "force_destroy"):
        if name in beside:
            faults.add(
                name, "stands beside existing_bucket", "take it out: an adopted bucket is never deleted"
            )
    settings = beside.get("settings")
    for name in settings if isinstance(settings, Mapping) else ():
        if name != "tags":
            mend = "take it out: an adopted bucket keeps such settings, but for versioning in existing_bucket"
            faults.add(f"settings.{name}", "stands beside existing_bucket", mend)
    if adopting is None or faults:
        raise InputError("The existing bucket is not right:", faults.all())
    return dataclasses.replace(adopting, profile=args.get("profile"))


def read_adopting(raw: Mapping[str, object], faults: Faults, *, within: str) -> Adopting | None:
    """Read what is said about an existing bucket; `within` begins the keys."""
    bucket = read_bucket_name(raw.get("existingBucket"), f"{within}existingBucket", faults)
    enforce = read_boolean(raw.get("enforceOwnership", False), f"{within}enforceOwnership", faults)
    block = read_boolean(raw.get("blockPublicAccess", False), f"{within}blockPublicAccess", faults)
    versioning = None
    if "versioning" in raw:
        versioning = read_boolean(raw["versioning"], f"{within}versioning", faults)
    if bucket is None or enforce is None or block is None:
        return None
    return Adopting(
        bucket=bucket, enforce_ownership=enforce, block_public_access=block, versioning=versioning
    )


def check_credentials(provider: Collection[str], faults: Faults) -> None:
    """Note keys by which the AWS provider would be somebody else than the one who looks at the bucket."""
    for name in CREDENTIAL_KEYS:
        if name in provider:
            mend = (
                "an adopted bucket is looked at with aws:profile or the environment's credentials only: "
                "write it into a profile of AWS's config file, and name that"
            )
            faults.add(f"aws:{name}", "stands beside existingBucket", mend)
