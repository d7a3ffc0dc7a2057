"""Keys of KMS and their aliases: made, read back, changed and deleted."""

import json
from typing import Any, TypeAlias

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.provider.errors import StandInError

Engine: TypeAlias = Any  # Any: conftest's Engine, which pytest hands over but lets nobody import

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"


def policy(sid: str = "A") -> str:
    """Return a key policy that leaves everything to the account."""
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::112233445566:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def kms(aws: boto3.Session) -> Any:  # Any: one client type for all the calls of these tests
    """KMS by hand, in the account that the provider acts in."""
    return aws.client("kms")


def test_a_new_key_is_rotated_and_tells_what_kms_made_up(engine: Engine, kms: Any) -> None:
    """Id and ARN are KMS's; the rest is as it was asked for."""
    inputs = {
        "description": "For objects",
        "enableKeyRotation": True,
        "policy": policy(),
        "tags": {"a": "b"},
        "deletionWindowInDays": 7,
    }
    identifier, state = engine.create(KEY, inputs)
    assert state["keyId"] == identifier
    assert state["arn"].endswith(f":112233445566:key/{identifier}")
    assert {key: state[key] for key in inputs} == inputs
    assert state["tagsAll"] == {"a": "b"}
    assert kms.get_key_rotation_status(KeyId=identifier)["KeyRotationEnabled"]


def test_everything_about_a_key_can_be_changed(engine: Engine, kms: Any) -> None:
    """In place, since what it encrypted needs it."""
    old = {"description": "A", "enableKeyRotation": True, "policy": policy(), "tags": {"a": "1", "b": "2"}}
    new = {"description": "B", "enableKeyRotation": False, "policy": policy("B"), "tags": {"b": "3"}}
    identifier, state = engine.create(KEY, old)
    changed = engine.update(KEY, identifier, state, new)
    assert {key: changed[key] for key in new} == new
    assert json.loads(kms.get_key_policy(KeyId=identifier, PolicyName="default")["Policy"]) == json.loads(
        policy("B")
    )


def test_a_deleted_key_waits_for_its_window_and_counts_as_gone(engine: Engine, kms: Any) -> None:
    """KMS deletes no key at once."""
    identifier, state = engine.create(KEY, {"deletionWindowInDays": 7})
    engine.delete(KEY, identifier, state)
    assert kms.describe_key(KeyId=identifier)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert engine.read(KEY, identifier) is None


def test_an_alias_leads_to_its_key_and_can_be_moved(engine: Engine, kms: Any) -> None:
    """And deleting it leaves the key alone."""
    first, _ = engine.create(KEY, {})
    second, _ = engine.create(KEY, {})
    identifier, state = engine.create(ALIAS, {"name": "alias/ours", "targetKeyId": first})
    assert (identifier, state["targetKeyId"]) == ("alias/ours", first)
    assert state["targetKeyArn"].endswith(f"key/{first}")
    moved = engine.update(ALIAS, identifier, state, {"name": "alias/ours", "targetKeyId": second})
    assert moved["targetKeyId"] == second
    engine.delete(ALIAS, identifier, moved)
    assert engine.read(ALIAS, identifier) is None
    with pytest.raises(ClientError, match="NotFoundException"):
        kms.describe_key(KeyId="alias/ours")
    assert kms.describe_key(KeyId=second)["KeyMetadata"]["Enabled"]


def test_a_key_can_be_looked_up(engine: Engine, kms: Any) -> None:
    """By its ARN, with what tells whether it can encrypt a bucket."""
    made = kms.create_key(KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
    told = engine.invoke("aws:kms/getKey:getKey", keyId=made["Arn"])
    assert (told["keyManager"], told["keySpec"]) == ("CUSTOMER", "SYMMETRIC_DEFAULT")
    assert (told["keyUsage"], told["enabled"]) == ("ENCRYPT_DECRYPT", True)
    with pytest.raises(StandInError, match="NotFoundException"):
        engine.invoke("aws:kms/getKey:getKey", keyId=f"{made['Arn']}0")
