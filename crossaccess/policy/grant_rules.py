"""What AWS offers for which method and which principals: a grant that asks for more is told so.

IAM User Guide, "AWS global condition context keys", "Secure API access with MFA", "Methods to assume a role";
STS API Reference, "AssumeRole".
"""

from collections.abc import Sequence

from crossaccess.policy.conditions import Conditions
from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.grant import DEFAULT_SESSION, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind

CHAINED_SESSION = 3_600
"""How many seconds a session may be that another role's session begins: role chaining."""
OF_ROLES = (PrincipalKind.ROLE, PrincipalKind.PERMISSION_SET)
"""The kinds that call with a role's session."""
_OF_ORGANIZATIONS = (PrincipalKind.ORGANIZATION, PrincipalKind.UNIT)


def check_conditions(
    conditions: Conditions,
    principals: tuple[Principal, ...],
    key: str,
    faults: Faults,
    *,
    method: Method,
) -> None:
    """Note conditions that AWS does not offer for this method or these principals. `key` is the grant's."""
    where = f"{key}.conditions"
    if method is Method.BUCKET_POLICY:
        _check_of_bucket_policy(conditions, where, faults)
    elif conditions.sts_endpoints and not conditions.s3_endpoints:
        mend = (
            "name S3's endpoints beside them: a session that was begun through an endpoint could use the "
            "bucket from anywhere otherwise"
        )
        faults.add(f"{where}.vpcEndpoints.s3", "is missing or empty", mend)
    _check_mfa(conditions, principals, where, faults, method=method)
    if conditions.organization is not None:
        named = next((one for one in principals if one.kind in _OF_ORGANIZATIONS), None)
        if named is not None:
            mend = f"take it out: {named} says already whose principals come in"
            faults.add(f"{where}.organization", f"is {conditions.organization!r}", mend)


def check_session(seconds: int | None, principals: tuple[Principal, ...], key: str, faults: Faults) -> None:
    """Note sessions longer than AWS gives to those who are a role's session themselves."""
    chained = next((one for one in principals if one.kind in OF_ROLES), None)
    if seconds is not None and seconds > CHAINED_SESSION and chained is not None:
        mend = (
            f"{chained} is a role itself, and AWS gives a role that is assumed by a role's session (role "
            f"chaining) one hour at most: {CHAINED_SESSION:,}; name users, or take session out"
        )
        faults.add(f"{key}.session", shown(seconds), mend)


def longest_session(grant: Grant, attached: Sequence[Principal]) -> int:
    """How many seconds a session of the grant's role may be for each of those `attached`.

    IAM User Guide, "Methods to assume a role", role chaining: asking for more is refused.
    """
    seconds = grant.session_seconds or DEFAULT_SESSION
    chained = any(principal.kind in OF_ROLES for principal in attached)
    return min(seconds, CHAINED_SESSION) if chained else seconds


def _check_of_bucket_policy(conditions: Conditions, where: str, faults: Faults) -> None:
    for name, value in (
        ("externalId", conditions.external_id),
        ("sourceIdentity", conditions.source_identity),
        ("sessionTags", conditions.session_tags),
    ):
        if value:
            mend = "AWS asks for it when a role is assumed only: take it out, or use method assume-role"
            faults.add(f"{where}.{name}", "is set for method bucket-policy", mend)
    if conditions.sts_endpoints:
        mend = "take sts out: a bucket's policy sees S3's endpoints only"
        faults.add(f"{where}.vpcEndpoints.sts", "is set for method bucket-policy", mend)


def _check_mfa(
    conditions: Conditions,
    principals: tuple[Principal, ...],
    where: str,
    faults: Faults,
    *,
    method: Method,
) -> None:
    if conditions.mfa is None:
        return
    by_policy = method is Method.BUCKET_POLICY
    for principal in principals:
        if principal.kind in OF_ROLES:
            place = (
                "in IAM Identity Center"
                if principal.kind is PrincipalKind.PERMISSION_SET
                else "where that role is assumed"
            )
            mend = (
                f"take it out, since {principal} calls with a role's session, and those never tell of MFA; "
                f"ask for it {place}"
            )
        elif by_policy and principal.kind is not PrincipalKind.USER:
            mend = (
                f"name users instead of {principal}: in a bucket's policy AWS tells of MFA only for IAM "
                "users with credentials of GetSessionToken"
            )
        else:
            continue
        faults.add(f"{where}.mfa", "is asked for", mend)
        return
