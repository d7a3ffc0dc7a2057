"""What condition keys hold, by AWS's pages.

IAM User Guide, "AWS global condition context keys" (data type and value type) and "IAM and AWS STS condition
context keys"; Service Authorization Reference for S3 and KMS.
"""

import pytest

from crossaccess.compare.global_keys import GLOBAL_KEYS
from crossaccess.compare.keys import is_known, is_multivalued, kind_of, line_of
from crossaccess.compare.kind import Kind
from crossaccess.compare.line import Line

KINDS = {
    Kind.TEXT: (
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:PrincipalTag/team",
        "aws:RequestTag/a/b",
        "aws:SourceVpce",
        "aws:userid",
        "aws:username",
        "s3:prefix",
        "s3:ExistingObjectTag/class",
        "s3:RequestObjectTag/class",
        "s3:x-amz-acl",
        "s3:x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "sts:ExternalId",
        "sts:RoleSessionName",
        "sts:SourceIdentity",
        "kms:ViaService",
        "kms:EncryptionContext:aws:s3:arn",
        "saml:aud",
        "accounts.google.com:sub",
        "token.actions.githubusercontent.com:sub",
        "token.actions.githubusercontent.com:repository",
        "oidc.eks.eu-central-1.amazonaws.com/id/1A2B:aud",
    ),
    Kind.NUMBER: (
        "aws:MultiFactorAuthAge",
        "ec2:RoleDelivery",
        "s3:max-keys",
        "s3:signatureAge",
        "s3:object-lock-remaining-retention-days",
        "s3:TlsVersion",
        "sts:DurationSeconds",
        "kms:ScheduleKeyDeletionPendingWindowInDays",
    ),
    Kind.MOMENT: (
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:TokenIssueTime",
        "s3:object-lock-retain-until-date",
        "kms:ValidTo",
    ),
    Kind.ADDRESS: ("aws:SourceIp", "aws:VpcSourceIp", "aws:Ec2InstanceSourcePrivateIPv4"),
    Kind.TRUTH: (
        "aws:SecureTransport",
        "aws:MultiFactorAuthPresent",
        "aws:ViaAWSService",
        "aws:PrincipalIsAWSService",
        "aws:AssumedRoot",
        "kms:GrantIsForAWSResource",
        "s3:ObjectCreationOperation",
    ),
}


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, keys in KINDS.items() for key in keys])
def test_keys_have_the_kind_that_aws_gives_them(kind: Kind, key: str) -> None:
    """In any spelling: the names of keys have no case."""
    for spelt in (key, key.lower(), key.upper()):
        assert is_known(spelt)
        assert kind_of(spelt) is kind


@pytest.mark.parametrize(
    "key",
    [
        "aws:NoSuchKey",
        "aws:PrincipalTag",
        "aws:PrincipalTag/",
        "aws:RequestTag/",
        "s3:ExistingObjectTag/",
        "s3:ExistingObjectTag",
        "kms:EncryptionContext:",
        "s3:nosuchkey",
        "nosuch:Key",
        "oidc.example.com:nosuchclaim",
        "example:sub",
        "prefix",
        "",
        "s3:prefix ",
    ],
)
def test_a_key_that_aws_does_not_name_is_not_known(key: str) -> None:
    """What is told of it is a guess: a text with one value."""
    assert not is_known(key)
    assert kind_of(key) is Kind.TEXT
    assert not is_multivalued(key)
    assert line_of(key) is None


@pytest.mark.parametrize("key", ["saml:sub", "kms:EncryptionContext:a.b:amr", "s3:ExistingObjectTag/a.b:amr"])
def test_keys_with_one_value_are_not_taken_for_lists(key: str) -> None:
    """However the part of their name ends that anybody may choose."""
    assert is_known(key)
    assert not is_multivalued(key)


MULTIVALUED = {
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
}


def test_the_global_keys_with_several_values_are_these() -> None:
    """The page's "Value type" is "Multivalued" for these and no others."""
    assert {
        key for key in GLOBAL_KEYS if is_multivalued(f"{key}x" if key.endswith("/") else key)
    } == MULTIVALUED


@pytest.mark.parametrize(
    "key",
    [
        "s3:RequestObjectTagKeys",
        "sts:TransitiveTagKeys",
        "kms:EncryptionContextKeys",
        "kms:ResourceAliases",
        "cognito-identity.amazonaws.com:amr",
        "oidc.example.com:amr",
        "saml:edupersonaffiliation",
        "saml:mail",
    ],
)
def test_keys_of_services_and_providers_can_have_several_values_too(key: str) -> None:
    """Those whose type is a list, in the Service Authorization Reference; and the ways of signing in."""
    assert is_multivalued(key)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("s3:max-keys", Line.WHOLE),
        ("aws:MultiFactorAuthAge", Line.WHOLE),
        ("s3:TlsVersion", Line.DECIMAL),
        ("aws:CurrentTime", Line.MOMENT),
        ("AWS:EPOCHTIME", Line.EPOCH),
        ("aws:SourceIp", Line.ADDRESS),
        ("s3:prefix", None),
        ("aws:SecureTransport", None),
    ],
)
def test_ordered_values_lie_on_a_line(key: str, line: Line | None) -> None:
    """TLS has versions such as 1.2; all other numbers of AWS's keys are whole."""
    assert line_of(key) is line
