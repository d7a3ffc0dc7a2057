"""What a stack is told about a bucket that was there before: all else about it stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from crossaccess.policy.faults import Faults
from crossaccess.policy.fields import read_boolean, read_bucket_name

ADOPTING_KEYS = ("existingBucket", "enforceOwnership", "blockPublicAccess")
"""What a stack's config can say about an existing bucket only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """A bucket to adopt, and what is changed about it because config says so.

    `enforce_ownership` switches ACLs off; `versioning` is `None` where config leaves it alone.
    """

    bucket: str
    enforce_ownership: bool = False
    block_public_access: bool = False
    versioning: bool | None = None


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
