"""Which condition keys a request can carry, and which it always carries.

Service Authorization Reference (the keys that each action is listed with) and IAM User Guide, "AWS global
condition context keys" (each key's "Availability"). In doubt a request can carry a key, and need not: so
that requests are looked at that there may not be, but none is missed.
"""

from functools import lru_cache
from typing import Final

from crossaccess.compare.global_keys import global_key
from crossaccess.compare.services import Action, action_of, key_listed
from crossaccess.decide.caller import PRINCIPAL_TYPES, CallerKind

_GLOBAL: Final = "aws"
# Global keys that only some actions take, which AWS lists with the action or its resource.
_LISTED_FAMILIES: Final = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")
# These are asked along with the action that assumes the role, about the same request.
_ALONG: Final = frozenset({"sts:setcontext", "sts:setsourceidentity", "sts:tagsession"})
_ASSUME: Final = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
# "Cross-service OIDC federation context keys" go with the session, and so do those of SAML.
_FEDERATED: Final = frozenset(
    {CallerKind.ROLE, CallerKind.SESSION, CallerKind.FEDERATED_USER, CallerKind.PROVIDER}
)
# An earlier edition of the page names services without `aws:ViaAWSService`.
_WITHOUT_VIA: Final = frozenset({"ec2", "glue", "lakeformation", "opsworks"})
_NO_RESOURCE_ACCOUNT: Final = frozenset(
    {
        "auditmanager:updateassessmentframeworkshare",
        "detective:acceptinvitation",
        "ds:acceptshareddirectory",
        "ec2:accepttransitgatewaypeeringattachment",
        "ec2:acceptvpcendpointconnections",
        "ec2:acceptvpcpeeringconnection",
        "ec2:createtransitgatewaypeeringattachment",
        "ec2:createvpcendpoint",
        "ec2:createvpcpeeringconnection",
        "es:acceptinboundconnection",
        "events:putevents",
        "guardduty:acceptadministratorinvitation",
        "macie2:acceptinvitation",
        "route53:associatevpcwithhostedzone",
        "route53:createvpcassociationauthorization",
        "securityhub:acceptadministratorinvitation",
    }
)


def can_carry(action: str, key: str, caller: CallerKind | None = None) -> bool:
    """Whether a request for the action can hold the key; from such a caller, if one is given."""
    return _can_carry(action.lower(), key.lower(), caller)


@lru_cache(maxsize=65_536)
def _can_carry(action: str, key: str, caller: CallerKind | None) -> bool:
    known = action_of(action)
    if known is not None and _lists(known, action, key):
        return True
    ours = global_key(key)
    if ours is not None:
        if caller is not None and caller not in ours.carriers:
            return False
        return known is None or not key.startswith(_LISTED_FAMILIES)
    prefix = key.partition(":")[0]
    if prefix == _GLOBAL:
        return True
    if "." in prefix or prefix == "saml":
        return caller is None or caller in _FEDERATED
    # A key of the action's own service, with which the list has not caught up.
    return prefix == action.partition(":")[0] and (known is None or key_listed(key) is None)


def _lists(known: Action, action: str, key: str) -> bool:
    if known.keys.holds(key):
        return True
    if action not in _ALONG:
        return False
    return any(one.keys.holds(key) for one in map(action_of, _ASSUME) if one is not None)


def always_present(key: str, action: str, caller: CallerKind) -> bool:
    """Whether every request for the action from such a caller holds the key."""
    name, asked = key.lower(), action.lower()
    if name == "aws:resourceaccount":
        known = action_of(asked)
        return known is not None and bool(known.resources) and not _lacks_resource_account(asked)
    if name == "sts:rolesessionname":
        # A parameter that AssumeRole requires (AWS STS API Reference).
        return asked == "sts:assumerole" and caller is not CallerKind.SERVICE
    if name == "aws:viaawsservice" and asked.partition(":")[0] in _WITHOUT_VIA:
        return False
    ours = global_key(name)
    return ours is not None and caller in ours.always


def _lacks_resource_account(action: str) -> bool:
    return action in _NO_RESOURCE_ACCOUNT or action.startswith("ebs:")


def fixed_value(key: str, caller: CallerKind) -> str | None:
    """The one value that the key can have in such a caller's requests, where it is there; `None` if any."""
    name = key.lower()
    if name == "aws:principalisawsservice":
        return "true" if caller is CallerKind.SERVICE else "false"
    if name == "aws:principaltype":
        return PRINCIPAL_TYPES.get(caller)
    if caller is CallerKind.ANONYMOUS and name == "aws:principalaccount":
        return "anonymous"
    # The page: true where a service passes on the request of a principal of IAM.
    if name == "aws:viaawsservice" and caller in (CallerKind.ANONYMOUS, CallerKind.SERVICE):
        return "false"
    return None
