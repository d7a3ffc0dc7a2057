"""Where `crossaccess verify` puts its probes, so that an owner can have S3 clean them up."""

from collections.abc import Iterable
from typing import Final

RESERVED: Final = ".crossaccess-probe/"
"""What the names of probes have behind a grant's prefix. Nobody else is to use it."""


def outside(prefix: str) -> str:
    """A prefix beside the one given, whose name begins like it: where a missing slash would let one in."""
    return f"{prefix.removesuffix('/')}{RESERVED}"


def probe_prefixes(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Under which prefixes there can be probes of grants of these prefixes; an empty one is the bucket."""
    found = [place for one in prefixes for place in (f"{one}{RESERVED}", outside(one))]
    return tuple(sorted(dict.fromkeys(found)))
