"""Which keys a request can hold, and which it always holds.

Service Authorization Reference for S3, STS and KMS; IAM User Guide, "AWS global condition context keys", the
"Availability" of each key.
"""

import pytest

from crossaccess.compare.carried import always_present, can_carry, fixed_value
from crossaccess.compare.global_keys import GLOBAL_KEYS
from crossaccess.compare.services import actions_of
from crossaccess.decide.caller import CallerKind, classify
from crossaccess.decide.context import PRESENT, UNKNOWN
from crossaccess.decide.request import Facts, Request

CARRIED = [
    ("s3:ListBucket", "s3:prefix"),
    ("s3:ListBucket", "s3:delimiter"),
    ("s3:ListBucket", "s3:max-keys"),
    ("s3:ListBucketVersions", "s3:prefix"),
    ("s3:PutObject", "s3:x-amz-acl"),
    ("s3:PutObject", "s3:x-amz-server-side-encryption"),
    ("s3:PutObject", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
    ("s3:PutObject", "s3:x-amz-server-side-encryption-customer-algorithm"),
    ("s3:PutObject", "s3:RequestObjectTag/class"),
    ("s3:GetObject", "s3:ExistingObjectTag/class"),
    ("s3:GetObjectVersion", "s3:VersionId"),
    ("s3:GetObject", "s3:TlsVersion"),
    ("s3:GetObject", "s3:DataAccessPointArn"),
    ("s3:GetObject", "aws:ResourceTag/team"),
    ("s3:CreateBucket", "aws:RequestTag/team"),
    ("sts:AssumeRole", "sts:ExternalId"),
    ("sts:AssumeRole", "sts:RoleSessionName"),
    ("sts:AssumeRole", "sts:SourceIdentity"),
    ("sts:AssumeRole", "sts:TransitiveTagKeys"),
    ("sts:AssumeRole", "aws:TagKeys"),
    ("sts:AssumeRole", "iam:ResourceTag/team"),
    ("sts:AssumeRole", "aws:ResourceTag/team"),
    ("sts:AssumeRoleWithSAML", "saml:aud"),
    ("sts:AssumeRoleWithWebIdentity", "token.actions.githubusercontent.com:sub"),
    # Asked about the same request as the assuming itself.
    ("sts:TagSession", "sts:ExternalId"),
    ("sts:SetSourceIdentity", "sts:RoleSessionName"),
    ("kms:Decrypt", "kms:ViaService"),
    ("kms:Decrypt", "kms:EncryptionContext:aws:s3:arn"),
    ("kms:GenerateDataKey", "kms:CallerAccount"),
    ("kms:Decrypt", "kms:ResourceAliases"),
    ("kms:CreateGrant", "kms:GranteePrincipal"),
    # Keys that go with the caller wherever it calls.
    ("s3:GetObject", "ec2:SourceInstanceArn"),
    ("s3:GetObject", "saml:sub"),
    ("s3:GetObject", "accounts.google.com:aud"),
    # What the list has not caught up with.
    ("s3:NoSuchAction", "s3:prefix"),
    ("s3:GetObject", "s3:no-such-key"),
    ("nosuch:Action", "nosuch:Key"),
    ("s3:GetObject", "aws:NoSuchKey"),
    ("nosuch:Action", "aws:RequestTag/team"),
]
NOT_CARRIED = [
    ("s3:GetObject", "s3:prefix"),
    ("s3:ListBucketMultipartUploads", "s3:prefix"),
    ("s3:GetObject", "s3:x-amz-acl"),
    ("s3:GetObject", "s3:VersionId"),
    ("s3:ListBucket", "s3:ExistingObjectTag/class"),
    ("s3:GetObject", "kms:ViaService"),
    ("s3:NoSuchAction", "kms:ViaService"),
    ("s3:GetObject", "sts:ExternalId"),
    ("kms:Decrypt", "s3:prefix"),
    ("kms:Decrypt", "kms:GranteePrincipal"),
    ("sts:AssumeRole", "kms:CallerAccount"),
    ("sts:AssumeRoleWithSAML", "sts:ExternalId"),
    ("sts:GetCallerIdentity", "sts:ExternalId"),
    ("s3:GetObject", "aws:RequestTag/team"),
    ("s3:GetObject", "aws:TagKeys"),
    ("s3:ListAllMyBuckets", "aws:ResourceTag/team"),
    ("s3:GetObject", "prefix"),
    ("s3:GetObject", ""),
]


@pytest.mark.parametrize(("action", "key"), CARRIED)
def test_a_request_can_hold_what_its_action_is_listed_with(action: str, key: str) -> None:
    """In any spelling; what is in doubt can be there as well."""
    assert can_carry(action, key)
    assert can_carry(action.upper(), key.upper())


@pytest.mark.parametrize(("action", "key"), NOT_CARRIED)
def test_a_request_cannot_hold_what_only_other_actions_have(action: str, key: str) -> None:
    """Nor the keys of another service."""
    assert not can_carry(action, key)
    assert not can_carry(action.upper(), key.upper())


_EVERYWHERE = [
    name for name in GLOBAL_KEYS if not name.startswith(("aws:requesttag", "aws:resourcetag", "aws:tagkeys"))
]


@pytest.mark.parametrize("name", _EVERYWHERE)
def test_global_keys_go_with_any_action(name: str) -> None:
    """IAM User Guide: they "can be used across all AWS services"."""
    key = f"{name}team" if name.endswith("/") else name
    assert all(can_carry(action, key) for action in ("s3:GetObject", "sts:AssumeRole", "kms:Decrypt", "a:B"))


CALLERS = [
    ("aws:PrincipalArn", "all but SERVICE PROVIDER ANONYMOUS"),
    ("aws:PrincipalAccount", "all but"),
    ("aws:PrincipalOrgID", "all but SERVICE ANONYMOUS"),
    ("aws:PrincipalTag/team", "all but ANONYMOUS"),
    ("aws:PrincipalIsAWSService", "all but ANONYMOUS"),
    ("aws:PrincipalServiceName", "SERVICE"),
    ("aws:SourceArn", "SERVICE"),
    ("aws:SourceAccount", "SERVICE"),
    ("aws:username", "USER"),
    ("aws:MultiFactorAuthPresent", "all but SERVICE ANONYMOUS"),
    ("aws:CalledVia", "all but SERVICE ANONYMOUS"),
    ("aws:SourceIp", "all but"),
    ("aws:SourceVpce", "all but"),
    ("saml:sub", "ROLE SESSION FEDERATED_USER PROVIDER"),
]


@pytest.mark.parametrize(("key", "who"), CALLERS)
def test_some_keys_come_from_some_callers_only(key: str, who: str) -> None:
    """An anonymous request has no session, a user's no service behind it."""
    names = set(who.removeprefix("all but").split())
    named = {kind for kind in CallerKind if kind.name in names}
    carriers = set(CallerKind) - named if who.startswith("all but") else named
    assert {kind for kind in CallerKind if can_carry("s3:GetObject", key, kind)} == carriers


def test_an_identity_providers_keys_are_there_when_it_vouches_for_somebody() -> None:
    """The action lists them, so that the caller does not matter."""
    assert can_carry("sts:AssumeRoleWithSAML", "saml:sub", CallerKind.PROVIDER)


ALWAYS = [
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:RequestedRegion",
    "aws:ViaAWSService",
]


@pytest.mark.parametrize("key", ALWAYS)
@pytest.mark.parametrize("caller", CallerKind)
def test_every_request_holds_these(key: str, caller: CallerKind) -> None:
    """The page: "This key is always included in the request context"."""
    assert always_present(key, "s3:GetObject", caller)
    assert always_present(key.lower(), "kms:Decrypt", caller)


SIGNED = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:PrincipalIsAWSService",
    "aws:userid",
]


@pytest.mark.parametrize("key", SIGNED)
@pytest.mark.parametrize(
    "caller",
    [
        CallerKind.USER,
        CallerKind.ROLE,
        CallerKind.SESSION,
        CallerKind.FEDERATED_USER,
        CallerKind.ROOT,
    ],
)
def test_every_signed_request_says_who_made_it(key: str, caller: CallerKind) -> None:
    """The page: "included in the request context for all signed requests"."""
    assert always_present(key, "s3:GetObject", caller)


@pytest.mark.parametrize(
    ("key", "action", "caller", "always"),
    [
        ("aws:PrincipalArn", "s3:GetObject", CallerKind.ANONYMOUS, False),
        ("aws:PrincipalAccount", "s3:GetObject", CallerKind.ANONYMOUS, True),
        ("aws:userid", "s3:GetObject", CallerKind.ANONYMOUS, False),
        ("aws:username", "s3:GetObject", CallerKind.USER, True),
        ("aws:username", "s3:GetObject", CallerKind.SESSION, False),
        ("aws:PrincipalServiceName", "s3:PutObject", CallerKind.SERVICE, True),
        ("aws:PrincipalServiceName", "s3:PutObject", CallerKind.USER, False),
        ("aws:MultiFactorAuthPresent", "s3:GetObject", CallerKind.USER, False),
        ("aws:SourceIp", "s3:GetObject", CallerKind.USER, False),
        ("aws:SourceVpce", "s3:GetObject", CallerKind.USER, False),
        ("aws:PrincipalOrgID", "s3:GetObject", CallerKind.USER, False),
        ("aws:UserAgent", "s3:GetObject", CallerKind.USER, False),
        ("aws:ResourceAccount", "s3:GetObject", CallerKind.USER, True),
        ("aws:ResourceAccount", "sts:AssumeRole", CallerKind.USER, True),
        ("aws:ResourceAccount", "s3:ListAllMyBuckets", CallerKind.USER, False),
        ("aws:ResourceAccount", "ec2:CreateVpcEndpoint", CallerKind.USER, False),
        ("aws:ResourceAccount", "ebs:GetSnapshotBlock", CallerKind.USER, False),
        ("aws:ViaAWSService", "ec2:RunInstances", CallerKind.USER, False),
        ("sts:RoleSessionName", "sts:AssumeRole", CallerKind.USER, True),
        ("sts:ExternalId", "sts:AssumeRole", CallerKind.USER, False),
        ("s3:prefix", "s3:ListBucket", CallerKind.USER, False),
        ("aws:NoSuchKey", "s3:GetObject", CallerKind.USER, False),
    ],
)
def test_whether_a_key_is_always_there(key: str, action: str, caller: CallerKind, *, always: bool) -> None:
    """In doubt it is not."""
    assert always_present(key, action, caller) == always


@pytest.mark.parametrize("caller", CallerKind)
def test_what_is_always_there_can_be_there(caller: CallerKind) -> None:
    """For every key and action."""
    keys = [f"{name}x" if name.endswith("/") else name for name in GLOBAL_KEYS]
    for key in [*keys, "sts:RoleSessionName"]:
        for action in (*actions_of("s3"), *actions_of("sts"), *actions_of("kms")):
            assert can_carry(action, key, caller) or not always_present(key, action, caller)


WHO = {
    CallerKind.USER: "arn:aws:iam::111122223333:user/bob",
    CallerKind.ROLE: "arn:aws:iam::111122223333:role/reader",
    CallerKind.SESSION: "arn:aws:sts::111122223333:assumed-role/reader/one",
    CallerKind.FEDERATED_USER: "arn:aws:sts::111122223333:federated-user/bob",
    CallerKind.ROOT: "arn:aws:iam::111122223333:root",
    CallerKind.SERVICE: "logging.s3.amazonaws.com",
    CallerKind.PROVIDER: "arn:aws:iam::111122223333:saml-provider/corp",
    CallerKind.ANONYMOUS: "*",
}
FILLED = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:username")


@pytest.mark.parametrize("key", FILLED)
@pytest.mark.parametrize("caller", CallerKind)
def test_the_decision_core_fills_in_what_is_always_there(caller: CallerKind, key: str) -> None:
    """And nothing that the caller's requests cannot hold, or that has another value."""
    assert classify(WHO[caller]).kind is caller
    facts = Facts(Request(principal=WHO[caller], action="s3:GetObject", resource="arn:aws:s3:::box/a"))
    found = facts.lookup(key.lower())
    assert found is not UNKNOWN
    there = found is PRESENT or bool(found)
    assert there == always_present(key, "s3:GetObject", caller)
    assert can_carry("s3:GetObject", key, caller) or not there
    fixed = fixed_value(key, caller)
    assert fixed is None or found in ((), (fixed,))


@pytest.mark.parametrize(
    ("key", "caller", "value"),
    [
        ("aws:PrincipalIsAWSService", CallerKind.SERVICE, "true"),
        ("AWS:principalisawsservice", CallerKind.USER, "false"),
        ("aws:PrincipalType", CallerKind.SESSION, "AssumedRole"),
        ("aws:PrincipalAccount", CallerKind.ANONYMOUS, "anonymous"),
        ("aws:PrincipalAccount", CallerKind.USER, None),
        ("aws:ViaAWSService", CallerKind.ANONYMOUS, "false"),
        ("aws:ViaAWSService", CallerKind.USER, None),
        ("aws:SecureTransport", CallerKind.USER, None),
    ],
)
def test_some_keys_have_one_value_for_a_caller(key: str, caller: CallerKind, value: str | None) -> None:
    """The page's words on each key."""
    assert fixed_value(key, caller) == value
