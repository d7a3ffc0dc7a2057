"""The condition keys that every request has: who, when, from where, over what.

IAM User Guide, "AWS global condition context keys"; Service Authorization Reference, "Actions, resources, and
condition keys for Amazon S3" for those of its own that every S3 request has.
"""

import datetime as dt
import re
from collections.abc import Iterable

from crossaccess.policy.document import Document
from sandbox.gate.callers import Caller, CallerKind, mfa_age
from sandbox.gate.calls import Need
from sandbox.gate.network import network_keys
from sandbox.gate.received import Received
from sandbox.gate.signature import Claim
from sandbox.gate.world import World

# What the gate knows to be absent where it does not give it. A condition on any other key is one that it
# cannot tell, and so `unknown`. In lower case; a slash or colon at the end takes any name after it.
_TOLD_NAMES = """
    aws:calledvia aws:calledviafirst aws:calledvialast aws:currenttime aws:epochtime
    aws:federatedprovider aws:multifactorauthage aws:multifactorauthpresent aws:principalaccount
    aws:principalarn aws:principalisawsservice aws:principalorgid aws:principalorgpaths
    aws:principalservicename aws:principalservicenameslist aws:principaltag/ aws:principaltype aws:referer
    aws:requestedregion aws:requesttag/ aws:resourceaccount aws:resourceorgid aws:resourceorgpaths
    aws:resourcetag/ aws:securetransport aws:sourceaccount aws:sourcearn aws:sourceidentity aws:sourceip
    aws:sourceorgid aws:sourceorgpaths aws:sourceowner aws:sourcevpc aws:sourcevpce
    aws:tagkeys aws:tokenissuetime aws:useragent aws:userid aws:username aws:viaawsservice aws:vpcsourceip
    iam:permissionsboundary iam:policyarn iam:resourcetag/
    kms:bypasspolicylockoutsafetycheck kms:calleraccount kms:encryptioncontext: kms:encryptioncontextkeys
    kms:requestalias kms:viaservice
    s3:accesspointnetworkorigin s3:authtype s3:dataaccesspointaccount s3:dataaccesspointarn s3:delimiter
    s3:existingobjecttag/ s3:if-match s3:if-none-match s3:locationconstraint s3:max-keys
    s3:object-lock-legal-hold s3:object-lock-mode s3:object-lock-retain-until-date s3:prefix
    s3:requestobjecttag/ s3:requestobjecttagkeys s3:resourceaccount s3:signatureage s3:signatureversion
    s3:tlsversion s3:versionid s3:x-amz-acl s3:x-amz-content-sha256 s3:x-amz-copy-source
    s3:x-amz-grant-full-control s3:x-amz-grant-read s3:x-amz-grant-read-acp s3:x-amz-grant-write
    s3:x-amz-grant-write-acp s3:x-amz-metadata-directive s3:x-amz-object-ownership
    s3:x-amz-server-side-encryption s3:x-amz-server-side-encryption-aws-kms-key-id
    s3:x-amz-server-side-encryption-customer-algorithm s3:x-amz-storage-class
    s3:x-amz-website-redirect-location
    sts:externalid sts:rolesessionname sts:sourceidentity sts:transitivetagkeys
"""
_TOLD = frozenset(_TOLD_NAMES.split())
_NAMED = re.compile(r"[^/:]+:[^/:]+[/:]")


def request_context(  # noqa: PLR0913 - who, what, when and where a request is
    world: World, received: Received, caller: Caller, *, service: str, claim: Claim | None, region: str
) -> dict[str, tuple[str, ...]]:
    """Return the keys that all needs of one request to a service share."""
    now = world.clock()
    found: dict[str, tuple[str, ...]] = {
        "aws:SecureTransport": (_bool(received.secure),),
        "aws:CurrentTime": (f"{now:%Y-%m-%dT%H:%M:%SZ}",),
        "aws:EpochTime": (str(int(now.timestamp())),),
        "aws:RequestedRegion": (region,),
        "aws:PrincipalType": (caller.kind.value,),
        "aws:PrincipalIsAWSService": ("false",),
        "aws:ViaAWSService": ("false",),
    }
    if "user-agent" in received.headers:
        found["aws:UserAgent"] = (received.headers["user-agent"],)
    if "referer" in received.headers:
        found["aws:Referer"] = (received.headers["referer"],)
    where = network_keys(service, received.source_ip, through_endpoint=received.through_endpoint)
    return (
        found
        | where
        | _organization(world, "Principal", caller.account)
        | _who(caller, now)
        | _how(received, claim, now)
    )


def need_context(world: World, shared: dict[str, tuple[str, ...]], need: Need) -> dict[str, tuple[str, ...]]:
    """Return the keys of one need: the shared ones, its own, and those of the owner of its resource."""
    found = {key: values for key, values in shared.items() if key.lower() not in need.drop}
    service = need.action.partition(":")[0]
    found = {key: values for key, values in found.items() if not key.startswith("s3:") or service == "s3"}
    found["aws:ResourceAccount"] = (need.owner,)
    found |= _organization(world, "Resource", need.owner)
    if service == "s3":
        found["s3:ResourceAccount"] = (need.owner,)
    return found | dict(need.keys)


def knows_all_keys(documents: Iterable[Document]) -> bool:
    """Whether the gate can tell every condition key that these policies speak of."""
    return all(
        _is_told(condition.key)
        for document in documents
        for statement in document.statements
        for condition in statement.conditions
    )


def _is_told(key: str) -> bool:
    name = key.lower()
    named = _NAMED.match(name)
    return name in _TOLD or (named is not None and named[0] in _TOLD)


def _organization(world: World, side: str, account: str | None) -> dict[str, tuple[str, ...]]:
    """Say which organization an account is in, and where: nothing of one that is in none."""
    path = world.organization_paths.get(account or "")
    if path is None:
        return {}
    return {f"aws:{side}OrgID": (path.partition("/")[0],), f"aws:{side}OrgPaths": (path,)}


def _who(caller: Caller, now: dt.datetime) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    if caller.kind is CallerKind.ANONYMOUS:
        return found | {"aws:userid": ("anonymous",)}
    for key, value in (
        ("aws:PrincipalArn", caller.principal_arn),
        ("aws:PrincipalAccount", caller.account),
        ("aws:userid", caller.unique_id),
        ("aws:username", caller.name if caller.kind is CallerKind.USER else None),
    ):
        if value is not None:
            found[key] = (value,)
    found |= {f"aws:PrincipalTag/{name}": (value,) for name, value in caller.tags.items()}
    session = caller.session
    if session is not None:
        # Present with temporary credentials only; those of a role never carry MFA.
        age = mfa_age(caller, now)
        found["aws:MultiFactorAuthPresent"] = (_bool(age is not None),)
        if age is not None:
            found["aws:MultiFactorAuthAge"] = (str(age),)
        found["aws:TokenIssueTime"] = (f"{session.issued:%Y-%m-%dT%H:%M:%SZ}",)
        if session.source_identity is not None:
            found["aws:SourceIdentity"] = (session.source_identity,)
    return found


def _how(received: Received, claim: Claim | None, now: dt.datetime) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    if received.tls_version is not None:
        found["s3:TlsVersion"] = (received.tls_version,)
    if claim is not None:
        found["s3:signatureversion"] = ("AWS4-HMAC-SHA256",)
        found["s3:authType"] = ("REST-QUERY-STRING" if claim.presigned else "REST-HEADER",)
        age = int((now - claim.time).total_seconds() * 1000)
        found["s3:signatureAge"] = (str(max(0, age)),)
    return found


def _bool(value: bool) -> str:
    return "true" if value else "false"
