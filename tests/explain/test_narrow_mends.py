"""What an answer says to change gives what was asked, and nothing beside it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from tests.support.broken import OWNER, REQUESTER, write

BOB = f"arn:aws:iam::{REQUESTER}:user/bob"
ROOT = f"arn:aws:iam::{REQUESTER}:root"


def mends(folder: Path, principal: str, action: str, resource: str) -> list[str]:
    """What is to be changed, of the first way, the requester's side before the owner's."""
    words = ["explain", principal, action, resource, str(folder), "--format", "json"]
    done = CliRunner().invoke(main, words)
    (answer,) = json.loads(done.stdout)["answers"]
    sides = (side for step in answer["ways"][0]["steps"] for side in step["sides"])
    return [one["mend"] for side in sides for one in side["findings"] if one["mend"]]


def test_a_list_is_mended_under_its_prefix_alone(tmp_path: Path) -> None:
    """Without the condition a statement would let Bob list the whole bucket."""
    told = mends(write(tmp_path, {}), "bob", "s3:ListBucket", "s3://lake/audit/")
    wanted = "s3:ListBucket on arn:aws:s3:::lake, on the condition StringEquals s3:prefix audit/"
    assert told == [
        f"in account {REQUESTER}: let a policy of user/bob allow {wanted}",
        f"in account {OWNER}: let a statement for {BOB} allow {wanted}",
    ]


def test_a_list_of_the_whole_bucket_asks_for_no_prefix(tmp_path: Path) -> None:
    """It is what was asked."""
    told = mends(write(tmp_path, {}), "bob", "s3:ListBucket", "s3://lake")
    assert told[1].endswith("allow s3:ListBucket on arn:aws:s3:::lake")


@pytest.mark.parametrize(
    ("key", "written"), [("a*b", "a${*}b"), ("what?", "what${?}"), ("${aws:username}", "${$}{aws:username}")]
)
def test_a_key_is_written_so_that_it_is_no_pattern(tmp_path: Path, key: str, written: str) -> None:
    """IAM User Guide, "IAM policy elements: Variables and tags": special characters."""
    told = mends(write(tmp_path, {}), "bob", "s3:GetObject", f"s3://lake/{key}")
    assert told[1].endswith(f"allow s3:GetObject on arn:aws:s3:::lake/{written}")


def test_a_root_user_is_let_in_without_its_account(tmp_path: Path) -> None:
    """Its ARN alone, as a principal, is everybody of the account."""
    names_bob = {"Principal": {"AWS": BOB}, "Condition": None}
    told = mends(
        write(tmp_path, {"bucket": {"set": {"BobReads": names_bob}}}),
        ROOT,
        "s3:GetObject",
        "s3://lake/reports/2026/a",
    )
    assert told[0] == (
        f"in account {OWNER}: let the statement name {ROOT}, on the condition ArnEquals aws:PrincipalArn "
        f"{ROOT}: without it the whole account is let in; it allows s3:GetObject, s3:PutObject"
    )


def test_a_role_on_the_way_is_named_itself(tmp_path: Path) -> None:
    """What the role lacks is not given to whoever assumes it."""
    folder = write(tmp_path, {})
    role = folder / REQUESTER / "role" / "own"
    role.mkdir(parents=True)
    trusting = {"Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "sts:AssumeRole"}
    (role / "trust.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [trusting]}))
    words = ["explain", "bob", "s3:GetObject", "s3://lake/other", str(folder), "--format", "json"]
    (answer,) = json.loads(CliRunner().invoke(main, words).stdout)["answers"]
    (way,) = (one for one in answer["ways"] if one["role"] == f"arn:aws:iam::{REQUESTER}:role/own")
    told = [one["mend"] for side in way["steps"][1]["sides"] for one in side["findings"]]
    assert told[1].startswith(
        f"in account {OWNER}: let a statement for arn:aws:iam::{REQUESTER}:role/own allow"
    )


def test_where_no_grant_is_known_no_deployment_is_the_answer(tmp_path: Path) -> None:
    """Folders of policies have no stack that could take up a grant."""
    told = mends(write(tmp_path, {}), "bob", "s3:GetObject", "s3://lake/other")
    assert (
        told[0]
        == f"in account {REQUESTER}: let a policy of user/bob allow s3:GetObject on arn:aws:s3:::lake/other"
    )


def conditioned(folder: Path, condition: dict[str, Any], *told: str) -> list[str]:
    """What is to be changed where the bucket policy asks that of a writer."""
    named = {"Principal": {"AWS": BOB}, "Condition": condition}
    write(folder, {"bucket": {"set": {"BobReads": named}}})
    words = ["explain", "bob", "s3:PutObject", "s3://lake/reports/2026/a", str(folder), "--format", "json"]
    done = CliRunner().invoke(main, [*words, *(word for one in told for word in ("--context", one))])
    (answer,) = json.loads(done.stdout)["answers"]
    sides = (side for step in answer["ways"][0]["steps"] for side in step["sides"])
    return [one["mend"] for side in sides for one in side["findings"] if one["mend"]]


@pytest.mark.parametrize(
    ("condition", "told", "to_ask"),
    [
        ({"StringEquals": {"s3:x-amz-acl": "private"}}, [], "s3:x-amz-acl=private"),
        ({"StringLike": {"s3:x-amz-acl": "bucket-*"}}, [], "s3:x-amz-acl=…"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, ["aws:MultiFactorAuthPresent="],
         "aws:MultiFactorAuthPresent=true"),
    ],
)  # fmt: skip
def test_what_others_ask_of_a_request_is_not_dropped(
    tmp_path: Path, condition: dict[str, Any], told: list[str], to_ask: str
) -> None:
    """A statement without it would let Bob in without it."""
    assert conditioned(tmp_path, condition, *told) == [
        f"make the request as {to_ask.partition('=')[0]} asks; to ask so here: --context {to_ask}"
    ]
