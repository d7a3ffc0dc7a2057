"""Targets that the policies of principals name and no source holds."""

import pytest

from crossaccess.compare.elsewhere import targets_elsewhere
from crossaccess.compare.statements import Numbered, numbered
from crossaccess.compare.targets import Target, TargetKind
from crossaccess.policy.document import PolicyKind, parse_document

_OWNER = "111111222222"
_BUCKET, _KEY, _ROLE = (
    "arn:aws:s3:::box",
    f"arn:aws:kms:eu-central-1:{_OWNER}:key/1234",
    f"arn:aws:iam::{_OWNER}:role/team/r",
)


def _statements(*resources: str, element: str = "Resource") -> tuple[Numbered, ...]:
    said = {"Effect": "Allow", "Action": "*", element: list(resources)}
    document = parse_document({"Version": "2012-10-17", "Statement": [said]}, PolicyKind.IDENTITY)
    return numbered(document, "policy")


def _named(*resources: str, held: tuple[str, ...] = (), partition: str = "aws") -> list[Target]:
    return list(targets_elsewhere(_statements(*resources), frozenset(held), partition))


@pytest.mark.parametrize(
    ("resource", "kind", "name", "arn", "account"),
    [
        (_BUCKET, TargetKind.BUCKET, "box", _BUCKET, None),
        (f"{_BUCKET}/a/*", TargetKind.BUCKET, "box", _BUCKET, None),
        (_KEY, TargetKind.KEY, "1234", _KEY, _OWNER),
        (_ROLE, TargetKind.ROLE, "team/r", _ROLE, _OWNER),
        ("arn:aws:iam::*:role/r", TargetKind.ROLE, "r", "arn:aws:iam::*:role/r", None),
        ("arn:*:s3:::box", TargetKind.BUCKET, "box", _BUCKET, None),
    ],
)
def test_a_bucket_a_key_and_a_role_are_found_by_their_arns(
    resource: str, kind: TargetKind, name: str, arn: str, account: str | None
) -> None:
    """Of an object its bucket; the owner where the ARN tells it."""
    (target,) = _named(resource)
    assert (target.kind, target.name, target.arn, target.account) == (kind, name, arn, account)
    assert target.policy is None


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws-cn:s3:::box",
        "arn:aws:sqs:eu-central-1:111111222222:queue",
        "arn:aws:kms:eu-central-1:111111222222:alias/a",
        "arn:aws:iam::111111222222:user/bob",
    ],
)
def test_what_is_none_of_them_is_no_target(resource: str) -> None:
    """Nor is what lies in a partition that the principal cannot reach."""
    assert _named(resource) == []


def test_everything_is_any_bucket_any_key_and_any_role() -> None:
    """By `*`, by a pattern that ends early, and where a statement says what it is not about."""
    for statements in (
        _statements("*"),
        _statements("arn:*"),
        _statements("arn:aws:s3:::a", element="NotResource"),
    ):
        found = targets_elsewhere(statements, frozenset(), "aws")
        assert [one.label for one in found] == ["any bucket", "any key", "any role"]


def test_what_a_source_holds_is_told_there() -> None:
    """It is no target by itself, and a pattern does not stand for it."""
    assert _named(_BUCKET, held=(_BUCKET,)) == []
    (wide,) = _named("arn:aws:s3:::b*", held=(_BUCKET, "arn:aws:s3:::other"))
    assert wide.spared == (_BUCKET,)


def test_what_is_named_by_itself_is_no_part_of_a_pattern() -> None:
    """Both are told, each once, however often they are named."""
    found = {
        one.arn: one.spared for one in _named("arn:aws:s3:::b*", _BUCKET, f"{_BUCKET}/x", "arn:aws:s3:::b*/y")
    }
    assert found == {"arn:aws:s3:::b*": (_BUCKET,), _BUCKET: ()}
