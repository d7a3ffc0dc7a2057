"""How much of AWS's limits policies use.

IAM User Guide, "IAM and AWS STS quotas": managed policies count one by one, inline policies of one principal
together.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from crossaccess.findings.catalogue import NEARLY_FULL, TOO_LARGE
from crossaccess.findings.finding import Finding
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

NEARLY: Final = 0.8
"""From which part of a limit on a policy is nearly full."""
_LIMITS: Final = {
    PlaceKind.BUCKET: BUCKET_POLICY,
    PlaceKind.KEY: KEY_POLICY,
    PlaceKind.ROLE: TRUST_POLICY,
    PlaceKind.BOUNDARY: BOUNDARY,
    PlaceKind.PRINCIPAL: MANAGED_POLICY,
}
_INLINE: Final = {"user": USER_POLICY, "role": ROLE_POLICY, "group": GROUP_POLICY}


def how_full_policies_are(places: Sequence[Place]) -> Iterator[Finding]:
    """Policies over most of their limit, and over all of it."""
    inline: dict[tuple[str, str | None], list[Place]] = {}
    for one in places:
        if one.kind is PlaceKind.PRINCIPAL and one.is_inline:
            inline.setdefault((one.about, one.account), []).append(one)
        else:
            yield from _measured([one], _LIMITS[one.kind])
    for (about, _), listed in inline.items():
        limit = _INLINE.get(about.partition("/")[0])
        if limit is not None:
            yield from _measured(listed, limit)


def _measured(places: Sequence[Place], limit: Limit) -> Iterator[Finding]:
    used = sum(size_of(one.document.source, limit) for one in places if one.document is not None)
    if used <= NEARLY * limit.maximum:
        return
    percent = 100 * used / limit.maximum
    message = f"{used:,} of {limit.maximum:,} {limit.unit} ({percent:.0f} %) of {limit.document}"
    first = places[0]
    # A folder of documents does not tell a managed policy from one that is inline.
    certain = first.kind is not PlaceKind.PRINCIPAL or first.is_inline or first.policy.arn is not None
    told = message if certain else f"{message}, if that is what it is"
    rule = TOO_LARGE if used > limit.maximum else NEARLY_FULL
    yield first.finding(rule, told, certain=certain)
