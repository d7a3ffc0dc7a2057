"""What IAM checks when something is saved, and how it shows saved policies."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sandbox.gate.errors import AwsError, Response, UnmappedError
from sandbox.gate.estate import find_group, find_role, find_user, iam, set_user_boundary
from sandbox.gate.exchange import Exchange
from sandbox.gate.iam_boundaries import (
    check_boundary,
    delete_user_boundary,
    get_user,
    put_user_boundary,
    set_role_boundary,
    show_user_boundary,
)
from sandbox.gate.iam_protected import check_modifiable
from sandbox.gate.principals import restore
from sandbox.gate.save_checks import check_identity_policy, check_trust_policy
from sandbox.gate.sizes import (
    ATTACHED_POLICIES,
    INLINE_POLICIES,
    MANAGED_POLICY,
    POLICIES,
    ROLES,
    check_quota,
    without_white_space,
)
from sandbox.gate.world import new_id

if TYPE_CHECKING:
    from moto.iam.models import Group, Role, User

_SHORTEST, _LONGEST = 3_600, 43_200  # seconds: the range of a role's MaxSessionDuration


def serve_iam(exchange: Exchange) -> Response:
    """Do an IAM call that is allowed."""
    check_modifiable(exchange)
    response = _EFFECTS.get(exchange.call.operation, Exchange.hand_over)(exchange)
    return _shown(exchange, response)


def _shown(exchange: Exchange, response: Response) -> Response:
    """Put principals' ARNs back into the policies of a response: they come percent-encoded."""
    body = response.body.decode("utf-8")
    shown = restore(exchange.world, body, quoted=True)
    return response if shown == body else response.with_body(shown.encode())


def _create_user(exchange: Exchange) -> Response:
    """Give a new user a unique id as AWS writes them: moto's have another form."""
    boundary = check_boundary(exchange)
    response = exchange.hand_over()
    user = find_user(exchange.call.account or "", exchange.call.text("UserName") or "")
    if response.status != 200 or user is None:
        return response
    before, user.id = str(user.id), new_id("AIDA", 21)
    set_user_boundary(user, boundary)
    response = response.with_body(response.body.replace(before.encode(), str(user.id).encode()))
    return show_user_boundary(exchange, response)


def _create_role(exchange: Exchange) -> Response:
    account = exchange.call.account or ""
    check_quota(len(iam(account).roles) + 1, ROLES, f"Cannot exceed quota for RolesPerAccount: {ROLES}")
    _check_duration(exchange)
    check_boundary(exchange)
    return _save_trust(exchange, "AssumeRolePolicyDocument")


def _update_role(exchange: Exchange) -> Response:
    _check_duration(exchange)
    return exchange.hand_over()


def _check_duration(exchange: Exchange) -> None:
    text = exchange.call.text("MaxSessionDuration")
    if text is not None and not (text.isascii() and text.isdigit() and _SHORTEST <= int(text) <= _LONGEST):
        raise AwsError(
            "ValidationError",
            f"1 validation error detected: Value '{text}' at 'maxSessionDuration' failed to satisfy "
            f"constraint: Member must have a value from {_SHORTEST} to {_LONGEST}",
        )


def _update_trust(exchange: Exchange) -> Response:
    return _save_trust(exchange, "PolicyDocument")


def _save_trust(exchange: Exchange, name: str) -> Response:
    text = check_trust_policy(exchange.world, _document(exchange, name))
    return exchange.hand_over(parameters=dict(exchange.call.parameters) | {name: text})


def _put_inline(exchange: Exchange) -> Response:
    """Check an inline policy, and all of its owner's together."""
    text = _document(exchange, "PolicyDocument")
    check_identity_policy(text)
    kind, name, owner = _owner(exchange)
    if owner is not None:
        others = {
            policy: held
            for policy, held in owner.policies.items()
            if policy != exchange.call.text("PolicyName")
        }
        limit = INLINE_POLICIES[kind]
        check_quota(
            sum(map(without_white_space, [*others.values(), text])),
            limit,
            f"Maximum policy size of {limit} bytes exceeded for {kind} {name}",
        )
    return exchange.hand_over()


def _create_policy(exchange: Exchange) -> Response:
    account = exchange.call.account or ""
    own = sum(1 for arn in iam(account).managed_policies if f":{account}:" in arn)
    check_quota(own + 1, POLICIES, f"Cannot exceed quota for PoliciesPerAccount: {POLICIES}")
    return _create_version(exchange)


def _create_version(exchange: Exchange) -> Response:
    text = _document(exchange, "PolicyDocument")
    check_identity_policy(text)
    check_quota(
        without_white_space(text), MANAGED_POLICY, f"Cannot exceed quota for PolicySize: {MANAGED_POLICY}"
    )
    return exchange.hand_over()


def _attach(exchange: Exchange) -> Response:
    kind, _, owner = _owner(exchange)
    arn = exchange.call.text("PolicyArn")
    if owner is not None:
        check_quota(
            len({*owner.managed_policies, arn}),
            ATTACHED_POLICIES,
            f"Cannot exceed quota for PoliciesPer{kind.title()}: {ATTACHED_POLICIES}",
        )
    return exchange.hand_over()


def _delete_policy(exchange: Exchange) -> Response:
    """Keep a policy that is attached (IAM API Reference, "DeletePolicy"): the emulator would let it go."""
    held, arn = iam(exchange.call.account or ""), exchange.call.text("PolicyArn")
    owners: list[User | Group | Role] = [*held.users.values(), *held.groups.values(), *held.roles.values()]
    if any(arn in owner.managed_policies for owner in owners):
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    return exchange.hand_over()


def _owner(exchange: Exchange) -> "tuple[str, str, User | Group | Role | None]":
    call, account = exchange.call, exchange.call.account or ""
    for kind, name in (("user", "UserName"), ("group", "GroupName"), ("role", "RoleName")):
        value = call.text(name)
        if value is not None:
            found: User | Group | Role | None
            if kind == "user":
                found = find_user(account, value)
            elif kind == "group":
                found = find_group(account, value)
            else:
                found = find_role(account, value)
            return kind, value, found
    raise UnmappedError(f"{call.name} names no user, group or role.")


def _document(exchange: Exchange, name: str) -> str:
    text = exchange.call.text(name)
    if not text:
        raise AwsError("ValidationError", f"The request lacks {name}.")
    return text


_EFFECTS: Mapping[str, Callable[[Exchange], Response]] = {
    "AttachGroupPolicy": _attach,
    "AttachRolePolicy": _attach,
    "AttachUserPolicy": _attach,
    "CreatePolicy": _create_policy,
    "CreatePolicyVersion": _create_version,
    "CreateRole": _create_role,
    "CreateUser": _create_user,
    "DeletePolicy": _delete_policy,
    "DeleteUserPermissionsBoundary": delete_user_boundary,
    "GetUser": get_user,
    "PutGroupPolicy": _put_inline,
    "PutRolePermissionsBoundary": set_role_boundary,
    "PutRolePolicy": _put_inline,
    "PutUserPermissionsBoundary": put_user_boundary,
    "PutUserPolicy": _put_inline,
    "UpdateAssumeRolePolicy": _update_trust,
    "UpdateRole": _update_role,
}
