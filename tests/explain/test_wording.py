"""Why a statement misses, or cannot be told, in words that lead further."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from tests.support.broken import OWNER, REQUESTER, write

BOB = f"arn:aws:iam::{REQUESTER}:user/bob"
VARIABLE = "arn:aws:s3:::lake/home/${aws:username}/*"
TAGGED = "arn:aws:s3:::lake/home/${aws:PrincipalTag/team}/*"


def owners(folder: Path, principal: str, resource: str, *told: str, **document: Any) -> dict[str, Any]:
    """What is found of the owner's side, where the bucket policy lets the requester's account read this."""
    write(folder, {})
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": REQUESTER},
        "Action": "s3:GetObject",
        "Resource": resource,
        **document.pop("statement", {}),
    }
    policy = {"Version": "2012-10-17", "Statement": [statement], **document}
    (folder / OWNER / "bucket" / "lake.json").write_text(json.dumps(policy), encoding="utf-8")
    context = [word for one in told for word in ("--context", one)]
    words = ["explain", principal, "s3:GetObject", "s3://lake/home/red/a", str(folder), "--format", "json"]
    (answer,) = json.loads(CliRunner().invoke(main, [*words, *context]).stdout)["answers"]
    (found,) = answer["ways"][0]["steps"][0]["sides"][-1]["findings"]
    return dict(found)


def test_a_variable_that_is_none_in_an_old_version_is_told(tmp_path: Path) -> None:
    """IAM User Guide, "IAM JSON policy elements: Version"."""
    found = owners(tmp_path, BOB, VARIABLE, Version="2008-10-17")
    assert found["text"].endswith(
        "its resource is home/${aws:username}/* (without variables: its policy is not of Version 2012-10-17)"
    )


def test_a_variable_without_a_value_is_told(tmp_path: Path) -> None:
    """A role has no user name: IAM User Guide, "IAM policy elements: Variables and tags"."""
    found = owners(tmp_path, f"arn:aws:iam::{REQUESTER}:role/app", VARIABLE)
    assert found["text"].endswith("its resource is home/${aws:username}/* (aws:username has no value here)")


def test_a_variable_that_misses_is_told_as_it_is_written(tmp_path: Path) -> None:
    """It has a value, and this is another one."""
    assert owners(tmp_path, BOB, VARIABLE)["text"].endswith("its resource is home/${aws:username}/*")


def test_the_key_that_a_resource_hangs_on_is_asked_for(tmp_path: Path) -> None:
    """And once it is told, the answer is known."""
    found = owners(tmp_path, BOB, TAGGED)
    assert found["ask"] == ["aws:PrincipalTag/team"]
    assert found["mend"] == "say what it is: --context aws:PrincipalTag/team=…"
    found = owners(tmp_path, BOB, TAGGED, "aws:PrincipalTag/team=red")
    assert found["text"].endswith("allows it")


def test_what_no_value_would_make_known_is_not_asked_for(tmp_path: Path) -> None:
    """There is no operator of that name."""
    condition = {"Condition": {"StringEqual": {"aws:PrincipalTag/team": "red"}}}
    found = owners(tmp_path, BOB, "arn:aws:s3:::lake/*", statement=condition)
    assert found["text"].endswith("the operator 'StringEqual' is not known")
    assert (found["ask"], found["mend"]) == ([], None)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("[]", "an identity policy is a JSON object"),
        ('{"Statement": {"Effect": "Allow", "Action": "*"}}', "it needs one of Resource and NotResource"),
    ],
)
def test_a_document_that_is_wrong_is_to_be_corrected(tmp_path: Path, wrong: str, why: str) -> None:
    """It is given already: giving it would not help."""
    write(tmp_path, {})
    file = tmp_path / REQUESTER / "user" / "bob" / "access.json"
    file.write_text(wrong, encoding="utf-8")
    words = ["explain", "bob", "s3:GetObject", "s3://lake/reports/2026/a", str(tmp_path), "--format", "json"]
    (answer,) = json.loads(CliRunner().invoke(main, words).stdout)["answers"]
    (found,) = answer["ways"][0]["steps"][0]["sides"][0]["findings"]
    assert why in found["text"]
    assert found["mend"] == f"correct it: {file}"


def test_a_wildcard_that_stops_at_a_colon_is_told(tmp_path: Path) -> None:
    """It looks as if it matched: docs/decide.md says how far wildcards run."""
    write(tmp_path, {"bucket": {"set": {"BobReads": {"Resource": "arn:aws:s3:::lake/*/2026/*"}}}})
    words = ["explain", "bob", "s3:GetObject", "s3://lake/reports/12:30/2026/a", str(tmp_path)]
    told = CliRunner().invoke(main, words).stdout
    assert "its resource is */2026/* (its wildcards would have to run over a colon," in told
    told = CliRunner().invoke(main, [*words[:3], "s3://lake/reports/a", str(tmp_path)]).stdout
    assert "its resource is */2026/*" in told
    assert "colon" not in told
