"""STS: the gate itself answers who a caller is and hands out temporary credentials."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.sax.saxutils import escape

from sandbox.gate.callers import CallerKind
from sandbox.gate.errors import AwsError, Response
from sandbox.gate.estate import PARTITION, iam, role_by_arn
from sandbox.gate.exchange import Exchange
from sandbox.gate.query_parameters import members
from sandbox.gate.save_checks import check_session_policy
from sandbox.gate.sizes import SESSION_POLICIES
from sandbox.gate.sts_calls import (
    DEFAULT_SECONDS,
    seconds,
    session_tags,
    shows_mfa,
    source_identity,
)
from sandbox.gate.world import Session, new_id, new_secret

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_CHAINED = 3_600  # seconds that a role assumed by a role's session gets at most
_USER_DEFAULT = 43_200
_TOKEN_LENGTH = 356


def serve_sts(exchange: Exchange) -> Response:
    """Do an STS call that is allowed."""
    return _EFFECTS[exchange.call.operation](exchange)


def _get_caller_identity(exchange: Exchange) -> Response:
    caller = exchange.caller
    return _answer(
        "GetCallerIdentity",
        f"<Arn>{escape(caller.arn)}</Arn><UserId>{escape(caller.unique_id or '')}</UserId>"
        f"<Account>{caller.account}</Account>",
    )


def _get_session_token(exchange: Exchange) -> Response:
    caller, call = exchange.caller, exchange.call
    if caller.kind is not CallerKind.USER or caller.session is not None:
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
    duration = seconds(call.parameters, _USER_DEFAULT, of_user=True)
    now = exchange.world.clock()
    session = replace(
        _new_session(caller.account or "", now, duration),
        user_arn=caller.arn,
        user_id=caller.unique_id,
        mfa_at=now if shows_mfa(call.parameters, caller) else None,
    )
    _remember(exchange, session)
    return _answer("GetSessionToken", _credentials(session))


def _assume_role(exchange: Exchange) -> Response:
    caller, parameters = exchange.caller, exchange.call.parameters
    role = role_by_arn(exchange.call.text("RoleArn") or "")
    name = exchange.call.text("RoleSessionName") or ""
    if role is None:
        raise AwsError("AccessDenied", "The role is not there.", 403)
    duration = seconds(parameters, DEFAULT_SECONDS)
    if duration > int(role.max_session_duration or DEFAULT_SECONDS):
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    if caller.in_role and duration > _CHAINED:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
            "chaining",
        )
    tags, transitive = session_tags(parameters, caller)
    policies, policy_arns = _session_policies(exchange, str(role.account_id))
    session = replace(
        _new_session(str(role.account_id), exchange.world.clock(), duration),
        role_arn=str(role.arn),
        role_id=str(role.id),
        name=name,
        policies=policies,
        policy_arns=policy_arns,
        tags=tags,
        transitive=transitive,
        source_identity=source_identity(parameters, caller),
    )
    _remember(exchange, session)
    arn = f"arn:{PARTITION}:sts::{role.account_id}:assumed-role/{role.name}/{name}"
    identity = session.source_identity
    return _answer(
        "AssumeRole",
        _credentials(session)
        + f"<AssumedRoleUser><AssumedRoleId>{role.id}:{escape(name)}</AssumedRoleId>"
        + f"<Arn>{escape(arn)}</Arn></AssumedRoleUser>"
        + (f"<SourceIdentity>{escape(identity)}</SourceIdentity>" if identity is not None else ""),
    )


def _session_policies(exchange: Exchange, account: str) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    text = exchange.call.text("Policy")
    if text is not None:
        if len(text) > SESSION_POLICIES:
            raise AwsError("ValidationError", f"A session policy has at most {SESSION_POLICIES} characters.")
        check_session_policy(text)
    listed = members(exchange.call.parameters, "PolicyArns")
    arns = tuple(item.get("arn", "") for item in listed)
    held = iam(account).managed_policies
    for arn in arns:
        if arn not in held:
            raise AwsError("ValidationError", f"The managed session policy {arn!r} is not there.")
    return None if text is None else (text,), arns


def _new_session(account: str, now: dt.datetime, duration: int) -> Session:
    return Session(
        access_key_id=new_id("ASIA", 20),
        secret_access_key=new_secret(),
        token=new_secret(_TOKEN_LENGTH),
        account=account,
        issued=now,
        expires=now + dt.timedelta(seconds=duration),
    )


def _remember(exchange: Exchange, session: Session) -> None:
    exchange.world.sessions[session.access_key_id] = session


def _credentials(session: Session) -> str:
    return (
        f"<Credentials><AccessKeyId>{session.access_key_id}</AccessKeyId>"
        f"<SecretAccessKey>{session.secret_access_key}</SecretAccessKey>"
        f"<SessionToken>{session.token}</SessionToken>"
        f"<Expiration>{session.expires:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
    )


def _answer(operation: str, result: str) -> Response:
    body = (
        f'<{operation}Response xmlns="{_NAMESPACE}"><{operation}Result>{result}</{operation}Result>'
        f"<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>"
        f"</{operation}Response>"
    ).encode()
    return Response(
        status=200, headers=(("Content-Type", "text/xml"), ("Content-Length", str(len(body)))), body=body
    )


_EFFECTS: Mapping[str, Callable[[Exchange], Response]] = {
    "AssumeRole": _assume_role,
    "GetCallerIdentity": _get_caller_identity,
    "GetSessionToken": _get_session_token,
}
