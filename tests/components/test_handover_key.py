"""The key in a handover, as the owner writes it and as a hostile account might."""

import dataclasses
import json
from typing import Any

import pytest

from components.errors import InputError
from components.handover import read_handover, write_handover
from crossaccess.policy.encryption import any_key
from crossaccess.policy.grant import Bucket

BUCKET = Bucket(name="shared", account="111111222222", partition="aws", region="eu-central-1")
KEY = "arn:aws:kms:eu-central-1:111111222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def document(bucket: Bucket) -> dict[str, Any]:  # Any: JSON values
    """A handover as it comes out of a stack reference."""
    handed: dict[str, Any] = json.loads(json.dumps(write_handover(bucket, [])))
    return handed


@pytest.mark.parametrize("key", [None, KEY, any_key(BUCKET)])
def test_the_key_that_is_written_is_the_key_that_is_read(key: str | None) -> None:
    """One key, any of the account, or none."""
    bucket = dataclasses.replace(BUCKET, key_arn=key)
    assert read_handover(document(bucket), source="account-a").bucket == bucket


@pytest.mark.parametrize(
    "key",
    ["*", KEY.replace("111111222222", "112233445566"), KEY.replace("eu-central-1", "*"), {"a": 1}, 7, True],
)
def test_no_other_key_can_be_opened_by_a_handover(key: object) -> None:
    """The requester's own keys, above all."""
    handed = document(BUCKET)
    handed["bucket"]["keyArn"] = key
    with pytest.raises(InputError) as raised:
        read_handover(handed, source="account-a")
    assert "handover.bucket.keyArn" in str(raised.value)
