"""Runs of the requester's component, out of handovers as owners write them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from components.bucket_requester import BucketRequester, BucketRequesterArgs, OwnerArgs
from components.errors import InputError
from components.handover import write_handover
from crossaccess.policy.grant import Bucket, Grant
from tests.support.pulumi_program import OWNER_ACCOUNT, REQUESTER_ACCOUNT, Account, Ran, component

BUCKET = Bucket(name="shared", account=OWNER_ACCOUNT, partition="aws", region="eu-central-1")
REQUESTER = Account(account=REQUESTER_ACCOUNT)


def handed(*grants: Grant, bucket: Bucket = BUCKET) -> Any:  # Any: JSON values
    """What an owner hands over, as it comes out of a stack reference."""
    return json.loads(json.dumps(write_handover(bucket, grants)))


def requester(
    *grants: Grant,
    account: Account = REQUESTER,
    bucket: Bucket = BUCKET,
    preview: bool = False,
    only_grants: Sequence[str] | None = None,
    attach_to: Mapping[str, Sequence[str]] | None = None,
    **more: Any,  # Any: the other arguments
) -> Ran:
    """Make a component named `it` out of a handover of these grants."""
    owner = OwnerArgs(handover=handed(*grants, bucket=bucket), stack="account-a", only_grants=only_grants)
    if attach_to is not None:
        owner["attach_to"] = attach_to
    args: BucketRequesterArgs = {"owners": [owner]}
    args.update(more)  # type: ignore[typeddict-item] # some of its own keys
    return component(lambda: BucketRequester("it", args), account=account, preview=preview)


def told(ran: Ran) -> str:
    """The message of a component that refused, having made nothing."""
    assert isinstance(ran.failure, InputError)
    assert ran.made == []
    return str(ran.failure)
