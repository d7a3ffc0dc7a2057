"""STS: what a call needs, and the checks that AWS makes before it looks at any policy.

STS API Reference, "AssumeRole", "GetSessionToken", "GetCallerIdentity"; IAM User Guide, "Pass session tags in
AWS STS" and "Monitor and control actions taken with assumed roles". Which condition keys an action has:
Service Authorization Reference, "Actions, resources, and condition keys for AWS Security Token Service".
"""

import re
from collections.abc import Mapping

from sandbox.gate.callers import Caller, CallerKind
from sandbox.gate.calls import Call, Need
from sandbox.gate.errors import AwsError, UnmappedError
from sandbox.gate.estate import find_user, role_by_arn
from sandbox.gate.query_parameters import members, read_parameters, tag_keys, tags
from sandbox.gate.received import Received

DEFAULT_SECONDS = 3600
_MIN_SECONDS, _MAX_SECONDS = 900, 43_200
_MAX_USER_SECONDS = 129_600
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/\\-]{2,1224}", re.ASCII)
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_MAX_TAGS = 50
# What anyone who has credentials may ask for, whatever the policies say.
_FREE = frozenset({"GetCallerIdentity", "GetSessionToken"})


def map_sts(received: Received, caller: Caller) -> Call:
    """Map an STS call to what it needs.

    Raises `AwsError` (`ValidationError`, `AccessDenied`) for what AWS refuses whatever the policies say,
    and `UnmappedError` for what the gate cannot judge.
    """
    parameters = read_parameters(received)
    operation = parameters["Action"]
    if caller.account is None:
        raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    if operation in _FREE:
        return Call(service="sts", operation=operation, parameters=parameters)
    if operation != "AssumeRole":
        raise UnmappedError(f"The gate does not judge {operation} of STS.")
    _check(parameters)
    return Call(service="sts", operation=operation, needs=_needs(parameters, caller), parameters=parameters)


def seconds(parameters: Mapping[str, object], default: int, *, of_user: bool = False) -> int:
    """Read `DurationSeconds`. Raises `AwsError`: `ValidationError` outside of what AWS takes at all."""
    given = parameters.get("DurationSeconds")
    top = _MAX_USER_SECONDS if of_user else _MAX_SECONDS
    if given is None:
        return default
    text = str(given)
    if not (text.isascii() and text.isdigit()) or not _MIN_SECONDS <= int(text[:9]) <= top:
        raise AwsError(
            "ValidationError", f"DurationSeconds is {text!r}: it is a number from {_MIN_SECONDS} to {top}."
        )
    return int(text)


def shows_mfa(parameters: Mapping[str, object], caller: Caller) -> bool:
    """Whether the call shows an MFA code of a device of the caller's.

    The gate takes any six digits: what it stands for is that there is a device, not the clock inside.
    """
    serial, code = parameters.get("SerialNumber"), parameters.get("TokenCode")
    if serial is None and code is None:
        return False
    user = find_user(caller.account or "", caller.name or "") if caller.kind is CallerKind.USER else None
    if user is None or serial not in user.mfa_devices or not _CODE.fullmatch(str(code)):
        raise AwsError(
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            403,
        )
    return True


def source_identity(parameters: Mapping[str, object], caller: Caller) -> str | None:
    """Return the source identity of the new session: a chained one keeps the one that it has."""
    given = parameters.get("SourceIdentity")
    kept = caller.session.source_identity if caller.session is not None else None
    return str(given) if given is not None else kept


def session_tags(parameters: Mapping[str, object], caller: Caller) -> tuple[dict[str, str], frozenset[str]]:
    """Return the new session's tags, and which of them go on to sessions chained from it.

    Transitive tags of the caller's session go along, and cannot be set anew.
    """
    given = tags(parameters)
    kept = {}
    if caller.session is not None:
        kept = {name: caller.session.tags[name] for name in caller.session.transitive}
    again = sorted({name.lower() for name in kept} & {name.lower() for name in given})
    if again:
        raise AwsError("InvalidParameterValue", f"The tags {', '.join(again)} are transitive: they stay.")
    named = {member.get("", "") for member in members(parameters, "TransitiveTagKeys")}
    if not named <= given.keys():
        raise AwsError("InvalidParameterValue", "A transitive tag key is not among the tags.")
    return kept | given, frozenset(kept) | named


def _check(parameters: Mapping[str, str]) -> None:
    for name in ("RoleArn", "RoleSessionName"):
        if not parameters.get(name):
            raise AwsError("ValidationError", f"The request lacks {name}.")
    for name, pattern in (
        ("RoleSessionName", _NAME),
        ("SourceIdentity", _NAME),
        ("ExternalId", _EXTERNAL_ID),
    ):
        value = parameters.get(name)
        if value is not None and not pattern.fullmatch(value):
            raise AwsError(
                "ValidationError",
                f"1 validation error detected: Value '{value}' at '{name[0].lower()}{name[1:]}' failed to "
                f"satisfy constraint: Member must satisfy regular expression pattern: {pattern.pattern}",
            )
    seconds(parameters, DEFAULT_SECONDS)
    if len(tags(parameters)) > _MAX_TAGS:
        raise AwsError("ValidationError", f"A session has at most {_MAX_TAGS} tags.")


def _needs(parameters: Mapping[str, str], caller: Caller) -> tuple[Need, ...]:
    arn = parameters["RoleArn"]
    role = role_by_arn(arn)
    if caller.kind is CallerKind.ROOT:
        raise AwsError("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    if role is None:
        # The same answer as for a role that does not trust the caller: nobody learns which roles exist.
        raise AwsError(
            "AccessDenied",
            f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            403,
        )
    # Global keys are those of every action.
    shared: dict[str, tuple[str, ...]] = {
        f"aws:ResourceTag/{tag['Key']}": (tag["Value"],) for tag in role.tags
    }
    if shows_mfa(parameters, caller):
        shared |= {"aws:MultiFactorAuthPresent": ("true",), "aws:MultiFactorAuthAge": ("0",)}
    identity = source_identity(parameters, caller)
    identities: dict[str, tuple[str, ...]] = {} if identity is None else {"sts:SourceIdentity": (identity,)}
    given, transitive = session_tags(parameters, caller)
    tagged = tag_keys(given)
    if transitive:
        tagged["sts:TransitiveTagKeys"] = tuple(sorted(transitive))
    own: dict[str, tuple[str, ...]] = {"sts:RoleSessionName": (parameters["RoleSessionName"],)}
    if "ExternalId" in parameters:
        own["sts:ExternalId"] = (parameters["ExternalId"],)
    own |= {f"iam:ResourceTag/{tag['Key']}": (tag["Value"],) for tag in role.tags}
    keys: dict[str, dict[str, tuple[str, ...]]] = {"sts:AssumeRole": own | tagged | identities}
    if given:
        keys["sts:TagSession"] = tagged
    if identity is not None:
        keys["sts:SetSourceIdentity"] = identities
    owner = str(role.account_id)
    return tuple(
        Need(action=action, resource=arn, owner=owner, keys=shared | more) for action, more in keys.items()
    )
