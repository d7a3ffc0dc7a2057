"""AWS's global condition keys: what they hold, and which callers' requests carry them.

IAM User Guide, "AWS global condition context keys": the "Availability", "Data type" and "Value type" of
each key. Where that page leaves a doubt, a request can carry the key and need not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from crossaccess.compare.kind import Kind
from crossaccess.decide.caller import CallerKind

Callers = frozenset[CallerKind]

_ANYONE: Final[Callers] = frozenset(CallerKind)
_NOBODY: Final[Callers] = frozenset()
_SERVICE: Final[Callers] = frozenset({CallerKind.SERVICE})
_USER: Final[Callers] = frozenset({CallerKind.USER})
_ANONYMOUS: Final[Callers] = frozenset({CallerKind.ANONYMOUS})
_NAMED: Final[Callers] = _ANYONE - _ANONYMOUS
# Principals of accounts, who sign with the credentials of a user, a role, a federated user or the root.
_SIGNERS: Final[Callers] = _NAMED - {CallerKind.SERVICE, CallerKind.PROVIDER}
# Those whose credentials or requests can come out of a session or a federation.
_SESSIONS: Final[Callers] = _NAMED - _SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalKey:
    """A key of AWS's own.

    `name` is spelt as AWS spells it; one that ends in `/` stands for the keys that go on with a tag's name.
    `many`: one request can hold several values. `carriers` are the callers whose requests can carry it,
    `always` those whose requests always do.
    """

    name: str
    kind: Kind = Kind.TEXT
    many: bool = False
    carriers: Callers = _ANYONE
    always: Callers = _NOBODY


def _key(
    name: str,
    kind: Kind = Kind.TEXT,
    *,
    many: bool = False,
    carriers: Callers = _ANYONE,
    always: Callers = _NOBODY,
) -> GlobalKey:
    return GlobalKey(name=name, kind=kind, many=many, carriers=carriers, always=always)


_PRINCIPAL: Final = (
    _key("aws:PrincipalArn", carriers=_SIGNERS, always=_SIGNERS),
    _key("aws:PrincipalAccount", always=_SIGNERS | _ANONYMOUS),
    _key("aws:PrincipalOrgPaths", many=True, carriers=_SESSIONS),
    _key("aws:PrincipalOrgID", carriers=_SESSIONS),
    _key("aws:PrincipalTag/", carriers=_NAMED),
    _key("aws:PrincipalIsAWSService", Kind.TRUTH, carriers=_NAMED, always=_SIGNERS | _SERVICE),
    _key("aws:PrincipalServiceName", carriers=_SERVICE, always=_SERVICE),
    _key("aws:PrincipalServiceNamesList", many=True, carriers=_SERVICE, always=_SERVICE),
    _key("aws:PrincipalType", always=_SIGNERS | _ANONYMOUS),
    # Earlier editions of the page leave anonymous requests out.
    _key("aws:userid", always=_SIGNERS),
    _key("aws:username", carriers=_USER, always=_USER),
)
_SESSION: Final = (
    _key("aws:AssumedRoot", Kind.TRUTH, carriers=_SESSIONS),
    _key("aws:FederatedProvider", carriers=_SESSIONS),
    _key("aws:TokenIssueTime", Kind.MOMENT, carriers=_SESSIONS),
    _key("aws:SignInSessionArn", carriers=_SESSIONS),
    _key("aws:MultiFactorAuthAge", Kind.NUMBER, carriers=_SESSIONS),
    _key("aws:MultiFactorAuthPresent", Kind.TRUTH, carriers=_SESSIONS),
    _key("aws:ChatbotSourceArn", carriers=_SESSIONS),
    _key("aws:Ec2InstanceSourceVpc", carriers=_SESSIONS),
    _key("aws:Ec2InstanceSourcePrivateIPv4", Kind.ADDRESS, carriers=_SESSIONS),
    _key("aws:SourceIdentity", carriers=_SESSIONS),
    # Keys of other services that go with a role's session wherever it calls.
    _key("ec2:RoleDelivery", Kind.NUMBER, carriers=_SESSIONS),
    _key("ec2:SourceInstanceArn", carriers=_SESSIONS),
    _key("glue:RoleAssumedBy", carriers=_SESSIONS),
    _key("glue:CredentialIssuingService", carriers=_SESSIONS),
    _key("codebuild:BuildArn", carriers=_SESSIONS),
    _key("codebuild:ProjectArn", carriers=_SESSIONS),
    _key("lambda:SourceFunctionArn", carriers=_SESSIONS),
    _key("ssm:SourceInstanceArn", carriers=_SESSIONS),
    _key("identitystore:UserId", carriers=_SESSIONS),
)
_NETWORK: Final = (
    _key("aws:SourceIp", Kind.ADDRESS),
    _key("aws:SourceVpc"),
    _key("aws:SourceVpcArn"),
    _key("aws:SourceVpce"),
    _key("aws:VpceAccount"),
    _key("aws:VpceOrgID"),
    _key("aws:VpceOrgPaths", many=True),
    _key("aws:VpcSourceIp", Kind.ADDRESS),
)
# Whether `aws:ResourceAccount` is there depends on the action: see `crossaccess.compare.carried`.
_RESOURCE: Final = (
    _key("aws:ResourceAccount"),
    _key("aws:ResourceOrgPaths", many=True),
    _key("aws:ResourceOrgID"),
    _key("aws:ResourceTag/"),
)
_REQUEST: Final = (
    _key("aws:CalledVia", many=True, carriers=_SESSIONS),
    _key("aws:CalledViaFirst", carriers=_SESSIONS),
    _key("aws:CalledViaLast", carriers=_SESSIONS),
    _key("aws:ViaAWSService", Kind.TRUTH, always=_ANYONE),
    _key("aws:CalledViaAWSMCP", carriers=_SESSIONS),
    _key("aws:ViaAWSMCPService", Kind.TRUTH),
    _key("aws:CurrentTime", Kind.MOMENT, always=_ANYONE),
    # AWS sends seconds, which operators on dates and those on numbers both read.
    _key("aws:EpochTime", Kind.MOMENT, always=_ANYONE),
    _key("aws:referer"),
    _key("aws:RequestedRegion", always=_ANYONE),
    _key("aws:RequestTag/"),
    _key("aws:TagKeys", many=True),
    _key("aws:SecureTransport", Kind.TRUTH, always=_ANYONE),
    # The page says of these four: only where a service's own principal calls.
    _key("aws:SourceAccount", carriers=_SERVICE),
    _key("aws:SourceArn", carriers=_SERVICE),
    _key("aws:SourceOrgID", carriers=_SERVICE),
    _key("aws:SourceOrgPaths", many=True, carriers=_SERVICE),
    # "Always included", but it is a header that the client writes or leaves out.
    _key("aws:UserAgent"),
    _key("aws:IsMcpServiceAction", Kind.TRUTH),
)


def _by_name(keys: Iterable[GlobalKey]) -> dict[str, GlobalKey]:
    return {key.name.lower(): key for key in keys}


GLOBAL_KEYS: Final = _by_name((*_PRINCIPAL, *_SESSION, *_NETWORK, *_RESOURCE, *_REQUEST))
"""Every key, by its name in lower case."""


def global_key(key: str) -> GlobalKey | None:
    """What AWS says of a global key, in any spelling; `None` where the key is none of them."""
    name = key.lower()
    if name in GLOBAL_KEYS:
        return None if name.endswith("/") else GLOBAL_KEYS[name]
    family, slash, rest = name.partition("/")
    return GLOBAL_KEYS.get(f"{family}/") if slash and rest else None
