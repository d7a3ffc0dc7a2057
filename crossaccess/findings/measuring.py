"""How much of AWS's limits policies use.

IAM User Guide, "IAM and AWS STS quotas": managed policies count one by one, inline policies of one principal
together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.findings.places import Place, PlaceKind
from crossaccess.policy.sizes import (
    BOUNDARY,
    BUCKET_POLICY,
    GROUP_POLICY,
    KEY_POLICY,
    MANAGED_POLICY,
    ROLE_POLICY,
    TRUST_POLICY,
    USER_POLICY,
    Limit,
    size_of,
)

_LIMITS: Final = {
    PlaceKind.BUCKET: BUCKET_POLICY,
    PlaceKind.KEY: KEY_POLICY,
    PlaceKind.ROLE: TRUST_POLICY,
    PlaceKind.BOUNDARY: BOUNDARY,
    PlaceKind.PRINCIPAL: MANAGED_POLICY,
}
_INLINE: Final = {"user": USER_POLICY, "role": ROLE_POLICY, "group": GROUP_POLICY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What policies that share a limit use of it together; it is not `certain` whether it is their limit."""

    places: tuple[Place, ...]
    used: int
    limit: Limit
    certain: bool

    @property
    def percent(self) -> float:
        """How much of the limit that is."""
        return 100 * self.used / self.limit.maximum


def uses_of(places: Sequence[Place]) -> Iterator[Use]:
    """Each policy that can be read, or all inline ones of a principal, against AWS's limit."""
    inline: dict[tuple[str, str | None], list[Place]] = {}
    for one in places:
        if one.document is None:
            continue
        if one.kind is PlaceKind.PRINCIPAL and one.is_inline:
            inline.setdefault((one.about, one.account), []).append(one)
        else:
            yield _use([one], _LIMITS[one.kind])
    for (about, _), listed in inline.items():
        limit = _INLINE.get(about.partition("/")[0])
        if limit is not None:
            yield _use(listed, limit)


def _use(places: Sequence[Place], limit: Limit) -> Use:
    first = places[0]
    return Use(
        places=tuple(places),
        used=sum(size_of(one.document.source, limit) for one in places if one.document is not None),
        limit=limit,
        # A folder of documents does not tell a managed policy from one that is inline.
        certain=first.kind is not PlaceKind.PRINCIPAL or first.is_inline or first.policy.arn is not None,
    )
