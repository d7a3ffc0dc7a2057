"""Foreign denies in a bucket's policy that catch what a grant gives.

A deny that matches wins over every allow (IAM User Guide, "Policy evaluation logic"), so that a grant in a
bucket that other tools write into may give nothing at all. Judged one-sidedly: a deny is left out only where
its action, resource, principal or one of its conditions surely misses; in doubt it may deny.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crossaccess.policy.arn import is_account_id, parse_arn
from crossaccess.policy.deny_conditions import Holds, holds_for
from crossaccess.policy.document import Effect, PrincipalName, Statement
from crossaccess.policy.existing import Kept
from crossaccess.policy.globs import as_pattern, covered, has_variable, share

_SHOWN_ACTIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What one grant gives: its callers may do the actions on the resources.

    `callers` are what `aws:PrincipalArn` is of whoever makes the requests: the requester's principals, or
    patterns of them, or a whole account by its root's ARN, or `*`; by method `assume-role` the role of the
    bucket's own account.
    """

    grant: str
    callers: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A foreign deny that catches something of a grant.

    `sure` where it denies all that is named here, whatever the circumstances; else it denies a part, or
    denies while its conditions hold, which look at the context `keys`.
    """

    statement: str
    grant: str
    callers: tuple[str, ...]
    actions: tuple[str, ...]
    sure: bool
    keys: tuple[str, ...]

    def __str__(self) -> str:
        actions = ", ".join(self.actions[:_SHOWN_ACTIONS])
        more = len(self.actions) - _SHOWN_ACTIONS
        actions = f"{actions} and {more} more" if more > 0 else actions
        denies = "denies" if self.sure else "may deny"
        when = f", depending on {', '.join(self.keys)}" if self.keys else ""
        part = "" if self.sure or self.keys else ", for some of its callers or objects"
        mend = "or take the grant out" if self.sure else "unless it is meant to catch them"
        return (
            f"{self.statement} of the bucket's policy {denies} what the grant {self.grant!r} gives{when}"
            f"{part}: {actions} for {', '.join(self.callers)}. A deny wins over every grant: have it except "
            f"these callers, by ArnNotLike on aws:PrincipalArn, {mend}"
        )


def allowed_by(grant: str, statements: Iterable[Statement], callers: Sequence[str]) -> tuple[Allowed, ...]:
    """What the S3 statements of a grant allow; conditions are left aside, as if they held."""
    return tuple(
        Allowed(
            grant=grant,
            callers=tuple(callers),
            actions=statement.actions or ("*",),
            resources=statement.resources or ("*",),
        )
        for statement in statements
        if statement.effect is Effect.ALLOW
    )


def contradictions(foreign: Iterable[Kept], allowed: Iterable[Allowed]) -> tuple[Contradiction, ...]:
    """The foreign denies that catch, or may catch, what grants give; one for each statement and grant.

    Denies of plain HTTP contradict nothing: no grant allows it.
    """
    grants: dict[str, list[Allowed]] = {}
    for one in allowed:
        grants.setdefault(one.grant, []).append(one)
    return tuple(
        found
        for kept in foreign
        if kept.statement.effect is Effect.DENY
        for grant, given in grants.items()
        if (found := _judge(kept, grant, given)) is not None
    )


def _judge(kept: Kept, grant: str, allowed: Sequence[Allowed]) -> Contradiction | None:
    callers: dict[str, bool] = {}
    actions: dict[str, bool] = {}
    keys: set[str] = set()
    for one in allowed:
        resources = _resources_caught(kept.statement, one.resources)
        if resources is Holds.NO:
            continue
        caught = {action: _action_caught(kept.statement, action) for action in one.actions}
        for caller in one.callers:
            names = _names(kept.statement, _widened(caller))
            conditions = holds_for(kept.statement.conditions, _widened(caller))
            if Holds.NO in (names, conditions.holds):
                continue
            for action, how in caught.items():
                if how is Holds.NO:
                    continue
                sure = {names, conditions.holds, how, resources} == {Holds.YES}
                callers[caller] = callers.get(caller, True) and sure
                actions[action] = actions.get(action, True) and sure
                keys.update(conditions.keys)
    if not actions:
        return None
    return Contradiction(
        statement=kept.label,
        grant=grant,
        callers=tuple(callers),
        actions=tuple(actions),
        sure=all(callers.values()) and all(actions.values()),
        keys=tuple(sorted(keys)),
    )


def _action_caught(statement: Statement, action: str) -> Holds:
    """Actions match without regard to case."""
    action = action.lower()
    if statement.actions is not None:
        return _inside([action], [name.lower() for name in statement.actions])
    return _outside([action], [name.lower() for name in statement.not_actions or ()])


def _resources_caught(statement: Statement, resources: Sequence[str]) -> Holds:
    if statement.resources is not None:
        return _inside(resources, statement.resources)
    return _outside(resources, statement.not_resources or ())


def _inside(asked: Sequence[str], patterns: Sequence[str]) -> Holds:
    """Whether all, some or none of what is asked stands in the patterns."""
    if not any(share(one, as_pattern(pattern)) for one in asked for pattern in patterns):
        return Holds.NO
    exact = [pattern for pattern in patterns if not has_variable(pattern)]
    return Holds.YES if all(covered(one, exact) for one in asked) else Holds.MAYBE


def _outside(asked: Sequence[str], patterns: Sequence[str]) -> Holds:
    """Whether all, some or none of what is asked stands outside of the patterns."""
    exact = [pattern for pattern in patterns if not has_variable(pattern)]
    if all(covered(one, exact) for one in asked):
        return Holds.NO
    touched = any(share(one, as_pattern(pattern)) for one in asked for pattern in patterns)
    return Holds.MAYBE if touched else Holds.YES


def _names(statement: Statement, caller: str) -> Holds:
    """Whether the statement's principals take in a caller.

    IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
    """
    if statement.principals is not None:
        found = {_is_named(name, caller) for name in statement.principals}
        return Holds.YES if Holds.YES in found else Holds.MAYBE if Holds.MAYBE in found else Holds.NO
    if any(name.value == "*" for name in statement.not_principals or ()):
        return Holds.NO
    # Whom NotPrincipal names, it spares only if it names their account and their session as well, and if
    # they have no permissions boundary.
    spared = any(_is_named(name, caller) is not Holds.NO for name in statement.not_principals or ())
    return Holds.MAYBE if spared else Holds.YES


def _is_named(name: PrincipalName, caller: str) -> Holds:
    if name.value == "*" and name.type in ("*", "AWS"):
        return Holds.YES
    if name.type == "Service":
        return Holds.NO
    if name.type == "Federated":
        # The sessions of a role that somebody took by way of an identity provider.
        return Holds.MAYBE if share(caller, "arn:*:iam::*:role/*") else Holds.NO
    if name.type == "CanonicalUser":
        return Holds.MAYBE
    account = _account_of(name.value)
    if account is not None:
        pattern = f"arn:*:iam::{account}:*"
        return Holds.YES if covered(caller, [pattern]) else _maybe(share(caller, pattern))
    session = parse_arn(name.value)
    if session is not None and session.resource.startswith("assumed-role/"):
        role = session.resource.split("/")[1]
        arns = (f"arn:*:iam::{session.account}:role/{role}", f"arn:*:iam::{session.account}:role/*/{role}")
        return _maybe(any(share(caller, arn) for arn in arns))
    if caller == name.value:
        return Holds.YES
    return _maybe(share(caller, name.value))


def _widened(caller: str) -> str:
    """A whole account as the pattern of its principals."""
    account = _account_of(caller)
    return caller if account is None else f"arn:*:iam::{account}:*"


def _account_of(value: str) -> str | None:
    """The account that a principal names as a whole."""
    if is_account_id(value):
        return value
    arn = parse_arn(value)
    return arn.account if arn is not None and arn.service == "iam" and arn.resource == "root" else None


def _maybe(touched: bool) -> Holds:
    return Holds.MAYBE if touched else Holds.NO
