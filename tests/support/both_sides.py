"""The policies of both stacks for some grants, and what the decision core says of them."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossaccess.decide import Answer, CompiledDocument, Policies, Request, compile_document, decide
from crossaccess.policy.access import ACTIONS, Scope
from crossaccess.policy.attaching import attached_principals, is_addressed_to
from crossaccess.policy.document import Document, PolicyKind, canonical_json, parse_document
from crossaccess.policy.encryption import Encryption
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import Bucket, Grant
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.requester_side import Taken, requester_side
from crossaccess.policy.sides import OwnerSide, owner_side
from tests.support.cast import (
    CALLERS,
    GROUP,
    OWNER,
    PLACES,
    REQUESTER,
    SIBLING,
    STRANGER,
    Caller,
    session,
)
from tests.support.meaning import Choice, Circumstances, Question, open_to_all_of

BUCKET = Bucket(name="shared", account=OWNER, partition="aws", region="eu-central-1")
KEY = "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_VIA_S3 = "s3.eu-central-1.amazonaws.com"
_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
_OPEN = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
_OPEN_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:*"}],
}


def _compiled(document: Document | Mapping[str, object], kind: PolicyKind) -> CompiledDocument:
    """Read back from the text that would be deployed."""
    text = canonical_json(document) if isinstance(document, Document) else document
    return compile_document(parse_document(text, kind))


ADMINISTRATION = _compiled(_EVERYTHING, PolicyKind.IDENTITY)
OPEN_BUCKET = _compiled(_OPEN, PolicyKind.RESOURCE)
OPEN_TRUST = _compiled(_OPEN_TRUST, PolicyKind.TRUST)


@dataclass(frozen=True, slots=True, kw_only=True)
class BothSides:
    """What is deployed, compiled. `key` is `None` where S3 has the keys.

    `attached` are the documents of each principal of a requester's account, by account and principal;
    `trusts` and `roles` are those of the grants' roles, by the grants' names.
    """

    choice: Choice
    bucket: CompiledDocument
    trusts: dict[str, CompiledDocument]
    roles: dict[str, CompiledDocument]
    key: CompiledDocument | None
    attached: dict[tuple[str, Principal], list[CompiledDocument]]

    def use(self, asked: Question) -> Answer:
        """May the caller do the S3 action as itself?"""
        return _decide_use(asked, self._of(asked.caller), self.bucket)

    def use_if_owner_allowed_all(self, asked: Question) -> Answer:
        """The same, if the bucket were open to everybody: what the requester's side says alone."""
        return _decide_use(asked, self._of(asked.caller), OPEN_BUCKET)

    def use_of_own_bucket(self, asked: Question) -> Answer:
        """The same for a bucket of that name which is in the caller's own account, and has no policy."""
        return _decide_use(asked, self._of(asked.caller), None, owner=asked.caller.account)

    def assume(self, grant: Grant, asked: Question) -> list[Answer]:
        """May the caller begin a session of the grant's role? All that is asked of it has to be allowed."""
        return _decide_assume(asked, self._of(asked.caller), self.trusts[grant.name], grant)

    def assume_if_owner_allowed_all(self, grant: Grant, asked: Question) -> list[Answer]:
        """The same, if the role trusted everybody."""
        return _decide_assume(asked, self._of(asked.caller), OPEN_TRUST, grant)

    def use_by_role(self, grant: Grant, asked: Question) -> Answer:
        """May a session of the grant's role do the S3 action?"""
        return _decide_use(_as_role(grant, asked), [self.roles[grant.name]], self.bucket)

    def use_key(self, asked: Question, action: str, key: str | None) -> Answer:
        """May S3 do the KMS action for the caller, for an object or under a bucket key (`None`)?"""
        return _decide_key(asked, Policies(identity=self._of(asked.caller), resource=self.key), action, key)

    def use_key_by_role(self, grant: Grant, asked: Question, action: str, key: str | None) -> Answer:
        """The same for a session of the grant's role."""
        policies = Policies(identity=[self.roles[grant.name]], resource=self.key)
        return _decide_key(_as_role(grant, asked), policies, action, key)

    def _of(self, caller: Caller) -> list[CompiledDocument]:
        if caller.account is None or caller.account == OWNER:
            return []
        if self.choice is Choice.ADMINISTRATORS:
            return [ADMINISTRATION]
        principals = [*([caller.principal] if caller.principal else []), *caller.groups]
        return [document for one in principals for document in self.attached.get((caller.account, one), [])]


def deployed(
    grants: Sequence[Grant], choice: Choice, faults: Faults, *, bucket: Bucket, encryption: Encryption
) -> BothSides:
    """Build both sides as the stacks do. Of use only where no fault was noted, such as one of sizes."""
    owner = owner_side(bucket, grants, faults, encryption=encryption)
    attached: dict[tuple[str, Principal], list[CompiledDocument]] = {}
    for account in (REQUESTER, SIBLING, STRANGER):
        taken = _taken(owner, grants, choice, faults, account=account)
        for _, policy in requester_side([taken], faults).policies:
            held = attached.setdefault((account, policy.principal), [])
            held.append(_compiled(policy.document, PolicyKind.IDENTITY))
    roles = owner.roles.values()
    return BothSides(
        choice=choice,
        bucket=_compiled(owner.bucket_policy, PolicyKind.RESOURCE),
        trusts={role.grant.name: _compiled(role.trust, PolicyKind.TRUST) for role in roles},
        roles={role.grant.name: _compiled(role.policy, PolicyKind.IDENTITY) for role in roles},
        key=None if owner.key_policy is None else _compiled(owner.key_policy, PolicyKind.RESOURCE),
        attached=attached,
    )


def _taken(
    owner: OwnerSide, grants: Sequence[Grant], choice: Choice, faults: Faults, *, account: str
) -> Taken:
    place = PLACES.get(account)
    own = [grant for grant in grants if is_addressed_to(grant, account=account, organization=place)]
    if choice is Choice.NOTHING:
        own = []
    attached = {}
    for grant in own:
        if choice is Choice.EVERYONE:
            attached[grant.name] = _people(account)
            continue
        chosen = _chosen(grant, choice, account=account)
        attached[grant.name] = attached_principals(
            grant, chosen, "attach", faults, account=account, organization=place
        )
    return Taken(owner="account-a", bucket=owner.bucket, grants=tuple(own), attached=attached)


def _chosen(grant: Grant, choice: Choice, *, account: str) -> tuple[Principal, ...] | None:
    with_all = open_to_all_of(grant, account)
    if choice is Choice.GROUP:
        users = grant.account == account and bool(grant.of_kind(PrincipalKind.USER))
        return (GROUP,) if with_all or users else ()
    return _people(account) if choice is Choice.ALL_WHO_MAY and with_all else None


def _people(account: str) -> tuple[Principal, ...]:
    return tuple(one.principal for one in CALLERS if one.account == account and one.principal is not None)


def _as_role(grant: Grant, asked: Question) -> Question:
    return dataclasses.replace(asked, caller=session(OWNER, grant.role_name or ""))


def _decide_use(
    asked: Question,
    identity: Sequence[CompiledDocument],
    policy: CompiledDocument | None,
    *,
    owner: str | None = OWNER,
) -> Answer:
    how = asked.how
    context = {
        **_of_caller(asked.caller),
        **_of_circumstances(how),
        "aws:SecureTransport": ["true" if how.tls else "false"],
    }
    scope = ACTIONS[asked.action].scope
    if scope is Scope.LISTING and asked.where is not None:
        context["s3:prefix"] = [asked.where]
    if asked.action in ("s3:PutObject", "s3:ReplicateObject") and how.writes_under is not None:
        context["s3:x-amz-server-side-encryption"] = ["aws:kms"]
        context["s3:x-amz-server-side-encryption-aws-kms-key-id"] = [how.writes_under]
    request = Request(
        principal=asked.caller.arn,
        action=asked.action,
        resource=f"{BUCKET.arn}/{asked.where}" if scope is Scope.OBJECTS else BUCKET.arn,
        resource_account=owner,
        context=context,
    )
    return decide(request, Policies(identity=identity, resource=policy))


def _decide_assume(
    asked: Question, identity: Sequence[CompiledDocument], trust: CompiledDocument, grant: Grant
) -> list[Answer]:
    """IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".

    Tags and a source identity need an action of their own beside `sts:AssumeRole`, with the same context.
    """
    how = asked.how
    context = {**_of_caller(asked.caller), **_of_circumstances(how)}
    actions = ["sts:AssumeRole"]
    if how.external_id is not None:
        context["sts:ExternalId"] = [how.external_id]
    if how.source_identity is not None:
        context["sts:SourceIdentity"] = [how.source_identity]
        actions.append("sts:SetSourceIdentity")
    if how.tags:
        context |= {f"aws:RequestTag/{name}": [value] for name, value in how.tags}
        context["aws:TagKeys"] = [name for name, _ in how.tags]
        actions.append("sts:TagSession")
    role = BUCKET.role_arn(grant.role_name or "")
    return [
        decide(
            Request(principal=asked.caller.arn, action=action, resource=role, context=context),
            Policies(identity=identity, resource=trust),
        )
        for action in actions
    ]


def _decide_key(asked: Question, policies: Policies, action: str, key: str | None) -> Answer:
    """S3 asks KMS from its own network, and tells it the object, or the bucket under a bucket key."""
    context = {
        **_of_caller(asked.caller),
        "aws:CurrentTime": [_written(asked.how)],
        "kms:ViaService": [_VIA_S3],
        "kms:EncryptionContext:aws:s3:arn": [BUCKET.arn if key is None else f"{BUCKET.arn}/{key}"],
    }
    return decide(Request(principal=asked.caller.arn, action=action, resource=KEY, context=context), policies)


def _of_caller(caller: Caller) -> dict[str, list[str]]:
    context: dict[str, list[str]] = {}
    if caller.role_arn is not None:
        context["aws:PrincipalArn"] = [caller.role_arn]
    if caller.place is not None:
        context["aws:PrincipalOrgID"] = [caller.place.split("/")[0]]
        context["aws:PrincipalOrgPaths"] = [f"{caller.place}/"]
    return context


def _of_circumstances(how: Circumstances) -> dict[str, list[str]]:
    context = {"aws:CurrentTime": [_written(how)]}
    if how.address is not None:
        context["aws:SourceIp"] = [how.address]
    if how.endpoint is not None:
        context["aws:SourceVpce"] = [how.endpoint]
    if how.mfa_age is not None:
        context["aws:MultiFactorAuthPresent"] = ["true"]
        context["aws:MultiFactorAuthAge"] = [str(how.mfa_age)]
    return context


def _written(how: Circumstances) -> str:
    return how.time.strftime("%Y-%m-%dT%H:%M:%SZ")
