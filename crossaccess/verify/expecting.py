"""What the decision core says of a line, from the policies that the picture holds of both sides."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from crossaccess.decide import CompiledDocument, Decision, Policies, Request, RequestError, compile_document
from crossaccess.decide import decide as decided
from crossaccess.deployment.picture import Bucket, Grant, Key, Picture, Policy, Principal
from crossaccess.policy.conditions import written_time
from crossaccess.policy.document import PolicyError, PolicyKind, parse_document
from crossaccess.verify.caller import Requester
from crossaccess.verify.line import ASSUMING, By, Call, Line
from crossaccess.verify.planning import key_under

SESSION_NAME = "crossaccess-verify"
"""How the sessions of the roles are named."""
WRONG_EXTERNAL_ID = "crossaccess-verify-wrong"
"""What is said in the place of a grant's ExternalId, to be refused."""

_S3: Mapping[Call, tuple[str, ...]] = {
    Call.PUT: ("s3:PutObject",),
    Call.GET: ("s3:GetObject",),
    Call.HEAD_PLAIN: ("s3:GetObject",),
    Call.LIST: ("s3:ListBucket",),
    Call.MULTIPART: ("s3:PutObject",),
    Call.ABORT: ("s3:PutObject", "s3:AbortMultipartUpload"),
    Call.DELETE: ("s3:DeleteObject",),
}
# AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key"; the parts of an upload are
# read again when they are put together.
_KMS: Mapping[Call, tuple[str, ...]] = {
    Call.PUT: ("kms:GenerateDataKey",),
    Call.GET: ("kms:Decrypt",),
    Call.MULTIPART: ("kms:GenerateDataKey", "kms:Decrypt"),
    Call.ABORT: ("kms:GenerateDataKey", "kms:Decrypt"),
}
# What our own requests do not say, so that the core need not leave it open.
_NOT_SAID = (
    "s3:delimiter",
    "s3:object-lock-legal-hold",
    "s3:object-lock-mode",
    "s3:object-lock-retain-until-date",
    "s3:versionid",
    "s3:x-amz-acl",
    "s3:x-amz-copy-source",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-storage-class",
)
_STEPS = (Decision.DENIED, Decision.NOT_ALLOWED, Decision.UNKNOWN, Decision.ALLOWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the core says: the worst decision of all that the call needs, and why."""

    decision: Decision
    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool | None:
        """Whether AWS should let the call through; `None` where that cannot be told."""
        return None if self.decision is Decision.UNKNOWN else self.decision is Decision.ALLOWED


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a decision is made from. `context` is what the user tells of the requests (`aws:SourceIp`)."""

    picture: Picture
    requester: Requester
    grants: Mapping[tuple[str, str], Grant]
    now: dt.datetime
    context: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """One thing that has to be allowed. Of `documents`, `None` stands for one that nobody can read."""

    action: str
    resource: str
    owner: str | None
    policy: CompiledDocument | None
    unread: str | None
    context: Mapping[str, tuple[str, ...]]


def expect(line: Line, known: Known) -> Expected:
    """Ask the decision core about everything that a line's call needs.

    What is refused has the reasons of that one thing; what is allowed those of all, the key's included.
    """
    answers = [_answer(line, need, known) for need in _needs(line, known)]
    worst = min(answers, key=lambda one: _STEPS.index(one.decision))
    if worst.decision is not Decision.ALLOWED:
        return worst
    return replace(worst, reasons=tuple(dict.fromkeys(reason for one in answers for reason in one.reasons)))


def missing_key_is_told(line: Line, known: Known) -> bool:
    """Whether a missing key is surely answered 404: to who may list the bucket without a prefix.

    Amazon S3 API Reference, "GetObject": to others it is 403, as a refusal is.
    """
    need = _s3_need("s3:ListBucket", line, known, listing=None)
    return _answer(line, need, known).decision is Decision.ALLOWED


def _needs(line: Line, known: Known) -> Sequence[_Need]:
    if line.call in ASSUMING:
        return _assume_needs(line, known)
    listing = line.place if line.call is Call.LIST else None
    needs = [_s3_need(action, line, known, listing=listing) for action in _S3[line.call]]
    bucket = _bucket(line, known.picture)
    if bucket is not None and bucket.key is not None:
        for action in _KMS.get(line.call, ()):
            needs += _key_needs(action, bucket, line, known)
    return needs


def _s3_need(action: str, line: Line, known: Known, *, listing: str | None) -> _Need:
    grant = known.grants[line.bucket, line.grant]
    arn = f"arn:{grant.partition}:s3:::{line.bucket}"
    bucket = _bucket(line, known.picture)
    of_bucket = action == "s3:ListBucket"
    policy, unread = _read_one(None if bucket is None else bucket.policy, PolicyKind.RESOURCE)
    if bucket is None or not bucket.held:
        unread = f"no source here holds the policy of the bucket {line.bucket}: give the owner's stack"
    context = {
        "aws:SecureTransport": ("false" if line.call is Call.HEAD_PLAIN else "true",),
        "aws:ResourceAccount": (grant.owner,),
        "s3:ResourceAccount": (grant.owner,),
        "s3:prefix": () if listing is None else (listing,),
        "s3:max-keys": () if listing is None else ("1",),
        "s3:if-none-match": ("*",) if line.call is Call.PUT else (),
        **dict.fromkeys(_NOT_SAID, ()),
    }
    return _Need(
        action=action,
        resource=arn if of_bucket else f"{arn}/{key_under(line.place, 'probe')}",
        owner=grant.owner,
        policy=policy,
        unread=unread,
        context=context,
    )


def _key_needs(action: str, bucket: Bucket, line: Line, known: Known) -> Iterable[_Need]:
    """Both ways in which S3 names what it encrypts: by the bucket, with a bucket key, and by the object."""
    key = next((one for one in known.picture.keys if bucket.key in (one.arn, one.name)), None)
    arn = key.arn if key is not None else None
    if key is None or arn is None:
        yield _Need(
            action=action,
            resource=f"arn:{bucket.partition}:kms:{bucket.region}:{bucket.account}:key/unknown",
            owner=bucket.account,
            policy=None,
            unread=f"no source here tells the key {bucket.key} of the bucket: give the owner's stack",
            context={},
        )
        return
    policy, unread = _read_one(key.policy, PolicyKind.RESOURCE)
    for encrypted in (bucket.arn, f"{bucket.arn}/{key_under(line.place, 'probe')}"):
        yield _Need(
            action=action,
            resource=arn,
            owner=key.account,
            policy=policy,
            unread=unread,
            context={
                "aws:SecureTransport": ("true",),
                "aws:ViaAWSService": ("true",),
                "kms:ViaService": (f"s3.{_region(bucket, key)}.amazonaws.com",),
                "kms:CallerAccount": (_account(line, known),),
                "kms:EncryptionContext:aws:s3:arn": (encrypted,),
                "kms:EncryptionContextKeys": ("aws:s3:arn",),
            },
        )


def _region(bucket: Bucket, key: Key) -> str:
    return bucket.region or key.region or ""


def _assume_needs(line: Line, known: Known) -> Sequence[_Need]:
    grant = known.grants[line.bucket, line.grant]
    role = _role(line.place, known.picture)
    policy, unread = _read_one(None if role is None else role.trust, PolicyKind.TRUST)
    usual = role is None and line.place != grant.role_arn
    if (role is None or not role.held) and not usual:
        unread = f"no source here holds the role {line.place}: give the owner's stack"
    said: dict[str, tuple[str, ...]] = {
        "aws:SecureTransport": ("true",),
        "sts:RoleSessionName": (SESSION_NAME,),
        "sts:ExternalId": _external_id(line, grant),
        "sts:SourceIdentity": grant.asks.source_identity[:1],
        "aws:TagKeys": tuple(name for name, _ in grant.asks.session_tags),
        "sts:TransitiveTagKeys": (),
    }
    said |= {f"aws:RequestTag/{name}": values[:1] for name, values in grant.asks.session_tags}
    actions = ["sts:AssumeRole"]
    actions += ["sts:TagSession"] if grant.asks.session_tags else []
    actions += ["sts:SetSourceIdentity"] if grant.asks.source_identity else []
    return [
        _Need(
            action=action,
            resource=line.place,
            owner=grant.owner,
            policy=policy,
            unread=unread,
            context=said,
        )
        for action in actions
    ]


def _external_id(line: Line, grant: Grant) -> tuple[str, ...]:
    if line.call is Call.ASSUME_WRONG:
        return (WRONG_EXTERNAL_ID,)
    if line.call is Call.ASSUME_WITHOUT or grant.asks.external_id is None:
        return ()
    return (grant.asks.external_id,)


def _answer(line: Line, need: _Need, known: Known) -> Expected:
    """One need. A policy that nobody can read leaves it unknown, unless what can be read refuses already."""
    who = _who(line, known)
    identity, unread = _identity(line, known)
    open_reasons = [reason for reason in (need.unread, *unread) if reason is not None]
    boundary_policy = None if who is None else who.boundary
    boundary, hidden = _read_one(boundary_policy, PolicyKind.BOUNDARY)
    if hidden is not None:
        open_reasons.append(hidden)
    scp, of_scp = _levels(PolicyKind.SCP, _account(line, known), known.picture)
    rcp, of_rcp = _levels(PolicyKind.RCP, need.owner, known.picture)
    open_reasons += [*of_scp, *of_rcp]
    context = {
        "aws:CurrentTime": (written_time(known.now),),
        "aws:EpochTime": (str(int(known.now.timestamp())),),
        "aws:PrincipalIsAWSService": ("false",),
        **_credentials(line, known),
        **need.context,
    }
    told = {key.lower() for key in known.context}
    own = {key: values for key, values in context.items() if key.lower() not in told}
    try:
        answer = decided(
            Request(
                principal=_principal(line, known),
                action=need.action,
                resource=need.resource,
                resource_account=need.owner,
                context={**known.context, **own},
                context_complete=False,
            ),
            Policies(
                identity=identity,
                boundary=None if boundary is None else [boundary],
                resource=need.policy,
                scp=scp,
                rcp=rcp,
            ),
        )
    except RequestError as error:
        return Expected(decision=Decision.UNKNOWN, reasons=(str(error),))
    if open_reasons and answer.decision is not Decision.DENIED:
        return Expected(decision=Decision.UNKNOWN, reasons=tuple(dict.fromkeys(open_reasons)))
    reasons = tuple(f"{need.action}: {reason}" for reason in answer.reasons)
    return Expected(decision=answer.decision, reasons=reasons)


def _principal(line: Line, known: Known) -> str:
    if line.by is By.OWN:
        return known.requester.arn
    grant = known.grants[line.bucket, line.grant]
    name = (grant.role_arn or "").rpartition("/")[2]
    return f"arn:{grant.partition}:sts::{grant.owner}:assumed-role/{name}/{SESSION_NAME}"


def _account(line: Line, known: Known) -> str:
    return known.requester.account if line.by is By.OWN else known.grants[line.bucket, line.grant].owner


def _credentials(line: Line, known: Known) -> dict[str, tuple[str, ...]]:
    """What the credentials say of themselves. Those of a role's session carry no MFA."""
    if line.by is By.ROLE:
        arn = known.grants[line.bucket, line.grant].role_arn
        told = {"aws:MultiFactorAuthPresent": ("false",), "aws:MultiFactorAuthAge": ()}
        return told if arn is None else {**told, "aws:PrincipalArn": (arn,)}
    told = {}
    if not known.requester.temporary:
        told = {"aws:MultiFactorAuthPresent": (), "aws:MultiFactorAuthAge": ()}
    if known.requester.principal_arn is not None:
        told["aws:PrincipalArn"] = (known.requester.principal_arn,)
    return told


def _who(line: Line, known: Known) -> Principal | None:
    if line.by is By.OWN:
        return known.requester.held_in(known.picture)
    return _role(known.grants[line.bucket, line.grant].role_arn or "", known.picture)


def _identity(line: Line, known: Known) -> tuple[list[CompiledDocument], list[str]]:
    """The policies of the caller, and why some of them cannot be read."""
    who = _who(line, known)
    if who is None:
        whose = "the role: give the owner's stack"
        if line.by is By.OWN:
            whose = (
                f"policies of {known.requester.arn}: give the requester's stack, or, where that has none of "
                "them, a folder of them by --policies"
            )
        return [], [f"no source here holds {whose}"]
    documents: list[CompiledDocument] = []
    unread: list[str] = []
    for policy in who.policies:
        document, reason = _read_one(policy, PolicyKind.IDENTITY)
        if document is not None:
            documents.append(document)
        if reason is not None:
            unread.append(reason)
    return documents, unread


def _levels(
    kind: PolicyKind, account: str | None, picture: Picture
) -> tuple[list[list[CompiledDocument]], list[str]]:
    """What an account's organization attaches, level by level, and why some of it cannot be read."""
    levels: list[list[CompiledDocument]] = []
    unread: list[str] = []
    for level in picture.levels_of(kind, account):
        read = [_read_one(policy, kind) for policy in level.policies]
        levels.append([document for document, _ in read if document is not None])
        unread += [reason for _, reason in read if reason is not None]
    return levels, unread


def _bucket(line: Line, picture: Picture) -> Bucket | None:
    return next((one for one in picture.buckets if one.name == line.bucket), None)


def _role(arn: str, picture: Picture) -> Principal | None:
    return next((one for one in picture.principals if one.arn == arn), None)


def _read_one(policy: Policy | None, kind: PolicyKind) -> tuple[CompiledDocument | None, str | None]:
    """The document, or why there is none to read; neither where there is no policy."""
    if policy is None:
        return None, None
    if policy.text is None:
        return None, f"{policy.name}: {policy.unknown}"
    try:
        return _compiled(policy.text, kind), None
    except PolicyError as error:
        return None, f"{policy.name}: {error}"


@lru_cache(maxsize=1024)
def _compiled(text: str, kind: PolicyKind) -> CompiledDocument:
    return compile_document(parse_document(text, kind))
