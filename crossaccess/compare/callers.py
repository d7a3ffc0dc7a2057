"""Classes of callers: one principal, or all those of one kind in one account.

Callers of one class differ in their ARN and in the name of their session alone; policies tell them apart
by those (IAM User Guide, "AWS JSON policy elements: Principal").
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from crossaccess.compare.key_set import ABSENT, KeySet, present
from crossaccess.compare.shapes import Shape, Token, literal, plain, sequence
from crossaccess.compare.signs import Chars
from crossaccess.compare.texts import Texts, of
from crossaccess.decide.caller import PRINCIPAL_TYPES, CallerKind, classify
from crossaccess.policy.arn import parse_arn

PRINCIPAL_ARN: Final = "aws:principalarn"
SESSION: Final = "session name"
"""What tells the sessions of one role apart. Not a condition key: it stands in the session's ARN."""

# The characters of IAM's names, and those of its paths less the two that are wildcards.
_NAMES: Final = Chars(frozenset(string.ascii_letters + string.digits + "+=,.@_-"))
_PATHS: Final = Chars(frozenset(map(chr, range(33, 127))) - frozenset("*?"))
_SIGN: Final = Token(_NAMES)
_PATH: Final = Token(_PATHS, repeats=True)
_IN_ACCOUNTS: Final = {
    CallerKind.USER: ("iam", "user/"),
    CallerKind.SESSION: ("iam", "role/"),
    CallerKind.FEDERATED_USER: ("sts", "federated-user/"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerClass:
    """Callers of one kind. `arn` is theirs where all have the same: of sessions it is the role's.

    `account` is `None` for services, identity providers and anonymous callers. `stands_for` says for which
    accounts theirs stands, where it is only an example of accounts that no policy tells apart. `label` is
    what people call them, where their ARNs do not say it.
    """

    kind: CallerKind
    account: str | None = None
    partition: str = "aws"
    arn: str | None = None
    stands_for: str | None = None
    label: str | None = None
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        mine = (self.kind, self.account, self.partition, self.arn, self.stands_for, self.label)
        object.__setattr__(self, "_hash", hash(mine))

    def __hash__(self) -> int:
        return self._hash

    @property
    def has_identity_side(self) -> bool:
        """Whether policies can be attached to the callers."""
        return self.account is not None and self.kind is not CallerKind.PROVIDER

    @property
    def user_name(self) -> str | None:
        """The name of the one user that this is."""
        if self.kind is not CallerKind.USER or self.arn is None:
            return None
        return self.arn.rpartition("/")[2]


def one_caller(principal: str) -> CallerClass:
    """The class of one principal, by its ARN; for a role, of all its sessions.

    Raises `RequestError` where the text names no principal.
    """
    caller = classify(principal)
    kind = CallerKind.SESSION if caller.kind is CallerKind.ROLE else caller.kind
    return CallerClass(kind=kind, account=caller.account, partition=caller.partition, arn=caller.arn)


def kinds_of_account(
    account: str, partition: str, *, stands_for: str | None = None
) -> tuple[CallerClass, ...]:
    """The classes of all callers that belong to an account."""
    any_ = CallerClass(kind=CallerKind.USER, account=account, partition=partition, stands_for=stands_for)
    root = f"arn:{partition}:iam::{account}:root"
    return (
        *(replace(any_, kind=kind) for kind in _IN_ACCOUNTS),
        replace(any_, kind=CallerKind.ROOT, arn=root),
    )


@lru_cache(maxsize=4096)
def sides_of(caller: CallerClass) -> Mapping[str, KeySet]:
    """What follows for each thing from who calls ("AWS global condition context keys")."""
    own = caller.has_identity_side
    account = caller.account if own else None
    if caller.kind is CallerKind.ANONYMOUS:
        account = "anonymous"
    sides = {
        PRINCIPAL_ARN: _only(_arns(caller)) if own else ABSENT,
        "aws:principalaccount": _literal(account),
        "aws:principaltype": _literal(PRINCIPAL_TYPES.get(caller.kind)),
        SESSION: _only(of(_session_name())) if caller.kind is CallerKind.SESSION else ABSENT,
    }
    if caller.kind is not CallerKind.USER or caller.user_name is not None:
        sides["aws:username"] = _literal(caller.user_name)
    return sides


def arns_of_user_names(caller: CallerClass, names: Texts) -> Texts:
    """The ARNs of the users of the class who have these names, at any path."""
    head = f"arn:{caller.partition}:iam::{caller.account}:user/"

    def arns(shape: Shape) -> tuple[Shape, ...]:
        # A name has no slash, so that no wildcard of its pattern reaches into the path.
        name = tuple(Token(_of_names(token.chars), repeats=token.repeats) for token in shape.tokens)
        return (
            sequence((*plain(head), *name), text=head + shape.text),
            sequence((*plain(head), _PATH, *plain("/"), *name), text=f"{head}*/{shape.text}"),
        )

    return Texts(
        within=tuple(tuple(arn for shape in group for arn in arns(shape)) for group in names.within),
        without=tuple(arn for shape in names.without for arn in arns(shape)),
    )


def _of_names(chars: Chars) -> Chars:
    return Chars(frozenset(sign for sign in _NAMES.listed if sign in chars))


def _arns(caller: CallerClass) -> Texts:
    if caller.arn is not None:
        return of(literal(caller.arn))
    service, kind = _IN_ACCOUNTS[caller.kind]
    head = f"arn:{caller.partition}:{service}::{caller.account}:{kind}"
    return of(sequence((*plain(head), _PATH, _SIGN), text=f"{head}*"))


@lru_cache(maxsize=1)
def _session_name() -> Shape:
    """2 to 64 characters (STS API Reference, "AssumeRole"); the end is left open."""
    return sequence((_SIGN, _SIGN, Token(_NAMES, repeats=True)), text="??*")


def roles_named(partition: str, account: str, name: str) -> tuple[Shape, ...]:
    """The ARNs of the role of this name, whose path a session's ARN does not tell."""
    head = f"arn:{partition}:iam::{account}:role/"
    deeper = sequence((*plain(head), _PATH, *plain("/" + name)), text=f"{head}*/{name}")
    return (literal(head + name), deeper)


def request_principal(caller: CallerClass, values: Mapping[str, str]) -> str:
    """The principal of a request by a caller of the class with these values."""
    if caller.kind is CallerKind.ANONYMOUS:
        return "*"
    arn = values.get(PRINCIPAL_ARN, caller.arn)
    if arn is None:
        raise AssertionError("a caller without an ARN")
    if caller.kind is not CallerKind.SESSION:
        return arn
    role = parse_arn(arn)
    if role is None:
        raise AssertionError("a role without an ARN")
    name = role.resource.rpartition("/")[2]
    return f"arn:{role.partition}:sts::{role.account}:assumed-role/{name}/{values[SESSION]}"


def _only(texts: Texts) -> KeySet:
    return present(texts)


def _literal(text: str | None) -> KeySet:
    return ABSENT if text is None else present(of(literal(text)))
