"""Many questions about one picture share what it holds, and nothing that belongs to a single question."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import pytest

from crossaccess.decide import Decision
from crossaccess.explain.circumstances import Circumstances, read_told
from crossaccess.explain.explaining import explain
from crossaccess.explain.held import Held
from crossaccess.explain.question import read_question
from crossaccess.explain.result import Explanation
from crossaccess.testing.stacks import Stacks

_NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
_TIMES = (_NOW, _NOW + dt.timedelta(days=1))
_USERS, _ACTIONS = ("user/bob", "user/carol"), ("s3:GetObject", "s3:ListBucket")
_RIGHT, _WRONG = ("sts:ExternalId=partner-1234",), ("sts:ExternalId=somebody-else",)


@pytest.fixture(scope="module")
def both(run_stacks: Callable[[Mapping[str, Any]], Stacks]) -> Stacks:
    """Two users who may come by one role each, with an external id."""
    usual = {"account": "112233445566", "method": "assume-role", "conditions": {"externalId": "partner-1234"}}
    owner = {
        "aws:allowedAccountIds": ["111111222222"],
        "crossaccess:side": "owner",
        "crossaccess:bucketName": "lake-111111222222",
        "crossaccess:grants": [
            {**usual, "name": f"of-{name}", "principals": [f"user/{name}"], "access": ["read", "list"]}
            for name in ("bob", "carol")
        ],
    }
    requester = {
        "aws:allowedAccountIds": ["112233445566"],
        "crossaccess:side": "requester",
        "crossaccess:ownerStack": "acme/crossaccess/lake",
    }
    return run_stacks({"lake": owner, "users": requester})


def _asked(
    both: Stacks, who: str, action: str, circumstances: Circumstances, held: Held
) -> tuple[Explanation, ...]:
    where = "s3://lake-111111222222/a" if action == "s3:GetObject" else "s3://lake-111111222222"
    return explain(both.picture, read_question(both.picture, (who, action, where), circumstances), held)


def test_answers_are_the_same_whatever_was_asked_before(both: Stacks) -> None:
    """Of other principals, actions, circumstances and times."""
    shared = Held(both.picture)
    decisions: dict[Sequence[str], set[Decision]] = {}
    for who, action, told, now in product(_USERS, _ACTIONS, (_RIGHT, _WRONG), _TIMES):
        circumstances = Circumstances(now=now, told=read_told(told))
        found = _asked(both, who, action, circumstances, shared)
        assert found == _asked(both, who, action, circumstances, Held(both.picture))
        decisions.setdefault(told, set()).add(found[0].decision)
    assert decisions == {_RIGHT: {Decision.ALLOWED}, _WRONG: {Decision.NOT_ALLOWED}}
