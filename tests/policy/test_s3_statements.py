"""The statements that allow a grant's S3 actions."""

import dataclasses

from crossaccess.policy.document import EVERYONE, Condition
from crossaccess.policy.grant import Bucket, Grant, Method
from crossaccess.policy.principal import Principal, PrincipalKind
from crossaccess.policy.s3_statements import s3_statements

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
GRANT = Grant(
    name="a-grant",
    account="112233445566",
    principals=(Principal(kind=PrincipalKind.USER, name="bob"),),
    method=Method.BUCKET_POLICY,
    actions=("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetBucketLocation"),
    prefixes=("reports/", "raw/"),
)
ASKED = Condition(operator="StringEquals", key="aws:PrincipalOrgID", values=("o-a1b2c3d4e5",))


def test_each_kind_of_resource_has_its_statement() -> None:
    """Amazon S3 User Guide, "Policies and permissions in Amazon S3": each action has its resource."""
    objects, listing, bucket = (part.statement for part in s3_statements(BUCKET, GRANT))
    assert objects.actions == ("s3:GetObject", "s3:PutObject")
    assert objects.resources == ("arn:aws:s3:::shared/reports/*", "arn:aws:s3:::shared/raw/*")
    assert objects.conditions == ()
    assert listing.actions == ("s3:ListBucket",)
    assert listing.resources == bucket.resources == ("arn:aws:s3:::shared",)
    prefixes = Condition(operator="StringLike", key="s3:prefix", values=("reports/*", "raw/*"))
    assert listing.conditions == (prefixes,)
    assert (bucket.actions, bucket.conditions) == (("s3:GetBucketLocation",), ())


def test_without_prefixes_the_whole_bucket_is_meant() -> None:
    """A list is asked without a condition then."""
    grant = dataclasses.replace(GRANT, prefixes=(), actions=("s3:GetObject", "s3:ListBucketMultipartUploads"))
    objects, bucket = (part.statement for part in s3_statements(BUCKET, grant))
    assert objects.resources == ("arn:aws:s3:::shared/*",)
    assert (bucket.actions, bucket.conditions) == (("s3:ListBucketMultipartUploads",), ())


def test_what_is_asked_stands_in_each_of_them() -> None:
    """A condition that one statement missed would be no condition."""
    parts = s3_statements(BUCKET, GRANT, principals=(EVERYONE,), conditions=(ASKED,), label="Organization")
    assert [part.statement.sid for part in parts] == [
        "CrossAccessAGrantObjectsOrganization",
        "CrossAccessAGrantListOrganization",
        "CrossAccessAGrantBucketOrganization",
    ]
    for part in parts:
        assert part.grants == ("a-grant",)
        assert part.statement.conditions[0] == ASKED
        assert part.statement.principals == (EVERYONE,)
