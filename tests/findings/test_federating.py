"""Whom identity providers sign in for a role, and what tells whose a token is."""

import pytest

from crossaccess.findings.federating import providers_without_subject
from crossaccess.policy.document import PolicyKind, parse_document
from tests.support.found import OWNER, trusting

_GITHUB = "token.actions.githubusercontent.com"
_OWN = f"arn:aws:iam::{OWNER}:oidc-provider/{_GITHUB}"
_CLUSTER = f"arn:aws:iam::{OWNER}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0A1B"
_SAML = f"arn:aws:iam::{OWNER}:saml-provider/ours"
_POOLS = "cognito-identity.amazonaws.com"
_AUD = {f"{_GITHUB}:aud": "sts.amazonaws.com"}


@pytest.mark.parametrize(
    ("provider", "condition", "narrows"),
    [
        (_OWN, {"StringEquals": {f"{_GITHUB}:sub": "repo:ours/lake:ref:refs/heads/main"}}, True),
        (_OWN, {"StringLike": {f"{_GITHUB}:SUB": "repo:ours/*"}}, True),
        (_OWN, {"StringEquals": {f"{_GITHUB}:repository_owner_id": "1234"}}, True),
        (_OWN, {"StringEquals": _AUD}, False),
        (_OWN, {"StringLike": {f"{_GITHUB}:sub": "repo:*"}}, False),
        (_OWN, {"StringLike": {f"{_GITHUB}:sub": ["repo:ours/*", "*"]}}, False),
        (_OWN, {"StringLike": {f"{_GITHUB}:sub": "repo:${aws:username}/*"}}, False),
        (_OWN, {"StringEqualsIfExists": {f"{_GITHUB}:sub": "repo:ours/lake"}}, False),
        (_OWN, {"ForAllValues:StringEquals": {f"{_GITHUB}:sub": "repo:ours/lake"}}, False),
        (_OWN, {"StringNotLike": {f"{_GITHUB}:sub": "repo:theirs/*"}}, False),
        (_OWN, {"StringEquals": {"another.example.com:sub": "repo:ours/lake"}}, False),
        (_OWN, {"StringEquals": {"aws:SourceVpce": "vpce-0a1b"}}, False),
        (
            _CLUSTER,
            {
                "StringEquals": {
                    "oidc.eks.eu-central-1.amazonaws.com/id/0A1B:sub": "system:serviceaccount:a:b"
                }
            },
            True,
        ),
        (
            _CLUSTER,
            {"StringEquals": {"oidc.eks.eu-central-1.amazonaws.com/id/0A1B:aud": "sts.amazonaws.com"}},
            False,
        ),
        (_POOLS, {"StringEquals": {f"{_POOLS}:aud": "eu-central-1:0a1b"}}, True),
        (_POOLS, {"ForAnyValue:StringLike": {f"{_POOLS}:amr": "authenticated"}}, True),
        (_POOLS, {"StringLike": {f"{_POOLS}:aud": "*"}}, False),
        (_SAML, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}, True),
    ],
)
def test_a_provider_signs_in_everybody_unless_a_claim_says_whose_a_token_is(
    provider: str, condition: dict[str, object], narrows: bool
) -> None:
    """A claim of the provider's own, which a token has to have, and which is not the same for everybody."""
    statement = trusting({"Federated": provider}, Action="sts:AssumeRoleWithWebIdentity", Condition=condition)
    read = parse_document({"Statement": statement}, PolicyKind.TRUST).statements[0]
    assert providers_without_subject(read) == (() if narrows else (provider,))
