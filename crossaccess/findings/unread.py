"""What cannot be read, and may let somebody in."""

from collections.abc import Iterator, Sequence

from crossaccess.deployment.building import BY_AWS
from crossaccess.deployment.picture import Picture
from crossaccess.findings.catalogue import (
    IDENTITY_POLICY_UNREADABLE,
    NOT_READ,
    RESOURCE_POLICY_UNREADABLE,
)
from crossaccess.findings.finding import Finding
from crossaccess.findings.places import LETS_IN, Place


def what_is_not_read(picture: Picture, places: Sequence[Place]) -> Iterator[Finding]:
    """Policies that cannot be read, and resources of other kinds that nobody looks at."""
    told = {_name(one) for one in places if one.document is not None}
    for place in places:
        if _name(place) in told:
            # A folder holds the text of what a stack only names.
            continue
        # The policy that KMS gives a key by itself is known: its account's own (AWS KMS Developer Guide,
        # "Default key policy").
        if place.document is None and place.policy.unknown != BY_AWS:
            rule = RESOURCE_POLICY_UNREADABLE if place.kind in LETS_IN else IDENTITY_POLICY_UNREADABLE
            yield place.finding(rule, f"it cannot be read: {place.why}", certain=False)
    for what in picture.unread:
        yield Finding(rule=NOT_READ, about=what, message="it is not looked at here", certain=False)


def _name(place: Place) -> tuple[str, str | None, str]:
    return place.about, place.account, place.policy.name
