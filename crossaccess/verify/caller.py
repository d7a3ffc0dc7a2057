"""Who the requester is, and which grants are theirs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crossaccess.deployment.picture import Grant, Picture, Principal
from crossaccess.policy.arn import Arn, parse_arn
from crossaccess.policy.principal import PrincipalKind

_WIDE = ("account", "organization", "organizational-unit")
_RESERVED_ROLE = re.compile(r"AWSReservedSSO_(?P<set>.+)_[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who calls, as STS tells it.

    `principal_arn` is the user's ARN or, of a session, its role's with the path, as far as somebody tells
    that path. `temporary` is whether the credentials are a session's.
    """

    arn: str
    account: str
    partition: str
    kind: PrincipalKind | None
    name: str
    principal_arn: str | None
    temporary: bool

    def named_by(self, grant: Grant) -> bool:
        """Whether a grant is for them: by name, by the whole account, or maybe by an organization."""
        if grant.account is None:
            return True
        return grant.account == self.account and any(map(self._is, grant.principals))

    def _is(self, label: str) -> bool:
        kind, _, rest = label.partition("/")
        if kind in _WIDE:
            return True
        if kind == "permission-set":
            found = _RESERVED_ROLE.fullmatch(self.name)
            return found is not None and self.kind is PrincipalKind.ROLE and found["set"] == rest
        # A session's ARN has lost the role's path; IAM tells no two names apart by it.
        return self.kind == kind and rest.rpartition("/")[2].lower() == self.name.lower()

    def held_in(self, picture: Picture) -> Principal | None:
        """What the picture knows of them; `None` where it knows nothing."""
        found = _RESERVED_ROLE.fullmatch(self.name) if self.kind is PrincipalKind.ROLE else None
        kind = self.kind if found is None else PrincipalKind.PERMISSION_SET
        name = self.name if found is None else found["set"]
        return next(
            (
                one
                for one in picture.principals
                if one.kind is kind and one.account == self.account and one.name.lower() == name.lower()
            ),
            None,
        )


def requester_of(arn: str, picture: Picture, *, temporary: bool) -> Requester | None:
    """Read what STS calls a caller; `None` for one that is neither user nor role nor root."""
    parsed = parse_arn(arn)
    if parsed is None:
        return None
    kind, _, rest = parsed.resource.partition("/")
    if parsed.service == "iam" and kind == "user":
        return _requester(parsed, PrincipalKind.USER, rest.rpartition("/")[2], arn, temporary=temporary)
    if parsed.service == "iam" and kind == "root":
        return _requester(parsed, None, "root", arn, temporary=temporary)
    if parsed.service == "sts" and kind == "assumed-role":
        name = rest.partition("/")[0]
        return _requester(parsed, PrincipalKind.ROLE, name, _role_arn(parsed, name, picture), temporary=True)
    return None


def _requester(
    arn: Arn, kind: PrincipalKind | None, name: str, principal: str | None, *, temporary: bool
) -> Requester:
    return Requester(
        arn=str(arn),
        account=arn.account,
        partition=arn.partition,
        kind=kind,
        name=name,
        principal_arn=principal,
        temporary=temporary,
    )


def _role_arn(session: Arn, name: str, picture: Picture) -> str | None:
    """The ARN of the role of a session, with the path that the picture tells of it."""
    labels = {one.label for one in picture.principals if one.account == session.account and one.path_told}
    labels |= set(_labels(picture.grants, session.account))
    paths = {
        label
        for label in labels
        if label.startswith("role/") and label.rpartition("/")[2].lower() == name.lower()
    }
    return f"arn:{session.partition}:iam::{session.account}:{paths.pop()}" if len(paths) == 1 else None


def _labels(grants: Iterable[Grant], account: str) -> Iterable[str]:
    return (label for grant in grants if grant.account == account for label in grant.principals)
