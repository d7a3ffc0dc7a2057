"""Which policies an answer knew: stacks do not hold all that an account has."""

from collections.abc import Iterable, Iterator

from crossaccess.compare.change import Unclear
from crossaccess.compare.reading import Readings
from crossaccess.deployment.picture import Group, Picture, Policy, Principal
from crossaccess.explain.result import Known
from crossaccess.policy.document import PolicyKind

_Kinds = Iterable[tuple[Policy | None, PolicyKind]]
NOT_HELD = "no source here holds it"


def known_in(picture: Picture, readings: Readings) -> Iterator[Known]:
    """What was read of each bucket, key, role and principal. `readings` has read it already."""
    reasons = {one.name: one.reason for one in readings.unclear}

    def known(whose: str, account: str | None, policies: _Kinds, *, whole: bool) -> Known:
        read: dict[str, None] = {}
        unread: dict[str, str] = {}
        for policy, kind in policies:
            if policy is None:
                continue
            if readings.statements(policy, kind) is None:
                unread[policy.name] = reasons.get(policy.name, "its text is not known")
            else:
                read[policy.name] = None
        return Known(
            whose=whose, account=account, read=tuple(read), unread=tuple(unread.items()), whole=whole
        )

    for bucket in picture.buckets:
        label = f"bucket {bucket.name}"
        if bucket.held:
            own = [(bucket.policy, PolicyKind.RESOURCE)]
            yield known(label, bucket.account, own, whole=True)
        else:
            unread = ((f"bucket policy of {bucket.name}", NOT_HELD),)
            yield Known(whose=label, account=bucket.account, read=(), unread=unread)
    for key in picture.keys:
        own = [(key.policy, PolicyKind.RESOURCE)]
        yield known(f"key {key.name}", key.account, own, whole=key.policy is not None)
    for principal in picture.principals:
        own = [(one, PolicyKind.IDENTITY) for one in principal.policies]
        own += [(principal.boundary, PolicyKind.BOUNDARY), (principal.trust, PolicyKind.TRUST)]
        yield known(principal.label, principal.account, own, whole=principal.held)
    for group in picture.groups:
        own = [(one, PolicyKind.IDENTITY) for one in group.policies]
        yield known(f"members of {group.label}", group.account, own, whole=group.held)


def unclear_in(picture: Picture) -> Iterator[Unclear]:
    """What stands in a picture and cannot be looked at: it has no name or no account yet."""
    for bucket in picture.buckets:
        if bucket.unknown is not None:
            yield Unclear(name=f"bucket {bucket.name}", reason=bucket.unknown)
    things: list[Principal | Group] = [*picture.principals, *picture.groups]
    for one in things:
        if one.unknown is not None:
            yield Unclear(name=one.label, reason=one.unknown)
        elif one.account is None:
            yield Unclear(name=one.label, reason="nobody tells its account")
