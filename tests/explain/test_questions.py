"""What cannot be asked is refused with what can; else the answer would be about something else."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossaccess.cli import main
from tests.support.broken import KEY, OWNER, REQUESTER, write

LAKE = "s3://lake/reports/2026/a"


def asked(folder: Path, *words: str) -> Result:
    """Ask about two accounts that share a bucket."""
    return CliRunner().invoke(main, ["explain", *words, str(write(folder, {}))])


@pytest.mark.parametrize("key", ["", "alias/lake", "arn:aws:kms:eu-central-1:111111222222:alias/lake", LAKE])
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    """An empty variable of a shell would leave the key out, and the answer be: allowed."""
    done = asked(tmp_path, "bob", "s3:GetObject", LAKE, "--key", key)
    assert done.exit_code == 1
    assert f"--key is {key!r}: give the key's ARN or id" in done.stderr


@pytest.mark.parametrize("key", [KEY, KEY.rpartition("/")[2]])
def test_a_key_is_given_by_its_arn_or_its_id(tmp_path: Path, key: str) -> None:
    """A step of its own tells of it."""
    assert "kms:Decrypt on arn:aws:kms:" in asked(tmp_path, "bob", "s3:GetObject", LAKE, "--key", key).stdout


def test_without_a_key_it_is_said_that_none_counts(tmp_path: Path) -> None:
    """A folder tells of keys, and not which of them is the bucket's."""
    says = "no KMS key, of which nothing here tells: --key names one"
    assert says in asked(tmp_path, "bob", "s3:GetObject", LAKE).stdout
    assert says not in asked(tmp_path, "bob", "s3:GetObject", LAKE, "--key", KEY).stdout
    assert says not in asked(tmp_path, "bob", "s3:ListBucket", "s3://lake/").stdout


@pytest.mark.parametrize(
    ("operation", "action"),
    [("HeadObject", "s3:GetObject"), ("ListObjectsV2", "s3:ListBucket"), ("UploadPart", "s3:PutObject")],
)
def test_an_operation_is_told_from_the_action_that_it_needs(
    tmp_path: Path, operation: str, action: str
) -> None:
    """S3 User Guide, "Required permissions for Amazon S3 API operations"."""
    done = asked(tmp_path, "bob", f"s3:{operation}", LAKE)
    assert done.exit_code == 1
    assert f"s3:{operation} is an operation of S3's API and no action: it needs {action}" in done.stderr


@pytest.mark.parametrize(
    ("action", "wanted"),
    [("kms:Decrypt", "a KMS key: give its ARN"), ("sts:AssumeRole", "a role: give its ARN")],
)
def test_what_is_never_asked_on_a_bucket_is_said_to_be_asked_on_something_else(
    tmp_path: Path, action: str, wanted: str
) -> None:
    """And not on the bucket, where it would be refused again."""
    done = asked(tmp_path, "bob", action, LAKE)
    assert done.exit_code == 1
    assert f"{action} is asked on {wanted}" in done.stderr


@pytest.mark.parametrize("principal", ["arn:aws:iam::12:user/bob", "arn:aws:s3:::lake", "arn:"])
def test_what_can_be_a_principal_here_is_told(tmp_path: Path, principal: str) -> None:
    """Nothing is offered that would be refused, such as a service."""
    done = asked(tmp_path, principal, "s3:GetObject", LAKE)
    assert done.exit_code == 1
    assert f"PRINCIPAL is {principal!r}" in done.stderr
    assert "amazonaws.com" not in done.stderr


def test_the_prefix_of_a_list_stands_in_the_answer(tmp_path: Path) -> None:
    """Else a list that is allowed would read as one of the whole bucket."""
    done = asked(tmp_path, "bob", "s3:ListBucket", "s3://lake/reports/")
    first, _, _ = done.stdout.partition("\n")
    assert first.endswith("s3:ListBucket on arn:aws:s3:::lake, under reports/")


def test_a_second_prefix_is_refused(tmp_path: Path) -> None:
    """The one that is asked about stands in RESOURCE."""
    done = asked(tmp_path, "bob", "s3:ListBucket", "s3://lake/reports/", "--context", "s3:prefix=audit/")
    assert done.exit_code == 1
    assert "the context's s3:prefix follows from RESOURCE: give s3://BUCKET/PREFIX" in done.stderr


@pytest.mark.parametrize(("resource", "decision"), [("s3://lake/", "allowed"), ("s3://lake", "not allowed")])
def test_an_empty_prefix_is_one_that_is_sent(tmp_path: Path, resource: str, decision: str) -> None:
    """`aws s3 ls s3://lake/` sends it, and statements for it are written so.

    S3 User Guide, "Controlling access to a bucket with user policies": the prefix of the root level is empty.
    """
    write(tmp_path, {})
    lists = {"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::lake", "Effect": "Allow"}
    root = {"StringEquals": {"s3:prefix": ["", "home/"]}}
    bucket = {**lists, "Principal": {"AWS": REQUESTER}, "Condition": root}
    for file, statement in (("bucket/lake.json", bucket), ("user/bob/access.json", lists)):
        account = OWNER if file.startswith("bucket") else REQUESTER
        document = {"Version": "2012-10-17", "Statement": [statement]}
        (tmp_path / account / file).write_text(json.dumps(document), encoding="utf-8")
    done = CliRunner().invoke(main, ["explain", "bob", "s3:ListBucket", resource, str(tmp_path)])
    assert done.stdout.startswith(f"{decision}: ")
    assert ("it is for lists under an empty prefix, home/, and this one has none" in done.stdout) == (
        decision == "not allowed"
    )


def test_whose_bucket_it_is_is_known_to_s3(tmp_path: Path) -> None:
    """Service Authorization Reference, condition keys of S3: `s3:ResourceAccount`."""
    write(
        tmp_path,
        {"user": {"set": {"ReadReports": {"Condition": {"StringEquals": {"s3:ResourceAccount": OWNER}}}}}},
    )
    assert CliRunner().invoke(main, ["explain", "bob", "s3:GetObject", LAKE, str(tmp_path)]).exit_code == 0
