"""Partitions and Regions, as botocore's own data lists them."""

import functools
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A separate AWS, such as `aws-cn`."""

    name: str
    dns_suffix: str


def partition_of(region: str) -> Partition:
    """Return the partition of a Region; of a Region that nobody has heard of yet, by its name's form."""
    found = next((item for item in _partitions() if region in item["regions"]), None)
    if found is None:
        found = next(
            (item for item in _partitions() if re.fullmatch(item["regionRegex"], region)), _partitions()[0]
        )
    return Partition(name=found["id"], dns_suffix=found["outputs"]["dnsSuffix"])


def region_description(region: str) -> str | None:
    """Return what AWS calls a Region, such as `Europe (Frankfurt)`, or None for one that does not exist."""
    for item in _partitions():
        if region in item["regions"]:
            return str(item["regions"][region].get("description", region))
    return None


@functools.cache
def _partitions() -> list[Any]:  # Any: botocore's data file, read as it is
    from botocore.loaders import create_loader  # noqa: PLC0415 - boto is loaded when it is needed, not at start

    partitions: list[Any] = create_loader().load_data("partitions")["partitions"]
    return partitions
