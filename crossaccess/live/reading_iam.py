"""Reading users, roles, groups and their policies out of IAM."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crossaccess.deployment.seen import Carried, SeenGroup, SeenPrincipal, Text, Unread
from crossaccess.live.asking import Asking, Missing
from crossaccess.policy.principal import PrincipalKind

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_MISSING = frozenset({"NoSuchEntity"})
_RESERVED = "/aws-reserved/sso.amazonaws.com/"
_GONE = SeenPrincipal(there=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calls:
    """How IAM calls its operations for one kind of principal: `GetUserPolicy`, with a `UserName`."""

    word: str

    @property
    def name(self) -> str:
        """The parameter that names the principal."""
        return f"{self.word}Name"

    @property
    def managed(self) -> str:
        """The operation that lists attached managed policies."""
        return f"ListAttached{self.word}Policies"

    @property
    def inline(self) -> str:
        """The operation that lists the names of inline policies."""
        return f"List{self.word}Policies"

    @property
    def document(self) -> str:
        """The operation that gives an inline policy."""
        return f"Get{self.word}Policy"


_USERS, _ROLES, _GROUPS = _Calls(word="User"), _Calls(word="Role"), _Calls(word="Group")


class Identities:
    """Reads one account's IAM (IAM API Reference). Nothing here calls an operation that writes."""

    def __init__(self, iam: "IAMClient", asking: Asking) -> None:
        self._iam = iam
        self._asking = asking

    def principal(self, kind: PrincipalKind, name: str) -> SeenPrincipal:
        """A user or a role by name."""
        return self._user(name) if kind is PrincipalKind.USER else self._role(name)

    def permission_set(self, name: str, roles: Sequence[str] | Unread) -> SeenPrincipal:
        """The role that IAM Identity Center made of a permission set, out of those that it made.

        IAM Identity Center User Guide, "Referencing permission sets in resource policies, Amazon EKS Cluster
        config maps, and AWS KMS key policies": the role's name is the set's with a suffix.
        """
        if isinstance(roles, Unread):
            carried = Carried(managed=roles, inline=roles)
            return SeenPrincipal(there=roles, path=None, carried=carried, boundary=roles, trust=roles)
        made = re.compile(rf"AWSReservedSSO_{re.escape(name)}_[0-9A-Za-z]{{16}}", re.ASCII)
        found = next((one for one in roles if made.fullmatch(one)), None)
        return _GONE if found is None else self._role(found)

    def reserved_roles(self) -> tuple[str, ...] | Unread:
        """The names of the roles that IAM Identity Center made in the account."""
        found = self._all("ListRoles", "Roles", PathPrefix=_RESERVED)
        if isinstance(found, Missing):
            return ()
        return found if isinstance(found, Unread) else tuple(str(one["RoleName"]) for one in found)

    def group(self, name: str) -> SeenGroup:
        """A group by name."""
        carried = self._carried(_GROUPS, name)
        return SeenGroup(there=False) if carried is None else SeenGroup(carried=carried)

    def policy(self, arn: str) -> Text:
        """The text of a managed policy in its default version, which is the one that counts."""
        got = self._ask("GetPolicy", PolicyArn=arn)
        if not isinstance(got, Mapping):
            return None if isinstance(got, Missing) else got
        version = got["Policy"]["DefaultVersionId"]
        told = self._ask("GetPolicyVersion", PolicyArn=arn, VersionId=version)
        if not isinstance(told, Mapping):
            return None if isinstance(told, Missing) else told
        return _text(told["PolicyVersion"]["Document"])

    def _user(self, name: str) -> SeenPrincipal:
        got = self._ask("GetUser", UserName=name)
        carried = None if isinstance(got, Missing) else self._carried(_USERS, name)
        if carried is None or isinstance(got, Missing):
            return _GONE
        groups = self._all("ListGroupsForUser", "Groups", UserName=name)
        if isinstance(groups, Missing):
            return _GONE
        names = groups if isinstance(groups, Unread) else tuple(str(one["GroupName"]) for one in groups)
        if isinstance(got, Unread):
            return SeenPrincipal(there=got, path=None, carried=carried, boundary=got, groups=names)
        user = got["User"]
        return SeenPrincipal(path=user["Path"], carried=carried, boundary=_boundary(user), groups=names)

    def _role(self, name: str) -> SeenPrincipal:
        got = self._ask("GetRole", RoleName=name)
        carried = None if isinstance(got, Missing) else self._carried(_ROLES, name)
        if carried is None or isinstance(got, Missing):
            return _GONE
        if isinstance(got, Unread):
            return SeenPrincipal(there=got, path=None, carried=carried, boundary=got, trust=got)
        role = got["Role"]
        return SeenPrincipal(
            path=role["Path"],
            carried=carried,
            boundary=_boundary(role),
            trust=_text(role["AssumeRolePolicyDocument"]),
            seconds=role.get("MaxSessionDuration"),
        )

    def _carried(self, calls: _Calls, name: str) -> Carried | None:
        """The policies that somebody carries; `None` where there is no such principal."""
        whose = {calls.name: name}
        managed = self._all(calls.managed, "AttachedPolicies", **whose)
        names = self._all(calls.inline, "PolicyNames", **whose)
        if isinstance(managed, Missing) or isinstance(names, Missing):
            return None
        return Carried(
            managed=managed
            if isinstance(managed, Unread)
            else tuple(str(one["PolicyArn"]) for one in managed),
            inline=names if isinstance(names, Unread) else self._documents(calls, whose, map(str, names)),
        )

    def _documents(
        self, calls: _Calls, whose: Mapping[str, str], names: Iterable[str]
    ) -> dict[str, str | Unread]:
        found: dict[str, str | Unread] = {}
        for name in names:
            got = self._ask(calls.document, **whose, PolicyName=name)
            if isinstance(got, Unread):
                found[name] = got
            elif isinstance(got, Mapping):
                found[name] = _text(got["PolicyDocument"])
        return found

    def _ask(
        self, operation: str, **said: str
    ) -> Mapping[str, Any] | Missing | Unread:  # Any: boto3's answer
        call: Callable[..., Mapping[str, Any]] = getattr(self._iam, _snake(operation))  # Any: the same
        return self._asking.ask(lambda: call(**said), f"iam:{operation}", missing=_MISSING)

    def _all(
        self, operation: str, key: str, **said: str
    ) -> tuple[Any, ...] | Missing | Unread:  # Any: names or objects of boto3
        """What all pages of a list hold."""
        # Any: each operation's paginator has a type of its own, and the name is ours.
        pages: Any = self._iam.get_paginator(_snake(operation))  # type: ignore[call-overload]
        return self._asking.ask(
            lambda: tuple(one for page in pages.paginate(**said) for one in page[key]),
            f"iam:{operation}",
            missing=_MISSING,
        )


def _snake(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def _boundary(entity: Mapping[str, Any]) -> str | None:  # Any: boto3's answer
    boundary = entity.get("PermissionsBoundary") or {}
    arn = boundary.get("PermissionsBoundaryArn")
    return None if arn is None else str(arn)


def _text(document: object) -> str:
    """A policy as JSON; botocore has made an object of it already, where it could."""
    return document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
