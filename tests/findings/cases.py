"""For each rule a picture that goes against it, and one that nearly does."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from crossaccess.deployment.picture import Grant, Picture, Policy
from crossaccess.policy.conditions import Conditions
from tests.support.found import (
    ALL_ON,
    BOB,
    KEY,
    LAKE,
    NOW,
    OF_BOB,
    OF_ORGANIZATION,
    OTHER_URN,
    OWN_ROOT,
    OWNER,
    REQUESTER,
    ROLE,
    ROOT,
    STRANGER,
    TLS_ONLY,
    URN,
    Json,
    allow,
    bucket,
    grant,
    key,
    may,
    picture,
    policy,
    role,
    trusting,
    user,
)

_STRANGER = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
_STRANGERS_USER = {"AWS": f"arn:aws:iam::{STRANGER}:user/eve"}
_OVER_TLS = {"Bool": {"aws:SecureTransport": "true"}}
_OFF = replace(ALL_ON, restrict_public_buckets=False)
_BY_ROLE = grant(method="assume-role", role_arn=ROLE, name="exchange")
_LOGS = {"Service": "logging.s3.amazonaws.com"}
_GITHUB = "token.actions.githubusercontent.com"
_WORKFLOWS = {"Federated": f"arn:aws:iam::{OWNER}:oidc-provider/{_GITHUB}"}
_OF_ANY_REPOSITORY = {
    "StringEquals": {f"{_GITHUB}:aud": "sts.amazonaws.com"},
    "StringLike": {f"{_GITHUB}:sub": "repo:*"},
}
_OF_OURS = {"StringLike": {f"{_GITHUB}:sub": "repo:ours/*"}}
_DECRYPTS = {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}


def signing_in(provider: Json, condition: Json) -> Json:
    """A statement of a trust policy for whomever a provider signs in."""
    return trusting(provider, Action="sts:AssumeRoleWithWebIdentity", Condition=condition)


def _until(end: dt.datetime) -> Grant:
    return grant(conditions=Conditions(expires=end))


def _filled(number: int) -> Json:
    """A statement of a bucket's policy about so many prefixes."""
    resources = [f"{LAKE}/a-prefix-that-is-{index:04}-long/*" for index in range(number)]
    return allow({"AWS": BOB}, Resource=resources)


def _with_key(*, on_key: bool = True, on_user: bool = True) -> Picture:
    """Both sides of a grant on a bucket with a key; one of them may have forgotten the key."""
    of_key = allow(ROOT, "kms:Decrypt", Resource="*", Condition={**OF_BOB, **_DECRYPTS})
    return picture(
        bucket(allow(ROOT, Condition=OF_BOB), key=KEY),
        key(*([of_key] if on_key else [])),
        user(may(), *([may("kms:Decrypt", KEY)] if on_user else [])),
        grant(),
    )


CASES: Mapping[str, tuple[Picture, Picture]] = {
    "tls-not-required": (
        picture(bucket({**TLS_ONLY, "Resource": f"{LAKE}/*"}, allow({"AWS": BOB}), tls=False)),
        picture(
            bucket(
                {**TLS_ONLY, "Resource": f"{LAKE}/*"},
                {**TLS_ONLY, "Resource": LAKE},
                allow({"AWS": BOB}),
                tls=False,
            )
        ),
    ),
    "tls-of-others-only": (
        picture(bucket(allow({"AWS": BOB}, Condition=_OVER_TLS), tls=False)),
        picture(bucket(allow({"AWS": BOB}, Condition=_OVER_TLS))),
    ),
    "public": (
        picture(bucket(allow("*"), block=_OFF)),
        picture(bucket(allow("*", Condition=OF_ORGANIZATION), block=_OFF)),
    ),
    "public-held-back": (
        picture(bucket(allow("*"))),
        picture(bucket({**allow("*"), "Effect": "Deny"})),
    ),
    "public-access-not-blocked": (picture(bucket(block=_OFF)), picture(bucket())),
    "public-access-not-told": (picture(bucket(block=None)), picture(bucket(block=_OFF))),
    "wildcard-principal": (
        picture(bucket(allow({"AWS": [BOB, "*"]}))),
        picture(bucket(allow("*", Condition=OF_BOB))),
    ),
    "whole-account": (
        picture(
            bucket(
                allow(ROOT, Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{REQUESTER}:user/*"}})
            )
        ),
        picture(bucket(allow(ROOT, Condition=OF_BOB)), key()),
    ),
    "whole-account-granted": (
        picture(bucket(allow(ROOT)), grant(principals=("account",))),
        picture(bucket(allow(ROOT)), grant()),
    ),
    "allow-not-principal": (
        picture(
            bucket(
                {key: value for key, value in allow(ROOT, NotPrincipal=ROOT).items() if key != "Principal"}
            )
        ),
        picture(
            bucket(
                {
                    key: value
                    for key, value in allow(ROOT, NotPrincipal=ROOT, Effect="Deny").items()
                    if key != "Principal"
                }
            )
        ),
    ),
    "deleted-principal": (
        picture(role(trusting({"AWS": ["AIDAQ3EGR67AXAMPLE777", BOB]}))),
        picture(role(trusting({"AWS": BOB}))),
    ),
    "service-without-source": (
        picture(bucket(allow(_LOGS, Condition={"StringEqualsIfExists": {"aws:SourceAccount": REQUESTER}}))),
        picture(bucket(allow(_LOGS, Condition={"StringEquals": {"aws:SourceAccount": REQUESTER}}))),
    ),
    "no-external-id": (
        picture(role(trusting(_STRANGERS_USER)), user(may())),
        picture(
            role(trusting(_STRANGERS_USER, Condition={"StringEquals": {"sts:ExternalId": "x"}})), user(may())
        ),
    ),
    "no-external-id-in-grant": (
        picture(role(trusting({"AWS": BOB})), _BY_ROLE),
        picture(role(trusting({"AWS": BOB})), user(may("sts:AssumeRole", ROLE)), _BY_ROLE),
    ),
    "untold-account": (
        picture(bucket(allow({"AWS": BOB}), allow(_STRANGERS_USER)), grant()),
        picture(bucket(allow({"AWS": BOB})), grant()),
    ),
    "open-to-everyone": (
        picture(role(trusting("*", Condition={"StringEquals": {"sts:ExternalId": "x"}}))),
        picture(
            role(trusting("*", Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{REQUESTER}:*"}}))
        ),
    ),
    "provider-without-subject": (
        picture(role(signing_in(_WORKFLOWS, _OF_ANY_REPOSITORY))),
        picture(role(signing_in(_WORKFLOWS, _OF_OURS))),
    ),
    "allow-not-action": (
        picture(user({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
        picture(user(may("s3:*", "*"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"})),
    ),
    "allow-not-resource": (
        picture(user({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": LAKE})),
        picture(user({"Effect": "Deny", "Action": "s3:GetObject", "NotResource": LAKE})),
    ),
    "policy-given-away": (
        picture(bucket(allow({"AWS": BOB}, "s3:*", Resource=[LAKE, f"{LAKE}/*"]))),
        picture(bucket(allow({"AWS": BOB}, "s3:*"), allow(OWN_ROOT, "s3:*", Resource=LAKE))),
    ),
    "wildcard-actions": (
        picture(bucket(allow({"AWS": BOB}, "s3:Get*"))),
        picture(bucket(allow({"AWS": BOB}), allow(OWN_ROOT, "s3:Get*"))),
    ),
    "grant-expired": (picture(_until(NOW)), picture(_until(NOW + dt.timedelta(seconds=1)))),
    "grant-expires-soon": (
        picture(_until(NOW + dt.timedelta(days=14))),
        picture(_until(NOW + dt.timedelta(days=14, seconds=1))),
    ),
    "requester-side-missing": (
        picture(bucket(allow({"AWS": BOB})), user(may("s3:PutObject")), grant()),
        picture(bucket(allow({"AWS": BOB})), user(may()), grant()),
    ),
    "owner-side-missing": (
        picture(bucket(allow({"AWS": f"{BOB}by"})), user(may()), grant()),
        picture(bucket(allow({"AWS": BOB})), user(may()), grant()),
    ),
    "key-not-allowed": (_with_key(on_key=False), _with_key()),
    "grant-in-doubt": (
        picture(bucket(allow({"AWS": BOB})), grant()),
        picture(bucket(allow({"AWS": BOB})), user(may()), grant()),
    ),
    "nearly-full": (picture(bucket(_filled(330))), picture(bucket(_filled(300)))),
    "too-large": (picture(bucket(_filled(420))), picture(bucket(_filled(330)))),
    "resource-policy-unreadable": (
        picture(bucket(policy=Policy(name="bucket policy of lake", unknown="it is secret", source=URN))),
        picture(
            bucket(policy=Policy(name="bucket policy of lake", unknown="no stack here holds it"), held=False)
        ),
    ),
    "identity-policy-unreadable": (
        picture(user(policies=[Policy(name="a policy", unknown="it is secret", source=OTHER_URN)])),
        picture(user(policies=[policy([may()])])),
    ),
    "not-read": (picture(unread=("access point x",)), picture()),
}
