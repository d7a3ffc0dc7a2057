"""What the conditions of a grant become in policies, and which of them each place takes.

A condition that stood on one side only would be lost for whoever reads the other: so each stands wherever AWS
tells its key. IAM User Guide, "AWS global condition context keys"; Service Authorization Reference, "Actions,
resources, and condition keys for AWS Security Token Service".
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crossaccess.policy.conditions import Conditions, written_time
from crossaccess.policy.document import Condition

ADDRESS = "aws:SourceIp"
ENDPOINT = "aws:SourceVpce"
MFA_PRESENT = "aws:MultiFactorAuthPresent"
MFA_AGE = "aws:MultiFactorAuthAge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One of the networks from which a request may come: each takes a statement of its own.

    `label` tells its statements from those of the other way; empty where there is no other.
    """

    label: str
    conditions: tuple[Condition, ...]


def ways(addresses: tuple[str, ...], endpoints: tuple[str, ...]) -> tuple[Way, ...]:
    """The networks that are let in: addresses, endpoints, either, or any.

    AWS tells no address of what comes through an endpoint, so that both in one statement would let nobody in.
    """
    both = bool(addresses and endpoints)
    by_address = Condition(operator="IpAddress", key=ADDRESS, values=addresses)
    by_endpoint = Condition(operator="StringEquals", key=ENDPOINT, values=endpoints)
    found = []
    if addresses:
        found.append(Way(label="Addresses" if both else "", conditions=(by_address,)))
    if endpoints:
        found.append(Way(label="Endpoints" if both else "", conditions=(by_endpoint,)))
    return tuple(found) or (Way(label="", conditions=()),)


def until(conditions: Conditions) -> tuple[Condition, ...]:
    """The grant's end."""
    if conditions.expires is None:
        return ()
    end = written_time(conditions.expires)
    return (Condition(operator="DateLessThan", key="aws:CurrentTime", values=(end,)),)


def of_caller(conditions: Conditions) -> tuple[Condition, ...]:
    """What is asked of the caller's own credentials: MFA and organization."""
    asked = []
    if conditions.mfa is not None:
        asked.append(Condition(operator="Bool", key=MFA_PRESENT, values=("true",)))
        if conditions.mfa.max_age is not None:
            age = str(conditions.mfa.max_age)
            asked.append(Condition(operator="NumericLessThanEquals", key=MFA_AGE, values=(age,)))
    if conditions.organization is not None:
        values = (conditions.organization,)
        asked.append(Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=values))
    return tuple(asked)


def of_assuming(conditions: Conditions) -> tuple[Condition, ...]:
    """What has to be said when the role is assumed: external id, source identity, session tags."""
    asked = []
    if conditions.external_id is not None:
        asked.append(
            Condition(operator="StringEquals", key="sts:ExternalId", values=(conditions.external_id,))
        )
    return (*asked, *of_source_identity(conditions), *of_session_tags(conditions))


def of_source_identity(conditions: Conditions) -> tuple[Condition, ...]:
    """Which source identities may be set.

    IAM User Guide, "Monitor and control actions taken with assumed roles".
    """
    if not conditions.source_identity:
        return ()
    return (Condition(operator="StringEquals", key="sts:SourceIdentity", values=conditions.source_identity),)


def of_session_tags(conditions: Conditions) -> tuple[Condition, ...]:
    """Each tag with one of its values, and no other tag (IAM User Guide, "Pass session tags in AWS STS")."""
    if not conditions.session_tags:
        return ()
    names = tuple(name for name, _ in conditions.session_tags)
    return (
        *(
            Condition(operator="StringEquals", key=f"aws:RequestTag/{name}", values=values)
            for name, values in conditions.session_tags
        ),
        Condition(operator="ForAllValues:StringEquals", key="aws:TagKeys", values=names),
    )


def of_a_key(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Those that hold in the policy of a KMS key.

    S3 makes the calls there, from its own network: the caller's address, endpoint and MFA are not told.
    """
    dropped = {ADDRESS, ENDPOINT, MFA_PRESENT, MFA_AGE}
    return tuple(one for one in conditions if one.key not in dropped)
