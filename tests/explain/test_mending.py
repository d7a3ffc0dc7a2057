"""What is told to be changed, where a grant covers the request and its conditions refuse it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from crossaccess.explain.circumstances import Circumstances, read_told
from crossaccess.explain.explaining import explain
from crossaccess.explain.question import read_question
from crossaccess.testing.stacks import Stacks

EXTERNAL_ID = "to ask so here: --context sts:ExternalId=partner-1234"
ADDRESS = "come from there; to ask so here: --context aws:SourceIp=…"
_MFA = "aws:MultiFactorAuthPresent"
MFA = f"make the request as {_MFA} asks; to ask so here: --context {_MFA}=true"


@pytest.fixture(scope="module")
def both(run_stacks: Callable[[Mapping[str, Any]], Stacks]) -> Stacks:
    """A role to assume, on three conditions."""
    grant = {
        "name": "reports",
        "account": "112233445566",
        "principals": ["user/bob"],
        "method": "assume-role",
        "access": ["read"],
        "conditions": {"externalId": "partner-1234", "sourceIp": ["203.0.113.0/24"], "mfa": True},
    }
    owner = {
        "aws:allowedAccountIds": ["111111222222"],
        "crossaccess:side": "owner",
        "crossaccess:bucketName": "lake-111111222222",
        "crossaccess:grants": [grant],
    }
    requester = {
        "aws:allowedAccountIds": ["112233445566"],
        "crossaccess:side": "requester",
        "crossaccess:ownerStack": "acme/crossaccess/lake",
    }
    return run_stacks({"lake": owner, "users": requester})


@pytest.mark.parametrize(
    ("address", "mfa", "external_id", "mends"),
    [
        ("203.0.113.7", "true", "", [EXTERNAL_ID]),
        ("203.0.113.7", "false", "partner-1234", [MFA]),
        ("198.51.100.1", "true", "", [EXTERNAL_ID, ADDRESS]),
        ("198.51.100.1", "false", "partner-1234", [MFA, ADDRESS]),
    ],
)
def test_each_condition_that_missed_has_its_mend(
    both: Stacks, address: str, mfa: str, external_id: str, mends: Sequence[str]
) -> None:
    """Both stacks are deployed as they are: to deploy them again would change nothing."""
    told = read_told(
        [
            f"aws:SourceIp={address}",
            f"aws:MultiFactorAuthPresent={mfa}",
            f"sts:ExternalId={external_id}",
        ]
    )
    circumstances = Circumstances(now=dt.datetime.now(dt.UTC), told=told)
    words = ("bob", "s3:GetObject", "s3://lake-111111222222/a")
    (found,) = explain(both.picture, read_question(both.picture, words, circumstances))
    assuming = found.ways[0].steps[0]
    assert [side.fails for side in assuming.sides] == [True, True]
    for side in assuming.sides:
        (mend,) = (one.mend or "" for one in side.findings)
        assert all(one in mend for one in mends), mend
        assert mend.count("to ask so here") == len(mends)
        assert "deploy" not in mend
