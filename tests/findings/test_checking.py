"""The order of findings."""

import datetime as dt
import json

from crossaccess.deployment.picture import Bucket, Picture, Policy
from crossaccess.findings.checking import check

_NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
_ALL_OF_IT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::112233445566:root"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::lake/*",
}


def test_statements_of_one_policy_are_told_as_they_are_counted() -> None:
    """The second stands before the tenth."""
    text = json.dumps({"Version": "2012-10-17", "Statement": [_ALL_OF_IT] * 11})
    policy = Policy(name="bucket policy of lake", text=text)
    picture = Picture(buckets=(Bucket(name="lake", account="111111222222", policy=policy),))
    told = [one.statement for one in check(picture, now=_NOW) if one.rule.name == "whole-account"]
    assert told == [f"statement {number}" for number in range(1, 12)]
