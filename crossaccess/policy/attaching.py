"""Which grants are a requester's, and to which of its principals it attaches what they need."""

from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Grant
from crossaccess.policy.grant_rules import OF_ROLES
from crossaccess.policy.principal import BY_NAME, Principal, PrincipalKind


def is_addressed_to(grant: Grant, *, account: str, organization: str | None) -> bool:
    """Whether a grant is for this account, by its id or by where it is in an organization.

    `organization` is what the account says of itself: the organization's id, or the path of the
    organizational unit that it is in, from the organization down.
    """
    return grant.account == account or _of_its_organization(grant, organization)


def _of_its_organization(grant: Grant, organization: str | None) -> bool:
    if organization is None:
        return False
    return any(
        f"{organization}/".startswith(f"{principal.name}/")
        for principal in grant.of_kind(PrincipalKind.ORGANIZATION, PrincipalKind.UNIT)
    )


def attached_principals(  # noqa: PLR0913 - each says something else of the choice
    grant: Grant,
    chosen: tuple[Principal, ...] | None,
    key: str,
    faults: Faults,
    *,
    account: str,
    organization: str | None,
) -> tuple[Principal, ...]:
    """The principals that get what a grant needs: those `chosen`, else those that it names.

    A grant to everyone of an account or an organization names nobody: without a choice, nobody gets it. Notes
    a choice that could not use the grant: whom the owner does not let in, and a role where MFA is asked for
    (IAM User Guide, "Secure API access with MFA"). `key` says where the choice was made.
    """
    named = grant.of_kind(*BY_NAME) if grant.account == account else ()
    open_to_all = _of_its_organization(grant, organization) or (
        grant.account == account and bool(grant.of_kind(PrincipalKind.ACCOUNT))
    )
    if chosen is None:
        return () if open_to_all and not named else named
    for index, principal in enumerate(chosen):
        if grant.conditions.mfa is not None and principal.kind in OF_ROLES:
            mend = (
                f"the grant {grant.name!r} asks for MFA, and a role's session never tells of it: choose "
                "users or groups"
            )
            faults.add(f"{key}[{index}]", f"is {str(principal)!r}", mend)
            continue
        if open_to_all or principal in named:
            continue
        if principal.kind is PrincipalKind.GROUP:
            if any(one.kind is PrincipalKind.USER for one in named):
                continue
            mend = f"the grant {grant.name!r} names no users, and a group has users only"
        else:
            mend = f"the grant {grant.name!r} is for {', '.join(map(str, named))}: name one of these"
        faults.add(f"{key}[{index}]", f"is {str(principal)!r}", mend)
    return chosen
