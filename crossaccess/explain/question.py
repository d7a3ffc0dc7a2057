"""What is asked: who, what, and on what, in the words of a command line, found in a picture.

A question that could only be answered "not allowed" because it is mistyped is refused: an action that AWS
does not have, a bucket or a name that nobody knows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from crossaccess.decide import RequestError
from crossaccess.decide.caller import Caller, CallerKind, classify
from crossaccess.decide.pattern import arn_matches, arn_patterns_of
from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.picture import Bucket, Grant, Picture, Principal
from crossaccess.explain.circumstances import Circumstances
from crossaccess.explain.operations import OPERATIONS
from crossaccess.policy.access import ACTIONS, Scope
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.principal import Principal as Named
from crossaccess.policy.principal import PrincipalKind

_URL: Final = "s3://"
_KEY_ID: Final = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_OF_GRANT: Final = "grant/"
_LISTING: Final = frozenset(one.name.lower() for one in ACTIONS.values() if one.scope is Scope.LISTING)
_SERVICES: Final = {"s3": "s3", "kms": "kms", "sts": "iam"}
_OF_OTHERS: Final = {
    "kms": "a KMS key: give its ARN, such as arn:aws:kms:eu-central-1:111111222222:key/KEYID",
    "sts": "a role: give its ARN, such as arn:aws:iam::111111222222:role/NAME",
}
_SINGLE: Final = (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.PERMISSION_SET)
# What AWS puts behind a permission set's name is AWS's choice; any choice is matched alike.
_SUFFIX: Final = "0123456789abcdef"


class ResourceKind(Enum):
    """What can be asked about."""

    OBJECT = "object"
    BUCKET = "bucket"
    KEY = "key"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What the action is asked on. `prefix` is what is listed, where something is.

    `sends_prefix`: the request says so, be it an empty one, as `aws s3 ls s3://BUCKET/` does.
    """

    kind: ResourceKind
    arn: str
    bucket: str | None = None
    key: str | None = None
    prefix: str | None = None
    sends_prefix: bool = False

    @property
    def partition(self) -> str:
        """The partition that it is in."""
        parsed = parse_arn(self.arn)
        return "aws" if parsed is None else parsed.partition


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """One principal. `arn` is that of a user, or of a role for its sessions.

    `session` is the ARN of the one session that was asked about. Where no source holds its role, whose path
    nobody knows then, `arn` is that, too.
    """

    label: str
    arn: str
    session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about one or, by a grant's name, several principals.

    `grants` are those that were named in the place of a principal. `key` is the KMS key that the objects are
    encrypted with, by its ARN or id; by default the bucket's.
    """

    who: tuple[Who, ...]
    action: str
    resource: Resource
    circumstances: Circumstances
    grants: tuple[Grant, ...] = ()
    key: str | None = None


def read_question(
    picture: Picture,
    asked: tuple[str, str, str],
    circumstances: Circumstances,
    *,
    key: str | None = None,
) -> Question:
    """Find what the three words PRINCIPAL, ACTION and RESOURCE mean. Raises `SourceError`."""
    principal, action, resource = asked
    grants = _grants(picture, principal)
    named = _action(action)
    return Question(
        who=tuple(_principals(picture, principal, grants)),
        action=named,
        resource=_resource(picture, named, resource),
        circumstances=circumstances,
        grants=grants,
        key=None if key is None else _key(key),
    )


def _key(text: str) -> str:
    """The KMS key of `--key`: an empty text would be none, and an alias is another key in each account."""
    parsed = parse_arn(text)
    named = text if parsed is None else parsed.resource.removeprefix("key/")
    in_kms = parsed is None or (parsed.service == "kms" and parsed.resource.startswith("key/"))
    if not in_kms or not _KEY_ID.fullmatch(named):
        raise SourceError(
            f"--key is {text!r}: give the key's ARN or id, such as "
            "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-12ab-34cd-56ef-1234567890ab; no alias, which "
            "is looked up in the account of whoever asks"
        )
    return text


def _grants(picture: Picture, named: str) -> tuple[Grant, ...]:
    name = named.removeprefix(_OF_GRANT)
    found = tuple(one for one in picture.grants if one.name == name)
    if named.startswith(_OF_GRANT):
        if not found:
            known = _some(sorted({one.name for one in picture.grants}))
            raise SourceError(f"no grant here is called {name!r}: there are {known}")
        return found
    if found and _by_name(picture, name):
        raise SourceError(f"{name!r} is a grant and a principal: give grant/{name}, or user/{name}")
    return found


def _principals(picture: Picture, named: str, grants: Sequence[Grant]) -> Iterator[Who]:
    if grants:
        yield from _of_grants(grants)
        return
    if named.startswith("arn:"):
        yield _by_arn(picture, named)
        return
    found = _by_name(picture, named)
    if len(found) == 1:
        yield from found
        return
    if found:
        raise SourceError(f"{named!r} is several principals: give one of {_some([one.arn for one in found])}")
    known = sorted(
        {one.label for one in picture.principals} | {p for g in picture.grants for p in g.principals}
    )
    raise SourceError(
        f"{named!r} is no principal and no grant that a source here tells of ({_some(known)}): give its ARN, "
        "such as arn:aws:iam::112233445566:user/bob"
    )


def _by_name(picture: Picture, named: str) -> list[Who]:
    """Those of this name or label, whom a source holds or a grant names."""
    found = [
        who
        for one in picture.principals
        if named in (one.name, one.label, f"{one.kind}/{one.name}")
        if (who := _of_principal(one)) is not None
    ]
    for grant in picture.grants:
        for label in grant.principals:
            kind, _, rest = label.partition("/")
            name = rest.rpartition("/")[2]
            who = who_is(grant, label)
            if who is not None and named in (label, name, f"{kind}/{name}"):
                found.append(who)
    return list({one.arn: one for one in reversed(found)}.values())[::-1]


def _of_principal(principal: Principal) -> Who | None:
    arns = principal.arn_patterns
    return Who(label=principal.label, arn=_exemplary(arns[-1])) if arns else None


def who_is(grant: Grant, label: str) -> Who | None:
    """A principal that a grant names singly; `None` for an account, an organization or a unit."""
    kind, _, rest = label.partition("/")
    if kind not in _SINGLE or not rest or grant.account is None:
        return None
    path, _, name = f"/{rest}".rpartition("/")
    named = Named(kind=PrincipalKind(kind), name=name, path=f"{path}/")
    patterns = named.arn_patterns(partition=grant.partition, account=grant.account)
    return Who(label=label, arn=_exemplary(patterns[-1]))


def _exemplary(pattern: str) -> str:
    """One of the ARNs that a permission set's roles can have."""
    return pattern.replace("?" * len(_SUFFIX), _SUFFIX)


def _of_grants(grants: Sequence[Grant]) -> Iterator[Who]:
    found = [who for one in grants for label in one.principals if (who := who_is(one, label)) is not None]
    if not found:
        names = _some([label for one in grants for label in one.principals])
        raise SourceError(
            f"the grant {grants[0].name!r} names nobody singly ({names}): give the principal's ARN instead"
        )
    yield from {one.arn: one for one in found}.values()


def _by_arn(picture: Picture, text: str) -> Who:
    try:
        caller = classify(text)
    except RequestError:
        raise SourceError(
            f"PRINCIPAL is {text!r}, which is no ARN of a user, a role, a session, a federated user or the "
            "root of an account: those are such as arn:aws:iam::112233445566:user/bob"
        ) from None
    if caller.kind is CallerKind.SESSION:
        return _session(picture, caller)
    return Who(label=_label(picture, text), arn=text)


def _session(picture: Picture, caller: Caller) -> Who:
    """One session of a role, whose ARN has lost the role's path: a source that holds the role tells it."""
    told = (caller.account, caller.role_name)
    held = (one for one in picture.principals if one.kind is PrincipalKind.ROLE)
    roles = (one.arn for one in held if (one.account, one.name) == told)
    arn = next((one for one in roles if one is not None), None) or _told_of(picture, caller)
    if arn is None:
        return Who(label=f"role/{caller.role_name}", arn=caller.arn)
    return Who(label=_label(picture, arn), arn=arn, session=caller.arn)


def _told_of(picture: Picture, caller: Caller) -> str | None:
    """The ARN of a session's role, where a grant names it or it is one of a permission set that is known."""
    known = [one.arn_patterns[-1] for one in picture.principals if one.arn is None and one.arn_patterns]
    known += [who.arn for grant in picture.grants for one in grant.principals if (who := who_is(grant, one))]
    for pattern in known:
        folder, _, name = pattern.replace(_SUFFIX, "?" * len(_SUFFIX)).rpartition("/")
        arn = f"{folder}/{caller.role_name}"
        parsed = parse_arn(arn)
        if parsed is None or parsed.account != caller.account or not parsed.resource.startswith("role/"):
            continue
        if fits(f"{folder}/{name}", arn):
            return arn
    return None


def _label(picture: Picture, arn: str) -> str:
    """What people call it: of a permission set's role, the permission set."""
    sets = [one for one in picture.principals if one.arn is None]
    labels = [one.label for one in sets if any(fits(pattern, arn) for pattern in one.arn_patterns)]
    parsed = parse_arn(arn)
    return labels[0] if labels else (arn if parsed is None else parsed.resource)


def fits(pattern: str, arn: str) -> bool:
    """Whether an ARN is one of those that a pattern of `aws:PrincipalArn` is about."""
    patterns = arn_patterns_of(pattern)
    return patterns is not None and arn_matches(patterns, arn)


def _action(text: str) -> str:
    """The action as AWS spells it."""
    service = text.partition(":")[0].lower()
    known = {one.lower(): one for one in ACTIONS}
    if text.lower() in known:
        return known[text.lower()]
    if service not in _SERVICES or "*" in text or "?" in text:
        raise SourceError(f"ACTION is {text!r}: give one action of s3, kms or sts, such as s3:GetObject")
    # AWS's whole list is read for the rarer ones only: it takes time.
    from crossaccess.compare.services import actions_matching, as_of  # noqa: PLC0415

    found = actions_matching((text,), (service,))
    if not found:
        called = OPERATIONS.get(text.partition(":")[2].lower()) if service == "s3" else None
        if called is not None:
            raise SourceError(f"{text} is an operation of S3's API and no action: it needs {called}")
        raise SourceError(f"no action is called {text} in AWS's list of {as_of()}: check its spelling")
    return found[0]


def _resource(picture: Picture, action: str, text: str) -> Resource:
    service = action.partition(":")[0]
    on = _OF_OTHERS.get(service)
    if on is not None and (text.startswith(_URL) or ":s3:" in text):
        raise SourceError(f"RESOURCE is {text}, and {action} is asked on {on}")
    if text.startswith(_URL):
        name, slash, key = text.removeprefix(_URL).partition("/")
        bucket = _bucket(picture, name)
        partition = "aws" if bucket is None else bucket.partition
        found = _in_s3(action, f"arn:{partition}:s3:::{name}", key, sends_prefix=bool(slash))
    else:
        parsed = parse_arn(text)
        if parsed is None:
            raise SourceError(
                f"RESOURCE is {text!r}: give s3://BUCKET/KEY, or an ARN such as arn:aws:s3:::BUCKET/KEY"
            )
        if parsed.service == "s3" and not parsed.region and not parsed.account:
            name, slash, key = parsed.resource.partition("/")
            _bucket(picture, name)
            found = _in_s3(action, text.partition("/")[0], key, sends_prefix=bool(slash))
        elif parsed.service == "kms" and parsed.resource.startswith("key/"):
            found = Resource(kind=ResourceKind.KEY, arn=text)
        elif parsed.service == "iam" and parsed.resource.startswith("role/"):
            found = Resource(kind=ResourceKind.ROLE, arn=text)
        else:
            raise SourceError(f"RESOURCE is {text!r}: it can be a bucket, an object, a KMS key or a role")
    asked_on = parse_arn(found.arn)
    if asked_on is None or asked_on.service != _SERVICES[service]:
        raise SourceError(f"{action} is never asked on {text}: check ACTION and RESOURCE")
    return found


def _in_s3(action: str, arn: str, key: str, *, sends_prefix: bool) -> Resource:
    """An object, or the bucket; for lists the key is the prefix that is listed."""
    bucket = arn.rpartition(":")[2]
    if action.lower() in _LISTING:
        kind = ResourceKind.BUCKET
        return Resource(kind=kind, arn=arn, bucket=bucket, prefix=key, sends_prefix=sends_prefix)
    if _is_about_objects(action):
        if not key:
            raise SourceError(f"{action} is asked on an object: give its key, s3://{bucket}/KEY")
        return Resource(kind=ResourceKind.OBJECT, arn=f"{arn}/{key}", bucket=bucket, key=key)
    if key:
        raise SourceError(f"{action} is asked on the bucket: give s3://{bucket}")
    return Resource(kind=ResourceKind.BUCKET, arn=arn, bucket=bucket)


def _is_about_objects(action: str) -> bool:
    known = ACTIONS.get(action)
    if known is not None:
        return known.scope is Scope.OBJECTS
    from crossaccess.compare.services import resource_types_of  # noqa: PLC0415 - see above

    return any(one.name == "object" for one in resource_types_of(action))


def _bucket(picture: Picture, name: str) -> Bucket | None:
    """The bucket; `None` where no source tells of any."""
    found = next((one for one in picture.buckets if one.name == name), None)
    names = {one.name for one in picture.buckets} | {one.bucket for one in picture.grants}
    if names and name not in names:
        known = _some(sorted(names))
        raise SourceError(f"no source here tells of a bucket {name!r}: there are {known}")
    return found


def _some(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(names[:most]) or "none"
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
