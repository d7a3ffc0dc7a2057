"""Whether buckets are open to everyone, and to requests without TLS."""

import dataclasses

import pytest

from crossaccess.deployment.picture import PublicAccessBlock
from tests.support.found import (
    ALL_ON,
    BOB,
    LAKE,
    OWNER,
    ROOT,
    TLS_ONLY,
    allow,
    bucket,
    found,
    names,
    picture,
)


@pytest.mark.parametrize(
    ("refusal", "right"),
    [
        (TLS_ONLY, True),
        ({**TLS_ONLY, "Action": "*", "Resource": "*", "Principal": {"AWS": "*"}}, True),
        ({**TLS_ONLY, "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}, True),
        ({**TLS_ONLY, "Resource": f"{LAKE}*"}, True),
        ({**TLS_ONLY, "Principal": {"AWS": [OWNER, "*"]}, "Action": ["kms:*", "s3:*"]}, True),
        ({**{key: value for key, value in TLS_ONLY.items() if key != "Resource"}, "NotResource": "x"}, False),
        ({**TLS_ONLY, "Resource": [LAKE, f"{LAKE}/reports/*"]}, False),
        ({**TLS_ONLY, "Resource": [LAKE, f"{LAKE}/"]}, False),
        ({**TLS_ONLY, "Action": ["s3:Get*", "s3:Put*"]}, False),
        ({**TLS_ONLY, "Principal": ROOT}, False),
        ({**TLS_ONLY, "Effect": "Allow", "Principal": {"AWS": OWNER}}, False),
        ({**TLS_ONLY, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        (
            {**TLS_ONLY, "Condition": {**TLS_ONLY["Condition"], "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
            False,
        ),
    ],
)
def test_tls_is_asked_of_everyone_for_everything(refusal: dict[str, object], right: bool) -> None:
    """A refusal that leaves somebody or something out is none."""
    looked_at = picture(bucket(refusal, allow({"AWS": OWNER}), tls=False))
    assert ("tls-not-required" not in names(looked_at)) is right


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": "True"}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"Null": {"aws:SecureTransport": "true"}}, False),
    ],
)
def test_a_statement_that_allows_may_ask_for_tls_itself(condition: object, asked: bool) -> None:
    """Then only those are left who need no bucket policy."""
    looked_at = picture(bucket(allow({"AWS": BOB}, Condition=condition), tls=False))
    assert names(looked_at) == {"tls-of-others-only" if asked else "tls-not-required"}


def test_a_statement_that_is_refused_without_tls_is_not_said_to_go_without() -> None:
    """The refusal that leaves out the bucket itself takes in all that this one allows."""
    looked_at = picture(bucket({**TLS_ONLY, "Resource": f"{LAKE}/*"}, allow({"AWS": BOB}), tls=False))
    (told,) = (one.message for one in found(looked_at) if one.rule.name == "tls-not-required")
    assert told == "no statement refuses all requests without TLS, and this one asks for none"


def test_a_bucket_without_a_policy_asks_for_no_tls() -> None:
    """Nothing does it for it."""
    assert names(picture(bucket(tls=False))) == {"tls-not-required"}


def test_public_is_said_as_certainly_as_it_is_known() -> None:
    """By what is known of the setting that leaves a public policy to the bucket's own account."""
    told = {
        value: [
            (one.rule.name, one.certain)
            for one in found(picture(bucket(allow("*"), block=value)))
            if one.rule.name.startswith("public") and "access" not in one.rule.name
        ]
        for value in (
            ALL_ON,
            dataclasses.replace(ALL_ON, restrict_public_buckets=False),
            dataclasses.replace(ALL_ON, restrict_public_buckets=None),
            None,
        )
    }
    assert list(told.values()) == [
        [("public-held-back", True)],
        [("public", True)],
        [("public", False)],
        [("public", False)],
    ]


def test_each_setting_of_block_public_access_is_named() -> None:
    """Which is off, and which nobody tells."""
    block = PublicAccessBlock(block_public_acls=True, block_public_policy=False, ignore_public_acls=None)
    told = [(one.message, one.certain) for one in found(picture(bucket(block=block)))]
    assert told == [
        ("BlockPublicPolicy: off", True),
        ("IgnorePublicAcls, RestrictPublicBuckets: not known", False),
    ]
