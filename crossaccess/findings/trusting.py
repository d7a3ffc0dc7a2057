"""Who is let in: by the policies of buckets and keys, and by the trust policies of roles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from crossaccess.decide.pattern import glob_of
from crossaccess.decide.statement import CompiledStatement
from crossaccess.deployment.picture import Grant, Picture
from crossaccess.explain.held import Held
from crossaccess.findings.catalogue import (
    ALLOW_NOT_PRINCIPAL,
    DELETED_PRINCIPAL,
    NO_EXTERNAL_ID,
    NO_EXTERNAL_ID_IN_GRANT,
    OPEN_TO_EVERYONE,
    PROVIDER_WITHOUT_SUBJECT,
    SERVICE_WITHOUT_SOURCE,
    UNTOLD_ACCOUNT,
    WHOLE_ACCOUNT,
    WHOLE_ACCOUNT_GRANTED,
    WILDCARD_PRINCIPAL,
)
from crossaccess.findings.federating import providers_without_subject
from crossaccess.findings.finding import Finding, Rule
from crossaccess.findings.naming import (
    accounts_let_in,
    deleted,
    has_condition,
    is_of_an_organization,
    lets_everyone_in,
    services_without_source,
    whole_accounts,
)
from crossaccess.findings.places import LETS_IN, Place, PlaceKind, bucket_label
from crossaccess.policy.document import Statement
from crossaccess.policy.grant import Method
from crossaccess.policy.principal import PrincipalKind

_EXTERNAL_ID: Final = "sts:externalid"
_ASSUME: Final = "sts:assumerole"
_BY_WEB_IDENTITY: Final = "sts:assumerolewithwebidentity"


def who_is_let_in(picture: Picture, places: Sequence[Place]) -> Iterator[Finding]:
    """What is wrong with the principals that statements name."""
    known = Held(picture).accounts
    by_owner: dict[str | None, list[Grant]] = {}
    by_role: dict[tuple[str | None, str | None], list[Grant]] = {}
    for grant in picture.grants:
        by_owner.setdefault(grant.owner, []).append(grant)
        by_role.setdefault((grant.owner, grant.role_arn), []).append(grant)
    for place in places:
        if place.kind not in LETS_IN:
            continue
        related: Sequence[Grant]
        if place.kind is PlaceKind.ROLE:
            # A role is trusted by its own grants alone.
            related = by_owner.get(place.account, ())
            grants = tuple(by_role.get((place.account, place.arn), ()))
        else:
            related = _related(picture, place)
            grants = tuple(one for one in related if one.method != Method.ASSUME_ROLE)
        trusting = _Trusting(
            place=place,
            grants=grants,
            is_told=bool(related),
            known=known,
        )
        for statement in place.allowing:
            yield from trusting.of(statement)
        for statement in (*place.allowing, *place.denying):
            for unique_id in deleted(statement.source):
                message = f"{unique_id} is the id of a user or role that is gone"
                yield place.finding(DELETED_PRINCIPAL, message, statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trusting:
    """What one policy lets in.

    `grants` are those that let their accounts in by it, and it `is_told` where there is a handover to hold it
    against; `known` are the accounts that sources hold.
    """

    place: Place
    grants: tuple[Grant, ...]
    is_told: bool
    known: frozenset[str]

    def of(self, statement: CompiledStatement) -> Iterator[Finding]:
        source = statement.source
        if source.not_principals is not None:
            but = ", ".join(one.value for one in source.not_principals)
            yield self.place.finding(ALLOW_NOT_PRINCIPAL, f"everyone but {but} is allowed", statement)
        if lets_everyone_in(source):
            message = "everyone is allowed, and no condition narrows it to accounts or principals"
            rule = WILDCARD_PRINCIPAL if self.place.kind is PlaceKind.BUCKET else OPEN_TO_EVERYONE
            yield self.place.finding(rule, message, statement)
        yield from self._whole_accounts(statement)
        if self.place.kind is PlaceKind.ROLE:
            yield from self._external_ids(statement)
            yield from self._providers(statement)
        else:
            for service in services_without_source(source):
                message = f"{service} may come for anybody: no condition says of which account or resource"
                yield self.place.finding(SERVICE_WITHOUT_SOURCE, message, statement)
        yield from self._untold(statement)

    def _whole_accounts(self, statement: CompiledStatement) -> Iterator[Finding]:
        for account in self._outside(whole_accounts(statement.source)):
            granted = any(
                one.account == account and str(PrincipalKind.ACCOUNT) in one.principals for one in self.grants
            )
            rule = WHOLE_ACCOUNT_GRANTED if granted else WHOLE_ACCOUNT
            yield self._finding(rule, f"all of account {account} is let in", statement)

    def _external_ids(self, statement: CompiledStatement) -> Iterator[Finding]:
        source = statement.source
        if not _may_be_about(source, _ASSUME):
            return
        if has_condition(source, _EXTERNAL_ID) or is_of_an_organization(source):
            return
        for account in self._outside(accounts_let_in(source)):
            if account in self.known:
                continue
            granted = any(one.account == account for one in self.grants)
            rule = NO_EXTERNAL_ID_IN_GRANT if granted else NO_EXTERNAL_ID
            message = f"account {account} may assume the role without an external id"
            yield self._finding(rule, message, statement)

    def _providers(self, statement: CompiledStatement) -> Iterator[Finding]:
        if not _may_be_about(statement.source, _BY_WEB_IDENTITY):
            return
        for provider in providers_without_subject(statement.source):
            message = f"whomever {provider} signs in may assume the role: no condition says whose a token is"
            yield self.place.finding(PROVIDER_WITHOUT_SUBJECT, message, statement)

    def _untold(self, statement: CompiledStatement) -> Iterator[Finding]:
        if not self.is_told or is_of_an_organization(statement.source):
            return
        told = {one.account for one in self.grants}
        for account in self._outside(accounts_let_in(statement.source)):
            if account not in told:
                message = f"account {account} is let in, and no grant is for it"
                yield self._finding(UNTOLD_ACCOUNT, message, statement)

    def _outside(self, accounts: Sequence[str]) -> Iterator[str]:
        return (account for account in accounts if account != self.place.account)

    def _finding(self, rule: Rule, message: str, statement: CompiledStatement) -> Finding:
        """What is about another account: where nobody tells whose the place is, it may be its own."""
        certain = self.place.account is not None
        told = message if certain else f"{message}; whose {self.place.about} is nobody tells"
        return self.place.finding(rule, told, statement, certain=certain)


def _may_be_about(statement: Statement, action: str) -> bool:
    """Whether the action, in lower case, may be among those of the statement."""
    actions = statement.actions
    return actions is None or any(glob_of(one.lower()).matches(action) for one in actions)


def _related(picture: Picture, place: Place) -> tuple[Grant, ...]:
    """The grants of the same bucket, or of the buckets of a key."""
    if place.kind is PlaceKind.KEY:
        names = {place.arn, place.about.removeprefix("key ")}
        buckets = {bucket_label(one) for one in picture.buckets if one.key in names}
    else:
        buckets = {place.about}
    return tuple(one for one in picture.grants if f"bucket {one.bucket}" in buckets)
