"""Explanations decide as the answers to tests of one's own do, which are worked out apart from them."""

import datetime as dt

import pytest

from crossaccess.deployment.merging import merge
from crossaccess.deployment.picture import Picture
from crossaccess.explain.circumstances import Circumstances, read_told
from crossaccess.explain.explaining import explain
from crossaccess.explain.question import read_question
from crossaccess.testing.answering import Asked, answer
from tests.support.engine_files import saved

TOLD = {"aws:SourceIp": "203.0.113.7", "aws:CurrentTime": "2025-06-01T00:00:00Z"}


def picture(owner: str) -> Picture:
    """Both stacks of saved states."""
    return merge([saved(owner).new, saved("account-b.state").new])


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:DeleteObject", "s3:ListMultipartUploadParts"])
@pytest.mark.parametrize("key", ["reports/2026/a", "reports/2025/a", "audit/a", "exchange/a", "other"])
@pytest.mark.parametrize("owner", ["account-a.state", "account-a-with-key.state"])
def test_both_decide_alike(owner: str, key: str, action: str) -> None:
    """With the same circumstances told to both."""
    both = picture(owner)
    resource = f"arn:aws:s3:::shared-111111222222/{key}"
    told = read_told([f"{name}={value}" for name, value in TOLD.items()])
    circumstances = Circumstances(now=dt.datetime.now(dt.UTC), told=told)
    (mine,) = explain(both, read_question(both, ("bob", action, resource), circumstances))
    question = Asked(
        principal="bob", action=action, resource=resource, context={k: (v,) for k, v in TOLD.items()}
    )
    (theirs,) = answer(both, question, {})
    assert mine.decision is theirs.decision
